"""The calendar of a fiscal year: task windows, longer time for single units, and time limits that move with them."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from budgets import rules
from budgets.models import FiscalYear, ProjectRecord, TaskWindow, WindowExtension, WindowStage
from core import audit, comments, records, todos
from core.access import UNIT_ROLES
from core.errors import refuse_any
from core.models import Organisation, User
from core.workflow import workflow_models


@transaction.atomic
def set_window(
    fiscal_year: FiscalYear, stage: WindowStage, *, opens_on: date, due_on: date, by, at: datetime
) -> tuple[TaskWindow, int]:
    """Set the window of a stage; open to-dos bound by it get the new date. Returns it and how many records moved.

    Raises ``PermissionDenied``, and ``RuleViolation`` for an end before its beginning.
    """
    if not rules.may_keep_windows(by):
        raise PermissionDenied(f"您没有设定{fiscal_year}办理期限的权限，请由财政绩效股办理。")
    window = TaskWindow.objects.filter(fiscal_year=fiscal_year, stage=stage).first()
    wanted = window or TaskWindow(fiscal_year=fiscal_year, stage=stage, opens_on=opens_on, due_on=due_on)
    refuse_any(rules.window_is_sound(wanted, opens_on=opens_on, due_on=due_on))
    if window is None:
        kept = records.create(wanted, by=by, at=at, label="设定任务期")
    else:
        kept = records.change(
            window, by=by, at=at, changes={"opens_on": opens_on, "due_on": due_on}, label="调整任务期"
        )
    return kept, _move_time_limits(kept)


@transaction.atomic
def extend_window(
    window: TaskWindow, *, unit: Organisation, due_on: date, reason: str, by, at: datetime
) -> tuple[WindowExtension, int]:
    """Give one unit longer than the others: its open to-dos move, and its people are told.

    Returns the extension and how many records moved. Raises ``PermissionDenied``, and ``RuleViolation`` without a
    reason and for a day that is no later than the unit's present one.
    """
    if not rules.may_extend(by):
        raise PermissionDenied(f"您没有延长{window.title()}的权限，请由财政绩效股办理。")
    window = TaskWindow.objects.select_for_update().select_related("fiscal_year").get(pk=window.pk)
    earlier = window.extensions.filter(unit=unit).first()
    present = earlier.due_on if earlier else window.due_on
    refuse_any(rules.extension_is_sound(window, unit, due_on=due_on, present=present, reason=reason))
    kept, _ = WindowExtension.objects.update_or_create(
        window=window, unit=unit,
        defaults={"due_on": due_on, "reason": reason.strip(), "granted_by": by, "granted_at": at},
    )
    audit.record(
        "budgets.windowextension.grant", kept, by=by, at=at, label="批准延期", reason=kept.reason,
        before={"due_on": present}, after={"unit": unit.name, "window": str(window), "due_on": due_on},
    )
    moved = _move_time_limits(window, unit=unit)
    for person in _people_of(unit):
        comments.notify(
            title=f"{window}延期至 {due_on}", recipient=person, by=by, at=at,
            text=f"{unit.name}的{window}由 {present} 延至 {due_on}。理由：{kept.reason}",
        )
    return kept, moved


def _people_of(unit: Organisation) -> models.QuerySet[User]:
    held = User.objects.filter(
        role_assignments__organisation=unit, role_assignments__role__in=UNIT_ROLES, is_active=True
    )
    return held.distinct().order_by("pk")


def _move_time_limits(window: TaskWindow, *, unit: Organisation | None = None) -> int:
    """Every open record that the window bounds, of one unit or of all; returns how many got another date."""
    moved = 0
    for model in workflow_models().values():
        states = [state for state, holder in model.holders.items() if holder.window == window.stage]
        if not states or not issubclass(model, ProjectRecord):
            continue
        path = model.objects.none().year_path
        place = {f"{path}project__unit": unit} if unit else {}
        rows = model.objects.filter(
            **{f"{model.state_name}__in": states, f"{path}fiscal_year": window.fiscal_year_id}, **place
        )
        moved += todos.move_deadlines(list(rows.select_related(*model.lock_with)))
    return moved
