"""Against last year and against other projects. The limits are the rule set's (house decision, 2026-11)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from fractions import Fraction
from statistics import median

from core.money import wan_text
from core.notation import read_actual
from core.notation.units import converted, is_money, money_for
from core.rulebook.terms import Level
from targets.rules.findings import Finding
from targets.rules.quality.names import PERCENT, gist, unit_of
from targets.rules.quality.sets import ENOUGH
from targets.rules.quality.subject import Subject, change, number_text
from targets.rules.quality.values import AT_MOST

LEAST_SPREAD = Decimal("0.05")
PLACES = Decimal("0.0001")
_YEARS = re.compile(r"20\d\d(?:年度?)?")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Before:
    """Last year's line; ``target`` and ``reached`` are in the unit of this year's."""

    operator: str
    target: Decimal
    target_shown: str
    reached: Decimal | None
    actual_shown: str


def _before(subject: Subject) -> Iterator[tuple[int, object, Before]]:
    """Each measured row with last year's indicator of the same name, when the units measure the same."""
    for row, each in subject.measured():
        last = subject.evidence.before(each)
        if last is None or last.target_value is None or not last.unit_of_measure.strip():
            continue
        factor = converted(unit_of(last), unit_of(each))
        if factor is not None:
            actual = read_actual(last.actual_shown, unit_col=last.unit_of_measure, name=last.name)
            reached = _times(actual.values[0], factor) if actual.is_number else None
            yield row, each, Before(
                last.operator, _times(last.target_value, factor), last.target_shown, reached, last.actual_shown
            )


def _times(value: Decimal, factor: Fraction) -> Decimal:
    return (value * factor.numerator / factor.denominator).quantize(PLACES, ROUND_HALF_UP)


def _easier(each, value: Decimal) -> bool:
    """Whether the indicator asks for less than ``value``."""
    if each.operator in AT_MOST:
        return each.target_value > value
    return each.target_value < value


def not_easier(subject: Subject) -> Iterator[Finding]:
    """Costs may rise with prices as far as the rule set says; total amounts follow the budget and are not compared."""
    for row, each, before in _before(subject):
        if _follows_the_budget(each):
            continue
        limit = before.target
        if each.level1 == Level.COST and each.operator in AT_MOST:
            limit *= 1 + subject.rule.cost_rise
        if _easier(each, limit):
            yield subject.cell(
                row, "value", f"为 {each.target_shown}，比上年指标 {before.target_shown} 宽松，请核对或写明理由。",
                short=f"比上年指标 {before.target_shown} 宽松",
                mend=change(row, f"改为 {number_text(before.target)}", target_value=before.target),
            )


def not_below_actual(subject: Subject) -> Iterator[Finding]:
    """Easier than what was reached last year, by more than the rule set's share of it."""
    for row, each, before in _before(subject):
        reached = before.reached
        if reached is None or _follows_the_budget(each) or _easier(each, before.target):
            continue
        if _easier(each, reached) and reached and abs(each.target_value - reached) > reached * subject.rule.actual_gap:
            yield subject.cell(
                row, "value", f"为 {each.target_shown}，而上年实际已达 {before.actual_shown}，请参照上年实际提高，或写明理由。",
                short=f"低于上年实际 {before.actual_shown}" if each.operator not in AT_MOST
                else f"松于上年实际 {before.actual_shown}",
                mend=change(row, f"改为 {number_text(reached)}", target_value=reached),
            )


def _follows_the_budget(each) -> bool:
    return each.level1 == Level.COST and is_money(unit_of(each))


def goal_rewritten(subject: Subject) -> Iterator[Finding]:
    """The annual goal is last year's, figure by figure, but for the year."""
    now, then = _YEARS.sub("", subject.annual_goal), _YEARS.sub("", subject.evidence.last_goal)
    if not gist(now) or not gist(then) or _FIGURES.findall(now) != _FIGURES.findall(then):
        return
    same = Decimal(SequenceMatcher(None, gist(then), gist(now), autojunk=False).ratio()).quantize(PLACES)
    if same >= subject.rule.same_text:
        yield subject.whole(
            f"的年度总体目标与上年有 {same:.0%} 相同，请写出今年要做的事和要达到的数。",
            short=f"年度目标与上年 {same:.0%} 相同", field="annual_goal",
        )


def values_renewed(subject: Subject) -> Iterator[Finding]:
    measured = [each for _, each in subject.measured()]
    kept = [
        each for _, each, before in _before(subject)
        if (each.operator, each.target_value) == (before.operator, before.target)
    ]
    if len(measured) > ENOUGH and len(kept) == len(measured):
        yield subject.whole(
            f"的 {len(kept)} 条定量指标值都与上年相同，请按今年的任务逐条核定。", short="指标值全部沿用上年"
        )


def in_proportion(subject: Subject) -> Iterator[Finding]:
    """The money for one unit of the heaviest quantity indicator, against last year's."""
    pairs = [
        (row, each, before) for row, each, before in _before(subject)
        if each.level2 == "quantity" and each.target_value > 0 and before.target > 0
        and each.operator not in AT_MOST
    ]
    money, money_before = subject.requested, subject.evidence.last_money
    if not pairs or not money or not money_before:
        return
    row, each, before = max(pairs, key=lambda pair: pair[1].weight)
    now, then = money / each.target_value, money_before / before.target
    gap = now / then - 1
    if abs(gap) > subject.rule.unit_cost_gap:
        grown = "上升" if gap > 0 else "下降"
        yield subject.cell(
            row, "value", f"由上年 {before.target_shown} 改为 {each.target_shown}，申请数由 {wan_text(money_before)} 万元变为 "
            f"{wan_text(money)} 万元，单位成本{grown} {abs(gap):.0%}，超过 {subject.rule.unit_cost_gap:.0%}，请核对任务量或写明理由。",
            short=f"单位成本比上年{grown} {abs(gap):.0%}",
        )


def like_others(subject: Subject) -> Iterator[Finding]:
    """Far outside of the middle half of the same indicator elsewhere; plain quantities are not compared."""
    for row, each in subject.measured():
        found = subject.evidence.others.get((each.name, unit_of(each)), ())
        comparable = unit_of(each) == PERCENT or money_for(unit_of(each)) or each.level2 == "timeliness"
        if not comparable or len(found) < subject.rule.comparable_least:
            continue
        low, middle, high = _quartiles(found)
        reach = max(high - low, abs(middle) * LEAST_SPREAD) * subject.rule.comparable_fence
        if not low - reach <= each.target_value <= high + reach:
            yield subject.cell(
                row, "value", f"为 {each.target_shown}，而同名指标在 {len(found)} 个项目中多在 {number_text(low)} 到 "
                f"{number_text(high)} 之间，请核对，确有不同的写明理由。",
                short=f"与同类项目（{number_text(low)}—{number_text(high)}）相差大",
            )


def _quartiles(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """The medians of the lower half, of all and of the upper half; the middle value belongs to both halves."""
    ordered = sorted(values)
    half = (len(ordered) + 1) // 2
    return tuple(
        Decimal(median(part)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for part in (ordered[:half], ordered, ordered[-half:])
    )
