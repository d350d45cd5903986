"""The generic scoring methods of evaluation indicators. Each takes plain figures and gives a `Working`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import refuse
from core.money import percent_text
from core.scoring.working import Outcome, Working, plain, settle


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element to be present; `share` weighs it against the others, `met` None means it does not apply."""

    name: str
    share: Decimal
    met: bool | None


@dataclass(frozen=True, kw_only=True)
class Tier:
    """`points` from `limit` on; whether the limit itself belongs to the tier is part of the row."""

    limit: Decimal
    points: Decimal
    inclusive: bool = True


@dataclass(frozen=True, kw_only=True)
class Deduction:
    reason: str
    points: Decimal


def element_count(elements: Sequence[Element], *, weight: Decimal) -> Working:
    """要素得分: shares of the elements met; those that do not apply drop out and the rest are scaled up.

    Raises: RuleViolation when no element applies.
    """
    applicable = [each for each in elements if each.met is not None]
    whole = sum((each.share for each in applicable), Decimal(0))
    if not whole:
        raise refuse("no_element", "各要素均不适用，无法按要素计分，请将该指标列为不适用。")
    met = sum((each.share for each in applicable if each.met), Decimal(0))
    words = {True: "符合", False: "不符合", None: "不适用"}
    return settle(
        Outcome(rule="element_count", share=Fraction(met) / Fraction(whole), sum=f"{plain(met)} ÷ {plain(whole)}"),
        weight=weight,
        inputs=tuple((each.name, words[each.met]) for each in elements),
    )


def ratio_cap(actual: Decimal, target: Decimal, *, weight: Decimal, gate: Decimal | None = None) -> Working:
    """完成比例: actual ÷ target, no more than full; below the pass gate (a ratio) nothing.

    Raises: RuleViolation for a target of zero or less.
    """
    if target <= 0:
        raise refuse("no_target", f"目标值为 {plain(target)}，无法计算完成比例，请改用其他计分方法。")
    ratio = Fraction(actual) / Fraction(target)
    if gate is not None and ratio < gate:
        outcome = Outcome(rule="ratio_cap", share=Fraction(0), sum="0%",
                          because=f"完成比例 {percent_text(ratio, 2)} 低于及格门槛 {percent_text(gate, 0)}")
    elif ratio >= 1:
        outcome = Outcome(rule="ratio_cap", share=Fraction(1), sum="100%", because="实际达到目标，得满分")
    else:
        outcome = Outcome(rule="ratio_cap", share=ratio, sum=f"{plain(actual)} ÷ {plain(target)}")
    return settle(outcome, weight=weight, inputs=(("目标值", plain(target)), ("实际值", plain(actual))))


def step_pp(gap_pp: Decimal, *, deduction: Decimal, weight: Decimal, ceil: bool = True) -> Working:
    """每百分点扣分: `gap_pp` percentage points on the wrong side of the limit, `deduction` points each."""
    return step_block(gap_pp, block=Decimal(1), deduction=deduction, weight=weight, ceil=ceil)


def step_block(gap: Decimal, *, block: Decimal, deduction: Decimal, weight: Decimal, ceil: bool = True) -> Working:
    """每差一档扣分: with `ceil` a begun block counts as a whole one, else in proportion. A gap of 0 or less is full."""
    blocks = max(Fraction(0), Fraction(gap) / Fraction(block))
    blocks = Fraction(math.ceil(blocks)) if ceil else blocks
    return _less(blocks * Fraction(deduction), rule="step_block", weight=weight,
                 inputs=(("差距", plain(gap)), ("每档", plain(block)), ("扣分档数", plain(blocks)),
                         ("每档扣分", plain(deduction))))


def tier(actual: Decimal, tiers: Sequence[Tier], *, weight: Decimal, higher_is_better: bool = True) -> Working:
    """分档: the first tier, best first, whose limit the figure meets; none met scores 0."""
    hit = next((each for each in tiers if _meets(actual, each, higher_is_better)), None)
    points = hit.points if hit else Decimal(0)
    because = f"属于{_tier_text(hit, higher_is_better)}一档" if hit else "未进入任何得分档"
    outcome = Outcome(rule="tier", share=Fraction(points) / Fraction(weight),
                      sum=f"{plain(points)} ÷ {plain(weight)}", because=because)
    return settle(outcome, weight=weight, inputs=(("实际值", plain(actual)),))


def veto(hits: Sequence[str], *, weight: Decimal) -> Working:
    """一票否决: any hit leaves nothing."""
    inputs = (("否决情形", "；".join(hits) or "无"),)
    if hits:
        outcome = Outcome(rule="veto", share=Fraction(0), sum="0%", because=f"出现 {len(hits)} 项否决情形，不得分")
    else:
        outcome = Outcome(rule="veto", share=Fraction(1), sum="100%", because="无否决情形，得满分")
    return settle(outcome, weight=weight, inputs=inputs)


def deduct(deductions: Sequence[Deduction], *, weight: Decimal) -> Working:
    """直接扣分: points off for each finding, no less than 0."""
    taken = sum((each.points for each in deductions), Decimal(0))
    return _less(Fraction(taken), rule="deduct", weight=weight,
                 inputs=tuple((each.reason, f"扣 {plain(each.points)} 分") for each in deductions))


def likert(counts: Mapping[int, int], *, highest: int, weight: Decimal) -> Working:
    """量表: mean level of all answers ÷ the highest level. `counts` is answers by level.

    Raises: RuleViolation when nobody answered.
    """
    answers = sum(counts.values())
    if not answers:
        raise refuse("no_answer", "没有有效问卷，无法按量表计分，请补充调查或列为不适用。")
    total = sum(level * count for level, count in counts.items())
    outcome = Outcome(rule="likert", share=Fraction(total, answers * highest),
                      sum=f"{total} ÷ {answers} ÷ {highest}", because="各题等级合计 ÷ 有效份数 ÷ 最高等级")
    return settle(outcome, weight=weight, inputs=(("有效份数", str(answers)), ("等级合计", str(total))))


def _less(taken: Fraction, *, rule: str, weight: Decimal, inputs: tuple[tuple[str, str], ...]) -> Working:
    share = 1 - taken / Fraction(weight)
    return settle(Outcome(rule=rule, share=share, sum=f"(1 - {plain(taken)} ÷ {plain(weight)})",
                          because=f"共扣 {plain(taken)} 分，最低 0 分"), weight=weight, inputs=inputs)


def _meets(actual: Decimal, row: Tier, higher_is_better: bool) -> bool:
    beyond = actual > row.limit if higher_is_better else actual < row.limit
    return beyond or (row.inclusive and actual == row.limit)


def _tier_text(row: Tier, higher_is_better: bool) -> str:
    strict, loose = (">", "≥") if higher_is_better else ("<", "≤")
    return f"{loose if row.inclusive else strict}{plain(row.limit)}"
