"""催办: a word from upstream to whoever holds a record that is late or soon will be."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from core import audit, comments
from core.access import DEPARTMENT_ROLES, FISCAL_ROLES, INSTITUTION_ROLES, UNIT_ROLES, Role
from core.batches import Batch, each
from core.errors import Reason, refuse_any
from core.models import Reminder, ToDo, User
from core.transitions import lock
from core.workflow import WorkflowRecord, workflow_models

FILERS = UNIT_ROLES | INSTITUTION_ROLES | {Role.EXPERT}
# Who may remind whom: departments their units, the bureau everybody outside it, its performance section the others
# in it.
UPSTREAM = (
    (DEPARTMENT_ROLES, FILERS),
    (FISCAL_ROLES, FILERS | DEPARTMENT_ROLES),
    (frozenset({Role.FISCAL_PERFORMANCE, Role.FISCAL_LEADER}), FISCAL_ROLES),
)


def may_remind(record: WorkflowRecord, user, *, holders: Sequence[str]) -> bool:
    """Whether the person is upstream of everybody who holds the record; ``holders`` are their roles."""
    return bool(holders) and any(
        set(holders) <= downstream and any(user.holds(role, record.organisation_for(role)) for role in upstream)
        for upstream, downstream in UPSTREAM
    )


def is_upstream(user) -> bool:
    """Whether the person may remind anybody at all."""
    return any(user.holds(role) for upstream, _ in UPSTREAM for role in upstream)


@transaction.atomic
def remind(record: WorkflowRecord, *, by, at: datetime, text: str = "") -> Reminder:
    """Send a notice with the record, its date and the sender to everybody who holds it.

    Raises ``PermissionDenied`` for who is not upstream of the holders, ``RuleViolation`` when nobody holds the record,
    it has no time limit or a distant one, and when a reminder has gone out today.
    """
    row, today = lock(record), timezone.localdate(at)
    todos = list(ToDo.objects.filter(model=row._meta.label_lower, object_id=row.pk).select_related("organisation"))
    if todos and not may_remind(row, by, holders=[todo.role for todo in todos]):
        raise PermissionDenied(f"您没有催办{row.title()}的权限，请由主管部门或财政部门催办。")
    refuse_any(_reasons_against(row, todos, today))
    holder = "、".join(dict.fromkeys(_holder_of(todo) for todo in todos))
    reminder = Reminder.objects.create(
        model=row._meta.label_lower, object_id=row.pk, thread=row.thread(), holder=holder, due_on=row.due_on,
        text=text.strip(), sent_by=by, sent_on=today, sent_at=at,
    )
    audit.record(
        "core.reminder.send", row, by=by, at=at, label="催办", reason=reminder.text,
        after={"holder": holder, "due_on": row.due_on},
    )
    for person in _people_of(todos).exclude(pk=by.pk):
        comments.notify(
            title=f"催办：{row.title()}", text=_sentence(todos[0], by, row.due_on, today, reminder.text),
            url=row.get_absolute_url(), recipient=person, by=by, at=at,
        )
    return reminder


def remind_all(threads: Sequence[str], *, by, at: datetime, text: str = "") -> Batch:
    """Remind of every record with a time limit on these threads that is held downstream of the person."""
    return remind_each(_limited_records(threads, by=by), by=by, at=at, text=text)


def remind_each(records: Sequence[WorkflowRecord], *, by, at: datetime, text: str = "") -> Batch:
    """What is refused holds up none of the others."""
    return each(records, lambda record: remind(record, by=by, at=at, text=text))


def _reasons_against(row: WorkflowRecord, todos: Sequence[ToDo], today: date) -> list[Reason]:
    if not todos:
        return [Reason("no_holder", f"{row.title()}目前是“{row.state_label}”，没有人在办，不需要催办。")]
    if row.due_on is None:
        return [Reason("no_due_date", f"{row.title()}没有办理期限，不能催办；可以在页面上给在办人留言。")]
    warning, left = row.rulebook().deadlines.warning, (row.due_on - today).days
    if left > warning:
        return [Reason(
            "not_due", f"{row.title()}应于 {row.due_on} 前办理，还剩 {left} 天；剩 {warning} 天以内或逾期后才能催办。"
        )]
    earlier = Reminder.objects.filter(model=row._meta.label_lower, object_id=row.pk, sent_on=today).first()
    if earlier is not None:
        moment = timezone.localtime(earlier.sent_at)
        return [Reason(
            "reminded_today", f"{row.title()}今天 {moment:%H:%M} 已由{earlier.sent_by}催办过，每天最多催办一次，请明天再催。"
        )]
    return []


def _holder_of(todo: ToDo) -> str:
    return f"{todo.organisation.name if todo.organisation else ''}{todo.get_role_display()}"


def _people_of(todos: Sequence[ToDo]) -> models.QuerySet[User]:
    held = models.Q(pk__in=[])
    for todo in todos:
        place = {"role_assignments__organisation": todo.organisation_id} if todo.organisation_id else {}
        held |= models.Q(pk=todo.person_id) if todo.person_id else models.Q(role_assignments__role=todo.role, **place)
    return User.objects.filter(held, is_active=True).distinct().order_by("pk")


def _sentence(todo: ToDo, by, due_on: date, today: date, text: str) -> str:
    late = (today - due_on).days
    limit = f"已逾期 {late} 天" if late > 0 else "今天到期" if late == 0 else f"还剩 {-late} 天"
    where = f"（{by.home.name}）" if by.home else ""
    said = f" {text}" if text else ""
    return f"{by}{where}催办：请“{todo.verb}”，应于 {due_on} 前办理，{limit}。{said}".strip()


def _limited_records(threads: Sequence[str], *, by) -> list[WorkflowRecord]:
    """The records with a to-do and a time limit on these threads, the most urgent first.

    Where there are several of one thread, those that ``by`` may not remind of are left to others.
    """
    kinds, roles = workflow_models(), defaultdict(lambda: defaultdict(list))
    todos = ToDo.objects.filter(thread__in=threads, due_on__isnull=False)
    for model, number, role in todos.order_by().values_list("model", "object_id", "role"):
        roles[model][number].append(role)
    rows = [
        row for model, held in roles.items()
        for row in kinds[model]._base_manager.filter(pk__in=held).select_related(*kinds[model].lock_with)
    ]
    own = [row for row in rows if may_remind(row, by, holders=roles[row._meta.label_lower][row.pk])]
    served = {row.thread() for row in own}
    rows = own + [row for row in rows if row.thread() not in served]
    return sorted(rows, key=lambda row: (row.due_on, row.pk))


def counts_of(todos: Sequence[ToDo]) -> dict[tuple[str, int], int]:
    """How often each record of these to-dos has been reminded of; one query."""
    ids = {todo.object_id for todo in todos}
    rows = Reminder.objects.filter(object_id__in=ids).order_by().values_list("model", "object_id")
    return {(model, number): times for model, number, times in rows.annotate(times=models.Count("pk"))}


def told_of(thread: str) -> dict[str, Any]:
    """The reminders on a matter: how many, and the newest; an empty dictionary when there was none."""
    found = list(Reminder.objects.filter(thread=thread).select_related("sent_by"))
    return {"times": len(found), "newest": found[0]} if found else {}
