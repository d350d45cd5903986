"""Every rule and edge case of scoring one indicator, with the worked examples of the forms."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.rulebook.terms import Level, OverCause
from core.scoring import (
    Actual,
    Demand,
    Direction,
    Kind,
    Op,
    Quality,
    Requirement,
    Status,
    in_unit,
    qualitative_range,
    score_indicator,
    weighted_mean,
)
from tests.core.books import book

LINEAR = book()
RATIO = book("hubei-20")
REDUCE = book(over_completion__mode="reduce")
STRICT = book(indicators__equal_strict=True, over_completion__mode="reduce")
TIERS = book(satisfaction__method="tiers")
TEN = Decimal("10")


def number(op, *values, unit="", kind=Kind.NUMERIC, negative=False):
    return Requirement(kind=kind, op=op, values=tuple(map(Decimal, values)), unit=unit, allows_negative=negative)


def done(value, unit=""):
    return Actual(value=Decimal(value), unit=unit)


def points(requirement, actual, rules=LINEAR, **more):
    return str(score_indicator(requirement, actual, weight=more.pop("weight", TEN), book=rules, **more).score)


@pytest.mark.parametrize(
    ("op", "target", "actual", "expected"),
    [
        (Op.AT_LEAST, "100", "100", "10.00"),
        (Op.AT_LEAST, "100", "120", "10.00"),
        (Op.AT_LEAST, "100", "80", "8.00"),
        (Op.AT_LEAST, "3", "2", "6.67"),
        (Op.AT_LEAST, "100", "0", "0.00"),
        (Op.AT_LEAST, "100", "-5", "0.00"),
        (Op.MORE, "100", "100", "10.00"),
        (Op.AT_LEAST, "0", "0", "10.00"),
        (Op.AT_LEAST, "0", "-1", "0.00"),
        (Op.EQUAL, "100", "100", "10.00"),
        (Op.EQUAL, "100", "99.5", "9.95"),
        (Op.EQUAL, "100", "250", "10.00"),
        (Op.EQUAL, "0", "0", "10.00"),
        (Op.EQUAL, "0", "1", "0.00"),
    ],
)
def test_positive_and_equal(op, target, actual, expected):
    assert points(number(op, target), done(actual)) == expected


@pytest.mark.parametrize(
    ("target", "actual", "linear", "ratio"),
    [
        ("10", "9", "10.00", "10.00"),
        ("10", "10", "10.00", "10.00"),
        ("10", "12", "8.00", "8.33"),
        ("10", "15", "5.00", "6.67"),
        ("10", "20", "0.00", "5.00"),
        ("10", "40", "0.00", "2.50"),
        ("0", "0", "10.00", "10.00"),
        ("0", "1", "0.00", "0.00"),
        ("10", "-3", "10.00", "10.00"),
    ],
)
@pytest.mark.parametrize("op", [Op.AT_MOST, Op.LESS])
def test_reverse_by_both_rules(op, target, actual, linear, ratio):
    assert points(number(op, target), done(actual), LINEAR) == linear
    assert points(number(op, target), done(actual), RATIO) == ratio


@pytest.mark.parametrize(
    ("direction", "actual", "expected"),
    [(Direction.HIGHER, "5", "5.00"), (Direction.LOWER, "5", "10.00"), (Direction.EQUAL, "15", "10.00"),
     (Direction.LOWER, "15", "5.00")],
)
def test_direction_fills_in_for_a_missing_operator(direction, actual, expected):
    assert points(number(None, "10"), done(actual), direction=direction) == expected


def test_operator_wins_over_the_given_direction():
    assert points(number(Op.AT_MOST, "10"), done("5"), direction=Direction.HIGHER) == "10.00"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("80", "10.00"), ("90", "10.00"), ("100", "10.00"), ("60", "7.50"),
        ("110", "9.00"), ("200", "0.00"), ("-1", "0.00"),
    ],
)
def test_range(actual, expected):
    assert points(number(None, "80", "100", kind=Kind.RANGE), done(actual)) == expected


@pytest.mark.parametrize(
    ("low", "high", "actual", "expected"),
    [("0", "5", "-1", "0.00"), ("0", "0", "1", "0.00"), ("-5", "-1", "-3", "10.00"), ("-5", "-1", "-9", "0.00"),
     ("-5", "-1", "2", "0.00")],
)
def test_range_around_zero(low, high, actual, expected):
    assert points(number(None, low, high, kind=Kind.RANGE, negative=True), done(actual)) == expected


@pytest.mark.parametrize(
    ("op", "target", "actual", "expected"),
    [
        (Op.AT_LEAST, "-5", "-3", "10.00"),
        (Op.AT_LEAST, "-5", "-6", "8.00"),
        (Op.AT_LEAST, "-5", "-15", "0.00"),
        (Op.AT_MOST, "-5", "-4", "8.00"),
        (Op.AT_MOST, "-5", "-5", "10.00"),
        (Op.EQUAL, "-5", "-5", "10.00"),
        (Op.EQUAL, "-5", "5", "0.00"),
        (Op.AT_LEAST, "5", "-1", "0.00"),
        (Op.AT_LEAST, "0", "-1", "0.00"),
        (Op.AT_MOST, "0", "-1", "10.00"),
        (Op.AT_LEAST, "5", "4", "8.00"),
    ],
)
def test_flagged_negative_values(op, target, actual, expected):
    assert points(number(op, target, negative=True), done(actual)) == expected


def test_negative_target_without_the_flag_is_refused():
    with pytest.raises(RuleViolation, match="目标值 ≥-5% 为负数，请在指标中标明允许负值，或改正目标值。") as refusal:
        points(number(Op.AT_LEAST, "-5", unit="%"), done("-3"))
    assert refusal.value.codes == ["negative_target"]


@pytest.mark.parametrize(
    ("actual", "cause", "rules", "expected", "demands"),
    [
        ("130", None, REDUCE, "10.00", ()),
        ("150", OverCause.TARGET_TOO_LOW, REDUCE, "8.00", (Demand.BELOW_FULL,)),
        ("211.7", OverCause.TARGET_TOO_LOW, REDUCE, "6.00", (Demand.BELOW_FULL,)),
        ("150", OverCause.EXTERNAL, REDUCE, "10.00", ()),
        ("150", OverCause.EFFICIENCY, REDUCE, "10.00", ()),
        ("150", None, REDUCE, "10.00", (Demand.OVER_COMPLETION,)),
        ("130", None, LINEAR, "10.00", ()),
        ("131", None, LINEAR, "10.00", (Demand.OVER_COMPLETION,)),
        ("150", OverCause.TARGET_TOO_LOW, LINEAR, "10.00", ()),
        ("150", None, book(evaluation_reasons__over_threshold=False), "10.00", ()),
        ("150", None, book(evaluation_reasons__over_threshold=False, over_completion__mode="reduce"), "10.00",
         (Demand.OVER_COMPLETION,)),
    ],
)
def test_over_completion(actual, cause, rules, expected, demands):
    working = score_indicator(number(Op.AT_LEAST, "100"), done(actual), weight=TEN, book=rules, cause=cause)
    assert (str(working.score), working.demands) == (expected, demands)


@pytest.mark.parametrize(
    ("cause", "rules", "formula", "notes"),
    [
        (None, LINEAR, "10 × 100% = 10.00（得满分，不加分）",
         ("实际为目标的 150.00%，超过 130%，请说明是目标偏低、外部因素还是工作成效。",)),
        (OverCause.TARGET_TOO_LOW, LINEAR, "10 × 100% = 10.00（得满分，不加分）",
         ("实际为目标的 150.00%，超过 130%且目标偏低，审核人可按 80.00% 计分。",)),
        (OverCause.EFFICIENCY, LINEAR, "10 × 100% = 10.00（得满分，不加分）",
         ("实际为目标的 150.00%，超过 130%，原因是工作成效超出预期，不扣分。",)),
        (OverCause.TARGET_TOO_LOW, REDUCE,
         "10 × 80.00% = 8.00（实际为目标的 150.00%，超过 130%且目标偏低（1 - (1.5 - 1.3)，不低于 0.60））", ()),
    ],
)
def test_over_completion_explains_itself(cause, rules, formula, notes):
    working = score_indicator(number(Op.AT_LEAST, "100"), done("150"), weight=TEN, book=rules, cause=cause)
    assert (working.formula, working.notes) == (formula, notes)


def test_strict_equal_treats_excess_as_over_completion():
    low = OverCause.TARGET_TOO_LOW
    assert points(number(Op.EQUAL, "100"), done("150"), STRICT, cause=low) == "8.00"
    assert points(number(Op.EQUAL, "100"), done("150"), REDUCE, cause=low) == "10.00"


@pytest.mark.parametrize(
    ("finished_on", "proportional", "all_or_nothing"),
    [
        ("2026-06-30", "10.00", "10.00"),
        ("2026-03-01", "10.00", "10.00"),
        ("2026-07-01", "9.94", "0.00"),
        ("2026-09-28", "5.03", "0.00"),
        ("2027-06-30", "0.00", "0.00"),
    ],
)
def test_date(finished_on, proportional, all_or_nothing):
    due = Requirement(kind=Kind.DATE, op=Op.AT_MOST, date=datetime.date(2026, 6, 30))
    actual = Actual(date=datetime.date.fromisoformat(finished_on))
    assert points(due, actual, LINEAR) == proportional
    assert points(due, actual, RATIO) == all_or_nothing


def test_late_days_count_against_the_planned_ones():
    due = Requirement(kind=Kind.DATE, date=datetime.date(2026, 6, 30), start=datetime.date(2026, 6, 1))
    working = score_indicator(due, Actual(date=datetime.date(2026, 7, 6)), weight=TEN, book=LINEAR)
    assert str(working.score) == "8.00"
    assert working.formula == "10 × (1 - 6 ÷ 30) = 8.00（逾期 6 天，计划 30 天，最低 0 分）"
    assert working.inputs == (("目标值", "2026-06-30"), ("实际值", "2026-07-06"), ("分值", "10"))


@pytest.mark.parametrize(
    ("quality", "chosen", "expected"),
    [
        (Quality.REACHED, None, "10.00"),
        (Quality.PARTLY, None, "7.00"),
        (Quality.MISSED, None, "3.00"),
        (Quality.REACHED, "10", "10.00"),
        (Quality.REACHED, "8.00", "8.00"),
        (Quality.PARTLY, "7.99", "7.99"),
        (Quality.PARTLY, "6", "6.00"),
        (Quality.MISSED, "5.99", "5.99"),
        (Quality.MISSED, "0", "0.00"),
    ],
)
def test_qualitative(quality, chosen, expected):
    actual = Actual(quality=quality, points=None if chosen is None else Decimal(chosen))
    assert points(Requirement(kind=Kind.QUALITATIVE, text="设施运行正常"), actual) == expected


@pytest.mark.parametrize(
    ("quality", "chosen", "sentence"),
    [
        (Quality.REACHED, "7.99", "“达成年度指标”的得分应不低于 8.00 分且不高于 10.00 分，现填 7.99 分，请改分或改选档次。"),
        (Quality.REACHED, "10.01", "“达成年度指标”的得分应不低于 8.00 分且不高于 10.00 分，现填 10.01 分，请改分或改选档次。"),
        (Quality.PARTLY, "8", "“部分达成并具有一定效果”的得分应不低于 6.00 分且低于 8.00 分，现填 8 分，请改分或改选档次。"),
        (Quality.MISSED, "6", "“未达成且效果较差”的得分应不低于 0.00 分且低于 6.00 分，现填 6 分，请改分或改选档次。"),
    ],
)
def test_points_outside_the_band_are_refused(quality, chosen, sentence):
    with pytest.raises(RuleViolation) as refusal:
        points(Requirement(kind=Kind.QUALITATIVE), Actual(quality=quality, points=Decimal(chosen)))
    assert [(each.code, each.sentence) for each in refusal.value.reasons] == [("outside_band", sentence)]


def test_old_and_new_qualitative_bands():
    assert qualitative_range(Quality.PARTLY, weight=TEN, book=LINEAR) == (Decimal("6.00"), Decimal("8.00"))
    assert qualitative_range(Quality.PARTLY, weight=TEN, book=RATIO) == (Decimal("5.00"), Decimal("8.00"))
    assert qualitative_range(Quality.REACHED, weight=Decimal(4), book=LINEAR) == (Decimal("3.20"), Decimal("4.00"))


@pytest.mark.parametrize(("kind", "met", "expected"), [
    (Kind.DIRECT, True, "10.00"), (Kind.DIRECT, False, "0.00"), (Kind.PERIOD, True, "10.00"),
])
def test_yes_or_no(kind, met, expected):
    assert points(Requirement(kind=kind), Actual(met=met)) == expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("96", "10.00"), ("90", "10.00"), ("89.99", "8.00"), ("80", "8.00"), ("60", "5.00"), ("59.99", "0.00")],
)
def test_satisfaction_by_interval(rate, expected):
    target = number(Op.AT_LEAST, "95", unit="%")
    assert points(target, done(rate), TIERS, level=Level.SATISFACTION) == expected


def test_satisfaction_tiers_leave_other_levels_alone():
    target = number(Op.AT_LEAST, "95", unit="%")
    assert points(target, done("76"), TIERS, level=Level.OUTPUT) == "8.00"
    assert points(target, done("76"), LINEAR, level=Level.SATISFACTION) == "8.00"


@pytest.mark.parametrize(
    ("target_unit", "actual", "actual_unit", "expected"),
    [
        ("万元", "80", "", "8.00"),
        ("", "80", "万元", "8.00"),
        ("万元", "800000", "元", "8.00"),
        ("公里", "80000", "米", "8.00"),
        ("%", "80", "百分比", "8.00"),
        ("%", "800", "‰", "8.00"),
    ],
)
def test_units_are_brought_together_first(target_unit, actual, actual_unit, expected):
    assert points(number(Op.AT_LEAST, "100", unit=target_unit), done(actual, actual_unit)) == expected


def test_units_of_another_kind_have_no_ratio():
    assert in_unit(Decimal("280"), "人次", "人") is None
    assert in_unit(Decimal("2"), "年", "个月") == 24


@pytest.mark.parametrize(
    ("requirement", "actual", "note"),
    [
        (number(Op.AT_LEAST, "50", unit="人"), done("280", "人次"),
         "目标单位为“人”，实际单位为“人次”，无法换算，请核对后人工评分。"),
        (number(Op.AT_LEAST, "50"), Actual(text="已完成"), "目标值或实际完成值不是可以计算的数字，请人工评分或改填数字。"),
        (number(Op.AT_LEAST, "50", "60"), done("55"), "目标值或实际完成值不是可以计算的数字，请人工评分或改填数字。"),
        (number(None, "50", kind=Kind.RANGE), done("55"), "目标值或实际完成值不是可以计算的数字，请人工评分或改填数字。"),
        (number(None, "50"), done("55"), "指标未标明正向、反向或等于，无法按公式计分，请补填指标性质或人工评分。"),
        (number(None, "-5", negative=True), done("-4"), "指标允许负值但未标明正向、反向或等于，请补填指标性质或人工评分。"),
        (Requirement(kind=Kind.DATE, date=datetime.date(2026, 6, 30)), Actual(text="按期"),
         "目标或实际完成时间不是明确的日期，请人工评分或改填日期。"),
        (Requirement(kind=Kind.DATE), Actual(date=datetime.date(2026, 6, 30)),
         "目标或实际完成时间不是明确的日期，请人工评分或改填日期。"),
        (Requirement(kind=Kind.QUALITATIVE, text="按时发放"), Actual(text="按时发放"),
         "目标为“定性”，实际完成情况不能按公式计分，请人工评分。"),
        (Requirement(kind=Kind.DIRECT), Actual(text="是"), "目标为“直接赋分”，实际完成情况不能按公式计分，请人工评分。"),
        (Requirement(kind=Kind.COMPOUND), done("5"), "目标为“多个数值”，实际完成情况不能按公式计分，请人工评分。"),
    ],
)
def test_what_no_formula_can_score_is_left_to_a_person(requirement, actual, note):
    working = score_indicator(requirement, actual, weight=TEN, book=LINEAR)
    assert (working.status, working.score, working.demands) == (Status.TO_JUDGE, Decimal("0.00"), (Demand.JUDGEMENT,))
    assert working.notes == (note,)


def test_missing_scores_nothing_and_holds_up_submission():
    working = score_indicator(number(Op.AT_LEAST, "50"), Actual(), weight=TEN, book=LINEAR)
    assert (working.status, working.score, working.demands) == (Status.MISSING, Decimal("0.00"), (Demand.VALUE,))
    assert working.notes == ("未填报实际完成值，按 0 分计，补报前不能提交。",)


def test_not_applicable_needs_a_reason():
    working = score_indicator(number(Op.AT_LEAST, "50"), Actual(not_applicable=True), weight=TEN, book=LINEAR)
    assert (working.status, working.demands) == (Status.NOT_APPLICABLE, (Demand.NOT_APPLICABLE,))
    assert (working.formula, working.inputs) == ("不适用", (("分值", "10"),))


@pytest.mark.parametrize(
    ("actual", "monitored", "rules", "demands"),
    [
        ("100", "110", LINEAR, (Demand.BELOW_MONITORING,)),
        ("90", "95", LINEAR, (Demand.BELOW_MONITORING, Demand.BELOW_FULL)),
        ("100", "100", LINEAR, ()),
        ("100", "110", RATIO, ()),
        ("90", None, book(evaluation_reasons__below_full=False), ()),
    ],
)
def test_reasons_owed(actual, monitored, rules, demands):
    working = score_indicator(number(Op.AT_LEAST, "100"), done(actual), weight=TEN, book=rules,
                              monitored=None if monitored is None else Decimal(monitored))
    assert working.demands == demands


def test_drop_since_monitoring_is_named():
    working = score_indicator(
        number(Op.AT_LEAST, "100"), done("100"), weight=TEN, book=LINEAR, monitored=Decimal("110")
    )
    assert working.notes == ("实际值 100 低于监控时填报的 110，须说明原因。",)


@pytest.mark.parametrize(
    ("requirement", "actual", "rules", "formula"),
    [
        (number(Op.AT_LEAST, "100", unit="公里"), done("80"), LINEAR, "10 × 80 ÷ 100 = 8.00"),
        (number(Op.AT_LEAST, "100"), done("100"), LINEAR, "10 × 100% = 10.00（实际达到目标，得满分）"),
        (number(Op.AT_LEAST, "0"), done("0"), LINEAR, "10 × 100% = 10.00（目标值为零，达到目标，得满分）"),
        (number(Op.AT_MOST, "10"), done("12"), LINEAR, "10 × (1 - (12 - 10) ÷ 10) = 8.00"),
        (number(Op.AT_MOST, "10"), done("12"), RATIO, "10 × 10 ÷ 12 = 8.33"),
        (number(Op.AT_MOST, "10"), done("20"), LINEAR, "10 × 0% = 0.00（实际达到目标的两倍及以上，不得分）"),
        (number(Op.AT_MOST, "0"), done("1"), LINEAR, "10 × 0% = 0.00（目标值为零，未达到目标，不得分）"),
        (number(None, "80", "100", kind=Kind.RANGE), done("60"), LINEAR, "10 × 60 ÷ 80 = 7.50（低于区间下限）"),
        (number(Op.AT_LEAST, "-5", negative=True), done("-6"), LINEAR,
         "10 × (1 - |-6 - (-5)| ÷ 5) = 8.00（允许负值的指标，最低 0 分）"),
    ],
)
def test_formula_shows_the_real_figures(requirement, actual, rules, formula):
    assert score_indicator(requirement, actual, weight=TEN, book=rules).formula == formula


@pytest.mark.parametrize(
    ("requirement", "actual", "target_text", "actual_text"),
    [
        (number(Op.AT_LEAST, "95.0", unit="%"), done("96", "%"), "≥95.0%", "96%"),
        (number(None, "80", "100", kind=Kind.RANGE), done("90"), "80—100", "90"),
        (Requirement(kind=Kind.QUALITATIVE, text="按时发放"), Actual(quality=Quality.REACHED), "按时发放", "达成年度指标"),
        (Requirement(kind=Kind.DIRECT), Actual(met=True), "直接赋分", "是"),
        (Requirement(kind=Kind.DIRECT), Actual(met=False), "直接赋分", "否"),
        (Requirement(kind=Kind.DIRECT), Actual(text="已建成", met=True), "直接赋分", "已建成"),
    ],
)
def test_inputs_read_as_on_the_form(requirement, actual, target_text, actual_text):
    working = score_indicator(requirement, actual, weight=TEN, book=LINEAR)
    assert working.inputs == (("目标值", target_text), ("实际值", actual_text), ("分值", "10"))


def test_weighted_mean_of_several_units():
    pairs = [(Decimal("95"), Decimal("2000000")), (Decimal("80"), Decimal("1000000"))]
    assert weighted_mean(pairs) == Decimal("90.0000")
    assert weighted_mean([(Decimal("0.1"), 1), (Decimal("0.2"), 2)]) == Decimal("0.1667")


@pytest.mark.parametrize("pairs", [[], [(Decimal("95"), Decimal(0))]])
def test_weighted_mean_without_money_is_refused(pairs):
    with pytest.raises(RuleViolation, match="资金合计为 0，无法加权平均，请先填报各单位资金。") as refusal:
        weighted_mean(pairs)
    assert refusal.value.codes == ["no_weight"]


figures = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


@settings(deadline=None)
@given(
    target=figures, actual=figures, op=st.sampled_from(Op), negative=st.booleans(),
    weight=st.decimals(min_value="0.01", max_value=100, places=2),
    rules=st.sampled_from([LINEAR, RATIO, REDUCE, STRICT]),
    cause=st.sampled_from([None, *OverCause]),
)
def test_score_stays_between_nothing_and_full(target, actual, op, negative, weight, rules, cause):
    requirement = number(op, abs(target) if not negative else target, negative=negative)
    working = score_indicator(requirement, Actual(value=actual), weight=weight, book=rules, cause=cause)
    assert 0 <= working.score <= weight
    assert -working.score.as_tuple().exponent == 2


@settings(deadline=None)
@given(low=figures, size=st.decimals(min_value=0, max_value=10**6, places=4), actual=figures)
def test_range_score_stays_between_nothing_and_full(low, size, actual):
    requirement = number(None, low, low + size, kind=Kind.RANGE, negative=True)
    assert 0 <= score_indicator(requirement, Actual(value=actual), weight=TEN, book=LINEAR).score <= 10
