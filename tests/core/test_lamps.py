"""Monitoring lamps in both modes, quadrants, deviations, and what a report then owes."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from core.lamps import (
    MonitoringDemand,
    Quadrant,
    Reading,
    attainment,
    deviation_pct,
    indicator_lamp,
    money_lamp,
    monitoring_demands,
    project_lamp,
    quadrant,
    time_progress,
)
from core.rulebook.terms import Lamp, Likelihood
from core.scoring import Actual, Direction, Kind, Op, Quality, Requirement
from tests.core.books import book

D = Decimal
LAG = book()
RATIO = book(lamps__mode="ratio")
HALF = Fraction(1, 2)


def number(op, target, unit=""):
    return Requirement(kind=Kind.NUMERIC, op=op, values=(D(target),), unit=unit)


def spent(executed, rules, *, budget="1000000", progress=HALF):
    return money_lamp(executed=D(executed), budget=D(budget), progress=progress, book=rules)


def lamp_of(requirement, actual, rules=RATIO, *, progress=HALF, direction=None):
    return indicator_lamp(requirement, actual, progress=progress, book=rules, direction=direction).lamp


def reading(lamp, rate=None):
    return Reading(rule="fixed", lamp=lamp, rate=None if rate is None else Fraction(rate))


@pytest.mark.parametrize(("month", "progress"), [(1, "1/12"), (7, "7/12"), (10, "5/6"), (12, "1")])
def test_time_runs_evenly(month, progress):
    assert time_progress(month) == Fraction(progress)


def test_time_follows_the_planned_curve():
    planned = [D(share) for share in ["0", "0", "0", "0.1", "0.2", "0.4", "0.7", "0.9", "1", "1", "1", "1"]]
    assert [time_progress(month, planned) for month in (1, 7, 12)] == [0, Fraction(7, 10), 1]


@pytest.mark.parametrize(
    ("executed", "lamp"),
    [("500000", Lamp.GREEN), ("400000", Lamp.GREEN), ("399999.99", Lamp.YELLOW), ("250000", Lamp.YELLOW),
     ("249999.99", Lamp.RED), ("0", Lamp.RED), ("1000000", Lamp.GREEN)],
)
def test_money_by_points_behind(executed, lamp):
    assert spent(executed, LAG).lamp is lamp


@pytest.mark.parametrize(
    ("executed", "lamp"),
    [("299999.99", Lamp.RED), ("300000", Lamp.YELLOW), ("399999.99", Lamp.YELLOW), ("400000", Lamp.GREEN),
     ("900000", Lamp.GREEN)],
)
def test_money_by_ratio_has_no_blue(executed, lamp):
    assert spent(executed, RATIO).lamp is lamp


def test_money_reading_explains_itself():
    lag, ratio = spent("380000", LAG), spent("380000", RATIO)
    assert lag.inputs == (("预算数", "100.00 万元"), ("执行数", "38.00 万元"), ("序时进度", "50.0%"))
    assert lag.formula == "38.00 ÷ 100.00 = 38.0%，较序时慢 12.0 个百分点"
    assert ratio.formula == "38.00 ÷ 100.00 = 38.0%，÷ 序时 50.0% = 76.0%"
    assert (lag.rate, ratio.rate) == (Fraction(38, 100), Fraction(38, 100))
    assert spent("500000", LAG).formula == "50.00 ÷ 100.00 = 50.0%，较序时持平"
    assert spent("620000", LAG).formula == "62.00 ÷ 100.00 = 62.0%，较序时快 12.0 个百分点"


@pytest.mark.parametrize("budget", ["0", "-1"])
def test_no_budget_is_grey(budget):
    found = spent("0", LAG, budget=budget)
    assert (found.lamp, found.rate, found.notes) == (Lamp.GREY, None, ("预算数为 0，没有可比的执行进度。",))


@pytest.mark.parametrize("rules", [LAG, RATIO])
def test_nothing_is_late_before_its_planned_start(rules):
    found = spent("0", rules, progress=Fraction(0))
    assert (found.lamp, found.formula) == (Lamp.GREEN, "0.00 ÷ 100.00 = 0.0%，尚未到计划开始时间")


@pytest.mark.parametrize(
    ("done", "lamp"),
    [("29.9", Lamp.RED), ("30", Lamp.YELLOW), ("39.9", Lamp.YELLOW), ("40", Lamp.GREEN), ("59.9", Lamp.GREEN),
     ("60", Lamp.BLUE)],
)
def test_positive_indicator_by_ratio(done, lamp):
    assert lamp_of(number(Op.AT_LEAST, "100"), Actual(value=D(done))) is lamp


@pytest.mark.parametrize(
    ("done", "lamp"), [("40", Lamp.GREEN), ("39", Lamp.YELLOW), ("24", Lamp.RED), ("99", Lamp.GREEN)]
)
def test_positive_indicator_by_points_behind(done, lamp):
    assert lamp_of(number(Op.AT_LEAST, "100"), Actual(value=D(done)), LAG) is lamp


@pytest.mark.parametrize(
    ("op", "done", "lamp"),
    [
        (Op.AT_MOST, "10", Lamp.GREEN), (Op.AT_MOST, "10.1", Lamp.RED),
        (Op.LESS, "10", Lamp.RED), (Op.LESS, "9.9", Lamp.GREEN),
    ],
)
def test_reverse_indicator_is_met_or_not(op, done, lamp):
    assert lamp_of(number(op, "10"), Actual(value=D(done))) is lamp


def test_reverse_by_meaning_of_the_name():
    assert lamp_of(number(None, "10"), Actual(value=D(11)), direction=Direction.LOWER) is Lamp.RED


@pytest.mark.parametrize(("done", "rate"), [("10", HALF), ("11", Fraction(0))])
def test_reverse_indicator_that_holds_is_just_on_schedule(done, rate):
    found = indicator_lamp(number(Op.AT_MOST, "10"), Actual(value=D(done)), progress=HALF, book=LAG)
    assert found.rate == rate


@pytest.mark.parametrize(
    ("quality", "lamp", "rate"),
    [(Quality.REACHED, Lamp.GREEN, "1"), (Quality.PARTLY, Lamp.YELLOW, "0.7"), (Quality.MISSED, Lamp.RED, "0.3")],
)
def test_qualitative_indicator(quality, lamp, rate):
    found = indicator_lamp(Requirement(kind=Kind.QUALITATIVE), Actual(quality=quality), progress=HALF, book=LAG)
    assert (found.lamp, found.rate) == (lamp, Fraction(rate))


@pytest.mark.parametrize(
    ("requirement", "actual", "lamp"),
    [
        (Requirement(kind=Kind.DIRECT), Actual(met=True), Lamp.GREEN),
        (Requirement(kind=Kind.DIRECT), Actual(met=False), Lamp.RED),
        (
            Requirement(kind=Kind.DATE, date=datetime.date(2026, 6, 30)),
            Actual(date=datetime.date(2026, 6, 30)), Lamp.GREEN,
        ),
        (
            Requirement(kind=Kind.DATE, date=datetime.date(2026, 6, 30)),
            Actual(date=datetime.date(2026, 7, 1)), Lamp.RED,
        ),
    ],
)
def test_yes_no_and_dates(requirement, actual, lamp):
    assert lamp_of(requirement, actual) is lamp


@pytest.mark.parametrize(
    ("requirement", "actual", "note"),
    [
        (number(Op.AT_LEAST, "50"), Actual(), "没有可与目标比较的完成值。"),
        (number(Op.AT_LEAST, "50", "人"), Actual(value=D(9), unit="人次"), "没有可与目标比较的完成值。"),
        (Requirement(kind=Kind.DATE, date=datetime.date(2026, 6, 30)), Actual(), "没有可与目标比较的完成值。"),
        (Requirement(kind=Kind.DATE), Actual(date=datetime.date(2026, 6, 30)), "没有可与目标比较的完成值。"),
        (Requirement(kind=Kind.QUALITATIVE), Actual(value=D(1)), "没有可与目标比较的完成值。"),
        (number(Op.AT_LEAST, "0"), Actual(value=D(1)), "目标值不大于 0，无法计算完成率。"),
    ],
)
def test_no_data_is_grey_not_green(requirement, actual, note):
    found = indicator_lamp(requirement, actual, progress=HALF, book=LAG)
    assert (found.lamp, found.rate, found.notes) == (Lamp.GREY, None, (note,))


def test_indicator_reading_explains_itself():
    found = indicator_lamp(number(Op.AT_LEAST, "120", "公里"), Actual(value=D(30), unit="公里"), progress=HALF, book=LAG)
    assert found.inputs == (("目标", "≥120公里"), ("截至完成", "30公里"), ("序时进度", "50.0%"))
    assert found.formula == "30 ÷ 120 = 25.0%，较序时慢 25.0 个百分点"
    assert found.explain()["lamp"] == "yellow"


def test_attainment_weighs_by_points_and_caps_each_at_full():
    rows = [(reading(Lamp.BLUE, "2"), D(10)), (reading(Lamp.RED, "1/4"), D(30)), (reading(Lamp.GREY), D(60))]
    assert attainment(rows) == Fraction(7, 16)


@pytest.mark.parametrize("rows", [[], [(reading(Lamp.GREY), D(60))], [(reading(Lamp.GREEN, "1"), D(0))]])
def test_attainment_without_data(rows):
    assert attainment(rows) is None


def test_attainment_below_nothing_counts_as_nothing():
    assert attainment([(reading(Lamp.RED, "-1"), D(10)), (reading(Lamp.GREEN, "1"), D(10))]) == HALF


@pytest.mark.parametrize(
    ("execution", "reached", "lamp"),
    [
        ("0.50", "0.50", Lamp.GREEN),
        ("0.40", "0.40", Lamp.GREEN),
        ("0.399", "0.60", Lamp.YELLOW),
        ("0.50", "0.399", Lamp.YELLOW),
        ("0.25", "0.60", Lamp.YELLOW),
        ("0.249", "0.60", Lamp.RED),
        ("0.60", "0.24", Lamp.RED),
        ("0.75", "0.60", Lamp.GREEN),
        ("0.7501", "0.60", Lamp.YELLOW),
        ("0.85", "0.60", Lamp.YELLOW),
        ("0.8501", "0.60", Lamp.RED),
    ],
)
def test_project_by_points_behind_and_ahead(execution, reached, lamp):
    found = project_lamp(money=reading(Lamp.GREEN, execution), indicators=[(reading(Lamp.GREEN, reached), D(10))],
                         progress=HALF, book=LAG)
    assert (found.lamp, found.rate) == (lamp, Fraction(reached))


def test_project_reading_explains_itself():
    found = project_lamp(money=reading(Lamp.GREEN, "0.80"), indicators=[(reading(Lamp.GREEN, "0.60"), D(10))],
                         progress=HALF, book=LAG)
    assert found.inputs == (("预算执行率", "80.0%"), ("目标完成率", "60.0%"), ("序时进度", "50.0%"))
    assert found.formula == "较序时快 10.0 个百分点，支出较目标快 20.0 个百分点"


@pytest.mark.parametrize(("execution", "reached"), [(None, "0.5"), ("0.5", None)])
def test_project_without_data_is_grey(execution, reached):
    found = project_lamp(money=reading(Lamp.GREY, execution), indicators=[(reading(Lamp.GREY, reached), D(10))],
                         progress=HALF, book=LAG)
    assert (found.lamp, found.notes) == (Lamp.GREY, ("执行进度或目标完成情况缺少数据。",))


@pytest.mark.parametrize(
    ("lamps", "worst"),
    [
        ([Lamp.BLUE, Lamp.GREEN, Lamp.GREY, Lamp.YELLOW, Lamp.RED], Lamp.RED),
        ([Lamp.BLUE, Lamp.GREEN, Lamp.GREY, Lamp.YELLOW], Lamp.YELLOW),
        ([Lamp.BLUE, Lamp.GREEN, Lamp.GREY], Lamp.GREY),
        ([Lamp.BLUE, Lamp.GREEN], Lamp.GREEN),
        ([Lamp.BLUE, Lamp.BLUE], Lamp.BLUE),
    ],
)
def test_project_by_the_worst_lamp(lamps, worst):
    money, *indicators = map(reading, lamps)
    found = project_lamp(money=money, indicators=[(each, D(10)) for each in indicators], progress=HALF, book=RATIO)
    assert found.lamp is worst


def test_worst_lamp_counts_the_others():
    green = [(reading(Lamp.GREEN), D(1))] * 2
    found = project_lamp(money=reading(Lamp.RED), indicators=green, progress=HALF, book=RATIO)
    assert (found.inputs, found.formula) == ((("红灯", "1 项"), ("绿灯", "2 项")), "取最差的灯色")


@pytest.mark.parametrize(
    ("execution", "reached", "where", "label"),
    [
        ("0.5", "0.5", Quadrant.BOTH, "双达标"),
        ("0.5", "0.49", Quadrant.MONEY_AHEAD, "钱快事慢"),
        ("0.49", "0.5", Quadrant.TARGET_AHEAD, "事快钱慢"),
        ("0.49", "0.49", Quadrant.NEITHER, "双滞后"),
    ],
)
def test_quadrant(execution, reached, where, label):
    found = quadrant(D(execution), D(reached), HALF)
    assert (found, found.label) == (where, label)


@pytest.mark.parametrize(
    ("actual", "target", "deviation"),
    [("65", "100", "-35.00"), ("110", "90", "22.22"), ("5", "0", None), ("100", "100", "0.00")],
)
def test_deviation(actual, target, deviation):
    assert deviation_pct(D(actual), D(target)) == (None if deviation is None else D(deviation))


CAUSE, EXPLANATION, FORECAST, PROBLEM, MEASURES = MonitoringDemand
NINGXIA = {"lamps": ["red"], "likelihoods": []}
TIANJIN = {"lamps": [], "likelihoods": ["possible", "impossible"]}
HEBEI = {"lamps": [], "likelihoods": [], "over_target_pct": "20", "explain_cause": False}
JILIN = {"lamps": [], "likelihoods": [], "deviation_pct": "30", "idle_needs_measures": True, "explain_cause": False}


@pytest.mark.parametrize(
    ("local", "facts", "demands"),
    [
        ({}, {"lamp": Lamp.YELLOW}, (CAUSE, EXPLANATION)),
        ({}, {"lamp": Lamp.RED}, (CAUSE, EXPLANATION)),
        ({}, {}, ()),
        ({}, {"likelihood": Likelihood.POSSIBLE}, (CAUSE, EXPLANATION, FORECAST)),
        ({}, {"deviation": D("-60"), "idle": True}, ()),
        (NINGXIA, {"lamp": Lamp.RED}, (CAUSE, EXPLANATION)),
        (NINGXIA, {"lamp": Lamp.YELLOW}, ()),
        (NINGXIA, {"lamp": Lamp.YELLOW, "has_cause": True}, (EXPLANATION,)),
        (TIANJIN, {"lamp": Lamp.RED}, ()),
        (TIANJIN, {"likelihood": Likelihood.IMPOSSIBLE}, (CAUSE, EXPLANATION, FORECAST)),
        (TIANJIN, {"likelihood": Likelihood.CERTAIN}, ()),
        (HEBEI, {"deviation": D("20")}, ()),
        (HEBEI, {"deviation": D("20.01")}, (CAUSE, EXPLANATION)),
        (HEBEI, {"deviation": D("-50")}, ()),
        (HEBEI, {"has_cause": True}, ()),
        (JILIN, {"deviation": D("-30")}, ()),
        (JILIN, {"deviation": D("-30.01")}, (CAUSE, PROBLEM, MEASURES)),
        (JILIN, {"deviation": D("31")}, (CAUSE, PROBLEM, MEASURES)),
        (JILIN, {"idle": True}, (CAUSE, PROBLEM, MEASURES)),
        (JILIN, {"deviation": None}, ()),
    ],
)
def test_what_a_report_owes(local, facts, demands):
    rules = book(**{f"monitoring_reasons__{name}": value for name, value in local.items()})
    quiet = {"lamp": Lamp.GREEN, "likelihood": None, "deviation": None, "has_cause": False, "idle": False}
    assert monitoring_demands(**(quiet | facts), book=rules) == demands
