"""May this step be taken now, and if not, why: every reason as a sentence. No models are imported here."""

from budgets.rules.allocation import (
    basis_is_recorded,
    change_is_reasoned,
    correction_is_reasoned,
    decision_date_is_given,
    decision_document_is_given,
    round_is_simulated,
    totals_within_ceiling,
    waiver_is_reasoned,
)
from budgets.rules.ex_ante import (
    EX_ANTE_TEXTS,
    business_section_has_reviewed,
    conclusion_is_sound,
    conclusion_rejects,
    conclusion_supports,
    ex_ante_ground,
    ex_ante_is_complete,
    ex_ante_is_scored,
    ex_ante_is_settled,
    exemption_is_grounded,
    exemption_is_still_needed,
    exemption_may_be_asked,
    is_enlarged,
    is_new,
    materials_are_complete,
    may_be_revised,
    needs_ex_ante,
    report_is_attached,
    score_reaches_pass_mark,
    wide_spread_is_explained,
)
from budgets.rules.money import (
    ADJUSTABLE_STAGES,
    UNPAYABLE_STAGES,
    adjustment_is_sound,
    may_be_paid,
)
from budgets.rules.opening import (
    fiscal_year_may_be_opened,
    may_open_fiscal_year,
    preview_still_holds,
    project_goes_on,
)
from budgets.rules.panel import (
    PANEL_ROLES,
    Spread,
    enough_have_scored,
    is_wide,
    items_are_all_graded,
    opinion_is_written,
    panel_score,
    panel_still_scores,
    review_is_open,
    review_may_be_voided,
    reviewers_are_eligible,
    reviewers_are_enough,
    reviewers_are_named,
    spread_of,
)
from budgets.rules.projects import (
    master_data_is_open,
    may_keep_project,
    parent_is_sound,
    pool_status_may_change,
    project_is_declarable,
    project_is_sound,
)
from budgets.rules.windows import (
    extension_is_sound,
    may_extend,
    may_keep_windows,
    window_allows_filing,
    window_is_sound,
)
from budgets.rules.years import (
    amount_is_entered,
    amount_within_ceiling,
    amounts_are_valid,
    runs_in,
    year_is_open,
    year_may_be_opened,
    years_exist,
)

__all__ = [
    "ADJUSTABLE_STAGES", "EX_ANTE_TEXTS", "PANEL_ROLES", "Spread", "UNPAYABLE_STAGES", "adjustment_is_sound",
    "amount_is_entered", "amount_within_ceiling", "amounts_are_valid", "basis_is_recorded",
    "business_section_has_reviewed", "change_is_reasoned", "conclusion_is_sound", "conclusion_rejects",
    "conclusion_supports", "correction_is_reasoned", "decision_date_is_given", "decision_document_is_given",
    "enough_have_scored", "ex_ante_ground", "ex_ante_is_complete", "ex_ante_is_scored", "ex_ante_is_settled",
    "exemption_is_grounded", "exemption_is_still_needed", "exemption_may_be_asked", "extension_is_sound",
    "fiscal_year_may_be_opened", "is_enlarged", "is_new", "is_wide", "items_are_all_graded", "master_data_is_open",
    "materials_are_complete", "may_be_paid", "may_be_revised", "may_extend", "may_keep_project", "may_keep_windows",
    "may_open_fiscal_year", "needs_ex_ante", "opinion_is_written", "panel_score", "panel_still_scores",
    "parent_is_sound", "pool_status_may_change", "preview_still_holds", "project_goes_on", "project_is_declarable",
    "project_is_sound", "report_is_attached", "review_is_open", "review_may_be_voided", "reviewers_are_eligible",
    "reviewers_are_enough", "reviewers_are_named", "round_is_simulated", "runs_in", "score_reaches_pass_mark",
    "spread_of", "totals_within_ceiling", "waiver_is_reasoned", "wide_spread_is_explained", "window_allows_filing",
    "window_is_sound", "year_is_open", "year_may_be_opened", "years_exist",
]
