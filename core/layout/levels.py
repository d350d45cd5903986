"""The levels of indicators: 产出指标, 数量指标 and how offices spell them."""

import re
from decimal import Decimal

from core.layout.words import BRACKETED, NUMBERING, plain

_LEVELS = {
    "成本指标": ("成本", "项目成本", "产出成本"),
    "产出指标": ("产出", "项目产出", "产出类", "绩效产出"),
    "效益指标": ("效益", "项目效益", "效果", "项目效果", "效益类", "绩效效益"),
    "满意度指标": ("满意度", "满意度类", "项目满意度"),
    "决策": ("决策", "项目决策"),
    "过程": ("过程", "项目过程", "管理", "项目管理"),
    "数量指标": ("数量", "产出数量"),
    "质量指标": ("质量", "产出质量"),
    "时效指标": ("时效", "产出时效", "进度"),
    "经济成本指标": ("经济成本",),
    "社会成本指标": ("社会成本",),
    "生态环境成本指标": ("生态环境成本", "生态成本", "环境成本"),
    "经济效益指标": ("经济效益",),
    "社会效益指标": ("社会效益",),
    "生态效益指标": ("生态效益", "生态环境效益", "环境效益"),
    "可持续影响指标": ("可持续影响", "可持续发展", "可持续性", "可持续", "可持续发展影响", "可持续影响力"),
    "服务对象满意度指标": (
        "服务对象满意度", "受益对象满意度", "服务对象满意", "社会公众满意度", "社会公众或服务对象满意度", "社会公众及服务对象满意度",
        "群众满意度", "受益群众满意度", "服务对象或社会公众满意度", "公众满意度", "服务对象或受益人满意度", "使用对象满意度",
    ),
    "预算执行率": ("预算执行率", "预算执行", "资金执行率", "执行率"),
}
_LEVEL_OF = {spelling: level for level, spellings in _LEVELS.items() for spelling in spellings}
_POINTS = re.compile(
    r"(?:\((?:权重|分值|满分|共|计)*:?(\d{1,3}(?:\.\d{1,2})?)(?:分|%)?\)|(?<!\d)(\d{1,3}(?:\.\d{1,2})?)(?:分|%))\Z"
)
_DECORATION = re.compile(r"(?:类)?(?:绩效)?(?:指标|方面)?(?:值|等)?\Z")


def split_level(text: str) -> tuple[str, Decimal | None]:
    """「产出指标(50分)」 → ("产出指标", 50): the level's usual name and the points beside it, None without points.

    一、产出 and 产出类指标 are 产出指标 too; a name that is no known level comes back as written, without number and points.
    """
    whole = NUMBERING.sub("", plain(text))
    found = _POINTS.search(whole)
    points = Decimal(found[1] or found[2]) if found else None
    name = (whole[:found.start()] if found else whole).rstrip(":")
    stem = BRACKETED.sub("", name)
    known = _LEVEL_OF.get(stem) or _LEVEL_OF.get(_DECORATION.sub("", stem))
    return known or name, points
