"""The total of 100: what does not apply, what is missing, deductions, vetoes, and the limits of changing a score."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.rulebook.terms import Level
from core.scoring import Deduction, Demand, Line, Status, Working, override_faults, override_range, total
from tests.core.books import book

D = Decimal
NORMAL = book()
TREATMENTS = [book(not_applicable__treatment=each) for each in ("renormalise", "full_marks", "spread_equal")]


def line(level, weight, score, *, name="", status=Status.SCORED, demands=()):
    working = Working(rule="fixed", score=D(score), weight=D(weight), status=status, demands=demands)
    return Line(name=name or level.label, level=level, working=working)


def absent(level, weight, **more):
    return line(level, weight, "0.00", status=Status.NOT_APPLICABLE, demands=(Demand.NOT_APPLICABLE,), **more)


STANDARD = [
    line(Level.EXECUTION, 10, "9.00"),
    line(Level.OUTPUT, 50, "45.00"),
    line(Level.BENEFIT, 30, "27.00"),
]
NO_SURVEY = [*STANDARD, absent(Level.SATISFACTION, 10)]


def test_scores_add_up():
    result = total([*STANDARD, line(Level.SATISFACTION, 10, "9.55")], book=NORMAL)
    assert str(result.score) == "90.55"
    assert result.formula == "90.55 = 90.55"
    assert result.inputs == (("预算执行率", "9.00"), ("产出指标", "45.00"), ("效益指标", "27.00"), ("满意度指标", "9.55"))
    assert (result.demands, result.notes, result.vetoed) == ((), (), False)
    assert str(result.of(Level.OUTPUT)) == "45.00"
    assert str(result.of(Level.COST)) == "0.00"


def test_renormalised_as_in_the_filling_note():
    result = total(NO_SURVEY, book=NORMAL)
    assert str(result.score) == "90.00"
    assert result.formula == "81.00 ÷ 90.00 × 100 = 90.00"
    assert result.demands == (Demand.NOT_APPLICABLE,)


def test_full_marks():
    result = total(NO_SURVEY, book=book(not_applicable__treatment="full_marks"))
    assert str(result.score) == "91.00"
    assert str(result.of(Level.SATISFACTION)) == "10.00"


def test_moved_to_benefit():
    rules = book(not_applicable__treatment="move_to", not_applicable__move_to="benefit")
    result = total(NO_SURVEY, book=rules)
    assert str(result.of(Level.BENEFIT)) == "36.00"
    assert [str(each.weight) for each in result.counted] == ["10.00", "50.00", "40.00"]
    assert str(result.score) == "90.00"


def test_moved_points_are_shared_by_weight():
    rules = book(not_applicable__treatment="move_to", not_applicable__move_to="benefit")
    lines = [
        line(Level.OUTPUT, 60, "60.00"), line(Level.BENEFIT, 20, "10.00", name="带动就业"),
        line(Level.BENEFIT, 10, "10.00", name="群众出行"), absent(Level.SATISFACTION, 10),
    ]
    result = total(lines, book=rules)
    assert [(each.name, str(each.weight), str(each.score)) for each in result.counted] == [
        ("产出指标", "60.00", "60.00"), ("带动就业", "26.67", "13.33"), ("群众出行", "13.33", "13.33"),
    ]
    assert str(result.score) == "86.66"


def test_spread_over_siblings_of_the_same_level():
    rules = book(not_applicable__treatment="spread_equal")
    lines = [
        line(Level.EXECUTION, 10, "10.00"), line(Level.OUTPUT, 30, "15.00", name="日常养护"),
        line(Level.OUTPUT, 20, "20.00", name="小修保养"), absent(Level.OUTPUT, 10, name="应急抢通"),
        line(Level.BENEFIT, 30, "30.00"),
    ]
    result = total(lines, book=rules)
    assert [(each.name, str(each.weight), str(each.score)) for each in result.counted[1:3]] == [
        ("日常养护", "35.00", "17.50"), ("小修保养", "25.00", "25.00"),
    ]
    assert str(result.score) == "82.50"


@pytest.mark.parametrize(
    "changes",
    [
        {"not_applicable__treatment": "spread_equal"},
        {"not_applicable__treatment": "move_to", "not_applicable__move_to": "cost"},
    ],
)
def test_points_nobody_can_take_are_renormalised(changes):
    assert str(total(NO_SURVEY, book=book(**changes)).score) == "90.00"


def test_a_line_without_points_takes_none():
    rules = book(not_applicable__treatment="spread_equal")
    lines = [line(Level.OUTPUT, 0, "0.00"), line(Level.BENEFIT, 90, "81.00"), absent(Level.OUTPUT, 10)]
    assert str(total(lines, book=rules).score) == "90.00"


def test_missing_is_not_the_same_as_not_applicable():
    missing = line(Level.SATISFACTION, 10, "0.00", status=Status.MISSING, demands=(Demand.VALUE,))
    result = total([*STANDARD, missing], book=NORMAL)
    assert (str(result.score), result.demands) == ("81.00", (Demand.VALUE,))


@pytest.mark.parametrize(("weight", "manual"), [(30, False), (31, True)])
def test_too_much_not_applicable_needs_a_manual_evaluation(weight, manual):
    result = total([line(Level.OUTPUT, 100 - weight, "60.00"), absent(Level.BENEFIT, weight)], book=NORMAL)
    assert (Demand.MANUAL_EVALUATION in result.demands) is manual
    assert result.notes == (("不适用分值占 31.0%，超过 30.0%，总分仅供参考，须由人工评价。",) if manual else ())


@pytest.mark.parametrize("lines", [[], [absent(Level.OUTPUT, 100)], [line(Level.OUTPUT, 0, "0.00")]])
def test_nothing_to_add_up_is_refused(lines):
    with pytest.raises(RuleViolation, match="没有适用且有分值的指标，无法计算总分，请改为人工评价。") as refusal:
        total(lines, book=NORMAL)
    assert refusal.value.codes == ["nothing_applies"]


def test_weights_that_do_not_make_100_are_named():
    result = total([line(Level.OUTPUT, 50, "45.00")], book=NORMAL)
    assert (str(result.score), result.notes) == ("45.00", ("各项分值合计 50 分，不是 100 分，请核对权重。",))


def test_each_demand_is_named_once():
    owed = (Demand.BELOW_FULL, Demand.OVER_COMPLETION)
    lines = [line(Level.OUTPUT, 50, "45.00", demands=owed), line(Level.BENEFIT, 50, "45.00", demands=owed[:1])]
    assert total(lines, book=NORMAL).demands == owed


def test_deductions_are_listed_and_taken_off_last():
    result = total(NO_SURVEY, book=NORMAL, deductions=[Deduction(reason="挪用 2.00 万元", points=D(5))])
    assert str(result.score) == "85.00"
    assert result.formula == "81.00 ÷ 90.00 × 100 - 5 = 85.00"
    assert result.inputs[-1] == ("挪用 2.00 万元", "-5")


def test_deductions_leave_no_less_than_nothing():
    result = total([line(Level.OUTPUT, 100, "4.00")], book=NORMAL, deductions=[Deduction(reason="虚报", points=D(20))])
    assert (str(result.score), result.formula) == ("0.00", "4.00 - 20 = 0.00")


def test_a_veto_keeps_the_score_and_says_so():
    result = total(STANDARD, book=NORMAL, vetoes=["骗取财政资金"])
    assert (str(result.score), result.vetoed) == ("81.00", True)
    assert result.notes[-1] == "出现否决情形：骗取财政资金。"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Level), st.integers(1, 40), st.integers(0, 100), st.booleans()), min_size=1))
def test_every_treatment_stays_between_nothing_and_full(rows):
    lines = [
        absent(level, weight) if gone else line(level, weight, D(weight) * part / 100)
        for level, weight, part, gone in rows
    ]
    lines.append(line(Level.OUTPUT, 1, "1.00"))
    whole = sum(each.weight for each in lines)
    for rules in TREATMENTS:
        assert 0 <= total(lines, book=rules).score <= whole + D("0.01") * len(lines)


@pytest.mark.parametrize(
    ("proposed", "lowest", "highest"), [("8.00", "0.00", "10.00"), ("5.00", "0.00", "7.00"), ("10.00", "0.00", "10.00")]
)
def test_override_range(proposed, lowest, highest):
    assert override_range(D(proposed), weight=D(10), book=NORMAL) == (D(lowest), D(highest))


def test_override_range_follows_the_rule_set():
    assert override_range(D(5), weight=D(10), book=book(override__lower_share="0.10")) == (D("4.00"), D("7.00"))


@pytest.mark.parametrize(
    ("entered", "reasons"),
    [
        ("7.00", []),
        ("0", []),
        ("7.01", [("score_range", "系统建议 5.00 分，可改范围为 0.00 至 7.00 分，现填 7.01 分，请在范围内改分。")]),
        ("-1", [("score_range", "系统建议 5.00 分，可改范围为 0.00 至 7.00 分，现填 -1 分，请在范围内改分。")]),
        ("6.005", [("score_places", "得分 6.005 分的小数超过 2 位，请最多保留 2 位小数。")]),
    ],
)
def test_override_faults(entered, reasons):
    faults = override_faults(D(entered), proposed=D("5.00"), weight=D(10), book=NORMAL)
    assert [(each.code, each.sentence) for each in faults] == reasons
