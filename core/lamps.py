"""Monitoring lamps: money and targets against the time schedule, and what a report then has to explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import Number, half_up, percent_text, wan_text
from core.rulebook import Rulebook
from core.rulebook.terms import Lamp, LampMode, Likelihood, Term
from core.scoring.values import Actual, Direction, Kind, Op, Quality, Requirement, in_unit
from core.scoring.working import Explained, plain

WORST_FIRST = (Lamp.RED, Lamp.YELLOW, Lamp.GREY, Lamp.GREEN, Lamp.BLUE)


class Quadrant(Term):
    BOTH = "both", "双达标"
    TARGET_AHEAD = "target_ahead", "事快钱慢"
    MONEY_AHEAD = "money_ahead", "钱快事慢"
    NEITHER = "neither", "双滞后"


class MonitoringDemand(Term):
    """What a progress report must fill in."""

    CAUSE = "cause", "偏差原因"
    EXPLANATION = "explanation", "原因说明"
    FORECAST = "forecast", "全年预计完成情况"
    PROBLEM = "problem", "存在问题"
    MEASURES = "measures", "拟采取措施"


@dataclass(frozen=True, kw_only=True)
class Reading(Explained):
    """A lamp; `rate` is how much of the year's whole is done (0–1 and beyond), None without data."""

    lamp: Lamp
    rate: Fraction | None = None


def time_progress(month: int, planned_shares: Sequence[Decimal] | None = None) -> Fraction:
    """Share of the year's work due by the end of `month` (1–12): even, or the indicator's own 12 cumulative shares."""
    return Fraction(planned_shares[month - 1]) if planned_shares else Fraction(month, 12)


def money_lamp(*, executed: Decimal, budget: Decimal, progress: Fraction, book: Rulebook) -> Reading:
    """Lamp of spending in yuan against time; grey without a budget."""
    if budget <= 0:
        return _grey("money", "预算数为 0，没有可比的执行进度。")
    rate = Fraction(executed) / Fraction(budget)
    inputs = (("预算数", f"{wan_text(budget)} 万元"), ("执行数", f"{wan_text(executed)} 万元"))
    written = f"{wan_text(executed)} ÷ {wan_text(budget)} = {_rate_text(rate)}"
    return _against_time("money", rate, progress, written, inputs, book, blue=False)


def indicator_lamp(requirement: Requirement, actual: Actual, *, progress: Fraction, book: Rulebook,
                   direction: Direction | None = None) -> Reading:
    """Lamp of one indicator; grey when nothing comparable was reported.

    A reverse indicator that holds so far is on schedule, no more: its rate is the time progress itself.
    """
    inputs = (("目标", requirement.written()), ("截至完成", actual.written()))
    if actual.quality is not None:
        return _quality_reading(actual.quality, inputs, book)
    if actual.met is not None:
        return _met_reading(actual.met, inputs, rate=Fraction(1))
    if requirement.kind is Kind.DATE and requirement.date and actual.date:
        return _met_reading(actual.date <= requirement.date, inputs, rate=Fraction(1))
    done = _comparable(requirement, actual)
    if done is None:
        return _grey("indicator", "没有可与目标比较的完成值。")
    target = Fraction(requirement.values[0])
    if requirement.direction(direction) is Direction.LOWER:
        met = done < target if requirement.op is Op.LESS else done <= target
        return _met_reading(met, inputs, rate=progress)
    if target <= 0:
        return _grey("indicator", "目标值不大于 0，无法计算完成率。")
    written = f"{plain(done)} ÷ {plain(target)} = {_rate_text(done / target)}"
    return _against_time("indicator", done / target, progress, written, inputs, book, blue=True)


def attainment(readings: Sequence[tuple[Reading, Decimal]]) -> Fraction | None:
    """目标完成率: mean of the indicators' rates, none above 100 %, weighted by their points; None without data."""
    known = [(min(reading.rate, Fraction(1)), Fraction(weight))
             for reading, weight in readings if reading.rate is not None]
    whole = sum(weight for _, weight in known)
    return sum(max(rate, Fraction(0)) * weight for rate, weight in known) / whole if whole else None


def project_lamp(*, money: Reading, indicators: Sequence[tuple[Reading, Decimal]], progress: Fraction,
                 book: Rulebook) -> Reading:
    """Lamp of a project; `indicators` pairs each reading with the indicator's points.

    Ratio mode: the worst lamp wins. Lag mode: the worse of spending and attainment behind time, or spending ahead.
    """
    reached = attainment(indicators)
    if book.lamps.mode is LampMode.RATIO:
        return _worst([money, *(reading for reading, _ in indicators)], reached)
    if money.rate is None or reached is None:
        return _grey("project", "执行进度或目标完成情况缺少数据。")
    behind = (progress - min(money.rate, reached)) * 100
    ahead = (money.rate - reached) * 100
    lag = book.lamps.lag
    lamp = max((_by_limits(behind, lag.yellow_behind, lag.red_behind),
                _by_limits(ahead, lag.yellow_ahead, lag.red_ahead)), key=_severity)
    return Reading(
        rule="project_lag",
        inputs=(("预算执行率", _rate_text(money.rate)), ("目标完成率", _rate_text(reached)),
                ("序时进度", percent_text(progress))),
        formula=f"较序时{_behind_text(behind)}，支出较目标{_behind_text(-ahead)}",
        lamp=lamp,
        rate=reached,
    )


def quadrant(execution: Number, reached: Number, progress: Fraction) -> Quadrant:
    """Where a project lies when both rates are held against the time schedule; on schedule counts as met."""
    return {
        (True, True): Quadrant.BOTH,
        (True, False): Quadrant.MONEY_AHEAD,
        (False, True): Quadrant.TARGET_AHEAD,
        (False, False): Quadrant.NEITHER,
    }[execution >= progress, reached >= progress]


def deviation_pct(actual: Decimal, target: Decimal) -> Decimal | None:
    """(actual − target) ÷ target in percent, two places; None for a target of zero."""
    return half_up((Fraction(actual) - Fraction(target)) * 100 / Fraction(target)) if target else None


def monitoring_demands(*, lamp: Lamp, likelihood: Likelihood | None, deviation: Decimal | None, has_cause: bool,
                       idle: bool, book: Rulebook) -> tuple[MonitoringDemand, ...]:
    """What the report on one indicator must fill in; `deviation` in percent, `idle` when nothing was spent."""
    rule = book.monitoring_reasons
    far_off = deviation is not None and rule.deviation_pct is not None and abs(deviation) > rule.deviation_pct
    too_high = deviation is not None and rule.over_target_pct is not None and deviation > rule.over_target_pct
    doubtful = likelihood in rule.likelihoods
    troubled = far_off or (idle and rule.idle_needs_measures)
    needs_cause = lamp in rule.lamps or doubtful or too_high or troubled
    needs = {
        MonitoringDemand.CAUSE: needs_cause,
        MonitoringDemand.EXPLANATION: too_high or (rule.explain_cause and (has_cause or needs_cause)),
        MonitoringDemand.FORECAST: doubtful,
        MonitoringDemand.PROBLEM: troubled,
        MonitoringDemand.MEASURES: troubled,
    }
    return tuple(demand for demand, needed in needs.items() if needed)


def _against_time(rule: str, rate: Fraction, progress: Fraction, written: str, inputs: tuple[tuple[str, str], ...],
                  book: Rulebook, *, blue: bool) -> Reading:
    inputs = (*inputs, ("序时进度", percent_text(progress)))
    if progress == 0:
        return Reading(rule=rule, inputs=inputs, formula=f"{written}，尚未到计划开始时间", lamp=Lamp.GREEN, rate=rate)
    if book.lamps.mode is LampMode.RATIO:
        ratio = rate / progress
        return Reading(rule=f"{rule}_ratio", inputs=inputs, lamp=_by_ratio(ratio, book, blue=blue), rate=rate,
                       formula=f"{written}，÷ 序时 {percent_text(progress)} = {percent_text(ratio)}")
    behind = (progress - rate) * 100
    lag = book.lamps.lag
    return Reading(rule=f"{rule}_lag", inputs=inputs, lamp=_by_limits(behind, lag.yellow_behind, lag.red_behind),
                   rate=rate, formula=f"{written}，较序时{_behind_text(behind)}")


def _by_limits(points: Fraction, yellow: Decimal, red: Decimal) -> Lamp:
    if points > red:
        return Lamp.RED
    return Lamp.YELLOW if points > yellow else Lamp.GREEN


def _by_ratio(ratio: Fraction, book: Rulebook, *, blue: bool) -> Lamp:
    limits = book.lamps.ratio
    if ratio < limits.red_below:
        return Lamp.RED
    if ratio < limits.green_from:
        return Lamp.YELLOW
    return Lamp.BLUE if blue and ratio >= limits.blue_from else Lamp.GREEN


def _quality_reading(quality: Quality, inputs: tuple[tuple[str, str], ...], book: Rulebook) -> Reading:
    lamp, share = {
        Quality.REACHED: (Lamp.GREEN, book.qualitative.reached_share),
        Quality.PARTLY: (Lamp.YELLOW, book.qualitative.partly_share),
        Quality.MISSED: (Lamp.RED, book.qualitative.missed_share),
    }[quality]
    return Reading(rule="indicator_quality", inputs=inputs, formula=quality.label, lamp=lamp, rate=Fraction(share))


def _met_reading(met: bool, inputs: tuple[tuple[str, str], ...], *, rate: Fraction) -> Reading:
    lamp, text = (Lamp.GREEN, "符合目标") if met else (Lamp.RED, "不符合目标")
    return Reading(rule="indicator_met", inputs=inputs, formula=text, lamp=lamp, rate=rate if met else Fraction(0))


def _worst(readings: Sequence[Reading], reached: Fraction | None) -> Reading:
    lamp = max((reading.lamp for reading in readings), key=_severity)
    counts = [(each.label, sum(reading.lamp is each for reading in readings)) for each in WORST_FIRST]
    shown = tuple((label, f"{count} 项") for label, count in counts if count)
    return Reading(rule="project_worst", inputs=shown, formula="取最差的灯色", lamp=lamp, rate=reached)


def _severity(lamp: Lamp) -> int:
    return -WORST_FIRST.index(lamp)


def _grey(rule: str, note: str) -> Reading:
    return Reading(rule=rule, formula=Lamp.GREY.label, notes=(note,), lamp=Lamp.GREY)


def _comparable(requirement: Requirement, actual: Actual) -> Fraction | None:
    if actual.value is None or not requirement.values:
        return None
    return in_unit(actual.value, actual.unit, requirement.unit)


def _rate_text(rate: Fraction) -> str:
    """A rate as it is stored, to four places, and so as every list shows it."""
    return percent_text(half_up(rate, 4))


def _behind_text(points: Fraction) -> str:
    size = half_up(abs(points), 1)
    if not size:
        return "持平"
    return f"{'慢' if points > 0 else '快'} {size} 个百分点"

