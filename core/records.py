"""Creating and editing rows outside of a step: with a permission, an optimistic lock and an audit entry."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from core import audit, bulk, todos
from core.errors import Reason, refuse_any
from core.transitions import lock_many
from core.workflow import WorkflowRecord

AS_ACTOR = object()


def create(record: models.Model, *, by, at: datetime, label: str = "新建", reason: str = "") -> Any:
    """Save a new row, write its first audit entry and, for a workflow record, its first to-do."""
    return create_many([record], by=by, at=at, label=label, reason=reason)[0]


@transaction.atomic
def create_many(
    records: Sequence[models.Model], *, by, at: datetime, label: str = "新建", reason: str = "", author: Any = AS_ACTOR
) -> Sequence[Any]:
    """The same for many new rows of one model.

    ``author`` is who wrote their content, ``None`` when ``by`` takes it in on somebody else's behalf.
    """
    if not records:
        return records
    audit.take_turn()
    in_states = [record for record in records if isinstance(record, WorkflowRecord)]
    for record in in_states:
        record.created_by = by if author is AS_ACTOR else author
        record.state_since = at
    todos.set_deadlines(in_states, at=at)
    if isinstance(records[0]._meta.pk, models.AutoField):
        bulk.number(records)
    bulk.insert(records)
    audit.record_many(
        f"{records[0]._meta.label_lower}.create",
        [audit.Fact(record, after=audit.snapshot(record)) for record in records],
        by=by, at=at, label=label, reason=reason,
    )
    todos.renew_many(in_states, at=at)
    return records


@transaction.atomic
def change(
    record: models.Model, *, by, at: datetime, changes: Mapping[str, Any], label: str = "修改", reason: str = ""
) -> Any:
    """Set fields of a row that has no states and write what was there before; nothing is written if nothing differs."""
    audit.take_turn()
    row = type(record)._base_manager.select_for_update().get(pk=record.pk)
    before = audit.snapshot(row)
    for name, value in changes.items():
        setattr(row, name, value)
    old, new = audit.differences(before, audit.snapshot(row))
    if new:
        row.save()
        audit.record(
            f"{row._meta.label_lower}.change", row, by=by, at=at, label=label, before=old, after=new, reason=reason
        )
    return row


def open_draft(record: WorkflowRecord, *, by, seen: int | None) -> WorkflowRecord:
    """Lock a draft for editing. Call inside a transaction.

    Raises ``PermissionDenied`` for a person who may not fill it in, ``RuleViolation`` when it is no longer a draft or
    the page is stale.
    """
    return open_drafts([Edit(record, seen=seen)], by=by)[0]


@dataclass(frozen=True)
class Edit:
    """A draft, what is to become of its fields, and the revision the person had on screen."""

    record: WorkflowRecord
    changes: Mapping[str, Any] = field(default_factory=dict)
    seen: int | None = None


def open_drafts(edits: Sequence[Edit], *, by) -> list[WorkflowRecord]:
    """``open_draft`` of different records of one model; raises with the reasons of all of them."""
    rows = lock_many([edit.record for edit in edits])
    for row in rows:
        if not row.editable_by(row, by):
            raise PermissionDenied(f"您没有填写{row.title()}的权限。")
    refuse_any(reason for row, edit in zip(rows, edits, strict=True) for reason in _closed_against(row, edit.seen))
    return rows


def _closed_against(row: WorkflowRecord, seen: int | None) -> Iterator[Reason]:
    if row.state_value not in row.editable_states:
        yield Reason(
            "not_editable", f"{row.title()}目前是“{row.state_label}”，不能修改；如需修改请先由审核人退回。"
        )
    elif seen is not None and seen != row.revision:
        yield Reason(
            "stale", f"{row.title()}在您打开页面之后已被他人改动，您填写的内容仍在本页，请另开一页核对最新内容后再保存。"
        )


def save_draft(
    record: WorkflowRecord, *, by, at: datetime, changes: Mapping[str, Any], seen: int | None = None,
    also=None,
) -> WorkflowRecord:
    """Set fields of a draft.

    ``also(row)`` writes its child rows and returns what to keep of them in the audit entry.
    """
    def write(rows: Sequence[WorkflowRecord]) -> list[Mapping[str, Any] | None]:
        return [also(row) for row in rows] if also else [None]

    return save_drafts([Edit(record, changes, seen)], by=by, at=at, also=write)[0]


@transaction.atomic
def save_drafts(
    edits: Sequence[Edit], *, by, at: datetime,
    also: Callable[[Sequence[WorkflowRecord]], Sequence[Mapping[str, Any] | None]],
) -> list[WorkflowRecord]:
    """``save_draft`` of different records of one model, all or none of them, written together.

    ``also(rows)`` writes the child rows of all of them and returns what to keep of each.
    """
    if not edits:
        return []
    rows = open_drafts(edits, by=by)
    before = [audit.snapshot(row) for row in rows]
    for row, edit in zip(rows, edits, strict=True):
        for name, value in edit.changes.items():
            setattr(row, name, value)
        row.revision += 1
    changed = [audit.differences(old, audit.snapshot(row)) for row, old in zip(rows, before, strict=True)]
    bulk.update(rows, sorted({name for _, new in changed for name in new} | {"revision"}))
    facts = [
        audit.Fact(row, old, new | ({"details": details} if details else {}))
        for row, (old, new), details in zip(rows, changed, also(rows), strict=True)
    ]
    audit.record_many(f"{rows[0]._meta.label_lower}.edit", facts, by=by, at=at, label="保存草稿")
    return rows
