"""The forms of budgets on paper: the ex-ante assessment and next year's allocation."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from budgets.models import REPORT_KIND, ExAnteAssessment
from budgets.services import change_line, open_allocation_round, waive_line
from core.official.kinds import kind_named
from core.transitions import perform
from tests.budgets.ex_ante_road import CONCLUSION, give, hand_in, make_convened, make_panel, make_submitted
from tests.budgets.test_allocation_machine import DECISION, make_road
from tests.factories.cast import NOON, make_project, make_year
from tests.official_files import assert_prints, rows_of


def form_of(kind, user, pk):
    found = kind_named(kind)
    return replace(found.filled(found.find(user, pk, None)), printed_at=NOON)


def make_concluded(cast) -> ExAnteAssessment:
    """杜文涛 and 沈玉梅 and 何敏 agree but on two items, and 何敏 alone is stricter on a third."""
    panel = make_panel(cast)
    assessment = make_convened(cast, panel)
    agreed = {"立项依据充分": "良", "风险和管控措施": "差"}
    give(assessment, panel.du_wentao, "优", **agreed)
    give(assessment, panel.shen_yumei, "优", **agreed)
    give(assessment, panel.he_min, "优", **agreed | {"内容独立不重复": "中"})
    hand_in(assessment, cast.zhang_wen, REPORT_KIND)
    conclusion = CONCLUSION | {"suggestions": "细化年度投资计划。"}
    return perform(assessment, "conclude", by=cast.zhang_wen, at=NOON, data=conclusion)


def test_the_assessment_prints_texts_scores_and_conclusion(cast):
    assessment = make_concluded(cast)
    form = form_of("ex_ante", cast.zhang_wen, assessment.pk)
    rows = rows_of(form)
    assert rows[:15] == [
        ["项目名称", "农村公路日常养护及小修保养"],
        ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"],
        ["评估对象类型", "项目", "项目类型", "常年性"],
        ["申请金额", "320.00", "其中：财政资金", "320.00"],
        ["立项背景与依据", "县道连年水毁"],
        ["主要内容", "处治 12 处隐患"],
        ["绩效目标", "全年完好率达 90%"],
        ["资金构成与测算", "县级财政 320 万元"],
        ["实施方案", "3 月招标、10 月完工"],
        ["风险与应对", "　"],
        ["评估维度", "评估要点", "分值", "等级", "得分"],
        ["立项必要性\n（20分）", "立项依据充分", "5", "良", "4.00"],
        ["符合规划和部门职责", "5", "优", "5.00"],
        ["内容独立不重复", "5", "", "4.33"],
        ["前期论证和集体决策", "5", "优", "5.00"],
    ]
    assert rows[26] == ["风险和管控措施", "5", "差", "0.00"]
    assert rows[31:] == [
        ["总分", "100", "", "93.33"],
        ["总体结论", "予以支持", "建议安排金额", "300.00"],
        ["相关建议", "细化年度投资计划。"],
        ["业务股室初审意见", ""],
        ["财政审核意见", ""],
    ]
    assert form.signatures[0] == "评估专家（签名）：杜文涛、沈玉梅、何敏"
    assert form.notes == ("注：评估要点按等级计分，优100%、良80%、中60%、差0%，得分为各专家评分的平均数；总分 70 分以下的项目不得入库。",)
    assert_prints(form, pages=1)


def test_before_scoring_the_items_are_listed_without_scores(cast):
    rows = rows_of(form_of("ex_ante", cast.li_weiguo, make_submitted(cast).pk))
    assert rows[11] == ["立项必要性\n（20分）", "立项依据充分", "5", "", ""]
    assert rows[31:33] == [["总分", "100", "", ""], ["总体结论", "", "建议安排金额", ""]]


@pytest.fixture
def round_(cast):
    """Two projects: one with a poor result and a change by hand, one without a result and freed from the linkage."""
    make_road(cast, NOON, grade="中", score=Decimal("72.40"))
    bridges = make_project(cast, code="26-JT-0031", name="农村公路桥梁安全设施提升")
    make_year(cast, project=bridges, year=2026, stage="executing", fiscal_yuan="3000000.00")
    make_year(cast, project=bridges, year=2027, fiscal_yuan="3000000.00")
    opened = open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"), by=cast.qian_li, at=NOON
    )
    simulated = perform(opened, "simulate", by=cast.qian_li, at=NOON)
    roads, other = simulated.lines.order_by("-base_yuan")
    change_line(roads, changed_yuan=Decimal("4600000.00"), reason="水毁修复任务不减。", by=cast.qian_li, at=NOON)
    waive_line(other, waiver="新增项目，尚无评价结果。", by=cast.qian_li, at=NOON)
    return simulated


def test_the_allocation_prints_every_line_and_its_sums(cast, round_):
    suggested = round_.lines.get(project__code="26-JT-0012").suggested_yuan
    form = form_of("allocation", cast.qian_li, round_.pk)
    rows = rows_of(form)
    assert rows[0] == [
        "序号", "项目名称", "实施单位", "评价类型", "评价得分", "评价等级", "整改情况", "执行率", "上年预算数", "申请数", "适用规则",
        "规则作用", "规则建议数", "人工调整数", "安排数", "调整理由",
    ]
    roads, bridges, total = rows[1:]
    assert roads[:10] == [
        "1", "农村公路日常养护及小修保养", "县公路养护中心", "财政评价", "72.40", "中", "无须整改", "", "500.00", "520.00",
    ]
    assert roads[12:] == [f"{suggested / 10000:.2f}", "460.00", "460.00", "水毁修复任务不减。"]
    assert bridges == [
        "2", "农村公路桥梁安全设施提升", "县公路养护中心", "", "", "", "", "", "300.00", "300.00", "", "", "300.00", "",
        "300.00", "新增项目，尚无评价结果。",
    ]
    assert total == [
        "合计", "800.00", "820.00", "", "", f"{(suggested + 3000000) / 10000:.2f}", "460.00", "760.00", "",
    ]
    assert form.notes == ("注：评价结果为2025年度，上年预算数为2026年度；本轮总控制数 2,000.00 万元。",)
    assert_prints(form, pages=1)


def test_a_unit_prints_only_its_own_lines_and_only_after_the_round_was_issued(cast, round_):
    schools = make_project(cast, code="26-JY-0001", name="校舍维修", department=cast.other_department, unit=cast.other_unit)
    make_year(cast, project=schools, year=2026, stage="executing", fiscal_yuan="1000000.00")
    simulated = perform(round_, "simulate", by=cast.qian_li, at=NOON)
    waive_line(simulated.lines.get(project=schools), waiver="新增项目，尚无评价结果。", by=cast.qian_li, at=NOON)
    find = kind_named("allocation").find
    with pytest.raises(ObjectDoesNotExist):
        find(cast.chen_mo, round_.pk, None)
    road = (("submit", cast.qian_li, {}), ("decide", cast.sun_zheng, DECISION), ("issue", cast.qian_li, {}))
    for step, by, data in road:
        simulated = perform(simulated, step, by=by, at=NOON, data=data)
    rows = rows_of(form_of("allocation", cast.chen_mo, round_.pk))
    assert [row[1] for row in rows] == ["项目名称", "校舍维修", "100.00"]
    assert [row[1] for row in rows_of(form_of("allocation", cast.qian_li, round_.pk))][1:4] == [
        "农村公路日常养护及小修保养", "农村公路桥梁安全设施提升", "校舍维修",
    ]
