"""``perform`` and ``available``: the door itself, shown on the project-year."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction

from budgets.models import ProjectYear
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, ToDo
from core.transitions import available, effect_of, perform, perform_many
from tests.factories.cast import NOON, make_cast, make_project, make_year
from tests.workflow_table import footprint, put_into


def test_a_step_saves_audits_and_hands_over_the_todo(cast, at):
    year = make_year(cast)
    later = at + timedelta(days=1)
    fresh = perform(year, "start_filing", by=cast.li_weiguo, at=later, seen=0)
    assert (fresh.stage, fresh.revision, fresh.state_since) == ("target_filing", 1, later)
    entry = AuditEntry.objects.of(year).first()
    assert (entry.action, entry.label, entry.actor_name, entry.organisation_name) == (
        "budgets.projectyear.start_filing", "开始填报绩效目标", "李卫国", "县公路养护中心"
    )
    assert (entry.before["stage"], entry.after["stage"], entry.thread) == (
        "drafting", "target_filing", f"projectyear:{year.pk}"
    )
    assert list(ToDo.objects.values_list("verb", "role", "organisation__name", "year", "amount_yuan")) == [
        ("填报绩效目标", "unit_operator", "县公路养护中心", 2026, year.requested_yuan)
    ]


def test_who_may_never_take_a_step_is_denied_and_nothing_is_written(cast, at):
    year = make_year(cast)
    before = footprint(year)
    for outsider in (cast.chen_mo, cast.wu_di, cast.he_min, cast.wang_jianguo):
        with pytest.raises(PermissionDenied):
            perform(year, "start_filing", by=outsider, at=at)
    assert footprint(year) == before


def test_a_step_out_of_turn_is_refused_by_name(cast, at):
    year = make_year(cast, stage="executing")
    with pytest.raises(RuleViolation) as refusal:
        perform(year, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.value.codes == ["wrong_state"]
    assert str(refusal.value) == (
        "“农村公路日常养护及小修保养”2026年度项目目前是“执行中”，不能办理“开始填报绩效目标”，请刷新页面查看最新进度。"
    )


def test_a_stale_page_is_refused_and_the_fresh_one_passes(cast, at):
    year = make_year(cast)
    with pytest.raises(RuleViolation) as refusal:
        perform(year, "start_filing", by=cast.li_weiguo, at=at, seen=7)
    assert refusal.value.codes == ["stale"]
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at, seen=0).stage == "target_filing"


def test_a_required_opinion_is_asked_for(cast, at):
    year = make_year(cast, stage="executing")
    with pytest.raises(RuleViolation) as refusal:
        perform(year, "suspend", by=cast.qian_li, at=at, reason="  ")
    assert refusal.value.codes == ["reason_missing"]
    assert perform(year, "suspend", by=cast.qian_li, at=at, reason="支出严重滞后").stage == "suspended"


def test_a_driven_step_needs_a_document_of_the_same_project_year(cast, at):
    year = make_year(cast, stage="target_filing")
    next_year = make_year(cast, project=year.project, year=2027, stage="target_filing")
    for cause in (None, next_year):
        with pytest.raises(PermissionDenied):
            perform(year, "start_review", by=cast.li_weiguo, at=at, cause=cause)
    assert perform(year, "start_review", by=cast.li_weiguo, at=at, cause=year).stage == "target_review"


def test_available_lists_own_steps_with_every_reason(cast):
    year = make_year(cast, fiscal_yuan="0.00")
    options = available(year, cast.li_weiguo)
    assert [(option.name, option.label, option.allowed) for option in options] == [
        ("start_ex_ante", "开展事前绩效评估", False), ("start_filing", "开始填报绩效目标", False)
    ]
    assert options[0].reasons == [
        "“农村公路日常养护及小修保养”2026年度项目还没有填写申请金额，请先在“资金”中填写各项资金来源。"
    ]
    assert available(year, cast.chen_mo) == []
    assert available(year, cast.wu_di) == []


def test_nothing_is_left_when_an_effect_fails(cast, at, monkeypatch):
    from core import transitions

    def broken(record, **kwargs):
        raise RuleViolation([])

    year = make_year(cast)
    before = footprint(year)
    monkeypatch.setitem(transitions._effects, ("budgets.projectyear", "start_filing"), [broken])
    with pytest.raises(RuleViolation):
        perform(year, "start_filing", by=cast.li_weiguo, at=at)
    assert footprint(year) == before


def test_nobody_reviews_his_own_work(cast, at):
    """SEP-1 on the ex-ante assessment: the department's reviewer may not be its author."""
    from budgets.models import ExAnteAssessment
    from core import records

    year = make_year(cast, stage="ex_ante")
    assessment = records.create(ExAnteAssessment(project_year=year), by=cast.zhang_wen, at=at)
    assessment = put_into(assessment, "dept_reviewing")
    with pytest.raises(RuleViolation) as refusal:
        perform(assessment, "send_back", by=cast.zhang_wen, at=at, reason="请补充测算")
    assert refusal.value.codes == ["SEP-1"]


def test_the_filer_hears_of_a_return(cast, at):
    from budgets.models import ExAnteAssessment
    from core import records

    year = make_year(cast, stage="ex_ante")
    assessment = records.create(ExAnteAssessment(project_year=year), by=cast.li_weiguo, at=at)
    perform(put_into(assessment, "dept_reviewing"), "send_back", by=cast.zhang_wen, at=at, reason="请补充测算")
    assert list(Notice.objects.values_list("recipient__name", "title", "text")) == [
        ("李卫国", "“农村公路日常养护及小修保养”2026年度事前绩效评估：退回修改", "请补充测算")
    ]


def make_years(cast, *stages: str) -> list[ProjectYear]:
    return [
        make_year(cast, project=make_project(cast, code=f"26-JT-01{place:02}", name=f"第{place}标段"), stage=stage)
        for place, stage in enumerate(stages)
    ]


def test_many_take_a_step_as_each_would_alone(cast, at):
    """Rows, to-dos and audit entries are those of single steps; only the statements are shared."""
    alone, *together = make_years(cast, *["drafting"] * 4)
    perform(alone, "start_filing", by=cast.li_weiguo, at=at)
    perform_many(together, "start_filing", by=cast.li_weiguo, at=at)
    traces = []
    for year in (alone, *together):
        row, entry = ProjectYear.objects.get(pk=year.pk), AuditEntry.objects.of(year).first()
        todo = ToDo.objects.get(model="budgets.projectyear", object_id=year.pk)
        traces.append((row.stage, row.revision, row.state_since, row.due_on, entry.action, entry.label, entry.before,
                       entry.after, todo.verb, todo.role, todo.organisation_id, todo.since))
    assert traces[0][:3] == ("target_filing", 1, at)
    assert traces[1:] == traces[:1] * 3
    call_command("verify_audit")


def test_many_are_all_or_none_with_the_reasons_of_all(cast, at):
    years = make_years(cast, "drafting", "executing", "closed")
    before = [footprint(year) for year in years]
    with pytest.raises(RuleViolation) as refusal:
        perform_many(years, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.value.codes == ["wrong_state", "wrong_state"]
    with pytest.raises(PermissionDenied):
        perform_many(years, "start_filing", by=cast.chen_mo, at=at)
    assert [footprint(year) for year in years] == before
    assert perform_many([], "start_filing", by=cast.chen_mo, at=at) is None


def test_many_driven_steps_need_the_cause_of_each(cast, at):
    first, second = make_years(cast, "target_filing", "target_filing")
    with pytest.raises(PermissionDenied):
        perform_many([first, second], "start_review", by=cast.li_weiguo, at=at, causes=[second, first])
    perform_many([first, second], "start_review", by=cast.li_weiguo, at=at, causes=[first, second])
    assert {ProjectYear.objects.get(pk=year.pk).stage for year in (first, second)} == {"target_review"}


@pytest.fixture
def effects(monkeypatch):
    from core import transitions

    found = []
    monkeypatch.setitem(transitions._effects, ("budgets.projectyear", "start_filing"), found)
    return found


def test_an_effect_for_many_is_called_once(cast, at, effects):
    years = make_years(cast, "drafting", "drafting")
    called = []

    @effect_of(ProjectYear, "start_filing", many=True)
    def note(records, **act):
        called.append([record.pk for record in records])

    perform_many(years, "start_filing", by=cast.li_weiguo, at=at)
    assert called == [[year.pk for year in years]]


@pytest.mark.django_db(transaction=True)
def test_two_stale_copies_cannot_both_pass():
    """A real race: two people press the same button at the same time, on either database exactly one passes."""
    people = make_cast()
    year = make_year(people)
    start = threading.Barrier(2)
    outcomes = []

    def press():
        try:
            copy = ProjectYear.objects.get(pk=year.pk)
            start.wait()
            perform(copy, "start_filing", by=people.li_weiguo, at=NOON, seen=0)
            outcomes.append("passed")
        except RuleViolation as refusal:
            outcomes.append(refusal.codes[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["passed", "stale"]
    assert AuditEntry.objects.filter(action="budgets.projectyear.start_filing").count() == 1
    with transaction.atomic():
        assert ProjectYear.objects.get(pk=year.pk).revision == 1
