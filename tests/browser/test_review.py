"""The review page in a real Chromium: an item cleared with three keys, comments pinned to cells, the fitting button."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from targets.models import FieldComment, TargetDeclaration
from tests.browser.people import Visitor
from tests.factories.cast import Cast, make_cast, make_project, make_year
from tests.targets.makers import make_draft, walk

pytestmark = [pytest.mark.browser, pytest.mark.page_script, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db) -> Cast:
    return make_cast()


def waiting(cast: Cast, count: int) -> list[TargetDeclaration]:
    found = []
    for number in range(count):
        project = make_project(cast, code=f"26-JT-{number:04}", name=f"农村公路养护第 {number + 1} 标段")
        found.append(walk(make_draft(cast, project_year=make_year(cast, project=project)), cast, "dept_reviewing"))
    return found


def review_url(declaration: TargetDeclaration) -> str:
    return reverse("targets:review", args=[declaration.pk])


def at(page: Page, path: str) -> None:
    page.wait_for_url(re.compile(rf"{re.escape(path)}($|\?)"))


def primary(page: Page):
    return page.locator(".verdict .btn-primary")


def state_of(declaration: TargetDeclaration) -> str:
    return TargetDeclaration.objects.get(pk=declaration.pk).state


def test_an_item_is_cleared_with_three_keys(cast, new_context, live_server):
    first, second = waiting(cast, 2)
    zhang = Visitor(new_context, live_server.url, cast.zhang_wen)
    zhang.open(review_url(first))
    keys = zhang.page.keyboard
    keys.press("a")
    expect(zhang.page.locator("[data-total]")).to_have_text("100")
    keys.press("Enter")
    expect(primary(zhang.page)).to_be_focused()
    assert state_of(first) == "dept_reviewing"
    keys.press("Enter")
    at(zhang.page, review_url(second))
    for key in ("a", "Enter", "Enter"):
        keys.press(key)
    at(zhang.page, reverse("targets:declarations"))
    zhang.sees("审核队列里的绩效目标都办完了。")
    assert [state_of(first), state_of(second)] == ["fiscal_reviewing"] * 2
    assert [(str(each.total), each.opinion) for each in first.reviews.all()] == [("100.00", "同意。")]


def test_a_comment_is_pinned_to_the_clicked_cell_and_the_points_stay(cast, new_context, live_server):
    (declaration,) = waiting(cast, 1)
    zhang = Visitor(new_context, live_server.url, cast.zhang_wen)
    zhang.open(review_url(declaration))
    page, keys = zhang.page, zhang.page.keyboard
    keys.press("1")
    keys.press("2")
    page.locator("[data-place=cell-1-value]").click()
    expect(page.locator("#pin-text")).to_be_focused()
    expect(page.locator("#pin-place option:checked")).to_have_text("第 1 行 日常养护平均成本·指标值")
    keys.type("单位成本高于同类项目，请核减。")
    keys.press("Control+Enter")
    expect(page.locator("[data-place=cell-1-value] .mark")).to_have_text("1")
    expect(page.locator("#pin-count")).to_have_text("1")
    assert FieldComment.objects.get().place == "cell-1-value"
    page.get_by_role("tab", name="审核评分").click()
    expect(page.locator("[data-total]")).to_have_text("18")
    page.get_by_role("button", name="插入批注").click()
    expect(page.locator("#opinion")).to_have_value("第 1 行 日常养护平均成本·指标值：单位成本高于同类项目，请核减。")
    page.locator("[data-step=send_back]").click()
    at(page, reverse("targets:declarations"))
    assert TargetDeclaration.objects.get().opened == ["cell-1-value"]
    assert zhang.faults == []

    li = Visitor(new_context, live_server.url, cast.li_weiguo)
    li.open(reverse("targets:edit_indicators", args=[declaration.pk]))
    li.sees("本次退回只开放有批注的内容", "单位成本高于同类项目，请核减。")


def test_the_grade_offers_the_button_that_fits_it(cast, new_context, live_server):
    (declaration,) = waiting(cast, 1)
    zhang = Visitor(new_context, live_server.url, cast.zhang_wen)
    zhang.open(review_url(declaration))
    page, keys = zhang.page, zhang.page.keyboard
    items = page.locator("[data-item]")
    for key, step, edits in (
        ("1", "pass", False), ("2", "pass", True), ("3", "send_back", False), ("4", "block", False)
    ):
        items.first.locator(".pt").focus()
        keys.press("Escape")
        for _ in range(items.count()):
            keys.press(key)
        expect(primary(page)).to_have_attribute("data-step", step)
        expect(page.locator("#edits")).to_be_visible(visible=edits)
    keys.press("Enter")
    expect(page.locator("[data-step=block]")).to_be_focused()
    assert state_of(declaration) == "dept_reviewing"
    assert zhang.faults == []


def test_enter_in_a_points_box_goes_to_the_next_and_decides_nothing(cast, new_context, live_server):
    (declaration,) = waiting(cast, 1)
    zhang = Visitor(new_context, live_server.url, cast.zhang_wen)
    zhang.open(review_url(declaration))
    boxes = zhang.page.locator(".pt")
    boxes.first.fill("9")
    zhang.page.keyboard.press("Enter")
    expect(boxes.nth(1)).to_be_focused()
    assert state_of(declaration) == "dept_reviewing"


def test_the_keys_of_the_queue(cast, new_context, live_server):
    first, second = waiting(cast, 2)
    zhang = Visitor(new_context, live_server.url, cast.zhang_wen)
    zhang.open(review_url(first))
    page, keys = zhang.page, zhang.page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog", name="审核按键")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="审核按键")).not_to_be_visible()
    keys.press("r")
    expect(page.locator("#opinion")).to_be_focused()
    keys.type("ja")
    expect(page.locator("#opinion")).to_have_value("ja")
    keys.press("Escape")
    keys.press("c")
    expect(page.locator("#pin-text")).to_be_focused()
    keys.press("Escape")
    keys.press("j")
    at(page, review_url(second))
    keys.press("k")
    at(page, review_url(first))
    keys.press("s")
    at(page, review_url(second))
    assert zhang.faults == []
