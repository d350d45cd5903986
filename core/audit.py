"""Writing and checking the audit trail. Every write of the system passes through ``record_many``.

The chain: each entry's hash covers its own content and the hash of the entry before it, so that a changed, removed or
inserted row breaks the chain at its place. ``AuditHead`` also remembers the newest link, so that a cut tail is noticed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any

from django.db import models, transaction

from core import bulk
from core.bulk import JSONText
from core.models.audit import AuditEntry, AuditHead

GENESIS = "0" * 64
UNTRACKED = {"id", "revision", "created_at", "password"}
PLAIN_TYPES = {str, int, bool, NoneType}
HASHED_FIELDS = (
    "actor_id", "actor_name", "organisation_name", "action", "label", "model", "object_id", "thread", "subject",
    "before", "after", "reason", "request_id", "previous_hash",
)
SEALED_IN_ORDER = tuple(sorted((*HASHED_FIELDS, "at")))
OWN_FIELDS = ("model", "object_id", "thread", "subject", "before", "after", "previous_hash", "hash", "id")
"""What differs from entry to entry of one act; the hashed ones first."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
request_id: ContextVar[str] = ContextVar("request_id", default="")


def plain(value: Any) -> Any:
    """A value as JSON keeps it exactly: money and scores as text, dates in ISO form."""
    if type(value) in PLAIN_TYPES or isinstance(value, (str, int)):
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
    return {name: plain(getattr(record, name)) for name in _tracked(type(record))}


@cache
def _tracked(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name not in UNTRACKED]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict, dict]:
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def content_hash(entry: AuditEntry) -> str:
    content = {name: getattr(entry, name) for name in HASHED_FIELDS} | {"at": entry.at.timestamp()}
    return _seal({name: _ENCODER.encode(value) for name, value in content.items()})


def _seal(written: Mapping[str, str]) -> str:
    """The hash of an entry's content, each field given as JSON."""
    text = ",".join([f'"{name}":{written[name]}' for name in SEALED_IN_ORDER])
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


@dataclass(frozen=True)
class Fact:
    """What happened to one row: its values before and after."""

    subject: Any
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def take_turn() -> AuditHead:
    """Wait until nobody else is writing. Call inside a transaction, before the first row is locked or written.

    Every transaction that writes comes to the head of the chain sooner or later. Taken first, it can never be waited
    for by somebody who holds a row that is wanted here: two writers never wait for each other.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"last_hash": GENESIS})
    return head


def record(
    action: str, subject: Any, *, by, at: datetime, label: str = "", before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, reason: str = "",
) -> None:
    """Append one entry. ``subject`` is the row it is about; ``by`` may be ``None`` for the system's own acts."""
    record_many(action, [Fact(subject, before or {}, after or {})], by=by, at=at, label=label, reason=reason)


@transaction.atomic
def record_many(action: str, facts: Sequence[Fact], *, by, at: datetime, label: str = "", reason: str = "") -> None:
    """Append one entry for each fact, in their order: the chain is the same as if they had come one by one."""
    if not facts:
        return
    head = take_turn()
    home = by.home if by else None
    shared = {
        "actor_id": by.pk if by else None, "actor_name": str(by) if by else "系统",
        "organisation_name": home.name if home else "", "action": action, "label": label, "reason": reason,
        "request_id": request_id.get(),
    }
    lines = list(_chained(facts, shared | {"at": at.timestamp()}, head))
    bulk.insert_values(
        AuditEntry, (*shared, "at", *OWN_FIELDS), ((*shared.values(), at, *line) for line in lines)
    )
    head.save()


def _chained(facts: Iterable[Fact], shared: Mapping[str, Any], head: AuditHead) -> Iterator[tuple[Any, ...]]:
    """The values of ``OWN_FIELDS`` for each fact; the head of the chain moves on with them."""
    encode = _ENCODER.encode
    written = {name: encode(value) for name, value in shared.items()}
    for fact in facts:
        subject, previous = fact.subject, head.last_hash
        own = (
            subject._meta.label_lower, subject.pk, subject.thread() if hasattr(subject, "thread") else "", str(subject),
        )
        before, after = JSONText(encode(plain(fact.before))), JSONText(encode(plain(fact.after)))
        written |= zip(OWN_FIELDS, (*map(encode, own), before, after, encode(previous)), strict=False)
        head.last_hash = _seal(written)
        head.last_id, head.entries = head.last_id + 1, head.entries + 1
        yield (*own, before, after, previous, head.last_hash, head.last_id)


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
