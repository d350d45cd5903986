"""From a workbook's grids to clean rows: headings found by their words, every bad cell reported at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import tablib
from import_export import resources

from core.imports.columns import Column
from core.sheets import Grid

HEADER_SEARCH_ROWS = 20
PROGRESS_ROWS = 2_000


ERRORS_SHEET = "导入错误"
"""The sheet on which a rejected workbook lists its errors; it is passed over when the workbook comes again."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CellError:
    """One thing wrong in a workbook; ``row`` counts from 1 as the spreadsheet program shows it, ``place`` from 0."""

    sheet: str
    row: int | None
    column: str
    value: str
    message: str
    place: int | None = None

    def as_data(self) -> dict[str, Any]:
        return vars(self).copy()


@dataclass
class Row:
    """Cleaned values of one line and where they stood."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: Sequence[str]
    places: Mapping[str, int]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def text(self, name: str) -> str:
        """What was written in the column; "" where the sheet has no such column."""
        place = self.places.get(name)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def error(self, column: Column, message: str) -> CellError:
        return CellError(
            self.sheet, self.number, column.heading, self.text(column.name), message, self.places.get(column.name)
        )


class SheetResource(resources.Resource):
    """The columns of one sheet. Subclasses declare ``Column`` fields, a ``sheet_name`` and the ``key`` of a row."""

    sheet_name: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    @classmethod
    @cache
    def columns(cls) -> list[Column]:
        return [column for column in cls().fields.values() if isinstance(column, Column)]

    @classmethod
    @cache
    def column(cls, name: str) -> Column:
        return next(column for column in cls.columns() if column.name == name)

    @classmethod
    def dataset(cls, records: Iterable[Any] = ()) -> tablib.Dataset:
        """The sheet with these records, or empty as a template."""
        columns = cls.columns()
        data = tablib.Dataset(headers=[column.heading for column in columns], title=cls.sheet_name)
        for record in records:
            data.append([column.write(record) for column in columns])
        return data

    @classmethod
    def key_of(cls, row: Row) -> tuple[Any, ...]:
        return tuple([row.values[name] for name in cls.key])


def read_sheet(
    resource: type[SheetResource], grids: Sequence[Grid], progress: Callable[[int], None] = lambda rows: None
) -> tuple[list[Row], list[CellError]]:
    """Rows and errors of the sheet the resource describes. ``progress`` is told at times how many rows were read."""
    grid = _find_grid(resource, grids)
    if grid is None:
        return [], [CellError(resource.sheet_name, None, "", "", f"没有找到工作表“{resource.sheet_name}”，请使用模板填写。")]
    start, places = _find_header(resource, grid)
    missing = [column for column in resource.columns() if column.required and column.name not in places]
    if start is None or missing:
        headings = "、".join(column.heading for column in missing or resource.columns())
        return [], [CellError(grid.name, None, "", "", f"没有找到列：{headings}，请核对表头文字。")]
    rows, errors = [], []
    readers = [(column, places.get(column.name), {}) for column in resource.columns()]
    for number, cells in enumerate(grid.rows[start + 1:], start=start + 2):
        if number % PROGRESS_ROWS == 0:
            progress(number)
        if not any(cells):
            continue
        row = Row(grid.name, number, {}, cells, places)
        faults = _read_row(row, readers)
        errors += faults
        if not faults:
            rows.append(row)
    if not rows and not errors:
        errors.append(CellError(grid.name, None, "", "", "只有表头没有内容，请填写后再上传。"))
    return rows, errors + _duplicates(resource, rows)


def _find_grid(resource: type[SheetResource], grids: Sequence[Grid]) -> Grid | None:
    named = next((grid for grid in grids if grid.name == resource.sheet_name), None)
    return named or (grids[0] if len(grids) == 1 else None)


def _find_header(resource: type[SheetResource], grid: Grid) -> tuple[int | None, dict[str, int]]:
    """The row that names most of the columns, and the place of each column in it."""
    best: tuple[int | None, dict[str, int]] = (None, {})
    for number, cells in enumerate(grid.rows[:HEADER_SEARCH_ROWS]):
        words = {"".join(text.split()).rstrip("*"): place for place, text in reversed(list(enumerate(cells))) if text}
        places = {
            column.name: words[heading]
            for column in resource.columns()
            for heading in reversed(column.headings) if heading in words
        }
        if len(places) > len(best[1]):
            best = (number, places)
    return best


def _read_row(row: Row, readers: Sequence[tuple[Column, int | None, dict[str, Any]]]) -> list[CellError]:
    """Clean the row's cells. Each column keeps what its texts mean: most are repeated in many rows."""
    errors, cells, width = [], row.cells, len(row.cells)
    for column, place, meanings in readers:
        text = cells[place] if place is not None and place < width else ""
        if text not in meanings:
            try:
                meanings[text] = column.read(text)
            except ValueError as error:
                errors.append(row.error(column, f"{column.heading}“{text}”{error}"))
                continue
        row.values[column.name] = meanings[text]
    return errors


def _duplicates(resource: type[SheetResource], rows: Sequence[Row]) -> list[CellError]:
    first_seen: dict[tuple, int] = {}
    errors = []
    for row in rows:
        key = resource.key_of(row)
        if key in first_seen:
            column = resource.column(resource.key[-1])
            errors.append(row.error(column, f"与第 {first_seen[key]} 行重复，请只保留一行。"))
        first_seen.setdefault(key, row.number)
    return errors


@dataclass(frozen=True)
class Change:
    """What one row would do: ``create``, ``change`` or ``same``; ``details`` lists label, old and new text."""

    kind: str
    key: str
    details: list[dict[str, str]]


@dataclass
class Plan:
    """What a checked workbook would do, and all that stands against it."""

    errors: list[CellError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {kind: sum(change.kind == kind for change in self.changes) for kind in ("create", "change", "same")}


class WorkbookImport:
    """One kind of workbook. ``check`` reads and compares, ``commit`` writes everything or nothing."""

    kind: ClassVar[str]
    title: ClassVar[str]
    sheets: ClassVar[Sequence[type[SheetResource]]]

    def __init__(self, *, by, progress: Progress = lambda done, total: None):
        self.by = by
        self.progress = progress
        self.rows: dict[type[SheetResource], list[Row]] = {}

    @classmethod
    def allowed(cls, user) -> bool:
        """Whether the person may import this kind at all."""
        raise NotImplementedError

    def check(self, grids: Sequence[Grid]) -> Plan:
        """Read every sheet, then compare with what is there. All errors at once."""
        plan = Plan()
        grids = [grid for grid in grids if grid.name != ERRORS_SHEET]
        done, total = 0, sum(len(grid.rows) for grid in grids)
        for resource in self.sheets:
            self.rows[resource], errors = read_sheet(
                resource, grids, lambda rows, before=done: self.progress(before + rows, total)
            )
            plan.errors += errors
            done += len(self.rows[resource])
        self.progress(total, total)
        if not plan.errors:
            self.compare(plan)
        return plan

    def compare(self, plan: Plan) -> None:
        """Fill ``plan.errors`` with what contradicts the records and ``plan.changes`` with what would be done."""
        raise NotImplementedError

    def commit(self, *, at: datetime) -> dict[str, int]:
        """Write the checked rows inside the caller's transaction; returns counts for the audit entry."""
        raise NotImplementedError


_kinds: dict[str, type[WorkbookImport]] = {}


def register_import(kind: type[WorkbookImport]) -> type[WorkbookImport]:
    _kinds[kind.kind] = kind
    return kind


def import_kinds() -> dict[str, type[WorkbookImport]]:
    return dict(_kinds)
