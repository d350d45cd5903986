"""The generic scoring methods, with the figures of the local tables they come from."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.scoring import (
    Deduction,
    Element,
    Tier,
    deduct,
    element_count,
    likert,
    ratio_cap,
    step_block,
    step_pp,
    tier,
    veto,
)

D = Decimal


def elements(*answers):
    shares = (D("30"), D("30"), D("40"))
    names = ("申请程序规范", "审批文件齐全", "集体决策")
    return [Element(name=n, share=s, met=m) for n, s, m in zip(names, shares, answers, strict=True)]


@pytest.mark.parametrize(
    ("answers", "expected", "formula"),
    [
        ((True, True, True), "2.00", "2 × 100 ÷ 100 = 2.00"),
        ((True, True, False), "1.20", "2 × 60 ÷ 100 = 1.20"),
        ((False, False, False), "0.00", "2 × 0 ÷ 100 = 0.00"),
        ((True, False, None), "1.00", "2 × 30 ÷ 60 = 1.00"),
        ((None, None, True), "2.00", "2 × 40 ÷ 40 = 2.00"),
    ],
)
def test_element_count(answers, expected, formula):
    working = element_count(elements(*answers), weight=D(2))
    assert (str(working.score), working.formula) == (expected, formula)


def test_element_count_lists_each_element():
    assert element_count(elements(True, False, None), weight=D(2)).inputs == (
        ("申请程序规范", "符合"), ("审批文件齐全", "不符合"), ("集体决策", "不适用"), ("分值", "2"),
    )


def test_element_count_with_nothing_to_judge_is_refused():
    with pytest.raises(RuleViolation, match="各要素均不适用，无法按要素计分，请将该指标列为不适用。") as refusal:
        element_count(elements(None, None, None), weight=D(2))
    assert refusal.value.codes == ["no_element"]


@pytest.mark.parametrize(
    ("actual", "gate", "expected"),
    [("100", None, "5.00"), ("150", None, "5.00"), ("50", None, "2.50"), ("59", "0.6", "0.00"), ("60", "0.6", "3.00")],
)
def test_ratio_cap(actual, gate, expected):
    working = ratio_cap(D(actual), D(100), weight=D(5), gate=None if gate is None else D(gate))
    assert str(working.score) == expected


def test_ratio_cap_names_the_gate():
    working = ratio_cap(D(59), D(100), weight=D(5), gate=D("0.6"))
    assert working.formula == "5 × 0% = 0.00（完成比例 59.00% 低于及格门槛 60%）"


def test_ratio_cap_needs_a_target():
    with pytest.raises(RuleViolation, match="目标值为 0，无法计算完成比例，请改用其他计分方法。") as refusal:
        ratio_cap(D(5), D(0), weight=D(5))
    assert refusal.value.codes == ["no_target"]


@pytest.mark.parametrize(
    ("gap", "deduction", "weight", "ceil", "expected"),
    [
        ("0", "0.5", "5", True, "5.00"),
        ("-3", "0.5", "5", True, "5.00"),
        ("3.5", "0.5", "5", True, "3.00"),
        ("3.5", "0.5", "5", False, "3.25"),
        ("3", "0.8", "8", True, "5.60"),
        ("2.1", "0.1", "1", True, "0.70"),
        ("100", "1", "6", True, "0.00"),
    ],
)
def test_step_pp(gap, deduction, weight, ceil, expected):
    working = step_pp(D(gap), deduction=D(deduction), weight=D(weight), ceil=ceil)
    assert str(working.score) == expected


@pytest.mark.parametrize(
    ("gap", "block", "deduction", "weight", "ceil", "expected"),
    [
        ("12", "5", "2", "8", True, "2.00"),
        ("10", "5", "2", "8", True, "4.00"),
        ("12", "5", "2", "8", False, "3.20"),
        ("7", "3", "1", "5", True, "2.00"),
        ("0", "4", "1", "5", True, "5.00"),
        ("30", "5", "2", "5", True, "0.00"),
    ],
)
def test_step_block(gap, block, deduction, weight, ceil, expected):
    working = step_block(D(gap), block=D(block), deduction=D(deduction), weight=D(weight), ceil=ceil)
    assert str(working.score) == expected


def test_step_block_shows_its_blocks():
    working = step_block(D(12), block=D(5), deduction=D(2), weight=D(8))
    assert working.inputs == (("差距", "12"), ("每档", "5"), ("扣分档数", "3"), ("每档扣分", "2"), ("分值", "8"))
    assert working.formula == "8 × (1 - 6 ÷ 8) = 2.00（共扣 6 分，最低 0 分）"


KEY_SPENDING = [Tier(limit=D(limit), points=D(points)) for limit, points in ((90, 5), (80, 4), (70, 3), (60, 2))]
ADJUSTMENT = [Tier(limit=D(limit), points=D(points)) for limit, points in ((0, 5), (10, 4), (20, 3), (30, 2))]


@pytest.mark.parametrize(
    ("actual", "expected"), [("95", "5.00"), ("90", "5.00"), ("89.99", "4.00"), ("60", "2.00"), ("59.99", "0.00")]
)
def test_tier_where_higher_is_better(actual, expected):
    assert str(tier(D(actual), KEY_SPENDING, weight=D(5)).score) == expected


@pytest.mark.parametrize(
    ("actual", "expected"),
    [("0", "5.00"), ("0.01", "4.00"), ("10", "4.00"), ("10.01", "3.00"), ("30", "2.00"), ("30.01", "0.00")],
)
def test_tier_where_lower_is_better(actual, expected):
    assert str(tier(D(actual), ADJUSTMENT, weight=D(5), higher_is_better=False).score) == expected


@pytest.mark.parametrize(
    ("higher", "actual", "expected", "formula"),
    [
        (True, "90", "0.00", "5 × 0 ÷ 5 = 0.00（未进入任何得分档）"),
        (True, "90.01", "5.00", "5 × 5 ÷ 5 = 5.00（属于>90一档）"),
        (False, "90", "0.00", "5 × 0 ÷ 5 = 0.00（未进入任何得分档）"),
        (False, "89.99", "5.00", "5 × 5 ÷ 5 = 5.00（属于<90一档）"),
    ],
)
def test_tier_that_leaves_its_limit_out(higher, actual, expected, formula):
    working = tier(D(actual), [Tier(limit=D(90), points=D(5), inclusive=False)], weight=D(5), higher_is_better=higher)
    assert (str(working.score), working.formula) == (expected, formula)


@pytest.mark.parametrize(
    ("higher", "because"), [(True, "属于≥90一档"), (False, "属于≤90一档")]
)
def test_tier_that_holds_its_limit(higher, because):
    working = tier(D(90), [Tier(limit=D(90), points=D(4))], weight=D(5), higher_is_better=higher)
    assert working.formula == f"5 × 4 ÷ 5 = 4.00（{because}）"


def test_veto():
    assert str(veto([], weight=D(10)).score) == "10.00"
    working = veto(["截留项目资金", "虚列支出"], weight=D(10))
    assert str(working.score) == "0.00"
    assert working.inputs[0] == ("否决情形", "截留项目资金；虚列支出")
    assert working.formula == "10 × 0% = 0.00（出现 2 项否决情形，不得分）"


def test_deduct():
    late = [Deduction(reason=reason, points=D("0.5")) for reason in ("春节前未下达 50%", "6 月底未全部下达")]
    working = deduct(late, weight=D(3))
    assert str(working.score) == "2.00"
    assert working.inputs == (("春节前未下达 50%", "扣 0.5 分"), ("6 月底未全部下达", "扣 0.5 分"), ("分值", "3"))
    assert str(deduct([], weight=D(3)).score) == "3.00"
    assert str(deduct(late * 4, weight=D(3)).score) == "0.00"


def test_likert():
    working = likert({5: 60, 4: 30, 3: 10}, highest=5, weight=D(10))
    assert str(working.score) == "9.00"
    assert working.formula == "10 × 450 ÷ 100 ÷ 5 = 9.00（各题等级合计 ÷ 有效份数 ÷ 最高等级）"


@pytest.mark.parametrize("counts", [{}, {5: 0}])
def test_likert_without_answers_is_refused(counts):
    with pytest.raises(RuleViolation, match="没有有效问卷，无法按量表计分，请补充调查或列为不适用。") as refusal:
        likert(counts, highest=5, weight=D(10))
    assert refusal.value.codes == ["no_answer"]


figures = st.decimals(min_value=-1000, max_value=1000, places=2)
sizes = st.decimals(min_value="0.01", max_value=100, places=2)


@settings(deadline=None)
@given(gap=figures, block=sizes, deduction=sizes, weight=sizes, ceil=st.booleans())
def test_deducting_stays_between_nothing_and_full(gap, block, deduction, weight, ceil):
    score = step_block(gap, block=block, deduction=deduction, weight=weight, ceil=ceil).score
    assert 0 <= score <= weight
    assert score >= step_block(gap, block=block, deduction=deduction, weight=weight, ceil=True).score
