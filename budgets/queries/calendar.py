"""The calendar of a fiscal year as its page shows it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from budgets.models import FiscalYear, TaskWindow, WindowExtension, WindowStage
from core.models import Organisation


def year_under_way(years: Sequence[int], *, today: date) -> int | None:
    """The year whose windows are open now, else the newest one."""
    opened = TaskWindow.objects.filter(opens_on__lte=today, due_on__gte=today).order_by("-fiscal_year")
    return opened.values_list("fiscal_year", flat=True).first() or next(iter(years), None)


def windows_of(year: int | None, user, *, today: date) -> list[dict[str, Any]]:
    """Every stage of the year in its order with the window it has; ``own_due_on`` is a unit's own longer time."""
    windows = {window.stage: window for window in TaskWindow.objects.filter(fiscal_year=year)}
    longer, own = Counter(), defaultdict(list)
    for extension in extensions_of(year, user):
        longer[extension.window_id] += 1
        if extension.unit_id in user.sight.units:
            own[extension.window_id].append(extension.due_on)
    return [_row(stage, windows.get(stage), longer, own, today) for stage in WindowStage]


def _row(stage: WindowStage, window: TaskWindow | None, longer, own, today: date) -> dict[str, Any]:
    if window is None:
        return {"stage": stage.value, "label": stage.label, "window": None, "state": ""}
    own_due_on = max(own[window.pk], default=None)
    last_on = own_due_on or window.due_on
    return {
        "stage": stage.value, "label": stage.label, "window": window, "extended": longer[window.pk],
        "own_due_on": own_due_on, "last_on": last_on, "state": _state(window, last_on, today),
    }


def _state(window: TaskWindow, last_on: date, today: date) -> str:
    if today < window.opens_on:
        return "未开始"
    return "进行中" if today <= last_on else "已截止"


def extensions_of(year: int | None, user) -> list[WindowExtension]:
    found = WindowExtension.objects.visible_to(user).filter(window__fiscal_year=year)
    return list(found.select_related("window", "unit", "granted_by"))


def late_filing_label(year: int | None) -> str:
    """What the rule set of the year says of whoever comes late."""
    fiscal_year = FiscalYear.objects.select_related("ruleset").filter(year=year).first()
    return fiscal_year.rulebook().deadlines.late_filing.label if fiscal_year else ""


def own_limits(unit: Organisation | None, *, today: date, limit: int = 6) -> list[dict[str, Any]]:
    """The windows that end next for one unit, its own longer time counted in."""
    longer = dict(
        WindowExtension.objects.filter(unit=unit, due_on__gte=today).values_list("window", "due_on")
    ) if unit else {}
    windows = TaskWindow.objects.filter(due_on__gte=today) | TaskWindow.objects.filter(pk__in=longer)
    rows = [(longer.get(window.pk, window.due_on), window) for window in windows]
    return [
        {"window": window, "due_on": due_on, "extended": window.pk in longer}
        for due_on, window in sorted(rows, key=lambda row: (row[0], row[1].pk))[:limit]
    ]
