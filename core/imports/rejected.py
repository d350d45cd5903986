"""A rejected workbook as its owner knows it: bad cells coloured, what is wrong with them as a comment."""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import get_column_letter

from core.imports.workbooks import ERRORS_SHEET
from core.sheets import Grid, read_book

HEADINGS = ("工作表", "行", "列", "填的是", "怎么改")
COLOUR = "FFC7CE"
COMMENT_WIDTH, COMMENT_HEIGHT = 320, 110
MOST_EDITED = 2 * 1024 * 1024
"""Above this size in bytes a workbook is written anew from its texts: editing it in place would take a gigabyte."""

Marks = Mapping[tuple[int, int], str]


def rejected_workbook(content: bytes, *, name: str, errors: Sequence[Mapping[str, Any]], left_out: int = 0) -> bytes:
    """An .xlsx with every error at its cell and all of them listed on a sheet of their own.

    ``errors`` are those of a staged import; ``left_out`` says how many more there are. A workbook keeps its look and
    its formulas; of other kinds of file, and of large ones, the texts are kept.
    """
    book = read_book(content, name=name, formatted=False)
    marks = _marks(errors)
    listed = [tuple(map(_printable, line)) for line in _listed(errors, left_out)]
    if book.kind == "xlsx" and len(content) <= MOST_EDITED:
        return _edited(content, marks, listed)
    return _written(book.grids, marks, listed)


def _marks(errors: Sequence[Mapping[str, Any]]) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet: the cell, both counted from 0, and its sentences. An error of a whole row stands at its first cell."""
    found: dict[str, dict[tuple[int, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    for error in errors:
        if error["row"]:
            found[error["sheet"]][error["row"] - 1, error["place"] or 0].append(error["message"])
    return {
        sheet: {cell: _printable("\n".join(sentences)) for cell, sentences in cells.items()}
        for sheet, cells in found.items()
    }


def _printable(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _listed(errors: Sequence[Mapping[str, Any]], left_out: int) -> Iterator[tuple[str, ...]]:
    for error in errors:
        row = str(error["row"] or "")
        yield error["sheet"], row, error["column"], error["value"], error["message"]
    if left_out:
        yield "", "", "", "", f"另有 {left_out} 处错误没有标出，请改正上面各处后重新上传，再看其余各处。"


def _edited(content: bytes, marks: Mapping[str, Marks], listed: Sequence[tuple[str, ...]]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    for sheet_name, cells in marks.items():
        if sheet_name not in book.sheetnames:
            continue
        sheet = book[sheet_name]
        corners = _corners(sheet)
        for (row, column), sentences in cells.items():
            cell = sheet.cell(*corners.get((row + 1, column + 1), (row + 1, column + 1)))
            said = f"{cell.comment.text}\n{sentences}" if cell.comment else sentences
            cell.fill = PatternFill("solid", fgColor=COLOUR)
            cell.comment = Comment(said, ERRORS_SHEET, height=COMMENT_HEIGHT, width=COMMENT_WIDTH)
    if ERRORS_SHEET in book.sheetnames:
        del book[ERRORS_SHEET]
    sheet = book.create_sheet(ERRORS_SHEET)
    for number, line in enumerate((HEADINGS, *listed), start=1):
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place, text)
            cell.data_type = "s"
    for place, width in enumerate((14, 8, 18, 24, 90), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return _saved(book)


def _corners(sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Of every cell of a merged area the one that shows."""
    return {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1) for column in range(area.min_col, area.max_col + 1)
    }


def _saved(book) -> bytes:
    result = io.BytesIO()
    book.save(result)
    return result.getvalue()


def _written(grids: Sequence[Grid], marks: Mapping[str, Marks], listed: Sequence[tuple[str, ...]]) -> bytes:
    result = io.BytesIO()
    book = xlsxwriter.Workbook(result)
    bad = book.add_format({"bg_color": f"#{COLOUR}"})
    size = {"x_scale": 2.5, "y_scale": 1.5}
    for grid in grids:
        if grid.name == ERRORS_SHEET:
            continue
        sheet = book.add_worksheet(grid.name)
        cells = marks.get(grid.name, {})
        for row, texts in enumerate(grid.rows):
            for column, text in enumerate(texts):
                if text and (row, column) not in cells:
                    sheet.write_string(row, column, text)
        for (row, column), sentences in cells.items():
            text = grid.text(row, column)
            if text:
                sheet.write_string(row, column, text, bad)
            else:
                sheet.write_blank(row, column, None, bad)
            sheet.write_comment(row, column, sentences, size)
    sheet = book.add_worksheet(ERRORS_SHEET)
    for number, line in enumerate((HEADINGS, *listed)):
        for place, text in enumerate(line):
            sheet.write_string(number, place, text)
    sheet.set_column(4, 4, 90)
    book.close()
    return result.getvalue()
