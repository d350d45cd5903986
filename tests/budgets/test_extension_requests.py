"""延期申请: asked for by the unit, granted, refused or withdrawn, and what each does to the time limits."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import ExtensionRequest, ProjectYear, TaskWindow, WindowExtension, WindowStage
from budgets.queries.calendar import own_limits
from budgets.services import ask_for_extension, extend_window, set_window
from core import clock
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, ToDo
from core.transitions import perform
from tests.factories.cast import make_year
from tests.targets.makers import make_draft
from tests.workflow_table import check_holders, check_permissions, declared_table, refused_everywhere

TABLE = {("applied", "grant"): "granted", ("applied", "refuse"): "refused", ("applied", "withdraw"): "withdrawn"}
ENDS, WISHED = date(2026, 10, 20), date(2026, 11, 3)
ASKING = reverse("budgets:window_ask", args=[2026, "target_filing"])


@pytest.fixture
def window(cast, at) -> TaskWindow:
    return keep(cast, at)


def keep(cast, at, *, stage=WindowStage.TARGET_FILING, due_on=ENDS) -> TaskWindow:
    return set_window(
        cast.years[2026], stage, opens_on=date(2026, 9, 1), due_on=due_on, by=cast.zhou_xiaolan, at=at
    )[0]


def ask(cast, window, at, **changes) -> ExtensionRequest:
    given = {"unit": cast.unit, "wished_on": WISHED, "reason": "汛期抢险，人手不足。", "by": cast.li_weiguo} | changes
    return ask_for_extension(window, **given, at=at)


def refused(cast, window, at, **changes) -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        ask(cast, window, at, **changes)
    return caught.value


def test_table_and_permissions(cast, window, at):
    assert declared_table(ExtensionRequest) == TABLE
    check_permissions(ExtensionRequest)
    check_holders(ExtensionRequest)
    people = {"withdraw": cast.li_weiguo}
    tried = refused_everywhere(
        ask(cast, window, at), TABLE, lambda step, record: people.get(step, cast.zhou_xiaolan), at=at
    )
    assert tried == 4 * 3 - len(TABLE)


def test_the_application_comes_to_who_can_grant_it(cast, window, at):
    asked = ask(cast, window, at)
    todo = ToDo.objects.get(model="budgets.extensionrequest")
    assert (todo.role, todo.verb, todo.subject, todo.subtitle, todo.year) == (
        "fiscal_performance", "审核延期申请", "县公路养护中心2026年度绩效目标申报的延期申请", "希望延至 2026-11-03", 2026
    )
    assert (todo.url, todo.due_on) == (asked.get_absolute_url(), date(2026, 9, 21))
    entry = AuditEntry.objects.get(action="budgets.extensionrequest.create")
    assert (entry.actor_name, entry.label, entry.reason) == ("李卫国", "申请延期", "汛期抢险，人手不足。")


def test_granted_as_it_was_asked_for(cast, window, at):
    year = make_year(cast)
    asked = perform(ask(cast, window, at), "grant", by=cast.zhou_xiaolan, at=at)
    assert (asked.state, asked.granted_on, asked.decision) == ("granted", WISHED, "")
    extension = WindowExtension.objects.get()
    assert (extension.unit, extension.due_on, extension.reason, extension.granted_by) == (
        cast.unit, WISHED, "汛期抢险，人手不足。", cast.zhou_xiaolan
    )
    assert ProjectYear.objects.get(pk=year.pk).due_on == WISHED
    assert not ToDo.objects.filter(model="budgets.extensionrequest").exists()
    assert [(notice.recipient.name, notice.title) for notice in Notice.objects.order_by("pk")] == [
        ("李卫国", "2026年度绩效目标申报延期至 2026-11-03"), ("王建国", "2026年度绩效目标申报延期至 2026-11-03"),
    ]


def test_granted_on_another_day_and_the_department_that_asked_hears_of_it(cast, window, at):
    asked = perform(
        ask(cast, window, at, by=cast.zhang_wen), "grant", by=cast.zhou_xiaolan, at=at, reason="只能延一周。",
        data={"due_on": date(2026, 10, 27)},
    )
    assert (asked.granted_on, WindowExtension.objects.get().due_on) == (date(2026, 10, 27), date(2026, 10, 27))
    told = Notice.objects.get(recipient=cast.zhang_wen)
    assert (told.title, told.text, told.url) == (
        "县公路养护中心2026年度绩效目标申报的延期申请：已批准", "延至 2026-10-27。只能延一周。", asked.get_absolute_url()
    )


def test_refused_with_a_reason_and_asked_for_again(cast, window, at):
    asked = ask(cast, window, at)
    with pytest.raises(RuleViolation) as caught:
        perform(asked, "refuse", by=cast.zhou_xiaolan, at=at)
    assert caught.value.codes == ["reason_missing"]
    asked = perform(asked, "refuse", by=cast.zhou_xiaolan, at=at, reason="人代会前须汇总，不能再延。")
    assert (asked.state, asked.decision) == ("refused", "人代会前须汇总，不能再延。")
    told = Notice.objects.get()
    assert (told.recipient, told.title, told.text) == (
        cast.li_weiguo, "县公路养护中心2026年度绩效目标申报的延期申请：不予通过", "人代会前须汇总，不能再延。"
    )
    assert not WindowExtension.objects.exists()
    assert ask(cast, window, at).state == "applied"


def test_withdrawn_by_the_unit_to_ask_for_another_day(cast, window, at):
    asked = ask(cast, window, at)
    again = refused(cast, window, at, wished_on=date(2026, 11, 10))
    assert str(again) == "县公路养护中心2026年度绩效目标申报任务期的延期申请正在审核，请等待结果；要改日期或理由的，请先撤回再申请。"
    perform(asked, "withdraw", by=cast.wang_jianguo, at=at)
    assert ask(cast, window, at, wished_on=date(2026, 11, 10)).wished_on == date(2026, 11, 10)


def test_what_cannot_be_asked_for(cast, window, at):
    assert refused(cast, window, at, reason=" ", wished_on=ENDS).codes == ["reason_missing", "not_longer"]
    assert str(refused(cast, window, at, wished_on=date(2027, 10, 21))) == (
        "县公路养护中心2026年度绩效目标申报任务期延至 2027-10-21，超过一年，请改为 2027-10-20 或以前的一天，到时仍不能办完的再申请。"
    )
    over = keep(cast, at, stage=WindowStage.EX_ANTE, due_on=date(2026, 9, 10))
    past = refused(cast, over, at, wished_on=date(2026, 9, 15))
    assert str(past) == "县公路养护中心2026年度事前绩效评估任务期延至 2026-09-15，这一天已经过去，请改为 2026-09-16 或以后的一天。"
    assert ask(cast, over, at, wished_on=date(2026, 9, 16)).wished_on == date(2026, 9, 16)
    reviewing = keep(cast, at, stage=WindowStage.DEPT_REVIEW)
    assert refused(cast, reviewing, at).codes == ["not_their_stage"]
    assert ask(cast, reviewing, at, by=cast.zhang_wen).created_by == cast.zhang_wen
    cast.years[2026].is_open = False
    cast.years[2026].save()
    assert refused(cast, window, at).codes == ["year_closed"]


def test_who_may_ask_and_who_may_decide(cast, window, at):
    for other in (cast.chen_mo, cast.zhou_xiaolan, cast.lu_yuan, cast.he_min, cast.wu_di):
        with pytest.raises(PermissionDenied):
            ask(cast, window, at, by=other)
    asked = ask(cast, window, at)
    for other in (cast.li_weiguo, cast.wang_jianguo, cast.zhang_wen, cast.lu_yuan, cast.qian_li):
        for step in ("grant", "refuse"):
            with pytest.raises(PermissionDenied):
                perform(asked, step, by=other, at=at, reason="同意")
    seen_by = [
        person for person in (cast.li_weiguo, cast.zhang_wen, cast.lu_yuan, cast.sun_zheng, cast.chen_mo, cast.he_min)
        if ExtensionRequest.objects.visible_to(person).exists()
    ]
    assert seen_by == [cast.li_weiguo, cast.zhang_wen, cast.lu_yuan, cast.sun_zheng]


def test_a_wish_that_was_overtaken_is_refused_by_its_figures(cast, window, at):
    asked = ask(cast, window, at)
    extend_window(window, unit=cast.unit, due_on=date(2026, 11, 10), reason="统一延期。", by=cast.zhou_xiaolan, at=at)
    with pytest.raises(RuleViolation) as caught:
        perform(asked, "grant", by=cast.zhou_xiaolan, at=at)
    assert caught.value.codes == ["not_longer"]
    assert ExtensionRequest.objects.get().state == "applied"


def test_a_window_moved_past_an_extension_holds_for_that_unit_too(cast, window, at):
    year = make_year(cast)
    extend_window(window, unit=cast.unit, due_on=WISHED, reason="抢险。", by=cast.zhou_xiaolan, at=at)
    keep(cast, at, due_on=date(2026, 11, 20))
    assert ProjectYear.objects.get(pk=year.pk).due_on == date(2026, 11, 20)
    assert own_limits(cast.unit, today=ENDS)[0]["due_on"] == date(2026, 11, 20)


@pytest.fixture
def at_noon(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    monkeypatch.setattr(clock, "today", at.date)


@pytest.mark.usefixtures("at_noon")
class TestPages:
    def test_from_the_calendar_to_one_press_of_finance(self, cast, signed_in, window, at):
        year = make_year(cast)
        unit = signed_in(cast.li_weiguo)
        assert ASKING in unit.get(reverse("budgets:windows"), {"year": 2026}).content.decode()
        shown = unit.get(ASKING).content.decode()
        assert "统一的截止日期是 2026-10-20，县公路养护中心现在截止到 2026-10-20。" in shown
        answer = unit.post(ASKING, {"unit": cast.unit.pk, "wished_on": "2026-10-01", "reason": "汛期抢险。"})
        assert (answer.status_code, "汛期抢险。" in answer.content.decode()) == (422, True)
        answer = unit.post(ASKING, {"unit": cast.unit.pk, "wished_on": "2026-11-03", "reason": "汛期抢险。"})
        asked = ExtensionRequest.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, asked.get_absolute_url())
        assert unit.get(ASKING).headers["Location"] == asked.get_absolute_url()
        assert f'href="{asked.get_absolute_url()}"' in unit.get(reverse("home")).content.decode()
        finance = signed_in(cast.zhou_xiaolan)
        shown = finance.get(asked.get_absolute_url()).content.decode()
        assert "批准延期" in shown and "不予延期" in shown and "另定日期" in shown
        assert "“农村公路日常养护及小修保养”2026年度项目" in shown
        step = reverse("budgets:extensionrequest_step", args=[asked.pk, "grant"])
        assert 'value="2026-11-03"' in finance.get(step).content.decode()
        assert finance.post(step, {"seen": asked.revision}).status_code == 302
        assert ProjectYear.objects.get(pk=year.pk).due_on == WISHED
        assert finance.post(step, {"seen": asked.revision}).status_code == 409

    def test_odd_addresses_and_overlong_texts(self, cast, signed_in, window, at):
        client = signed_in(cast.li_weiguo)
        for address in ("2026/nonsense/ask", f"{10 ** 22}/target_filing/ask", f"requests/{10 ** 22}"):
            assert client.get(f"/windows/{address}/").status_code == 404, address
        assert client.get(ASKING, {"unit": 10 ** 22}).status_code == 200
        long = client.post(ASKING, {"unit": cast.unit.pk, "wished_on": "2026-11-03", "reason": "长" * 501})
        assert (long.status_code, "现有 501 字，最多 500 字，请删减后再提交。" in long.content.decode()) == (422, True)
        assert "长" * 501 in long.content.decode() and not ExtensionRequest.objects.exists()

    def test_others_find_neither_form_nor_application(self, cast, signed_in, window, at):
        asked = ask(cast, window, at)
        stranger = signed_in(cast.chen_mo)
        assert stranger.get(asked.get_absolute_url()).status_code == 404
        answer = stranger.post(ASKING, {"unit": cast.unit.pk, "wished_on": "2026-11-03", "reason": "代办。"})
        assert (answer.status_code, ExtensionRequest.objects.count()) == (422, 1)
        assert signed_in(cast.wu_di).get(ASKING).status_code == 403

    @pytest.mark.parametrize("make", [make_year, make_draft], ids=["project-year", "declaration"])
    def test_it_is_offered_where_the_time_is_short(self, cast, signed_in, window, at, monkeypatch, make):
        page = make(cast).get_absolute_url()
        offered = f'href="{ASKING}?unit={cast.unit.pk}"'
        for today, person, is_offered in (
            (ENDS - timedelta(days=5), cast.li_weiguo, False), (ENDS - timedelta(days=4), cast.li_weiguo, True),
            (ENDS + timedelta(days=9), cast.zhang_wen, True), (ENDS + timedelta(days=9), cast.zhou_xiaolan, False),
        ):
            monkeypatch.setattr(clock, "today", lambda today=today: today)
            assert (offered in signed_in(person).get(page).content.decode()) is is_offered, (today, person)
