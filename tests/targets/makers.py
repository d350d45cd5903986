"""A declaration of 县公路养护中心 that passes every check, and the people to walk it with."""

from decimal import Decimal
from typing import Any

from core.transitions import declared_steps, perform
from targets.models import LEVEL1_OF, TargetDeclaration
from targets.services import open_adjustment, open_declaration, save_declaration
from tests.factories.cast import NOON, Cast, make_year

GOAL = "日常养护里程不低于 1204.8 公里，路面技术状况优良中等路率不低于 86%，沿线群众满意度不低于 90%。"
OVERALL = "到 2028 年，全县农村公路列养率达到 100%，优良中等路率达到 88%。"
POINTS = {
    "规范完整性": "10", "明确清晰性": "8", "目标相关性": "15", "指标科学性": "13", "绩效合理性": "13", "资金匹配性": "12",
    "实现可能性": "10", "条件充分性": "9",
}
LINES = (
    ("economic_cost", "日常养护平均成本", "<=", "0.98", "万元/公里·年", "20"),
    ("quantity", "日常养护里程", ">=", "1204.8", "公里", "20"),
    ("quality", "路面技术状况优良中等路率", ">=", "86", "%", "20"),
    ("social_benefit", "通客车行政村比例", "=", "100", "%", "12"),
    ("sustainability", "管养长效机制", "", "县乡村三级管养责任和经费落实", "", "8"),
    ("service_satisfaction", "沿线群众满意度", ">=", "90", "%", "10"),
)

CONTENT = {
    "sector": "交通运输", "level2": "quality", "name": "路面技术状况优良中等路率", "direction": "higher",
    "unit_of_measure": "%", "usual_value": Decimal("86.0000"), "expected_state": "",
    "explanation": "优良中等里程÷评定里程×100%。", "scoring_standard": "每低1个百分点扣5%的分值。", "source": "部门管理考核",
}


def line(level2: str, name: str, operator: str, value: str, unit: str, weight: str, **more: Any) -> dict[str, Any]:
    """Content of one indicator; without an operator its value is an expected state."""
    measured = bool(operator)
    content = {
        "level1": LEVEL1_OF[level2].value, "level2": level2, "name": name,
        "value_type": "quantitative" if measured else "qualitative", "operator": operator,
        "target_value": Decimal(value).quantize(Decimal("0.0001")) if measured and value else None,
        "target_text": "" if measured else value,
        "unit_of_measure": unit, "weight": Decimal(weight).quantize(Decimal("0.01")), "explanation": "",
        "scoring_standard": "得分=完成值÷指标值×分值", "source": "工作计划",
    }
    return content | more


def good_lines() -> list[dict[str, Any]]:
    return [line(*each) for each in LINES]


def make_draft(cast: Cast, *, project_year=None, lines=None, goal: str = GOAL) -> TargetDeclaration:
    year = project_year or make_year(cast)
    draft = open_declaration(year, by=cast.li_weiguo, at=NOON)
    content = good_lines() if lines is None else lines
    changes = {"annual_goal": goal, "overall_goal": OVERALL}
    return save_declaration(draft, by=cast.li_weiguo, at=NOON, changes=changes, indicators=content)


def points(**changed: str) -> dict[str, Decimal]:
    """Points of every review item, 90 in all unless changed."""
    return {name: Decimal(given) for name, given in (POINTS | changed).items()}


def review(**changed: str) -> dict[str, Any]:
    return {"points": points(**changed), "opinion": "同意。执行中请说明单位成本。"}


def walk(declaration: TargetDeclaration, cast: Cast, until: str) -> TargetDeclaration:
    """Through the machine as the right people until the state is ``until``."""
    road = [
        ("submit", cast.li_weiguo, "", {}), ("pass_unit", cast.wang_jianguo, "", {}),
        ("pass_department", cast.zhang_wen, "", review()), ("review_first", cast.lu_yuan, "同意报绩效股。", {}),
        ("pass_fiscal", cast.zhou_xiaolan, "", review()),
        ("approve", cast.qian_li, "", {"document_no": "安财预〔2026〕18号"}),
    ]
    for step, by, reason, data in road:
        if declaration.state == until and step != "review_first":
            break
        if declared_steps(TargetDeclaration)[step].starts_from(declaration.state):
            declaration = perform(declaration, step, by=by, at=NOON, reason=reason, data=data)
    assert declaration.state == until
    return declaration


def ask_to_adjust(approved: TargetDeclaration, cast: Cast, *, at=NOON, **changed: Any) -> TargetDeclaration:
    """A second version, asked for with 20 万元 more for roads that a flood has damaged."""
    asked = {
        "ground": "emergency", "reason": "水毁路段增加，县政府会议纪要〔2026〕31号。", "source": "fiscal",
        "amount_yuan": Decimal("200000.00"),
    }
    return open_adjustment(approved, by=cast.li_weiguo, at=at, **(asked | changed))
