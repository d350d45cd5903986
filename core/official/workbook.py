"""An official form as a workbook that can be filled in and printed on A4."""

import io
import re
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.official.document import (
    ANNEX_FACE,
    LETTER_FACE,
    TABLE_FACE,
    TITLE_FACE,
    Align,
    Cell,
    FormDocument,
    Orientation,
    Placed,
    Prose,
    Table,
    lines_needed,
    place_cells,
)
from core.official.paper import MILLIMETRES_WIDE, foot_of

A4 = 9
STACKED = 270
PIXELS_OF_MILLIMETRE = 96 / 25.4
UNITS_OF_PIXEL = 1 / 6
LINE_POINTS = 13
LETTER_LINE_POINTS = 24
ROW_PADDING = 5
MOST_ROW_POINTS = 409
SHEET_NAME_LENGTH = 31
FORMULA_STARTS = ("=", "+", "-", "@")


def to_xlsx(form: FormDocument) -> bytes:
    """The form as .xlsx: one sheet on the form's column grid, its head repeated on every printed page.

    Figures are figures, shown as on paper but kept exact; every text is a text, whatever sign it begins with.
    """
    result = io.BytesIO()
    book = xlsxwriter.Workbook(result, {"in_memory": True})
    created = form.printed_at and form.printed_at.replace(tzinfo=None)
    book.set_properties({"title": form.title, "created": created})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "", form.title)[:SHEET_NAME_LENGTH] or "表")
    _Sheet(book, sheet, form).write()
    book.close()
    return result.getvalue()


class _Sheet:
    """One form being written from the top of its sheet downwards."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, form: FormDocument) -> None:
        self.book, self.sheet, self.form = book, sheet, form
        self.last_column = len(form.columns) - 1
        self.pixels = _column_pixels(form)
        self.formats: dict[tuple, Format] = {}
        self.row = 0

    def write(self) -> None:
        form = self.form
        self._set_up_page()
        if form.annex:
            self._line(form.annex, face=ANNEX_FACE, size=12)
        self._line(form.title, face=TITLE_FACE, size=19, align=Align.CENTER, points=32)
        if form.year_label:
            self._line(form.year_label, size=11, align=Align.CENTER)
        if form.unit_line or form.money_unit_line:
            self._unit_line()
        for block in form.blocks:
            if isinstance(block, Table):
                self._table(block)
            else:
                self._prose(block)
        if form.signatures:
            self._line("　　　　".join(form.signatures), points=24)
        for note in form.notes:
            self._line(note, size=8.5)
        self.sheet.print_area(0, 0, self.row - 1, self.last_column)

    def _set_up_page(self) -> None:
        sheet, form = self.sheet, self.form
        for column, pixels in enumerate(self.pixels):
            sheet.set_column_pixels(column, column, pixels)
        sheet.set_paper(A4)
        if form.orientation is Orientation.LANDSCAPE:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=0.59, right=0.59, top=0.7, bottom=0.7)
        sheet.hide_gridlines(1)
        left, right = (part.replace("&", "&&") for part in foot_of(form))
        sheet.set_footer(f"&L&8{left}&C&8第 &P 页 共 &N 页&R&8{right}", {"margin": 0.3})

    def _look(self, **look: object) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]

    def _line(self, words: str, *, face: str = TABLE_FACE, size: float = 10, align: Align = Align.LEFT,
              points: float = 0, bold: bool = False) -> None:
        """A text across all columns, without a border."""
        look = self._look(font_name=face, font_size=size, align=align.value, valign="vcenter", text_wrap=True,
                          bold=bold, quote_prefix=words.startswith(FORMULA_STARTS))
        self._merge(self.row, 0, self.row, self.last_column, look)
        self.sheet.write_string(self.row, 0, words, look)
        lines = lines_needed(words, int(sum(self.pixels) * UNITS_OF_PIXEL * 10 / size))
        self.sheet.set_row(self.row, max(points, lines * size * 1.35 + ROW_PADDING))
        self.row += 1

    def _unit_line(self) -> None:
        """The unit on the left, the unit of money on the right of one row."""
        middle = _middle_column(self.form)
        for first, last, words, align in ((0, middle, self.form.unit_line, "left"),
                                          (middle + 1, self.last_column, self.form.money_unit_line, "right")):
            look = self._look(font_name=TABLE_FACE, font_size=10, align=align, valign="vcenter")
            self._merge(self.row, first, self.row, last, look)
            self.sheet.write_string(self.row, first, words, look)
        self.row += 1

    def _prose(self, prose: Prose) -> None:
        for paragraph in prose.paragraphs:
            self._line(("　　" if prose.indent else "") + paragraph, face=LETTER_FACE, size=14, align=prose.align,
                       bold=prose.bold, points=LETTER_LINE_POINTS)

    def _table(self, table: Table) -> None:
        first = self.row
        placed_rows = place_cells(table, len(self.form.columns))
        for placed in (placed for row in placed_rows for placed in row):
            self._cell(placed, first)
        for place, points in enumerate(self._row_points(placed_rows)):
            self.sheet.set_row(first + place, min(MOST_ROW_POINTS, points))
        if table.header_rows:
            self.sheet.repeat_rows(first, first + table.header_rows - 1)
        self.row = first + len(table.rows)

    def _cell(self, placed: Placed, first: int) -> None:
        cell = placed.cell
        row, look = first + placed.row, self._cell_look(cell)
        self._merge(row, placed.column, first + placed.last_row, placed.last_column, look)
        if cell.amount is not None and _survives_as_double(cell.amount):
            self.sheet.write_number(row, placed.column, cell.amount, look)
        elif cell.text:
            self.sheet.write_string(row, placed.column, cell.text, look)
        else:
            self.sheet.write_blank(row, placed.column, None, look)

    def _cell_look(self, cell: Cell) -> Format:
        align = Align.CENTER if cell.vertical else cell.alignment
        look = {"font_name": TABLE_FACE, "font_size": 10, "align": align.value, "valign": "vcenter",
                "text_wrap": not cell.vertical, "border": 1, "bold": cell.bold, "num_format": cell.number_format or "@"}
        if cell.vertical:
            look["rotation"] = STACKED
        if cell.text.startswith(FORMULA_STARTS) and cell.amount is None:
            look["quote_prefix"] = True
        return self._look(**look)

    def _merge(self, first_row: int, first_column: int, last_row: int, last_column: int, look: Format) -> None:
        if (first_row, first_column) != (last_row, last_column):
            self.sheet.merge_range(first_row, first_column, last_row, last_column, "", look)

    def _row_points(self, rows: list[list[Placed]]) -> list[float]:
        """Row heights that show every text whole: programs do not fit the height of merged cells themselves."""
        points = [LINE_POINTS + ROW_PADDING + 2.0] * len(rows)
        cells = sorted((placed for row in rows for placed in row), key=lambda placed: placed.cell.rowspan)
        for placed in cells:
            covered = range(placed.row, placed.last_row + 1)
            lacking = self._points_of(placed) - sum(points[row] for row in covered)
            for row in covered:
                points[row] += max(0.0, lacking) / len(covered)
        return points

    def _points_of(self, placed: Placed) -> float:
        if placed.cell.vertical:
            return len(placed.cell.text) * LINE_POINTS + ROW_PADDING
        pixels = sum(self.pixels[placed.column:placed.last_column + 1]) - 6
        return lines_needed(placed.cell.text, int(pixels * UNITS_OF_PIXEL)) * LINE_POINTS + ROW_PADDING


def _column_pixels(form: FormDocument) -> list[int]:
    whole = MILLIMETRES_WIDE[form.orientation] * PIXELS_OF_MILLIMETRE
    return [round(whole * width / sum(form.columns)) for width in form.columns]


def _middle_column(form: FormDocument) -> int:
    """The last column left of the unit of money, which needs about a third of the width."""
    reached = 0
    for column, width in enumerate(form.columns[:-1]):
        reached += width
        if 3 * reached >= 2 * sum(form.columns):
            return column
    return max(0, len(form.columns) - 2)


def _survives_as_double(value: Decimal) -> bool:
    """Whether the 15 digits that a workbook keeps of a figure are all of it."""
    return Decimal(f"{value:.15g}") == value
