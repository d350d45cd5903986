"""What a filled form would change in a draft: whose form it is, which line is which, what an actual value says."""

from decimal import Decimal

import pytest

from core.notation import read_actual, read_target
from core.official.filled import FilledForm, FilledIndicator, FundKind, FundRow, PaperKind, Written
from core.official.intake import Achieved, Plan, Subject, intake_for, match_lines, read_achieved
from core.official.intake.lines import doubt
from core.official.intake.plans import head_faults
from core.scoring import Quality
from core.workflow import workflow_models

SUBJECT = Subject(
    title="“公路养护”2026年度绩效自评表", project="公路养护（一期）", code="26-JT-0012", unit="县公路养护中心",
    department="县交通运输局", year=2026,
)


def form(**facts) -> FilledForm:
    texts = {name: Written(text=text, cell="B2") for name, text in facts.items() if isinstance(text, str)}
    return FilledForm(kind=PaperKind.SELF_EVALUATION, file="表.docx", year=facts.get("year", 2026), **texts)


def indicator(name: str, actual: str = "", *, target: str = "≥10公里", level2: str = "数量指标") -> FilledIndicator:
    wanted = read_target(target, name=name)
    return FilledIndicator(
        level1="产出指标", level2=level2, name=name, target=wanted, actual=read_actual(actual, name=name, target=wanted),
        cells={"name": Written(text=name, cell="D5"), "actual": Written(text=actual, cell="F5")},
    )


@pytest.mark.parametrize(("facts", "codes"), [
    ({"project": "公路养护(一期)", "unit": "安澜县公路养护中心", "code": "26－JT－0012"}, []),
    ({"project": "公路养护（一期）", "unit": "县公路养护中心（101001）"}, []),
    ({"code": "26-JT-0012"}, []),
    ({"project": "公路养护（二期）", "unit": "县教育局", "code": "26-JT-0013", "year": 2025},
     ["other_project", "other_code", "other_unit", "other_year"]),
    ({"unit": "县公路养护中心"}, ["project_missing"]),
    ({"project": "公路养护（一期）", "year": None}, []),
])
def test_a_form_must_be_about_this_project_unit_and_year(facts, codes):
    assert [reason.code for reason in head_faults(form(**facts), SUBJECT)] == codes


def test_a_refusal_names_cell_figure_and_way_out():
    (reason,) = head_faults(form(project="桥梁改造"), SUBJECT)
    assert reason.sentence == (
        "表里 B2 的项目名称是“桥梁改造”，这里填的是“公路养护”2026年度绩效自评表，项目名称为“公路养护（一期）”，"
        "请核对文件，或到该项目的草稿页导入。"
    )


def test_what_the_head_does_not_say_or_says_otherwise_is_told():
    plan = Plan()
    plan.take_head(form(project="公路养护（一期）", department="县教育局", year=None), SUBJECT)
    assert [(each.code, each.sentence) for each in plan.remarks] == [
        ("unit_missing", "表里没有写实施单位，按“县公路养护中心”办理。"),
        ("other_department", "表里的主管部门是“县教育局”，系统登记的是“县交通运输局”，以系统为准。"),
        ("year_missing", "表里没有写明年度，按 2026 年度办理。"),
    ]


@pytest.mark.parametrize(("written", "taken"), [
    ("", "旧"), ("—", "旧"), ("/", "旧"), ("无", "无"), ("旧 ", "旧"), ("新\n\n 句", "新\n句"),
])
def test_an_empty_cell_never_empties_a_field(written, taken):
    plan, texts = Plan(), {"problem": "旧"}
    plan.take_text(texts, "problem", "存在问题", Written(text=written, cell="B9"))
    assert texts == {"problem": taken}
    assert bool(plan.changes) == (taken != "旧")


def test_amounts_are_compared_as_they_are_printed():
    plan = Plan()
    row = FundRow(kind=FundKind.TOTAL, label=Written(text="资金总额"), amounts={"declared": Written(text="1,280.00")})
    plan.keep_amount("资金总额", row, "declared", Decimal("12800012.34"))
    plan.keep_amount("资金总额", row, "declared", None)
    plan.keep_amount("资金总额", None, "declared", Decimal("1.00"))
    assert plan.remarks == []
    plan.keep_amount("资金总额", row, "declared", Decimal("12800100.00"))
    assert [each.code for each in plan.remarks] == ["amount_kept"]


def names(found) -> list[str | None]:
    return [line and line.name for line in found.lines]


def test_lines_are_matched_by_name_whatever_their_order_and_signs():
    written = [indicator("群众满意度（%）"), indicator("养护 里程"), indicator("培训人次")]
    found = match_lines(written, [("养护里程", "数量指标"), ("群众满意度(%)", "数量指标"), ("储备点", "时效指标")])
    assert names(found) == ["养护 里程", "群众满意度（%）", None]
    assert [each.name for each in found.spare] == ["培训人次"]
    assert found.by_place == []


def test_lines_of_one_name_go_to_their_own_level_and_renamed_ones_to_the_place_left_over():
    written = [indicator("完成率", level2="质量指标"), indicator("完成率"), indicator("巡查次数"), indicator("清障次数")]
    wanted = [("完成率", "数量指标"), ("完成率", "质量指标"), ("巡检频次", "数量指标"), ("清障频次", "数量指标")]
    found = match_lines(written, wanted)
    assert [line.level2 for line in found.lines[:2]] == ["数量指标", "质量指标"]
    assert names(found)[2:] == ["巡查次数", "清障次数"]
    assert (found.by_place, found.spare) == ([2, 3], [])


def test_lines_are_not_paired_by_place_where_their_number_differs():
    found = match_lines([indicator("甲"), indicator("乙")], [("丙", "数量指标")])
    assert (names(found), [each.name for each in found.spare]) == ([None], ["甲", "乙"])


def achieved(actual: str, *, unit: str = "公里", **more) -> tuple[Achieved | None, list[str]]:
    plan = Plan()
    options = {"qualitative": False, "quality": None, "year": 2026} | more
    found = read_achieved(plan, indicator("里程", actual), unit=unit, **options)
    return found, [each.code for each in plan.remarks]


@pytest.mark.parametrize(("actual", "expected", "codes"), [
    ("", None, []), ("—", None, []),
    ("12公里", Achieved(value=Decimal("12")), []),
    ("1,200.50", Achieved(value=Decimal("1200.5")), []),
    ("12公里\n含西岭乡", Achieved(value=Decimal("12"), words="含西岭乡"), []),
    ("12500米", Achieved(value=Decimal("12.5")), ["converted"]),
    ("1234567.8米", Achieved(value=Decimal("1234.5678")), ["converted"]),
    ("1234.56米", Achieved(value=Decimal("1.2346")), ["rounded"]),
    ("12人次", None, ["other_unit"]),
    ("基本完成", None, ["not_a_number"]),
    ("不适用", Achieved(not_applicable=True), []),
    ("不涉及\n今年没有", Achieved(not_applicable=True, words="今年没有"), []),
])
def test_a_cell_of_actual_values_in_the_unit_of_the_draft(actual, expected, codes):
    assert achieved(actual) == (expected, codes)


@pytest.mark.parametrize(("actual", "seen", "expected", "codes"), [
    ("达成年度指标\n已印发", None, Achieved(quality=Quality.REACHED, words="已印发"), []),
    ("部分达成并具有一定效果", None, Achieved(quality=Quality.PARTLY), []),
    ("制度已印发", Quality.REACHED, Achieved(quality=Quality.REACHED, words="制度已印发"), ["band_read"]),
    ("正在推进", None, None, ["no_band"]),
])
def test_a_band_is_taken_by_its_words_or_told(actual, seen, expected, codes):
    assert achieved(actual, qualitative=True, quality=seen) == (expected, codes)


def test_of_two_readings_the_one_taken_and_the_other_are_told():
    reading = read_actual("12公里").doubted("数字后面还有字。", read_actual("12米"))
    assert doubt("“里程”", "实际完成值", reading) == (
        "“里程”的实际完成值“12公里”有两种读法（数字后面还有字。）：按“12公里”填入，另一种读法是“12米”，请核对。"
    )


def test_every_registered_intake_fills_records_that_have_drafts():
    found = {label: intake_for(label) for label in workflow_models() if intake_for(label)}
    assert {label: each.paper for label, each in found.items()} == {
        "targets.targetdeclaration": PaperKind.TARGET_DECLARATION,
        "monitoring.progressreport": PaperKind.PROGRESS_REPORT,
        "evaluation.selfevaluation": PaperKind.SELF_EVALUATION,
    }
    assert all(each.model.editable_states for each in found.values())
