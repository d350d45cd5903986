"""One door for every file a person may upload as a form or a list."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import python_calamine

from core.errors import Reason
from core.sheets import formats, problems
from core.sheets.archive import open_archive
from core.sheets.biff import read_xls
from core.sheets.compound import MAGIC, Compound
from core.sheets.delimited import read_delimited
from core.sheets.documents import read_docx
from core.sheets.grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    Area,
    Grid,
    cell_name,
    fill_merged,
    text_of,
    trimmed,
)
from core.sheets.marks import Marks, xlsx_marks
from core.sheets.opendocument import read_ods
from core.sheets.sniffing import kind_of_archive, kind_of_compound, kind_of_other, suffix_of

SUFFIXES = {
    "xlsx": (".xlsx", ".xlsm", ".xltx"), "xls": (".xls", ".xlt", ".et"), "ods": (".ods", ".ots"),
    "docx": (".docx", ".docm"), "csv": (".csv", ".txt", ".tsv"),
}
_MANIFEST = "META-INF/manifest.xml"
_BROKEN = (
    problems.Damaged, python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, ElementTree.ParseError,
    struct.error,
    OSError, EOFError, ValueError, LookupError, OverflowError, NotImplementedError, RuntimeError,
)
"""What the readers raise for files whose inside is broken or written by no known program."""


@dataclass(frozen=True)
class Book:
    """A file as read: what it really is (xlsx, xls, ods, docx, csv), its grids, and what the person should know."""

    name: str
    kind: str
    grids: list[Grid]
    warnings: list[Reason]


def read_workbook(content: bytes, *, name: str) -> list[Grid]:
    """Every sheet of an .xlsx, .xls, .ods or .csv file as text, by the fast reader: percentages are bare numbers.

    Raises ``RuleViolation`` with a sentence for an empty, damaged, protected, oversized or foreign file.
    """
    book = read_book(content, name=name, formatted=False)
    if book.kind == "docx":
        raise problems.document_for_list(name)
    return book.grids


def read_book(content: bytes, *, name: str, formatted: bool = True) -> Book:
    """Every sheet or table of an .xlsx, .xls, .ods, .csv or .docx file as text.

    ``formatted`` also reads number formats, so that 0.95 shown as 95% is the text "95%" and a month shown without its
    day is "2025年12月"; it takes about four times as long. Raises ``RuleViolation`` as ``read_workbook`` does.
    """
    if not content:
        raise problems.empty(name)
    with _damage_told(name):
        kind, grids, warnings = _read(content, name, formatted=formatted)
    if kind in SUFFIXES and suffix_of(name) not in SUFFIXES[kind]:
        warnings.insert(0, problems.other_extension(name, "." + kind))
    for grid in grids:
        _check_size(grid, name)
        if grid.uncomputed:
            warnings.append(problems.uncomputed(name, grid.name, [cell_name(*place) for place in grid.uncomputed]))
    if not any(grid.rows for grid in grids):
        raise problems.blank(name)
    return Book(name, kind, grids, warnings)


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise problems.damaged(name) from error
    except BaseException as error:
        # A panic of the workbook reader is no Exception, and its class cannot be imported.
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise problems.damaged(name) from error


def _read(content: bytes, name: str, *, formatted: bool) -> tuple[str, list[Grid], list[Reason]]:
    if content.startswith(b"PK"):
        return _read_archive(content, name, formatted=formatted)
    if content.startswith(MAGIC):
        return _read_compound(content, name, formatted=formatted)
    kind = kind_of_other(content, name)
    if kind == "csv":
        return "csv", read_delimited(content, name=name), []
    raise problems.foreign(name, kind, for_list=not formatted)


def _read_archive(content: bytes, name: str, *, formatted: bool) -> tuple[str, list[Grid], list[Reason]]:
    archive = open_archive(content, name)
    kind = kind_of_archive(archive)
    warnings = _archive_warnings(archive, name)
    if kind == "xlsx":
        marks = _marks_or_warning(lambda: xlsx_marks(archive), name, warnings) if formatted else {}
        return kind, _calamine_grids(content, marks), warnings
    if kind == "ods":
        if _MANIFEST in archive.NameToInfo and b"encryption-data" in archive.read(_MANIFEST):
            raise problems.protected(name)
        return kind, read_ods(archive, name=name, formatted=formatted), warnings
    if kind == "docx":
        return kind, read_docx(archive, name=name), warnings
    raise problems.foreign(name, kind, for_list=not formatted)


def _archive_warnings(archive: zipfile.ZipFile, name: str) -> list[Reason]:
    parts = archive.namelist()
    found = []
    if any(part.lower().endswith("vbaproject.bin") or part.startswith(("Basic/", "xl/macrosheets/")) for part in parts):
        found.append(problems.macros_ignored(name))
    if any(part.startswith("xl/externalLinks/") for part in parts):
        found.append(problems.external_links(name))
    return found


def _read_compound(content: bytes, name: str, *, formatted: bool) -> tuple[str, list[Grid], list[Reason]]:
    container = Compound(content)
    kind = kind_of_compound(container)
    if kind == "protected":
        raise problems.protected(name)
    if kind != "xls":
        raise problems.foreign(name, kind, for_list=not formatted)
    warnings = [problems.macros_ignored(name)] if "_VBA_PROJECT_CUR" in container.names else []
    grids, has_links = read_xls(container, name=name, formatted=formatted)
    return kind, grids, warnings + ([problems.external_links(name)] if has_links else [])


def _marks_or_warning(read, name: str, warnings: list[Reason]) -> dict[str, Marks]:
    """Without the formats the values are still right, so their loss is told and the file is read."""
    try:
        return read()
    except _BROKEN:
        warnings.append(problems.formats_unread(name))
        return {}


def _calamine_grids(content: bytes, marks: dict[str, Marks]) -> list[Grid]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        _calamine_grid(book.get_sheet_by_name(sheet.name), marks.get(sheet.name, Marks()),
                       hidden=sheet.visible != python_calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def _calamine_grid(sheet: Any, marks: Marks, *, hidden: bool) -> Grid:
    values = sheet.to_python(skip_empty_area=False)
    rows = [_texts(row) for row in values]
    for (row, column), code in marks.formats.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = formats.shown(values[row][column], code)
    for (row, column), error in marks.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = error
    rows = trimmed(rows)
    areas = [Area(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    return Grid(sheet.name, rows, merged=fill_merged(rows, areas), hidden=hidden, uncomputed=tuple(marks.uncomputed))


def _texts(row: list[Any]) -> list[str]:
    """A row in which everything is text already is the common case, and done in one go."""
    try:
        return list(map(str.strip, row))
    except TypeError:
        return [value.strip() if value.__class__ is str else text_of(value) for value in row]


def _check_size(grid: Grid, name: str) -> None:
    if len(grid.rows) > MAX_ROWS:
        raise problems.too_many_rows(name, grid.name, len(grid.rows), MAX_ROWS)
    if grid.width > MAX_COLUMNS:
        raise problems.too_many_columns(name, grid.name, grid.width, MAX_COLUMNS)
