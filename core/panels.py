"""What the apps show of a project: each registers panels and history columns, so that no app imports one above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Panel:
    """``build(project_year, user)`` returns the template's context as plain data, or ``None`` to leave it out."""

    key: str
    label: str
    order: int
    template: str
    build: Callable[[Any, Any], dict[str, Any] | None]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    _panels[panel.key] = panel


def registered() -> list[Panel]:
    return sorted(_panels.values(), key=lambda panel: panel.order)


@dataclass(frozen=True, kw_only=True)
class HistoryColumn:
    """A column of the table of a project's years.

    ``values(project_years, user)`` gives the cell of that ``kind`` (components/_table.html) by the number of the
    project-year; years without one show “—”.
    """

    key: str
    label: str
    order: int
    kind: str
    values: Callable[[Sequence[Any], Any], Mapping[int, Any]]


_history: dict[str, HistoryColumn] = {}


def register_history(column: HistoryColumn) -> None:
    _history[column.key] = column


def history_columns() -> list[HistoryColumn]:
    return sorted(_history.values(), key=lambda column: column.order)
