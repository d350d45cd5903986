"""Grades at every boundary, lowering only, target review and ex-ante scoring."""

from decimal import Decimal

import pytest

from core.errors import RuleViolation
from core.grades import (
    final_grade,
    grade_of,
    is_unreliable,
    lowered,
    review_band,
    review_item_range,
    score_ex_ante,
)
from core.rulebook.parts import Band
from core.rulebook.terms import Level
from core.scoring import Line, Working, total
from tests.core.books import book

D = Decimal
NORMAL = book()
CITY_2012 = [
    Band(name=name, lower=D(lower)) for name, lower in (("优", 90), ("良", 70), ("合格", 60), ("不合格", 0))
]
ITEMS = [item.name for dimension in NORMAL.ex_ante.dimensions for item in dimension.items]


@pytest.mark.parametrize(
    ("score", "grade"),
    [("100", "优"), ("90", "优"), ("89.99", "良"), ("89.5", "良"), ("80", "良"), ("79.99", "中"), ("60", "中"),
     ("59.99", "差"), ("0", "差")],
)
def test_default_bands(score, grade):
    assert grade_of(D(score), NORMAL.grades) == grade


@pytest.mark.parametrize(
    ("score", "grade"), [("90", "优"), ("70", "良"), ("69.99", "合格"), ("60", "合格"), ("59.99", "不合格")]
)
def test_bands_of_another_place(score, grade):
    assert grade_of(D(score), CITY_2012) == grade


@pytest.mark.parametrize("score", ["-0.01", "100.01"])
def test_scores_off_the_scale_have_no_grade(score):
    with pytest.raises(RuleViolation, match=f"得分 {score} 不在 0 至 100 之间，无法确定等级，请核对计分。") as refusal:
        grade_of(D(score), NORMAL.grades)
    assert refusal.value.codes == ["score_out_of_range"]


@pytest.mark.parametrize(("vetoes", "grade"), [((), "优"), (("骗取财政资金",), "差")])
def test_a_veto_means_the_lowest_grade(vetoes, grade):
    line = Line(name="产出", level=Level.OUTPUT, working=Working(rule="fixed", score=D("95.00"), weight=D(100)))
    assert final_grade(total([line], book=NORMAL, vetoes=vetoes), NORMAL.grades) == grade


@pytest.mark.parametrize(("computed", "decided"), [("良", "良"), ("良", "中"), ("优", "差")])
def test_a_grade_may_be_lowered(computed, decided):
    assert lowered(computed, decided, NORMAL.grades) == decided


@pytest.mark.parametrize(
    ("decided", "code", "sentence"),
    [
        ("优", "grade_raised", "计分得出的等级为“良”，不能直接改为更高的“优”，请先按程序重新评分。"),
        ("合格", "unknown_grade", "等级“合格”不在 优、良、中、差 之中，请重新选择。"),
    ],
)
def test_a_grade_is_never_raised(decided, code, sentence):
    with pytest.raises(RuleViolation) as refusal:
        lowered("良", decided, NORMAL.grades)
    assert [(each.code, each.sentence) for each in refusal.value.reasons] == [(code, sentence)]


@pytest.mark.parametrize(("checked", "unreliable"), [("85.00", False), ("84.99", True), ("105.01", True)])
def test_a_recheck_far_from_the_self_evaluation(checked, unreliable):
    assert is_unreliable(D("95.00"), D(checked), NORMAL) is unreliable


@pytest.mark.parametrize(
    ("score", "grade", "effect"),
    [("90", "优", "pass"), ("89.99", "良", "pass_after_edit"), ("79.99", "中", "return_revise"), ("59.99", "差", "block")],
)
def test_review_effect(score, grade, effect):
    band = review_band(D(score), NORMAL)
    assert (band.name, band.effect) == (grade, effect)


@pytest.mark.parametrize(
    ("grade", "low", "high"),
    [("优", "13.50", "15.00"), ("良", "12.00", "13.50"), ("中", "9.00", "12.00"), ("差", "0.00", "9.00")],
)
def test_review_item_range(grade, low, high):
    assert review_item_range(grade, points=D(15), book=NORMAL) == (D(low), D(high))


def test_review_item_range_refuses_an_unknown_grade():
    with pytest.raises(RuleViolation, match="审核等级“合格”不在 优、良、中、差 之中，请重新选择。") as refusal:
        review_item_range("合格", points=D(15), book=NORMAL)
    assert refusal.value.codes == ["unknown_grade"]


@pytest.mark.parametrize(
    ("grades", "score", "passed"),
    [
        (["优"] * 20, "100.00", True),
        (["良"] * 20, "80.00", True),
        (["良"] * 10 + ["中"] * 10, "70.00", True),
        (["良"] * 9 + ["中"] * 11, "69.00", False),
        (["差"] * 20, "0.00", False),
    ],
)
def test_ex_ante_score(grades, score, passed):
    result = score_ex_ante(dict(zip(ITEMS, grades, strict=True)), NORMAL)
    assert (str(result.score), result.passed) == (score, passed)


def test_ex_ante_working():
    result = score_ex_ante(dict(zip(ITEMS, ["良"] * 9 + ["中"] * 11, strict=True)), NORMAL)
    assert result.formula == "16.00 + 16.00 + 13.00 + 12.00 + 12.00 = 69.00"
    assert result.inputs[0] == ("立项依据充分", "良 4.00")
    assert result.notes == ("得分 69.00，未达到通过分数线 70 分。",)


def test_ex_ante_names_what_is_not_graded():
    grades = dict.fromkeys(ITEMS, "优") | {"进度安排合理": "尚可"}
    del grades["资金来源合法"]
    with pytest.raises(RuleViolation) as refusal:
        score_ex_ante(grades, NORMAL)
    assert [(each.code, each.sentence) for each in refusal.value.reasons] == [
        ("ex_ante_items",
         "评分项 进度安排合理、资金来源合法 未评等级或等级不在 优、良、中、差 之中，请补评后再计算得分。")
    ]
