"""Tables of a .docx file, in the order of the document, with the lines of text around them."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from posixpath import normpath
from xml.etree import ElementTree

from core.sheets.grid import MAX_COLUMNS, MAX_ROWS, Area, Grid, fill_merged, trimmed
from core.sheets.marks import local
from core.sheets.problems import Damaged, too_many_columns, too_many_rows

_WRAPPERS = {
    "sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "AlternateContent",
    "Choice",
}
_UNSEEN = {"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "txbxContent", "pict"}
_SYMBOLS = {
    "F052": "☑", "F0FE": "☑", "F053": "☒", "F0FD": "☒", "F0A3": "□", "F0A8": "□", "F06F": "□", "F0FC": "√", "F050": "√",
}
"""Boxes and ticks of the Wingdings fonts."""
_DEEPEST = 8


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    nested: list[Grid] = field(default_factory=list)


def read_docx(archive: zipfile.ZipFile, *, name: str) -> list[Grid]:
    """Every table as a grid named 表格1, 表格2 …; a table inside a cell follows its table as 表格1.1.

    A document without tables gives one grid named 正文 with one line of text in each row.
    Raises ``Damaged``, ``ParseError`` or ``KeyError`` for broken content, ``RuleViolation`` for too much of it.
    """
    root = ElementTree.fromstring(archive.read(_main_part(archive)))
    body = next((element for element in root if local(element.tag) == "body"), None)
    if body is None:
        raise Damaged("no body")
    grids, after = _blocks(body, prefix="表格", name=name, depth=1)
    if not grids:
        return [Grid("正文", [[line] for line in after])]
    last = max(place for place, grid in enumerate(grids) if "." not in grid.name)
    grids[last] = replace(grids[last], after=tuple(after))
    return grids


def _main_part(archive: zipfile.ZipFile) -> str:
    for relation in ElementTree.fromstring(archive.read("_rels/.rels")):
        if relation.get("Type", "").endswith("/officeDocument"):
            return normpath(relation.get("Target", "").lstrip("/"))
    raise Damaged("no main part")


def _blocks(container: ElementTree.Element, *, prefix: str, name: str, depth: int) -> tuple[list[Grid], list[str]]:
    """The grids of a body or a cell, and the lines of text after the last one."""
    if depth > _DEEPEST:
        raise Damaged("tables nested too deep")
    grids: list[Grid] = []
    lines: list[str] = []
    tables = 0
    for element in _children(container):
        if local(element.tag) == "p":
            lines += [line.strip() for line in _words(element).split("\n") if line.strip()]
        elif local(element.tag) == "tbl":
            tables += 1
            grids += _grids(element, f"{prefix}{tables}", tuple(lines), name=name, depth=depth)
            lines = []
    return grids, lines


def _grids(element: ElementTree.Element, title: str, before: tuple[str, ...], *, name: str, depth: int) -> list[Grid]:
    table = _read_table(element, title, name=name, depth=depth)
    width = max((len(row) for row in table.rows), default=0)
    rows = trimmed([row + [""] * (width - len(row)) for row in table.rows])
    return [Grid(title, rows, merged=fill_merged(rows, table.areas), before=before), *table.nested]


def _read_table(element: ElementTree.Element, title: str, *, name: str, depth: int) -> _Table:
    table = _Table()
    open_areas: dict[int, Area] = {}
    for row_element in _children(element):
        if local(row_element.tag) != "tr":
            continue
        if len(table.rows) >= MAX_ROWS:
            raise too_many_rows(name, title, len(table.rows) + 1, MAX_ROWS)
        _take_row(table, row_element, open_areas, title, name=name, depth=depth)
    table.areas += [area for area in open_areas.values() if area[:2] != area[2:]]
    return table


def _take_row(
    table: _Table, element: ElementTree.Element, open_areas: dict[int, Area], title: str, *, name: str, depth: int
) -> None:
    """One row. ``open_areas`` holds, by column, the areas that may go on downwards."""
    number = len(table.rows)
    cells = [""] * _number(_property(element, "trPr", "gridBefore"))
    seen: set[int] = set()
    for cell in _children(element):
        if local(cell.tag) != "tc":
            continue
        column = len(cells)
        across = max(1, _number(_property(cell, "tcPr", "gridSpan")))
        if column + across > MAX_COLUMNS:
            raise too_many_columns(name, title, column + across, MAX_COLUMNS)
        area = open_areas.get(column)
        if _continues(cell) and area and area.last_row == number - 1 and area.last_column == column + across - 1:
            open_areas[column] = area._replace(last_row=number)
            cells += [""] * across
        else:
            _close(table, open_areas, column)
            open_areas[column] = Area(number, column, number, column + across - 1)
            nested, lines = _blocks(cell, prefix=f"{title}.", name=name, depth=depth + 1)
            table.nested += nested
            own = [line for grid in nested for line in grid.before] + lines
            cells += ["\n".join(own)] + [""] * (across - 1)
        seen.add(column)
    for column in set(open_areas) - seen:
        _close(table, open_areas, column)
    table.rows.append(cells)


def _close(table: _Table, open_areas: dict[int, Area], column: int) -> None:
    area = open_areas.pop(column, None)
    if area and area[:2] != area[2:]:
        table.areas.append(area)


def _continues(cell: ElementTree.Element) -> bool:
    mark = _property_element(cell, "tcPr", "vMerge")
    return mark is not None and _value(mark) in ("", "continue")


def _children(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Children, looking through content controls, accepted insertions and the like."""
    for child in element:
        if local(child.tag) in _WRAPPERS:
            yield from _children(child)
        else:
            yield child


def _words(element: ElementTree.Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        tag = local(child.tag)
        if tag in _UNSEEN:
            continue
        if tag == "t":
            yield child.text or ""
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag in ("tab", "ptab"):
            yield "\t"
        elif tag == "noBreakHyphen":
            yield "-"
        elif tag == "sym":
            yield _SYMBOLS.get(_attribute(child, "char").upper(), "")
        else:
            yield from _pieces(child)


def _property_element(element: ElementTree.Element, group: str, name: str) -> ElementTree.Element | None:
    properties = next((child for child in element if local(child.tag) == group), None)
    if properties is None:
        return None
    return next((child for child in properties if local(child.tag) == name), None)


def _property(element: ElementTree.Element, group: str, name: str) -> str:
    found = _property_element(element, group, name)
    return "" if found is None else _value(found)


def _value(element: ElementTree.Element) -> str:
    return _attribute(element, "val")


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _number(text: str) -> int:
    return min(int(text), MAX_COLUMNS + 1) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
