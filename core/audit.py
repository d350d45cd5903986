"""Writing and checking the audit trail. Every write of the system passes through ``record_many``.

The chain: each entry's hash covers its own content and the hash of the entry before it, so that a changed, removed or
inserted row breaks the chain at its place. ``AuditHead`` also remembers the newest link, so that a cut tail is noticed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from core import bulk
from core.models.audit import AuditEntry, AuditHead

GENESIS = "0" * 64
UNTRACKED = {"id", "revision", "created_at", "password"}
HASHED_FIELDS = (
    "actor_id", "actor_name", "organisation_name", "action", "label", "model", "object_id", "thread", "subject",
    "before", "after", "reason", "request_id", "previous_hash",
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
request_id: ContextVar[str] = ContextVar("request_id", default="")


def plain(value: Any) -> Any:
    """A value as JSON keeps it exactly: money and scores as text, dates in ISO form."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (Decimal, date, datetime)):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return str(value)


def snapshot(record: models.Model) -> dict[str, Any]:
    return {
        field.attname: plain(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.name not in UNTRACKED
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict, dict]:
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def content_hash(entry: AuditEntry) -> str:
    content = {name: getattr(entry, name) for name in HASHED_FIELDS} | {"at": entry.at.timestamp()}
    return hashlib.sha256(_ENCODER.encode(content).encode()).hexdigest()


@dataclass(frozen=True)
class Fact:
    """What happened to one row: its values before and after."""

    subject: Any
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def record(
    action: str, subject: Any, *, by, at: datetime, label: str = "", before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, reason: str = "",
) -> AuditEntry:
    """Append one entry. ``subject`` is the row it is about; ``by`` may be ``None`` for the system's own acts."""
    fact = Fact(subject, before or {}, after or {})
    return record_many(action, [fact], by=by, at=at, label=label, reason=reason)[0]


@transaction.atomic
def record_many(
    action: str, facts: Sequence[Fact], *, by, at: datetime, label: str = "", reason: str = ""
) -> list[AuditEntry]:
    """Append one entry for each fact, in their order: the chain is the same as if they had come one by one."""
    if not facts:
        return []
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"last_hash": GENESIS})
    home = by.home if by else None
    entries = []
    for number, fact in enumerate(facts, start=head.last_id + 1):
        entry = AuditEntry(
            id=number, at=at, actor_id=by.pk if by else None, actor_name=str(by) if by else "系统",
            organisation_name=home.name if home else "", action=action, label=label,
            model=fact.subject._meta.label_lower, object_id=fact.subject.pk,
            thread=fact.subject.thread() if hasattr(fact.subject, "thread") else "", subject=str(fact.subject),
            before=plain(fact.before), after=plain(fact.after), reason=reason, request_id=request_id.get(),
            previous_hash=head.last_hash,
        )
        entry.hash = head.last_hash = content_hash(entry)
        entries.append(entry)
    bulk.insert(entries)
    head.last_id, head.entries = entries[-1].pk, head.entries + len(entries)
    head.save()
    return entries


def history_of(subject: models.Model) -> models.QuerySet[AuditEntry]:
    return AuditEntry.objects.of(subject)


@dataclass(frozen=True)
class BrokenLink:
    entry_id: int | None
    sentence: str


def broken_links() -> Iterator[BrokenLink]:
    """Walk the chain from its first entry; yields the first broken link and stops there, nothing when it is whole."""
    previous, count = GENESIS, 0
    for entry in AuditEntry.objects.order_by("pk").iterator(chunk_size=2000):
        if entry.previous_hash != previous:
            yield BrokenLink(entry.pk, f"第 {entry.pk} 条操作日志与前一条接不上：中间有记录被删除或插入。")
            return
        if content_hash(entry) != entry.hash:
            yield BrokenLink(entry.pk, f"第 {entry.pk} 条操作日志的内容与其校验码不符：内容被改动过。")
            return
        previous, count = entry.hash, count + 1
    head = AuditHead.objects.filter(pk=1).first()
    expected = (head.last_hash, head.entries) if head else (GENESIS, 0)
    if (previous, count) != expected:
        yield BrokenLink(None, f"操作日志应有 {expected[1]} 条，实有 {count} 条：末尾的记录被删除。")
