"""The calendar of a fiscal year: task windows, longer time for single units, and time limits that move with them."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from budgets import rules
from budgets.models import ExtensionRequest, FiscalYear, TaskWindow, WindowExtension, WindowStage
from budgets.queries.calendar import bounded_by, stages_of
from core import audit, comments, records, todos
from core.access import UNIT_ROLES
from core.errors import refuse_any
from core.models import Organisation, User
from core.transitions import effect_of


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
    audit.take_turn()
    window = TaskWindow.objects.select_for_update().select_related("fiscal_year").get(pk=window.pk)
    present = window.last_day_of(unit)
    refuse_any(rules.extension_is_sound(
        window, unit, due_on=due_on, present=present, reason=reason, today=timezone.localdate(at)
    ))
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


@transaction.atomic
def ask_for_extension(
    window: TaskWindow, *, unit: Organisation, wished_on: date, reason: str, by, at: datetime
) -> ExtensionRequest:
    """Ask finance for a later last day. Raises as ``extend_window`` does, and for a second open request."""
    if not rules.may_ask_for_longer(by, unit_id=unit.pk, department_id=unit.parent_id or unit.pk):
        raise PermissionDenied(f"您没有为{unit.name}申请延期的权限，请由该单位经办人、负责人或主管部门绩效岗办理。")
    audit.take_turn()
    window = TaskWindow.objects.select_related("fiscal_year").get(pk=window.pk)
    pending = window.requests.filter(unit=unit, state=ExtensionRequest.State.APPLIED).exists()
    refuse_any([
        *rules.longer_may_be_asked(window, unit, is_theirs=window.stage in stages_of(by), is_pending=pending),
        *rules.extension_is_sound(
            window, unit, due_on=wished_on, present=window.last_day_of(unit), reason=reason,
            today=timezone.localdate(at),
        ),
    ])
    request = ExtensionRequest(window=window, unit=unit, wished_on=wished_on, reason=reason.strip())
    return records.create(request, by=by, at=at, label="申请延期", reason=request.reason)


@effect_of(ExtensionRequest, "grant")
def extend_as_asked(request: ExtensionRequest, *, by, at: datetime, reason: str, data) -> None:
    extend_window(
        request.window, unit=request.unit, due_on=request.granted_on, reason=request.reason, by=by, at=at
    )
    if not _people_of(request.unit).filter(pk=request.created_by_id).exists():
        _tell_the_applicant(request, "已批准", f"延至 {request.granted_on}。{reason}", by=by, at=at)


@effect_of(ExtensionRequest, "refuse")
def tell_of_the_refusal(request: ExtensionRequest, *, by, at: datetime, reason: str, data) -> None:
    _tell_the_applicant(request, "不予通过", reason, by=by, at=at)


def _tell_the_applicant(request: ExtensionRequest, outcome: str, text: str, *, by, at: datetime) -> None:
    comments.notify(
        title=f"{request.title()}：{outcome}", text=text, url=request.get_absolute_url(),
        recipient=request.created_by, by=by, at=at,
    )


def _people_of(unit: Organisation) -> models.QuerySet[User]:
    held = User.objects.filter(
        role_assignments__organisation=unit, role_assignments__role__in=UNIT_ROLES, is_active=True
    )
    return held.distinct().order_by("pk")


def _move_time_limits(window: TaskWindow, *, unit: Organisation | None = None) -> int:
    """Every open record that the window bounds, of one unit or of all; returns how many got another date."""
    return sum(todos.move_deadlines(rows) for rows in bounded_by(window, unit=unit))
