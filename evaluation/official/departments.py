"""部门整体绩效自评表: what the department's projects have reported, and room for what only the department knows."""

from collections.abc import Sequence

from budgets.models import ProjectYear
from budgets.official import MONEY_UNIT, ZERO, DepartmentYear, find_department_year, subject_of_department
from core.money import divide
from core.official import Align, FormDocument, Orientation, Row, Table, label, percent, text
from core.official.kinds import FormKind, register
from core.official.parts import BLANK_DATE, blank_cells, centred, money, points, room, score, year_label
from core.rulebook import Rulebook
from core.scoring import score_execution
from core.scoring.execution import execution_rate
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.official.self_evaluations import execution_points
from targets.models import DeclarationState, Indicator

EMPTY_INDICATORS = 11
EMPTY_PROJECTS = 5


def department_form(record: DepartmentYear | None, book: Rulebook) -> FormDocument:
    years = record.years() if record else []
    sheets = _reported_sheets(years)
    return FormDocument(
        title="部门整体绩效自评表", columns=(22, 44, 20, 18, 30, 26, 30, 22, 18, 18, 22), orientation=Orientation.LANDSCAPE,
        year_label=year_label(record.fiscal_year.pk if record else None),
        unit_line=f"填报部门（盖章）：{record.department.name if record else ''}", money_unit_line=MONEY_UNIT,
        blocks=(_facts(record, book, years), _projects(years, sheets), _indicators(sheets)),
        signatures=("填报人：", "联系电话：", "部门负责人（签字）：", f"填报日期：{BLANK_DATE}"),
        notes=("注：资金、项目自评得分和各项目的指标完成情况由系统汇总；指标权重、指标得分和自评总分由部门填写，"
               "指标得分=指标权重×得分系数。",),
        version="系统汇总" if record else "",
    )


def _reported_sheets(years: Sequence[ProjectYear]) -> dict[int, SelfEvaluation]:
    """The self-evaluations that the units have handed in, by project-year, by project code."""
    found = SelfEvaluation.objects.filter(project_year__in=years).exclude(state__in=SelfEvaluation.editable_states)
    rows = found.select_related("project_year__project", "declaration").prefetch_related("scores__indicator")
    return {row.project_year_id: row for row in rows.order_by("project_year__project__code")}


def _facts(record: DepartmentYear | None, book: Rulebook, years: Sequence[ProjectYear]) -> Table:
    section = record.department.fiscal_section if record else None
    return Table((
        (label("主管部门"), text(record.department.name if record else "", colspan=2), label("业务股室"),
         text(section.name if section else "", colspan=2), label("自评总分"), score(None), label("联系人"), text(colspan=2)),
        (label("部门整体\n支出资金", rowspan=2), label("年初预算数"), label("全年（调整）预算数", colspan=3),
         label("全年执行数", colspan=2), label("执行率"), label("执行率权重", colspan=2), label("执行率得分")),
        _money_row(book, years),
        (label("年度总体\n目标", rowspan=2), label("年初绩效目标", colspan=3), label("全年（调整）绩效目标", colspan=3),
         label("全年目标实际完成情况", colspan=4)),
        (room("", colspan=3), room("", colspan=3), room("", colspan=4)),
    ))


def _money_row(book: Rulebook, years: Sequence[ProjectYear]) -> Row:
    weight = execution_points(None, book)
    if not years:
        return (money(None), money(None, colspan=3), money(None, colspan=2), percent(None), points(weight, colspan=2),
                score(None))
    initial, budget, spent = (
        sum((getattr(year, name) for year in years), ZERO) for name in ("initial_yuan", "budget_yuan", "spent_yuan")
    )
    base = book.execution.base(initial=initial, adjusted=budget, received=budget)
    working = score_execution(budget=base, executed=spent, weight=weight, book=book)
    return (
        money(initial), money(budget, colspan=3), money(spent, colspan=2),
        percent(execution_rate(budget=base, executed=spent), align=Align.CENTER), points(weight, colspan=2),
        score(working.score if base else None),
    )


def _projects(years: Sequence[ProjectYear], sheets: dict[int, SelfEvaluation]) -> Table:
    rows = [_project_row(year, sheets.get(year.pk)) for year in years] or [
        (room("", colspan=2, lines=1), money(None, colspan=2), money(None, colspan=2), percent(None),
         score(None, colspan=2), centred())
        for _ in range(EMPTY_PROJECTS)
    ]
    head = (
        label("项目自评情况", rowspan=len(rows) + 1), label("项目名称", colspan=2), label("项目全年预算数", colspan=2),
        label("项目全年执行数", colspan=2), label("项目执行率"), label("项目自评得分", colspan=2), label("自评等级"),
    )
    return Table((head, *rows))


def _project_row(year: ProjectYear, sheet: SelfEvaluation | None) -> Row:
    return (
        text(year.project.name, colspan=2), money(year.budget_yuan, colspan=2), money(year.spent_yuan, colspan=2),
        percent(execution_rate(budget=year.budget_yuan, executed=year.spent_yuan), align=Align.CENTER),
        score(sheet.total if sheet else None, colspan=2), centred(sheet.grade if sheet else ""),
    )


def _indicators(sheets: dict[int, SelfEvaluation]) -> Table:
    first = _first_targets(sheets)
    rows: list[Row] = []
    for sheet in sheets.values():
        given = list(sheet.scores.all())
        cells = [_score_row(each, first.get((sheet.project_year_id, each.indicator.name))) for each in given]
        if cells:
            cells[0] = (label(sheet.project_year.project.name, rowspan=len(cells)), *cells[0])
        rows += cells
    head = tuple(map(label, (
        "所属项目", "指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "得分系数（%）", "指标权重",
        "指标得分", "是否核心指标",
    )))
    return Table((head, *(rows or [blank_cells(len(head))] * EMPTY_INDICATORS)), header_rows=1)


def _first_targets(sheets: dict[int, SelfEvaluation]) -> dict[tuple[int, str], Indicator]:
    """The indicators of the versions that were replaced during the year, the first approved one of each name."""
    found = Indicator.objects.filter(
        declaration__project_year__in=sheets, declaration__state=DeclarationState.SUPERSEDED
    ).select_related("declaration").order_by("-declaration__version")
    return {(each.declaration.project_year_id, each.name): each for each in found}


def _score_row(given: SelfScore, first: Indicator | None) -> Row:
    indicator = given.indicator
    target, at_first = _bare_target(indicator), _bare_target(first or indicator)
    counts = indicator.weight and not given.not_applicable
    share = divide(100 * given.score, indicator.weight) if counts else None
    return (
        text(indicator.name), centred(indicator.unit_of_measure),
        centred(indicator.operator_sign or indicator.get_value_type_display()), centred(at_first),
        centred(target if target != at_first else ""), centred(_bare_actual(given)),
        score(share), score(None), score(None), centred(),
    )


def _bare_target(indicator: Indicator) -> str:
    return indicator.target_text if indicator.is_qualitative else indicator.number_shown


def _bare_actual(given: SelfScore) -> str:
    if given.not_applicable:
        return "不适用"
    if given.actual_value is None:
        return given.get_quality_display()
    return f"{given.actual_value.normalize():,f}"


register(FormKind(
    name="department_self_evaluation", title="部门整体绩效自评表", order=60, document=department_form,
    find=find_department_year, subject=subject_of_department,
))
