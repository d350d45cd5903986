"""The trail is complete, chained, and refuses change in the database itself."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import audit, audit_triggers
from core.models import AuditEntry, AuditHead
from tests.factories.cast import make_year


def broken():
    return [(link.entry_id, link.sentence) for link in audit.broken_links()]


def newest() -> AuditEntry:
    return AuditEntry.objects.first()


def write_three(cast, at):
    for word in ("甲", "乙", "丙"):
        audit.record(f"test.{word}", cast.unit, by=cast.li_weiguo, at=at, after={"说明": word})
    return list(AuditEntry.objects.order_by("-pk")[:3])[::-1]


def test_entries_are_chained_and_the_chain_is_whole(cast, at):
    first, second, third = write_three(cast, at)
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert broken() == []
    assert AuditHead.objects.get().last_hash == third.hash


def test_many_entries_continue_the_chain_as_one_by_one(cast, at):
    (*_, third), places = write_three(cast, at), [cast.unit, cast.department]
    audit.record_many(
        "test.丁", [audit.Fact(place, {"名称": "旧"}, {"名称": place.name}) for place in places], by=cast.li_weiguo, at=at
    )
    head, entries = AuditHead.objects.get(), AuditEntry.objects.filter(action="test.丁").order_by("pk")
    assert [entry.pk - third.pk for entry in entries] == [1, 2]
    assert [entry.previous_hash for entry in entries] == [third.hash, entries[0].hash]
    assert (head.last_id, head.last_hash, head.entries) == (
        entries[1].pk, entries[1].hash, AuditEntry.objects.count()
    )
    assert (entries[1].before, entries[1].after, entries[1].at) == ({"名称": "旧"}, {"名称": "县交通运输局"}, at)
    assert broken() == []
    audit.record_many("test.戊", [], by=None, at=at)
    assert newest().action == "test.丁"


def test_what_an_entry_keeps_is_plain_data_in_its_order(cast, at):
    """The hash covers the content as JSON, whatever kind of value it was and however it is written in the database."""
    after = {"金额": Decimal("12.50"), 3: (1, None, True), "单位": cast.unit, "日": date(2026, 3, 5), "引号": '“"\\\n'}
    audit.record("test.甲", cast.unit, by=None, at=at, before={"乙": 1, "甲": 2}, after=after)
    assert newest().after == {
        "金额": "12.50", "3": [1, None, True], "单位": cast.unit.pk, "日": "2026-03-05", "引号": '“"\\\n',
    }
    assert broken() == []


def test_an_entry_names_actor_place_and_record(cast, at):
    audit.record("test.甲", cast.unit, by=cast.li_weiguo, at=at, reason="原因")
    entry = newest()
    assert (entry.actor_name, entry.organisation_name, entry.model, entry.object_id, entry.subject, entry.reason) == (
        "李卫国", "县公路养护中心", "core.organisation", cast.unit.pk, "县公路养护中心", "原因"
    )
    audit.record("test.乙", cast.unit, by=None, at=at)
    assert (newest().actor_id, newest().actor_name) == (None, "系统")


@pytest.mark.parametrize("change", [
    lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(reason="改过"),
    lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
], ids=["update", "delete"])
def test_the_database_refuses_update_and_delete(cast, at, change):
    entry = write_three(cast, at)[1]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(entry)
    assert broken() == []


@pytest.fixture
def without_triggers(db):
    """As an intruder with full rights on the database would have it."""
    audit_triggers.remove()
    yield
    audit_triggers.install()


def test_a_changed_entry_is_found(cast, at, without_triggers):
    entry = write_three(cast, at)[1]
    AuditEntry.objects.filter(pk=entry.pk).update(after={"说明": "改过"})
    assert broken() == [(entry.pk, f"第 {entry.pk} 条操作日志的内容与其校验码不符：内容被改动过。")]


def test_a_removed_entry_is_found(cast, at, without_triggers):
    _, second, third = write_three(cast, at)
    AuditEntry.objects.filter(pk=second.pk).delete()
    assert broken() == [(third.pk, f"第 {third.pk} 条操作日志与前一条接不上：中间有记录被删除或插入。")]


def test_a_cut_tail_is_found(cast, at, without_triggers):
    third = write_three(cast, at)[2]
    count = AuditEntry.objects.count()
    AuditEntry.objects.filter(pk=third.pk).delete()
    assert broken() == [(None, f"操作日志应有 {count} 条，实有 {count - 1} 条：末尾的记录被删除。")]


def test_verify_audit_says_so(cast, at, capsys, without_triggers):
    entry = write_three(cast, at)[0]
    call_command("verify_audit")
    assert capsys.readouterr().out.strip() == f"操作日志 {AuditEntry.objects.count()} 条，链条完整。"
    AuditEntry.objects.filter(pk=entry.pk).update(actor_name="他人")
    with pytest.raises(CommandError, match=f"第 {entry.pk} 条操作日志的内容与其校验码不符"):
        call_command("verify_audit")


def test_the_triggers_are_there_on_this_database(db):
    query = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_no_%'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_append_only'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchone()[0] == {"sqlite": 2, "postgresql": 1}[connection.vendor]


def test_creating_a_project_year_is_audited(cast):
    year = make_year(cast)
    entry = audit.history_of(year).get()
    assert (entry.action, entry.after["requested_yuan"], entry.after["stage"]) == (
        "budgets.projectyear.create", "12800000.00", "drafting"
    )
