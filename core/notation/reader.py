"""The two doors: a cell of 年度指标值 and a cell of 实际完成值."""

import re
from dataclasses import replace
from functools import lru_cache

from core.notation import doubts, numerals, operators, recognisers, units
from core.notation.reading import Reading
from core.notation.written import LONGEST, plain, text_of
from core.scoring.values import Kind, Op

_NUMBERS = {Kind.NUMERIC, Kind.DURATION, Kind.UNFILLED, Kind.DATE}


def read_target(cell: object, *, operator_col: object = None, unit_col: object = None, name: object = "",
                level2: object = "", year: object = None) -> Reading:
    """Read 年度指标值. The operator is that of its column, else of the cell, else of the name. Never raises.

    `year` (of the form) completes dates without one. Numbers and dates of a workbook may come as such or as text.
    """
    unit = units.cleaned(plain(text_of(unit_col)))
    around = doubts.indicator(text_of(name), text_of(level2), unit)
    reading = _read(text_of(cell), unit, _year(year), around.is_timely)
    reading = _with_column(reading, operators.of_column(plain(text_of(operator_col))))
    return doubts.settle_target(reading, around)


def read_actual(cell: object, *, unit_col: object = None, name: object = "", target: Reading | None = None,
                year: object = None) -> Reading:
    """Read 实际完成值. It has an operator only when its own cell has one. Never raises.

    `target` helps to tell 0.98 from 98% and a day from a number; its unit is not copied.
    """
    unit = units.cleaned(plain(text_of(unit_col)))
    around = doubts.indicator(text_of(name), "", unit)
    timely = around.is_timely or bool(target and target.kind in {Kind.DATE, Kind.PERIOD})
    reading = _read(text_of(cell), unit, _year(year), timely)
    return doubts.settle_actual(reading, around, target)


@lru_cache(maxsize=20_000)
def _read(written: str, unit: str, year: int | None, timely: bool) -> Reading:
    text, inside = plain(written), False
    if len(text) <= LONGEST:
        text, inside = numerals.with_digits(text)
    reading = recognisers.read(recognisers.Cell(written=written, text=text, unit=unit, year=year, timely=timely))
    if inside and reading.is_number and not reading.ambiguous:
        words = Reading(kind=Kind.QUALITATIVE, text=written.strip())
        return reading.doubted("句中的汉字数目按数字读，请核对。", words)
    return reading


def _with_column(reading: Reading, column: Op | None) -> Reading:
    """The operator of its own column outweighs the cell's; two different ones are a doubt."""
    if column is None or reading.kind not in _NUMBERS:
        return reading
    alt = reading.alt
    if alt and alt.kind in _NUMBERS and not alt.op:
        alt = replace(alt, op=column)
    if reading.op in {None, column}:
        return replace(reading, op=column, alt=alt)
    return replace(reading, op=column).doubted(f"指标性质栏写“{column.label}”，格内写“{reading.op.label}”，按指标性质栏读。", reading)


def _year(year: object) -> int | None:
    """The four digits of a year in whatever the form has for it (2023, "2023年度")."""
    found = re.search(r"(?:19|20)[0-9]{2}", text_of(year))
    return int(found[0]) if found else None
