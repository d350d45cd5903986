"""What a person meets on the pages of evaluation on a second look: drafts, returns, slips, many at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import RuleViolation
from core.models import AuditEntry
from core.transitions import perform
from evaluation.models import Disclosure, Evaluation, Rectification, RectificationItem
from evaluation.services import fill_rectification, publish_result, record_disclosures
from tests.evaluation.makers import fill, make_evaluation, make_final, make_letter, make_sheet, walk_sheet
from tests.evaluation.test_pages import other_project, sheet_data, text_of
from tests.factories.cast import NOON

D = Decimal
SHEET = "“农村公路日常养护及小修保养”2026年度绩效自评表"
PORTAL = {"published_on": "2026-09-16", "channel": "县政府门户网站", "address": "https://www.anlan.gov.cn/jx/"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOON)
    monkeypatch.setattr("core.clock.today", lambda: NOON.date())


# --- self-evaluation -----------------------------------------------------------------------------------------------


def test_a_figure_may_be_typed_with_thousands_and_full_width_digits(cast, signed_in):
    sheet = make_sheet(cast)
    answer = signed_in(cast.li_weiguo).post(sheet.get_absolute_url(), sheet_data(sheet, 日常养护里程="１,144.56"))
    assert answer.status_code == 302
    assert sheet.scores.get(indicator__name="日常养护里程").actual_value == D("1144.5600")


def test_a_figure_too_long_to_keep_is_named_with_its_limit(cast, signed_in):
    sheet = make_sheet(cast)
    answer = signed_in(cast.li_weiguo).post(sheet.get_absolute_url(), sheet_data(sheet, 日常养护里程="9" * 25))
    assert answer.status_code == 422
    assert f"“{'9' * 25}”超出可登记的范围，请填小于 10,000,000,000,000,000 的数，小数最多 4 位。" in text_of(answer)
    sheet.refresh_from_db()
    assert sheet.revision == 0


def test_a_figure_below_zero_is_asked_about_until_it_is_explained(cast):
    sheet = fill(make_sheet(cast), cast, 日常养护平均成本={"actual_value": D("-0.90")})
    with pytest.raises(RuleViolation) as refusal:
        perform(sheet, "submit", by=cast.li_weiguo, at=NOON)
    assert [(reason.code, reason.target) for reason in refusal.value.reasons] == [("negative_value", "row-1")]
    assert f"{SHEET}第 1 行“日常养护平均成本”填的是负数 -0.9，" in str(refusal.value)
    assert "确实为负的，请在偏差原因中写明。" in str(refusal.value)
    sheet = fill(sheet, cast, 日常养护平均成本={"actual_value": D("-0.90"), "reason": "冲回上年多付款。"})
    assert perform(sheet, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_full_points_that_want_a_reason_say_why_and_lead_to_the_row(cast, signed_in):
    sheet = fill(make_sheet(cast), cast, 日常养护里程={"actual_value": D("2409.6"), "reason": ""})
    data = sheet_data(sheet, 日常养护里程="2409.6") | {"submit": "1"}
    data = {name: "" if value == "西岭乡路段顺延。" else value for name, value in data.items()}
    page = text_of(signed_in(cast.li_weiguo).post(sheet.get_absolute_url(), data))
    assert f'<a href="#row-2">{SHEET}第 2 行“日常养护里程”得 20.00 分（满分 20.00 分），' in page
    assert "实际为目标的 200.00%，超过 130%，请说明是目标偏低、外部因素还是工作成效。请写明偏差原因及改进措施。" in page
    assert 'id="row-2"' in page


def test_a_sheet_saves_itself_only_for_whoever_fills_it_in(cast, signed_in):
    sheet = fill(make_sheet(cast), cast)
    page = text_of(signed_in(cast.li_weiguo).get(sheet.get_absolute_url()))
    assert f'data-autosave="selfevaluation-{sheet.pk}"' in page
    assert f'data-autosave-state data-seen="{sheet.revision}"' in page
    for part in ("score-2", "deviation-2", "total", "scorebox", "checks", "standing"):
        assert f'data-live="{part}"' in page
    assert "autosave" not in text_of(signed_in(cast.wang_jianguo).get(sheet.get_absolute_url()))


def test_a_sheet_given_back_says_by_whom_and_why_until_it_is_sent_again(cast, signed_in):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "dept_reviewing")
    sheet = perform(sheet, "send_back", by=cast.zhang_wen, at=NOON, reason="满意度调查没有附问卷汇总表。")
    client = signed_in(cast.li_weiguo)
    page = text_of(client.get(sheet.get_absolute_url()))
    assert "张雯（县交通运输局） 9月16日退回修改：</span>满意度调查没有附问卷汇总表。" in page
    perform(sheet, "submit", by=cast.li_weiguo, at=NOON)
    assert client.get(sheet.get_absolute_url()).context["returned"] is None


def test_whoever_checks_again_sees_the_scores_and_the_limit(cast, signed_in):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "fiscal_checking")
    sheet = perform(sheet, "spot_check", by=cast.zhou_xiaolan, at=NOON)
    url = reverse("evaluation:selfevaluation_step", args=[sheet.pk, "finish_recheck"])
    page = text_of(signed_in(cast.zhou_xiaolan).get(url))
    assert "单位自评 96.20 分，等级“优”" in page and "部门评分 93.50 分" in page
    assert "与自评 96.20 分相差超过 10 分的，标为自评不实。" in page


# --- evaluation ----------------------------------------------------------------------------------------------------


def test_the_feedback_letter_is_written_with_score_and_problems_in_sight(cast, signed_in):
    evaluation = make_evaluation(cast, "graded")
    url = reverse("evaluation:evaluation_step", args=[evaluation.pk, "feed_back"])
    facts = signed_in(cast.zhou_xiaolan).get(url).context["facts"]
    assert facts == [
        "衡信绩效咨询有限公司", "评价得分 84.60 分，等级“良”", "列入反馈意见书的问题 1 个", "1. 2 笔机械租赁费无台班签认。",
    ]
    assert evaluation.problem_list() == ["2 笔机械租赁费无台班签认。"]


def test_the_leader_grades_with_the_quality_of_the_report_in_sight(cast, signed_in):
    evaluation = make_evaluation(cast, "accepted")
    url = reverse("evaluation:evaluation_step", args=[evaluation.pk, "decide_grade"])
    facts = signed_in(cast.sun_zheng).get(url).context["facts"]
    assert facts == ["衡信绩效咨询有限公司", "评价得分 84.60 分", "报告质量得分 86.00 分"]


def test_a_plan_given_back_says_why_on_the_page_of_the_institution(cast, signed_in):
    evaluation = make_evaluation(cast, "plan_reviewing")
    perform(evaluation, "return_plan", by=cast.zhou_xiaolan, at=NOON, reason="抽样不足。")
    page = text_of(signed_in(cast.he_min).get(evaluation.get_absolute_url()))
    assert "</span>抽样不足。" in page
    assert f'data-autosave="plan-{evaluation.pk}"' in page


def test_scores_save_themselves_and_what_is_lacking_leads_to_its_row(cast, signed_in):
    evaluation = make_evaluation(cast, "in_field")
    page = text_of(signed_in(cast.he_min).get(evaluation.get_absolute_url()))
    assert f'data-autosave="scores-{evaluation.pk}"' in page and 'id="row-1"' in page
    with pytest.raises(RuleViolation) as refusal:
        perform(Evaluation.objects.get(), "submit_draft", by=cast.he_min, at=NOON)
    assert [reason.target for reason in refusal.value.reasons][:2] == ["row-1", "row-2"]


def test_what_cannot_be_read_in_the_tables_of_an_evaluation_is_named_by_row(cast, signed_in):
    evaluation = make_evaluation(cast, "in_field")
    line = evaluation.lines.first()
    second = evaluation.lines.all()[1]
    sent = {"seen": evaluation.revision, f"l{line.pk}-score": "很好", f"l{second.pk}-score": "8.125", "conclusion": ""}
    answer = signed_in(cast.he_min).post(reverse("evaluation:scores", args=[evaluation.pk]), sent)
    assert answer.status_code == 422
    assert [(reason.sentence, reason.target) for reason in answer.context["reasons"]] == [
        ("第 1 行得分：填的不是数字，请填一个分数，例如 8.5。", f"id_l{line.pk}-score"),
        ("第 2 行得分：分数最多四位整数、两位小数，例如 8.5。", f"id_l{second.pk}-score"),
    ]
    assert 'value="很好"' in text_of(answer)


def test_a_conflict_without_a_word_about_it_is_refused_on_top_of_the_page(cast, signed_in):
    evaluation = make_evaluation(cast, "assigned")
    url = reverse("evaluation:statement", args=[evaluation.pk])
    answer = signed_in(cast.he_min).post(url, {"has_conflict": "yes", "statement": " "})
    assert answer.status_code == 422
    assert '<a href="#id_statement">说明：有利害关系的，请写明是什么关系。</a>' in text_of(answer)


def test_a_report_is_not_due_before_today(cast, signed_in):
    evaluation = make_evaluation(cast, "notified")
    url = reverse("evaluation:evaluation_step", args=[evaluation.pk, "assign"])
    sent = {"institution": cast.institution.pk, "lead": cast.he_min.pk, "seen": evaluation.revision}
    client = signed_in(cast.zhou_xiaolan)
    late = client.post(url, sent | {"report_due_on": "2026-09-16"})
    assert late.status_code == 422
    assert "2026-09-16 不在今天 2026-09-16 之后，请改为之后的日期。" in text_of(late)
    assert client.post(url, sent | {"report_due_on": "2026-09-17"}).status_code == 302


# --- rectification -------------------------------------------------------------------------------------------------


def second_problem(letter: Rectification) -> RectificationItem:
    return letter.items.create(
        seq=2, problem="2 个乡镇未印发管养细则。", measure="会同乡镇印发。", person="李卫国", due_on=date(2026, 9, 10),
        result="已印发。", done_on=date(2026, 9, 9), status="reported",
    )


def test_a_note_begun_beside_another_problem_is_kept(cast, signed_in):
    letter = make_letter(cast, "verifying")
    first, second = letter.items.get(), second_problem(letter)
    client = signed_in(cast.zhou_xiaolan)
    notes = {f"note-{first.pk}": "已现场核实。", f"note-{second.pk}": "细则还缺公章"}
    client.post(reverse("evaluation:verify", args=[first.pk]), notes | {"verified": "yes"})
    assert list(letter.items.values_list("status", "note")) == [("verified", "已现场核实。"), ("reported", "细则还缺公章")]
    assert AuditEntry.objects.filter(label="核实意见").count() == 1
    client.post(reverse("evaluation:verify", args=[second.pk]), {
        f"note-{first.pk}": "改了也不算", f"note-{second.pk}": "细则已补公章", "verified": "yes",
    })
    assert list(letter.items.values_list("status", "note")) == [("verified", "已现场核实。"), ("verified", "细则已补公章")]


def test_what_is_not_yet_done_is_not_reported_as_done(cast):
    letter = make_letter(cast, "rectifying")
    item = letter.items.get()
    tomorrow = NOON.date() + timedelta(days=1)
    with pytest.raises(RuleViolation) as refusal:
        fill_rectification(
            letter, rows={item.pk: {"result": "已补签。", "done_on": tomorrow}}, by=cast.li_weiguo, at=NOON
        )
    assert [(reason.code, reason.target) for reason in refusal.value.reasons] == [("done_later", "item-1")]
    assert "第 1 个问题的完成日期 2026-09-17 在今天 2026-09-16 之后" in str(refusal.value)
    item.refresh_from_db()
    assert (item.result, item.done_on) == ("", None)


def test_a_date_that_is_none_is_named_with_its_problem(cast, signed_in):
    letter = make_letter(cast, "acknowledged")
    item = letter.items.get()
    answer = signed_in(cast.li_weiguo).post(letter.get_absolute_url(), {f"i{item.pk}-due_on": "下个月"})
    assert answer.status_code == 422
    assert [reason.target for reason in answer.context["reasons"]] == [f"id_i{item.pk}-due_on"]
    assert answer.context["reasons"][0].sentence.startswith("第 1 个问题完成时限：")


def test_the_ledger_shows_what_is_overdue_and_who_sends_it(cast, signed_in):
    letter = make_letter(cast, "rectifying")
    letter.items.update(due_on=date(2026, 9, 10))
    page = text_of(signed_in(cast.li_weiguo).get(letter.get_absolute_url()))
    assert "逾期 6 天" in page and "填好后由单位负责人报送" in page
    assert f'data-autosave="rectification-{letter.pk}"' in page
    letter.items.update(done_on=date(2026, 9, 9))
    page = text_of(signed_in(cast.wang_jianguo).get(letter.get_absolute_url()))
    assert "逾期 6 天" not in page and "填好后由单位负责人报送" not in page


# --- disclosures and lists -----------------------------------------------------------------------------------------


def published(cast, number: int) -> Disclosure:
    sheet = walk_sheet(fill(make_sheet(cast, other_project(cast, number)), cast), cast)
    publish_result(sheet.project_year, document_no="1号", by=cast.zhou_xiaolan, at=NOON)
    return Disclosure.objects.get(project_year=sheet.project_year)


def test_many_disclosures_are_recorded_at_once(cast, signed_in):
    chosen = [published(cast, number).pk for number in (1, 2)]
    left = published(cast, 3)
    client, url = signed_in(cast.zhang_wen), reverse("evaluation:record_disclosures")
    page = client.post(url, {"selected": [*chosen, "x"]})
    assert page.status_code == 200 and page.context["title"] == "登记公开：2 项"
    assert "“养护工程1标段”2026年度自评结果公开（期限 2026-10-06）不再待公开。" in text_of(page)
    nowhere = client.post(url, {"selected": chosen, "typed": "yes", "published_on": "2026-09-16"})
    assert nowhere.status_code == 422 and "没有填写公开渠道" in text_of(nowhere)
    assert not Disclosure.objects.exclude(published_on=None).exists()
    answer = client.post(url, {"selected": chosen, "typed": "yes"} | PORTAL)
    assert answer.url == reverse("evaluation:disclosures")
    done = Disclosure.objects.exclude(published_on=None)
    assert [(each.pk, each.published_on, each.channel) for each in done] == [
        (pk, date(2026, 9, 16), "县政府门户网站") for pk in chosen
    ]
    assert AuditEntry.objects.filter(label="登记公开").count() == 2
    again = client.post(url, {"selected": chosen}, follow=True)
    assert "没有选中可以登记的公开事项，请在表中勾选由您登记、还没有公开的事项。" in text_of(again)
    waiting = client.get(reverse("evaluation:disclosures"), {"standing": "pending"})
    assert [row["id"] for row in waiting.context["rows"]] == [left.pk]


def test_who_records_nothing_ticks_nothing(cast, signed_in):
    disclosure = published(cast, 1)
    for person in (cast.li_weiguo, cast.chen_mo, cast.wu_di):
        client = signed_in(person)
        assert "batch" not in client.get(reverse("evaluation:disclosures")).context
        sent = {"selected": [disclosure.pk], "typed": "yes"} | PORTAL
        client.post(reverse("evaluation:record_disclosures"), sent)
    disclosure.refresh_from_db()
    assert disclosure.published_on is None


def test_many_disclosures_are_recorded_all_or_none(cast):
    chosen = [published(cast, number) for number in (1, 2)]
    entry = {"published_on": NOON.date(), "channel": "县政府门户网站", "address": "", "nonpublic_reason": ""}
    later = entry | {"published_on": NOON.date() + timedelta(days=1)}
    with pytest.raises(RuleViolation) as refusal:
        record_disclosures(chosen, **later, by=cast.zhang_wen, at=NOON)
    assert refusal.value.codes == ["future"]
    assert Disclosure.objects.pending().count() == 2
    record_disclosures(chosen, **entry, by=cast.zhang_wen, at=NOON)
    assert Disclosure.objects.pending().count() == 0


@pytest.mark.parametrize("name", ["self_evaluations", "evaluations", "rectifications", "published", "disclosures"])
def test_every_list_offers_its_workbook_with_the_filter_in_force(cast, signed_in, name):
    make_final(cast)
    answer = signed_in(cast.zhou_xiaolan).get(reverse(f"evaluation:{name}"), {"q": "养护"})
    found = {action["label"]: action["url"] for action in answer.context["actions"]}
    assert found["导出"] == "?q=%E5%85%BB%E6%8A%A4&export=xlsx"
