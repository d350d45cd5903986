"""The monitoring form on paper: money by source as of the end of the period, ticks, and what stands beside them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from budgets.models import BudgetAdjustment, FundSource, Spending
from core.official.kinds import kind_named
from tests.factories.cast import NOON
from tests.monitoring.scene import fill_behind, make_report, send
from tests.official_files import assert_prints, rows_of


def form_of(user, pk):
    kind = kind_named("progress_report")
    return replace(kind.filled(kind.find(user, pk, None)), printed_at=NOON)


def test_the_report_prints_money_progress_reasons_and_likelihood(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    form = form_of(cast.li_weiguo, report.pk)
    assert rows_of(form) == [
        ["项目名称", "农村公路日常养护及小修保养", "项目编码", "26-JT-0012"],
        ["主管部门及代码", "县交通运输局 301", "实施单位", "县公路养护中心"],
        ["项目资金\n（万元）", "", "年初预算数", "调整后预算数", "1—7月执行数", "1—7月执行率", "全年预计执行数", "预计结余"],
        ["年度资金总额", "1,280.00", "1,280.00", "520.00", "40.6%", "1,203.00", "77.00"],
        ["其中：当年财政拨款", "1,280.00", "1,280.00", "520.00", "40.6%", "—", "—"],
        ["　　　上年结转资金", "0.00", "0.00", "0.00", "—", "—", "—"],
        ["　　　其他资金", "0.00", "0.00", "0.00", "—", "—", "—"],
        ["预计结余原因", "　"],
        ["年度总体目标", "养护农村公路1204.8公里。"],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "1—7月执行情况", "全年预计完成情况", "偏差原因分析", "完成目标可能性"],
        ["经费保障", "制度保障", "人员保障", "硬件条件保障", "其他", "原因说明"],
        ["成本指标\n（20分）", "经济成本指标", "水毁抢修到场时间", "≤4小时", "3.4小时", "", "", "", "", "", "", "", "确定能"],
        ["产出指标\n（40分）", "数量指标", "小修保养处治面积", "≥4.6万平方米", "0.92万平方米", "", "√", "", "", "", "",
         "三个路段征迁未完成，10月补上2.5万平方米。", "确定能"],
        ["时效指标", "养护任务按期完成率", "≥95%", "19%", "", "", "", "", "", "√", "雨季停工 23 天，9月复工。", "确定能"],
        ["效益指标\n（20分）", "可持续影响指标", "管养长效机制健全程度", "健全", "达成年度指标\n制度已印发", "", "", "", "", "",
         "", "", "确定能"],
        ["满意度指标\n（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91%", "", "", "", "", "", "", "", "确定能"],
        ["存在问题", "　"],
        ["拟采取措施", "　"],
        ["纠偏措施及结果", "　"],
    ]
    assert (form.year_label, form.version) == ("（2026年度 1—7月）", "第 1 轮")
    assert_prints(form, pages=1)


def test_money_posted_after_the_period_is_left_out_and_each_source_has_its_own_row(cast):
    report = make_report(cast)
    year = report.project_year
    BudgetAdjustment.objects.create(
        project_year=year, source=FundSource.OTHER, amount_yuan=Decimal("200000.00"), document_no="安财预〔2026〕40号",
        adjusted_on=date(2026, 6, 1), reason="社会资金到位。", recorded_by=cast.qian_li,
    )
    BudgetAdjustment.objects.create(
        project_year=year, source=FundSource.FISCAL, amount_yuan=Decimal("900000.00"), document_no="安财预〔2026〕55号",
        adjusted_on=date(2026, 8, 1), reason="水毁修复。", recorded_by=cast.qian_li,
    )
    Spending.objects.create(
        project_year=year, voucher_no="2026-0150", paid_on=date(2026, 7, 30), source=FundSource.OTHER,
        amount_yuan=Decimal("50000.00"),
    )
    type(report).objects.filter(pk=report.pk).update(
        budget_yuan=Decimal("13000000.00"), executed_yuan=Decimal("5250000.00")
    )
    rows = rows_of(form_of(cast.li_weiguo, report.pk))
    assert [row[1:5] for row in rows[3:7]] == [
        ["1,280.00", "1,300.00", "525.00", "40.4%"], ["1,280.00", "1,280.00", "520.00", "40.6%"],
        ["0.00", "0.00", "0.00", "—"], ["0.00", "20.00", "5.00", "25.0%"],
    ]


def test_sources_that_do_not_make_up_the_stored_total_are_not_printed(cast):
    report = make_report(cast)
    type(report).objects.filter(pk=report.pk).update(executed_yuan=Decimal("4000000.00"))
    rows = rows_of(form_of(cast.li_weiguo, report.pk))
    assert [row[3:5] for row in rows[3:7]] == [["400.00", "31.3%"], ["—", "—"], ["—", "—"], ["—", "—"]]
    assert form_of(cast.li_weiguo, report.pk).version == "第 1 轮（未报送）"
