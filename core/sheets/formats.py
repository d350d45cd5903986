"""Number formats that change what a cell says: percentages, parts of dates, units written by the format."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from core.sheets.grid import text_of

MONTH, MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
BUILT_IN = {
    9: "0%", 10: "0.00%", 16: MONTH_DAY, 17: MONTH, 27: MONTH, 28: MONTH_DAY, 29: MONTH_DAY, 36: MONTH, 50: MONTH,
    51: MONTH_DAY, 52: MONTH, 53: MONTH_DAY, 54: MONTH_DAY, 57: MONTH, 58: MONTH_DAY,
    14: "yyyy-m-d", 15: "d-mmm-yy", 22: "yyyy-m-d h:mm", 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "h:mm:ss"),
}
"""The numbered percentages, dates and times of a Chinese spreadsheet program."""

_TOKEN = re.compile(r'"[^"]*"|[\\!].|[_*].|\[[^\]]*\]|AM/PM|上午/下午|General|.', re.IGNORECASE | re.DOTALL)
_MEANING = re.compile(r"[\u4e00-\u9fffA-Za-z≥≤≧≦<>＜＞=＝±%％‰℃°²³㎡㎥/／]")
_SHOWN_NUMBER = re.compile(r"\A(\D*?)-?[\d,]*\.?\d+(?:E[+-]?\d+)?(\D*)\Z")
_SHOWN_MONTH = re.compile(r"\A\s*(?:\d{4}年(?:\d{1,2}月)?|\d{1,2}月\d{1,2}日)\s*\Z")


_PART_OF_DATE = ({"y", "m"}, {"m", "d"}, {"y"})
"""The letters of date formats that show less than a full day."""


class _Section(NamedTuple):
    """One of the up to four parts of a format: for positive, negative, zero."""

    prefix: str
    suffix: str
    percent: int
    decimals: int
    plain: bool
    date_letters: frozenset[str]


def matters(code: str) -> bool:
    """Whether a cell of this format says something its bare value does not."""
    return any(
        section.percent or section.prefix or section.suffix or section.date_letters in _PART_OF_DATE
        for section in _sections(code)
    )


def moment_of(number: float, code: str, *, since_1904: bool) -> date | datetime | time | None:
    """The date or time of day a stored day number stands for under a date format; None under any other format."""
    letters = _sections(code)[0].date_letters
    if not letters or not 0 <= number < 2_958_466:
        return None
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 if number >= 61 else 31)  # noqa: DTZ001
    moment = start + timedelta(seconds=round(number * 86_400))
    if number < 1 or letters <= {"h", "m", "s"} and letters & {"h", "s"}:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


def shown(value: object, code: str) -> str:
    """The value as the format shows it, but with the precision of the value: 0.9568 as 0% is 95.68%."""
    if isinstance(value, (bool, str)) or value is None:
        return text_of(value)
    sections = _sections(code)
    if isinstance(value, (date, datetime)):
        return _shown_date(value, sections[0].date_letters)
    if not isinstance(value, (int, float)):
        return text_of(value)
    section = sections[_section_for(value, len(sections))]
    if section.plain:
        return text_of(value)
    number = percent_text(value, section.percent, section.decimals) if section.percent else text_of(value)
    return f"{section.prefix}{number}{section.suffix}"


def shown_like(value: object, text: str) -> str:
    """The value with what the program's own rendering ``text`` puts around it, for files that store the rendering."""
    if isinstance(value, (date, datetime)):
        return text.strip() if _SHOWN_MONTH.match(text) else text_of(value)
    found = _SHOWN_NUMBER.match(text.strip())
    if not found or not isinstance(value, (int, float)) or isinstance(value, bool):
        return text_of(value)
    return f"{_meaningful(found[1])}{text_of(value)}{_meaningful(found[2])}"


def percent_text(value: float, factor: int = 100, decimals: int = 2) -> str:
    """0.95 as 95%, 0.0125 by 1000 as 12.5‰; at least two decimals are kept, trailing zeros are not."""
    number = Decimal(text_of(value) or 0) * factor
    rounded = number.quantize(Decimal(1).scaleb(-max(2, decimals)), ROUND_HALF_UP) if abs(number) < 10**20 else number
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'0' if text == '-0' else text}{'‰' if factor == 1000 else '%'}"


def _section_for(value: float, count: int) -> int:
    if value < 0 and count > 1:
        return 1
    return 2 if value == 0 and count > 2 else 0


def _shown_date(value: date, letters: frozenset[str]) -> str:
    if letters == {"y", "m"}:
        return f"{value.year}年{value.month}月"
    if letters == {"m", "d"}:
        return f"{value.month}月{value.day}日"
    if letters == {"y"}:
        return f"{value.year}年"
    return text_of(value)


def _meaningful(literal: str) -> str:
    """Currency signs, brackets, dashes and padding of accounting formats say nothing about the value."""
    literal = literal.strip()
    return literal if _MEANING.search(literal) and literal not in ("CNY", "RMB", "USD", "US$", "Fr") else ""


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[str]] = [[]]
    for token in _TOKEN.findall(code[:255]):
        if token == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(_section(part) for part in parts[:4])


def _section(tokens: list[str]) -> _Section:
    kinds = list(_kinds(tokens))
    digits = [place for place, (kind, _) in enumerate(kinds) if kind == "digit"]
    letters = frozenset(text for kind, text in kinds if kind == "date")
    if not digits or letters - {"e"}:
        return _Section("", "", 0, 0, True, frozenset("y" if letter == "e" else letter for letter in letters))
    first, last = digits[0], digits[-1]
    inside = [kind for kind, _ in kinds[first:last + 1]]
    scaled = last + 1 < len(kinds) and kinds[last + 1] == ("mark", ",")
    prefix = _meaningful("".join(text for kind, text in kinds[:first] if kind == "literal"))
    suffix = _meaningful("".join(text for kind, text in kinds[last + 1:] if kind == "literal"))
    percents = [text for kind, text in kinds if kind == "percent"]
    percent = {"%": 100, "‰": 1000}[percents[0]] if percents else 0
    if "literal" in inside or scaled:
        return _Section("", "", 0, 0, True, frozenset())
    texts = [text for _, text in kinds[first:last + 1]]
    decimals = len(texts) - 1 - texts.index(".") if "." in texts else 0
    return _Section(prefix, suffix, percent, decimals, not (prefix or suffix or percent), frozenset())


def _kinds(tokens: list[str]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.startswith('"'):
            yield "literal", token.strip('"')
        elif token[0] in "\\!" and len(token) == 2:
            yield "literal", token[1]
        elif re.fullmatch(r"\[[hms]+\]", token, re.IGNORECASE):
            yield "date", token[1].lower()
        elif len(token) > 1 and token[0] in "_*[":
            continue
        elif token in "0#?" or token.lower() == "general":
            yield "digit", token
        elif token in "%‰":
            yield "percent", token
        elif token in ".,":
            yield "mark", token
        elif token.lower() in ("y", "e", "m", "d", "h", "s"):
            yield "date", token.lower()
        elif "\u4e00" <= token <= "\u9fff" or token in "≥≤=＝<>":
            yield "literal", token
