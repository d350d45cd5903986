"""Sheets of an .ods file, which stores each cell's value, its rendering and its merged area."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree import ElementTree

from core.sheets import formats
from core.sheets.grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Area, Grid, fill_merged, text_of, trimmed
from core.sheets.marks import local
from core.sheets.problems import Damaged, too_many_columns, too_many_rows, too_spread

_NOT_SHOWN = {"annotation", "shape", "frame", "custom-shape", "control", "line", "rect", "g", "caption"}

_CLOCK = re.compile(r"PT(\d+)H(\d+)M(\d+)")


@dataclass
class _Sheet:
    name: str
    hidden: bool
    rows: list[list[str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    blank_rows: int = 0
    cells: int = 0


def read_ods(archive: zipfile.ZipFile, *, name: str, formatted: bool) -> list[Grid]:
    """Every sheet. Raises ``Damaged`` or ``ParseError`` for broken content, ``RuleViolation`` for too much of it."""
    sheets: list[_Sheet] = []
    hidden_styles: set[str] = set()
    with archive.open("content.xml") as file:
        for event, element in ElementTree.iterparse(file, events=("start", "end")):
            tag = local(element.tag)
            if event == "end" and tag == "style" and any(_attribute(child, "display") == "false" for child in element):
                hidden_styles.add(_attribute(element, "name"))
            elif event == "start" and tag == "table":
                hidden = _attribute(element, "style-name") in hidden_styles
                sheets.append(_Sheet(_attribute(element, "name") or f"表格{len(sheets) + 1}", hidden))
            elif event == "end" and tag == "table-row" and sheets:
                _take_row(sheets[-1], element, name=name, formatted=formatted)
                element.clear()
    if not sheets:
        raise Damaged("no sheet")
    return [_grid(sheet) for sheet in sheets]


def _grid(sheet: _Sheet) -> Grid:
    width = max((len(row) for row in sheet.rows), default=0)
    rows = trimmed([row + [""] * (width - len(row)) for row in sheet.rows])
    merged = fill_merged(rows, sheet.areas)
    return Grid(sheet.name, rows, merged=merged, hidden=sheet.hidden, uncomputed=tuple(sheet.uncomputed))


def _take_row(sheet: _Sheet, element: ElementTree.Element, *, name: str, formatted: bool) -> None:
    repeated = _count(element, "number-rows-repeated")
    number = len(sheet.rows) + sheet.blank_rows
    cells: list[str] = []
    blanks = 0
    for cell in element:
        if local(cell.tag) not in ("table-cell", "covered-table-cell"):
            continue
        covered = local(cell.tag) == "covered-table-cell"
        column = len(cells) + blanks
        across = _count(cell, "number-columns-repeated")
        _note_cell(sheet, cell, number, column)
        text = "" if covered else _text(cell, formatted=formatted)
        if not text:
            blanks += across
            continue
        if column + across > MAX_COLUMNS:
            raise too_many_columns(name, sheet.name, column + across, MAX_COLUMNS)
        cells += [""] * blanks + [text] * across
        blanks = 0
    if not cells:
        sheet.blank_rows += repeated
        return
    if number + repeated > MAX_ROWS:
        raise too_many_rows(name, sheet.name, number + repeated, MAX_ROWS)
    sheet.cells += len(cells) * repeated
    if sheet.cells > MAX_CELLS:
        raise too_spread(name, number + repeated, len(cells))
    sheet.rows += [[] for _ in range(sheet.blank_rows)] + [list(cells) for _ in range(repeated)]
    sheet.blank_rows = 0


def _note_cell(sheet: _Sheet, cell: ElementTree.Element, row: int, column: int) -> None:
    down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
    if down > 1 or across > 1:
        sheet.areas.append(Area(row, column, row + down - 1, column + across - 1))
    if _attribute(cell, "formula") and not _attribute(cell, "value-type"):
        sheet.uncomputed.append((row, column))


def _text(cell: ElementTree.Element, *, formatted: bool) -> str:
    kind = _attribute(cell, "value-type")
    rendering = "\n".join(_words(paragraph) for paragraph in cell if local(paragraph.tag) == "p").strip()
    if kind == "float" and rendering in ("TRUE", "FALSE"):
        return text_of(rendering == "TRUE")
    if kind == "time" and (found := _CLOCK.match(_attribute(cell, "time-value"))):
        return ":".join(part.zfill(2) for part in found.groups())
    if kind in ("float", "percentage", "currency"):
        value = float(_attribute(cell, "value") or 0)
        if not formatted:
            return text_of(value)
        return _percent(value, rendering) if kind == "percentage" else formats.shown_like(value, rendering)
    if kind == "date":
        moment = _moment(_attribute(cell, "date-value"))
        return formats.shown_like(moment, rendering if formatted else "")
    if kind == "boolean":
        return text_of(_attribute(cell, "boolean-value") == "true")
    return rendering or (_attribute(cell, "string-value") if kind == "string" else "").strip()


def _percent(value: float, rendering: str) -> str:
    decimals = len(rendering.rstrip("%").partition(".")[2])
    return formats.percent_text(value, decimals=decimals)


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _words(element: ElementTree.Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    tag = local(element.tag)
    if tag == "s":
        yield " " * min(_count(element, "c"), 1_000)
    elif tag == "tab":
        yield "\t"
    elif tag == "line-break":
        yield "\n"
    yield element.text or ""
    for child in element:
        if local(child.tag) not in _NOT_SHOWN:
            yield from _pieces(child)
        yield child.tail or ""


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _count(element: ElementTree.Element, name: str) -> int:
    text = _attribute(element, name)
    return max(1, int(text)) if text[:9].isdecimal() and len(text) < 10 else 1
