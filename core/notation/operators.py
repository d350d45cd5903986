"""The signs and words for at least, at most, more, less and equal."""

import re

from core.lexicon import any_of
from core.scoring.values import Op

_BEFORE: dict[Op, tuple[str, ...]] = {
    Op.AT_LEAST: (
        "≥", "不低于", "不得低于", "不能低于", "不应低于", "不少于", "不得少于", "不能少于", "不小于", "不得小于", "不差于", "不下于", "大于等于",
        "大于或等于", "大于且等于", "高于等于", "高于或等于", "等于或大于", "等于或高于", "达到或超过", "多于等于", "至少", "最低", "最少", "起码", "不早于",
    ),
    Op.AT_MOST: (
        "≤", "不超过", "不得超过", "不能超过", "未超过", "不超", "未超", "不高于", "不得高于", "不能高于", "不大于", "不得大于", "不多于", "不得多于", "小于等于",
        "小于或等于", "小于且等于", "低于等于", "低于或等于", "少于等于", "等于或小于", "等于或低于", "最高", "最多", "最大", "至多", "上限", "不突破", "不得突破",
        "控制在", "控制到", "控制为", "压缩在", "限制在", "不晚于", "不迟于",
    ),
    Op.MORE: (">", "大于", "高于", "超过", "多于", "优于", "超"),
    Op.LESS: ("<", "小于", "低于", "少于"),
    Op.EQUAL: ("=", "等于"),
}
_AFTER: dict[Op, tuple[str, ...]] = {
    Op.AT_LEAST: ("以上", "及以上", "或以上", "及其以上", "含以上", "之上", "以上的"),
    Op.AT_MOST: ("以下", "及以下", "或以下", "及其以下", "之下", "以内", "之内", "内", "封顶", "为限"),
}
SOFT = ("控制在", "控制到", "控制为", "压缩在", "限制在")
APPROXIMATE = ("左右", "上下")
FILLERS = ("达到", "到达", "达", "为", "在", "于", "约", "大约", "约为", "到", "占", ":", "的")

_OF_WORD = {word: op for op, words in _BEFORE.items() for word in words}
_OF_TAIL = {word: op for op, words in _AFTER.items() for word in words}
BEFORE = any_of(_OF_WORD)
AFTER = any_of((*_OF_TAIL, *APPROXIMATE))
_AT_END = re.compile(rf"({BEFORE})(?:{any_of(FILLERS)})?$")
_NEAR_END = re.compile(rf"({any_of(word for word in _OF_WORD if word.startswith('不'))})[\u4e00-\u9fff]{{1,8}}$")
_AT_START = re.compile(AFTER)
_SURE_STARTS = ("≥", "≤", "<", ">", "不", "至少", "未", "小于", "大于")
_SIGNS_OF_NAMES = any_of(word for word in _OF_WORD if word.startswith(_SURE_STARTS))
_BEFORE_UNIT = re.compile(r"(低于|高于|超过|少于|多于)(?:\*+|[xX×_]{2,})?\([^()0-9]{1,6}\)$")
_IN_NAME = re.compile(rf"({_SIGNS_OF_NAMES})(?:{any_of(FILLERS)})?(?=\*|[xX×_]{{2}}|[0-9]+(?![0-9]*周?岁)|[)%]|$)")
_STRAY_SIGNS = str.maketrans({"》": ">", "〉": ">", "《": "<", "〈": "<"})


def before_number(text: str) -> tuple[Op | None, int]:
    """The operator in front of a number, and where it begins; in 不超过中标价120万元 the noun between stays outside."""
    found = _AT_END.search(text)
    if found:
        return _OF_WORD[found[1]], found.start()
    near = _NEAR_END.search(text)
    return (_OF_WORD[near[1]] if near else None), len(text)


def is_soft(text: str) -> bool:
    """控制在 says where a figure shall end up; a following 以上 outweighs it."""
    found = _AT_END.search(text)
    return bool(found) and found[1] in SOFT


def after_number(text: str) -> tuple[Op | None, int]:
    """The operator that begins the text behind a number and its unit, and its length."""
    found = _AT_START.match(text)
    return (_OF_TAIL.get(found[0]), found.end()) if found else (None, 0)


def of_column(text: str) -> Op | None:
    """The operator in a column of its own (指标性质); 定性 and anything else is none."""
    sign = text.strip("()").translate(_STRAY_SIGNS)
    sign = {">=": "≥", "<=": "≤", "==": "="}.get(sign, sign)
    return _OF_WORD.get(sign) or _OF_TAIL.get(sign)


def of_name(name: str) -> Op | None:
    """The operator a form puts into the indicator's name: 苗木成活率(≥**%)."""
    found = _IN_NAME.search(name) or _BEFORE_UNIT.search(name)
    return _OF_WORD[found[1]] if found else None
