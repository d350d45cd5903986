"""催办 and 关注: who may remind whom, when, how often, and who hears of a step."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import WindowStage
from budgets.services import set_window
from core import clock, watching
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, Reminder, ToDo
from core.reminders import may_remind, remind, remind_all
from core.transitions import perform
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import make_draft, walk

ENDS = date(2026, 9, 14)


@pytest.fixture
def late(cast, at):
    """A project-year that 李卫国 should have begun two days ago; the clock stands at noon of 16 September."""
    set_window(
        cast.years[2026], WindowStage.TARGET_FILING, opens_on=date(2026, 9, 1), due_on=ENDS, by=cast.zhou_xiaolan, at=at
    )
    return make_year(cast)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", lambda: NOON.date())


def test_the_holder_hears_what_until_when_and_from_whom(cast, late, at):
    reminder = remind(late, by=cast.zhang_wen, at=at, text="请今天办完。")
    assert (reminder.holder, reminder.due_on) == ("县公路养护中心单位经办人", ENDS)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.title, notice.url) == (
        cast.li_weiguo, "催办：“农村公路日常养护及小修保养”2026年度项目", late.get_absolute_url()
    )
    assert notice.text == (
        "张雯（县交通运输局）催办：请“启动年度申报”，应于 2026-09-14 前办理，已逾期 2 天。 请今天办完。"
    )
    entry = AuditEntry.objects.get(action="core.reminder.send")
    assert (entry.thread, entry.reason, entry.after) == (
        late.thread(), "请今天办完。", {"holder": "县公路养护中心单位经办人", "due_on": "2026-09-14"}
    )


def test_once_a_day_for_each_record(cast, late, at):
    remind(late, by=cast.zhang_wen, at=at)
    with pytest.raises(RuleViolation) as refusal:
        remind(late, by=cast.lu_yuan, at=at + timedelta(hours=3))
    assert refusal.value.codes == ["reminded_today"]
    assert str(refusal.value) == (
        "“农村公路日常养护及小修保养”2026年度项目今天 12:00 已由张雯催办过，每天最多催办一次，请明天再催。"
    )
    remind(late, by=cast.lu_yuan, at=at + timedelta(days=1))
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize(("due_on", "code", "told"), [
    (date(2026, 9, 21), "not_due", "应于 2026-09-21 前办理，还剩 5 天；剩 4 天以内或逾期后才能催办。"),
    (None, "no_due_date", "没有办理期限，不能催办；可以在页面上给在办人留言。"),
])
def test_what_is_not_pressing_is_left_alone(cast, at, due_on, code, told):
    year = make_year(cast)
    type(year).objects.filter(pk=year.pk).update(due_on=due_on)
    with pytest.raises(RuleViolation) as refusal:
        remind(year, by=cast.zhang_wen, at=at)
    assert refusal.value.codes == [code] and str(refusal.value).endswith(told)
    assert not Notice.objects.exists()


def test_nobody_holds_it(cast, at):
    with pytest.raises(RuleViolation) as refusal:
        remind(make_year(cast, stage="executing"), by=cast.zhang_wen, at=at)
    assert refusal.value.codes == ["no_holder"]


def test_only_from_upstream(cast, late, at):
    for person in (cast.li_weiguo, cast.wang_jianguo, cast.chen_mo, cast.wu_di, cast.he_min):
        with pytest.raises(PermissionDenied):
            remind(late, by=person, at=at)
    everybody = (
        cast.li_weiguo, cast.zhang_wen, cast.lu_yuan, cast.zhou_xiaolan, cast.qian_li, cast.sun_zheng, cast.wu_di,
    )
    table = {
        "unit_operator": [False, True, True, True, True, True, False],
        "dept_performance": [False, False, True, True, True, True, False],
        "fiscal_business": [False, False, False, True, False, True, False],
    }
    found = {
        role: [may_remind(late, person, holders=[role]) for person in everybody] for role in table
    }
    assert found == table
    assert not may_remind(late, cast.zhang_wen, holders=[])


def test_many_at_once_tell_what_was_left_out(cast, late, at):
    distant = make_year(cast, project=make_project(cast, code="26-JT-0099", name="桥梁检测"))
    late_threads = [late.thread(), distant.thread()]
    type(distant).objects.filter(pk=distant.pk).update(due_on=date(2026, 12, 1))
    batch = remind_all(late_threads, by=cast.zhang_wen, at=at)
    assert (batch.done, len(batch.refused)) == (1, 1)
    assert batch.sentences[0].startswith("“桥梁检测”2026年度项目应于 2026-12-01 前办理")


def test_the_declaration_is_reminded_of_on_the_projects_thread(cast, at):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    type(declaration).objects.filter(pk=declaration.pk).update(due_on=date(2026, 9, 18))
    ToDo.objects.filter(model="targets.targetdeclaration").update(due_on=date(2026, 9, 18))
    batch = remind_all([declaration.thread()], by=cast.lu_yuan, at=at)
    assert (batch.done, batch.sentences) == (1, [])
    assert Notice.objects.get(title__startswith="催办").recipient == cast.zhang_wen


def test_watchers_hear_of_every_step_but_their_own(cast, at):
    year = make_year(cast)
    assert watching.toggle(year.thread(), by=cast.zhang_wen, at=at)
    assert watching.toggle(year.thread(), by=cast.chen_mo, at=at)
    perform(year, "start_filing", by=cast.li_weiguo, at=at)
    heard = Notice.objects.get()
    assert (heard.recipient, heard.title) == (
        cast.zhang_wen, "“农村公路日常养护及小修保养”2026年度项目：开始填报绩效目标"
    )
    assert not watching.toggle(year.thread(), by=cast.zhang_wen, at=at)
    assert not watching.is_watched(year.thread(), cast.zhang_wen)


class TestPages:
    def test_from_the_page_of_the_project(self, cast, late, signed_in):
        page = reverse("budgets:project_year", args=[late.pk])
        assert "催办" not in signed_in(cast.li_weiguo).get(page).content.decode()
        client = signed_in(cast.zhang_wen)
        assert "发送催办" in client.get(page).content.decode()
        shown = client.post(reverse("budgets:remind", args=[late.pk]), {"text": "请今天办完。"}, follow=True).content.decode()
        assert "已催办 1 项，在办人会在消息中看到。" in shown
        assert "已催办 1 次，最近 9月16日 12:00 张雯。" in shown
        again = client.post(reverse("budgets:remind", args=[late.pk]), follow=True).content.decode()
        assert "每天最多催办一次，请明天再催。" in again
        assert signed_in(cast.wang_jianguo).post(reverse("budgets:remind", args=[late.pk])).status_code == 403
        assert signed_in(cast.chen_mo).post(reverse("budgets:remind", args=[late.pk])).status_code == 404

    def test_from_the_list_only_what_one_sees(self, cast, late, signed_in):
        foreign = make_year(cast, project=make_project(
            cast, code="26-JY-0001", name="校舍维修", unit=cast.other_unit, department=cast.other_department
        ))
        client = signed_in(cast.zhang_wen)
        late_view = client.get(reverse("budgets:projects"), {"view": "late", "year": 2026}).content.decode()
        assert "逾期 2 天" in late_view and "催办所选" in late_view and "校舍维修" not in late_view
        answer = client.post(reverse("budgets:remind_selected"), {"selected": [late.pk, foreign.pk]}, follow=True)
        assert "已催办 1 项" in answer.content.decode()
        assert list(Reminder.objects.values_list("object_id", flat=True)) == [late.pk]
        nothing = client.post(reverse("budgets:remind_selected"), follow=True).content.decode()
        assert "没有可以催办的事项" in nothing
        assert "催办所选" not in signed_in(cast.li_weiguo).get(reverse("budgets:projects")).content.decode()

    def test_watching_is_a_button(self, cast, late, signed_in):
        client = signed_in(cast.zhou_xiaolan)
        shown = client.post(reverse("budgets:watch", args=[late.pk]), follow=True).content.decode()
        assert "已关注“农村公路日常养护及小修保养”2026年度项目" in shown and 'aria-pressed="true"' in shown
        assert "不再关注" in client.post(reverse("budgets:watch", args=[late.pk]), follow=True).content.decode()
