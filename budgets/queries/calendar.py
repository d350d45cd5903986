"""The calendar of a fiscal year as its page shows it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from budgets import rules
from budgets.models import (
    ExtensionRequest,
    FiscalYear,
    ProjectRecord,
    TaskWindow,
    WindowExtension,
    WindowStage,
)
from core.access import DEPARTMENT_ROLES, UNIT_ROLES
from core.models import Organisation
from core.workflow import workflow_models


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
    last_on = window.last_day(own_due_on)
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
    """The windows that end next for one unit, its own longer time counted in; ``asked`` is its open application."""
    longer = dict(
        WindowExtension.objects.filter(unit=unit, due_on__gte=today).values_list("window", "due_on")
    ) if unit else {}
    asked = {each.window_id: each for each in ExtensionRequest.objects.filter(unit=unit, state="applied")}
    windows = TaskWindow.objects.filter(Q(due_on__gte=today) | Q(pk__in=[*longer, *asked]))
    rows = [(window.last_day(longer.get(window.pk)), window) for window in windows]
    return [
        {"window": window, "due_on": due_on, "extended": window.pk in longer, "asked": asked.get(window.pk)}
        for due_on, window in sorted(rows, key=lambda row: (row[0], row[1].pk))[:limit]
    ]


def bounded_by(window: TaskWindow, *, unit: Organisation | None = None) -> Iterator[list[ProjectRecord]]:
    """The open records that the window bounds, of one unit or of all, one list for each kind of record."""
    for model in workflow_models().values():
        states = [state for state, holder in model.holders.items() if holder.window == window.stage]
        if not states or not issubclass(model, ProjectRecord):
            continue
        path = model.objects.none().year_path
        place = {f"{path}project__unit": unit} if unit else {}
        yield list(model.objects.filter(
            **{f"{model.state_name}__in": states, f"{path}fiscal_year": window.fiscal_year_id}, **place
        ).select_related(*model.lock_with))


def bound_rows(window: TaskWindow, *, unit: Organisation) -> list[dict[str, Any]]:
    """What a unit still has to do within the window, the soonest first."""
    rows = [
        {"title": record.title(), "url": record.get_absolute_url(), "state": record.state_label,
         "due_on": record.due_on}
        for records in bounded_by(window, unit=unit) for record in records if record.due_on
    ]
    return sorted(rows, key=lambda row: (row["due_on"], row["title"]))


def stages_of(user) -> set[str]:
    """The stages in which something is done by the person's own roles, or by a unit of the person's department."""
    own = {role for role, _ in user.held_roles}
    if own & DEPARTMENT_ROLES:
        own |= UNIT_ROLES
    return {
        holder.window for model in workflow_models().values() for holder in model.holders.values()
        if holder.window and own & {*holder.roles}
    }


def asks_for(user) -> QuerySet[Organisation]:
    """The units that a person may ask a later last day for."""
    sight = user.sight
    known = Organisation.objects.filter(
        Q(pk__in=sight.units) | Q(pk__in=sight.departments) | Q(parent__in=sight.departments), is_active=True
    )
    mine = [
        unit.pk for unit in known
        if rules.may_ask_for_longer(user, unit_id=unit.pk, department_id=unit.parent_id or unit.pk)
    ]
    return Organisation.objects.filter(pk__in=mine).order_by("code")


def requests_of(user, *, year: int | None = None) -> QuerySet[ExtensionRequest]:
    """The applications a person may see, the open ones first."""
    rows = ExtensionRequest.objects.visible_to(user).select_related(
        "unit__parent", "window__fiscal_year__ruleset", "created_by"
    )
    return rows.filter(window__fiscal_year=year).order_by("state", "-pk") if year else rows
