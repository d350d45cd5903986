"""A grid of texts with its merged areas, and how a single value becomes text."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from core.sheets.problems import Damaged

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 20_000_000
_ROWS_OF_A_FORM = 1_000


class Area(NamedTuple):
    """A rectangle of cells, counted from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Place(NamedTuple):
    """A cell, or a merged area by its first cell."""

    row: int
    column: int
    text: str

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class Grid:
    """One sheet, or one table of a document. Row 0 is the sheet's first; trailing blank rows and columns are left out.

    Every cell of a merged area holds the area's text. ``before`` and ``after`` are the lines of text above and below a
    table of a document. ``uncomputed`` lists formula cells (row, column) for which the file holds no result.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[Area, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    hidden: bool = False
    uncomputed: tuple[tuple[int, int], ...] = ()

    @cached_property
    def _areas(self) -> dict[tuple[int, int], Area]:
        return {
            (row, column): area
            for area in self.merged
            for row in range(area.first_row, area.last_row + 1)
            for column in range(area.first_column, area.last_column + 1)
        }

    def area(self, row: int, column: int) -> Area:
        """The merged area a cell belongs to, or the cell alone."""
        return self._areas.get((row, column)) or Area(row, column, row, column)

    @cached_property
    def _places(self) -> dict[int, tuple[Place, ...]]:
        return {}

    def places(self, row: int) -> tuple[Place, ...]:
        """The cells of a row from the left, each merged area once; nothing outside the grid.

        Those of a form are asked for again and again and kept; those of a long list are not.
        """
        if len(self.rows) > _ROWS_OF_A_FORM:
            return tuple(self._places_in(row))
        if row not in self._places:
            self._places[row] = tuple(self._places_in(row))
        return self._places[row]

    def _places_in(self, row: int) -> Iterator[Place]:
        column = 0
        while row < len(self.rows) and column < len(self.rows[row]):
            area = self.area(row, column)
            yield Place(area.first_row, area.first_column, self.rows[row][column])
            column = area.last_column + 1

    def text(self, row: int, column: int) -> str:
        """The text of a cell; "" outside the grid."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)


def cell_name(row: int, column: int) -> str:
    """The address a spreadsheet program shows; both counted from 0: (0, 0) is A1."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def text_of(value: object) -> str:
    """A cell as a person reads it; numbers without exponent or trailing zeros, dates in ISO form.

    Numbers keep the 15 significant digits a spreadsheet program shows, so 0.1 + 0.2 is 0.3.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the blank rows below and the blank columns to the right."""
    while rows and not any(rows[-1]):
        rows.pop()
    widest = max(map(len, rows), default=0)
    if any(row[-1] for row in rows if len(row) == widest > 0):
        return rows
    width = max(map(_filled, rows), default=0)
    return [row[:width] for row in rows]


def _filled(row: Sequence[str]) -> int:
    for place in range(len(row), 0, -1):
        if row[place - 1]:
            return place
    return 0


def fill_merged(rows: list[list[str]], areas: Iterable[Area]) -> tuple[Area, ...]:
    """Put the text of each area into all its cells, in place; returns the areas cut to the size of the grid.

    Raises ``Damaged`` when the areas overlap, which no spreadsheet program writes.
    """
    room = sum(len(row) for row in rows)
    kept = []
    for first_row, first_column, last_row, last_column in dict.fromkeys(areas):
        last_row = min(last_row, len(rows) - 1)
        if first_row > last_row or first_row < 0:
            continue
        last_column = min(last_column, len(rows[first_row]) - 1)
        if first_column > last_column or first_column < 0:
            continue
        room -= (last_row - first_row + 1) * (last_column - first_column + 1)
        if room < 0:
            raise Damaged("merged areas overlap")
        text = rows[first_row][first_column]
        for row in rows[first_row:last_row + 1]:
            row[first_column:last_column + 1] = [text] * (last_column - first_column + 1)
        kept.append(Area(first_row, first_column, last_row, last_column))
    return tuple(kept)
