"""Both state machines as tables: every state × every step, and every guard and check with a refusal and a success."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import ProjectYear
from core.errors import RuleViolation
from core.transitions import available, declared_steps, perform
from monitoring import rules, services
from monitoring.models import Alert, ProgressReport
from tests.factories.cast import NOON
from tests.monitoring.scene import (
    BEHIND,
    entries,
    fill,
    fill_behind,
    make_executing,
    make_report,
    open_july,
    pay,
    send,
)
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

D = Decimal
REPORT_TABLE = {
    ("draft", "submit"): "unit_review",
    ("returned", "submit"): "unit_review",
    ("unit_review", "recall"): "draft",
    ("unit_review", "pass_unit"): "dept_reviewing",
    ("dept_reviewing", "pass_department"): "fiscal_reviewing",
    ("unit_review", "send_back"): "returned",
    ("dept_reviewing", "send_back"): "returned",
    ("fiscal_reviewing", "send_back"): "returned",
    ("fiscal_reviewing", "accept"): "accepted",
    ("fiscal_reviewing", "order_correction"): "correcting",
    ("correcting", "report_correction"): "fiscal_reviewing",
}
ALERT_TABLE = {
    ("open", "order_correction"): "correcting",
    ("correcting", "report_correction"): "verifying",
    ("verifying", "send_back"): "correcting",
    ("verifying", "verify"): "closed",
    ("open", "explain"): "closed",
    ("open", "suspend"): "closed",
    ("correcting", "suspend"): "closed",
    ("verifying", "suspend"): "closed",
    ("open", "stop"): "closed",
    ("correcting", "stop"): "closed",
    ("verifying", "stop"): "closed",
    ("open", "adjust_target"): "closed",
    ("correcting", "adjust_target"): "closed",
    ("verifying", "adjust_target"): "closed",
    ("open", "lift"): "closed",
    ("correcting", "lift"): "closed",
    ("verifying", "lift"): "closed",
    ("closed", "reopen"): "open",
}
def named(value) -> str:
    return "-".join(value) if isinstance(value, tuple) else value


DATA = {"correction_due_on": date(2026, 10, 15), "correction_text": "增加两个作业班组，10月底前完成。"}


def report_actor(cast):
    by_step = {
        "submit": cast.li_weiguo, "recall": cast.li_weiguo, "pass_unit": cast.wang_jianguo,
        "pass_department": cast.zhang_wen, "accept": cast.zhou_xiaolan, "order_correction": cast.zhou_xiaolan,
        "report_correction": cast.wang_jianguo,
    }
    back = {"unit_review": cast.wang_jianguo, "dept_reviewing": cast.zhang_wen}
    return lambda step, record: by_step.get(step) or back.get(record.state, cast.lu_yuan)


def alert_actor(cast):
    by_step = {
        "order_correction": cast.lu_yuan, "report_correction": cast.wang_jianguo, "explain": cast.lu_yuan,
        "send_back": cast.zhou_xiaolan, "verify": cast.zhou_xiaolan, "suspend": cast.qian_li, "stop": cast.qian_li,
        "adjust_target": cast.zhou_xiaolan,
    }
    return lambda step, record: by_step.get(step, cast.zhang_wen)


def make_alert(cast) -> Alert:
    send(cast, fill_behind(cast, make_report(cast)))
    return Alert.objects.get()


# --- tables ---------------------------------------------------------------------------------------


def test_the_tables_are_what_the_models_declare():
    assert declared_table(ProgressReport) == REPORT_TABLE
    assert declared_table(Alert) == ALERT_TABLE


@pytest.mark.parametrize("model", [ProgressReport, Alert])
def test_every_step_and_every_holder_has_a_permission(model):
    check_permissions(model)
    check_holders(model)


@pytest.mark.parametrize(("pair", "target"), REPORT_TABLE.items(), ids=named)
def test_a_report_takes_each_allowed_step(cast, pair, target):
    state, step = pair
    report = put_into(fill(cast, make_report(cast)), state)
    moved = perform(report, step, by=report_actor(cast)(step, report), at=NOON, reason="面积与台账不符。", data=DATA)
    assert moved.state == target
    assert moved.state_since == NOON


@pytest.mark.parametrize(("pair", "target"), ALERT_TABLE.items(), ids=named)
def test_an_alert_takes_each_allowed_step(cast, pair, target):
    state, step = pair
    alert = put_into(make_alert(cast), state)
    moved = perform(
        alert, step, by=alert_actor(cast)(step, alert), at=NOON, reason="连续两期预警。", data=DATA, cause=alert.report
    )
    assert moved.state == target


def test_a_report_refuses_every_other_pair(cast):
    report = fill(cast, make_report(cast))
    assert refused_everywhere(report, REPORT_TABLE, report_actor(cast), at=NOON) == 7 * 8 - 11


def test_an_alert_refuses_every_other_pair(cast):
    alert = make_alert(cast)
    assert refused_everywhere(alert, ALERT_TABLE, alert_actor(cast), at=NOON, cause=alert.report) == 4 * 10 - 18


@pytest.mark.parametrize("name", ["zhao_zhiyuan", "sun_zheng", "he_min", "wu_di", "chen_mo"])
def test_the_others_take_no_step_of_either_machine(cast, name):
    other = getattr(cast, name)
    alert = make_alert(cast)
    for record in (alert.report, alert):
        for state in type(record).State.values:
            fresh = put_into(record, state)
            assert available(fresh, other) == []
            for step in declared_steps(type(record)):
                with pytest.raises(PermissionDenied):
                    perform(fresh, step, by=other, at=NOON, reason="测试", data=DATA)


def test_no_person_lifts_or_reopens_an_alert_by_hand(cast):
    alert = make_alert(cast)
    for person in (cast.zhou_xiaolan, cast.qian_li, cast.zhang_wen):
        with pytest.raises(PermissionDenied):
            perform(alert, "lift", by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            perform(put_into(alert, "closed"), "reopen", by=person, at=NOON)
        put_into(alert, "open")


# --- guards ---------------------------------------------------------------------------------------


def refusal_of(record, step, *, by, reason="测试", data=None):
    with pytest.raises(RuleViolation) as refusal:
        perform(record, step, by=by, at=NOON, reason=reason, data=data)
    return refusal.value


def test_an_empty_report_names_everything_it_lacks(cast):
    report = make_report(cast)
    refusal = refusal_of(report, "submit", by=cast.li_weiguo)
    assert refusal.codes == ["no_forecast", *["BLK-C1", "likelihood_missing"] * 5]
    assert "第 2 行“小修保养处治面积”没有填写完成值" in str(refusal)
    assert perform(fill(cast, report), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_value_may_be_missing_when_it_is_said_why(cast):
    blank = {"沿线群众满意度": {"actual_value": None}}
    report = fill(cast, make_report(cast), **blank)
    assert refusal_of(report, "submit", by=cast.li_weiguo).codes == ["BLK-C1"]
    blank["沿线群众满意度"]["note"] = "11月开展满意度调查，目前没有数据。"
    assert perform(fill(cast, report, **blank), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_red_and_yellow_indicators_owe_a_cause_and_an_explanation(cast):
    bare = {name: {"actual_value": fields["actual_value"]} for name, fields in BEHIND.items()}
    report = fill(cast, make_report(cast), **bare)
    refusal = refusal_of(report, "submit", by=cast.li_weiguo)
    assert refusal.codes == ["BLK-C2", "BLK-C2"]
    assert "第 2 行“小修保养处治面积”为红灯、确定能，按规则须填写偏差原因、原因说明，请补充。" in str(refusal)
    assert perform(fill_behind(cast, report), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_doubtful_target_owes_the_expected_completion(cast):
    doubt = {"沿线群众满意度": {"likelihood": "possible", "reasons": ["other"], "note": "受绕行影响。"}}
    report = fill(cast, make_report(cast), **doubt)
    refusal = refusal_of(report, "submit", by=cast.li_weiguo)
    assert refusal.codes == ["BLK-C2"]
    assert "须填写全年预计完成情况" in str(refusal)
    doubt["沿线群众满意度"]["forecast_text"] = "88%"
    assert perform(fill(cast, report, **doubt), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_the_forecast_is_not_below_what_was_spent(cast):
    report = fill(cast, make_report(cast), forecast="5199900.00")
    refusal = refusal_of(report, "submit", by=cast.li_weiguo)
    assert refusal.codes == ["forecast_below_spent"]
    assert "全年预计支出 519.99 万元，小于已支出的 520.00 万元" in str(refusal)
    report = fill(cast, report, forecast="5200000.00")
    assert perform(report, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_red_alert_is_dealt_with_before_the_report_is_accepted(cast):
    report = send(cast, fill(cast, make_report(cast, paid="1280000.00")))
    refusal = refusal_of(report, "accept", by=cast.zhou_xiaolan)
    assert refusal.codes == ["alert_open"]
    assert "有 1 条红灯预警还没有处置" in str(refusal)
    perform(Alert.objects.get(), "explain", by=cast.lu_yuan, at=NOON, reason="合同约定 10 月集中支付。")
    assert perform(report, "accept", by=cast.zhou_xiaolan, at=NOON).state == "accepted"


def test_a_yellow_alert_does_not_hold_the_report_up(cast):
    alert = make_alert(cast)
    assert alert.lamp == "yellow"
    assert perform(alert.report, "accept", by=cast.lu_yuan, at=NOON).state == "accepted"


@pytest.mark.parametrize("kind", ["report", "alert"])
def test_an_order_to_correct_needs_an_opinion_and_a_deadline(cast, kind):
    alert = make_alert(cast)
    record = alert if kind == "alert" else alert.report
    refusal = refusal_of(record, "order_correction", by=cast.zhou_xiaolan, reason=" ")
    assert refusal.codes == ["reason_missing", "no_deadline"]
    late = refusal_of(record, "order_correction", by=cast.zhou_xiaolan, data={"correction_due_on": date(2026, 9, 16)})
    assert late.codes == ["deadline_past"]
    assert "2026-09-16" in str(late)
    ordered = perform(record, "order_correction", by=cast.zhou_xiaolan, at=NOON, reason="限期补足。", data=DATA)
    assert (ordered.state, ordered.due_on) == ("correcting", date(2026, 10, 15))


@pytest.mark.parametrize("kind", ["report", "alert"])
def test_a_correction_report_says_what_was_done(cast, kind):
    alert = make_alert(cast)
    record = alert if kind == "alert" else alert.report
    record = perform(record, "order_correction", by=cast.zhou_xiaolan, at=NOON, reason="限期补足。", data=DATA)
    refusal = refusal_of(record, "report_correction", by=cast.wang_jianguo, data={"correction_text": " "})
    assert refusal.codes == ["BLK-C3"]
    record = perform(record, "report_correction", by=cast.wang_jianguo, at=NOON, data=DATA)
    assert record.correction_text == "增加两个作业班组，10月底前完成。"


def test_an_insufficient_correction_goes_back_with_a_new_deadline(cast):
    alert = put_into(make_alert(cast), "verifying")
    assert refusal_of(alert, "send_back", by=cast.zhou_xiaolan).codes == ["no_deadline"]
    again = perform(
        alert, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="只完成一半。",
        data={"correction_due_on": date(2026, 11, 1)},
    )
    assert (again.state, again.order_text, again.due_on) == ("correcting", "只完成一半。", date(2026, 11, 1))


@pytest.mark.parametrize(("stage", "suspended", "stopped"), [
    ("executing", True, True), ("suspended", False, True), ("stopped", False, False), ("applied", False, False),
])
def test_money_is_held_back_only_while_the_project_runs(cast, stage, suspended, stopped):
    alert = make_alert(cast)
    put_into(alert.project_year, stage)
    alert = Alert.objects.get(pk=alert.pk)
    allowed = {option.name: option.allowed for option in available(alert, cast.qian_li)}
    assert (allowed["suspend"], allowed["stop"]) == (suspended, stopped)


@pytest.mark.parametrize(("state", "step"), [("unit_review", "pass_unit"), ("unit_review", "send_back")])
def test_nobody_reviews_their_own_report(cast, state, step):
    report = fill(cast, make_report(cast))
    ProgressReport.objects.filter(pk=report.pk).update(submitted_by=cast.wang_jianguo)
    assert refusal_of(put_into(report, state), step, by=cast.wang_jianguo).codes == ["SEP-1"]
    ProgressReport.objects.filter(pk=report.pk).update(submitted_by=cast.li_weiguo)
    perform(report, step, by=cast.wang_jianguo, at=NOON, reason="面积与台账不符。")


def test_two_stale_copies_do_not_both_pass(cast):
    alert = make_alert(cast)
    copy = Alert.objects.get(pk=alert.pk)
    perform(alert, "explain", by=cast.lu_yuan, at=NOON, reason="合同约定集中支付。")
    assert refusal_of(copy, "suspend", by=cast.qian_li).codes == ["wrong_state"]
    assert Alert.objects.get().outcome == "explained"


def test_idle_money_owes_problem_and_measures_where_the_rule_set_asks(cast):
    cast.ruleset.data["monitoring_reasons"]["idle_needs_measures"] = True
    cast.ruleset.pk = None
    cast.ruleset.version = 2
    cast.ruleset.save()
    cast.years[2026].ruleset = cast.ruleset
    cast.years[2026].save()
    year = make_executing(cast)
    pay(year, "2026-0301", date(2026, 7, 31), "-5200000.00")
    report = fill(cast, open_july(cast).reports.get())
    assert refusal_of(report, "submit", by=cast.li_weiguo).codes == ["BLK-C2"] * 5
    explained = {name: fields | {"reasons": ["other"], "note": "招标流标，9月重新招标。"} for name, fields in {
        each.indicator.name: {} for each in report.value_list()
    }.items()}
    services.fill_report(
        report, forecast_yuan=D("12030000.00"), values=entries(report, **explained), problem="招标流标，没有支出。",
        measures="9月完成重新招标。", by=cast.li_weiguo, at=NOON,
    )
    assert perform(report, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_every_step_a_person_takes_on_an_alert_says_what_it_does():
    by_hand = {name for name, step in declared_steps(Alert).items() if step.permission.roles}
    year = ProjectYear(budget_yuan=D("12800000.00"), spent_yuan=D("6000000.00"))
    assert rules.disposal_consequences(Alert(project_year=year)).keys() == by_hand
