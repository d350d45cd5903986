"""A filled 项目支出绩效目标申报表 becomes the draft of a declaration."""

import io
from decimal import Decimal

import openpyxl
import pytest

from core.models import Attachment, AuditEntry
from core.official.intake import Paper, intake_for
from core.official.kinds import kind_named
from core.official.workbook import to_xlsx
from core.transitions import perform
from targets.models import TargetDeclaration
from targets.services import content_of, open_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.filled_files import Word, confirm, downloaded, send
from tests.official_files import pdf_pages
from tests.targets.makers import GOAL, good_lines, line, make_draft, walk

LABELS = {
    "economic_cost": "经济成本指标", "quantity": "数量指标", "quality": "质量指标", "social_benefit": "社会效益指标",
    "sustainability": "可持续影响指标", "service_satisfaction": "服务对象满意度指标",
}
TARGETS = {
    "日常养护平均成本": "≤0.98万元/公里·年", "日常养护里程": "不低于1,204.8公里", "路面技术状况优良中等路率": "≥86%",
    "通客车行政村比例": "＝100%", "管养长效机制": "县乡村三级管养责任和经费落实", "沿线群众满意度": "90%以上",
}


def office_fills(draft, cast) -> Word:
    """The empty rows of the form filled by hand: one row for each indicator, in the row of its second level."""
    word = downloaded("target_declaration", draft, cast.li_weiguo)
    for each in good_lines():
        word.line(LABELS[each["level2"]], {
            "三级指标": each["name"], "年度指标值": TARGETS[each["name"]], "分值": f"{each['weight'].normalize():f}分",
            "指标解释": each["explanation"], "评（扣）分标准": each["scoring_standard"], "指标值来源": each["source"],
        })
    return word.beside("年度总体目标", GOAL).beside("项目概况", "县道、乡道日常养护。")


def lines_of(draft) -> list[dict]:
    return [content_of(each) for each in TargetDeclaration.objects.get(pk=draft.pk).indicator_list()]


def plan_of(draft, word: Word):
    draft = TargetDeclaration.objects.get(pk=draft.pk)
    return intake_for("targets.targetdeclaration").plan(draft, Paper.read(word.content(), name="申报表.docx"))


def remarks_of(plan) -> list[tuple[str, str]]:
    return [(each.code, each.sentence) for each in plan.remarks]


@pytest.fixture
def empty(cast):
    return open_declaration(make_year(cast), by=cast.li_weiguo, at=NOON)


def test_a_declaration_filled_in_word_becomes_the_draft_and_is_handed_in(cast, empty, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = signed_in(cast.li_weiguo)
    page = client.get(f"/targets/declarations/{empty.pk}/indicators/").content.decode()
    assert f"/records/targets.targetdeclaration/{empty.pk}/take-in/" in page
    preview = client.get(send(client, empty, office_fills(empty, cast).content(), name="申报表.docx").url)
    assert "填入后共 6 条指标，分值合计 90 分" in preview.content.decode()
    assert preview.context["plan"].remarks == []
    assert lines_of(empty) == []
    assert confirm(client, preview).url == empty.get_absolute_url()
    assert lines_of(empty) == good_lines()
    draft = TargetDeclaration.objects.get(pk=empty.pk)
    assert (draft.annual_goal, draft.project_summary, draft.overall_goal) == (GOAL, "县道、乡道日常养护。", "")
    file = Attachment.objects.get(model="targets.targetdeclaration")
    assert AuditEntry.objects.get(action="targets.targetdeclaration.take_in").after == {
        "file": "申报表.docx", "sha256": file.sha256, "changes": 8,
    }
    assert perform(draft, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"
    paper = "".join(pdf_pages(client.get(f"/official/target_declaration/{draft.pk}/pdf/").content))
    for said in (GOAL, "县道、乡道日常养护。", "≤0.98万元/公里·年", "≥1,204.8公里", "县乡村三级管养责任和经费落实"):
        assert said.replace(" ", "") in paper


def test_the_form_of_a_draft_says_nothing_new_as_word_and_as_workbook(cast):
    draft = make_draft(cast)
    kind = kind_named("target_declaration")
    form = kind.filled(kind.find(cast.li_weiguo, draft.pk, None))
    for content, name in (
        (downloaded("target_declaration", draft, cast.li_weiguo).content(), "表.docx"), (to_xlsx(form), "表.xlsx")
    ):
        plan = intake_for("targets.targetdeclaration").plan(draft, Paper.read(content, name=name))
        assert (plan.changes, plan.obstacles, plan.remarks) == ([], [], [])
        assert plan.data["indicators"] == good_lines()


def test_changed_new_and_missing_lines_are_listed_one_by_one(cast):
    draft = make_draft(cast, lines=[*good_lines(), line("quantity", "应急储备点", ">=", "6", "个", "5")])
    word = downloaded("target_declaration", draft, cast.li_weiguo)
    word.line("沿线群众满意度", {"年度指标值": "≥92%"}).line("通客车行政村比例", {"三级指标": "通公交行政村比例"})
    columns = ("三级指标", "年度指标值", "分值", "指标解释", "评（扣）分标准", "指标值来源")
    word.line("应急储备点", dict.fromkeys(columns, ""))
    content = good_lines()[0]
    rest = "，".join(filter(None, (content["source"], content["explanation"], content["scoring_standard"])))
    assert [(each.label, each.old, each.new) for each in plan_of(draft, word).changes] == [
        ("绩效指标", f"社会效益指标“通客车行政村比例” =100%，12 分，{rest}", f"社会效益指标“通公交行政村比例” =100%，12 分，{rest}"),
        ("绩效指标", f"服务对象满意度指标“沿线群众满意度” ≥90%，10 分，{rest}",
         f"服务对象满意度指标“沿线群众满意度” ≥92%，10 分，{rest}"),
        ("绩效指标", f"数量指标“应急储备点” ≥6个，5 分，{rest}", "（表里没有，填入后删除）"),
    ]


def test_what_is_not_one_number_is_told(cast, empty):
    word = office_fills(empty, cast).line("日常养护里程", {"年度指标值": "1204.8公里"})
    word.line("路面技术状况优良中等路率", {"年度指标值": "85%—90%"})
    plan = plan_of(empty, word)
    assert [code for code, _ in remarks_of(plan)] == ["no_operator", "kept_as_text"]
    assert remarks_of(plan)[1][1] == "“路面技术状况优良中等路率”的指标值“85%—90%”不是一个数，按文字作为定性指标填入，请核对。"
    quality = plan.data["indicators"][2]
    assert (quality["value_type"], quality["target_text"], quality["target_value"]) == ("qualitative", "85%—90%", None)
    mileage = plan.data["indicators"][1]
    assert (mileage["operator"], mileage["target_value"]) == ("", Decimal("1204.8000"))


def test_lines_that_the_grid_would_not_take_stop_the_whole_form(cast, empty, signed_in):
    client = signed_in(cast.li_weiguo)
    word = office_fills(empty, cast).line("日常养护里程", {"二级指标": "其他指标", "分值": "很多"})
    word.beside("项目概况", "长" * 1001)
    answer = send(client, empty, word.content())
    assert answer.status_code == 422
    said = [reason.sentence for reason in answer.context["reasons"]]
    assert said[0] == "项目概况：有 1001 个字，超过 1,000 个字的上限，请删减后再保存。"
    assert "日常养护里程" in said[1]
    assert {sentence.rpartition("：")[2] for sentence in said[1:]} == {
        "没有选择二级指标，请从列表中选择。", "权重“很多”不是数字，请填分值，例如 8。",
    }
    assert lines_of(empty) == []


def test_the_code_and_the_amounts_are_compared(cast, empty, signed_in):
    word = office_fills(empty, cast).replace("26-JT-0012", "26-JT-0099")
    answer = send(signed_in(cast.li_weiguo), empty, word.content())
    assert [reason.code for reason in answer.context["reasons"]] == ["other_code"]
    word = office_fills(empty, cast).beside("年度资金总额", "1,500.00")
    assert remarks_of(plan_of(empty, word)) == [
        ("amount_kept", "表里的资金总额是 1,500.00 万元，系统登记的是 1,280.00 万元，以系统为准。"),
    ]


def workbook_of(*contents: bytes) -> bytes:
    """One workbook with a sheet for each form."""
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    for number, content in enumerate(contents, start=1):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        copy = whole.create_sheet(f"表{number}")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    copy[cell.coordinate] = cell.value
                    copy[cell.coordinate].data_type = cell.data_type
        for area in sheet.merged_cells.ranges:
            copy.merge_cells(area.coord)
    file = io.BytesIO()
    whole.save(file)
    return file.getvalue()


def test_of_a_workbook_with_many_forms_the_one_of_this_project_is_taken(cast, signed_in):
    kind, client = kind_named("target_declaration"), signed_in(cast.li_weiguo)
    bridges = make_year(cast, project=make_project(cast, code="26-JT-0031", name="农村公路桥梁安全设施提升"))
    drafts = [make_draft(cast, project_year=bridges, goal="加固桥梁 12 座。"), make_draft(cast)]
    letters = [to_xlsx(kind.filled(kind.find(cast.li_weiguo, draft.pk, None))) for draft in drafts]
    content = workbook_of(to_xlsx(kind_named("self_evaluation").empty()), *letters)
    TargetDeclaration.objects.filter(pk=drafts[1].pk).update(annual_goal="")
    preview = client.get(send(client, drafts[1], content, name="汇总.xlsx").url)
    assert [(each.label, each.cell, each.new) for each in preview.context["plan"].changes] == [("年度总体目标", "C14", GOAL)]
    other = send(client, drafts[1], workbook_of(letters[0]), name="汇总.xlsx")
    assert [reason.code for reason in other.context["reasons"]] == ["other_project", "other_code"]


def test_an_approved_declaration_is_not_filled_in_any_more(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "approved")
    client = signed_in(cast.li_weiguo)
    word = downloaded("target_declaration", declaration, cast.li_weiguo).line("沿线群众满意度", {"年度指标值": "≥92%"})
    answer = send(client, declaration, word.content())
    assert answer.url == declaration.get_absolute_url()
    assert "目前是“已批复”，不能修改" in client.get(answer.url).content.decode()
    assert lines_of(declaration) == good_lines()
