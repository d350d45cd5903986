"""The words a status may have, each with its icon and colour family, and the Chinese label of every state.

Models take their labels from ``LABELS``, pages their icons from ``look_of``: no word is ever shown two ways.
Source: design guide §7 (words, icons, families), architecture §3 (states).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How a word is shown: a Bootstrap icon name and a family of ``static/css/tokens.css``."""

    icon: str
    family: str


FAMILIES = ("mute", "info", "warn", "bad", "ok")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "mute": {
        "未开始": "circle", "草稿": "pencil", "不适用": "dash-circle", "已锁定": "lock", "未采纳": "x-circle", "已停用": "dash-circle",
        "待启动": "circle", "已被新版取代": "files", "拟评价": "list-check", "已归档": "archive", "已办结": "archive",
        "排队中": "hourglass", "不予公开": "lock", "免评估": "dash-circle", "已回避": "dash-circle", "已移出": "dash-circle",
        "待安排": "circle", "已撤回": "arrow-counterclockwise",
    },
    "info": {
        "待填报": "pencil-square", "填报中": "pencil", "待初审": "hourglass-split", "初审中": "hourglass-split",
        "待财政审核": "hourglass-split", "待复核": "hourglass-split", "待销号": "hourglass-split",
        "待确认": "hourglass-split", "审核中": "eye", "征求意见中": "chat-left-text", "评价中": "clipboard-data",
        "执行中": "play-circle", "部分采纳": "check-circle",
        "事前评估中": "journal-check", "评估中": "journal-check", "已出结论": "journal-text",
        "目标填报中": "bullseye", "目标审核中": "eye", "待单位审核": "hourglass-split", "待批复": "hourglass-split",
        "自评中": "clipboard-check", "部门已评分": "check-circle", "财政抽查中": "eye", "复核中": "eye",
        "已通知": "envelope-check", "已委托": "person-check", "方案待审": "hourglass-split", "实施中": "clipboard-data",
        "报告待验收": "hourglass-split", "报告已验收": "check-circle", "已定级": "award", "已反馈": "send-check",
        "待签收": "hourglass-split", "待核实": "hourglass-split", "已测算": "calculator", "待决定": "hourglass-split",
        "进行中": "arrow-repeat", "待公开": "hourglass-split", "待审定": "hourglass-split",
        "待部门负责人审核": "hourglass-split",
    },
    "warn": {
        "退回修改": "arrow-return-left", "方案退回": "arrow-return-left", "整改中": "tools", "纠偏中": "tools",
        "待评分": "pencil-square", "待说明": "exclamation-circle", "待回应": "hourglass-split", "临期": "clock",
        "已暂缓": "pause-circle",
        "待报整改方案": "pencil-square", "待签署": "pencil-square", "不到位": "arrow-return-left",
    },
    "bad": {
        "已逾期": "alarm", "不予通过": "x-octagon", "未通过": "x-octagon", "未入库": "x-octagon",
        "未处置": "exclamation-circle", "已停止": "stop-circle", "出错": "bug", "有错误": "x-octagon",
    },
    "ok": {
        "已通过": "check-circle", "已填报": "check-circle", "已采纳": "check-circle", "已完成": "check-circle",
        "已确认": "check-circle", "已批复": "file-earmark-check", "已销号": "check2-all", "已应用": "check2-all",
        "已公开": "megaphone", "已决定": "check-circle", "已下达": "send-check", "已导入": "check-circle",
        "已签署": "check-circle", "已收录": "check-circle", "已评分": "check-circle", "已核实": "check-circle",
    },
}

LOOKS: Mapping[str, Look] = {
    word: Look(icon, family) for family, words in _WORDS.items() for word, icon in words.items()
}

LAMPS: Mapping[str, tuple[str, Look]] = {
    "green": ("绿灯", Look("check-circle-fill", "green")),
    "yellow": ("黄灯", Look("exclamation-triangle-fill", "yellow")),
    "red": ("红灯", Look("x-octagon-fill", "red")),
    "blue": ("蓝灯", Look("arrow-up-circle-fill", "blue")),
    "grey": ("无数据", Look("dash-circle", "grey")),
}

GRADES: Mapping[str, Look] = {
    "优": Look("reception-4", "g1"),
    "良": Look("reception-3", "g2"),
    "中": Look("reception-2", "g3"),
    "差": Look("reception-1", "g4"),
}


def look_of(word: str) -> Look | None:
    """The icon and family of a status word; ``None`` for a word that is no status (shown as a tag)."""
    return LOOKS.get(word)

