"""Chinese numerals in places where they are figures, rewritten with digits. 一次性, 三公经费, 统一 stay words."""

import re
from collections.abc import Callable

from core.notation.operators import AFTER, BEFORE
from core.notation.units import UNIT

_DIGITS = {char: value for value, chars in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
           for char in chars}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_ANY = "[" + "".join((*_DIGITS, *_TENS, *_MYRIADS)) + "]"
_FIGURE = rf"{_ANY}+(?:点[{''.join(_DIGITS)}]+)?"
_COUNTED = "次|场|期|批|天|年|个月|名|人|户|处|座|所|家|台|辆|公里|米|亩|篇|份|件|轮|遍|届|(?<=[\u4e00-\u9fff][两三四五六七八九十])个(?=[村乡镇县市区校站点])"
_NOT_A_MEASURE = "性|体|致|般|化|定|流|起|级|等|档|线|类别|方|农|公|保"


def value_of(numeral: str) -> str | None:
    """"一百二十" → "120", "三十五万" → "35万" (a closing 万 or 亿 stays a word), "三点五" → "3.5"; None when malformed."""
    numeral, point, decimals = numeral.partition("点")
    magnitude = ""
    while not point and len(numeral) > 1 and numeral[-1] in _MYRIADS:
        numeral, magnitude = numeral[:-1], numeral[-1] + magnitude
    whole = _whole(numeral)
    if whole is None:
        return None
    fraction = "".join(str(_DIGITS[char]) for char in decimals)
    return f"{whole}{'.' if point else ''}{fraction}{magnitude}"


def with_digits(text: str) -> tuple[str, bool]:
    """The text with digits for numerals, and whether one was taken out of the middle of a sentence."""
    if not _SOME.search(text):
        return text, False
    for pattern, rewrite in _SURE:
        text = pattern.sub(rewrite, text)
    inside = _INSIDE.sub(_figure, text)
    return inside, inside != text


def _whole(numeral: str) -> int | None:
    if not numeral:
        return None
    if all(char in _DIGITS for char in numeral):
        return _DIGITS[numeral] if len(numeral) == 1 else None
    total = section = digit = 0
    last = 1
    for place, char in enumerate(numeral):
        if char in _DIGITS:
            digit = _DIGITS[char]
            if not digit:
                last = 1
            continue
        if char in _TENS:
            section += (digit or (1 if place == 0 or not digit and char in "十拾" else 0)) * _TENS[char]
            last = _TENS[char]
        else:
            total = (total + section + digit) * _MYRIADS[char]
            section, last = 0, _MYRIADS[char]
        digit = 0
    return total + section + digit * (last // 10 if last >= 100 else 1)


def _figure(found: re.Match[str]) -> str:
    return _replaced(found, "")


def _replaced(found: re.Match[str], after: str) -> str:
    numeral = found["n"]
    if numeral[0] in "百千万亿佰仟":
        return found[0]
    value = value_of(numeral)
    if value is None:
        return found[0]
    start, end = found.start("n") - found.start(), found.end("n") - found.start()
    return found[0][:start] + value + found[0][end:] + after


def _share(sign: str) -> Callable[[re.Match[str]], str]:
    def rewrite(found: re.Match[str]) -> str:
        value = found["n"] if found["n"][0].isascii() else value_of(found["n"])
        return f"{value}{sign}" if value else found[0]
    return rewrite


def _year(found: re.Match[str]) -> str:
    return "".join(str(_DIGITS.get(char, 0)) for char in found["n"]) + "年"


def _half(found: re.Match[str]) -> str:
    whole = found["n"] or "0"
    digits = whole if whole.isascii() else value_of(whole)
    return f"{found['op'] or ''}{digits}.5{found['unit']}{found['tail'] or ''}"


_SOME = re.compile(f"{_ANY}|半")
_N = rf"(?P<n>{_FIGURE})"
_OP = rf"(?P<op>{BEFORE})"
_SURE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...] = (
    (re.compile("百分之百|百分百"), "100%"),
    (re.compile(rf"百分之(?P<n>{_FIGURE}|[0-9.]+)"), _share("%")),
    (re.compile(rf"千分之(?P<n>{_FIGURE}|[0-9.]+)"), _share("‰")),
    (re.compile(rf"万分之(?P<n>{_FIGURE}|[0-9.]+)"), _share("‱")),
    (re.compile(r"(?P<n>[零〇0Oo一二三四五六七八九]{4})年"), _year),
    (re.compile(r"(?<![个几数])(?P<n>十[一二]?|[一二三四五六七八九])(?=月(?!龄))"), _figure),
    (re.compile(r"(?<=月)(?P<n>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[日号])"), _figure),
    (re.compile(r"第?(?P<n>[一二三四])(?=季度?(?:[底末前内以之完]|$))"), _figure),
    (re.compile(rf"^{_OP}?半(?P<n>)(?P<unit>个月|年|天|小时)(?P<tail>{AFTER})?$"), _half),
    (re.compile(rf"^{_OP}?(?P<n>{_ANY}|[0-9]+)(?P<unit>个月|年|天|小时)半(?P<tail>{AFTER})?$"), _half),
    (re.compile(rf"^{_OP}?(?:每年|每月|每季度|全年|共|约|已)?{_N}[余多]?(?![级等])(?={UNIT}(?:{AFTER})?$)"), _figure),
    (re.compile(rf"{_OP}{_N}(?={UNIT})"), _figure),
    (re.compile(rf"(?<=[-—~至到]){_N}(?={UNIT}(?:{AFTER})?$)"), _figure),
    (re.compile(rf"^{_N}(?=(?:[-—~至到][0-9]))"), _figure),
    (re.compile(rf"^{_OP}?(?P<n>(?![一二]$){_FIGURE})$"), _figure),
)
_INSIDE = re.compile(
    rf"(?<![第统单唯之数几{''.join((*_DIGITS, *_TENS, *_MYRIADS))}0-9])(?P<n>(?!一(?!十|百|千|万)){_FIGURE})"
    rf"(?=(?:{_COUNTED})(?!{_NOT_A_MEASURE}))"
)
