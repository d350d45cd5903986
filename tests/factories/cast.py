"""The people and places every test knows, and projects as far along as a test needs them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from budgets.models import BudgetLine, FiscalYear, FundSource, Project, ProjectYear
from core import records
from core.access import Role
from core.models import Organisation, OrganisationKind, RoleAssignment, RuleSet, User
from core.ruleset_versions import adopt_preset

NOON = datetime(2026, 9, 16, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PRESET = "mof-2021-cost"
PASSWORD = "lantian-2026-shan"


@dataclass(frozen=True)
class Cast:
    """李卫国 fills in, 王建国 leads his unit, 张雯 reviews for the department, and so on up to finance; 陈默 is an outsider."""

    bureau: Organisation
    section: Organisation
    department: Organisation
    unit: Organisation
    other_department: Organisation
    other_unit: Organisation
    institution: Organisation
    other_institution: Organisation
    li_weiguo: User
    wang_jianguo: User
    zhang_wen: User
    zhao_zhiyuan: User
    lu_yuan: User
    zhou_xiaolan: User
    qian_li: User
    sun_zheng: User
    he_min: User
    wu_di: User
    chen_mo: User
    lin_feng: User
    ruleset: RuleSet
    years: dict[int, FiscalYear]


def person(username: str, name: str, *held: tuple[str, Organisation]) -> User:
    user = User.objects.create(username=username, name=name)
    user.set_password(PASSWORD)
    user.save()
    for role, organisation in held:
        RoleAssignment.objects.create(user=user, role=role, organisation=organisation)
    return user


def place(code: str, name: str, kind: str, **more) -> Organisation:
    return Organisation.objects.create(code=code, name=name, kind=kind, **more)


def make_cast() -> Cast:
    kinds = OrganisationKind
    bureau = place("100", "安澜县财政局", kinds.FISCAL_BUREAU)
    performance = place("100001", "绩效股", kinds.FISCAL_SECTION, parent=bureau)
    budget = place("100002", "预算股", kinds.FISCAL_SECTION, parent=bureau)
    section = place("100003", "经济建设股", kinds.FISCAL_SECTION, parent=bureau)
    department = place("301", "县交通运输局", kinds.DEPARTMENT, fiscal_section=section)
    unit = place("301002", "县公路养护中心", kinds.UNIT, parent=department)
    other_department = place("302", "县教育和体育局", kinds.DEPARTMENT)
    other_unit = place("302002", "县第一小学", kinds.UNIT, parent=other_department)
    institution = place("901", "衡信绩效咨询有限公司", kinds.THIRD_PARTY)
    other_institution = place("902", "明达会计师事务所", kinds.THIRD_PARTY)
    observers = place("801", "县审计局", kinds.OBSERVER)
    ruleset = adopt_preset(PRESET, fiscal_year=2026, region="安澜县", by=None, at=NOON)
    return Cast(
        bureau=bureau, section=section, department=department, unit=unit, other_department=other_department,
        other_unit=other_unit, institution=institution, other_institution=other_institution,
        li_weiguo=person("liweiguo", "李卫国", (Role.UNIT_OPERATOR, unit)),
        wang_jianguo=person("wangjianguo", "王建国", (Role.UNIT_LEADER, unit)),
        zhang_wen=person("zhangwen", "张雯", (Role.DEPT_PERFORMANCE, department)),
        zhao_zhiyuan=person("zhaozhiyuan", "赵志远", (Role.DEPT_LEADER, department)),
        lu_yuan=person("luyuan", "陆远", (Role.FISCAL_BUSINESS, section)),
        zhou_xiaolan=person("zhouxiaolan", "周晓岚", (Role.FISCAL_PERFORMANCE, performance)),
        qian_li=person("qianli", "钱立", (Role.FISCAL_BUDGET, budget)),
        sun_zheng=person("sunzheng", "孙正", (Role.FISCAL_LEADER, bureau)),
        he_min=person("hemin", "何敏", (Role.THIRD_PARTY_LEAD, institution)),
        wu_di=person("wudi", "吴迪", (Role.AUDITOR_READONLY, observers)),
        chen_mo=person("chenmo", "陈默", (Role.UNIT_OPERATOR, other_unit)),
        lin_feng=person("linfeng", "林峰", (Role.THIRD_PARTY_LEAD, other_institution)),
        ruleset=ruleset,
        years={year: FiscalYear.objects.create(year=year, ruleset=ruleset) for year in (2025, 2026, 2027)},
    )


def make_project(cast: Cast, *, code: str = "26-JT-0012", name: str = "农村公路日常养护及小修保养", **more) -> Project:
    values = {
        "unit": cast.unit, "department": cast.department, "kind": "department", "attribute": "continuing",
        "duration_type": "recurring", "starts_on": date(2025, 1, 1), "ends_on": date(2028, 12, 31),
        "owner_name": "李卫国", "sector": "交通运输",
    }
    return Project.objects.create(code=code, name=name, **(values | more))


def make_year(
    cast: Cast, *, project: Project | None = None, year: int = 2026, fiscal_yuan: str = "12800000.00",
    stage: str = "drafting", **more,
) -> ProjectYear:
    """A project-year with one line of fiscal money. ``stage`` puts it straight where a test needs it."""
    amount = Decimal(fiscal_yuan)
    money = {"requested_yuan": amount}
    if stage not in ("drafting", "ex_ante", "target_filing", "target_review", "awaiting_approval", "rejected"):
        money |= {"initial_yuan": amount, "budget_yuan": amount}
    row = ProjectYear(
        project=project or make_project(cast), fiscal_year=cast.years[year], stage=stage, **(money | more)
    )
    records.create(row, by=cast.li_weiguo, at=NOON)
    BudgetLine.objects.create(
        project_year=row, source=FundSource.FISCAL, requested_yuan=amount, initial_yuan=money.get("initial_yuan", 0)
    )
    return row
