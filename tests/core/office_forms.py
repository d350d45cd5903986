"""Clean filled forms as offices lay them out, and the same with a few cells changed.

Each file of tests/data/forms/offices is one sheet: a line a row, cells between |, {3x2} behind a cell that is three
columns wide and two rows high, \\n for a new line in a cell. A row leaves out what a cell above or before it covers.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from core.official.checking import Checked, check, rulebook_named
from core.official.reading import read_forms_of_book
from core.sheets import Book, cell_name, read_book
from tests.core.filled_forms import workbook

FOLDER = Path(__file__).parent.parent / "data" / "forms" / "offices"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))
RULESETS = {"自评-湖北二十分": "hubei-20"}
_MERGED = re.compile(r"(.*)\{(\d+)x(\d+)\}", re.DOTALL)


def rows_of(name: str) -> list[list]:
    """The rows as `filled_forms.workbook` takes them."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [[_cell(text.strip()) for text in line.split("|")] if line else [] for line in lines]


def _cell(text: str) -> str | tuple[str, int, int]:
    text = text.replace("\\n", "\n")
    merged = _MERGED.fullmatch(text)
    return (merged[1], int(merged[2]), int(merged[3])) if merged else text


@cache
def book_of(name: str) -> Book:
    return read_book(workbook(rows_of(name), sheet="表"), name="表.xlsx")


def with_cells(book: Book, changes: Mapping[str, str]) -> Book:
    """The same file with other texts in some cells of its first sheet."""
    grid, *others = book.grids
    rows = [list(row) for row in grid.rows]
    for row, cells in enumerate(grid.rows):
        for column in range(len(cells)):
            area = grid.area(row, column)
            name = cell_name(area.first_row, area.first_column)
            if name in changes:
                rows[row][column] = changes[name]
    return replace(book, grids=[replace(grid, rows=rows), *others])


def checked(name: str, **changes: str) -> list[Checked]:
    """Every form of the file, checked as the command does; `changes` are texts by cell."""
    ruleset = RULESETS.get(name)
    book = rulebook_named(ruleset) if ruleset else None
    return [check(form, book) for form in read_forms_of_book(with_cells(book_of(name), changes))]


def told(name: str, **changes: str) -> set[tuple[str, str, str]]:
    """Severity, code and cell of every finding."""
    return {(finding.severity.value, finding.code, finding.cell)
            for each in checked(name, **changes) for finding in each.findings}
