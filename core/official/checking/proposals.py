"""Every score computed anew under a rule set, beside the stated one."""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import RuleViolation
from core.layout import plain
from core.notation import Comparison, compare, direction_of, to_actual, to_requirement
from core.official.filled import EMPTY, FilledForm, FilledIndicator, FundRow
from core.rulebook import Rulebook
from core.rulebook.terms import Level
from core.scoring import Line, Status, Working, score_execution, score_indicator, total
from core.scoring.values import Actual, Direction, Kind, Quality
from core.scoring.working import Demand

ZERO = Decimal("0.00")
_NOMINAL = Decimal(1)
"""Stands for the points of an indicator without any: only what the numbers demand is asked."""
NOT_APPLICABLE = ("不适用", "不涉及")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`working` is None where the form gives no points or the rule set refuses the target (`refusal`)."""

    indicator: FilledIndicator
    direction: Direction
    verdict: Comparison | None = None
    quality: Quality | None = None
    working: Working | None = None
    refusal: str = ""
    demands: frozenset[Demand] = frozenset()

    @property
    def score(self) -> Decimal | None:
        """None where a person has to score."""
        judged = self.working is None or self.working.status in {Status.TO_JUDGE, Status.NOT_APPLICABLE}
        return None if judged else self.working.score

    @property
    def is_by_formula(self) -> bool:
        return self.score is not None and self.working.status is Status.SCORED and self.quality is None


def level_of(text: str) -> Level | None:
    return next((level for level in Level if level.label == text), None)


def level_of_indicator(indicator: FilledIndicator) -> Level | None:
    """Satisfaction counts as such wherever an older form puts it."""
    return Level.SATISFACTION if "满意度" in indicator.level2 else level_of(indicator.level1)


def propose(form: FilledForm, book: Rulebook) -> tuple[Proposal, ...]:
    return tuple(_propose(each, book) for each in form.indicators)


def _propose(indicator: FilledIndicator, book: Rulebook) -> Proposal:
    direction, _ = direction_of(indicator.target, indicator.name, indicator.level2)
    if indicator.actual is None:
        return Proposal(indicator=indicator, direction=direction)
    verdict = compare(indicator.target, indicator.actual, direction=direction)
    quality = _quality(indicator, verdict)
    proposal = Proposal(indicator=indicator, direction=direction, verdict=verdict, quality=quality)
    weighed = indicator.weight is not None and indicator.weight > 0
    try:
        working = score_indicator(
            to_requirement(indicator.target), _actual(indicator, verdict, quality),
            weight=indicator.weight if weighed else _NOMINAL, book=book, direction=direction,
            level=level_of_indicator(indicator),
        )
    except RuleViolation as refused:
        return replace(proposal, refusal=str(refused) if weighed else "")
    return replace(proposal, working=working if weighed else None, demands=frozenset(working.demands))


def _actual(indicator: FilledIndicator, verdict: Comparison, quality: Quality | None) -> Actual:
    if plain(indicator.actual.cell) in NOT_APPLICABLE:
        return Actual(not_applicable=True, text=indicator.actual.cell)
    return replace(to_actual(indicator.actual, met=verdict.met), quality=quality)


def _quality(indicator: FilledIndicator, verdict: Comparison) -> Quality | None:
    """The band that the words of a qualitative indicator name; None where they name none."""
    if indicator.target.kind is not Kind.QUALITATIVE or indicator.actual.is_empty:
        return None
    text = plain(indicator.actual.cell)
    if text.startswith(("部分达成", "部分实现", "基本达成", "部分完成")):
        return Quality.PARTLY
    return {True: Quality.REACHED, False: Quality.MISSED, None: None}[verdict.met]


def execution_base(row: FundRow, book: Rulebook) -> Decimal | None:
    """The budget the rate is divided by; a form with one budget column has no choice."""
    initial, adjusted = row.yuan("initial"), row.yuan("adjusted")
    known = adjusted if adjusted is not None else initial
    if known is None:
        return None
    return book.execution.base(initial=known if initial is None else initial, adjusted=known, received=known)


def propose_execution(form: FilledForm, book: Rulebook) -> Working | None:
    """None where the form has no points for the execution rate or the amounts allow no score."""
    row, money = form.execution, form.total_fund
    weight = row.weight.number if row else None
    if weight is None or weight <= 0 or money is None:
        return None
    base, executed = execution_base(money, book), money.yuan("executed")
    if base is None or executed is None:
        return None
    try:
        return score_execution(budget=base, executed=executed, weight=weight, book=book)
    except RuleViolation:
        return None


def computed_total(form: FilledForm, proposals: tuple[Proposal, ...], execution: Working | None,
                   book: Rulebook) -> Decimal | None:
    """The total of all proposals; where a person has to score, the stated score stands."""
    lines = [
        Line(name=each.indicator.name, level=level_of_indicator(each.indicator) or Level.OUTPUT,
             working=_standing(each))
        for each in proposals if each.working is not None
    ]
    if execution is not None:
        lines.append(Line(name=Level.EXECUTION.label, level=Level.EXECUTION, working=execution))
    try:
        return total(lines, book=book).score
    except RuleViolation:
        return None


def _standing(proposal: Proposal) -> Working:
    if proposal.working.status is not Status.TO_JUDGE:
        return proposal.working
    stated = proposal.indicator.score or ZERO
    return replace(proposal.working, status=Status.SCORED,
                   score=max(ZERO, min(stated, proposal.working.weight)))


def sum_of_weights(form: FilledForm) -> Decimal:
    return sum((each.weight or ZERO for each in form.indicators), ZERO) + (_execution(form, "weight") or ZERO)


def sum_of_scores(form: FilledForm) -> Decimal:
    return sum((each.score or ZERO for each in form.indicators), ZERO) + (_execution(form, "score") or ZERO)


def _execution(form: FilledForm, name: str) -> Decimal | None:
    return getattr(form.execution, name, EMPTY).number if form.execution else None
