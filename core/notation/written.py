"""A cell as plain text: one writing for full-width and half-width characters, dashes, signs and spaces."""

import datetime
import html
import math
import re
from decimal import Decimal

LONGEST = 2000

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ONE_WRITING = {
    "≧⩾≽⪰≮": "≥", "≦⩽≼⪯≯": "≤", "═﹦": "=", "℅": "%", "﹥": ">", "﹤": "<", "﹪": "%",
    "－–−‐‑‒﹣": "-", "―─━": "—", "～〜∼˜〰": "~", "•‧∙・": "·", "✕╳✖": "×", "µ": "μ", "﹐": ",", "﹒": ".", "﹔": ";", "﹕": ":",
    "【〔［﹝": "(", "】〕］﹞": ")", "\u3000\xa0\t\u2002\u2003\u2009": " ", "○": "〇",
}
_TABLE = _HALF_WIDTH | {ord(char): plain for chars, plain in _ONE_WRITING.items() for char in chars}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_TWO_SIGNS = tuple((re.compile(pattern), sign) for pattern, sign in (
    (r">[ _]*=|=[ _]*>|≥=|^[》〉]=(?=[0-9])", "≥"),
    (r"<[ _]*=|=[ _]*<|≤=|^[《〈]=(?=[0-9])", "≤"),
    (r"==", "="),
))
_TIME_OF_DAY = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|(?<=\d[日号])\d{1,2}[时点](?:整|\d{1,2}分)?(?!间)")
_BREAK = re.compile(r"(?<=[^ \r\n])[ ]*[\r\n]+[ ]*(?=[^ \r\n])")
_SPACE = re.compile(r"(?<!\d) +| +(?!\d)")


def text_of(cell: object) -> str:
    """The cell as a person reads it. Numbers without exponent, a number that is none (NaN) as an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float, Decimal)):
        return _number_text(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return str(cell)


def plain(text: str) -> str:
    """Text with one writing for every sign; digits, words and the characters of units are kept."""
    if "&" in text:
        text = html.unescape(text)
    text = _INVISIBLE.sub("", text.translate(_TABLE)).strip()
    for pattern, sign in _TWO_SIGNS:
        text = pattern.sub(sign, text)
    text = _TIME_OF_DAY.sub("", text)
    return _SPACE.sub("", _BREAK.sub(_joined, text))


def _joined(found: re.Match[str]) -> str:
    """A line break between two lines that both hold a number parts two items; any other only wraps the cell."""
    before, after = found.string[: found.start()], found.string[found.end():]
    return ";" if re.search(r"[0-9]", before) and re.search(r"[0-9]", after) else ""


def _number_text(number: int | float | Decimal) -> str:
    if isinstance(number, float):
        if not math.isfinite(number):
            return ""
        number = Decimal(f"{number:.15g}")
    number = Decimal(number)
    if not number.is_finite():
        return ""
    if number.adjusted() < -30 or number.adjusted() > LONGEST:
        return f"{number:E}"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
