"""The paper form of this app: 项目支出绩效目标执行监控表."""

from collections.abc import Iterable

from budgets.models import FundSource
from budgets.official import (
    MONEY_UNIT,
    NO_FUNDS,
    YEAR_FUNDS,
    YEAR_NAMES,
    Funds,
    code_line,
    fund_rows,
    funds_of,
    unit_line,
    wrote,
)
from core.money import divide
from core.official import Align, FormDocument, Orientation, Row, Table, label, percent, text
from core.official.kinds import Filing, FormKind, handed_in, register, visible_row
from core.official.parts import BLANK_DATE, NOT_GIVEN, centred, money, room, year_label
from core.rulebook import Rulebook
from monitoring.models import DeviationReason, ProgressReport, ProgressValue
from targets.models import Indicator
from targets.official import blank_level_rows, level_rows

TICK = "√"
EMPTY_PERIOD = "1—　月"


def progress_form(report: ProgressReport | None, book: Rulebook) -> FormDocument:
    project = report.project_year.project if report else None
    filler = report and (report.submitted_by or None)
    period = report.round.period_label if report else EMPTY_PERIOD
    return FormDocument(
        title="项目支出绩效目标执行监控表", orientation=Orientation.LANDSCAPE,
        columns=(21, 24, 42, 32, 34, 34, 10, 10, 10, 10, 10, 42, 22),
        year_label=year_label(report.round.fiscal_year_id if report else None, f" {period}"),
        unit_line=unit_line(project), money_unit_line=MONEY_UNIT,
        blocks=(_facts(report, period), _indicators(report, book, period), _end(report)),
        signatures=(f"填报人：{wrote(filler)}", f"联系电话：{project.owner_phone if project else ''}",
                    "单位负责人（签字）：", f"填报日期：{BLANK_DATE}"),
        notes=("注：偏差原因在相应栏打“√”，可多选；完成目标可能性填确定能、有可能或完全不可能，填后两项的须说明原因和措施。",),
        reference=code_line(project), version=_version(report),
    )


def _version(report: ProgressReport | None) -> str:
    if report is None:
        return ""
    draft = "（未报送）" if report.state in report.editable_states else ""
    return f"第 {report.round.number} 轮{draft}"


def _facts(report: ProgressReport | None, period: str) -> Table:
    project = report.project_year.project if report else None
    department = f"{project.department.name} {project.department.code}" if project else ""
    return Table((
        (label("项目名称", colspan=2), text(project.name if project else "", colspan=4), label("项目编码", colspan=5),
         text(project.code if project else "", colspan=2)),
        (label("主管部门及代码", colspan=2), text(department, colspan=4), label("实施单位", colspan=5),
         text(project.unit.name if project else "", colspan=2)),
        (label("项目资金\n（万元）", colspan=2, rowspan=5), label(""), label("年初预算数"), label("调整后预算数"),
         label(f"{period}执行数"), label(f"{period}执行率", colspan=5), label("全年预计执行数"), label("预计结余")),
        *_fund_rows(report),
        (label("预计结余原因", colspan=2), room(report.surplus_reason if report else "", colspan=11, lines=1)),
        (label("年度总体目标", colspan=2), room(report.declaration.annual_goal if report else "", colspan=11)),
    ))


def _fund_rows(report: ProgressReport | None) -> Iterable[Row]:
    columns = (NO_FUNDS, NO_FUNDS, NO_FUNDS) if report is None else funds_of(
        report.project_year, initial_yuan=report.initial_yuan, budget_yuan=report.budget_yuan,
        executed_yuan=report.executed_yuan, until=report.round.period_end,
    )
    return [_fund_row(report, source, name, columns) for source, name in fund_rows()]


def _fund_row(report: ProgressReport | None, source: FundSource | None, name: str, columns: tuple[Funds, ...]) -> Row:
    """The forecast is made for the whole only; a source that cannot be told apart has a dash."""
    blank = NOT_GIVEN if report else ""
    budget, executed = columns[1].of(source), columns[2].of(source)
    rate = divide(executed, budget, places=4) if budget and executed is not None else None
    whole = report if source is None else None
    return (
        text(name), *(money(column.of(source), blank=blank) for column in columns),
        percent(rate, blank=blank, align=Align.CENTER, colspan=5),
        money(whole.forecast_yuan if whole else None, blank=blank),
        money(whole.surplus_yuan if whole else None, blank=blank),
    )


def _indicators(report: ProgressReport | None, book: Rulebook, period: str) -> Table:
    values = {value.indicator_id: value for value in report.values.all()} if report else {}

    def cells(indicator: Indicator) -> Row:
        return _value_cells(indicator, values[indicator.pk])

    rows = level_rows((value.indicator for value in values.values()), cells)
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", f"{period}执行情况", "全年预计完成情况")
    return Table((
        (*(label(head, rowspan=2) for head in heads), label("偏差原因分析", colspan=6), label("完成目标可能性", rowspan=2)),
        (*(label(reason.label) for reason in DeviationReason), label("原因说明")),
        *(rows or blank_level_rows(book, columns=11, rows_each=1)),
    ), header_rows=2)


def _value_cells(indicator: Indicator, value: ProgressValue) -> Row:
    return (
        text(indicator.name), centred(indicator.target_shown), centred(reached(value)), centred(value.forecast_text),
        *(centred(TICK if reason.value in value.reasons else "") for reason in DeviationReason),
        text(value.note), centred(value.get_likelihood_display()),
    )


def reached(value: ProgressValue) -> str:
    """What was reached, and the words beside it on a line of their own."""
    shown = value.get_quality_display() if value.quality else value.actual_shown
    return "\n".join(filter(None, (shown, value.actual_text)))


def _end(report: ProgressReport | None) -> Table:
    said = {
        "存在问题": report.problem if report else "",
        "拟采取措施": report.measures if report else "",
        "纠偏措施及结果": report.correction_text if report else "",
    }
    return Table(tuple((label(name, colspan=2), room(value, colspan=11, lines=1)) for name, value in said.items()))


def subject_of_report(report: ProgressReport) -> str:
    project_year = report.project_year
    return f"{project_year.fiscal_year_id}年度{report.round.period_label}{project_year.project.name}"


register(FormKind(
    name="progress_report", title="项目支出绩效目标执行监控表", order=40, model=ProgressReport, document=progress_form,
    find=visible_row(
        ProgressReport, *YEAR_NAMES, "round", "declaration", "submitted_by", many=("values__indicator", *YEAR_FUNDS)
    ),
    subject=subject_of_report,
    filing=Filing(
        part="双监控", place=50,
        within=handed_in(unless={*ProgressReport.editable_states, ProgressReport.State.UNIT_REVIEW}),
    ),
))
