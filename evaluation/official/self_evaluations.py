"""项目支出绩效自评表."""

from collections.abc import Iterable
from decimal import Decimal

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
from core.official import Align, FormDocument, Row, Table, label, percent, text
from core.official.kinds import Filing, FormKind, handed_in, register, subject_of_record, visible_row
from core.official.parts import BLANK_DATE, NOT_GIVEN, centred, money, points, room, score, year_label
from core.rulebook import Rulebook
from core.scoring.execution import execution_rate
from evaluation import queries
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.services.scoring import weights_of
from targets.models import Indicator
from targets.official import blank_level_rows, level_rows

FULL = Decimal(100)


def self_evaluation_form(sheet: SelfEvaluation | None, book: Rulebook) -> FormDocument:
    project = sheet.project_year.project if sheet else None
    return FormDocument(
        title="项目支出绩效自评表", columns=(9, 18, 18, 34, 25, 21, 10, 12, 10, 13, 11),
        year_label=year_label(sheet.project_year.fiscal_year_id if sheet else None),
        unit_line=unit_line(project), money_unit_line=MONEY_UNIT,
        blocks=(_facts(sheet, book), _indicators(sheet, book), _end(sheet)),
        signatures=(f"填报人：{wrote(sheet and sheet.submitted_by)}", f"联系电话：{project.owner_phone if project else ''}",
                    "单位负责人（签字）：", f"填报日期：{BLANK_DATE}"),
        notes=(f"注：1. {'；'.join(queries.rules_in_words(book))}。", f"2. 等级：{queries.bands_in_words(book)}。"),
        reference=code_line(project), version=_version(sheet),
    )


def _version(sheet: SelfEvaluation | None) -> str:
    if sheet is None:
        return ""
    return "未报送" if sheet.state in sheet.editable_states else "正式版（已报送）"


def _facts(sheet: SelfEvaluation | None, book: Rulebook) -> Table:
    project = sheet.project_year.project if sheet else None
    return Table((
        (label("项目名称", colspan=2), text(project.name if project else "", colspan=9, align=Align.CENTER)),
        (label("主管部门", colspan=2), centred(project.department.name if project else "", colspan=3),
         label("实施单位", colspan=2), centred(project.unit.name if project else "", colspan=4)),
        (label("项目资金\n（万元）", colspan=2, rowspan=5), label("", colspan=2), label("年初预算数"), label("全年预算数"),
         label("全年执行数", colspan=2), label("分值"), label("执行率"), label("得分")),
        *_fund_rows(sheet, book),
        (label("年度总体\n目标", colspan=2, rowspan=2), label("预期目标", colspan=3), label("实际完成情况", colspan=6)),
        (room(sheet.declaration.annual_goal if sheet else "", colspan=3),
         room(sheet.goal_result if sheet else "", colspan=6)),
    ))


def _fund_rows(sheet: SelfEvaluation | None, book: Rulebook) -> Iterable[Row]:
    columns = (NO_FUNDS, NO_FUNDS, NO_FUNDS) if sheet is None else funds_of(
        sheet.project_year, initial_yuan=sheet.initial_yuan, budget_yuan=sheet.budget_yuan,
        executed_yuan=sheet.executed_yuan,
    )
    return [_fund_row(sheet, book, source, name, columns) for source, name in fund_rows()]


def _fund_row(
    sheet: SelfEvaluation | None, book: Rulebook, source: FundSource | None, name: str, columns: tuple[Funds, ...]
) -> Row:
    """Points and score stand on the total row only; a source that cannot be told apart has a dash."""
    blank = NOT_GIVEN if sheet else ""
    initial, budget, executed = (column.of(source) for column in columns)
    rate = None
    if None not in (initial, budget, executed):
        base = book.execution.base(initial=initial, adjusted=budget, received=budget)
        rate = execution_rate(budget=base, executed=executed)
    if source is not None:
        marks = centred(NOT_GIVEN), percent(rate, blank=blank, align=Align.CENTER), centred(NOT_GIVEN)
    else:
        earned = sheet.execution_score if sheet and sheet.workings else None
        marks = points(execution_points(sheet, book)), percent(rate, blank=blank, align=Align.CENTER), score(earned)
    return (
        text(name, colspan=2), money(initial, blank=blank), money(budget, blank=blank),
        money(executed, blank=blank, colspan=2), *marks,
    )


def execution_points(sheet: SelfEvaluation | None, book: Rulebook) -> Decimal:
    """What the rule set gives the execution rate beside these indicators."""
    if sheet is None:
        return book.weights.template(has_cost=True, has_satisfaction=True).execution
    return weights_of([each.indicator for each in sheet.scores.all()], book).execution


def _indicators(sheet: SelfEvaluation | None, book: Rulebook) -> Table:
    scores = {each.indicator_id: each for each in sheet.scores.all()} if sheet else {}

    def cells(indicator: Indicator) -> Row:
        return _score_cells(indicator, scores[indicator.pk])

    found = level_rows((each.indicator for each in scores.values()), cells)
    rows = found or [_widened(row) for row in blank_level_rows(book, columns=6, rows_each=1)]
    head = (
        label("绩效指标", rowspan=len(rows) + 1, vertical=True), label("一级指标"), label("二级指标"), label("三级指标"),
        label("年度指标值"), label("实际完成值"), label("分值"), label("得分"), label("偏差原因分析\n及改进措施", colspan=3),
    )
    worked_out = sheet is not None and bool(sheet.workings)
    total = (
        label("总分", colspan=6, bold=True), points(FULL, bold=True),
        score(sheet.total if worked_out else None, bold=True),
        centred(f"自评等级：{sheet.grade if worked_out else ''}", colspan=3),
    )
    return Table((head, *rows, total), header_rows=1)


def _widened(row: Row) -> Row:
    return (*row[:-1], text(colspan=3))


def _score_cells(indicator: Indicator, given: SelfScore) -> Row:
    known = given.has_value or given.not_applicable or given.entered_score is not None
    return (
        text(indicator.name), centred(indicator.target_shown), centred(reached(given)), points(indicator.weight),
        score(given.score if known else None), text(given.reason, colspan=3),
    )


def reached(given: SelfScore) -> str:
    """What was done as a form prints it, and the words beside it on a line of their own."""
    if given.not_applicable:
        return "不适用"
    shown = given.get_quality_display() if given.quality else ""
    if given.actual_value is not None:
        shown = f"{given.actual_value.normalize():,f}{given.indicator.unit_of_measure}"
    return "\n".join(filter(None, (shown, given.actual_text)))


def _end(sheet: SelfEvaluation | None) -> Table:
    said = {
        "预算执行\n情况说明": sheet.execution_reason if sheet else "",
        "自评结论": sheet.conclusion if sheet else "",
    }
    return Table(tuple((label(name, colspan=2), room(value, colspan=9, lines=1)) for name, value in said.items()))


register(FormKind(
    name="self_evaluation", title="项目支出绩效自评表", order=50, model=SelfEvaluation, document=self_evaluation_form,
    find=visible_row(
        SelfEvaluation, *YEAR_NAMES, "declaration", "submitted_by", many=("scores__indicator", *YEAR_FUNDS)
    ),
    subject=subject_of_record,
    filing=Filing(
        part="单位自评", place=60,
        within=handed_in(unless={*SelfEvaluation.editable_states, SelfEvaluation.State.UNIT_REVIEW}),
    ),
))
