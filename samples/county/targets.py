"""Annual targets and indicators of every project-year that has a declaration."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from samples.county.budgets import BudgetRow, budget_rows, flagship
from samples.county.fates import ADJUSTED_2026, fates
from samples.county.tables import Project, dice, organisation_names, rounded, rows

LEVELS = {  # 源表写法 → (一级指标, 二级指标)
    "经济成本": ("成本指标", "经济成本指标"),
    "社会成本": ("成本指标", "社会成本指标"),
    "数量": ("产出指标", "数量指标"),
    "质量": ("产出指标", "质量指标"),
    "时效": ("产出指标", "时效指标"),
    "经济": ("效益指标", "经济效益指标"),
    "社会": ("效益指标", "社会效益指标"),
    "生态": ("效益指标", "生态效益指标"),
    "持续": ("效益指标", "可持续影响指标"),
    "满意": ("满意度指标", "服务对象满意度指标"),
}
STANDARDS = {
    "≥": "得分=完成值÷指标值×分值，超过指标值不加分",
    ">": "达到得满分，未达到按完成比例计分",
    "=": "每低1%扣该项分值的5%，扣完为止",
    "≤": "不超过得满分，每超1%扣0.5分，扣完为止",
    "<": "低于指标值得满分，每超1个百分点扣1分",
    "定性": "达成预期指标得满分，部分达成得60%—80%，未达成得0—60%",
}
WHOLE_UNITS = {
    "座",
    "处",
    "个",
    "件",
    "条",
    "辆",
    "家",
    "场",
    "次",
    "份",
    "项",
    "所",
    "户",
    "栋",
    "盏",
    "例",
    "批次",
    "台（套）",
    "套",
    "人次",
    "人",
    "名",
    "类",
    "镇",
    "场次",
    "册",
    "件（套）",
    "万份",
    "笔",
    "家次",
    "块",
    "吨",
    "头",
    "天",
    "件（册）",
    "门",
    "亩",
    "平方米",
    "起",
}
SCALED_UNITS = WHOLE_UNITS - {"次", "起", "天", "门", "项"} | {"万人", "万人次", "公里", "万立方米", "万亩"}
NAMES_BY_UNIT = {("109003", "义务教育巩固率"): ("中职学生巩固率", "96")}
FOR_ONE_PLACE = {"高中教学质量提升", "一中学生宿舍改扩建"}


@dataclass(frozen=True)
class Indicator:
    year: int
    project: Project
    level1: str
    level2: str
    name: str
    operator: str
    value: str
    unit: str
    weight: Decimal
    explanation: str
    source: str
    role: str = ""  # 主要, 预算, 单价 or nothing

    @property
    def is_qualitative(self) -> bool:
        return self.operator == "定性"

    @property
    def amount(self) -> Decimal:
        return Decimal(self.value)


@cache
def indicators() -> dict[tuple[int, str], tuple[Indicator, ...]]:
    """By (year, project code); only project-years with a declaration."""
    made = {}
    for key, row in budget_rows().items():
        if fates()[key].has_targets:
            made[key] = _flagship(row.year) if row.project == flagship() else _of_sector(row)
    return made


@cache
def flagship_lines() -> dict[str, list[str]]:
    return {cells[1]: cells for cells in rows("flagship")}


def indicator_sheet(year: int) -> list[list[object]]:
    return [
        [
            str(year),
            indicator.project.code,
            indicator.project.name,
            indicator.level1,
            indicator.level2,
            indicator.name,
            "定性" if indicator.is_qualitative else "定量",
            indicator.operator,
            indicator.value,
            indicator.unit,
            indicator.weight,
            indicator.explanation,
            STANDARDS[indicator.operator],
            indicator.source,
        ]
        for (indicator_year, _), group in indicators().items()
        if indicator_year == year
        for indicator in group
    ]


def target_sheet(year: int) -> list[list[object]]:
    return [
        [
            str(year),
            code,
            budget_rows()[year, code].project.name,
            annual_text(year, code),
            overall_text(year, code),
        ]
        for indicator_year, code in indicators()
        if indicator_year == year
    ]


def annual_text(year: int, code: str) -> str:
    project, group = budget_rows()[year, code].project, indicators()[year, code]
    main = next((item for item in group if item.role == "主要"), None) or group[2]
    quality = next(item for item in group if item.level2 == "质量指标")
    effect = next(item for item in group if item.level1 == "效益指标" and not item.is_qualitative)
    satisfaction = group[-1]
    return (
        f"{year}年，{organisation_names()[project.unit]}实施“{project.name}”，{_phrase(main)}；"
        f"{_phrase(quality)}；{_phrase(effect)}；{_phrase(satisfaction)}。"
    )


def overall_text(year: int, code: str) -> str:
    project = budget_rows()[year, code].project
    if len(project.years) == 1 and year == 2025:
        return ""
    return (
        f"通过持续实施“{project.name}”，到{project.years[-1]}年底，{project.sector}领域的管理制度和服务标准基本健全，"
        f"{project.quantity_name}保持年度计划水平，资金使用规范，服务对象满意度稳定在90%左右。"
    )


def adjusted_indicators() -> list[tuple[Indicator, str, str, str]]:
    """Main output of each project adjusted in 2026, its new value, why, and the ground."""
    reasons = {
        "城区易涝点整治": ("4", "2处易涝点并入排水防涝工程，不再由本项目实施。", "预算调减"),
        "县级粮食生产奖补": ("262", "大户合并流转24户，奖补主体相应减少，奖补面积不变，公示核验费用同步调减。", "其他"),
        "高素质农民培训": ("360", "上级追加培训任务40人，专项资金4万元同步下达。", "预算追加"),
        "全域旅游宣传推广": ("16", "取消2场省外推介活动，预算同步调减36万元。", "预算调减"),
        "病死畜禽无害化处理": ("3.5", "生猪存栏下降，收集处理量按1—6月实际测算调减，运输费用同步调减。", "其他"),
    }
    found = []
    for (year, _), group in indicators().items():
        name = group[0].project.name
        if year == 2026 and name in ADJUSTED_2026:
            main = next(item for item in group if item.role == "主要")
            found.append((main, *reasons[name]))
    return found


def final_indicators(year: int, code: str) -> tuple[Indicator, ...]:
    """The indicators in force at the end: after the adjustment of 2026 where there was one."""
    changed = (
        {(item.project.code, item.name): value for item, value, *_ in adjusted_indicators()}
        if year == 2026
        else {}
    )
    return tuple(
        replace(item, value=changed.get((code, item.name), item.value)) for item in indicators()[year, code]
    )


def _of_sector(row: BudgetRow) -> tuple[Indicator, ...]:
    return tuple(_filled(row, cells[1:]) for cells in rows("indicators") if cells[0] == row.project.sector)


def _filled(row: BudgetRow, cells: list[str]) -> Indicator:
    level, name, operator, value, unit, weight, explanation, source = cells
    project, role = row.project, ""
    if name == "@主要":
        role, name, operator, source = "主要", project.quantity_name, "≥", "工作计划"
        value, unit = _number(_quantity(row)), project.quantity_unit
        explanation = f"年度内实际{name}，以验收单、台账或系统数据为准"
    elif name == "@预算":
        role, name, operator, source = "预算", "项目预算控制数", "≤", "工作计划"
        value, unit, explanation = f"{row.total_wan:.2f}", "万元", "年度项目支出不突破批复预算"
    elif operator == "@单价":
        role, operator = "单价", "≤"
        value, unit = _unit_cost(row)
    else:
        name, value = NAMES_BY_UNIT.get((project.unit, name), (name, value))
        if unit in SCALED_UNITS and operator == "≥":
            value = _scaled(project, name, value, unit)
    return Indicator(
        row.year,
        project,
        *LEVELS[level],
        name,
        operator,
        value,
        unit,
        Decimal(weight),
        explanation,
        source,
        role,
    )


def _quantity(row: BudgetRow) -> Decimal:
    project = row.project
    if row.year == 2026 or len(project.years) == 1 or project.quantity < 12:
        return project.quantity
    percent = dice("quantity", row.year, project.code).randint(
        *((93, 100) if row.year == 2025 else (100, 106))
    )
    step = "1" if project.quantity_unit in WHOLE_UNITS or project.quantity >= 1000 else "0.1"
    return rounded(project.quantity * percent / 100, step)


def _unit_cost(row: BudgetRow) -> tuple[str, str]:
    """Budget ÷ main quantity: in 元 a piece, or in 万元 a piece where a piece costs more than 2 万元."""
    project = row.project
    each_wan = row.total_wan / _quantity(row)
    unit = project.quantity_unit
    if unit.startswith("万"):
        return f"{rounded(each_wan)}", f"元/{unit[1:]}"
    if each_wan >= 2:
        return f"{rounded(each_wan)}", f"万元/{unit}"
    return f"{rounded(each_wan * 10000, '1')}", f"元/{unit}"


def _scaled(project: Project, name: str, value: str, unit: str) -> str:
    if project.name in FOR_ONE_PLACE:
        return "1" if unit == "所" else value
    figure = Decimal(value) * dice("scale", project.code, name).randint(60, 135) / 100
    if unit not in WHOLE_UNITS:
        return f"{rounded(figure, '0.1')}"
    step = Decimal(100) if figure >= 2000 else Decimal(10) if figure >= 200 else Decimal(1)
    return _number(max(rounded(figure / step, "1"), Decimal(1)) * step)


def _flagship(year: int) -> tuple[Indicator, ...]:
    column = year - 2025
    return tuple(
        Indicator(
            year,
            flagship(),
            *LEVELS[cells[0]],
            cells[1],
            cells[2],
            cells[3 + column],
            cells[6],
            Decimal(cells[7 + column]),
            cells[10],
            cells[11],
        )
        for cells in flagship_lines().values()
        if cells[3 + column]
    )


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _phrase(item: Indicator) -> str:
    words = {"≥": "不低于", "≤": "不超过", "=": "达到", "<": "低于", ">": "高于"}
    return f"{item.name}{words[item.operator]}{item.value}{item.unit}"
