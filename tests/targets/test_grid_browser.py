"""The grid and the review page in a real Chromium: typing, keys, paste, autosave, a conflict, grades by key."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.transitions import perform
from targets.models import TargetDeclaration
from targets.services import add_to_library, comment_on_place, content_of, save_declaration
from tests.factories.cast import NOON, PASSWORD, make_cast, make_project, make_year
from tests.targets.makers import LINES, good_lines, line, make_draft, walk
from tests.targets.test_library import CONTENT
from tests.workflow_table import put_into

pytestmark = [pytest.mark.browser, pytest.mark.page_script, pytest.mark.django_db(transaction=True)]
PASTED = "\n".join(
    f"产出指标\t数量指标\t第 {place} 标段养护里程\t≥\t{place},200.5\t公里\t3\t工作计划\t按比例得分" for place in range(1, 13)
)


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def sign_in(page: Page, live_server, user) -> None:
    page.goto(live_server.url + reverse("login"))
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def paste(page: Page, selector: str, text: str) -> None:
    page.locator(selector).focus()
    page.evaluate(
        """([selector, text]) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.querySelector(selector).dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [selector, text],
    )


def open_grid(page: Page, live_server, cast, draft) -> None:
    sign_in(page, live_server, cast.li_weiguo)
    page.goto(live_server.url + reverse("targets:edit_indicators", args=[draft.pk]))


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存", timeout=10_000)


def test_twelve_rows_are_pasted_and_saved(page: Page, live_server, cast):
    draft = make_draft(cast, lines=[])
    open_grid(page, live_server, cast, draft)
    paste(page, "#cell-1-name input", PASTED)
    expect(page.locator("[data-sum=output] [data-given]")).to_have_text("36")
    saved(page)
    lines = list(TargetDeclaration.objects.get().indicators.values_list("position", "level2", "name", "weight"))
    assert len(lines) == 12
    assert (lines[0][:3], lines[11][:3]) == (
        (1, "quantity", "第 1 标段养护里程"), (12, "quantity", "第 12 标段养护里程")
    )
    assert TargetDeclaration.objects.get().indicators.get(position=2).target_shown == "≥2,200.5公里"
    expect(page.locator("[data-checks]")).to_contain_text("缺少效益指标")


def test_a_hint_below_its_row_offers_the_change_and_takes_what_is_typed_with_it(page: Page, live_server, cast):
    lines = good_lines()
    lines[3]["operator"] = ">="
    draft = make_draft(cast, lines=lines)
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-2-value input").fill("1300")
    page.locator("tr[data-hint] button", has_text="改为 =100%").click()
    expect(page.locator("#cell-4-operator select")).to_have_value("=")
    expect(page.locator("#cell-2-value input")).to_have_value("1,300")
    shown = [each.target_shown for each in TargetDeclaration.objects.get().indicators.all()]
    assert (shown[1], shown[3]) == ("≥1,300公里", "=100%")


def test_undo_and_redo_of_a_paste_keep_the_keys_in_the_grid(page: Page, live_server, cast):
    draft = make_draft(cast, lines=[])
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-1-name input").focus()
    paste(page, "#cell-1-name input", PASTED)
    expect(page.locator("#cell-12-name input")).to_be_focused()
    page.keyboard.press("Control+Z")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("#cell-1-name input")).to_be_focused()
    page.keyboard.press("Control+Y")
    expect(page.locator("tr[data-row]")).to_have_count(12)


def test_the_keyboard_alone_fills_moves_and_copies(page: Page, live_server, cast):
    draft = make_draft(cast)
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-2-value input").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1300")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-3-value input")).to_be_focused()
    page.keyboard.press("Control+D")
    expect(page.locator("#cell-3-value input")).to_have_value("1300")
    page.keyboard.press("Escape")
    expect(page.locator("#cell-3-value input")).to_have_value("86")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#cell-2-name input")).to_have_value("路面技术状况优良中等路率")
    saved(page)
    shown = [each.target_shown for each in TargetDeclaration.objects.get().indicators.all()]
    assert shown[1:3] == ["≥86%", "≥1,300公里"]


def test_a_bad_number_is_marked_and_kept_on_the_page(page: Page, live_server, cast):
    draft = make_draft(cast)
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-2-value input").fill("约八成")
    expect(page.locator("[data-saved]")).to_contain_text("“约八成”不是数字", timeout=10_000)
    expect(page.locator("#cell-2-value")).to_have_class("in r bad")
    assert TargetDeclaration.objects.get().indicators.get(position=2).target_shown == "≥1,204.8公里"
    page.reload()
    page.locator("[data-restore]").click()
    expect(page.locator("#cell-2-value input")).to_have_value("约八成")


def test_a_conflict_is_told_and_decided_by_the_person(page: Page, live_server, cast):
    draft = make_draft(cast)
    open_grid(page, live_server, cast, draft)
    save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "另一页写的目标。"})
    page.locator("#cell-2-value input").fill("1250")
    expect(page.locator("[data-conflict-text]")).to_contain_text("已被他人改动", timeout=10_000)
    assert TargetDeclaration.objects.get().indicators.get(position=2).target_shown == "≥1,204.8公里"
    page.locator("[data-overwrite]").click()
    saved(page)
    fresh = TargetDeclaration.objects.get()
    assert (fresh.annual_goal, fresh.indicators.get(position=2).target_shown) == ("另一页写的目标。", "≥1,250公里")


def add(cast, **changed):
    return add_to_library(CONTENT | changed, by=cast.zhou_xiaolan, at=NOON)


def names(page: Page) -> list[str]:
    return [each.input_value() for each in page.locator("[data-cell=name] input").all()]


def test_a_suggestion_is_picked_by_key_and_fills_the_line(page: Page, live_server, cast):
    add(cast)
    add(cast, name="路面平整度达标率", usual_value=None)
    draft = make_draft(cast, lines=[])
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-1-name input").focus()
    page.keyboard.type("路面")
    expect(page.locator("#suggestions .opt")).to_have_count(2)
    expect(page.locator("#suggestions .opt.on")).to_contain_text("路面技术状况优良中等路率")
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(page.locator("#cell-1-name input")).to_have_value("路面")
    page.keyboard.press("Control+Space")
    expect(page.locator("#suggestions .opt")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions .opt.on")).to_contain_text("路面平整度达标率")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-1-value input")).to_be_focused()
    page.keyboard.type("88")
    saved(page)
    line = TargetDeclaration.objects.get().indicators.get()
    assert (line.name, line.level2, line.target_shown, line.source, line.scoring_standard, line.explanation) == (
        CONTENT["name"], "quality", "≥88%", CONTENT["source"], CONTENT["scoring_standard"], CONTENT["explanation"]
    )
    page.keyboard.press("Control+Z")
    page.keyboard.press("Control+Z")
    expect(page.locator("#cell-1-name input")).to_have_value("路面")


def test_last_year_stands_beside_the_empty_value(page: Page, live_server, cast):
    project = make_project(cast)
    last = put_into(make_draft(cast, project_year=make_year(cast, project=project, year=2025)), "approved")
    last.indicators.filter(name="日常养护里程").update(actual_shown="1,210公里")
    draft = make_draft(cast, project_year=make_year(cast, project=project), lines=[])
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-1-name input").focus()
    page.keyboard.type("日常养护里")
    expect(page.locator("#suggestions .opt.on")).to_contain_text("2025年度指标 ≥1,204.8公里，实际 1,210公里")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row] [data-last]").first).to_have_text("1,210公里目标 ≥1,204.8公里")
    expect(page.locator("#cell-1-value input")).to_have_value("")


def test_a_paste_is_undone_and_redone(page: Page, live_server, cast):
    draft = make_draft(cast)
    before = [each[1] for each in LINES]
    open_grid(page, live_server, cast, draft)
    paste(page, "#cell-2-name input", PASTED)
    expect(page.locator("#cell-13-name input")).to_have_value("第 12 标段养护里程")
    page.keyboard.press("Control+Z")
    expect(page.locator("tr[data-row]")).to_have_count(7)
    assert names(page) == [*before, ""]
    page.locator("#cell-1-name input").focus()
    page.keyboard.press("Control+Y")
    expect(page.locator("#cell-13-name input")).to_have_value("第 12 标段养护里程")
    saved(page)
    assert TargetDeclaration.objects.get().indicators.count() == 13


def test_a_paste_reads_quotes_headings_merged_levels_and_whole_values(page: Page, live_server, cast):
    draft = make_draft(cast, lines=[])
    open_grid(page, live_server, cast, draft)
    paste(page, "#cell-1-name input", (
        "一级指标\t二级指标\t三级指标\t年度指标值\t权重\t评分标准\r\n"
        '产出指标\t数量指标\t"危桥改造\r\n座数"\t≥12座\t8\t"每少1座扣1分，\n""零""座不得分"\r\n'
        "\t\t安防工程里程\t≥1,204.8公里\t6\t按比例\r\n"
        "\t质量指标\t验收合格率\t=100%\t6\t\r\n"
    ))
    saved(page)
    lines = TargetDeclaration.objects.get().indicators.values_list("level2", "name", "scoring_standard")
    assert list(lines) == [
        ("quantity", "危桥改造 座数", '每少1座扣1分， "零"座不得分'), ("quantity", "安防工程里程", "按比例"),
        ("quality", "验收合格率", ""),
    ]
    shown = [each.target_shown for each in TargetDeclaration.objects.get().indicators.all()]
    assert shown == ["≥12座", "≥1,204.8公里", "=100%"]


def by_another(draft, cast, **weights: str) -> None:
    """Another page of the same unit saves: other weights by name, and one more line."""
    fresh = TargetDeclaration.objects.get(pk=draft.pk)
    lines = [
        content_of(each) | ({"weight": Decimal(weights[each.name])} if each.name in weights else {})
        for each in fresh.indicator_list()
    ]
    lines.append(line("timeliness", "坑槽修复时间", "<=", "48", "小时", "2"))
    save_declaration(fresh, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)


def test_a_conflict_shows_both_sides_is_merged_and_undone(page: Page, live_server, cast):
    draft = make_draft(cast)
    open_grid(page, live_server, cast, draft)
    by_another(draft, cast, 日常养护里程="18")
    page.locator("#cell-6-value input").fill("92")
    note = page.locator("[data-conflict]")
    expect(note).to_contain_text("李卫国于 09月16日 12:00 保存过。", timeout=10_000)
    expect(note.locator(".versus")).to_have_count(3)
    expect(note).to_contain_text("对方 权重：18")
    expect(note).to_contain_text("我的 指标值：92")
    note.locator("[data-merge]").click()
    saved(page)

    def kept() -> dict[str, str]:
        lines = TargetDeclaration.objects.get().indicators.all()
        return {each.name: f"{each.target_shown} {each.weight}" for each in lines}

    assert (kept()["日常养护里程"], kept()["沿线群众满意度"], kept()["坑槽修复时间"]) == (
        "≥1,204.8公里 18.00", "≥92% 10.00", "≤48小时 2.00"
    )
    page.locator("#cell-6-value input").focus()
    page.keyboard.press("Control+Z")
    expect(page.locator("#cell-7-name input")).to_have_value("")
    expect(page.locator("[data-saved]")).to_contain_text("稍后自动保存")
    saved(page)
    assert (kept()["日常养护里程"], kept()["沿线群众满意度"], "坑槽修复时间" in kept()) == (
        "≥1,204.8公里 20.00", "≥92% 10.00", False
    )


def test_theirs_is_taken_whole_and_mine_comes_back_with_one_key(page: Page, live_server, cast):
    draft = make_draft(cast)
    open_grid(page, live_server, cast, draft)
    by_another(draft, cast, 日常养护里程="18")
    page.locator("#cell-6-value input").fill("92")
    page.locator("[data-theirs]").click()
    saved(page)
    expect(page.locator("#cell-6-value input")).to_have_value("90")
    expect(page.locator("#cell-7-name input")).to_have_value("坑槽修复时间")
    page.locator("#cell-6-value input").focus()
    page.keyboard.press("Control+Z")
    expect(page.locator("#cell-6-value input")).to_have_value("92")
    expect(page.locator("[data-saved]")).to_contain_text("稍后自动保存")
    saved(page)
    assert TargetDeclaration.objects.get().indicators.count() == 6


def test_a_reviewer_grades_by_key_and_goes_on(page: Page, live_server, cast):
    waiting = []
    for code, name in (("20-JT-0101", "县道大中修工程"), ("20-JT-0102", "公路绿化补植与管护")):
        year = make_year(cast, project=make_project(cast, code=code, name=name))
        waiting.append(walk(make_draft(cast, project_year=year), cast, "dept_reviewing"))
    sign_in(page, live_server, cast.zhang_wen)
    page.goto(live_server.url + reverse("targets:review", args=[waiting[0].pk]))
    for key in "11121111":
        page.keyboard.press(key)
    expect(page.locator("[data-total]")).to_have_text("97")
    expect(page.locator("[data-grade]")).to_have_text("优")
    page.locator("#opinion").fill("同意。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(live_server.url + reverse("targets:review", args=[waiting[1].pk]))
    kept = TargetDeclaration.objects.get(pk=waiting[0].pk)
    assert (kept.state, str(kept.reviews.get().total)) == ("fiscal_reviewing", "97.00")


def returned(cast, *places: str) -> TargetDeclaration:
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    for place in places:
        comment_on_place(declaration, place, "请核实后改正。", by=cast.zhang_wen, at=NOON)
    return perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请按批注改正。")


def test_after_a_return_only_what_is_commented_on_can_be_changed(page: Page, live_server, cast):
    declaration = returned(cast, "cell-2-value")
    add(cast, name="日常养护频次")
    before = [content_of(each) for each in declaration.indicator_list()]
    open_grid(page, live_server, cast, declaration)
    expect(page.locator("#cell-2-value .mark")).to_have_text("1")
    expect(page.locator("tr[data-row]:has(#cell-2-value) + tr[data-comment]")).to_contain_text("请核实后改正。")
    expect(page.locator("#cell-1-name input")).to_have_attribute("readonly", "")
    expect(page.locator("#cell-1-level2 option")).to_have_count(1)
    expect(page.locator("[data-add-row]")).to_be_hidden()

    page.locator("#cell-1-name input").focus()
    page.keyboard.press("Control+Space")
    page.keyboard.type("另一个名称")
    page.keyboard.press("Alt+ArrowDown")
    page.locator("#cell-6-name input").focus()
    page.keyboard.press("Control+D")
    page.keyboard.press("Enter")
    assert names(page) == [each[1] for each in LINES]
    expect(page.locator("#suggestions")).to_have_count(0)

    paste(page, "#cell-1-name input", PASTED)
    expect(page.locator("tr[data-row]")).to_have_count(6)
    expect(page.locator("[data-saved]")).to_contain_text("没有开放的保持原样")
    saved(page)
    lines = TargetDeclaration.objects.get().indicator_list()
    assert (lines[1].name, lines[1].target_shown) == ("第 2 标段养护里程", "≥2,200.5公里")
    assert [content_of(each) for place, each in enumerate(lines) if place != 1] == before[:1] + before[2:]
    page.locator("#cell-2-name input").focus()
    page.keyboard.press("Control+Z")
    assert names(page) == [each[1] for each in LINES]
    saved(page)
    assert [content_of(each) for each in TargetDeclaration.objects.get().indicator_list()] == before


def test_a_comment_moves_with_its_row(page: Page, live_server, cast):
    declaration = returned(cast, "cell-2-value", "indicators")
    open_grid(page, live_server, cast, declaration)
    page.locator("#cell-2-name input").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("tr[data-row]:has(#cell-1-value) + tr[data-comment]")).to_contain_text("日常养护里程·指标值")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("tr[data-row]:has(#cell-2-value) + tr[data-comment]")).to_contain_text("日常养护里程·指标值")
    expect(page.locator("tr[data-comment]")).to_have_count(1)


def test_a_mend_button_saves_what_is_typed_first(page: Page, live_server, cast):
    lines = [line(*each) for each in LINES]
    lines[1] |= {"weight": Decimal("12.00")}
    draft = make_draft(cast, lines=lines)
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-6-value input").fill("92")
    page.get_by_role("button", name="按比例调为").click()
    expect(page.locator("#cell-2-weight input")).to_have_value("15")
    shown = [(each.target_shown, str(each.weight)) for each in TargetDeclaration.objects.get().indicator_list()]
    assert (shown[1], shown[2], shown[5]) == (("≥1,204.8公里", "15.00"), ("≥86%", "25.00"), ("≥92%", "10.00"))


def test_a_mend_button_does_nothing_for_a_cell_that_cannot_be_saved(page: Page, live_server, cast):
    lines = [line(*each) for each in LINES]
    lines[1] |= {"weight": Decimal("12.00")}
    draft = make_draft(cast, lines=lines)
    open_grid(page, live_server, cast, draft)
    page.locator("#cell-6-value input").fill("约九成")
    page.get_by_role("button", name="按比例调为").click()
    expect(page.locator("[data-saved]")).to_contain_text("“约九成”不是数字", timeout=10_000)
    expect(page.locator("#cell-6-value input")).to_have_value("约九成")
    assert [str(each.weight) for each in TargetDeclaration.objects.get().indicator_list()][1:3] == ["12.00", "20.00"]
