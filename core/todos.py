"""To-dos are made and removed by transitions alone: one for each role that has to act in the new state."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from core import bulk
from core.models.communication import ToDo
from core.portions import portions
from core.workflow import WindowEnd, WorkflowRecord

TODO_FIELDS = (
    "model", "object_id", "thread", "role", "person_id", "organisation_id", "kind", "verb", "subject", "subtitle",
    "state_label", "year", "amount_yuan", "url", "since", "due_on",
)


def set_deadlines(records: Sequence[WorkflowRecord], *, at: datetime) -> None:
    """The time limits of the new states of records of one model."""
    if not records:
        return
    for record, end in zip(records, type(records[0]).window_ends(records), strict=True):
        record.due_on = _limit(record, end, at) if record.holder else None


def _limit(record: WorkflowRecord, end: WindowEnd | None, at: datetime) -> date | None:
    """What the record itself says, else the end of the task window, else the rule set's days.

    A unit that was given longer has that long; who gets a record after its window has closed has the rule set's days.
    """
    own, days = record.deadline_for(record.holder), _days_from(record, at)
    if end is not None and end.extended:
        return max(own or end.due_on, end.due_on)
    if own or end is None:
        return own or days
    return days if days and end.due_on < timezone.localdate(at) else end.due_on


def _days_from(record: WorkflowRecord, at: datetime) -> date | None:
    name = record.holder.deadline
    return timezone.localdate(at) + timedelta(days=getattr(record.rulebook().deadlines, name)) if name else None


def move_deadlines(records: Sequence[WorkflowRecord]) -> int:
    """Work out anew the time limits of records of one model, after a window was moved; returns how many changed."""
    before = [record.due_on for record in records]
    for since in {record.state_since for record in records}:
        set_deadlines([record for record in records if record.state_since == since], at=since)
    moved = [record for record, old in zip(records, before, strict=True) if record.due_on != old]
    for due_on in {record.due_on for record in moved}:
        for some in portions([record for record in moved if record.due_on == due_on]):
            ids = [record.pk for record in some]
            type(some[0])._base_manager.filter(pk__in=ids).update(due_on=due_on)
            ToDo.objects.filter(model=some[0]._meta.label_lower, object_id__in=ids).update(due_on=due_on)
    return len(moved)


def renew(record: WorkflowRecord, *, at: datetime) -> None:
    """Remove the record's to-dos and make those of its present state."""
    renew_many([record], at=at)


def renew_many(records: Sequence[WorkflowRecord], *, at: datetime) -> None:
    """The same for many records of one model."""
    for some in portions(records):
        model = some[0]._meta.label_lower
        ToDo.objects.filter(model=model, object_id__in=[record.pk for record in some]).delete()
    bulk.insert_values(ToDo, TODO_FIELDS, [line for record in records for line in _lines_of(record, at)])


def _lines_of(record: WorkflowRecord, at: datetime) -> Iterator[tuple[Any, ...]]:
    """The values of ``TODO_FIELDS``, for each role that has to act."""
    holder = record.holder
    if holder is None:
        return
    facts = record.facts()
    for role in holder.roles:
        yield (
            record._meta.label_lower, record.pk, record.thread(), role, record.addressee_id,
            record.organisation_for(role), record._meta.verbose_name, holder.verb,
            facts.get("subject") or record.title(), facts.get("subtitle", ""), record.state_label, facts.get("year"),
            facts.get("amount_yuan"), facts.get("url") or record.get_absolute_url(), at, record.due_on,
        )
