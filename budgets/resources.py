"""The workbooks of budgets: projects with what is asked for, and payments."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from budgets import rules
from budgets.models import (
    DurationType,
    FiscalYear,
    FundSource,
    FundType,
    Project,
    ProjectAttribute,
    ProjectKind,
    ProjectLevel,
    ProjectYear,
    Spending,
)
from budgets.services import record_spendings
from budgets.services.intake import BudgetEntry, take_in_budgets
from core import clock
from core.access import Role
from core.imports import (
    Change,
    ChoiceWidget,
    CodeWidget,
    Column,
    DayWidget,
    Plan,
    Row,
    SheetResource,
    TextWidget,
    WanWidget,
    WorkbookImport,
    YearWidget,
    YesNoWidget,
    YuanWidget,
    register_import,
)
from core.models import Organisation, OrganisationKind
from core.money import wan_text

EDITABLE_STAGES = ("drafting", "target_filing")
MASTER = (
    "name", "unit", "department", "kind", "attribute", "duration_type", "level", "sector", "fund_type", "is_protected",
    "starts_on", "ends_on", "owner_name", "owner_phone",
)
ZERO = Decimal("0.00")


class BudgetSheet(SheetResource):
    sheet_name = "项目预算"
    key = ("year", "code")

    year = Column("年度", "year", YearWidget(), required=True, shown="fiscal_year_id", help="四位数字，例如 2026。")
    code = Column(
        "项目编码", "code", CodeWidget(most=21), required=True, shown="project__code", synonyms=("项目代码",),
        help="最多 21 位，全县唯一；历年不变。",
    )
    name = Column("项目名称", "name", TextWidget(most=180), required=True, shown="project__name", help="须与预算一致。")
    unit_code = Column(
        "单位编码", "unit_code", CodeWidget(most=21), required=True, shown="project__unit__code", synonyms=("实施单位编码",),
        help="实施单位的机构编码；主管部门由它确定。",
    )
    unit_name = Column(
        "单位名称", "unit_name", TextWidget(most=120), shown="project__unit__name", synonyms=("实施单位",), help="用于核对单位编码。"
    )
    kind = Column("项目类别", "kind", ChoiceWidget(ProjectKind), required=True, shown="project__kind")
    attribute = Column(
        "项目属性", "attribute", ChoiceWidget(ProjectAttribute, synonyms={"新增项目": "new", "延续项目": "continuing"}),
        required=True, shown="project__attribute",
    )
    duration_type = Column(
        "项目类型", "duration_type", ChoiceWidget(DurationType), required=True, shown="project__duration_type"
    )
    level = Column(
        "项目级次", "level", ChoiceWidget(ProjectLevel, synonyms={"一级项目": "first", "二级项目": "second"}),
        shown="project__level", help="不填为二级。",
    )
    sector = Column("所属领域", "sector", TextWidget(most=40), shown="project__sector")
    fund_type = Column("资金性质", "fund_type", ChoiceWidget(FundType), required=True, shown="project__fund_type")
    is_protected = Column(
        "是否三保", "is_protected", YesNoWidget(), shown="project__is_protected", synonyms=("是否“三保”",),
        help="填“是”或“否”；“三保”支出不因评价结果自动压减。",
    )
    starts_on = Column("起始日期", "starts_on", DayWidget(), required=True, shown="project__starts_on")
    ends_on = Column("终止日期", "ends_on", DayWidget(), required=True, shown="project__ends_on")
    owner_name = Column("项目负责人", "owner_name", TextWidget(most=40), required=True, shown="project__owner_name")
    owner_phone = Column("联系电话", "owner_phone", TextWidget(most=30), shown="project__owner_phone")
    fiscal = Column(
        "财政拨款(万元)", "fiscal", WanWidget(), shown=lambda year: _asked(year, "fiscal"), synonyms=("财政拨款（万元）", "财政拨款"),
        help="以万元为单位，最多六位小数。",
    )
    carryover = Column(
        "上年结转(万元)", "carryover", WanWidget(), shown=lambda year: _asked(year, "carryover"),
        synonyms=("上年结转（万元）", "上年结转"),
    )
    other = Column(
        "其他资金(万元)", "other", WanWidget(), shown=lambda year: _asked(year, "other"), synonyms=("其他资金（万元）", "其他资金"),
    )


def _asked(year: ProjectYear, source: str) -> Decimal:
    return next((line.requested_yuan for line in year.lines.all() if line.source == source), ZERO)


@register_import
class BudgetImport(WorkbookImport):
    """Projects and what they ask for in a year. Before approval the amounts may be imported again, afterwards not.

    The master data of a project are those of its newest year: an older workbook does not change them back.
    """

    kind = "budget"
    title = "项目预算"
    sheets = (BudgetSheet,)

    @classmethod
    def allowed(cls, user) -> bool:
        return any(user.holds(role) for role in (Role.UNIT_OPERATOR, Role.DEPT_PERFORMANCE, Role.FISCAL_BUDGET))

    def compare(self, plan: Plan) -> None:
        rows = self.rows[BudgetSheet]
        self._look_up(rows)
        self.entries: list[BudgetEntry] = []
        first: dict[str, tuple[Row, dict[str, Any]]] = {}
        for row in rows:
            fields = self._master(row, plan)
            if fields is None:
                continue
            if self.newest.get(row["code"], 0) > row["year"]:
                fields = {name: getattr(self.projects[row["code"]], name) for name in MASTER}
            earlier = first.setdefault(row["code"], (row, fields))
            self._compare_row(row, fields, earlier, plan)

    def commit(self, *, at: datetime) -> dict[str, int]:
        return take_in_budgets(self.entries, by=self.by, at=at)

    def _look_up(self, rows: list[Row]) -> None:
        """Everything the rows refer to, in a fixed number of queries."""
        codes = {row["code"] for row in rows}
        self.fiscal_years = FiscalYear.objects.in_bulk()
        self.units = {
            unit.code: unit for unit in Organisation.objects.filter(
                code__in={row["unit_code"] for row in rows},
                kind__in=(OrganisationKind.UNIT, OrganisationKind.DEPARTMENT),
            ).select_related("parent")
        }
        self.projects = {
            project.code: project
            for project in Project.objects.filter(code__in=codes).select_related("unit", "department")
        }
        self.years: dict[tuple[str, int], ProjectYear] = {}
        self.approved: dict[str, list[int]] = defaultdict(list)
        self.newest: dict[str, int] = {}
        found = ProjectYear.objects.filter(project__code__in=codes).select_related("project").prefetch_related("lines")
        for year in found:
            self.years[year.project.code, year.fiscal_year_id] = year
            self.newest[year.project.code] = max(year.fiscal_year_id, self.newest.get(year.project.code, 0))
            if year.approved_on:
                self.approved[year.project.code].append(year.fiscal_year_id)

    def _master(self, row: Row, plan: Plan) -> dict[str, Any] | None:
        unit = self.units.get(row["unit_code"])
        if unit is None:
            plan.errors.append(row.error(
                BudgetSheet.column("unit_code"), f"没有编码为 {row['unit_code']} 的预算单位，请核对单位编码。"
            ))
            return None
        if row["unit_name"] and row["unit_name"] != unit.name:
            plan.errors.append(row.error(
                BudgetSheet.column("unit_name"), f"编码 {unit.code} 的单位是“{unit.name}”，与“{row['unit_name']}”不符，请核对。"
            ))
            return None
        department = unit.parent if unit.kind == OrganisationKind.UNIT else unit
        level = row["level"] or ProjectLevel.SECOND.value
        found = {"unit": unit, "department": department, "level": level}
        return {name: row.values.get(name) for name in MASTER} | found

    def _compare_row(
        self, row: Row, fields: dict[str, Any], earlier: tuple[Row, dict[str, Any]], plan: Plan
    ) -> None:
        faults = [*self._faults_of_master(row, fields, earlier), *self._faults_of_year(row, fields)]
        if faults:
            plan.errors += faults
            return
        year = self.years.get((row["code"], row["year"]))
        amounts = {source: row[source] for source in FundSource.values}
        changed = {label: (old, new) for label, old, new in self._differences(row, fields, year, amounts)}
        money = {label: f"{old} → {new}" for label, (old, new) in changed.items() if label.endswith("（万元）")}
        kind = "create" if year is None else "change" if changed else "same"
        plan.changes.append(Change(kind, f"{row['year']}年度 {row['code']} {row['name']}", [
            {"label": label, "old": old, "new": new} for label, (old, new) in changed.items()
        ]))
        self.entries.append(BudgetEntry(
            code=row["code"], fields=fields, fiscal_year=self.fiscal_years[row["year"]], amounts=amounts, year_row=year,
            changed=money,
        ))

    def _faults_of_master(self, row: Row, fields: dict[str, Any], earlier: tuple[Row, dict[str, Any]]):
        for reason in rules.project_is_sound(fields):
            name = "ends_on" if reason.code == "dates" else "unit_code"
            yield row.error(BudgetSheet.column(name), reason.sentence)
        if not rules.may_keep_project(self.by, unit_id=fields["unit"].pk, department_id=fields["department"].pk):
            yield row.error(BudgetSheet.column("unit_code"), f"您不能为“{fields['unit'].name}”导入项目，请由该单位、主管部门或财政预算股导入。")
        first_row, first_fields = earlier
        for name in MASTER:
            if fields[name] != first_fields[name]:
                column = BudgetSheet.column("unit_code" if name in ("unit", "department") else name)
                yield row.error(column, f"与第 {first_row.number} 行同一项目的{column.heading}不一致，请改为一致。")
        project = self.projects.get(row["code"])
        differs = project and any(getattr(project, name) != fields[name] for name in MASTER)
        if differs and not self.by.holds(Role.FISCAL_BUDGET):
            for reason in rules.master_data_is_open(project, approved_years=sorted(self.approved[row["code"]])):
                yield row.error(BudgetSheet.column("code"), reason.sentence)

    def _faults_of_year(self, row: Row, fields: dict[str, Any]):
        fiscal_year = self.fiscal_years.get(row["year"])
        if fiscal_year is None:
            yield row.error(BudgetSheet.column("year"), f"{row['year']} 年度还没有建立，请先由系统管理员建立该年度。")
            return
        year = self.years.get((row["code"], row["year"]))
        for source in FundSource:
            if row[source.value] < 0:
                yield row.error(
                    BudgetSheet.column(source.value),
                    f"{source.label} {row.text(source.value)} 万元是负数，请改为不小于 0 的数。",
                )
        if year is None:
            for reason in rules.year_may_be_opened(Project(**fields), fiscal_year, exists=False):
                yield row.error(BudgetSheet.column("year"), reason.sentence)
        elif year.stage not in EDITABLE_STAGES and any(
            _asked(year, source) != row[source] for source in FundSource.values
        ):
            yield row.error(
                BudgetSheet.column("fiscal"),
                f"{year.title()}目前是“{year.get_stage_display()}”，申请数不能再改；批复以后请办理预算调整。",
            )

    def _differences(
        self, row: Row, fields: Mapping[str, Any], year: ProjectYear | None, amounts: Mapping[str, Decimal]
    ):
        project = self.projects.get(row["code"])
        for name in MASTER:
            old = getattr(project, name) if project else ""
            if not project or old != fields[name]:
                label = Project._meta.get_field(name).verbose_name
                yield label, _text(old), _text(fields[name])
        for source in FundSource:
            old = _asked(year, source.value) if year else ZERO
            if old != amounts[source.value]:
                yield f"{source.label}（万元）", wan_text(old), wan_text(amounts[source.value])


def _text(value: Any) -> str:
    return {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)


class SpendingSheet(SheetResource):
    sheet_name = "支付明细"
    key = ("voucher_no", "project_code")

    voucher_no = Column("凭证号", "voucher_no", CodeWidget(most=40), required=True, help="同一项目同一年度内不重复。")
    paid_on = Column("支付日期", "paid_on", DayWidget(), required=True, help="年度由支付日期确定。")
    project_code = Column(
        "项目编码", "project_code", CodeWidget(most=21), required=True, shown="project_year__project__code",
        synonyms=("项目代码",),
    )
    project_name = Column(
        "项目名称", "project_name", TextWidget(most=180), shown="project_year__project__name", help="用于核对项目编码。"
    )
    source = Column("资金来源", "source", ChoiceWidget(FundSource), required=True)
    amount_yuan = Column(
        "金额(元)", "amount_yuan", YuanWidget(), required=True, synonyms=("金额（元）", "支付金额(元)", "支付金额（元）"),
        help="以元为单位，最多两位小数；退回填负数。",
    )
    payee = Column("收款人", "payee", TextWidget(most=120))
    summary = Column("摘要", "summary", TextWidget(most=200))


@register_import
class SpendingImport(WorkbookImport):
    """Payments. A voucher once recorded is never changed: a correction is a voucher of its own."""

    kind = "spending"
    title = "支付明细"
    sheets = (SpendingSheet,)

    @classmethod
    def allowed(cls, user) -> bool:
        return user.holds(Role.FISCAL_BUDGET)

    def compare(self, plan: Plan) -> None:
        rows = self.rows[SpendingSheet]
        years = ProjectYear.objects.filter(
            project__code__in={row["project_code"] for row in rows},
            fiscal_year__in={row["paid_on"].year for row in rows},
        ).select_related("project", "fiscal_year")
        self.years = {(year.project.code, year.fiscal_year_id): year for year in years}
        recorded = Spending.objects.filter(project_year__in=[year.pk for year in self.years.values()])
        self.recorded = {(row.voucher_no, row.project_year_id): row for row in recorded}
        self.new: list[Spending] = []
        for row in rows:
            self._compare_row(row, plan)
        if not plan.errors:
            plan.warnings += self._warnings()

    def commit(self, *, at: datetime) -> dict[str, int]:
        return {"created": record_spendings(self.new, origin="支付明细工作簿", by=self.by, at=at)}

    def _compare_row(self, row: Row, plan: Plan) -> None:
        year = self.years.get((row["project_code"], row["paid_on"].year))
        if year is None:
            plan.errors.append(row.error(
                SpendingSheet.column("project_code"),
                f"{row['paid_on'].year} 年度没有编码为 {row['project_code']} 的项目，请核对项目编码和支付日期。",
            ))
            return
        known = self.recorded.get((row["voucher_no"], year.pk))
        faults = list(_faults_of_repeat(row, known) if known else _faults_of_payment(row, year))
        if faults:
            plan.errors += faults
            return
        key = f"{row['voucher_no']} {year.project.name}"
        if known:
            plan.changes.append(Change("same", key, []))
            return
        plan.changes.append(Change("create", key, [
            {"label": "金额（元）", "old": "", "new": f"{row['amount_yuan']:,.2f}"},
            {"label": "支付日期", "old": "", "new": row["paid_on"].isoformat()},
        ]))
        self.new.append(Spending(
            project_year=year, voucher_no=row["voucher_no"], paid_on=row["paid_on"], source=row["source"],
            amount_yuan=row["amount_yuan"], payee=row["payee"], summary=row["summary"],
        ))

    def _warnings(self) -> list[str]:
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for spending in self.new:
            paid[spending.project_year_id] += spending.amount_yuan
        warnings = []
        for year in self.years.values():
            total = year.spent_yuan + paid[year.pk]
            if year.pk in paid and total > year.budget_yuan:
                warnings.append(
                    f"{year.title()}支出合计 {wan_text(total)} 万元，超过预算 {wan_text(year.budget_yuan)} 万元，"
                    "仍可导入，请核对是否漏办预算调整。"
                )
        ahead = sum(spending.paid_on > clock.today() for spending in self.new)
        if ahead:
            warnings.append(f"有 {ahead} 笔的支付日期晚于今天，仍可导入，请核对日期。")
        return warnings


def _faults_of_payment(row: Row, year: ProjectYear):
    if row["project_name"] and row["project_name"] != year.project.name:
        yield row.error(
            SpendingSheet.column("project_name"),
            f"编码 {row['project_code']} 的项目是“{year.project.name}”，与“{row['project_name']}”不符，请核对。",
        )
    if row["amount_yuan"] == 0:
        yield row.error(SpendingSheet.column("amount_yuan"), "金额是 0，请填写支付的金额，退回填负数。")
    for reason in rules.may_be_paid(year):
        yield row.error(SpendingSheet.column("project_code"), reason.sentence)


def _faults_of_repeat(row: Row, known: Spending):
    same = (known.paid_on, known.source, known.amount_yuan) == (row["paid_on"], row["source"], row["amount_yuan"])
    if not same:
        yield row.error(
            SpendingSheet.column("voucher_no"),
            f"凭证 {known.voucher_no} 已按 {known.paid_on}、{known.amount_yuan:,.2f} 元登记，与本次不一致；"
            "更正请另用红字凭证冲销。",
        )
