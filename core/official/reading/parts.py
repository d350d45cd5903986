"""Where the forms of a file begin and end: on sheets of their own, one below the other, one table after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.layout import areas_in_row, find_label
from core.official.reading.head import DEPARTMENT, PROJECT
from core.official.reading.kinds import kind_of_title
from core.sheets import Book, Grid


def parts_of(book: Book) -> list[Sequence[Grid]]:
    """The grids of each form. Rows of other forms on the same sheet are blank, so that cells keep their addresses."""
    shown = [grid for grid in book.grids if not grid.hidden and (grid.rows or grid.before)]
    if book.kind == "docx":
        return _tables_of_forms([grid for grid in shown if "." not in grid.name])
    return [[part] for grid in shown for part in _forms_of_sheet(grid)]


def _tables_of_forms(grids: Sequence[Grid]) -> list[Sequence[Grid]]:
    """A form begins with the table that a title stands above."""
    starts = [place for place, grid in enumerate(grids) if any(kind_of_title(line) for line in grid.before)]
    parts = [grids[first:after] for first, after in _spans(starts, len(grids))]
    return parts if len(parts) > 1 and all(any(map(_names_something, part)) for part in parts) else [grids]


def _forms_of_sheet(grid: Grid) -> list[Grid]:
    parts = [_only(grid, range(first, after)) for first, after in _spans(list(_title_rows(grid)), len(grid.rows))]
    return parts if len(parts) > 1 and all(map(_names_something, parts)) else [grid]


def _title_rows(grid: Grid) -> Iterator[int]:
    for row in range(len(grid.rows)):
        said = [place for place in areas_in_row(grid, row) if place.text]
        if len(said) == 1 and said[0].row == row and kind_of_title(said[0].text):
            yield row


def _spans(starts: Sequence[int], end: int) -> list[tuple[int, int]]:
    """From each start to the next; what stands before the first belongs to it."""
    return list(zip([0, *starts[1:]], [*starts[1:], end], strict=True)) if starts else [(0, end)]


def _only(grid: Grid, rows: range) -> Grid:
    kept = [row if index in rows else [""] * len(row) for index, row in enumerate(grid.rows)]
    return replace(grid, rows=kept, uncomputed=tuple(cell for cell in grid.uncomputed if cell[0] in rows))


def _names_something(grid: Grid) -> bool:
    return find_label(grid, *PROJECT, *DEPARTMENT) is not None
