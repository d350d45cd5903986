"""Pages of budgets."""

from budgets.views.allocation import (
    AllocationRoundStep,
    allocation,
    allocation_export,
    allocation_line,
    allocation_new,
    allocations,
    waive,
    waive_unsettled,
)
from budgets.views.ex_ante import (
    ExAnteExemptionStep,
    ExAnteList,
    ExAnteReviewStep,
    ExAnteStep,
    ex_ante,
    ex_ante_edit,
    ex_ante_exempt,
    ex_ante_exemption,
    ex_ante_remind,
    ex_ante_review,
)
from budgets.views.lifecycle import ProjectYearStep, SpendingList, adjust, funds, print_dossier, project_year
from budgets.views.opening import open_fiscal_year
from budgets.views.pool import Pool, open_year, project_edit, project_new, project_parent, project_status
from budgets.views.projects import ProjectList, export_selected, remind_selected
from budgets.views.reminding import remind, watch
from budgets.views.windows import (
    ExtensionRequestStep,
    extension_request,
    window_ask,
    window_edit,
    window_extend,
    windows,
)

__all__ = [
    "AllocationRoundStep", "ExAnteExemptionStep", "ExAnteList", "ExAnteReviewStep", "ExAnteStep",
    "ExtensionRequestStep", "Pool", "ProjectList", "ProjectYearStep", "SpendingList", "adjust", "allocation",
    "allocation_export", "allocation_line", "allocation_new", "allocations", "ex_ante", "ex_ante_edit",
    "ex_ante_exempt", "ex_ante_exemption", "ex_ante_remind", "ex_ante_review", "export_selected",
    "extension_request", "funds", "open_fiscal_year", "open_year", "print_dossier", "project_edit",
    "project_new", "project_parent", "project_status", "project_year", "remind", "remind_selected", "waive",
    "waive_unsettled", "watch", "window_ask", "window_edit", "window_extend", "windows",
]
