from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import BudgetAdjustment, ProjectYear
from core import audit
from core.errors import RuleViolation
from core.models import AuditEntry, ToDo
from core.transitions import perform
from monitoring import services
from monitoring.models import Alert, MonitoringRound
from tests.factories.cast import NOON, make_project, make_year
from tests.monitoring.scene import (
    entries,
    fill,
    fill_behind,
    make_declaration,
    make_executing,
    make_report,
    open_july,
    pay,
    send,
)

D = Decimal
CORRECTION = {"correction_due_on": date(2026, 10, 15)}
MEASURES = {"correction_text": "增加两个作业班组，10月底前完成 2.5 万平方米。"}


def opening(cast, **changes):
    values = {
        "fiscal_year": cast.years[2026], "number": 1, "period_start": date(2026, 1, 1),
        "period_end": date(2026, 7, 31), "due_on": date(2026, 9, 30), "by": cast.zhou_xiaolan, "at": NOON,
    }
    return services.open_round(**(values | changes))


# --- opening --------------------------------------------------------------------------------------


def test_a_round_makes_a_report_with_the_money_at_the_end_of_its_period(cast):
    year = make_executing(cast)
    BudgetAdjustment.objects.create(
        project_year=year, source="fiscal", amount_yuan=D("800000.00"), document_no="安财预〔2026〕31号",
        adjusted_on=date(2026, 8, 20), reason="追加", recorded_by=cast.qian_li,
    )
    ProjectYear.objects.filter(pk=year.pk).update(budget_yuan=D("13600000.00"))
    round_ = open_july(cast)
    report = round_.reports.get()
    assert report.state == "draft"
    assert report.declaration == year.target_declarations.get()
    assert report.initial_yuan == D("12800000.00")
    assert report.budget_yuan == D("12800000.00")
    assert report.executed_yuan == D("5200000.00")
    assert report.execution_rate == D("0.4063")
    assert (report.money_lamp, report.project_lamp, report.attainment_rate) == ("yellow", "grey", None)
    assert report.values.count() == 5
    assert set(report.values.values_list("lamp", flat=True)) == {"grey"}
    assert report.created_by is None
    assert report.due_on == date(2026, 9, 20)
    todo = ToDo.objects.get(model="monitoring.progressreport")
    assert (todo.role, todo.organisation, todo.verb, todo.due_on) == (
        "unit_operator", cast.unit, "填报绩效监控", date(2026, 9, 20)
    )


def test_opening_names_what_was_made_in_the_audit_trail(cast):
    make_executing(cast)
    round_ = open_july(cast)
    made = AuditEntry.objects.get(action="monitoring.progressreport.generate")
    assert (made.object_id, made.after) == (round_.pk, {"reports": 1, "indicators": 5})


@pytest.mark.parametrize("stage", ["target_filing", "suspended", "stopped", "self_evaluating"])
def test_only_projects_in_execution_are_watched(cast, stage):
    make_executing(cast)
    other = make_year(cast, project=make_project(cast, code="26-JT-0013", name="桥梁安全提升"), stage=stage)
    make_declaration(other)
    unapproved = make_year(cast, project=make_project(cast, code="26-JT-0014", name="村道安防"), stage="executing")
    make_declaration(unapproved, state="draft")
    assert [report.project_year.project.code for report in open_july(cast).reports.all()] == ["26-JT-0012"]


def test_the_newest_approved_version_is_watched(cast):
    year = make_executing(cast)
    year.target_declarations.update(state="superseded")
    second = make_declaration(year, version=2)
    assert open_july(cast).reports.get().declaration == second


@pytest.mark.parametrize("name", ["li_weiguo", "zhang_wen", "lu_yuan", "qian_li", "wu_di", "he_min"])
def test_only_the_performance_section_opens_rounds(cast, name):
    make_executing(cast)
    with pytest.raises(PermissionDenied):
        opening(cast, by=getattr(cast, name))
    assert not MonitoringRound.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code", "figure"),
    [
        ({"period_start": date(2026, 2, 1)}, "period_start", "2026-01-01"),
        ({"period_end": date(2026, 7, 30)}, "period_end", "2026-07-31"),
        ({"period_end": date(2027, 7, 31), "due_on": date(2027, 8, 31)}, "period_end", "2026 年"),
        ({"period_end": date(2026, 9, 30), "due_on": date(2026, 10, 15)}, "period_open", "今天是 2026-09-16"),
        ({"due_on": date(2026, 9, 15)}, "due_past", "2026-09-15 已经过去（今天 2026-09-16）"),
    ],
)
def test_the_dates_of_a_round_are_checked(cast, changes, code, figure):
    make_executing(cast)
    with pytest.raises(RuleViolation) as refusal:
        opening(cast, **changes)
    assert refusal.value.codes == [code]
    assert figure in str(refusal.value)
    assert not MonitoringRound.objects.exists()
    assert opening(cast).reports.count() == 1


def test_every_fault_of_an_opening_is_named_at_once(cast):
    year = cast.years[2026]
    year.is_open = False
    year.save()
    with pytest.raises(RuleViolation) as refusal:
        opening(cast, fiscal_year=year, period_start=date(2026, 3, 1), due_on=date(2026, 6, 1))
    assert refusal.value.codes == ["year_closed", "period_start", "due_past", "due_on", "nothing_to_watch"]


def test_a_number_is_used_once(cast):
    make_executing(cast)
    opening(cast)
    with pytest.raises(RuleViolation) as refusal:
        opening(cast, period_end=date(2026, 8, 31))
    assert refusal.value.codes == ["round_taken"]
    assert "2026年度第 1 轮" in str(refusal.value)


def test_a_period_is_watched_once(cast):
    make_executing(cast)
    opening(cast)
    with pytest.raises(RuleViolation) as refusal:
        opening(cast, number=2)
    assert refusal.value.codes == ["period_taken"]
    assert str(refusal.value) == (
        "监控期间截至 2026-07-31，2026年度第1轮绩效监控（1—7月）已经监控过这一期间，请改为其他月份。"
    )
    assert MonitoringRound.objects.count() == 1


# --- filling in -----------------------------------------------------------------------------------


def test_filling_in_works_out_every_lamp_and_keeps_the_working(cast):
    report = fill_behind(cast, make_report(cast))
    found = {
        value.indicator.name: (value.lamp, value.completion_rate, value.working["formula"])
        for value in report.value_list()
    }
    assert found == {
        "水毁抢修到场时间": ("green", D("0.5833"), "符合目标"),
        "小修保养处治面积": ("red", D("0.2000"), "0.92 ÷ 4.6 = 20.0%，较序时慢 38.3 个百分点"),
        "养护任务按期完成率": ("red", D("0.2000"), "19 ÷ 95 = 20.0%，较序时慢 38.3 个百分点"),
        "管养长效机制健全程度": ("green", D("1.0000"), "达成年度指标"),
        "沿线群众满意度": ("green", D("1.0111"), "91 ÷ 90 = 101.1%，较序时快 42.8 个百分点"),
    }
    # (20 × 58.33 % + 25 × 20 % + 15 × 20 % + 20 × 100 % + 10 × 100 %) ÷ 90
    assert report.attainment_rate == D("0.5519")
    assert (report.money_lamp, report.project_lamp) == ("yellow", "yellow")
    assert report.workings["progress"] == "58.3%"
    assert report.workings["money"] == {
        "rule": "money_lag", "inputs": [["预算数", "1,280.00 万元"], ["执行数", "520.00 万元"], ["序时进度", "58.3%"]],
        "formula": "520.00 ÷ 1,280.00 = 40.6%，较序时慢 17.7 个百分点", "notes": [], "lamp": "yellow", "rate": "0.4063",
    }
    assert report.workings["project"]["formula"] == "较序时慢 17.7 个百分点，支出较目标慢 14.6 个百分点"
    assert report.workings["ruleset"] == cast.ruleset.pk


def test_little_spending_makes_a_red_lamp(cast):
    report = fill(cast, make_report(cast, paid="1280000.00"))
    assert report.execution_rate == D("0.1000")
    assert (report.money_lamp, report.project_lamp) == ("red", "red")
    assert report.workings["project"]["formula"] == "较序时慢 48.3 个百分点，支出较目标慢 62.5 个百分点"


def test_payments_that_arrive_late_are_read_with_the_next_saving(cast):
    report = fill(cast, make_report(cast))
    assert report.execution_rate == D("0.4063")
    pay(report.project_year, "2026-0108", date(2026, 7, 20), "2400000.00")
    report = fill(cast, report)
    assert report.executed_yuan == D("7600000.00")
    assert report.execution_rate == D("0.5938")
    assert report.money_lamp == "green"


def test_only_the_indicators_given_are_changed_and_the_change_is_kept(cast):
    report = fill(cast, make_report(cast))
    value = report.values.get(indicator__name="小修保养处治面积")
    services.fill_report(
        report, forecast_yuan=D("12030000.00"), surplus_reason="招标节约", problem="雨季停工", measures="增加班组",
        values={value.indicator_id: {"actual_value": D("3.10"), "actual_text": "至8月底"}}, by=cast.li_weiguo, at=NOON,
        seen=report.revision,
    )
    report.refresh_from_db()
    value.refresh_from_db()
    assert (value.actual_value, value.actual_text, value.likelihood) == (D("3.1000"), "至8月底", "certain")
    assert (report.surplus_reason, report.problem, report.measures) == ("招标节约", "雨季停工", "增加班组")
    assert report.surplus_yuan == D("770000.00")
    assert audit.history_of(report).first().after["details"] == {
        "小修保养处治面积": {
            "before": {"actual_value": "2.6000", "actual_text": ""},
            "after": {"actual_value": "3.1000", "actual_text": "至8月底"},
        }
    }


def test_a_stale_page_overwrites_nothing(cast):
    report = make_report(cast)
    fill(cast, report)
    with pytest.raises(RuleViolation) as refusal:
        services.fill_report(
            report, forecast_yuan=D("1.00"), values={}, by=cast.li_weiguo, at=NOON, seen=report.revision
        )
    assert refusal.value.codes == ["stale"]
    report.refresh_from_db()
    assert report.forecast_yuan == D("12030000.00")


def test_an_indicator_of_another_project_is_refused(cast):
    report = make_report(cast)
    with pytest.raises(RuleViolation) as refusal:
        services.fill_report(report, forecast_yuan=None, values={987654: {}}, by=cast.li_weiguo, at=NOON)
    assert refusal.value.codes == ["foreign_indicator"]


@pytest.mark.parametrize("name", ["wang_jianguo", "zhang_wen", "zhou_xiaolan", "chen_mo"])
def test_only_the_operator_of_the_unit_fills_in(cast, name):
    report = make_report(cast)
    with pytest.raises(PermissionDenied):
        services.fill_report(report, forecast_yuan=None, values={}, by=getattr(cast, name), at=NOON)


def test_a_report_that_was_sent_is_not_changed(cast):
    report = send(cast, fill(cast, make_report(cast)), until="unit_review")
    with pytest.raises(RuleViolation) as refusal:
        services.fill_report(report, forecast_yuan=None, values={}, by=cast.li_weiguo, at=NOON)
    assert refusal.value.codes == ["not_editable"]


# --- what follows ---------------------------------------------------------------------------------


def test_a_yellow_report_at_finance_makes_one_alert_and_marks_the_project(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    alert = Alert.objects.get()
    assert (alert.state, alert.lamp, alert.report) == ("open", "yellow", report)
    assert alert.project_year == report.project_year
    assert alert.message == (
        "截至 2026-07-31，预算执行率 40.6%，目标完成率 55.2%，序时进度 58.3%；"
        "较序时慢 17.7 个百分点，支出较目标慢 14.6 个百分点，判为黄灯。"
    )
    year = ProjectYear.objects.get()
    assert (year.lamp, year.attainment_rate) == ("yellow", D("0.5519"))
    assert set(ToDo.objects.filter(model="monitoring.alert").values_list("role", flat=True)) == {
        "fiscal_business", "fiscal_performance",
    }


def test_a_report_on_its_way_to_finance_marks_nothing(cast):
    send(cast, fill_behind(cast, make_report(cast)), until="dept_reviewing")
    assert not Alert.objects.exists()
    assert ProjectYear.objects.get().lamp == ""


def test_a_green_report_makes_no_alert(cast):
    send(cast, fill(cast, make_report(cast, paid="7600000.00")))
    assert not Alert.objects.exists()
    year = ProjectYear.objects.get()
    # (20 × 58.33 % + 25 × 56.52 % + 15 × 63.16 % + 20 × 100 % + 10 × 100 %) ÷ 90
    assert (year.lamp, year.attainment_rate) == ("green", D("0.7252"))


def sent_back(cast, report):
    return perform(report, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="面积与台账不符，请核对。")


def test_a_corrected_return_lifts_its_alert_and_a_worse_one_opens_it_again(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    pay(report.project_year, "2026-0108", date(2026, 7, 20), "2400000.00")
    report = send(cast, fill(cast, sent_back(cast, report)))
    alert = Alert.objects.get()
    assert (alert.state, alert.outcome, alert.closing_note) == (
        "closed", "lifted", "重新报送后监控灯为绿灯，预警解除。"
    )
    report = send(cast, fill_behind(cast, sent_back(cast, report)))
    alert.refresh_from_db()
    assert (report.project_lamp, alert.state, alert.outcome, alert.lamp) == ("green", "closed", "lifted", "yellow")
    pay(report.project_year, "2026-0109", date(2026, 7, 21), "-6400000.00")
    send(cast, fill_behind(cast, sent_back(cast, report)))
    alert.refresh_from_db()
    assert (alert.state, alert.outcome, alert.lamp) == ("open", "", "red")
    assert alert.title() == "“农村公路日常养护及小修保养”2026年度红灯预警"


def test_a_new_return_renews_what_an_open_alert_says(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    pay(report.project_year, "2026-0109", date(2026, 7, 21), "-4000000.00")
    send(cast, fill_behind(cast, sent_back(cast, report)))
    alert = Alert.objects.get()
    assert (alert.state, alert.lamp) == ("open", "red")
    assert "预算执行率 9.4%" in alert.message
    assert ToDo.objects.filter(model="monitoring.alert").count() == 2


@pytest.mark.parametrize(("paid_back", "state"), [("0.00", "closed"), ("-4000000.00", "open")])
def test_an_explained_alert_opens_again_only_when_it_is_worse(cast, paid_back, state):
    report = send(cast, fill_behind(cast, make_report(cast)))
    perform(Alert.objects.get(), "explain", by=cast.lu_yuan, at=NOON, reason="按合同 10 月集中支付。")
    pay(report.project_year, "2026-0109", date(2026, 7, 21), paid_back)
    send(cast, fill_behind(cast, sent_back(cast, report)))
    assert Alert.objects.get().state == state


def test_a_late_return_of_an_earlier_round_does_not_hide_the_newer_lamp(cast):
    year = make_executing(cast)
    july = open_july(cast).reports.get()
    august = open_july(cast, number=2, month_end=date(2026, 8, 31)).reports.get()
    almost_done = {"小修保养处治面积": {"actual_value": D("4.60")}, "养护任务按期完成率": {"actual_value": D("95")}}
    send(cast, fill(cast, august, **almost_done))
    year.refresh_from_db()
    # (20 × 66.67 % + 70 × 100 %) ÷ 90
    assert (year.lamp, year.attainment_rate) == ("yellow", D("0.9259"))
    send(cast, fill_behind(cast, july))
    year.refresh_from_db()
    assert (year.lamp, year.attainment_rate) == ("yellow", D("0.9259"))
    assert Alert.objects.count() == 2


def test_an_order_on_the_report_goes_through_its_alert_as_well(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    report = perform(report, "order_correction", by=cast.zhou_xiaolan, at=NOON, reason="限期补足面积。", data=CORRECTION)
    alert = Alert.objects.get()
    assert (report.state, alert.state) == ("correcting", "correcting")
    assert (report.due_on, alert.due_on) == (date(2026, 10, 15), date(2026, 10, 15))
    report = perform(report, "report_correction", by=cast.wang_jianguo, at=NOON, data=MEASURES)
    alert.refresh_from_db()
    assert (report.state, alert.state) == ("fiscal_reviewing", "verifying")
    assert alert.correction_text == report.correction_text == MEASURES["correction_text"]
    alert = perform(alert, "verify", by=cast.zhou_xiaolan, at=NOON, reason="现场核实到位。")
    assert (alert.state, alert.outcome, alert.closing_note) == ("closed", "corrected", "现场核实到位。")


def test_a_correction_reported_at_the_alert_answers_the_order_on_the_report(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    report = perform(report, "order_correction", by=cast.zhou_xiaolan, at=NOON, reason="限期补足面积。", data=CORRECTION)
    alert = perform(Alert.objects.get(), "report_correction", by=cast.wang_jianguo, at=NOON, data=MEASURES)
    report.refresh_from_db()
    assert (alert.state, report.state) == ("verifying", "fiscal_reviewing")
    assert not ToDo.objects.filter(role="unit_leader").exists()


def test_suspending_stops_payment_of_the_project(cast):
    report = send(cast, fill_behind(cast, make_report(cast)))
    alert = perform(Alert.objects.get(), "suspend", by=cast.qian_li, at=NOON, reason="连续两期预警。")
    year = ProjectYear.objects.get()
    assert (alert.state, alert.outcome, alert.closing_note) == ("closed", "suspended", "连续两期预警。")
    assert (year.stage, year.budget_yuan) == ("suspended", D("12800000.00"))
    assert perform(report, "accept", by=cast.zhou_xiaolan, at=NOON).state == "accepted"


def test_stopping_takes_back_what_is_left(cast):
    send(cast, fill_behind(cast, make_report(cast)))
    alert = perform(Alert.objects.get(), "stop", by=cast.qian_li, at=NOON, reason="征迁无法完成。")
    year = ProjectYear.objects.get()
    assert (alert.outcome, year.stage) == ("stopped", "stopped")
    assert (year.budget_yuan, year.spent_yuan) == (D("6000000.00"), D("6000000.00"))


def test_a_refused_disposal_leaves_alert_and_project_alone(cast):
    send(cast, fill_behind(cast, make_report(cast)))
    alert = Alert.objects.get()
    ProjectYear.objects.update(stage="self_evaluating")
    entries_before = AuditEntry.objects.count()
    for step in ("suspend", "stop"):
        with pytest.raises(RuleViolation) as refusal:
            perform(alert, step, by=cast.qian_li, at=NOON, reason="连续两期预警。")
        assert refusal.value.codes == ["not_executing"]
        assert "目前是“自评中”" in str(refusal.value)
    alert.refresh_from_db()
    assert alert.state == "open"
    assert AuditEntry.objects.count() == entries_before


def test_the_entries_of_the_scene_cover_every_indicator(cast):
    report = make_report(cast)
    assert entries(report).keys() == set(report.values.values_list("indicator_id", flat=True))
