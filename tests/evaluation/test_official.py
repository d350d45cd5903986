"""The forms of evaluation on paper: self-evaluation, department roll-up, score table, feedback letter."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.official import Prose
from core.official.kinds import kind_named
from evaluation.models import SelfEvaluation
from evaluation.services import add_paper
from targets.models import Indicator, TargetDeclaration
from tests.evaluation.makers import (
    fill,
    make_evaluation,
    make_executing,
    make_final,
    make_letter,
    make_sheet,
    walk_evaluation,
)
from tests.factories.cast import NOON
from tests.official_files import assert_prints, rows_of

NAME = "农村公路日常养护及小修保养"


def form_of(kind, user, pk, year=None):
    found = kind_named(kind)
    return replace(found.filled(found.find(user, pk, year)), printed_at=NOON)


def test_the_self_evaluation_prints_money_goal_scores_reasons_and_total(cast):
    form = form_of("self_evaluation", cast.li_weiguo, make_final(cast).pk)
    assert rows_of(form) == [
        ["项目名称", NAME],
        ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"],
        ["项目资金\n（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["年度资金总额", "1,280.00", "1,280.00", "1,228.80", "10", "96.0%", "9.60"],
        ["其中：当年财政拨款", "1,280.00", "1,280.00", "—", "—", "—", "—"],
        ["　　　上年结转资金", "0.00", "0.00", "—", "—", "—", "—"],
        ["　　　其他资金", "0.00", "0.00", "—", "—", "—", "—"],
        ["年度总体\n目标", "预期目标", "实际完成情况"],
        ["日常养护里程不低于 1204.8 公里。", "年度养护任务完成，1 项跨年。"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析\n及改进措施"],
        ["成本指标\n（20分）", "经济成本指标", "日常养护平均成本", "≤0.98万元/公里·年", "0.9万元/公里·年", "20", "20.00", ""],
        ["产出指标\n（40分）", "数量指标", "日常养护里程", "≥1,204.8公里", "1,144.56公里", "20", "19.00",
         "西岭乡路段因暴雨顺延，已于次年二月完工。"],
        ["质量指标", "路面技术状况优良中等路率", "≥86%", "86.2%", "20", "20.00", ""],
        ["效益指标\n（20分）", "社会效益指标", "通客车行政村比例", "=100%", "100%", "12", "12.00", ""],
        ["可持续影响指标", "管养长效机制", "县乡村三级管养责任和经费落实", "部分达成并具有一定效果", "8", "5.60",
         "尚有 2 个乡镇未印发细则。"],
        ["满意度指标\n（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91.8%", "10", "10.00", ""],
        ["总分", "100", "96.20", "自评等级：优"],
        ["预算执行\n情况说明", "　"],
        ["自评结论", "总体完成较好。"],
    ]
    assert form.notes[1] == "2. 等级：优 ≥90 · 良 80—90 · 中 60—80 · 差 <60。"
    assert (form.version, form.reference) == ("正式版（已报送）", "项目编号：26-JT-0012")
    assert_prints(form, pages=1)


def test_what_is_not_filled_in_has_no_score_on_paper(cast):
    sheet = make_sheet(cast)
    rows = rows_of(form_of("self_evaluation", cast.li_weiguo, sheet.pk))
    assert [row[-4:] for row in rows[10:12]] == [["", "20", "", ""], ["", "20", "", ""]]
    filled = fill(sheet, cast, 日常养护里程={"not_applicable": True})
    form = form_of("self_evaluation", cast.li_weiguo, filled.pk)
    assert rows_of(form)[11][3:6] == ["≥1,204.8公里", "不适用", "20"]
    assert form.version == "未报送"


def test_the_department_form_adds_up_its_money_and_lists_what_was_reported(cast):
    sheet = make_final(cast)
    year = sheet.project_year
    first = TargetDeclaration.objects.create(project_year=year, version=2)
    TargetDeclaration.objects.filter(pk=first.pk).update(state="superseded")
    Indicator.objects.create(
        declaration=first, position=1, level1="output", level2="quantity", name="日常养护里程", value_type="quantitative",
        operator=">=", target_value=Decimal("1186.5"), unit_of_measure="公里", weight=Decimal("20.00"),
    )
    form = form_of("department_self_evaluation", cast.zhang_wen, cast.department.pk, 2026)
    assert rows_of(form) == [
        ["主管部门", "县交通运输局", "业务股室", "经济建设股", "自评总分", "", "联系人", ""],
        ["部门整体\n支出资金", "年初预算数", "全年（调整）预算数", "全年执行数", "执行率", "执行率权重", "执行率得分"],
        ["1,280.00", "1,280.00", "1,228.80", "96.0%", "10", "9.60"],
        ["年度总体\n目标", "年初绩效目标", "全年（调整）绩效目标", "全年目标实际完成情况"],
        ["　\n　", "　\n　", "　\n　"],
        ["项目自评情况", "项目名称", "项目全年预算数", "项目全年执行数", "项目执行率", "项目自评得分", "自评等级"],
        [NAME, "1,280.00", "1,228.80", "96.0%", "96.20", "优"],
        ["所属项目", "指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "得分系数（%）", "指标权重",
         "指标得分", "是否核心指标"],
        [NAME, "日常养护平均成本", "万元/公里·年", "≤", "0.98", "", "0.9", "100.00", "", "", ""],
        ["日常养护里程", "公里", "≥", "1,186.5", "1,204.8", "1,144.56", "95.00", "", "", ""],
        ["路面技术状况优良中等路率", "%", "≥", "86", "", "86.2", "100.00", "", "", ""],
        ["通客车行政村比例", "%", "=", "100", "", "100", "100.00", "", "", ""],
        ["管养长效机制", "", "定性", "县乡村三级管养责任和经费落实", "", "部分达成并具有一定效果", "70.00", "", "", ""],
        ["沿线群众满意度", "%", "≥", "90", "", "91.8", "100.00", "", "", ""],
    ]
    assert_prints(form, pages=1)


def test_a_self_evaluation_that_was_not_handed_in_is_not_in_the_department_form(cast):
    fill(make_sheet(cast), cast)
    rows = rows_of(form_of("department_self_evaluation", cast.zhang_wen, cast.department.pk, 2026))
    assert rows[6] == [NAME, "1,280.00", "1,228.80", "96.0%", "", ""]
    assert len(rows) == 8 + 11
    assert SelfEvaluation.objects.get().state == "draft"


def test_the_score_table_prints_findings_papers_and_sums(cast):
    evaluation = make_evaluation(cast, "consulting")
    for source in ("现场核查", "凭证抽查"):
        add_paper(evaluation.line_list()[1], number=f"DG-{source[:2]}", source=source, content="见附图。", file=None,
                  by=cast.he_min, at=NOON)
    evaluation = walk_evaluation(evaluation, cast, "fed_back")
    form = form_of("evaluation_scores", cast.zhou_xiaolan, evaluation.pk)
    assert rows_of(form) == [
        ["项目名称", NAME, "评价类型", "财政评价"],
        ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"],
        ["一级指标", "二级指标", "三级指标", "分值", "评分标准", "业绩值", "得分", "扣分原因", "底稿编号"],
        ["决策\n（20分）", "项目立项", "立项依据充分性", "20", "按标准评分。", "查阅资料、现场核实。", "18.00", "抽查发现不足。", ""],
        ["过程\n（20分）", "资金管理", "资金使用合规性", "20", "按标准评分。", "查阅资料、现场核实。", "16.84", "抽查发现不足。", "DG-现场、DG-凭证"],
        ["产出\n（30分）", "产出数量", "实际完成率", "30", "按标准评分。", "查阅资料、现场核实。", "27.06", "抽查发现不足。", ""],
        ["效益\n（30分）", "项目效益", "实施效益", "20", "按标准评分。", "查阅资料、现场核实。", "13.70", "抽查发现不足。", ""],
        ["满意度", "10", "按标准评分。", "查阅资料、现场核实。", "9.00", "抽查发现不足。", ""],
        ["合计", "100", "", "", "84.60", "", ""],
        ["评价结论", "总体良好。"],
        ["评价等级", "良（84.60分）"],
    ]
    assert form.signatures[0] == "主评人：何敏"
    assert_prints(form, pages=1)


def test_scores_are_not_printed_for_the_unit_before_it_is_asked_for_its_opinion(cast):
    find = kind_named("evaluation_scores").find
    evaluation = make_evaluation(cast, "in_field")
    assert find(cast.he_min, evaluation.pk, None) == evaluation
    assert find(cast.zhou_xiaolan, evaluation.pk, None) == evaluation
    for person in (cast.li_weiguo, cast.wang_jianguo, cast.zhang_wen, cast.chen_mo):
        with pytest.raises(ObjectDoesNotExist):
            find(person, evaluation.pk, None)


def test_the_letter_names_result_problems_demands_and_time(cast):
    letter = make_letter(cast)
    form = form_of("feedback_letter", cast.li_weiguo, letter.pk)
    paragraphs = [line for block in form.blocks if isinstance(block, Prose) for line in block.paragraphs]
    assert paragraphs == [
        "县公路养护中心：",
        "根据《项目支出绩效评价管理办法》（财预〔2020〕10号），我局委托衡信绩效咨询有限公司对你单位2026年度"
        f"“{NAME}”项目开展了财政评价，评价得分84.60分，评价等级为“良”。",
        "评价结论：总体良好。", "评价发现的问题和整改要求如下：",
        "请于收到本意见书之日起30日内报送整改方案，并按期报送整改结果。",
        "安澜县财政局", "2026年9月16日",
    ]
    assert rows_of(form) == [
        ["序号", "存在问题", "整改要求", "完成时限"],
        ["1", "2 笔机械租赁费无台班签认。", "一个月内报送整改结果。", "收到本意见书之日起60日内"],
    ]
    assert form.unit_line == "文号：安财绩函〔2026〕3号"
    assert_prints(form, pages=1)


def test_the_letter_of_a_department_evaluation_is_signed_by_the_department(cast):
    year = make_sheet(cast, make_executing(cast)).project_year
    evaluation = make_evaluation(cast, "fed_back", kind="department", year=year)
    form = form_of("feedback_letter", cast.zhang_wen, evaluation.rectification.pk)
    assert form.blocks[-1].paragraphs == ("县交通运输局", "2026年9月16日")


def test_what_the_unit_answers_does_not_change_the_letter(cast):
    letter = make_letter(cast)
    issued = form_of("feedback_letter", cast.li_weiguo, letter.pk)
    letter.items.update(measure="补签台班单。", person="李卫国", result="已补签。")
    assert form_of("feedback_letter", cast.li_weiguo, letter.pk).check_code == issued.check_code
