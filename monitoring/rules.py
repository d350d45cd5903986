"""May a round be opened, a report be sent or an alert be closed, and if not, why. No models are imported here."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.access import Role
from core.errors import Reason
from core.lamps import MonitoringDemand, deviation_pct, monitoring_demands, time_progress
from core.money import percent_text, wan_text
from core.rulebook.parts import LampRule
from core.rulebook.terms import Lamp, Likelihood
from core.scoring import Actual, Kind, Op, Quality, Requirement

ALARMING = (Lamp.RED, Lamp.YELLOW)
SEVERITY = (Lamp.YELLOW, Lamp.RED)


def every_indicator_is_reported(report) -> Iterator[Reason]:
    """BLK-C1: every indicator has a value or a reason."""
    for row, value in enumerate(report.value_list(), start=1):
        if not value.has_value and not value.note.strip():
            yield Reason(
                "BLK-C1",
                f"{report.title()}第 {row} 行“{value.indicator.name}”没有填写完成值，请填写，或在原因说明中写明为何没有数据。",
                target=f"row-{row}",
            )
        if not value.likelihood:
            yield Reason(
                "likelihood_missing", f"{report.title()}第 {row} 行“{value.indicator.name}”没有选择完成目标可能性，请选择。",
                target=f"row-{row}",
            )


def values_are_possible(report) -> Iterator[Reason]:
    yield from below_nothing(report, report.value_list(), told=lambda value: value.note, where_to_tell="原因说明")


def below_nothing(record, lines, *, told: Callable[[Any], str], where_to_tell: str) -> Iterator[Reason]:
    """A figure below zero where the target is not is nearly always a slip; it may stand with a word about it.

    Source: house decision, 2026-11-22. ``told`` is that word.
    """
    for row, line in enumerate(lines, start=1):
        actual, target = line.actual_value, line.indicator.target_value
        if actual is not None and actual < 0 and (target is None or target >= 0) and not told(line).strip():
            yield Reason(
                "negative_value",
                f"{record.title()}第 {row} 行“{line.indicator.name}”填的是负数 {actual.normalize():f}，指标值为 "
                f"{line.indicator.target_shown}，请核对；确实为负的，请在{where_to_tell}中写明。", target=f"row-{row}",
            )


def demands_of(value, *, idle: bool, book) -> tuple[MonitoringDemand, ...]:
    """What the rule set wants explained for one indicator; ``idle`` when nothing was spent yet."""
    target, actual = value.indicator.target_value, value.actual_value
    return monitoring_demands(
        lamp=Lamp(value.lamp), likelihood=Likelihood(value.likelihood) if value.likelihood else None,
        deviation=deviation_pct(actual, target) if None not in (actual, target) else None,
        has_cause=bool(value.reasons), idle=idle, book=book,
    )


def deviations_are_explained(report) -> Iterator[Reason]:
    """BLK-C2: reasons exactly where the rule set asks for them (domain rules §2.3)."""
    book, idle = report.rulebook(), report.executed_yuan == 0
    given = {
        MonitoringDemand.CAUSE: lambda value: value.reasons,
        MonitoringDemand.EXPLANATION: lambda value: value.note.strip(),
        MonitoringDemand.FORECAST: lambda value: value.forecast_text.strip(),
        MonitoringDemand.PROBLEM: lambda value: report.problem.strip(),
        MonitoringDemand.MEASURES: lambda value: report.measures.strip(),
    }
    for row, value in enumerate(report.value_list(), start=1):
        owed = [demand.label for demand in demands_of(value, idle=idle, book=book) if not given[demand](value)]
        if owed:
            yield Reason(
                "BLK-C2",
                f"{report.title()}第 {row} 行“{value.indicator.name}”为{Lamp(value.lamp).label}、"
                f"{value.get_likelihood_display() or '未选可能性'}，按规则须填写{'、'.join(owed)}，请补充。", target=f"row-{row}",
            )


def forecast_is_given(report) -> Iterator[Reason]:
    if report.forecast_yuan is None:
        yield Reason(
            "no_forecast", f"{report.title()}没有填写全年预计支出，请填写后再报送。", target="id_head-forecast_yuan"
        )
    elif report.forecast_yuan < report.executed_yuan:
        yield Reason(
            "forecast_below_spent",
            f"{report.title()}全年预计支出 {wan_text(report.forecast_yuan)} 万元，小于已支出的 "
            f"{wan_text(report.executed_yuan)} 万元，请改正。", target="id_head-forecast_yuan",
        )


def deadline_is_given(record, data: Mapping[str, Any]) -> Iterator[Reason]:
    """The deadline lies after the day on which the record came up for the decision."""
    due_on, since = data.get("correction_due_on"), record.state_since
    if not due_on:
        yield Reason("no_deadline", f"对{record.title()}下达纠偏须规定完成期限，请填写期限。")
    elif since and due_on <= since.date():
        yield Reason(
            "deadline_past",
            f"{record.title()}的纠偏期限 {due_on} 不晚于进入“{record.state_label}”的 {since.date()}，请改为之后的日期。",
        )


def correction_is_described(record, data: Mapping[str, Any]) -> Iterator[Reason]:
    """BLK-C3: a correction report names the measures and their effect."""
    if not str(data.get("correction_text", "")).strip():
        yield Reason("BLK-C3", f"{record.title()}没有写明纠偏措施及结果，请填写后再报送。")


def no_red_alert_is_open(report) -> Iterator[Reason]:
    """A red lamp is dealt with before the report is accepted."""
    waiting = report.open_red_alerts()
    if waiting:
        yield Reason(
            "alert_open", f"{report.title()}有 {waiting} 条红灯预警还没有处置，请先下达纠偏、暂缓或核实说明，再复核通过。"
        )


def project_can_be_suspended(alert) -> Iterator[Reason]:
    year = alert.project_year
    if year.stage != "executing":
        yield Reason(
            "not_executing", f"{year.title()}目前是“{year.state_label}”，只有执行中的项目可以暂缓，请刷新页面核对。"
        )


def project_can_be_stopped(alert) -> Iterator[Reason]:
    year = alert.project_year
    if year.stage not in ("executing", "suspended"):
        yield Reason(
            "not_executing", f"{year.title()}目前是“{year.state_label}”，只有执行中或已暂缓的项目可以停止，请刷新页面核对。"
        )


def may_open_rounds(user) -> bool:
    return user.holds(Role.FISCAL_PERFORMANCE)


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def round_is_sound(
    year, *, number: int, period_start: date, period_end: date, due_on: date, is_taken: bool, same_period: str,
    projects: int, today: date,
) -> Iterator[Reason]:
    """Money and time both run from 1 January to the end of a month, which is over when it is looked at.

    ``projects`` is how many would be watched, ``same_period`` the round that has watched this period already.
    """
    if not year.is_open:
        yield Reason("year_closed", f"{year}已停止办理，不能发起绩效监控；如确需办理请联系财政预算股。")
    if is_taken:
        yield Reason("round_taken", f"{year}第 {number} 轮绩效监控已经发起，请改用下一个轮次号。")
    if period_start != date(year.pk, 1, 1):
        yield Reason(
            "period_start", f"监控期间从 {period_start} 开始，执行数和序时进度都从年初累计，请改为 {date(year.pk, 1, 1)}。"
        )
    last_day = month_end(period_end.year, period_end.month)
    if period_end.year != year.pk:
        yield Reason("period_end", f"监控期间截至 {period_end}，不在{year}内，请改为 {year.pk} 年某个月的最后一天。")
    elif period_end != last_day:
        yield Reason("period_end", f"监控期间截至 {period_end}，序时进度按整月计算，请改为月末 {last_day}。")
    elif period_end >= today:
        yield Reason(
            "period_open",
            f"监控期间截至 {period_end}，今天是 {today}，期间还没有结束，执行数不全；请在 {period_end} 之后发起，或改为已结束的月份。",
        )
    if same_period:
        yield Reason("period_taken", f"监控期间截至 {period_end}，{same_period}已经监控过这一期间，请改为其他月份。")
    if due_on < today:
        yield Reason("due_past", f"报送期限 {due_on} 已经过去（今天 {today}），单位来不及报送，请改为今天以后的日期。")
    if due_on <= period_end:
        yield Reason("due_on", f"报送期限 {due_on} 不晚于监控期间的截止日 {period_end}，请改为之后的日期。")
    if not projects:
        yield Reason("nothing_to_watch", f"{year}没有目标已批复、正在执行的项目，不能发起绩效监控，请先完成批复。")


def progress_of(period_end: date) -> Fraction:
    """序时进度: the share of the year that has passed by the end of the period's last month."""
    return time_progress(period_end.month)


def requirement_of(indicator) -> Requirement:
    """The target of an indicator as scoring reads it."""
    if indicator.value_type == "qualitative":
        return Requirement(kind=Kind.QUALITATIVE, text=indicator.target_text)
    if indicator.target_value is None:
        return Requirement(kind=Kind.UNFILLED, text=indicator.target_text)
    return Requirement(
        kind=Kind.NUMERIC, op=Op(indicator.operator) if indicator.operator else None,
        values=(indicator.target_value.normalize(),), unit=indicator.unit_of_measure,
    )


def actual_of(value) -> Actual:
    """What was reported of an indicator as scoring reads it; a quantity is in the unit of the target."""
    if value.quality:
        return Actual(quality=Quality(value.quality), text=value.actual_text)
    number = value.actual_value
    return Actual(
        value=None if number is None else number.normalize(), unit=value.indicator.unit_of_measure,
        text=value.actual_text,
    )


def alert_sentence(report, working: Mapping[str, Any]) -> str:
    """What an alert says: the figures of the project's lamp as they were worked out."""
    figures = "，".join(f"{name} {text}" for name, text in working["inputs"])
    return f"截至 {report.round.period_end}，{figures}；{working['formula']}，判为{Lamp(working['lamp']).label}。"


def lamp_rule_in_words(rule: str, lamps: LampRule) -> str:
    """The rule of a working with its limits, for people; empty where nothing was compared."""
    lag, ratio = lamps.lag, lamps.ratio
    behind = f"慢于序时 {lag.yellow_behind} 个百分点以上黄灯，{lag.red_behind} 个百分点以上红灯"
    against = f"与序时之比低于 {percent_text(ratio.green_from, 0)} 黄灯，低于 {percent_text(ratio.red_below, 0)} 红灯"
    return {
        "money_lag": behind, "indicator_lag": behind, "money_ratio": against, "indicator_ratio": against,
        "project_lag": (
            f"执行率和目标完成率取慢的，{behind}；支出快于目标 {lag.yellow_ahead} 个百分点以上黄灯，"
            f"{lag.red_ahead} 个百分点以上红灯"
        ),
        "project_worst": "取最差的灯色",
        "indicator_met": "反向或到期的指标：符合目标绿灯，不符合红灯；符合的按序时进度计完成率",
        "indicator_quality": "定性指标：达成绿灯，部分达成黄灯，未达成红灯",
    }.get(rule, "")


def is_worse(lamp: str, than: str) -> bool:
    return SEVERITY.index(Lamp(lamp)) > SEVERITY.index(Lamp(than))


def unspent_yuan(year) -> Decimal:
    return year.budget_yuan - year.spent_yuan


def disposal_consequences(alert) -> dict[str, list[str]]:
    """What each step on an alert does to the project and its money, as sentences; from the mildest to the hardest."""
    year = alert.project_year
    budget, spent, left = wan_text(year.budget_yuan), wan_text(year.spent_yuan), wan_text(unspent_yuan(year))
    closes = "本条预警销号。"
    goes_on, held, taken_back = (
        f"未支出的 {left} 万元继续按进度支付。",
        f"暂停拨付未支出的 {left} 万元（预算 {budget} 万元，已支出 {spent} 万元）。",
        f"收回未支出的 {left} 万元，预算由 {budget} 万元减为 {spent} 万元。",
    )
    if unspent_yuan(year) <= 0:
        goes_on = held = taken_back = f"预算 {budget} 万元，已支出 {spent} 万元，没有未支出的资金。"
    order = ["单位须在规定期限前报送纠偏措施及结果，经绩效股核实后销号。", goes_on]
    return {
        "report_correction": ["报送绩效股核实，核实通过后销号；不到位的退回继续纠偏。", goes_on],
        "verify": ["纠偏到位。", goes_on, closes],
        "order_correction": order,
        "send_back": order,
        "explain": ["不采取措施。", goes_on, "本条预警销号，说明留在记录中。"],
        "adjust_target": [
            f"同意单位按程序调整绩效目标，预算 {budget} 万元不变；需要调减的另行办理预算调整。", closes,
        ],
        "suspend": [
            held,
            "项目转为“已暂缓”，由预算股决定恢复或停止；恢复前不能再支付。",
            closes,
        ],
        "stop": [
            taken_back,
            "项目转为“已停止”，不再支付，仍须完成单位自评。",
            closes,
        ],
    }
