"""Budget rows of the three years, in 万元 with two places, and the adjustments made within 2026."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from samples.county.fates import OVERSPENT, STOPPED, fates
from samples.county.people import holder
from samples.county.tables import YEARS, Project, dice, organisation_names, project_named, rounded

KNOWN_TOTALS = {
    (2025, "农村公路日常养护及小修保养"): "1150.00",
    (2027, "农村公路日常养护及小修保养"): "1460.00",
    (2027, "城区污水管网改造（二期）"): "3000.00",
    (2027, "高标准农田建设（县级配套）"): "2560.00",
    (2027, "困难群众救助（县级配套）"): "1960.00",
    (2027, "中小学校舍维修改造"): "1820.00",
    (2027, "农村公路桥梁安全设施提升"): "920.00",
    (2027, "公益性岗位补贴"): "690.00",
    (2027, "智慧应急指挥平台运维"): "198.00",
    (2027, "农业面源污染治理与监测"): "330.00",
}
SECTORS_CARRYING_OVER = {
    "公路养护",
    "公路工程",
    "市政工程",
    "水利工程",
    "房屋维修",
    "房屋建设",
    "农田建设",
    "文物保护",
    "卫生设备",
    "教学设备",
    "规划咨询",
}
ONE_OFF_SECTORS = {"设备购置", "规划咨询", "房屋建设"}
STAGED_SECTORS = {
    "公路工程",
    "市政工程",
    "水利工程",
    "房屋维修",
    "农田建设",
    "信息化",
    "文物保护",
    "卫生设备",
    "教学设备",
}
# 项目 → (日期, 调整额万元, 文号, 原因)
ADJUSTMENTS_2026 = {
    STOPPED: (
        "2026-09-28",
        "-286.00",
        "安财预〔2026〕58号",
        "环卫作业一体化外包，不再自购车辆，收回预算统筹使用",
    ),
    "城区易涝点整治": (
        "2026-09-18",
        "-60.00",
        "安财预〔2026〕55号",
        "2处易涝点并入排水防涝工程实施，同步调减绩效目标",
    ),
    "全域旅游宣传推广": (
        "2026-09-18",
        "-36.00",
        "安财预〔2026〕57号",
        "取消2场省外推介活动，同步调减绩效目标",
    ),
    "救援大队装备购置": ("2026-07-30", "30.00", "安财预〔2026〕43号", "汛期抢险装备损耗补充"),
}
# 随目标调整的小额增减，不影响当年支出：项目 → (日期, 资金来源, 调整额万元, 文号, 原因)
MINOR_ADJUSTMENTS_2026 = {
    "县级粮食生产奖补": (
        "2026-09-18",
        "财政拨款",
        "-0.60",
        "安财预〔2026〕52号",
        "奖补主体减少24户，公示核验费用相应调减",
    ),
    "高素质农民培训": (
        "2026-09-18",
        "其他资金",
        "4.00",
        "安财预〔2026〕53号",
        "上级追加培训任务40人，专项资金4万元一并下达",
    ),
    "病死畜禽无害化处理": (
        "2026-09-18",
        "财政拨款",
        "-1.00",
        "安财预〔2026〕54号",
        "生猪存栏下降，收集运输费用按实际测算调减",
    ),
}
SPENT_SCALE = Decimal(1000)


@dataclass(frozen=True)
class BudgetRow:
    year: int
    project: Project
    fiscal_wan: Decimal
    carryover_wan: Decimal
    other_wan: Decimal

    @property
    def total_wan(self) -> Decimal:
        return self.fiscal_wan + self.carryover_wan + self.other_wan

    @property
    def final_total_wan(self) -> Decimal:
        """After the adjustment of the year, if there was one."""
        if self.year == 2026 and self.project.name in ADJUSTMENTS_2026:
            return self.total_wan + Decimal(ADJUSTMENTS_2026[self.project.name][1])
        return self.total_wan


@cache
def budget_rows() -> dict[tuple[int, str], BudgetRow]:
    """By (year, project code), ordered by year and then by project."""
    made: dict[tuple[int, str], BudgetRow] = {}
    for year in YEARS:
        for (fate_year, code), fate in fates().items():
            if fate_year == year:
                made[year, code] = _row(year, fate.project, made.get((year - 1, code)))
    return made


def spent_wan(row: BudgetRow) -> Decimal:
    """Paid by the end of 2025, or by the end of October 2026."""
    fate = fates()[row.year, row.project.code]
    paid = rounded(row.final_total_wan * fate.pace / SPENT_SCALE)
    if OVERSPENT.get(row.year) == row.project.name:
        return row.total_wan + {2025: Decimal("1.26"), 2026: Decimal("2.40")}[row.year]
    return paid


def budget_sheet(year: int) -> list[list[object]]:
    sheet = []
    for row in budget_rows().values():
        if row.year != year:
            continue
        project = row.project
        post = holder()[project.unit, "单位经办人"]
        sheet.append(
            [
                str(year),
                project.code,
                project.name,
                project.unit,
                organisation_names()[project.unit],
                "本级专项"
                if "Z" in project.flags
                else "对下转移支付"
                if "T" in project.flags
                else "部门预算项目",
                "新增" if project.entry_year == year else "延续",
                _duration(project),
                "一级" if project.amount_wan >= 500 else "二级",
                project.sector,
                _fund(project),
                "是" if "S" in project.flags else "否",
                *_period(project, year),
                post.name,
                post.phone,
                row.fiscal_wan,
                row.carryover_wan,
                row.other_wan,
            ]
        )
    return sheet


def _row(year: int, project: Project, before: BudgetRow | None) -> BudgetRow:
    total = _total(year, project)
    carried = Decimal("0.00")
    if year == 2026 and before and project.sector in SECTORS_CARRYING_OVER:
        carried = max(before.total_wan - spent_wan(before), carried)
        carried = carried if carried < total / 2 else Decimal("0.00")
    share = Decimal(dice("other", project.code).randint(8, 22)) / 100 if "O" in project.flags else Decimal(0)
    other = rounded((total - carried) * share)
    return BudgetRow(year, project, total - carried - other, carried, other)


def _total(year: int, project: Project) -> Decimal:
    if (year, project.name) in KNOWN_TOTALS:
        return Decimal(KNOWN_TOTALS[year, project.name])
    if year == 2026:
        return project.amount_wan
    if "N27" in project.flags or "E25" in project.flags:
        return project.amount_wan
    roll = dice("total", year, project.code)
    percent = roll.randint(90, 101) if year == 2025 else roll.choice((100, 100, 102, 103, 104, 106, 108))
    exact = project.amount_wan * percent / 100
    return (
        rounded(exact, "1").quantize(Decimal("0.01"))
        if exact > 60 and roll.random() < 0.5
        else rounded(exact)
    )


def _duration(project: Project) -> str:
    if "E25" in project.flags or (project.sector in ONE_OFF_SECTORS and len(project.years) == 1):
        return "一次性"
    return "延续性" if project.sector in STAGED_SECTORS or "E26" in project.flags else "常年性"


def _fund(project: Project) -> str:
    for flag, fund in (("G", "政府性基金"), ("C", "国有资本经营预算"), ("I", "社会保险基金")):
        if flag in project.flags:
            return fund
    return "一般公共预算"


def _period(project: Project, year: int) -> tuple[str, str]:
    """Start and end of the project: one year where it returns every year, its whole life otherwise."""
    if _duration(project) == "常年性":
        return f"{year}-01-01", f"{year}-12-31"
    last = project.years[-1]
    end = last if last < 2027 else 2027 + dice("end", project.code).randint(0, 1)
    return f"{project.entry_year}-01-01", f"{end}-12-31"


def flagship() -> Project:
    return project_named()["农村公路日常养护及小修保养"]
