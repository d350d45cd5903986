"""A filled 项目支出绩效目标执行监控表 becomes the draft of a progress report."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import Reason
from core.layout import plain
from core.money import wan_text
from core.official.checking.monitoring import likelihood_of
from core.official.checking.proposals import propose
from core.official.filled import FilledForm, FilledIndicator, PaperKind
from core.official.intake import Intake, Paper, Plan, drafts_named, place_lines, read_achieved, register
from core.scoring import Quality
from monitoring.forms import ReportSheet
from monitoring.models import DeviationReason, LikelihoodChoice, ProgressReport, ProgressValue, QualityChoice
from monitoring.official.forms import reached
from monitoring.services import ENTRY_FIELDS, fill_report
from targets.official import subject_of

PERIOD = re.compile(r"(?<!\d)(\d{1,2})月?[—–\-~～至到]+(\d{1,2})月")
TEXT_FIELDS = {
    "surplus_reason": ("预计结余原因", "surplus_reason"), "problem": ("存在问题", "problems"),
    "measures": ("拟采取措施", "measures"),
}
AMOUNTS = {"initial": ("年初预算数", "initial_yuan"), "adjusted": ("调整后预算数", "budget_yuan"),
           "executed": ("执行数", "executed_yuan")}
TICKED = {
    "funding": DeviationReason.FUNDING, "policy_system": DeviationReason.POLICY_SYSTEM,
    "staffing": DeviationReason.STAFFING, "hardware": DeviationReason.HARDWARE, "other_cause": DeviationReason.OTHER,
}
NOT_TICKED = {"否", "×", "x", "0"}


def plan_report(report: ProgressReport, paper: Paper) -> Plan:
    """What was reached and is expected, deviations, forecast and texts; budget and spending stay."""
    form, plan = paper.form, Plan()
    plan.take_head(form, subject_of(report))
    plan.obstacles += _period_faults(report, paper)
    for column, (label, name) in AMOUNTS.items():
        plan.keep_amount(label, form.total_fund, column, getattr(report, name))
    head = {name: getattr(report, name) for name in (*TEXT_FIELDS, "forecast_yuan")}
    for name, (label, field) in TEXT_FIELDS.items():
        plan.take_text(head, name, label, form.field(field))
    _take_forecast(plan, head, form)
    values = report.value_list()
    rows = _rows(plan, report, values, form)
    sheet = ReportSheet(report, values, _typed(report, values, head, rows))
    plan.obstacles += [Reason("entry", fault["sentence"]) for fault in sheet.faults() if not sheet.is_valid()]
    if not plan.obstacles:
        filled = sum(value.has_value for value in values)
        plan.outcome = f"填入后 {len(values)} 条指标中 {filled} 条有完成值"
        plan.data = head | {"values": rows}
    return plan


def _period_faults(report: ProgressReport, paper: Paper) -> list[Reason]:
    """The months that the form names must be those of the round; a form that names none is taken as it is."""
    own = (report.round.period_start.month, report.round.period_end.month)
    named = {(int(found[1]), int(found[2])) for found in paper.find(PERIOD)}
    if not named or own in named:
        return []
    said = "、".join(f"{first}—{last}月" for first, last in sorted(named))
    return [Reason(
        "other_period", f"表里写的是{said}的监控，这里填的是{report.title()}（{report.round.period_label}），请核对文件，或到对应轮次导入。"
    )]


def _take_forecast(plan: Plan, head: dict[str, Any], form: FilledForm) -> None:
    row, own = form.total_fund, head["forecast_yuan"]
    written = row.amounts.get("forecast") if row else None
    if not written or written.is_dash:
        return
    stated = row.yuan("forecast")
    if stated is None:
        plan.remark("amount_unread", written, f"全年预计执行数“{written.text}”不是金额，没有填入，请在草稿页补填。")
    elif plan.compare("全年预计执行数（万元）", written.cell, "" if own is None else wan_text(own), wan_text(stated)):
        head["forecast_yuan"] = stated


def _rows(
    plan: Plan, report: ProgressReport, values: list[ProgressValue], form: FilledForm
) -> dict[int, dict[str, Any]]:
    """The fields of every line that the form has, by indicator; the rows in hand are set to them too."""
    lines = place_lines(plan, form, [value.indicator for value in values], title=report.title())
    bands = {id(each.indicator): each.quality for each in propose(form, report.rulebook())}
    rows = {}
    for value, line in zip(values, lines, strict=True):
        if line is not None:
            _take_achieved(plan, value, line, band=bands[id(line)], year=report.round.fiscal_year_id)
            _take_outlook(plan, value, line)
            _take_reasons(plan, value, line)
            rows[value.indicator_id] = {name: getattr(value, name) for name in ENTRY_FIELDS}
    return rows


def _take_achieved(
    plan: Plan, value: ProgressValue, line: FilledIndicator, *, band: Quality | None, year: int
) -> None:
    indicator = value.indicator
    found = read_achieved(
        plan, line, unit=indicator.unit_of_measure, qualitative=indicator.is_qualitative, quality=band, year=year
    )
    if found is None:
        return
    if found.not_applicable:
        plan.remark("not_applicable", line["actual"], f"{line.said}写的是不适用，监控表没有这一项，没有填入，请在草稿页说明。")
        return
    old = reached(value)
    value.actual_value, value.actual_text = found.value, found.words
    value.quality = QualityChoice(found.quality).value if found.quality else ""
    plan.compare("完成值", line.cell("actual"), old, reached(value), where=indicator.name)


def _take_outlook(plan: Plan, value: ProgressValue, line: FilledIndicator) -> None:
    """Forecast, note and likelihood."""
    where, texts = value.indicator.name, {"forecast_text": value.forecast_text, "note": value.note}
    plan.take_text(texts, "forecast_text", "全年预计完成情况", line["forecast"], where=where)
    plan.take_text(texts, "note", "原因说明", line["note"] or line["reason"], where=where)
    value.forecast_text, value.note = texts["forecast_text"], texts["note"]
    chosen = likelihood_of(line)
    known = {each.label: each.value for each in LikelihoodChoice}
    if len(chosen) == 1 and chosen[0] in known:
        old, value.likelihood = value.get_likelihood_display(), known[chosen[0]]
        plan.compare("完成目标可能性", _cell_of_likelihood(line), old, chosen[0], where=where)
    elif chosen:
        plan.remark(
            "likelihood_unread", _cell_of_likelihood(line),
            f"{line.said}的完成目标可能性写的是“{'、'.join(chosen)}”，没有填入，请在草稿页选择一项。",
        )


def _cell_of_likelihood(line: FilledIndicator) -> str:
    return line.cell("likelihood") if line["likelihood"] else line.cell("certain")


def _take_reasons(plan: Plan, value: ProgressValue, line: FilledIndicator) -> None:
    """Ticks replace the draft's as a whole; a line without any changes nothing."""
    ticked = [reason.value for column, reason in TICKED.items() if _is_ticked(line, column)]
    if not ticked:
        return
    old, value.reasons = value.reason_labels, ticked
    plan.compare("偏差原因", line.cell("funding"), old, value.reason_labels, where=value.indicator.name)


def _is_ticked(line: FilledIndicator, column: str) -> bool:
    written = line[column]
    return bool(written) and not written.is_dash and plain(written.text).lower() not in NOT_TICKED


def _typed(
    report: ProgressReport, values: list[ProgressValue], head: Mapping[str, Any], rows: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    """All of it as somebody would type it into the page, whose limits count here too."""
    forecast = head["forecast_yuan"]
    typed: dict[str, Any] = {f"head-{name}": head[name] for name in TEXT_FIELDS}
    typed["head-forecast_yuan"] = "" if forecast is None else f"{forecast.scaleb(-4).normalize():f}"
    for value in values:
        row = rows.get(value.indicator_id, {})
        number = row.get("actual_value")
        typed |= {f"v{value.pk}-{name}": given for name, given in row.items() if name != "actual_value"}
        typed[f"v{value.pk}-actual_value"] = "" if number is None else f"{number:f}"
    return typed


def save(report: ProgressReport, data: Mapping[str, Any], *, by, at: datetime, seen: int) -> ProgressReport:
    return fill_report(report, by=by, at=at, seen=seen, **data)


register(Intake(
    paper=PaperKind.PROGRESS_REPORT, model=ProgressReport, plan=plan_report, save=save,
    drafts=drafts_named(ProgressReport), guide=(
        ("项目名称、编码、单位、年度、监控期间", "只用来核对，必须与本监控表一致。"),
        ("预算数、执行数、执行率", "只用来核对；与系统登记的不同时提示，金额以系统为准。"),
        ("全年预计执行数、预计结余原因", "填入；空白格不改动草稿。"),
        ("绩效指标", "按名称与已批复的指标对应，名称不同的按同类指标的次序对应；指标值以批复为准。"),
        ("执行情况、全年预计、偏差原因、可能性", "逐条填入；单位不同的换算，看不准的逐条提示。"),
        ("存在问题、拟采取措施", "填入对应的文字；空白格不改动草稿。"),
    ),
))
