"""部门整体支出绩效目标申报表: what the department has declared, before that what its projects add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.models import FundSource, ProjectYear
from budgets.official import (
    MONEY_UNIT,
    ZERO,
    DepartmentYear,
    find_department_year,
    subject_of_department,
    wrote,
)
from core.official import Cell, FormDocument, Orientation, Row, Table, label, text
from core.official.kinds import FormKind, register
from core.official.parts import BLANK_DATE, LINE_TO_FILL, Line, centred, grouped, money, room, year_label
from core.rulebook import Rulebook
from targets.models import (
    DeclarationState,
    DepartmentDeclaration,
    IndicatorLine,
    Level1,
    Level2,
    TargetDeclaration,
)
from targets.official.forms import blank_level_rows

EMPTY_TASKS = 4
ROLLED_UP = "注：年度主要任务和绩效指标由系统按本部门各项目已报送的绩效目标汇总；空白处由部门填写。"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One main task with its money in yuan."""

    name: str
    content: str
    fiscal_yuan: Decimal
    other_yuan: Decimal


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What the form says. ``lines`` are indicators with their remark."""

    department: str = ""
    year: int | None = None
    duties: str = ""
    annual_goal: str = ""
    tasks: Sequence[Task] = ()
    lines: Sequence[tuple[IndicatorLine, str]] = ()
    filler: str = ""
    version: str = ""
    notes: tuple[str, ...] = ()


def department_form(record: DepartmentYear | None, book: Rulebook) -> FormDocument:
    whole = _whole_of(record) if record else Whole(notes=(ROLLED_UP,))
    return FormDocument(
        title="部门整体支出绩效目标申报表", columns=(18, 22, 40, 16, 26, 18, 30, 32, 34), orientation=Orientation.LANDSCAPE,
        year_label=year_label(whole.year), unit_line=f"填报部门（盖章）：{whole.department}", money_unit_line=MONEY_UNIT,
        blocks=(_facts(whole), _indicators(whole, book)),
        signatures=(f"填报人：{whole.filler}", "联系电话：", "部门负责人（签字）：", f"填报日期：{BLANK_DATE}"),
        notes=whole.notes, version=whole.version,
    )


def _whole_of(record: DepartmentYear) -> Whole:
    declared = DepartmentDeclaration.objects.filter(
        department=record.department, fiscal_year=record.fiscal_year
    ).select_related("submitted_by").first()
    return _declared(declared, record) if declared else _rolled_up(record)


def _declared(declaration: DepartmentDeclaration, record: DepartmentYear) -> Whole:
    draft = declaration.state in declaration.editable_states
    return Whole(
        department=record.department.name, year=record.fiscal_year.pk, duties=declaration.duties,
        annual_goal=declaration.annual_goal,
        tasks=[
            Task(name=each.name, content=each.content, fiscal_yuan=each.fiscal_yuan, other_yuan=each.other_yuan)
            for each in declaration.task_list()
        ],
        lines=[(each, "") for each in declaration.indicator_list()], filler=wrote(declaration.submitted_by),
        version=f"{declaration.state_label}{'（未报送）' if draft else ''}",
    )


def _rolled_up(record: DepartmentYear) -> Whole:
    years = record.years()
    declarations = _declarations_in_force(years)
    return Whole(
        department=record.department.name, year=record.fiscal_year.pk,
        tasks=[_task_of(year, declarations.get(year.pk)) for year in years],
        lines=[
            (each, declaration.project_year.project.name)
            for declaration in declarations.values() for each in declaration.indicator_list()
        ],
        version="系统汇总", notes=(ROLLED_UP,),
    )


def _declarations_in_force(years: Sequence[ProjectYear]) -> dict[int, TargetDeclaration]:
    """The newest declaration that has been handed in, by project-year."""
    unsent = (*TargetDeclaration.editable_states, DeclarationState.UNIT_REVIEW, DeclarationState.BLOCKED)
    found = TargetDeclaration.objects.filter(project_year__in=years).exclude(state__in=unsent)
    rows = found.select_related("project_year__project").prefetch_related("indicators")
    return {row.project_year_id: row for row in rows.order_by("project_year__project__code", "version")}


def _task_of(year: ProjectYear, declaration: TargetDeclaration | None) -> Task:
    """What was carried over is fiscal money of the year before."""
    lines = list(year.lines.all())
    other = sum((line.requested_yuan for line in lines if line.source == FundSource.OTHER), ZERO)
    return Task(
        name=year.project.name, content=declaration.annual_goal if declaration else "",
        fiscal_yuan=sum((line.requested_yuan for line in lines), ZERO) - other, other_yuan=other,
    )


def _facts(whole: Whole) -> Table:
    tasks = [(text(each.name), text(each.content, colspan=4), *_money([each])) for each in whole.tasks] or [
        (text(LINE_TO_FILL), text(colspan=4), *_money([])) for _ in range(EMPTY_TASKS)
    ]
    return Table((
        (label("部门（单位）名称", colspan=2), text(whole.department, colspan=7)),
        (label("部门职责", colspan=2), room(whole.duties, colspan=7)),
        (label("年度主要任务", rowspan=len(tasks) + 2), label("任务名称"), label("主要内容", colspan=4), label("预算金额"),
         label("其中：财政拨款"), label("其他资金")),
        *tasks,
        (label("合计", colspan=5, bold=True), *_money(whole.tasks, bold=True)),
        (label("年度总体目标", colspan=2), room(whole.annual_goal, colspan=7)),
    ))


def _money(tasks: Sequence[Task], *, bold: bool = False) -> tuple[Cell, ...]:
    """Whole, fiscal and other money."""
    if not tasks:
        return money(None), money(None), money(None)
    fiscal = sum((each.fiscal_yuan for each in tasks), ZERO)
    other = sum((each.other_yuan for each in tasks), ZERO)
    return tuple(money(amount, bold=bold) for amount in (fiscal + other, fiscal, other))


def _indicators(whole: Whole, book: Rulebook) -> Table:
    lines: list[Line] = sorted(
        ((each.get_level1_display(), each.get_level2_display(), _cells(each, remark)) for each, remark in whole.lines),
        key=lambda line: (Level1.labels.index(line[0]), Level2.labels.index(line[1])),
    )
    rows = grouped(lines) if lines else blank_level_rows(book, columns=7, rows_each=1)
    head = tuple(map(label, (
        "一级指标", "二级指标", "三级指标", "指标值类型", "年度指标值", "计量单位", "指标解释", "评（扣）分标准", "备注",
    )))
    return Table((head, *rows), header_rows=1)


def _cells(indicator: IndicatorLine, remark: str) -> Row:
    target = indicator.target_text if indicator.is_qualitative else f"{indicator.operator_sign}{indicator.number_shown}"
    return (
        text(indicator.name), centred(indicator.get_value_type_display()), centred(target),
        centred(indicator.unit_of_measure), text(indicator.explanation), text(indicator.scoring_standard), text(remark),
    )


register(FormKind(
    name="department_target", title="部门整体支出绩效目标申报表", order=20, document=department_form,
    find=find_department_year, subject=subject_of_department,
))
