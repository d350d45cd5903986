"""A filled 项目支出绩效自评表 travels: download, Word, upload, preview, draft, report, PDF."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Attachment, AuditEntry, StagedImport
from core.official.intake import Paper, intake_for
from core.official.kinds import kind_named
from core.official.workbook import to_xlsx
from core.transitions import perform
from evaluation.models import SelfEvaluation
from tests.evaluation.makers import fill, make_executing, make_sheet
from tests.factories.cast import NOON, make_project
from tests.filled_files import Word, confirm, downloaded, send
from tests.official_files import pdf_pages

RAIN = "西岭乡路段因暴雨顺延，已于次年二月完工。"
RESULT = "完成日常养护 1144.56 公里，优良中等路率 86.2%，群众满意度 91.8%。"
HALF = "尚有 2 个乡镇未印发细则，三月底前补齐。"


def office_fills(sheet, cast) -> Word:
    """What the unit writes in Word: every actual value, the reasons, the result and the conclusion."""
    word = downloaded("self_evaluation", sheet, cast.li_weiguo)
    rows = {
        "日常养护平均成本": {"实际完成值": "0.90万元/公里·年", "得分": "20"},
        "日常养护里程": {"实际完成值": "1,144.56公里", "得分": "19", "偏差原因分析及改进措施": RAIN},
        "路面技术状况优良中等路率": {"实际完成值": "86.2%", "得分": "20"},
        "通客车行政村比例": {"实际完成值": "100%", "得分": "12"},
        "管养长效机制": {"实际完成值": "部分达成并具有一定效果\n14个乡镇已印发细则", "得分": "6", "偏差原因分析及改进措施": HALF},
        "沿线群众满意度": {"实际完成值": "91.8%", "得分": "10"},
    }
    for name, cells in rows.items():
        word.line(name, cells)
    return word.below("实际完成情况", RESULT).beside("自评结论", "总体完成较好。")


def fields(sheet) -> dict[str, tuple]:
    return {
        score.indicator.name: (
            None if score.actual_value is None else score.actual_value.normalize(), score.quality, score.actual_text,
            score.entered_score, score.score, score.reason,
        )
        for score in SelfEvaluation.objects.get(pk=sheet.pk).score_list()
    }


FILLED = {
    "日常养护平均成本": (Decimal("0.9"), "", "", None, Decimal("20.00"), ""),
    "日常养护里程": (Decimal("1144.56"), "", "", None, Decimal("19.00"), RAIN),
    "路面技术状况优良中等路率": (Decimal("86.2"), "", "", None, Decimal("20.00"), ""),
    "通客车行政村比例": (Decimal("100").normalize(), "", "", None, Decimal("12.00"), ""),
    "管养长效机制": (None, "partly", "14个乡镇已印发细则", Decimal("6.00"), Decimal("6.00"), HALF),
    "沿线群众满意度": (Decimal("91.8"), "", "", None, Decimal("10.00"), ""),
}


def plan_of(sheet, word: Word, name: str = "填好的表.docx"):
    sheet = SelfEvaluation.objects.get(pk=sheet.pk)
    return intake_for("evaluation.selfevaluation").plan(sheet, Paper.read(word.content(), name=name))


def remarks_of(plan) -> list[tuple[str, str]]:
    return [(each.code, each.sentence) for each in plan.remarks]


def test_a_self_evaluation_travels_from_word_through_the_draft_to_the_pdf(cast, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sheet, client = make_sheet(cast), signed_in(cast.li_weiguo)
    page = client.get(sheet.get_absolute_url())
    assert f"/records/evaluation.selfevaluation/{sheet.pk}/take-in/" in page.content.decode()
    preview = client.get(send(client, sheet, office_fills(sheet, cast).content(), name="自评表（定稿）.docx").url)
    text = preview.content.decode()
    assert "填入后自评 96.60 分，等级“优”" in text
    assert [each.new for each in preview.context["plan"].changes if each.where == "日常养护里程"] == ["1,144.56公里", RAIN]
    assert fields(sheet)["日常养护里程"][0] is None, "nothing is written before the person agrees"
    answer = confirm(client, preview)
    assert answer.url == sheet.get_absolute_url()
    assert fields(sheet) == FILLED
    saved = SelfEvaluation.objects.get(pk=sheet.pk)
    assert (saved.goal_result, saved.conclusion, saved.total, saved.grade) == (RESULT, "总体完成较好。", Decimal("96.60"), "优")
    kept = Attachment.objects.get(model="evaluation.selfevaluation", object_id=sheet.pk)
    assert (kept.name, kept.kind) == ("自评表（定稿）.docx", "导入的填表")
    entry = AuditEntry.objects.get(action="evaluation.selfevaluation.take_in")
    assert entry.after == {"file": "自评表（定稿）.docx", "sha256": kept.sha256, "changes": 11}
    assert entry.actor_name == "李卫国"
    handed_in = perform(saved, "submit", by=cast.li_weiguo, at=NOON)
    assert handed_in.state == "unit_review"
    paper = "".join(pdf_pages(client.get(f"/official/self_evaluation/{sheet.pk}/pdf/").content))
    for said in (RESULT, RAIN, HALF, "1,144.56公里", "86.2%", "91.8%", "0.9万元/公里·年", "96.60", "14个乡镇已印发细则"):
        assert said.replace(" ", "") in paper


def test_the_form_of_a_filled_draft_says_nothing_new_as_word_and_as_workbook(cast):
    sheet = fill(make_sheet(cast), cast, 日常养护里程={
        "actual_value": Decimal("1144.56"), "entered_score": Decimal("18.00"), "reason": RAIN, "actual_text": "不含西岭乡",
    })
    kind, intake = kind_named("self_evaluation"), intake_for("evaluation.selfevaluation")
    form = kind.filled(kind.find(cast.li_weiguo, sheet.pk, None))
    word = downloaded("self_evaluation", sheet, cast.li_weiguo)
    for content, name in ((word.content(), "表.docx"), (to_xlsx(form), "表.xlsx")):
        plan = intake.plan(SelfEvaluation.objects.get(pk=sheet.pk), Paper.read(content, name=name))
        assert (plan.changes, plan.obstacles, plan.remarks) == ([], [], [])
        assert plan.same == 10


def test_a_stated_score_that_the_rules_do_not_give_is_a_persons_own_and_owes_its_reason(cast):
    sheet = make_sheet(cast)
    word = office_fills(sheet, cast).line("沿线群众满意度", {"得分": "9"})
    plan = plan_of(sheet, word)
    assert [(each.where, each.old, each.new) for each in plan.changes if each.label == "改填得分"] == [
        ("管养长效机制", "", "6（按规则得 5.60 分）"), ("沿线群众满意度", "", "9（按规则得 10.00 分）"),
    ]
    assert remarks_of(plan) == [(
        "score_reason", "“沿线群众满意度”表里得 9 分，按规则得 10.00 分，改填得分须写明理由，请在报送前补写。",
    )]


def test_a_score_printed_before_the_value_was_changed_is_worked_out_afresh(cast):
    sheet = fill(make_sheet(cast), cast)
    word = downloaded("self_evaluation", sheet, cast.li_weiguo).line("日常养护里程", {"实际完成值": "1,084.32公里"})
    plan = plan_of(sheet, word)
    assert [(each.label, each.old, each.new) for each in plan.changes] == [("实际完成值", "1,144.56公里", "1,084.32公里")]
    row = next(row for row in plan.data["rows"].values() if row["reason"] == RAIN)
    assert row["entered_score"] is None
    assert remarks_of(plan) == [
        ("score_left", "“日常养护里程”的完成值改了，表里的得分 19.00 还是改之前的，按规则重新计算为 18.00 分。"),
    ]


def test_what_cannot_be_read_is_told_and_left_alone(cast):
    sheet = make_sheet(cast)
    word = office_fills(sheet, cast)
    word.line("日常养护里程", {"实际完成值": "已全部完成", "得分": "满分"})
    word.line("沿线群众满意度", {"实际完成值": "45小时"}).line("管养长效机制", {"实际完成值": "正在推进"})
    word.line("通客车行政村比例", {"实际完成值": "不适用", "得分": ""})
    plan = plan_of(sheet, word)
    assert [code for code, _ in remarks_of(plan)][:4] == ["not_a_number", "no_band", "other_unit", "score_unread"]
    assert remarks_of(plan)[0][1] == "“日常养护里程”的实际完成值“已全部完成”不是一个数，没有填入，请在草稿页补填完成值。"
    rows = {score.indicator.name: plan.data["rows"][score.indicator_id] for score in sheet.score_list()}
    assert rows["日常养护里程"]["actual_value"] is None
    assert rows["通客车行政村比例"]["not_applicable"] is True
    assert plan.obstacles == []


def test_units_are_converted_and_amounts_and_targets_of_the_form_do_not_count(cast):
    sheet = make_sheet(cast)
    word = office_fills(sheet, cast).line("日常养护里程", {
        "实际完成值": "1,144,560米", "年度指标值": "≥1,100公里", "分值": "25",
    }).line("年度资金总额", {"全年执行数": "1,280.00", "得分": "10"})
    plan = plan_of(sheet, word)
    assert remarks_of(plan) == [
        ("amount_kept", "表里的全年执行数是 1,280.00 万元，系统登记的是 1,228.80 万元，以系统为准。"),
        ("target_kept", "“日常养护里程”表里的指标值是“≥1,100公里”，批复的是“≥1,204.8公里”，以批复为准。"),
        ("weight_kept", "“日常养护里程”表里的分值是 25 分，批复的是 20 分，以批复为准。"),
        ("converted", "“日常养护里程”的实际完成值“1,144,560米”换算为 1144.56公里，请核对。"),
        ("execution_score", "表里预算执行率得 10 分，按系统登记的预算和支出得 9.60 分，以系统为准。"),
    ]
    assert sheet.executed_yuan == Decimal("12288000.00")


@pytest.mark.parametrize(("old", "new", "code", "said"), [
    ("农村公路日常养护及小修保养", "农村公路桥梁安全设施提升", "other_project", "项目名称是“农村公路桥梁安全设施提升”"),
    ("县公路养护中心", "县教育局", "other_unit", "实施单位是“县教育局”"),
    ("2026年度", "2025年度", "other_year", "表里写的是 2025 年度"),
    ("日常养护里程", "隧道养护长度", None, None),
])
def test_a_form_about_something_else_is_refused(cast, signed_in, old, new, code, said):
    sheet, client = make_sheet(cast), signed_in(cast.li_weiguo)
    word = office_fills(sheet, cast).replace(old, new)
    answer = send(client, sheet, word.content())
    if code is None:
        preview = client.get(answer.url)
        assert ("by_place", "表里写的是“隧道养护长度”，按位置对应到已批复的“日常养护里程”，请核对。") in remarks_of(
            preview.context["plan"]
        )
        return
    assert answer.status_code == 422
    assert code in [reason.code for reason in answer.context["reasons"]]
    assert said in answer.content.decode()
    assert not Attachment.objects.exists()
    assert not StagedImport.objects.exists()


def test_a_line_that_cannot_be_placed_is_named(cast, signed_in):
    sheet, client = make_sheet(cast), signed_in(cast.li_weiguo)
    word = office_fills(sheet, cast)
    word.line("日常养护里程", {"二级指标": "质量指标"}).replace("日常养护里程", "隧道养护长度")
    answer = send(client, sheet, word.content())
    assert answer.status_code == 422
    assert [reason.code for reason in answer.context["reasons"]] == ["unplaced_line"]
    assert "表里的指标“隧道养护长度”" in answer.content.decode()


def test_another_kind_of_form_and_no_form_at_all_are_refused(cast, signed_in):
    sheet, client = make_sheet(cast), signed_in(cast.li_weiguo)
    declaration = downloaded("target_declaration", sheet.declaration, cast.li_weiguo)
    answer = send(client, sheet, declaration.content(), name="申报表.docx")
    assert [reason.sentence for reason in answer.context["reasons"]] == [
        f"“申报表.docx”是《项目支出绩效目标申报表》，{sheet.title()}只能用《项目支出绩效自评表》填入，请换一个文件。"
    ]
    answer = send(client, sheet, b"%PDF-1.7", name="自评表.pdf")
    assert answer.status_code == 422
    assert client.post(f"/records/evaluation.selfevaluation/{sheet.pk}/take-in/", {}).status_code == 422


def test_twice_stale_and_handed_in_are_each_refused_with_a_sentence(cast, signed_in):
    sheet, client = make_sheet(cast), signed_in(cast.li_weiguo)
    content = office_fills(sheet, cast).content()
    preview = client.get(send(client, sheet, content).url)
    fill(sheet, cast, 沿线群众满意度={"actual_value": Decimal("95")})
    stale = confirm(client, preview)
    assert stale.status_code == 409
    assert "在您打开页面之后已被他人改动" in stale.content.decode()
    assert fields(sheet)["沿线群众满意度"][0] == Decimal("95")
    assert confirm(client, stale).status_code == 302
    assert fields(sheet)["沿线群众满意度"][0] == Decimal("91.8")
    again = confirm(client, stale)
    assert again.status_code == 409
    assert "已经填入过，不需要重复导入" in again.content.decode()
    same = client.get(send(client, sheet, content).url)
    assert "表里的内容与草稿一致" in same.content.decode()
    assert confirm(client, same).context["reasons"][0].code == "nothing_new"
    assert confirm(client, same, hash="0").context["reasons"][0].code == "other_file"
    perform(SelfEvaluation.objects.get(pk=sheet.pk), "submit", by=cast.li_weiguo, at=NOON)
    closed = confirm(client, same)
    assert (closed.status_code, closed.context["reasons"][0].code) == (409, "not_editable")
    assert "目前是“待单位审核”，不能修改" in client.get(same.request["PATH_INFO"]).content.decode()
    assert send(client, sheet, content).url == sheet.get_absolute_url()
    assert AuditEntry.objects.filter(action="evaluation.selfevaluation.take_in").count() == 1


def test_nobody_else_fills_in_and_nobody_else_sees_the_preview(cast, client):
    sheet = make_sheet(cast)
    client.force_login(cast.li_weiguo)
    content = office_fills(sheet, cast).content()
    preview = send(client, sheet, content).url
    for person, status in ((cast.wang_jianguo, 403), (cast.zhou_xiaolan, 403), (cast.chen_mo, 404)):
        client.force_login(person)
        assert send(client, sheet, content).status_code == status
        assert client.get(preview).status_code == 404
        assert client.post(preview, {"hash": "0", "seen": "0"}).status_code == 404
    assert fields(sheet)["日常养护里程"][0] is None


def test_the_check_of_forms_leads_to_the_draft_that_the_person_may_fill_in(cast, signed_in):
    sheet = make_sheet(cast)
    make_sheet(cast, make_executing(cast, project=make_project(cast, code="26-JT-0031", name="农村公路桥梁安全设施提升")))
    content = office_fills(sheet, cast).content()
    address = f"/records/evaluation.selfevaluation/{sheet.pk}/take-in/"

    def drafts(user) -> list[str]:
        return [each["url"] for each in upload_to_check(signed_in(user), content).context["results"][0]["drafts"]]

    assert drafts(cast.li_weiguo) == [address]
    assert drafts(cast.wang_jianguo) == []
    assert drafts(cast.chen_mo) == []


def upload_to_check(client, content):
    return client.post("/check-form/", {"files": SimpleUploadedFile("自评表.docx", content)})
