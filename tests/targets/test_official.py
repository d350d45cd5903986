"""The forms of targets on paper: what a known declaration prints, and what an empty form leaves open."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from budgets.models import BudgetLine, FundSource
from core.official.kinds import kind_named
from core.rulebook import Rulebook, preset
from core.transitions import perform
from targets.official import declaration_form
from targets.services import save_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.official_files import assert_prints, rows_of
from tests.targets.makers import OVERALL, line, make_draft, walk

NAME = "农村公路日常养护及小修保养"
GOAL = "日常养护里程不低于 1204.8 公里，路面技术状况优良中等路率不低于 86%，沿线群众满意度不低于 90%。"
OPINION = "同意。执行中请说明单位成本。（审核等级：优，90分）"
STANDARD = "得分=完成值÷指标值×分值"
BLANK = "　\n　"
STEPS = "招标采购：2026年2月1日至2026年3月31日\n养护作业：2026年4月1日至2026年11月30日"


def form_of(kind, user, pk, year=None):
    found = kind_named(kind)
    return replace(found.filled(found.find(user, pk, year)), printed_at=NOON)


def test_the_declaration_prints_every_fact_indicator_and_opinion(cast):
    draft = make_draft(cast)
    steps = [
        {"content": "招标采购", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 31)},
        {"content": "养护作业", "starts_on": date(2026, 4, 1), "ends_on": date(2026, 11, 30)},
    ]
    draft = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, schedule=steps)
    declaration = walk(draft, cast, "approved")
    form = form_of("target_declaration", cast.li_weiguo, declaration.pk)
    assert rows_of(form) == [
        ["项目名称", NAME, "项目编码", "26-JT-0012"],
        ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"],
        ["项目属性", "延续", "项目类型", "常年性"],
        ["起止时间", "2025年1月1日至2028年12月31日", "项目负责人", "李卫国"],
        ["项目资金\n（万元）", "年度资金总额", "1,280.00"],
        ["其中：当年财政拨款", "1,280.00"],
        ["　　　上年结转资金", "0.00"],
        ["　　　其他资金", "0.00"],
        ["项目概况", BLANK],
        ["总体（中长期）\n目标", OVERALL],
        ["年度总体目标", GOAL],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "分值", "指标解释", "评（扣）分标准", "指标值来源"],
        ["成本指标\n（20分）", "经济成本指标", "日常养护平均成本", "≤0.98万元/公里·年", "20", "", STANDARD, "工作计划"],
        ["产出指标\n（40分）", "数量指标", "日常养护里程", "≥1,204.8公里", "20", "", STANDARD, "工作计划"],
        ["质量指标", "路面技术状况优良中等路率", "≥86%", "20", "", STANDARD, "工作计划"],
        ["效益指标\n（20分）", "社会效益指标", "通客车行政村比例", "=100%", "12", "", STANDARD, "工作计划"],
        ["可持续影响指标", "管养长效机制", "县乡村三级管养责任和经费落实", "8", "", STANDARD, "工作计划"],
        ["满意度指标\n（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", "10", "", STANDARD, "工作计划"],
        ["合计", "90", ""],
        ["实施进度计划", STEPS],
        ["保证项目实施的\n制度、措施", BLANK],
        ["主管部门\n审核意见", OPINION],
        ["业务股室\n审核意见", "同意报绩效股。"],
        ["财政部门\n审核意见", OPINION],
    ]
    assert (form.year_label, form.unit_line, form.money_unit_line, form.reference, form.version) == (
        "（2026年度）", "填报单位（盖章）：县公路养护中心", "金额单位：万元", "项目编号：26-JT-0012", "第 1 版"
    )
    assert form.signatures[0] == "填报人：李卫国"
    assert_prints(form, pages=1)


def test_money_by_source_adds_up_and_a_draft_says_that_it_is_one(cast):
    draft = make_draft(cast)
    BudgetLine.objects.create(
        project_year=draft.project_year, source=FundSource.OTHER, requested_yuan=Decimal("1234567.89")
    )
    form = form_of("target_declaration", cast.li_weiguo, draft.pk)
    assert [row[-1] for row in rows_of(form)[4:8]] == ["1,403.46", "1,280.00", "0.00", "123.46"]
    assert form.tables[0].rows[4][-1].amount == Decimal("1403.456789")
    assert form.version == "第 1 版（未报送）"


def test_indicators_that_begin_like_a_formula_stay_text(cast):
    draft = make_draft(cast, lines=[line("quantity", "=HYPERLINK(0)", "", "+1+1", "", "90")])
    form = form_of("target_declaration", cast.li_weiguo, draft.pk)
    assert rows_of(form)[12][:5] == ["产出指标\n（90分）", "数量指标", "=HYPERLINK(0)", "+1+1", "90"]
    assert_prints(form, pages=1)


def test_the_review_prints_its_points_grade_and_opinion(cast):
    declaration = walk(make_draft(cast), cast, "approved")
    department, fiscal = declaration.reviews.order_by("pk")
    form = form_of("target_review", cast.li_weiguo, fiscal.pk)
    assert rows_of(form) == [
        ["项目名称", NAME],
        ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"],
        ["申请资金", "1,280.00", "审核方式", "定量"],
        ["审核内容", "审核要点", "分值", "得分", "存在问题"],
        ["完整性审核\n（20分）", "规范完整性", "10", "10.00", ""],
        ["明确清晰性", "10", "8.00", ""],
        ["相关性审核\n（30分）", "目标相关性", "15", "15.00", ""],
        ["指标科学性", "15", "13.00", ""],
        ["适当性审核\n（30分）", "绩效合理性", "15", "13.00", ""],
        ["资金匹配性", "15", "12.00", ""],
        ["可行性审核\n（20分）", "实现可能性", "10", "10.00", ""],
        ["条件充分性", "10", "9.00", ""],
        ["审核得分合计", "100", "90.00", ""],
        ["综合评定等级", "优"],
        ["总体意见", "同意。执行中请说明单位成本。"],
    ]
    assert form.unit_line == "审核部门（盖章）：财政部门"
    assert form.signatures == ("审核人：周晓岚", "审核部门负责人（签字）：", "审核日期：2026年9月16日")
    assert form_of("target_review", cast.li_weiguo, department.pk).signatures[0] == "审核人：张雯"
    assert_prints(form, pages=1)


def test_the_department_form_rolls_up_what_its_projects_have_handed_in(cast):
    walk(make_draft(cast), cast, "approved")
    bridges = make_year(
        cast, project=make_project(cast, code="26-JT-0031", name="农村公路桥梁安全设施提升"), fiscal_yuan="3000000.00"
    )
    make_draft(cast, project_year=bridges)
    schools = make_project(cast, code="26-JY-0001", name="校舍维修", department=cast.other_department, unit=cast.other_unit)
    make_year(cast, project=schools)
    form = form_of("department_target", cast.zhang_wen, cast.department.pk, 2026)
    rows = rows_of(form)
    assert rows[:7] == [
        ["部门（单位）名称", "县交通运输局"],
        ["部门职责", BLANK],
        ["年度主要任务", "任务名称", "主要内容", "预算金额", "其中：财政拨款", "其他资金"],
        [NAME, GOAL, "1,280.00", "1,280.00", "0.00"],
        ["农村公路桥梁安全设施提升", "", "300.00", "300.00", "0.00"],
        ["合计", "1,580.00", "1,580.00", "0.00"],
        ["年度总体目标", BLANK],
    ]
    assert rows[7] == [
        "一级指标", "二级指标", "三级指标", "指标值类型", "年度指标值", "计量单位", "指标解释", "评（扣）分标准", "备注",
    ]
    assert rows[9] == ["产出指标", "数量指标", "日常养护里程", "定量", "≥1,204.8", "公里", "", STANDARD, NAME]
    assert len(rows) == 8 + 6
    assert_prints(form, pages=1)


def test_only_the_department_its_section_and_the_bureau_print_a_department(cast):
    find = kind_named("department_target").find
    for person in (cast.zhang_wen, cast.zhao_zhiyuan, cast.lu_yuan, cast.zhou_xiaolan, cast.wu_di):
        assert find(person, cast.department.pk, 2026).department == cast.department
    for person in (cast.li_weiguo, cast.chen_mo, cast.he_min):
        with pytest.raises(ObjectDoesNotExist):
            find(person, cast.department.pk, 2026)
    with pytest.raises(ObjectDoesNotExist):
        find(cast.zhang_wen, cast.other_department.pk, 2026)
    with pytest.raises(ObjectDoesNotExist):
        find(cast.zhang_wen, cast.department.pk, 2031)


def test_a_refused_project_is_not_part_of_its_department(cast):
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    perform(declaration, "block", by=cast.zhou_xiaolan, at=NOON, reason="目标与资金不匹配。")
    form = form_of("department_target", cast.zhang_wen, cast.department.pk, 2026)
    assert rows_of(form)[-1][:2] == ["满意度指标\n（10分）", "服务对象满意度指标"]
    assert NAME not in str(rows_of(form))


@pytest.mark.parametrize(("name", "levels", "total"), [
    ("mof-2021-cost", ["成本指标\n（20分）", "产出指标\n（40分）", "效益指标\n（20分）", "满意度指标\n（10分）"], "90"),
    ("mof-2020", ["产出指标\n（50分）", "效益指标\n（30分）", "满意度指标\n（10分）"], "90"),
])
def test_an_empty_declaration_has_the_levels_and_points_of_the_rule_set(name, levels, total):
    form = declaration_form(None, Rulebook.from_data(preset(name)))
    rows = rows_of(form)
    assert [row[0] for row in rows if row[0].endswith("分）")] == levels
    assert next(row for row in rows if row[0] == "合计") == ["合计", total, ""]
