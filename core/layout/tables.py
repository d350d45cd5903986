"""Tables found by the words of their header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.layout.places import areas_in_row
from core.layout.vocabulary import FOOTERS, TOTALS
from core.layout.words import bare, rank_of, says
from core.sheets import Grid, cell_name

_DEEPEST_HEADER = 3


@dataclass(frozen=True)
class TableRow:
    """One line of a table: its texts by column name, and all its cells."""

    index: int
    texts: Mapping[str, str]
    cells: Sequence[str]
    heading: str
    places: Mapping[str, tuple[int, int]]

    @property
    def number(self) -> int:
        """The row as a spreadsheet program counts, from 1."""
        return self.index + 1

    def __getitem__(self, name: str) -> str:
        """The text of a column, "" where the table has no such column."""
        return self.texts.get(name, "")

    def cell(self, name: str) -> str:
        """The address of a column's cell in this row; of a merged area its first cell; "" without such a column."""
        return cell_name(*self.places[name]) if name in self.places else ""


@dataclass(frozen=True)
class Table:
    """A table found by its header words.

    ``header`` is its first and last header row; ``columns`` gives the first and last column of each name found.
    ``total`` is the row of totals below it. ``end`` is the first row that no longer belongs to it.
    """

    grid: Grid
    header: tuple[int, int]
    columns: Mapping[str, tuple[int, int]]
    rows: Sequence[TableRow]
    total: TableRow | None
    end: int

    def header_cell(self, name: str) -> str:
        """The address of a column's heading."""
        return cell_name(self.header[1], self.columns[name][0])

    def header_text(self, name: str) -> str:
        return self.grid.text(self.header[1], self.columns[name][0])


def find_table(
    grid: Grid,
    columns: Mapping[str, tuple[str, ...]],
    *,
    required: Sequence[str] = (),
    start: int = 0,
    stop: Sequence[str] = FOOTERS,
    carry: Sequence[str] = (),
    within: tuple[int, int] | None = None,
) -> Table | None:
    """The table whose header names most of the columns, from row ``start`` on; None without the required ones.

    The header may have up to three rows; a column is then named by the lower cell, or by upper and lower cell together
    (全年执行数 above 财政拨款: 全年执行数财政拨款). The body ends before the first row that says one of ``stop`` in its first cells.
    ``carry`` names columns whose empty cells repeat the cell above, from the outer to the inner.
    ``within`` limits the search to columns from … to, for tables that stand side by side.
    """
    best = None
    for row in range(start, len(grid.rows)):
        for depth in range(1, _DEEPEST_HEADER + 1):
            if row + depth > len(grid.rows):
                break
            found = _header_places(grid, row, depth, columns, within, (required[:1], carry))
            if not found or any(name not in found for name in required):
                continue
            merit = (len(found), -depth, -row)
            if best is None or merit > best[0]:
                best = (merit, row, depth, found)
    if best is None:
        return None
    _, row, depth, found = best
    last = row + depth - 1
    reach = max(grid.area(last, first).last_row for first, _ in found.values())
    return _read_body(grid, (row, min(reach, row + _DEEPEST_HEADER - 1)), found, columns, stop, carry)


def _header_places(
    grid: Grid, row: int, depth: int, columns: Mapping[str, tuple[str, ...]], within: tuple[int, int] | None,
    order: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> dict[str, tuple[int, int]]:
    """Column name → first and last column, for the names found in these rows; the more telling word wins.

    ``order`` is the subject of the table and its levels. Of two equal headings the one behind the subject counts:
    points left of it are those of a level. The levels themselves stand in front.
    """
    bottom = row + depth - 1
    found: dict[str, tuple[int, tuple[int, int]]] = {}
    first_column, last_column = within or (0, len(grid.rows[bottom]) - 1)
    for place in areas_in_row(grid, bottom):
        if not first_column <= place.column <= last_column:
            continue
        heading = _heading_at(grid, row, bottom, place.column)
        name, rank = _best_name(heading, columns)
        if name and (name not in found or rank < found[name][0] or _is_behind(found, name, rank, *order)):
            area = grid.area(bottom, place.column)
            found[name] = rank, (area.first_column, area.last_column)
    return {name: span for name, (_, span) in found.items()}


def _is_behind(found: Mapping[str, tuple[int, tuple[int, int]]], name: str, rank: int, subject: Sequence[str],
               levels: Sequence[str]) -> bool:
    earlier, (column, _) = found[name]
    in_front = any(word in found and found[word][1][0] > column for word in subject)
    return rank == earlier and in_front and name not in levels


def _heading_at(grid: Grid, top: int, bottom: int, column: int) -> list[str]:
    """What a column may be called: upper and lower words together, the lower alone, the upper above an empty one."""
    texts = list(dict.fromkeys(filter(None, (grid.text(row, column) for row in range(top, bottom + 1)))))
    if not texts:
        return []
    joined = "".join(bare(text) for text in texts)
    return [joined, texts[-1]] if len(texts) > 1 else [texts[0]]


def _best_name(headings: Sequence[str], columns: Mapping[str, tuple[str, ...]]) -> tuple[str | None, int]:
    for heading in headings:
        ranks = [
            (rank, name) for name, words in columns.items()
            if (rank := _rank_of_heading(heading, words)) is not None
        ]
        if ranks:
            rank, name = min(ranks, key=lambda pair: pair[0])
            return name, rank
    return None, 0


@lru_cache(maxsize=50_000)
def _rank_of_heading(heading: str, words: tuple[str, ...]) -> int | None:
    return rank_of(heading, words) if len(heading) <= 60 else None


def _read_body(
    grid: Grid, header: tuple[int, int], places: Mapping[str, tuple[int, int]], columns: Mapping[str, tuple[str, ...]],
    stop: Sequence[str], carry: Sequence[str],
) -> Table:
    rows: list[TableRow] = []
    total, index = None, header[1] + 1
    while index < len(grid.rows):
        row = _table_row(grid, index, places)
        if _ends_table(grid, index, stop):
            total = row if _ends_table(grid, index, TOTALS) else None
            break
        if any(row.texts.values()) and not _is_aside(grid, index, places) and not _repeats_header(row, columns):
            rows.append(_carried(row, rows[-1] if rows else None, carry))
        index += 1
    return Table(grid, header, places, rows, total, index)


def _table_row(grid: Grid, index: int, places: Mapping[str, tuple[int, int]]) -> TableRow:
    anchors = {}
    for name, (first, _) in places.items():
        area = grid.area(index, first)
        anchors[name] = (area.first_row, area.first_column)
    texts = {name: _text_across(grid, index, first, last) for name, (first, last) in places.items()}
    leftmost = min(first for first, _ in places.values())
    heading = next((text for text in reversed(grid.rows[index][:leftmost]) if text), "")
    return TableRow(index, texts, grid.rows[index], heading, anchors)


def _text_across(grid: Grid, row: int, first: int, last: int) -> str:
    """The cells under one heading as one text: ≥ and 95% give ≥95%; two figures stay apart."""
    text, column = "", first
    while column <= last and column < len(grid.rows[row]):
        piece = grid.rows[row][column]
        gap = " " if text[-1:].isdigit() and piece[:1].isdigit() else ""
        text += gap + piece if piece else ""
        column = grid.area(row, column).last_column + 1
    return text


def _ends_table(grid: Grid, index: int, stop: Sequence[str]) -> bool:
    texts = [place.text for place in areas_in_row(grid, index) if place.text and place.row == index]
    return any(says(text, stop) for text in texts[:2])


def _is_aside(grid: Grid, index: int, places: Mapping[str, tuple[int, int]]) -> bool:
    """A title or note across all the columns of the table."""
    return len(places) > 1 and len({grid.area(index, first) for first, _ in places.values()}) == 1


def _repeats_header(row: TableRow, columns: Mapping[str, tuple[str, ...]]) -> bool:
    same = [name for name, text in row.texts.items() if _rank_of_heading(text, columns[name]) is not None]
    return len(same) * 2 > len(row.texts)


def _carried(row: TableRow, above: TableRow | None, carry: Sequence[str]) -> TableRow:
    """Empty cells of the carried columns repeat those above; a new outer cell ends the repeating of the inner ones."""
    if above is None:
        return row
    texts, places = dict(row.texts), dict(row.places)
    for name in carry:
        if name not in texts:
            continue
        if texts[name]:
            if texts[name] != above.texts[name]:
                break
            continue
        texts[name], places[name] = above.texts[name], above.places[name]
    return TableRow(row.index, texts, row.cells, row.heading, places)
