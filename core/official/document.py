"""An official form as a table document: what stands in which cell, before anyone decides on PDF, Word or a workbook.

Pure: no Django. The renderers are `core.official.paper` (PDF), `word` (.docx) and `workbook` (.xlsx) beside it.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.money import half_up

# The faces of Chinese office machines, by name; a PDF embeds its own.
TITLE_FACE, ANNEX_FACE, TABLE_FACE, LETTER_FACE = "方正小标宋简体", "黑体", "宋体", "仿宋"


class Kind(StrEnum):
    LABEL = "label"
    TEXT = "text"
    NUMBER = "number"


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Orientation(StrEnum):
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


DEFAULT_ALIGN = {Kind.LABEL: Align.CENTER, Kind.TEXT: Align.LEFT, Kind.NUMBER: Align.RIGHT}


def clean(value: str) -> str:
    """A text without what comes along unseen when one pastes: tabs, carriage returns, zero-width characters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))


@dataclass(frozen=True)
class Cell:
    """One cell. `text` is what is printed; `amount` beside it the exact figure a workbook keeps under `number_format`.

    `vertical` sets the characters of a short label below each other.
    """

    text: str = ""
    kind: Kind = Kind.TEXT
    colspan: int = 1
    rowspan: int = 1
    align: Align | None = None
    bold: bool = False
    vertical: bool = False
    amount: Decimal | None = None
    number_format: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))

    @property
    def alignment(self) -> Align:
        return self.align or DEFAULT_ALIGN[self.kind]


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Placed:
    """A cell with its place in its table, counted from 0. An open edge is one that a merged cell was cut along."""

    cell: Cell
    row: int
    column: int
    open_top: bool = False
    open_bottom: bool = False

    @property
    def last_row(self) -> int:
        return self.row + self.cell.rowspan - 1

    @property
    def last_column(self) -> int:
        return self.column + self.cell.colspan - 1


@dataclass(frozen=True)
class Table:
    """Rows on the column grid of their document; the first `header_rows` come again on every page.

    As in HTML, a row leaves out the places that a merged cell above it covers.
    """

    rows: tuple[Row, ...]
    header_rows: int = 0


@dataclass(frozen=True)
class Prose:
    """Paragraphs across the whole width, for letters; `indent` begins each with two blank characters."""

    paragraphs: tuple[str, ...]
    align: Align = Align.LEFT
    indent: bool = True
    bold: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraphs", tuple(map(clean, self.paragraphs)))


Block = Table | Prose


@dataclass(frozen=True)
class FormDocument:
    """An official form. `columns` are the relative widths of the one column grid that all its tables share.

    Raises ValueError when the cells of a table do not fill that grid exactly.
    """

    title: str
    columns: tuple[int, ...]
    blocks: tuple[Block, ...]
    year_label: str = ""
    annex: str = ""
    unit_line: str = ""
    money_unit_line: str = ""
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    reference: str = ""
    version: str = ""
    printed_at: datetime | None = None
    orientation: Orientation = Orientation.PORTRAIT

    def __post_init__(self) -> None:
        for table in self.tables:
            place_cells(table, len(self.columns))

    @property
    def tables(self) -> list[Table]:
        return [block for block in self.blocks if isinstance(block, Table)]

    @property
    def check_code(self) -> str:
        return check_code(self)


def label(text: str, *, colspan: int = 1, rowspan: int = 1, align: Align | None = None,
          bold: bool = False, vertical: bool = False) -> Cell:
    """A heading of a row or column, centred."""
    return Cell(text, Kind.LABEL, colspan, rowspan, align, bold, vertical)


def text(value: str = "", *, colspan: int = 1, rowspan: int = 1, align: Align | None = None,
         bold: bool = False) -> Cell:
    """What was filled in, set to the left."""
    return Cell(value, Kind.TEXT, colspan, rowspan, align, bold)


def number(value: Decimal | None, *, places: int = 2, blank: str = "", colspan: int = 1, rowspan: int = 1,
           align: Align | None = None, bold: bool = False) -> Cell:
    """A figure with thousands separators, rounded for the eye only; `blank` is printed where there is none."""
    if value is None:
        return Cell(blank, Kind.NUMBER, colspan, rowspan, align, bold)
    number_format = "#,##0" + ("." + "0" * places if places else "")
    return Cell(f"{half_up(value, places):,}", Kind.NUMBER, colspan, rowspan, align, bold,
                amount=value, number_format=number_format)


def percent(ratio: Decimal | None, *, places: int = 1, blank: str = "", colspan: int = 1, rowspan: int = 1,
            align: Align | None = None, bold: bool = False) -> Cell:
    """A ratio of 0–1 as "96.0%"."""
    if ratio is None:
        return Cell(blank, Kind.NUMBER, colspan, rowspan, align, bold)
    number_format = "0" + ("." + "0" * places if places else "") + "%"
    return Cell(f"{half_up(ratio * 100, places)}%", Kind.NUMBER, colspan, rowspan, align, bold,
                amount=ratio, number_format=number_format)


def place_cells(table: Table, width: int) -> list[list[Placed]]:
    """The cells of each row with their places. Raises ValueError when they leave a gap, overlap or stick out."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for row, cells in enumerate(table.rows):
        placed.append([_place(cell, row, width, len(table.rows), taken) for cell in cells])
        gaps = [column for column in range(width) if (row, column) not in taken]
        if gaps:
            raise ValueError(f"第 {row + 1} 行的第 {gaps[0] + 1} 列没有单元格，请补齐这一行。")
    return placed


def _place(cell: Cell, row: int, width: int, height: int, taken: set[tuple[int, int]]) -> Placed:
    column = next((column for column in range(width) if (row, column) not in taken), width)
    found = Placed(cell, row, column)
    covered = {(y, x) for y in range(row, found.last_row + 1) for x in range(column, found.last_column + 1)}
    if found.last_column >= width or found.last_row >= height or covered & taken:
        raise ValueError(f"第 {row + 1} 行的单元格“{cell.text}”超出表格或与别的单元格重叠，请检查跨行、跨列数。")
    taken |= covered
    return found


def head_and_body(table: Table, width: int) -> tuple[list[list[Placed]], list[list[Placed]]]:
    """The repeated rows and the others.

    A label that reaches from one into the other is cut in two with no line between, its words in the lower part:
    paper formats cannot repeat a row that is merged with the next.
    """
    rows = place_cells(table, width)
    edge = table.header_rows
    head = [list(row) for row in rows[:edge]]
    body = [list(row) for row in rows[edge:]]
    for row in head:
        for number_in_row, placed in enumerate(row):
            if placed.last_row >= edge:
                above, below = _cut(placed, edge)
                row[number_in_row] = above
                body[0].append(below)
    if body:
        body[0].sort(key=lambda placed: placed.column)
    return head, body


def _cut(placed: Placed, edge: int) -> tuple[Placed, Placed]:
    above = replace(placed.cell, text="", rowspan=edge - placed.row, amount=None)
    below = replace(placed.cell, rowspan=placed.last_row + 1 - edge)
    return replace(placed, cell=above, open_bottom=True), replace(placed, cell=below, row=edge, open_top=True)


def cut_tall(rows: list[list[Placed]], most: int) -> list[list[Placed]]:
    """Merged cells of more than `most` rows as several, each with the words and no line between, so that a reader
    finds them on every page of a long table.
    """
    cut: list[list[Placed]] = [[] for _ in rows]
    first = rows[0][0].row if rows else 0
    for placed in (placed for row in rows for placed in row):
        rest = placed
        while rest.cell.rowspan > most:
            above = replace(rest.cell, rowspan=most)
            below = replace(rest.cell, rowspan=rest.cell.rowspan - most)
            cut[rest.row - first].append(replace(rest, cell=above, open_bottom=True))
            rest = replace(rest, cell=below, row=rest.row + most, open_top=True)
        cut[rest.row - first].append(rest)
    return [sorted(row, key=lambda placed: placed.column) for row in cut]


def check_code(form: FormDocument) -> str:
    """Eight hexadecimal digits over everything the form says, its version included, the time of printing left out."""
    content = json.dumps(asdict(replace(form, printed_at=None)), ensure_ascii=False, sort_keys=True, default=_plain)
    digits = hashlib.sha256(content.encode()).hexdigest()[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


def _plain(value: object) -> str:
    """An amount without its trailing zeros, so that 1150 and 1150.00 are the same figure."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(f"“{value!r}”不能写进校验码，请改用文字或数值。")


def texts_of(form: FormDocument) -> Iterator[tuple[str, str]]:
    """Everything the form prints, each with where it stands, in words for a person."""
    yield from (
        ("附件号", form.annex), ("标题", form.title), ("年度", form.year_label), ("填报单位行", form.unit_line),
        ("金额单位行", form.money_unit_line), ("编号", form.reference), ("版本", form.version),
    )
    yield from _numbered("第 {} 条注", form.notes)
    yield from _numbered("第 {} 个签名处", form.signatures)
    tables = 0
    for block in form.blocks:
        if isinstance(block, Prose):
            yield from _numbered("正文第 {} 段", block.paragraphs)
            continue
        tables += 1
        for row in place_cells(block, len(form.columns)):
            for placed in row:
                yield f"表 {tables} 第 {placed.row + 1} 行第 {placed.column + 1} 列", placed.cell.text


def _numbered(pattern: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    for place, value in enumerate(values, start=1):
        yield pattern.format(place), value


def text_units(value: str) -> int:
    """The width of a text in half characters: a Chinese character counts two."""
    return sum(2 if ord(character) >= 0x2E80 or character in "“”‘’…—" else 1 for character in value)


def lines_needed(value: str, units: int) -> int:
    """How many lines a text takes in a cell that many half characters wide, at least one."""
    return sum(max(1, -(-text_units(line) // max(2, units))) for line in value.split("\n"))
