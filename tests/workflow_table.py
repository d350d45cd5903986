"""The walk through every state and every step of a machine, for one test per machine.

A machine's table is written out in its test: ``{(state, step): target}`` for every allowed pair. ``check_table`` puts
a record into every state and tries every step as the person who may take it: allowed pairs reach their target, every
other pair is refused and writes nothing.
"""

from collections.abc import Callable, Mapping

import pytest
from django.core.exceptions import PermissionDenied

from core.access import HeldBy, driven_by_document
from core.errors import RuleViolation
from core.models import AuditEntry, ToDo
from core.transitions import declared_steps, perform
from core.workflow import WorkflowRecord


def declared_table(model: type[WorkflowRecord]) -> dict[tuple[str, str], str]:
    """Every allowed pair as the model declares it."""
    return {
        (source, name): step.target
        for name, step in declared_steps(model).items() for source in step.sources
    }


def put_into(record: WorkflowRecord, state: str) -> WorkflowRecord:
    """Move a record to a state behind the machine's back; tests only."""
    type(record)._base_manager.filter(pk=record.pk).update(**{record.state_name: state})
    return type(record)._base_manager.get(pk=record.pk)


def footprint(record: WorkflowRecord) -> tuple:
    row = type(record)._base_manager.filter(pk=record.pk).values().get()
    return row, AuditEntry.objects.count(), list(ToDo.objects.order_by("pk").values_list("pk", flat=True))


def refused_everywhere(
    record: WorkflowRecord, table: Mapping[tuple[str, str], str], actor: Callable, *, at, cause=None
) -> int:
    """Try every pair that is not in ``table``; returns how many were tried.

    ``actor(step, record)`` may take the step.
    """
    model, tried = type(record), 0
    states = [value for value, _ in model._meta.get_field(model.state_name).choices]
    for state in states:
        for step in declared_steps(model):
            if (state, step) in table:
                continue
            fresh = put_into(record, state)
            before = footprint(fresh)
            with pytest.raises((RuleViolation, PermissionDenied)) as refusal:
                perform(fresh, step, by=actor(step, fresh), at=at, reason="测试", data={}, cause=cause)
            if isinstance(refusal.value, RuleViolation):
                assert refusal.value.codes == ["wrong_state"], (state, step)
            assert footprint(fresh) == before, (state, step)
            tried += 1
    return tried


def check_permissions(model: type[WorkflowRecord]) -> None:
    """Every step names who may take it."""
    for name, step in declared_steps(model).items():
        assert isinstance(step.permission, HeldBy), name
        assert step.permission is driven_by_document or step.permission.roles, name
        assert step.details.label, name


def check_holders(model: type[WorkflowRecord]) -> None:
    """Whoever a to-do is addressed to can take at least one step from that state, or may edit the record in it."""
    for state, holder in model.holders.items():
        for role in holder.roles:
            may = {
                r for step in declared_steps(model).values() if step.starts_from(str(state))
                for r in step.permission.roles
            }
            edits = state in model.editable_states and role in model.editable_by.roles
            assert edits or role in may, (state, role)
