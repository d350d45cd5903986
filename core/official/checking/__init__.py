"""Says what is wrong with a filled form and computes its scores anew. Changes nothing. Pure: no Django."""

from dataclasses import dataclass
from decimal import Decimal

from core.official.checking import (
    actuals,
    facts,
    lists,
    money,
    monitoring,
    reviews,
    scores,
    structure,
    targets,
)
from core.official.checking.findings import KINDS, Finding, Severity, worst
from core.official.checking.proposals import (
    Proposal,
    computed_total,
    propose,
    propose_execution,
    sum_of_scores,
)
from core.official.filled import FilledForm
from core.rulebook import Rulebook, preset, preset_names
from core.scoring import Working

__all__ = ["KINDS", "Checked", "Finding", "Severity", "check", "default_ruleset", "rulebook_named", "worst"]

WITH_COST, WITHOUT_COST = "mof-2021-cost", "mof-2020"
_ORDER = list(Severity)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """`computed_total` is the total of the proposals, with the stated score where a person has to score."""

    form: FilledForm
    book: Rulebook
    findings: tuple[Finding, ...]
    proposals: tuple[Proposal, ...]
    execution: Working | None
    computed_total: Decimal | None

    @property
    def added_scores(self) -> Decimal | None:
        """The sum of the stated scores; None in a form without scores."""
        return sum_of_scores(self.form) if "score" in self.form.columns else None


def default_ruleset(form: FilledForm) -> str:
    """The preset for a form by whether cost has a level of its own."""
    return WITH_COST if form.has_cost_level else WITHOUT_COST


def rulebook_named(name: str) -> Rulebook:
    """Raises KeyError for a name that is not among `preset_names()`."""
    if name not in preset_names():
        raise KeyError(name)
    return Rulebook.from_data(preset(name))


def check(form: FilledForm, book: Rulebook | None = None) -> Checked:
    """All findings, the heaviest first and within them in the order of the form."""
    book = book or rulebook_named(default_ruleset(form))
    proposals, execution = propose(form, book), propose_execution(form, book)
    findings = [
        *facts.file_is_sound(form), *facts.kind_is_certain(form), *facts.head_is_filled(form),
        *facts.goals_are_written(form),
        *money.amounts_are_readable(form), *money.totals_add_up(form),
        *money.spending_is_within_budget(form, book),
        *money.forecast_is_possible(form), *money.surplus_follows(form),
        *money.rates_follow(form, book), *money.execution_is_scored(form, book),
        *money.low_rate_is_explained(form, book),
        *structure.indicators_are_there(form), *structure.levels_are_complete(form),
        *structure.cost_is_planned(form), *structure.levels_are_known(form),
        *structure.weights_add_up(form, book), *structure.level_weights_follow_template(form, book),
        *structure.level_points_agree(form), *structure.weights_are_filled(form),
        *structure.names_are_specific(form),
        *structure.names_are_unique(form), *structure.standards_are_written(form),
        *targets.targets_are_measurable(form), *actuals.actuals_are_measured(form, proposals),
        *scores.scores_are_filled(form), *scores.scores_follow_numbers(form, proposals, book),
        *scores.reasons_are_written(form, proposals, book), *scores.total_is_right(form),
        *scores.grade_is_right(form, book),
        *monitoring.judgements_are_given(form),
        *reviews.dimensions_are_complete(form, book), *reviews.item_grades_agree(form, book),
        *reviews.effects_weigh_enough(form, book), *reviews.deductions_are_explained(form),
        *reviews.items_are_judged(form),
        *reviews.opinion_is_given(form, book),
        *lists.letter_is_complete(form), *lists.allocation_is_complete(form, book), *lists.tasks_add_up(form),
    ]
    total = computed_total(form, proposals, execution, book) if form.kind.self_evaluates else None
    return Checked(
        form=form, book=book, proposals=proposals, execution=execution, computed_total=total,
        findings=tuple(sorted(findings, key=lambda each: _ORDER.index(each.severity))),
    )
