"""Task windows: the dates of to-dos, longer time for one unit, and what happens to who comes late."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import FiscalYear, ProjectYear, TaskWindow, WindowExtension, WindowStage
from budgets.rules import window_allows_filing
from budgets.services import extend_window, set_window
from core import clock
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, ToDo
from core.rulebook.terms import LateFiling
from core.ruleset_versions import new_version
from core.transitions import perform
from tests.factories.cast import make_project, make_year
from tests.targets.makers import make_draft, walk

FILING = WindowStage.TARGET_FILING
OPENS, ENDS = date(2026, 9, 1), date(2026, 10, 20)


def keep(cast, *, stage=FILING, year=2026, opens_on=OPENS, due_on=ENDS, at=None, by=None):
    return set_window(
        cast.years[year], stage, opens_on=opens_on, due_on=due_on, by=by or cast.zhou_xiaolan, at=at
    )


def limits() -> list[date | None]:
    return list(ToDo.objects.order_by("pk").values_list("due_on", flat=True))


def elsewhere(cast) -> ProjectYear:
    return make_year(cast, project=make_project(
        cast, code="26-JY-0001", name="校舍维修", unit=cast.other_unit, department=cast.other_department
    ))


def test_a_to_do_is_due_at_the_end_of_its_window(cast, at):
    keep(cast, at=at)
    year = make_year(cast)
    assert ToDo.objects.get().due_on == year.due_on == ENDS


def test_without_a_window_the_rule_sets_days_count_and_else_there_is_no_limit(cast, at):
    year = make_year(cast)
    assert year.due_on is None
    asked = perform(year, "start_ex_ante", by=cast.li_weiguo, at=at).ex_ante_assessments.get()
    assert asked.due_on is None
    keep(cast, stage=WindowStage.EX_ANTE, at=at)
    asked.refresh_from_db()
    assert asked.due_on == ENDS


def test_a_moved_window_takes_its_to_dos_along(cast, at):
    mine, other = make_year(cast), elsewhere(cast)
    later = make_year(cast, project=mine.project, year=2027)
    window, moved = keep(cast, at=at)
    assert (moved, window.due_on) == (2, ENDS)
    window, moved = keep(cast, due_on=date(2026, 11, 5), at=at)
    assert moved == 2
    assert ProjectYear.objects.get(pk=other.pk).due_on == date(2026, 11, 5)
    assert ProjectYear.objects.get(pk=later.pk).due_on is None
    assert limits() == [date(2026, 11, 5), date(2026, 11, 5), None]
    assert keep(cast, due_on=date(2026, 11, 5), at=at)[1] == 0
    entries = AuditEntry.objects.filter(model="budgets.taskwindow").order_by("pk")
    assert [(entry.label, entry.actor_name) for entry in entries] == [("设定任务期", "周晓岚"), ("调整任务期", "周晓岚")]
    assert entries[1].before == {"due_on": "2026-10-20"} and entries[1].after == {"due_on": "2026-11-05"}


def test_one_unit_is_given_longer(cast, at):
    mine, other = make_year(cast), elsewhere(cast)
    window, _ = keep(cast, at=at)
    extension, moved = extend_window(
        window, unit=cast.unit, due_on=date(2026, 11, 3), reason="汛期抢险，人手不足。", by=cast.zhou_xiaolan, at=at
    )
    assert moved == 1
    assert ProjectYear.objects.get(pk=mine.pk).due_on == date(2026, 11, 3)
    assert ProjectYear.objects.get(pk=other.pk).due_on == ENDS
    entry = AuditEntry.objects.get(action="budgets.windowextension.grant")
    assert (entry.before, entry.reason) == ({"due_on": "2026-10-20"}, "汛期抢险，人手不足。")
    assert entry.after == {"unit": "县公路养护中心", "window": "2026年度绩效目标申报", "due_on": "2026-11-03"}
    told = Notice.objects.order_by("pk")
    assert [(notice.recipient.name, notice.title) for notice in told] == [
        ("李卫国", "2026年度绩效目标申报延期至 2026-11-03"), ("王建国", "2026年度绩效目标申报延期至 2026-11-03"),
    ]
    assert told[0].text == "县公路养护中心的2026年度绩效目标申报由 2026-10-20 延至 2026-11-03。理由：汛期抢险，人手不足。"
    fresh = make_year(cast, project=make_project(cast, code="26-JT-0099", name="桥梁检测"))
    assert fresh.due_on == date(2026, 11, 3)
    keep(cast, due_on=date(2026, 10, 25), at=at)
    assert ProjectYear.objects.get(pk=mine.pk).due_on == date(2026, 11, 3)
    again, _ = extend_window(
        window, unit=cast.unit, due_on=date(2026, 11, 10), reason="仍在抢险。", by=cast.zhou_xiaolan, at=at
    )
    assert (again.pk, WindowExtension.objects.count()) == (extension.pk, 1)


def test_extensions_that_are_refused(cast, at):
    window, _ = keep(cast, at=at)
    given = {"unit": cast.unit, "due_on": date(2026, 11, 3), "reason": "抢险。", "by": cast.zhou_xiaolan, "at": at}
    with pytest.raises(RuleViolation) as refusal:
        extend_window(window, **given | {"due_on": ENDS, "reason": " "})
    assert refusal.value.codes == ["reason_missing", "not_longer"]
    assert str(refusal.value.reasons[1]) == (
        "县公路养护中心2026年度绩效目标申报任务期现在截止到 2026-10-20，延至 2026-10-20 并没有延长，请改为 2026-10-20 之后的一天。"
    )
    for person in (cast.qian_li, cast.zhang_wen, cast.li_weiguo):
        with pytest.raises(PermissionDenied):
            extend_window(window, **given | {"by": person})
        with pytest.raises(PermissionDenied):
            keep(cast, by=person, at=at)
    with pytest.raises(RuleViolation) as refusal:
        keep(cast, due_on=date(2026, 8, 31), at=at)
    assert refusal.value.codes == ["window_dates"]
    assert not WindowExtension.objects.exists() and TaskWindow.objects.get().due_on == ENDS


def test_who_gets_a_record_after_its_window_has_the_rule_sets_days(cast, at):
    """王建国 sends the assessment in late; 张雯 has ten days all the same."""
    keep(cast, stage=WindowStage.DEPT_REVIEW, opens_on=date(2026, 8, 1), due_on=date(2026, 9, 10), at=at)
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    assert declaration.due_on == date(2026, 9, 26)
    keep(cast, stage=WindowStage.DEPT_REVIEW, opens_on=date(2026, 8, 1), due_on=date(2026, 10, 8), at=at)
    declaration.refresh_from_db()
    assert declaration.due_on == date(2026, 10, 8)


def strict(cast, at) -> FiscalYear:
    """2026 under a rule set that stops late filings."""
    data = cast.ruleset.data | {"deadlines": cast.ruleset.data["deadlines"] | {"late_filing": "blocked"}}
    year = cast.years[2026]
    year.ruleset = new_version(data, name="mof-2021-cost", fiscal_year=2026, region="安澜县", by=None, at=at)
    year.save()
    return year


def test_late_filing_is_stopped_only_where_the_rule_set_says_so(cast, at, monkeypatch):
    keep(cast, at=at)
    draft = make_draft(cast)
    assert draft.due_on == ENDS
    monkeypatch.setattr(clock, "today", lambda: ENDS + timedelta(days=3))
    assert list(window_allows_filing(draft)) == []
    strict(cast, at)
    draft = type(draft).objects.get(pk=draft.pk)
    assert draft.rulebook().deadlines.late_filing is LateFiling.BLOCKED
    [reason] = window_allows_filing(draft)
    assert (reason.code, reason.sentence) == (
        "window_closed",
        "“农村公路日常养护及小修保养”2026年度绩效目标应于 2026-10-20 前报送，现已截止 3 天，不能再报送；确需补报的，请在“办理期限”中申请延期，由财政绩效股批准。",
    )
    with pytest.raises(RuleViolation) as refusal:
        perform(draft, "submit", by=cast.li_weiguo, at=at + timedelta(days=40))
    assert "window_closed" in refusal.value.codes
    extend_window(
        TaskWindow.objects.get(), unit=cast.unit, due_on=ENDS + timedelta(days=3), reason="抢险。",
        by=cast.zhou_xiaolan, at=at,
    )
    assert list(window_allows_filing(draft)) == []


def test_an_adjustment_is_bound_by_no_window(cast, at):
    keep(cast, at=at)
    draft = make_draft(cast)
    draft.version = 2
    assert draft.window_stage == "" and type(draft).window_ends([draft]) == [None]


def test_windows_are_read_in_two_questions_for_any_number_of_records(cast, at, django_assert_num_queries):
    keep(cast, at=at)
    years = [
        make_year(cast, project=make_project(cast, code=f"26-JT-{number:04}", name=f"第{number}标段"))
        for number in range(5)
    ]
    rows = list(ProjectYear.objects.with_names().filter(pk__in=[year.pk for year in years]))
    with django_assert_num_queries(2):
        assert {end.due_on for end in ProjectYear.window_ends(rows)} == {ENDS}


class TestPages:
    def test_finance_keeps_the_calendar(self, cast, signed_in, at, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: at)
        year = make_year(cast)
        client = signed_in(cast.zhou_xiaolan)
        edit = reverse("budgets:window_edit", args=[2026, "target_filing"])
        answer = client.post(edit, {"opens_on": "2026-09-01", "due_on": "2026-10-20"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{reverse('budgets:windows')}?year=2026")
        shown = client.get(answer.headers["Location"]).content.decode()
        assert "2026年度绩效目标申报任务期：2026-09-01 至 2026-10-20；1 项在办事项的期限随之更新。" in shown
        assert "截止后报送：可以报送，标记逾期" in shown
        assert client.post(edit, {"opens_on": "2026-09-01", "due_on": "2026-08-20"}).status_code == 422
        extend = reverse("budgets:window_extend", args=[2026, "target_filing"])
        answer = client.post(extend, {"unit": cast.unit.pk, "due_on": "2026-11-03", "reason": "汛期抢险。"})
        assert answer.status_code == 302
        shown = client.get(answer.headers["Location"]).content.decode()
        assert "汛期抢险。" in shown and "1 个单位" in shown
        assert ProjectYear.objects.get(pk=year.pk).due_on == date(2026, 11, 3)
        assert client.get(reverse("budgets:window_edit", args=[2026, "nonsense"])).status_code == 404

    def test_a_unit_sees_its_own_last_day_and_no_others_reasons(self, cast, signed_in, at):
        window, _ = keep(cast, at=at)
        for unit, reason in ((cast.unit, "汛期抢险。"), (cast.other_unit, "校舍搬迁。")):
            extend_window(
                window, unit=unit, due_on=date(2026, 11, 3), reason=reason, by=cast.zhou_xiaolan, at=at
            )
        shown = signed_in(cast.li_weiguo).get(reverse("budgets:windows"), {"year": 2026}).content.decode()
        assert "本单位延至 2026-11-03" in shown
        assert "汛期抢险。" in shown and "校舍搬迁。" not in shown
        assert "批准延期" not in shown
