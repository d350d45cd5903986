"""Where a form is read from: one sheet, or the tables of one document one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.layout import Label, Place, Table, TableRow, areas_in_row, find_labels
from core.official.filled import Written
from core.sheets import Grid, cell_name

_ERRORS = ("#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "Err:")


def top_of(table: Table) -> int:
    """The first row of the heading: merged headings may begin above the row that names the columns."""
    names = [table.grid.area(table.header[1], first) for first, _ in table.columns.values()]
    return min(table.header[0], *(area.first_row for area in names))


@dataclass(frozen=True)
class Source:
    grids: Sequence[Grid]

    def cell(self, grid: Grid, name: str) -> str:
        """The address of a cell, with the table before it where there are several."""
        return f"{grid.name}!{name}" if name and len(self.grids) > 1 else name

    def at(self, grid: Grid, row: int, column: int) -> Written:
        area = grid.area(row, column)
        return Written(text=grid.text(row, column),
                       cell=self.cell(grid, cell_name(area.first_row, area.first_column)))

    def of_place(self, grid: Grid, place: Place) -> Written:
        return Written(text=place.text, cell=self.cell(grid, place.cell))

    def of_row(self, grid: Grid, row: TableRow) -> dict[str, Written]:
        """The cells of a table row by column."""
        return {name: Written(text=text, cell=self.cell(grid, row.cell(name))) for name,
                text in row.texts.items()}

    def labels(self, *words: str, tables: "Tables", above: bool = False) -> Iterator[tuple[Grid, Label]]:
        """The labels of all grids in reading order, without those inside a table.

        `above` leaves out what stands below the main table too.
        """
        for grid in self.grids:
            for label in find_labels(grid, *words, end=tables.end(grid) if above else None):
                if label.place is None or not tables.holds(grid, label.place.row):
                    yield grid, label

    def texts(self, grid: Grid, *, start: int = 0, end: int | None = None) -> Iterator[tuple[int, Place]]:
        """Every filled area once, with the row it begins in."""
        for row in range(start, len(grid.rows) if end is None else min(end, len(grid.rows))):
            for place in areas_in_row(grid, row):
                if place.text and place.row == row:
                    yield row, place

    def faulty_cells(self) -> tuple[Written, ...]:
        """Cells that show an error of a formula."""
        return tuple(
            self.of_place(grid, place) for grid in self.grids for _, place in self.texts(grid)
            if place.text.startswith(_ERRORS)
        )

    def uncomputed(self) -> tuple[str, ...]:
        return tuple(
            self.cell(grid, cell_name(row, column)) for grid in self.grids for row, column in grid.uncomputed
        )

    def prose(self) -> list[str]:
        """Every line of text in reading order, for letters."""
        lines = []
        for grid in self.grids:
            lines += [*grid.before, *(place.text for _, place in self.texts(grid)), *grid.after]
        return [line for text in lines for line in text.split("\n") if line.strip()]


@dataclass(frozen=True)
class Tables:
    """The rows that the tables of a form take up, by grid name; above `main` stands the head of the form."""

    main: Mapping[str, range]
    others: Mapping[str, range] = field(default_factory=dict)

    def end(self, grid: Grid) -> int:
        """Where the head of the form ends."""
        return self.main[grid.name].start if grid.name in self.main else len(grid.rows)

    def holds(self, grid: Grid, row: int) -> bool:
        return any(row in rows[grid.name] for rows in (self.main, self.others) if grid.name in rows)
