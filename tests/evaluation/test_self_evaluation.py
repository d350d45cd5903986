"""The machine of the self-evaluation, its guards, and scores that are exact to the hundredth."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import ProjectYear
from core.errors import RuleViolation
from core.models import AuditEntry, RoleAssignment
from core.transitions import perform
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.services import fill_self_evaluation, open_self_evaluation, open_self_evaluations
from monitoring.models import MonitoringRound, ProgressReport, ProgressValue
from tests.evaluation.makers import (
    TEXTS,
    fill,
    make_executing,
    make_final,
    make_sheet,
    rows_of,
    walk_sheet,
)
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import good_lines, line
from tests.workflow_table import check_holders, check_permissions, declared_table, refused_everywhere

TABLE = {
    ("draft", "submit"): "unit_review",
    ("returned", "submit"): "unit_review",
    ("unit_review", "recall"): "draft",
    ("unit_review", "pass_unit"): "dept_reviewing",
    ("unit_review", "send_back"): "returned",
    ("dept_reviewing", "send_back"): "returned",
    ("fiscal_checking", "send_back"): "returned",
    ("dept_reviewing", "score_department"): "dept_passed",
    ("dept_passed", "submit_to_fiscal"): "fiscal_checking",
    ("fiscal_checking", "accept"): "final",
    ("fiscal_checking", "spot_check"): "rechecking",
    ("rechecking", "finish_recheck"): "final",
}
ACTORS = {
    "submit": "li_weiguo", "recall": "li_weiguo", "pass_unit": "wang_jianguo", "score_department": "zhang_wen",
    "submit_to_fiscal": "zhao_zhiyuan", "accept": "lu_yuan", "spot_check": "zhou_xiaolan",
    "finish_recheck": "zhou_xiaolan", "send_back": "zhou_xiaolan",
}


def refusal(record, step, **how) -> RuleViolation:
    """The refusal of a step, having checked that nothing was written."""
    before = AuditEntry.objects.count(), type(record).objects.filter(pk=record.pk).values().get()
    with pytest.raises(RuleViolation) as caught:
        perform(record, step, at=NOON, **how)
    assert (AuditEntry.objects.count(), type(record).objects.filter(pk=record.pk).values().get()) == before
    return caught.value


def sentences(violation: RuleViolation) -> list[str]:
    return [reason.sentence for reason in violation.reasons]


def test_table_is_what_the_model_declares():
    assert declared_table(SelfEvaluation) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(SelfEvaluation)
    check_holders(SelfEvaluation)


def test_every_other_pair_is_refused_and_writes_nothing(cast):
    sheet = make_sheet(cast)
    tried = refused_everywhere(sheet, TABLE, lambda step, record: getattr(cast, ACTORS[step]), at=NOON)
    assert tried == 8 * 9 - 12


def test_the_whole_road_moves_the_states_one_by_one(cast):
    sheet = fill(make_sheet(cast), cast)
    states = [sheet.state]
    for state in ("unit_review", "dept_reviewing", "dept_passed", "fiscal_checking", "final"):
        sheet = walk_sheet(sheet, cast, state)
        states.append(sheet.state)
    assert states == ["draft", "unit_review", "dept_reviewing", "dept_passed", "fiscal_checking", "final"]
    assert sheet.department_score == Decimal("93.50")
    assert sheet.final_score == Decimal("93.50")


@pytest.mark.parametrize(("state", "sender"), [
    ("unit_review", "wang_jianguo"), ("dept_reviewing", "zhang_wen"), ("fiscal_checking", "lu_yuan"),
])
def test_a_sheet_goes_back_with_its_reason_and_may_be_handed_in_again(cast, state, sender):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, state)
    by = getattr(cast, sender)
    assert refusal(sheet, "send_back", by=by).codes == ["reason_missing"]
    sheet = perform(sheet, "send_back", by=by, at=NOON, reason="请补充佐证。")
    assert (sheet.state, sheet.department_score) == ("returned", None)
    assert perform(sheet, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_outsiders_may_not_touch_a_sheet(cast):
    sheet = fill(make_sheet(cast), cast)
    for person in (cast.chen_mo, cast.wu_di, cast.he_min, cast.zhou_xiaolan):
        with pytest.raises(PermissionDenied):
            perform(sheet, "submit", by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            fill_self_evaluation(sheet, texts=TEXTS, rows={}, by=person, at=NOON)
    assert not SelfEvaluation.objects.visible_to(cast.chen_mo).exists()
    assert SelfEvaluation.objects.visible_to(cast.zhang_wen).get() == sheet


def test_opening_takes_over_the_money_and_moves_the_year(cast):
    year = make_executing(cast)
    sheet = make_sheet(cast, year)
    assert (sheet.initial_yuan, sheet.budget_yuan, sheet.executed_yuan) == (
        Decimal("12800000.00"), Decimal("12800000.00"), Decimal("12288000.00")
    )
    assert (sheet.execution_score, sheet.total, sheet.grade) == (Decimal("9.60"), Decimal("9.60"), "差")
    assert ProjectYear.objects.get(pk=year.pk).stage == "self_evaluating"
    assert sheet.scores.count() == 6
    assert SelfScore.objects.filter(owes_reason=True).count() == 0


def test_opening_takes_over_what_was_last_accepted_in_monitoring(cast):
    year = make_executing(cast)
    declaration = year.target_declarations.get()
    mileage = declaration.indicators.get(name="日常养护里程")
    for number, (state, value) in enumerate([("accepted", "500"), ("accepted", "900"), ("draft", "999")], start=1):
        round_ = MonitoringRound.objects.create(
            fiscal_year=cast.years[2026], number=number, period_start="2026-01-01", period_end=f"2026-0{number + 6}-28",
            due_on="2026-12-01", opened_by=cast.zhou_xiaolan, opened_at=NOON,
        )
        report = ProgressReport.objects.create(round=round_, project_year=year, declaration=declaration)
        ProgressReport.objects.filter(pk=report.pk).update(state=state)
        ProgressValue.objects.create(report=report, indicator=mileage, actual_value=Decimal(value), actual_text="已养护")
    sheet = make_sheet(cast, year)
    score = sheet.scores.get(indicator=mileage)
    assert (score.actual_value, score.actual_text) == (Decimal("900.0000"), "已养护")
    assert score.proposed_score == Decimal("14.94")
    sheet = fill(sheet, cast, 日常养护里程={"actual_value": Decimal("880"), "reason": ""})
    working = sheet.scores.get(indicator=mileage).working
    assert working["notes"] == ["实际值 880 低于监控时填报的 900，须说明原因。"]


def test_one_year_is_opened_once_and_by_finance_only(cast):
    year = make_executing(cast)
    with pytest.raises(PermissionDenied):
        open_self_evaluation(year, by=cast.li_weiguo, at=NOON)
    make_sheet(cast, year)
    with pytest.raises(RuleViolation) as again:
        open_self_evaluation(ProjectYear.objects.get(pk=year.pk), by=cast.zhou_xiaolan, at=NOON)
    assert again.value.codes == ["already_open"]


def test_opening_a_whole_year_names_what_cannot_be_opened(cast):
    make_executing(cast)
    make_year(cast, project=make_project(cast, code="26-JT-0013", name="桥梁安全设施提升"), stage="executing")
    make_year(cast, project=make_project(cast, code="26-JT-0014", name="还在填报"), stage="target_filing")
    seen = []
    opened = open_self_evaluations(
        cast.years[2026], by=cast.zhou_xiaolan, at=NOON, progress=lambda done, total: seen.append((done, total))
    )
    assert opened.done == 1
    assert opened.sentences == ["“桥梁安全设施提升”2026年度项目没有已批复的绩效目标，请先批复目标再发起自评。"]
    assert seen == [(2, 2)]
    again = open_self_evaluations(cast.years[2026], by=cast.zhou_xiaolan, at=NOON)
    assert (again.done, len(again.refused), SelfEvaluation.objects.count()) == (0, 1, 1)
    with pytest.raises(PermissionDenied):
        open_self_evaluations(cast.years[2026], by=cast.lu_yuan, at=NOON)


def test_every_score_follows_its_rule_and_the_total_adds_them_up(cast):
    sheet = fill(make_sheet(cast), cast)
    assert {score.indicator.name: score.score for score in sheet.score_list()} == {
        "日常养护平均成本": Decimal("20.00"),
        "日常养护里程": Decimal("19.00"),
        "路面技术状况优良中等路率": Decimal("20.00"),
        "通客车行政村比例": Decimal("12.00"),
        "管养长效机制": Decimal("5.60"),
        "沿线群众满意度": Decimal("10.00"),
    }
    assert (sheet.execution_score, sheet.total, sheet.grade) == (Decimal("9.60"), Decimal("96.20"), "优")
    mileage = sheet.scores.get(indicator__name="日常养护里程")
    assert mileage.working["formula"] == "20 × 1144.56 ÷ 1204.8 = 19.00"
    assert sheet.workings["execution"]["formula"] == "10 × 1,228.80 ÷ 1,280.00 = 9.60"
    assert sheet.workings["levels"] == [
        {"level": "execution", "label": "预算执行率", "score": "9.60", "weight": "10"},
        {"level": "cost", "label": "成本", "score": "20.00", "weight": "20"},
        {"level": "output", "label": "产出", "score": "39.00", "weight": "40"},
        {"level": "benefit", "label": "效益", "score": "17.60", "weight": "20"},
        {"level": "satisfaction", "label": "满意度", "score": "10.00", "weight": "10"},
    ]
    assert "2026年度" in sheet.workings["ruleset"]


def test_what_does_not_apply_is_taken_out_and_the_rest_scaled_up(cast):
    sheet = fill(make_sheet(cast), cast, 沿线群众满意度={"not_applicable": True, "reason": "本年度未开展调查。"})
    assert sheet.total == Decimal("95.78")
    assert sheet.workings["total"]["formula"] == "86.20 ÷ 90.00 × 100 = 95.78"


def test_a_score_changed_by_hand_stands_within_the_limits_and_owes_a_reason(cast):
    sheet = fill(make_sheet(cast), cast, 日常养护里程={
        "actual_value": Decimal("1144.56"), "entered_score": Decimal("17.50"), "reason": "",
    })
    assert (sheet.total, sheet.scores.get(indicator__name="日常养护里程").owes_reason) == (Decimal("94.70"), True)
    assert refusal(sheet, "submit", by=cast.li_weiguo).codes == ["BLK-D3"]
    sheet = fill(sheet, cast, 管养长效机制={
        "quality": "missed", "entered_score": Decimal("8.00"), "reason": "工作已经布置。"
    })
    violation = refusal(sheet, "submit", by=cast.li_weiguo)
    assert "score_range" in violation.codes
    assert any("系统建议 2.40 分，可改范围为 0.00 至 4.00 分，现填 8.00 分" in text for text in sentences(violation))


def test_points_outside_an_indicator_are_not_even_saved(cast):
    sheet = fill(make_sheet(cast), cast)
    with pytest.raises(RuleViolation) as refused:
        fill(sheet, cast, 日常养护里程={"entered_score": Decimal("20.01")})
    assert sentences(refused.value) == [
        "“农村公路日常养护及小修保养”2026年度绩效自评表“日常养护里程”改填 20.01 分，应在 0 与分值 20.00 之间，请改正。"
    ]
    assert SelfEvaluation.objects.get().revision == sheet.revision


def test_missing_values_texts_and_reasons_all_stand_against_handing_in(cast):
    sheet = make_sheet(cast)
    violation = refusal(sheet, "submit", by=cast.li_weiguo)
    assert violation.codes == ["no_goal_result"] + ["BLK-D1"] * 6
    sheet = fill(sheet, cast, 日常养护里程={"actual_value": Decimal("1144.56"), "reason": " "})
    violation = refusal(sheet, "submit", by=cast.li_weiguo)
    assert sentences(violation) == [
        "“农村公路日常养护及小修保养”2026年度绩效自评表第 2 行“日常养护里程”得 19.00 分（满分 20.00 分），"
        "请写明偏差原因及改进措施。"
    ]
    assert perform(fill(sheet, cast), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_low_execution_rate_has_to_be_explained(cast):
    sheet = fill(make_sheet(cast, make_executing(cast, spent="6400000.00")), cast)
    assert (sheet.execution_score, sheet.total) == (Decimal("5.00"), Decimal("91.60"))
    assert refusal(sheet, "submit", by=cast.li_weiguo).codes == ["low_execution"]
    fill_self_evaluation(
        sheet, texts={"execution_reason": "质保金按合同次年支付。"}, rows=rows_of(sheet), by=cast.li_weiguo, at=NOON
    )
    assert perform(SelfEvaluation.objects.get(), "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_an_indicator_no_formula_fits_is_scored_by_a_person(cast):
    lines = good_lines()
    lines[3] = line("social_benefit", "通客车行政村比例", "", "", "%", "12", value_type="quantitative")
    sheet = fill(make_sheet(cast, make_executing(cast, lines=lines)), cast)
    assert refusal(sheet, "submit", by=cast.li_weiguo).codes == ["BLK-D4"]
    sheet = fill(sheet, cast, 通客车行政村比例={
        "actual_value": Decimal("100"), "entered_score": Decimal("11.00"), "reason": "全部行政村已通车，按现场核查评分。"
    })
    assert sheet.total == Decimal("95.20")
    assert perform(sheet, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_stale_page_and_a_sheet_that_was_handed_in_cannot_be_saved(cast):
    sheet = fill(make_sheet(cast), cast)
    with pytest.raises(RuleViolation) as stale:
        fill_self_evaluation(sheet, texts=TEXTS, rows={}, by=cast.li_weiguo, at=NOON, seen=sheet.revision - 1)
    assert stale.value.codes == ["stale"]
    handed_in = perform(sheet, "submit", by=cast.li_weiguo, at=NOON)
    with pytest.raises(RuleViolation) as closed:
        fill_self_evaluation(handed_in, texts=TEXTS, rows={}, by=cast.li_weiguo, at=NOON)
    assert closed.value.codes == ["not_editable"]


@pytest.mark.parametrize(("given", "codes"), [
    (None, ["no_score"]), ("100.01", ["score_range"]), ("-1", ["score_range"]),
])
def test_the_departments_score_lies_between_0_and_100(cast, given, codes):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "dept_reviewing")
    data = {} if given is None else {"department_score": Decimal(given)}
    assert refusal(sheet, "score_department", by=cast.zhang_wen, data=data).codes == codes
    sheet = perform(
        sheet, "score_department", by=cast.zhang_wen, at=NOON, reason="佐证齐全。",
        data={"department_score": Decimal("100")},
    )
    assert (sheet.department_score, sheet.department_opinion) == (Decimal("100.00"), "佐证齐全。")


@pytest.mark.parametrize(("checked", "unreliable"), [("86.20", False), ("86.19", True), ("100.00", False)])
def test_a_recheck_that_differs_by_more_than_ten_points_marks_the_sheet_unreliable(cast, checked, unreliable):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "fiscal_checking")
    sheet = perform(sheet, "spot_check", by=cast.zhou_xiaolan, at=NOON)
    assert refusal(sheet, "finish_recheck", by=cast.zhou_xiaolan, reason="已复核。").codes == ["no_score"]
    sheet = perform(
        sheet, "finish_recheck", by=cast.zhou_xiaolan, at=NOON, reason="已复核。",
        data={"recheck_score": Decimal(checked)},
    )
    assert (sheet.state, sheet.is_unreliable, sheet.final_score) == ("final", unreliable, Decimal(checked))


def test_nobody_reviews_what_they_handed_in(cast):
    RoleAssignment.objects.create(user=cast.li_weiguo, role="unit_leader", organisation=cast.unit)
    sheet = perform(fill(make_sheet(cast), cast), "submit", by=cast.li_weiguo, at=NOON)
    assert refusal(sheet, "pass_unit", by=cast.li_weiguo).codes == ["SEP-1"]
    assert perform(sheet, "pass_unit", by=cast.wang_jianguo, at=NOON).state == "dept_reviewing"


def test_a_final_sheet_stays_as_it_is(cast):
    sheet = make_final(cast)
    assert (sheet.state, sheet.total, sheet.is_unreliable) == ("final", Decimal("96.20"), False)
