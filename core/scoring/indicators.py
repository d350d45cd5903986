"""Scores one indicator of a self-evaluation by what its target asks for."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from core.errors import refuse
from core.money import half_up, percent_text
from core.rulebook import Rulebook
from core.rulebook.terms import LateMethod, Level, OverCause, OverMode, ReverseMethod, SatisfactionMethod
from core.scoring.execution import step_share
from core.scoring.values import Actual, Direction, Kind, Quality, Requirement, in_unit
from core.scoring.working import Demand, Outcome, Status, Working, plain, settle, unscored

FULL = Fraction(1)
NONE = Fraction(0)
NUMBERS = {Kind.NUMERIC, Kind.DURATION, Kind.RANGE}


def score_indicator(requirement: Requirement, actual: Actual, *, weight: Decimal, book: Rulebook,
                    direction: Direction | None = None, level: Level | None = None,
                    cause: OverCause | None = None, monitored: Decimal | None = None) -> Working:
    """Propose the score of one indicator.

    `direction` counts only when the target has no operator; `cause` explains an actual far above its target;
    `monitored` is the figure last reported in monitoring, in the unit of `actual`.
    Shape: status `missing` scores 0, `to_judge` means no rule fits and a person scores, `not_applicable` is for
    `total`.
    Raises: RuleViolation for a negative target that is not flagged, or points outside their qualitative band.
    """
    rule = requirement.kind.value
    if actual.not_applicable:
        note = "已申明不适用，须填写理由并经审核人同意。"
        return unscored(Status.NOT_APPLICABLE, rule=rule, weight=weight, note=note, demand=Demand.NOT_APPLICABLE)
    if actual.is_missing:
        note = "未填报实际完成值，按 0 分计，补报前不能提交。"
        return unscored(Status.MISSING, rule=rule, weight=weight, note=note, demand=Demand.VALUE)
    outcome = _outcome(requirement, actual, weight=weight, book=book, level=level, cause=cause,
                       direction=requirement.direction(direction))
    if isinstance(outcome, str):
        return unscored(Status.TO_JUDGE, rule=rule, weight=weight, note=outcome, demand=Demand.JUDGEMENT)
    return settle(
        _with_monitoring(outcome, actual, monitored, book),
        weight=weight,
        inputs=(("目标值", requirement.written()), ("实际值", actual.written())),
        explain_below_full=book.evaluation_reasons.below_full,
    )


def qualitative_range(quality: Quality, *, weight: Decimal, book: Rulebook) -> tuple[Decimal, Decimal]:
    """Lowest and highest points of a band; only the band 达成 includes its upper end."""
    rule = book.qualitative
    low, high = {
        Quality.REACHED: (rule.reached_from, Decimal(1)),
        Quality.PARTLY: (rule.partly_from, rule.reached_from),
        Quality.MISSED: (Decimal(0), rule.partly_from),
    }[quality]
    return half_up(weight * low), half_up(weight * high)


def _outcome(requirement: Requirement, actual: Actual, *, weight: Decimal, book: Rulebook, level: Level | None,
             cause: OverCause | None, direction: Direction) -> Outcome | str:
    """The outcome, or the sentence why a person has to score."""
    if requirement.kind in NUMBERS:
        return _number(requirement, actual, book=book, level=level, cause=cause, direction=direction)
    if requirement.kind is Kind.DATE:
        return _date(requirement, actual, book)
    if requirement.kind in {Kind.DIRECT, Kind.PERIOD} and actual.met is not None:
        return _all_or_nothing("direct", actual.met, "")
    if requirement.kind is Kind.QUALITATIVE and actual.quality is not None:
        return _qualitative(actual.quality, actual.points, weight=weight, book=book)
    return f"目标为“{requirement.kind.label}”，实际完成情况不能按公式计分，请人工评分。"


def _number(requirement: Requirement, actual: Actual, *, book: Rulebook, level: Level | None,
            cause: OverCause | None, direction: Direction) -> Outcome | str:
    if actual.value is None or len(requirement.values) != (2 if requirement.kind is Kind.RANGE else 1):
        return "目标值或实际完成值不是可以计算的数字，请人工评分或改填数字。"
    done = in_unit(actual.value, actual.unit, requirement.unit)
    if done is None:
        return f"目标单位为“{requirement.unit}”，实际单位为“{actual.unit}”，无法换算，请核对后人工评分。"
    if min(requirement.values) < 0 and not requirement.allows_negative:
        raise refuse("negative_target",
                     f"目标值 {requirement.written()} 为负数，请在指标中标明允许负值，或改正目标值。")
    if level is Level.SATISFACTION and book.satisfaction.method is SatisfactionMethod.TIERS:
        return _satisfaction(done, book)
    if requirement.kind is Kind.RANGE:
        return _range(requirement, done, book)
    target = Fraction(requirement.values[0])
    if requirement.allows_negative and (target < 0 or done < 0):
        return _negative(target, done, direction)
    if direction is Direction.LOWER:
        return _reverse(target, done, book)
    if direction is Direction.UNKNOWN:
        return "指标未标明正向、反向或等于，无法按公式计分，请补填指标性质或人工评分。"
    return _positive(target, done, book=book, cause=cause, direction=direction)


def _positive(target: Fraction, done: Fraction, *, book: Rulebook, cause: OverCause | None,
              direction: Direction) -> Outcome:
    rule = direction.value
    if target == 0:
        met = done >= 0 if direction is Direction.HIGHER else done <= 0
        return _all_or_nothing(rule, met, "目标值为零，")
    if done < target:
        return Outcome(rule=rule, share=done / target, sum=f"{plain(done)} ÷ {plain(target)}")
    over_counts = direction is Direction.HIGHER or book.indicators.equal_strict
    if over_counts and done > target * Fraction(book.over_completion.threshold):
        return _over_completed(rule, done / target, cause, book)
    return Outcome(rule=rule, share=FULL, sum="100%", because="实际达到目标，得满分")


def _over_completed(rule: str, ratio: Fraction, cause: OverCause | None, book: Rulebook) -> Outcome:
    over = book.over_completion
    limit = Fraction(over.threshold)
    reduced = max(Fraction(over.floor), FULL - (ratio - limit))
    demands = (Demand.OVER_COMPLETION,) if cause is None and _asks_over(book) else ()
    fact = f"实际为目标的 {percent_text(ratio, 2)}，超过 {percent_text(limit, 0)}"
    if cause is OverCause.TARGET_TOO_LOW and over.mode is OverMode.REDUCE:
        raw = f"（1 - ({plain(ratio)} - {plain(limit)})，不低于 {plain(over.floor)}）"
        return Outcome(rule=f"{rule}_over", share=reduced, sum=percent_text(reduced, 2), because=f"{fact}且目标偏低{raw}")
    notes = {
        None: f"{fact}，请说明是目标偏低、外部因素还是工作成效。",
        OverCause.TARGET_TOO_LOW: f"{fact}且目标偏低，审核人可按 {percent_text(reduced, 2)} 计分。",
    }
    note = notes.get(cause, f"{fact}，原因是{cause.label}，不扣分。" if cause else "")
    return Outcome(rule=f"{rule}_over", share=FULL, sum="100%", because="得满分，不加分", notes=(note,), demands=demands)


def _asks_over(book: Rulebook) -> bool:
    return book.evaluation_reasons.over_threshold or book.over_completion.mode is OverMode.REDUCE


def _reverse(target: Fraction, done: Fraction, book: Rulebook) -> Outcome:
    if done <= target:
        return Outcome(rule="lower", share=FULL, sum="100%", because="实际未超过目标，得满分")
    if target == 0:
        return _all_or_nothing("lower", False, "目标值为零，")
    if book.indicators.reverse is ReverseMethod.RATIO:
        return Outcome(rule="lower_ratio", share=target / done, sum=f"{plain(target)} ÷ {plain(done)}")
    written = f"(1 - ({plain(done)} - {plain(target)}) ÷ {plain(target)})"
    if done >= 2 * target:
        return Outcome(rule="lower_linear", share=NONE, sum="0%", because="实际达到目标的两倍及以上，不得分")
    return Outcome(rule="lower_linear", share=FULL - (done - target) / target, sum=written)


def _negative(target: Fraction, done: Fraction, direction: Direction) -> Outcome | str:
    reached = {
        Direction.HIGHER: done >= target,
        Direction.LOWER: done <= target,
        Direction.EQUAL: done == target,
    }
    if direction is Direction.UNKNOWN:
        return "指标允许负值但未标明正向、反向或等于，请补填指标性质或人工评分。"
    if reached[direction] or target == 0:
        return _all_or_nothing("negative", reached[direction], "")
    gap = abs(done - target) / abs(target)
    written = f"(1 - |{plain(done)} - ({plain(target)})| ÷ {plain(abs(target))})"
    return Outcome(rule="negative", share=FULL - gap, sum=written, because="允许负值的指标，最低 0 分")


def _range(requirement: Requirement, done: Fraction, book: Rulebook) -> Outcome:
    low, high = (Fraction(each) for each in requirement.values)
    if (done < low <= 0) or (done > high and high <= 0):
        return _all_or_nothing("range", False, "在目标区间之外且界限不大于零，")
    if done < low:
        return Outcome(rule="range", share=done / low, sum=f"{plain(done)} ÷ {plain(low)}", because="低于区间下限")
    if done > high:
        return _reverse(high, done, book)
    return Outcome(rule="range", share=FULL, sum="100%", because="实际在目标区间内，得满分")


def _date(requirement: Requirement, actual: Actual, book: Rulebook) -> Outcome | str:
    due, done = requirement.date, actual.date
    if due is None or done is None:
        return "目标或实际完成时间不是明确的日期，请人工评分或改填日期。"
    if done <= due:
        return Outcome(rule="date", share=FULL, sum="100%", because="按期完成，得满分")
    late = (done - due).days
    if book.indicators.late is LateMethod.ALL_OR_NOTHING:
        return _all_or_nothing("date", False, f"逾期 {late} 天，")
    planned = (due - (requirement.start or due.replace(month=1, day=1))).days + 1
    return Outcome(rule="date", share=FULL - Fraction(late, planned), sum=f"(1 - {late} ÷ {planned})",
                   because=f"逾期 {late} 天，计划 {planned} 天，最低 0 分")


def _satisfaction(done: Fraction, book: Rulebook) -> Outcome:
    earned = step_share(done / 100, book.satisfaction.tiers)
    return Outcome(rule="satisfaction_tiers", share=Fraction(earned), sum=percent_text(earned, 0),
                   because=f"满意度 {percent_text(done / 100, 2)} 所在区间")


def _qualitative(quality: Quality, points: Decimal | None, *, weight: Decimal, book: Rulebook) -> Outcome:
    low, high = qualitative_range(quality, weight=weight, book=book)
    if points is None:
        share = {
            Quality.REACHED: book.qualitative.reached_share,
            Quality.PARTLY: book.qualitative.partly_share,
            Quality.MISSED: book.qualitative.missed_share,
        }[quality]
        return Outcome(rule="qualitative", share=Fraction(share), sum=percent_text(share, 0), because=quality.label)
    top_counts = quality is Quality.REACHED
    if not low <= points <= high or (points == high and not top_counts):
        raise refuse("outside_band",
                     f"“{quality.label}”的得分应不低于 {low} 分且{'不高于' if top_counts else '低于'} {high} 分，"
                     f"现填 {points} 分，请改分或改选档次。")
    return Outcome(rule="qualitative", share=Fraction(points) / Fraction(weight),
                   sum=percent_text(Fraction(points) / Fraction(weight), 2), because=f"{quality.label}，评分人给 {points} 分")


def _all_or_nothing(rule: str, met: bool, why: str) -> Outcome:
    if met:
        return Outcome(rule=rule, share=FULL, sum="100%", because=f"{why}达到目标，得满分")
    return Outcome(rule=rule, share=NONE, sum="0%", because=f"{why}未达到目标，不得分")


def _with_monitoring(outcome: Outcome, actual: Actual, monitored: Decimal | None, book: Rulebook) -> Outcome:
    lowered = monitored is not None and actual.value is not None and actual.value < monitored
    if not lowered or not book.evaluation_reasons.below_monitoring:
        return outcome
    note = f"实际值 {plain(actual.value)} 低于监控时填报的 {plain(monitored)}，须说明原因。"
    return replace(outcome, notes=(*outcome.notes, note), demands=(*outcome.demands, Demand.BELOW_MONITORING))

