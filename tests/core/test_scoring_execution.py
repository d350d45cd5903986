"""The budget execution rate: rules of both kinds, and what has to be explained."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.scoring import Demand, Status, execution_rate, score_execution
from tests.core.books import book

PROPORTIONAL = book()
INTERVALS = book(execution__method="intervals")
TEN = Decimal("10")


def score(budget, executed, rules=PROPORTIONAL, **more):
    return score_execution(budget=Decimal(budget), executed=Decimal(executed), weight=TEN, book=rules, **more)


@pytest.mark.parametrize(
    ("budget", "executed", "points", "demands"),
    [
        ("2518900", "2518900", "10.00", ()),
        ("3102000", "1547400", "4.99", (Demand.LOW_EXECUTION,)),
        ("1000000", "900000", "9.00", ()),
        ("1000000", "899999.99", "9.00", (Demand.LOW_EXECUTION,)),
        ("1000000", "0", "0.00", (Demand.LOW_EXECUTION,)),
        ("1000000", "-500", "0.00", (Demand.LOW_EXECUTION,)),
        ("1000000", "1000000.01", "10.00", (Demand.OVER_BUDGET,)),
    ],
)
def test_proportional(budget, executed, points, demands):
    working = score(budget, executed)
    assert (str(working.score), working.demands, working.status) == (points, demands, Status.SCORED)


@pytest.mark.parametrize(
    ("executed", "finished", "points"),
    [
        ("100", False, "10.00"),
        ("99.99", False, "7.00"),
        ("80", False, "7.00"),
        ("79.99", False, "5.00"),
        ("60", False, "5.00"),
        ("59.99", False, "0.00"),
        ("59.99", True, "10.00"),
        ("120", True, "10.00"),
    ],
)
def test_intervals(executed, finished, points):
    assert str(score("100", executed, INTERVALS, finished=finished).score) == points


def test_twenty_points_of_a_local_form():
    working = score_execution(
        budget=Decimal("100"), executed=Decimal("49.88"), weight=Decimal(20), book=book("hubei-20")
    )
    assert working.score == Decimal("9.98")


def test_working_shows_the_real_figures():
    working = score("3102000", "1547400")
    assert working.inputs == (("全年预算数", "310.20 万元"), ("执行数", "154.74 万元"), ("执行率", "49.88%"), ("分值", "10"))
    assert working.formula == "10 × 154.74 ÷ 310.20 = 4.99"
    assert working.notes == ("执行率 49.88% 低于 90%，须说明原因。",)
    assert working.explain()["score"] == "4.99"
    assert working.explain()["demands"] == ["low_execution"]


@pytest.mark.parametrize(
    ("rules", "executed", "finished", "formula"),
    [
        (PROPORTIONAL, "100", False, "10 × 100% = 10.00（执行率达到 100%，得满分）"),
        (INTERVALS, "85", False, "10 × 70% = 7.00（执行率 85.00% 所在区间）"),
        (INTERVALS, "85", True, "10 × 100% = 10.00（项目已完成且支出未超预算，得满分）"),
    ],
)
def test_formula(rules, executed, finished, formula):
    assert score("100", executed, rules, finished=finished).formula == formula


def test_nothing_budgeted_and_nothing_spent_does_not_apply():
    working = score("0", "0")
    assert (working.score, working.status) == (Decimal("0.00"), Status.NOT_APPLICABLE)
    assert working.notes == ("预算数和执行数均为 0，预算执行率不适用。",)


@pytest.mark.parametrize(("budget", "executed"), [("0", "50000"), ("-50000", "0"), ("0", "-50000")])
def test_spending_without_a_budget_is_refused(budget, executed):
    with pytest.raises(RuleViolation) as refusal:
        score(budget, executed)
    assert refusal.value.codes == ["no_budget"]


def test_refusal_names_the_figures():
    with pytest.raises(RuleViolation, match="全年预算数为 0.00 万元，执行数却为 5.00 万元，请先核对预算指标和支付数据。"):
        score("0", "50000")


@pytest.mark.parametrize(
    ("budget", "executed", "rate"), [("310.2", "154.74", "0.4988"), ("0", "0", None), ("3", "4", "1.3333")]
)
def test_execution_rate(budget, executed, rate):
    found = execution_rate(budget=Decimal(budget), executed=Decimal(executed))
    assert found == (None if rate is None else Decimal(rate))


@settings(deadline=None)
@given(
    st.decimals(min_value="0.01", max_value=10**10, places=2),
    st.decimals(min_value=0, max_value=2 * 10**10, places=2),
    st.booleans(),
)
def test_score_stays_between_nothing_and_full(budget, executed, finished):
    for rules in (PROPORTIONAL, INTERVALS):
        assert 0 <= score(budget, executed, rules, finished=finished).score <= 10
