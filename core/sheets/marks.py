"""What the fast reader does not tell of an .xlsx: formats that matter, error values, formulas without a result."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree

from core.sheets import formats


@dataclass
class Marks:
    """By cell (row, column) from 0: its number format where that matters; its error value such as #DIV/0!; the formulas
    without a stored result."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)


def local(tag: object) -> str:
    """An element's or attribute's name without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def xlsx_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """By sheet name. Raises ``ParseError``, ``ValueError`` or ``KeyError`` when parts are missing or broken."""
    codes = _xlsx_styles(archive)
    return {name: _xlsx_sheet(archive, part, codes) for name, part in _xlsx_sheets(archive)}


def _xlsx_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = {
        item.get("Id"): item.get("Target", "")
        for item in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if local(element.tag) != "sheet":
            continue
        target = next((relations.get(value, "") for key, value in element.attrib.items() if key.endswith("}id")), "")
        part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if part in archive.NameToInfo:
            yield element.get("name", ""), part


def _xlsx_styles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Style number → format code, of the formats that matter."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return {}
    codes = dict(formats.BUILT_IN)
    styles: list[int] = []
    for element in ElementTree.fromstring(archive.read("xl/styles.xml")).iter():
        if local(element.tag) == "numFmt" and element.get("numFmtId", "").isdecimal():
            codes[int(element.get("numFmtId", ""))] = element.get("formatCode", "")
        elif local(element.tag) == "cellXfs":
            styles = [int(style.get("numFmtId", "0")) for style in element]
    return {str(place): codes[number] for place, number in enumerate(styles) if formats.matters(codes.get(number, ""))}


def _xlsx_sheet(archive: zipfile.ZipFile, part: str, codes: dict[str, str]) -> Marks:
    marks, row, column = Marks(), -1, -1
    with archive.open(part) as file:
        for event, element in ElementTree.iterparse(file, events=("start", "end")):
            tag = local(element.tag)
            if event == "start" and tag == "row":
                number = element.get("r", "")
                row, column = int(number) - 1 if number.isdecimal() else row + 1, -1
            elif event == "start" and tag == "c":
                row, column = _position(element.get("r"), row, column + 1)
            elif event == "end" and tag == "c":
                _note_xlsx_cell(marks, (row, column), element, codes)
            elif event == "end" and tag == "row":
                element.clear()
    return marks


def _note_xlsx_cell(marks: Marks, place: tuple[int, int], cell: ElementTree.Element, codes: dict[str, str]) -> None:
    children = {local(child.tag): child for child in cell}
    if "f" in children and not (children["v"].text if "v" in children else None) and cell.get("t") != "str":
        marks.uncomputed.append(place)
    if cell.get("t") == "e" and "v" in children:
        marks.errors[place] = children["v"].text or ""
    code = codes.get(cell.get("s", "0"))
    if code and "v" in children and cell.get("t", "n") in ("n", "d"):
        marks.formats[place] = code


def _position(address: str | None, row: int, column: int) -> tuple[int, int]:
    if not address:
        return row, column
    letters = address.rstrip("0123456789")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(address[len(letters):] or row + 1) - 1, number - 1
