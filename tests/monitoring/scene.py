"""A project in execution with an approved declaration, and reports as far along as a test needs them.

Money of the scene: budget 1,280.00 万元; 520.00 paid by the end of July, 80.00 after it. Time stands at 58.3 %.
"""

from datetime import date
from decimal import Decimal

from budgets.models import FundSource, ProjectYear, Spending
from core.transitions import perform
from monitoring import services
from monitoring.models import MonitoringRound, ProgressReport
from targets.models import Indicator, TargetDeclaration
from tests.factories.cast import NOON, Cast, make_year

ON_TIME = {"小修保养处治面积": "2.60", "养护任务按期完成率": "60", "水毁抢修到场时间": "3.4", "沿线群众满意度": "91"}
INDICATORS = (
    ("cost", "economic_cost", "水毁抢修到场时间", "<=", "4", "小时", "20"),
    ("output", "quantity", "小修保养处治面积", ">=", "4.60", "万平方米", "25"),
    ("output", "timeliness", "养护任务按期完成率", ">=", "95", "%", "15"),
    ("benefit", "sustainability", "管养长效机制健全程度", "", None, "", "20"),
    ("satisfaction", "service_satisfaction", "沿线群众满意度", ">=", "90", "%", "10"),
)


def pay(year: ProjectYear, voucher: str, day: date, amount: str) -> Spending:
    payment = Spending.objects.create(
        project_year=year, voucher_no=voucher, paid_on=day, source=FundSource.FISCAL, amount_yuan=Decimal(amount)
    )
    year.spent_yuan += payment.amount_yuan
    year.refresh_rate()
    year.save()
    return payment


def make_declaration(year: ProjectYear, *, state: str = "approved", version: int = 1) -> TargetDeclaration:
    declaration = TargetDeclaration(project_year=year, state=state, version=version, annual_goal="养护农村公路1204.8公里。")
    declaration.save()
    Indicator.objects.bulk_create(
        Indicator(
            declaration=declaration, position=place, level1=level1, level2=level2, name=name, operator=operator,
            value_type="quantitative" if value else "qualitative", target_value=Decimal(value) if value else None,
            target_text="" if value else "健全", unit_of_measure=unit, weight=Decimal(weight),
        )
        for place, (level1, level2, name, operator, value, unit, weight) in enumerate(INDICATORS, start=1)
    )
    return declaration


def make_executing(cast: Cast, *, paid: str = "5200000.00", **more) -> ProjectYear:
    """In execution, its targets approved, paid by 31 July what ``paid`` says and 80 万元 in August."""
    year = make_year(cast, stage="executing", **more)
    make_declaration(year)
    pay(year, "2026-0107", date(2026, 7, 31), paid)
    pay(year, "2026-0212", date(2026, 8, 1), "800000.00")
    return year


def open_july(cast: Cast, *, number: int = 1, month_end: date = date(2026, 7, 31)) -> MonitoringRound:
    return services.open_round(
        fiscal_year=cast.years[2026], number=number, period_start=date(2026, 1, 1), period_end=month_end,
        due_on=date(2026, 9, 20), by=cast.zhou_xiaolan, at=NOON,
    )


def make_report(cast: Cast, **more) -> ProgressReport:
    make_executing(cast, **more)
    return open_july(cast).reports.get()


def entries(report: ProgressReport, **changes) -> dict[int, dict]:
    """Every indicator on time and certain; ``changes`` by indicator name, as fields to replace."""
    found = {}
    for value in report.value_list():
        name = value.indicator.name
        fields = {"likelihood": "certain"}
        if name in ON_TIME:
            fields["actual_value"] = Decimal(ON_TIME[name])
        else:
            fields |= {"quality": "reached", "actual_text": "制度已印发"}
        found[value.indicator_id] = fields | changes.get(name, {})
    return found


def fill(cast: Cast, report: ProgressReport, *, forecast: str = "12030000.00", at=NOON, **changes) -> ProgressReport:
    return services.fill_report(
        report, forecast_yuan=Decimal(forecast), values=entries(report, **changes), by=cast.li_weiguo, at=at
    )


BEHIND = {
    "小修保养处治面积": {
        "actual_value": Decimal("0.92"), "reasons": ["funding"], "note": "三个路段征迁未完成，10月补上2.5万平方米。",
    },
    "养护任务按期完成率": {"actual_value": Decimal("19"), "reasons": ["other"], "note": "雨季停工 23 天，9月复工。"},
}


def fill_behind(cast: Cast, report: ProgressReport) -> ProgressReport:
    """Two outputs far behind, explained: the project's lamp is yellow with 520 万元 paid."""
    return fill(cast, report, **BEHIND)


def send(cast: Cast, report: ProgressReport, *, until: str = "fiscal_reviewing") -> ProgressReport:
    """Submit and pass on until the report is in the state ``until``."""
    road = (
        ("submit", cast.li_weiguo, "unit_review"), ("pass_unit", cast.wang_jianguo, "dept_reviewing"),
        ("pass_department", cast.zhang_wen, "fiscal_reviewing"),
    )
    for step, person, state in road:
        report = perform(report, step, by=person, at=NOON)
        if state == until:
            break
    return report
