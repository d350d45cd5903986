"""Units as they stand in a text: where one begins and ends, which writing is a slip. What they mean: scoring.units."""

import re

from core.lexicon import any_of, words
from core.scoring.units import (
    COUNTED,
    KNOWN,
    MAGNITUDES,
    MEASURED,
    converted,
    is_magnitude,
    is_money,
    is_time,
    money_for,
    rate,
    spelled,
)

__all__ = [
    "UNIT", "cleaned", "converted", "is_known", "is_magnitude", "is_money", "is_time", "leading_unit", "mended",
    "misspelt", "money_for", "named", "rate", "spelled",
]

_EXTRA = words("亩产 亩均 生 学生 人口 机组 车道 对象 病例 班级 学校 月度")
_LATIN = r"(?:[A-Za-zμ℃°Ω]{1,5}[²³]|[A-Za-zμ℃°Ω]{1,3}[23](?![0-9])|[A-Za-zμ℃°Ω]{1,6})"
_CJK_KNOWN = any_of(word for word in KNOWN if not word.isascii())
_ASCII_KNOWN = any_of(word for word in KNOWN if word.isascii())
_BASE = rf"(?:{any_of(word for word in KNOWN if not re.fullmatch('[A-Za-z]+', word))}|{_LATIN})"
_NOUN = rf"(?:{any_of(MAGNITUDES)}(?=[人亩元吨头只]))?(?:{any_of((*KNOWN, *_EXTRA))}|{_LATIN})"
_RATE = rf"(?:(?:/|每){_NOUN}(?:[*·.×/-]?{_NOUN}){{0,3}})"
_PER_MANY = r"/10{0,2}万(?:人口|人)?"
_MAGNITUDE = rf"{any_of(MAGNITUDES)}(?!分[^公])"
UNIT = rf"(?:(?:{_MAGNITUDE}(?:余|多)?)?{_BASE}(?:\((?:{_CJK_KNOWN})\))?{_RATE}?|{_PER_MANY}|{_MAGNITUDE})"
_UNIT = re.compile(UNIT)
_KNOWN_ALONE = re.compile(rf"(?:{_MAGNITUDE})?(?:{_CJK_KNOWN}|{_ASCII_KNOWN}){_RATE}?")
_AND_MORE = re.compile(rf"(?<=[{''.join(sorted(set(''.join(MAGNITUDES))))}])[余多](?=.)")
_MISSPELT = {"hm": "hm²", "hmm": "hm²", "hm2": "hm²"}


def leading_unit(text: str) -> str:
    """The unit that the text begins with, magnitude and 每/… part included; "" when it begins with none."""
    found = _UNIT.match(text)
    if found and found[0] == "个点" and text.startswith("个点位"):
        return "个"
    return found[0] if found else ""


def is_known(text: str) -> bool:
    """Whether the whole text is a unit and could be nothing else."""
    return bool(_KNOWN_ALONE.fullmatch(text))


def cleaned(text: str) -> str:
    """The entry of a unit column; a dash or 无 means none, 百分比 means %."""
    unit = re.sub(r"^\(([^()]*)\)$", r"\1", text)
    return "" if unit in {"-", "—", "/", "无", "定性", "一", "*"} else named(unit)


def named(unit: str) -> str:
    """The unit as it is kept: as written, only 百分比 becomes % and the 余 of 万余册 goes."""
    return "%" if unit == "百分比" else _AND_MORE.sub("", unit)


def mended(unit: str) -> str:
    """What a misspelt unit is meant to be (万元亩, 个个百分点, hmm); "" for a unit that is well formed."""
    if unit in _MISSPELT:
        return _MISSPELT[unit]
    first = leading_unit(unit)
    rest = unit[len(first):]
    if not rest or not is_known(rest):
        return ""
    return f"{first}/{rest}" if is_money(first) else rest


def misspelt(first: str, rest: str) -> str:
    """A second unit glued to the first by mistake: money and a thing (万元亩), or a unit twice over (个个百分点)."""
    if not first:
        return ""
    second = leading_unit(rest)
    twice = second.startswith(first)
    thing = is_money(first) and second in MEASURED | COUNTED | {"年", "月", "天", "日"}
    return second if second and (twice or thing) and len(second) == len(rest) else ""
