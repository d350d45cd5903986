"""Every check in one table: its name in the rule set, its number, the part of the form it is about, its rule."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from core.rulebook.quality import label_of_check
from core.rulebook.terms import CheckLevel
from targets.rules.findings import Finding
from targets.rules.quality import goals, history, required, sets, values, words
from targets.rules.quality.subject import Subject

MONEY, GOAL, GRID = "money", "goal", "grid"


@dataclass(frozen=True)
class Check:
    name: str
    code: str
    part: str
    rule: Callable[[Subject], Iterable[Finding]]

    @property
    def label(self) -> str:
        return label_of_check(self.name)

    def level(self, subject: Subject) -> CheckLevel:
        return getattr(subject.rule.levels, self.name)

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """With the check's number and the rule set's level; nothing when the rule set leaves the check out."""
        level = self.level(subject)
        if level is not CheckLevel.OFF:
            for found in self.rule(subject):
                yield replace(found, code=self.code, level=level, part=self.part)


CHECKS = tuple(Check(rule.__name__, code, part, rule) for code, part, rule in (
    ("G-13", GOAL, required.goal_written),
    ("G-1", GRID, required.required_levels),
    ("G-2", GRID, required.cost_present),
    ("G-5", GRID, required.weights_due),
    ("G-6", GRID, required.measurable),
    ("G-7", GRID, required.binding),
    ("G-9", MONEY, required.funds_agree),
    ("G-16", GRID, required.levels_agree),
    ("G-17", GRID, words.no_placeholder),
    ("G-18", GRID, sets.no_duplicate),
    ("G-19", GRID, values.possible_rate),
    ("G-3", GRID, required.quantity_and_quality),
    ("G-8", GRID, values.rate_sign),
    ("G-10", GRID, words.specific_name),
    ("G-11", GRID, words.not_an_input),
    ("G-14", GRID, words.not_vague),
    ("G-15", GRID, history.not_easier),
    ("G-20", GRID, history.not_below_actual),
    ("G-21", GRID, sets.no_twin),
    ("G-22", GOAL, history.goal_rewritten),
    ("G-23", GRID, sets.few_fillers),
    ("G-24", GRID, values.cost_measured),
    ("G-25", GRID, values.cost_within_request),
    ("G-26", GRID, history.in_proportion),
    ("G-27", GRID, history.like_others),
    ("G-28", GRID, words.right_level),
    ("G-29", GRID, values.right_direction),
    ("G-30", GRID, values.sign_agrees),
    ("G-31", GRID, values.right_unit),
    ("G-32", GRID, values.whole_percent),
    ("G-33", GRID, values.number_as_number),
    ("G-34", GRID, values.within_year),
    ("G-35", GOAL, goals.goal_of_year),
    ("G-36", GOAL, goals.goal_has_figures),
    ("G-37", GOAL, goals.goal_in_indicators),
    ("G-12", GRID, words.standard_given),
    ("G-38", GRID, words.explanation_given),
    ("G-39", GOAL, required.overall_goal_written),
    ("G-40", GRID, history.values_renewed),
    ("G-41", GRID, sets.weight_not_heavy),
    ("G-42", GRID, sets.weights_differ),
    ("G-43", GRID, required.number_of_indicators),
    ("G-44", GRID, sets.mostly_quantified),
    ("G-45", MONEY, required.schedule_written),
))


def findings(subject: Subject) -> list[Finding]:
    """Everything the checks have to say, in the order of the table."""
    return [found for check in CHECKS for found in check.findings(subject)]


def checks_kept(subject: Subject, found: Iterable[Finding]) -> list[str]:
    """What the checks that found nothing make sure of."""
    broken = {each.code for each in found}
    return [
        check.label for check in CHECKS if check.code not in broken and check.level(subject) is not CheckLevel.OFF
    ]


def stands_against(subject: Subject) -> Iterator[Finding]:
    """What stops the declaration: must be mended, or neither mended nor kept with a reason."""
    for found in findings(subject):
        if found.level is CheckLevel.BLOCK:
            yield found
        elif found.level is CheckLevel.EXPLAIN and found.identity not in subject.evidence.kept:
            yield replace(found, sentence=f"{found.sentence}不改的请在质量检查中写明保留的理由。")
