"""The only door through which a state changes: ``perform``. Pages ask ``available`` for their buttons.

``perform_many`` and ``perform_each`` are the same door for many records. ``perform`` opens a transaction, locks the
row, asks the permission, collects every reason against the step, takes it, saves, runs the effects that services have
registered for it, writes the audit entry and renews the to-dos. Everything is inside the one transaction: either all of
it happened or none of it.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from core import audit, comments, todos, watching
from core.access import UNIT_ROLES, HeldBy, Role, driven_by_document
from core.errors import Reason, refuse_any
from core.models import User
from core.portions import portions
from core.workflow import Step, WorkflowRecord

Effect = Callable[..., None]
_effects: dict[tuple[str, str], list[Effect]] = defaultdict(list)


def effect_of(model: type[WorkflowRecord], *steps: str, many: bool = False) -> Callable[[Effect], Effect]:
    """Register what else changes with a step: ``effect(record, *, by, at, reason, data)``, in the same transaction.

    With ``many`` it is called once for all the records that take the step together, as ``effect(records, ...)``.
    """
    def register(effect: Effect) -> Effect:
        for name in steps:
            _effects[model._meta.label_lower, name].append(effect if many else _one_by_one(effect))
        return effect
    return register


def _one_by_one(effect: Effect) -> Effect:
    @wraps(effect)
    def on_each(records: Sequence[WorkflowRecord], **act: Any) -> None:
        for record in records:
            effect(record, **act)
    return on_each


@dataclass(frozen=True)
class DeclaredStep:
    """One row of a model's transition table."""

    name: str
    sources: frozenset[str]
    target: str
    permission: HeldBy
    details: Step

    def starts_from(self, state: str) -> bool:
        return state in self.sources


@dataclass(frozen=True)
class StepOption:
    """A button: its label, whether it may be pressed now, and every reason why not."""

    name: str
    label: str
    allowed: bool
    reasons: list[str] = field(default_factory=list)
    needs_reason: bool = False
    style: str = "primary"
    consequence: str = ""


@dataclass(frozen=True)
class Act:
    """A step as somebody takes it."""

    declared: DeclaredStep
    by: Any
    at: datetime
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A record for which the step is asked: the revision on screen, and the record that drives it."""

    record: WorkflowRecord
    seen: int | None = None
    cause: WorkflowRecord | None = None


def declared_steps(model: type[WorkflowRecord]) -> dict[str, DeclaredStep]:
    """Every step of a model by name, in the order they are written."""
    state_field = model._meta.get_field(model.state_name)
    found: dict[str, DeclaredStep] = {}
    for declared in state_field.get_all_transitions(model):
        known = found.get(declared.name)
        found[declared.name] = DeclaredStep(
            name=declared.name,
            sources=(known.sources if known else frozenset()) | {str(declared.source)},
            target=str(declared.target),
            permission=declared.permission,
            details=declared.custom["step"],
        )
    return found


def lock(record: WorkflowRecord) -> WorkflowRecord:
    """The row as it is now, held until the transaction ends."""
    audit.take_turn()
    rows = type(record)._base_manager.select_for_update(of=("self",))
    return (rows.select_related(*record.lock_with) if record.lock_with else rows).get(pk=record.pk)


def lock_many(records: Sequence[WorkflowRecord]) -> list[WorkflowRecord]:
    """The rows as they are now, in the order given, held until the transaction ends; they share what they refer to."""
    if len(records) == 1:
        return [lock(records[0])]
    audit.take_turn()
    rows: dict[int, WorkflowRecord] = {}
    for some in portions(sorted(record.pk for record in records)):
        wanted = type(records[0])._base_manager.select_for_update().filter(pk__in=some).order_by("pk")
        rows |= {row.pk: row for row in wanted}
    found = [rows[record.pk] for record in records]
    for some in portions(found):
        models.prefetch_related_objects(some, *records[0].lock_with)
    return found


def perform(
    record: WorkflowRecord, step: str, *, by, at: datetime, reason: str = "",
    data: Mapping[str, Any] | None = None, seen: int | None = None, cause: WorkflowRecord | None = None,
) -> WorkflowRecord:
    """Take ``step`` and return the fresh row.

    ``seen`` is the revision the person had on screen; ``cause`` is the record whose own step drives this one.
    Raises ``PermissionDenied`` when the person may never take this step on this record, ``RuleViolation`` with every
    reason when it may not be taken now; nothing is written in either case.
    """
    act = Act(declared_steps(type(record))[step], by, at, reason, data or {})
    with transaction.atomic():
        _take(act, _allowed(act, [Asked(record, seen, cause)]))
        return type(record)._base_manager.get(pk=record.pk)


@transaction.atomic
def perform_many(
    records: Sequence[WorkflowRecord], step: str, *, by, at: datetime, reason: str = "",
    data: Mapping[str, Any] | None = None, causes: Sequence[WorkflowRecord] | None = None,
) -> None:
    """``perform`` on different records of one model, all or none of them, written together.

    ``causes`` names the driving record of each. Raises as ``perform`` does, with the reasons of all records.
    """
    if not records:
        return
    act = Act(declared_steps(type(records[0]))[step], by, at, reason, data or {})
    driving = causes or [None] * len(records)
    _take(act, _allowed(act, [Asked(record, None, cause) for record, cause in zip(records, driving, strict=True)]))


def _allowed(act: Act, asked: Sequence[Asked]) -> list[WorkflowRecord]:
    """The locked rows, when the step may be taken on every one of them."""
    rows = lock_many([each.record for each in asked])
    reasons: list[Reason] = []
    for row, question in zip(rows, asked, strict=True):
        if not _permitted(act.declared, row, act.by, question.cause):
            raise PermissionDenied(f"您没有对{row.title()}办理“{act.declared.details.label}”的权限。")
        against = list(_reasons_against(act.declared, row, by=act.by, seen=question.seen))
        reasons += against or _faults_of(act.declared, row, reason=act.reason, data=act.data)
    refuse_any(reasons)
    return rows


def _take(act: Act, rows: Sequence[WorkflowRecord]) -> None:
    """The step with everything it entails, on rows that allow it. Raises what an effect raises."""
    model, details = rows[0]._meta.label_lower, act.declared.details
    before = [audit.snapshot(row) for row in rows]
    for row in rows:
        _move(act, row)
    todos.set_deadlines(rows, at=act.at)
    facts = [
        audit.Fact(row, *audit.differences(old, audit.snapshot(row))) for row, old in zip(rows, before, strict=True)
    ]
    _save(facts)
    audit.record_many(
        f"{model}.{act.declared.name}", facts, by=act.by, at=act.at, label=details.label, reason=act.reason
    )
    for effect in _effects[model, act.declared.name]:
        effect(rows, by=act.by, at=act.at, reason=act.reason, data=act.data)
    todos.renew_many(rows, at=act.at)
    if act.declared.permission is not driven_by_document:
        watching.tell_watchers(rows, details.label, by=act.by, at=act.at, reason=act.reason)
    for row in rows:
        _tell_the_filer(act.declared, row, by=act.by, at=act.at, reason=act.reason)


def _move(act: Act, row: WorkflowRecord) -> None:
    getattr(row, act.declared.name)(by=act.by, at=act.at, reason=act.reason, data=act.data)
    row.state_since = act.at
    row.revision += 1


def _save(facts: Sequence[audit.Fact]) -> None:
    """Write the changed columns; rows with equal changes share a statement."""
    alike: dict[str, list[WorkflowRecord]] = defaultdict(list)
    for fact in facts:
        alike[json.dumps([fact.after, fact.subject.revision], sort_keys=True)].append(fact.subject)
    for change, rows in alike.items():
        names = (*json.loads(change)[0], "revision")
        values = {name: getattr(rows[0], name) for name in names}
        for some in portions(rows):
            type(rows[0])._base_manager.filter(pk__in=[row.pk for row in some]).update(**values)


def _tell_the_filer(declared: DeclaredStep, row: WorkflowRecord, *, by, at: datetime, reason: str) -> None:
    """Whoever filed a record hears of its return, with the opinion."""
    if not (declared.details.reviews and row.state_value in row.editable_states):
        return
    for person in User.objects.filter(pk__in=row.author_ids - {by.pk}).order_by("pk"):
        comments.notify(
            title=f"{row.title()}：{declared.details.label}", text=reason, url=row.get_absolute_url(), recipient=person,
            by=by, at=at,
        )


def available(record: WorkflowRecord, user) -> list[StepOption]:
    """The steps ``user`` may take from the record's state, each with every reason that stands against it now."""
    options = []
    for declared in declared_steps(type(record)).values():
        if not declared.starts_from(record.state_value) or not _permitted(declared, record, user, None):
            continue
        reasons = [reason.sentence for reason in _reasons_against(declared, record, by=user, seen=None)]
        details = declared.details
        options.append(StepOption(
            name=declared.name, label=details.label, allowed=not reasons, reasons=reasons,
            needs_reason=details.needs_reason, style=details.style, consequence=details.consequence,
        ))
    return options


def _permitted(declared: DeclaredStep, row: WorkflowRecord, by, cause: WorkflowRecord | None) -> bool:
    if declared.permission is driven_by_document:
        return cause is not None and cause.thread() == row.thread()
    return bool(declared.permission(row, by))


def _reasons_against(declared: DeclaredStep, row: WorkflowRecord, *, by, seen: int | None) -> Iterator[Reason]:
    """Why the step may not be taken now, whatever is typed: stale page, wrong state, own work, guards."""
    if seen is not None and seen != row.revision:
        yield Reason("stale", f"{row.title()}在您打开页面之后已被他人改动，请刷新页面、核对后再办理。")
        return
    if not declared.starts_from(row.state_value):
        yield Reason(
            "wrong_state",
            f"{row.title()}目前是“{row.state_label}”，不能办理“{declared.details.label}”，请刷新页面查看最新进度。",
        )
        return
    if declared.details.reviews:
        yield from _separation(declared, row, by)
    for guard in declared.details.guards:
        yield from guard(row)


def _separation(declared: DeclaredStep, row: WorkflowRecord, by) -> Iterator[Reason]:
    """SEP-1 (domain rules §1.3): nobody reviews their own work; no upper-level review by a person of the same unit."""
    if by.pk in row.author_ids:
        yield Reason("SEP-1", f"{row.title()}由您本人填报或报送，按审核分离要求请由他人办理“{declared.details.label}”。")
    elif not UNIT_ROLES & set(declared.permission.roles_for(row)):
        unit = row.organisation_for(Role.UNIT_OPERATOR)
        if unit is not None and any(by.holds(role, unit) for role in UNIT_ROLES):
            yield Reason("SEP-1", f"您同时在{row.title()}的填报单位任职，按审核分离要求请由他人办理“{declared.details.label}”。")


def _faults_of(
    declared: DeclaredStep, row: WorkflowRecord, *, reason: str, data: Mapping[str, Any]
) -> Iterator[Reason]:
    """What is wrong with what was typed for the step."""
    if declared.details.needs_reason and not reason.strip():
        yield Reason("reason_missing", f"对{row.title()}办理“{declared.details.label}”须写明意见，请填写后再提交。")
    for check in declared.details.checks:
        yield from check(row, data)
