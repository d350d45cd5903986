"""Cells with numbers in them: one number, a range, several quantities, graded values."""

import re
from dataclasses import replace
from decimal import Decimal

from core.notation import dates, units
from core.notation.cells import Cell, as_words, due_on, without
from core.notation.quantities import Quantity, outside, scan
from core.notation.reading import Part, Reading
from core.scoring.values import Kind, Op

_LIST_MARK = re.compile(r"(?:^|(?<=[;。,、]))(?:\([0-9一二三四五六七八九十]{1,2}\)|[0-9]{1,2}(?:[、.](?![0-9])|\))|[①-⑳⒈-⒛])")
_REMARK = re.compile(r"\([^()]*\)|(?<=.)[,;。](?:其中|较|比|同比|环比).*$")
_GRADE = re.compile(r"[一二三四五六七八九十1-9A-D][档级等类]|特等|[高中低]档|优秀?[:≥>]|良好?[:≥>]|重度|中度|轻度|分档|得分|得满分|扣[0-9.]*分|否则")
_CLAUSE = re.compile(r"[,;。、]")
_CLAIM = re.compile(r"达成|达标|完成|实现|达到预期")
_NAMED = re.compile(r"(?![及和与或至到])[\u4e00-\u9fff]")
_LENGTH = {"sure": 8, "sentence": 18, "each": 20}


def quantities(cell: Cell) -> Reading | None:
    """One number, a range, or several quantities, alone or inside words."""
    text, remarked = _without_remarks(_LIST_MARK.sub("", cell.text))
    days = dates.find_dates(text, year=cell.year)
    text = without(text, [day for day in days if not day.coarse or text[: day.end].endswith(("年", "年度"))])
    found = _meant(scan(text))
    if not found:
        return None
    words = outside(text, found)
    if len(found) == 1:
        reading = _single(cell, found[0], words)
    else:
        reading = _bounds(found, words) or _several(cell, found, words, text)
    if remarked and not reading.ambiguous and scan(remarked):
        reading = reading.doubted("括号里或“其中”之后另有数字，按前面的数字读。")
    due = next((day for day in reversed(days) if not day.coarse), None)
    if due and not reading.ambiguous:
        reading = reading.doubted("格内既有日期又有数字，按数字读。", due_on(due, ""))
    return reading


def fraction(cell: Cell) -> Reading | None:
    """3/4 is a part of a whole or a date or two counts; no rule can tell."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", cell.text)
    if not found:
        return None
    low, high = Decimal(found[1]), Decimal(found[2])
    exact = high and (low * 10_000) % high == 0
    share = Reading(kind=Kind.NUMERIC, values=((low / high).normalize() + 0,)) if exact else None
    return Reading(kind=Kind.UNFILLED, unit=cell.unit).doubted(f"“{cell.text}”可能是比例、日期或两个数，请改填。", share)


def _without_remarks(text: str) -> tuple[str, str]:
    """The text without its brackets and asides (其中…, 较上年…), and those; a text without any other number keeps them."""
    remarks = _REMARK.findall(text)
    bare = _REMARK.sub(lambda found: found[0] if units.is_known(found[0][1:-1]) else "", text) if remarks else text
    if not remarks or not re.search(r"[0-9]", bare):
        return text, ""
    return bare, "".join(remarks)


def _meant(found: list[Quantity]) -> list[Quantity]:
    """Years and ages describe what is counted; an age counts only when nothing else does."""
    counted = [each for each in found if not _is_year(each)]
    return [each for each in counted if not each.is_age] or counted


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit in {"年", "年度"} and dates.is_year(f"{quantity.values[0]:f}")


def _single(cell: Cell, one: Quantity, words: str) -> Reading:
    reading = _number(cell, one)
    clauses = len(_CLAUSE.findall(cell.text)) + 1
    if len(words) > _LENGTH["sentence"] or (clauses > 2 and len(words) > _LENGTH["sure"]):
        return as_words(cell).doubted("一句话里带有数字，按文字读，数字是否就是指标值请核对。", reading)
    if len(words) > _LENGTH["sure"] or (words and _CLAIM.search(words) and len(words) > 3 and not one.start):
        return reading.doubted("数字写在一句话里，按数字读，请核对。", as_words(cell))
    return reading


def _number(cell: Cell, one: Quantity) -> Reading:
    unit = _unit(one, cell)
    if len(one.values) == 2:
        return _range(one.values, unit, one.op)
    kind = Kind.DURATION if units.is_time(unit) else Kind.NUMERIC
    reading = Reading(kind=kind, op=one.op, values=one.values, unit=unit, per=one.per)
    if one.approximate:
        reading = replace(reading, notes=("写的是约数，按所写数字读。",))
    if one.other_op:
        return reading.doubted("数字前后的算符不一致，按前一个读。", replace(reading, op=one.other_op))
    if one.per and unit and "/" not in unit:
        return reading.doubted(f"“{one.per}”写在数字前，单位也可读作“{units.rate(unit, one.per)}”。",
                               replace(reading, per="", unit=units.rate(unit, one.per)))
    if one.meant:
        return reading.doubted(f"单位“{unit}”疑为“{one.meant}”之误。", replace(reading, unit=one.meant))
    if one.unit and cell.unit and not _agree(one.unit, cell.unit):
        return reading.doubted(f"格内单位“{one.unit}”与度量单位“{cell.unit}”不一致，按格内读。", replace(reading, unit=cell.unit))
    if one.guessed_unit:
        return reading.doubted(f"“{one.unit}”不是常见的单位，请核对。", replace(reading, unit=""))
    return reading


def _unit(one: Quantity, cell: Cell) -> str:
    """As written in the cell, else the unit column; a bare 万 is completed by the column."""
    if units.is_magnitude(one.unit) and cell.unit and not units.is_magnitude(cell.unit):
        return cell.unit if cell.unit.startswith(one.unit) else one.unit + cell.unit
    return one.unit or cell.unit


def _agree(unit: str, column: str) -> bool:
    return units.converted(unit, column) is not None or units.is_magnitude(unit) or column.startswith(f"{unit}/")


def _range(values: tuple[Decimal, ...], unit: str, op: Op | None) -> Reading:
    reading = Reading(kind=Kind.RANGE, values=values, unit=unit)
    if values[0] > values[1]:
        return reading.doubted("区间的前一个数大于后一个数，请核对。", replace(reading, values=values[::-1]))
    if op:
        return reading.doubted(f"区间前后又写了“{op.label}”，按区间读。")
    return reading


def _bounds(found: list[Quantity], words: str) -> Reading | None:
    """≥85%且≤95% is one range."""
    if len(found) != 2 or len(words) > _LENGTH["sure"] or any(len(each.values) != 1 for each in found):
        return None
    lowest = next((each for each in found if each.op in {Op.AT_LEAST, Op.MORE}), None)
    highest = next((each for each in found if each.op in {Op.AT_MOST, Op.LESS}), None)
    if not lowest or not highest or (lowest.unit and highest.unit and lowest.unit != highest.unit):
        return None
    if lowest.values[0] > highest.values[0]:
        return None
    return Reading(kind=Kind.RANGE, values=(lowest.values[0], highest.values[0]), unit=lowest.unit or highest.unit)


def _several(cell: Cell, found: list[Quantity], words: str, text: str) -> Reading:
    """Several quantities or objects (compound), or graded values of one quantity (bands)."""
    parts = tuple(
        Part(value=value, unit=each.unit or cell.unit, op=each.op) for each in found for value in each.values
    )
    ops = {part.op for part in parts}
    same = len({part.unit for part in parts if part.unit}) <= 1
    unlabelled = not any(_NAMED.search(each.label) for each in found[1:])
    graded = same and (unlabelled or bool(_GRADE.search(cell.text)))
    reading = Reading(
        kind=Kind.BANDS if graded else Kind.COMPOUND,
        op=next(iter(ops)) if len(ops) == 1 else None,
        values=tuple(part.value for part in parts),
        unit=";".join(dict.fromkeys(part.unit for part in parts if part.unit)),
        parts=parts,
    )
    if len(words) > _LENGTH["each"] * len(found):
        return as_words(cell).doubted("一段话里带有几个数字，按文字读，请核对。", reading)
    first = _number(cell, found[0])
    return reading.doubted("格内有几个数字，不能按一个数计分，请拆成几条指标。", replace(first, alt=None))
