"""The paper forms of this app: 事前绩效评估表 and 下年度预算安排表; and what every project's form prints of its money."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from budgets.models import (
    AllocationLine,
    AllocationRound,
    ExAnteAssessment,
    FiscalYear,
    FundSource,
    Project,
    ProjectYear,
)
from budgets.queries.ex_ante import TEXTS, comparison_of
from core.models import Organisation
from core.money import divide, percent_text
from core.official import Cell, FormDocument, Orientation, Row, Table, label, number, percent, text
from core.official.departments import departments_in_sight
from core.official.kinds import Filing, FormKind, handed_in, register, subject_of_record, visible_row
from core.official.parts import (
    BLANK_DATE,
    Line,
    blank_cells,
    centred,
    grouped,
    money,
    plain,
    points,
    room,
    score,
    with_points,
    year_label,
)
from core.rulebook import Rulebook
from core.rulebook.terms import EvaluationKind, LinkageAction, RectificationState

ZERO = Decimal("0.00")
MONEY_UNIT = "金额单位：万元"
TOTAL_ROW = "年度资金总额"
SOURCE_ROWS = {
    FundSource.FISCAL: "其中：当年财政拨款", FundSource.CARRYOVER: "　　　上年结转资金", FundSource.OTHER: "　　　其他资金",
}
YEAR_NAMES = (
    "project_year__project__unit", "project_year__project__department", "project_year__fiscal_year__ruleset",
)
# What ``funds_of`` reads of a record's project-year.
YEAR_FUNDS = ("project_year__lines", "project_year__adjustments", "project_year__spendings")


# --- what the forms above share ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DepartmentYear:
    """A department in one year: the record of the forms of a whole department."""

    department: Organisation
    fiscal_year: FiscalYear

    def rulebook(self) -> Rulebook:
        return self.fiscal_year.rulebook()

    def years(self) -> list[ProjectYear]:
        """Its project-years that have not been turned down, by project code."""
        found = ProjectYear.objects.with_names().filter(
            project__department=self.department, fiscal_year=self.fiscal_year
        ).exclude(stage=ProjectYear.Stage.REJECTED)
        return list(found.prefetch_related("lines").order_by("project__code"))


def find_department_year(user, pk: int, year: int | None) -> DepartmentYear:
    """Raises ObjectDoesNotExist for a department that is not the person's and for a year that is not kept."""
    fiscal_years = FiscalYear.objects.select_related("ruleset")
    return DepartmentYear(
        department=departments_in_sight(user).select_related("fiscal_section").get(pk=pk),
        fiscal_year=fiscal_years.get(pk=year) if year else fiscal_years.latest("year"),
    )


def subject_of_department(record: DepartmentYear) -> str:
    return f"{record.fiscal_year.pk}年度{record.department.name}"


@dataclass(frozen=True)
class Funds:
    """One column of the money block in yuan. ``parts`` is by source, empty when they do not make up the total."""

    total: Decimal | None
    parts: Mapping[str, Decimal]

    def of(self, source: str | None) -> Decimal | None:
        if source is None:
            return self.total
        return self.parts.get(source, ZERO) if self.parts else None


NO_FUNDS = Funds(None, {})


def _column(total: Decimal, parts: Mapping[str, Decimal]) -> Funds:
    """A record keeps the total of its own day: later postings by source are not printed beside it."""
    return Funds(total, dict(parts) if sum(parts.values(), ZERO) == total else {})


def funds_of(
    year: ProjectYear, *, initial_yuan: Decimal, budget_yuan: Decimal, executed_yuan: Decimal, until: date | None = None
) -> tuple[Funds, Funds, Funds]:
    """Initial budget, budget and spending with their sources, as of ``until``; the totals are the record's own."""
    initial: dict[str, Decimal] = {line.source: line.initial_yuan for line in year.lines.all()}
    budget, spent = defaultdict(Decimal, initial), defaultdict(Decimal)
    for adjustment in year.adjustments.all():
        if until is None or adjustment.adjusted_on <= until:
            budget[adjustment.source] += adjustment.amount_yuan
    for payment in year.spendings.all():
        if until is None or payment.paid_on <= until:
            spent[payment.source] += payment.amount_yuan
    return _column(initial_yuan, initial), _column(budget_yuan, budget), _column(executed_yuan, spent)


def fund_rows() -> list[tuple[str | None, str]]:
    """The rows of every money block: the total, then its sources."""
    return [(None, TOTAL_ROW), *SOURCE_ROWS.items()]


def wrote(person) -> str:
    return person.name if person else "　　　　"


def code_line(project: Project | None) -> str:
    return f"项目编号：{project.code}" if project else ""


def unit_line(project: Project | None) -> str:
    return f"填报单位（盖章）：{project.unit.name if project else ''}"


# --- 事前绩效评估表 ------------------------------------------------------------------------------------------------


def ex_ante_form(assessment: ExAnteAssessment | None, book: Rulebook) -> FormDocument:
    project = assessment.project_year.project if assessment else None
    return FormDocument(
        title="事前绩效评估表", columns=(23, 26, 38, 24, 17, 18),
        year_label=year_label(assessment.project_year.fiscal_year_id if assessment else None),
        unit_line=unit_line(project), money_unit_line=MONEY_UNIT,
        blocks=(
            _ex_ante_facts(assessment), _ex_ante_scores(assessment, book), _ex_ante_conclusion(assessment),
        ),
        signatures=(
            f"评估专家（签名）：{_experts(assessment) if assessment else ''}", "主管部门（盖章）：", f"评估日期：{BLANK_DATE}",
        ),
        notes=_ex_ante_notes(book), reference=code_line(project),
        version=f"第 {assessment.version} 版" if assessment else "",
    )


def _experts(assessment: ExAnteAssessment) -> str:
    return "、".join(str(sheet.reviewer) for sheet in assessment.panel().seated().select_related("reviewer"))


def _ex_ante_notes(book: Rulebook) -> tuple[str, ...]:
    grades = "、".join(f"{each.name}{percent_text(each.share, 0)}" for each in book.ex_ante.item_grades)
    return (f"注：评估要点按等级计分，{grades}，得分为各专家评分的平均数；总分 {plain(book.ex_ante.pass_mark)} 分以下的项目不得入库。",)


def _ex_ante_facts(assessment: ExAnteAssessment | None) -> Table:
    project = assessment.project_year.project if assessment else None
    texts = map(ExAnteAssessment._meta.get_field, TEXTS)
    fiscal = assessment and _fiscal_part(assessment)
    rows: list[Row] = [
        (label("项目名称"), text(project.name if project else "", colspan=5)),
        (label("主管部门"), text(project.department.name if project else "", colspan=2), label("实施单位"),
         text(project.unit.name if project else "", colspan=2)),
        (label("评估对象类型"), text(assessment.get_object_type_display() if assessment else "", colspan=2), label("项目类型"),
         text(project.get_duration_type_display() if project else "", colspan=2)),
        (label("申请金额"), money(assessment.amount_applied_yuan if assessment else None, colspan=2),
         label("其中：财政资金"), money(fiscal, colspan=2)),
    ]
    rows += [
        (label(field.verbose_name), room(getattr(assessment, field.name) if assessment else "", colspan=5, lines=1))
        for field in texts
    ]
    return Table(tuple(rows))


def _fiscal_part(assessment: ExAnteAssessment) -> Decimal | None:
    """The fiscal money of the request, known when the sources make up the amount that is assessed."""
    asked = {line.source: line.requested_yuan for line in assessment.project_year.lines.all()}
    whole = assessment.amount_applied_yuan
    return asked.get(FundSource.FISCAL, ZERO) if whole is not None and sum(asked.values(), ZERO) == whole else None


def _ex_ante_scores(assessment: ExAnteAssessment | None, book: Rulebook) -> Table:
    given = _ex_ante_averages(assessment) if assessment else {}
    lines: list[Line] = []
    for dimension in assessment.dimensions() if assessment else book.ex_ante.dimensions:
        whole = sum((item.points for item in dimension.items), Decimal(0))
        for item in dimension.items:
            grade, average = given.get(item.name, ("", None))
            cells = (points(item.points), centred(grade), score(average))
            lines.append((with_points(dimension.name, whole), item.name, cells))
    head = (label("评估维度"), label("评估要点", colspan=2), label("分值"), label("等级"), label("得分"))
    total = (
        label("总分", colspan=3, bold=True), points(Decimal(100), bold=True), centred(),
        score(assessment.score if assessment else None, bold=True),
    )
    return Table((head, *grouped(lines, second_colspan=2), total), header_rows=1)


def _ex_ante_averages(assessment: ExAnteAssessment) -> dict[str, tuple[str, Decimal]]:
    """Item to the grade all experts agree on (else none) and their average; empty before the scores are opened."""
    compared = comparison_of(assessment)
    shares = {grade.share: grade.name for grade in assessment.rulebook().ex_ante.item_grades}
    if compared is None:
        return {}
    return {
        row["name"]: (
            "" if row["spread"].difference else shares.get(row["spread"].average / row["points"], ""),
            row["spread"].average,
        )
        for dimension in compared["dimensions"] for row in dimension["rows"]
    }


def _ex_ante_conclusion(assessment: ExAnteAssessment | None) -> Table:
    def said(name: str) -> str:
        return getattr(assessment, name) if assessment else ""

    return Table((
        (label("总体结论"), text(assessment.get_conclusion_display() if assessment else "", colspan=2),
         label("建议安排金额"), money(assessment.amount_suggested_yuan if assessment else None, colspan=2)),
        (label("相关建议"), room(said("suggestions"), colspan=5, lines=1)),
        (label("业务股室初审意见"), text(said("business_opinion"), colspan=5)),
        (label("财政审核意见"), text(said("fiscal_opinion"), colspan=5)),
    ))


# --- 下年度预算安排表 ----------------------------------------------------------------------------------------------

EMPTY_LINES = 8


def allocation_form(round_: AllocationRound | None, book: Rulebook) -> FormDocument:
    lines = list(round_.lines.all()) if round_ else []
    return FormDocument(
        title="下年度预算安排表", columns=(8, 42, 26, 18, 14, 11, 17, 18, 23, 23, 18, 20, 23, 23, 23, 37),
        year_label=year_label(round_.fiscal_year_id if round_ else None), orientation=Orientation.LANDSCAPE,
        unit_line=f"安排轮次：{round_.name}" if round_ else "安排轮次：", money_unit_line=MONEY_UNIT,
        blocks=(Table((_allocation_head(), *_allocation_rows(lines), _allocation_total(lines)), header_rows=1),),
        signatures=("预算股（盖章）：", "局领导（签字）：", f"决定文号：{round_.document_no if round_ else ''}"),
        notes=_allocation_notes(round_), version=round_.get_state_display() if round_ else "",
    )


def _allocation_notes(round_: AllocationRound | None) -> tuple[str, ...]:
    if round_ is None:
        return ()
    return (
        f"注：评价结果为{round_.result_year_id}年度，上年预算数为{round_.base_year_id}年度；本轮总控制数 "
        f"{divide(round_.ceiling_yuan, 10_000):,} 万元。",
    )


def _allocation_head() -> Row:
    return tuple(map(label, (
        "序号", "项目名称", "实施单位", "评价类型", "评价得分", "评价等级", "整改情况", "执行率", "上年预算数", "申请数", "适用规则",
        "规则作用", "规则建议数", "人工调整数", "安排数", "调整理由",
    )))


def _allocation_rows(lines: Sequence[AllocationLine]) -> list[Row]:
    if not lines:
        return [(points(Decimal(place)), *blank_cells(15)) for place in range(1, EMPTY_LINES + 1)]
    return [_allocation_row(place, line) for place, line in enumerate(lines, start=1)]


def _allocation_row(place: int, line: AllocationLine) -> Row:
    return (
        points(Decimal(place)), text(line.project.name), text(line.project.unit.name), *_basis_cells(line),
        money(line.base_yuan), money(line.requested_yuan), centred(line.rule_code),
        centred(LinkageAction(line.action).label if line.action else ""), money(line.suggested_yuan),
        money(line.changed_yuan), money(line.final_yuan), text(line.change_reason or line.waiver),
    )


def _basis_cells(line: AllocationLine) -> tuple[Cell, ...]:
    basis = line.basis
    if basis is None:
        return tuple(centred() for _ in range(5))
    return (
        centred(EvaluationKind(basis.evaluation).label), score(basis.score), centred(basis.grade),
        centred(RectificationState(basis.rectification).label), percent(basis.execution_rate),
    )


def _allocation_total(lines: Sequence[AllocationLine]) -> Row:
    def total(field: str) -> Cell:
        found = [value for line in lines if (value := getattr(line, field)) is not None]
        return money(sum(found, ZERO) if found else None, bold=True)

    return (
        label("合计", colspan=8, bold=True), total("base_yuan"), total("requested_yuan"), centred(), centred(),
        total("suggested_yuan"), total("changed_yuan"), total("final_yuan"), number(None),
    )


def find_round(user, pk: int, year: int | None = None) -> AllocationRound:
    """With the lines the person may see and no others."""
    lines = AllocationLine.objects.visible_to(user).select_related("project__unit", "basis")
    return AllocationRound.objects.visible_to(user).select_related("fiscal_year", "ruleset").prefetch_related(
        Prefetch("lines", queryset=lines)
    ).get(pk=pk)


register(FormKind(
    name="ex_ante", title="事前绩效评估表", order=80, model=ExAnteAssessment, document=ex_ante_form,
    find=visible_row(ExAnteAssessment, *YEAR_NAMES), subject=subject_of_record,
    filing=Filing(part="事前评估", place=10, within=handed_in(unless=ExAnteAssessment.editable_states)),
))
register(FormKind(
    name="allocation", title="下年度预算安排表", order=100, model=AllocationRound, document=allocation_form,
    find=find_round, subject=subject_of_record,
))
