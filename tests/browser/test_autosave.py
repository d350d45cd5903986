"""Drafts that save themselves in a real Chromium: live figures, a refusal, a lost session, a press during a save."""

import pytest
from playwright.sync_api import Page, expect

from core.models import AuditEntry
from evaluation.models import SelfEvaluation
from tests.browser.people import Visitor
from tests.evaluation.makers import fill, make_sheet
from tests.factories.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.page_script, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db) -> Cast:
    return make_cast()


@pytest.fixture
def sheet(cast) -> SelfEvaluation:
    return fill(make_sheet(cast), cast)


@pytest.fixture
def li(cast, sheet, new_context, live_server) -> Visitor:
    visitor = Visitor(new_context, live_server.url, cast.li_weiguo)
    visitor.open(sheet.get_absolute_url())
    return visitor


def state(page: Page):
    return page.locator("[data-autosave-state]")


def total_of(sheet: SelfEvaluation) -> str:
    return str(SelfEvaluation.objects.get(pk=sheet.pk).total)


def test_what_is_typed_is_saved_and_the_scores_follow(li, sheet):
    before = AuditEntry.objects.filter(action="evaluation.selfevaluation.edit").count()
    li.field("日常养护里程 实际完成值").fill("1204.8")
    expect(state(li.page)).to_contain_text("已自动保存")
    expect(li.page.locator("[data-live=score-2]")).to_contain_text("20.00")
    expect(li.page.locator("[data-live=scorebox]")).to_contain_text("97.20")
    assert total_of(sheet) == "97.20"
    assert AuditEntry.objects.filter(action="evaluation.selfevaluation.edit").count() == before + 1
    li.field("日常养护里程 实际完成值").fill("1144.56")
    li.press("保存草稿")
    li.sees("已保存，自评 96.20 分")
    expect(li.page.locator("[data-kept]")).to_be_hidden()


def test_a_refusal_says_why_and_nothing_typed_is_lost(li, sheet):
    li.field("日常养护里程 实际完成值").fill("一千公里")
    expect(state(li.page)).to_contain_text("没有存上：第 2 行“日常养护里程”实际完成值：“一千公里”不是数字，请填一个数，例如 86.5。")
    assert total_of(sheet) == "96.20"
    li.page.once("dialog", lambda dialog: dialog.accept())
    li.open(sheet.get_absolute_url())
    expect(li.page.locator("[data-kept]")).to_be_visible()
    expect(li.field("日常养护里程 实际完成值")).to_have_value("1144.56")
    li.press("恢复这份内容")
    expect(li.field("日常养护里程 实际完成值")).to_have_value("一千公里")
    expect(li.page.locator("[data-kept]")).to_be_hidden()


def test_what_was_typed_survives_the_end_of_the_session(li, sheet):
    cookies = li.page.context.cookies()
    li.page.context.clear_cookies(name="sessionid")
    li.field("日常养护里程 偏差原因").fill("登录失效时写下的原因。")
    expect(state(li.page)).to_contain_text("登录已失效，内容已留在本机，请重新登录后恢复")
    li.page.context.add_cookies(cookies)
    li.open(sheet.get_absolute_url())
    li.press("恢复这份内容")
    expect(state(li.page)).to_contain_text("已自动保存")
    assert sheet.scores.get(indicator__name="日常养护里程").reason == "登录失效时写下的原因。"


def test_a_press_during_a_save_waits_for_it(li, sheet):
    """Sent beside the save it would be refused as out of date."""
    held = []
    li.page.route(f"**{sheet.get_absolute_url()}", lambda route: held.append(route) if not held else route.continue_())
    li.field("日常养护里程 实际完成值").fill("1204.8")
    expect(state(li.page)).to_have_text("正在保存")
    li.press("保存并报送单位负责人审核")
    held[0].continue_()
    li.sees("已报送单位负责人审核。")
    assert SelfEvaluation.objects.get(pk=sheet.pk).state == "unit_review"
