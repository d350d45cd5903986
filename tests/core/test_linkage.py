"""Results and next year's money: the rules of real places with their worked figures."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.linkage import LinkageCase, suggest
from core.rulebook import linkage_presets
from core.rulebook.parts import LinkageRule
from core.rulebook.schema import parse
from core.rulebook.terms import Duration, EvaluationKind, LinkageAction, RectificationState

D = Decimal


def rules_of(*names):
    return [parse(LinkageRule, rule) for name in names for rule in linkage_presets()[name]["rules"]]


def rule(**fields):
    return parse(LinkageRule, {"code": "甲", "basis": "县级办法", **fields})


def case(grade, previous="5000000", declared="6000000", **more):
    facts = {"evaluation": EvaluationKind.FISCAL, "duration": Duration.RECURRING, **more}
    return LinkageCase(grade=grade, previous_yuan=D(previous), declared_yuan=D(declared), **facts)


@pytest.mark.parametrize("name", ["mof-2020", "shandong", "ladder-2012", "hubei", "balance", "chongqing-2011"])
def test_every_preset_parses(name):
    assert [each.basis for each in rules_of(name)] == [each["basis"] for each in linkage_presets()[name]["rules"]]


@pytest.mark.parametrize(
    ("grade", "years", "rectified", "deciding", "suggested", "held"),
    [
        ("优", 0, "none", "none", "6000000.00", False),
        ("良", 0, "none", "none", "6000000.00", False),
        ("中", 0, "none", "R1-中", "4500000.00", False),
        ("差", 1, "none", "R1-差", "4000000.00", False),
        ("差", 2, "none", "R1-连续差", "0.00", False),
        ("中", 0, "open", "R1-中", "4500000.00", True),
        ("良", 0, "open", "none", "6000000.00", True),
        ("中", 0, "failed", "R1-未整改", "4000000.00", False),
    ],
)
def test_ministry_of_finance(grade, years, rectified, deciding, suggested, held):
    found = suggest(case(grade, poor_years=years, rectification=RectificationState(rectified)), rules_of("mof-2020"))
    assert (found.rule, str(found.suggested_yuan), found.held) == (deciding, suggested, held)


def test_excellent_is_priority_and_says_on_what_ground():
    found = suggest(case("优"), rules_of("mof-2020"))
    assert found.priority is True
    assert [(hit.code, hit.action, hit.basis, hit.applied) for hit in found.hits] == [
        ("R1-优良", LinkageAction.PRIORITY, "财预〔2020〕10号：评价等级为优、良的根据情况予以支持", False)
    ]
    assert found.formula == "没有限制金额的规则，按申报数 600.00 万元"


@pytest.mark.parametrize(
    ("grade", "suggested", "cut", "floor", "ceiling"),
    [
        ("优", "6000000.00", "0.00", "0.00", "6000000.00"),
        ("良", "5000000.00", "0.00", "0.00", "5000000.00"),
        ("中", "4500000.00", "500000.00", "0.00", "4500000.00"),
        ("差", "0.00", "5000000.00", "0.00", "0.00"),
    ],
)
def test_shandong(grade, suggested, cut, floor, ceiling):
    found = suggest(case(grade), rules_of("shandong"))
    assert (found.suggested_yuan, found.cut_yuan) == (D(suggested), D(cut))
    assert (found.floor_yuan, found.ceiling_yuan) == (D(floor), D(ceiling))


def test_a_declaration_below_what_is_allowed_stands():
    found = suggest(case("中", declared="3000000"), rules_of("shandong"))
    assert (found.suggested_yuan, found.cut_yuan, found.ceiling_yuan) == (D(3000000), D(500000), D(3000000))


def test_working_shows_the_real_figures():
    found = suggest(case("中"), rules_of("shandong"))
    assert found.formula == "500.00 × (1 - 10%) = 450.00 万元，与申报数 600.00 万元取较小者，建议 450.00 万元"
    assert found.inputs == (
        ("评价类型", "财政评价"), ("评价等级", "中"), ("连续低等级年数", "0"), ("整改情况", "无须整改"),
        ("基数", "500.00 万元"), ("申报数", "600.00 万元"), ("结转结余增加", "0.00 万元"),
    )
    assert found.explain()["hits"][0]["allowed_yuan"] == "4500000.00"


@pytest.mark.parametrize(
    ("years", "previous", "suggested"),
    [(1, "2000000", "1700000.00"), (2, "1700000", "1020000.00"), (3, "1020000", "0.00"), (4, "1020000", "0.00")],
)
def test_ladder_of_consecutive_poor_years(years, previous, suggested):
    found = suggest(case("不合格", previous=previous, declared="2000000", poor_years=years), rules_of("ladder-2012"))
    assert str(found.suggested_yuan) == suggested


@pytest.mark.parametrize(("original", "suggested"), [("2000000", "1200000.00"), (None, "1020000.00")])
def test_second_cut_may_count_from_the_original_budget(original, suggested):
    second = rule(action="cut", share="0.40", base="original", poor_years_from=2)
    facts = {"original_yuan": None if original is None else D(original), "poor_years": 2}
    assert str(suggest(case("不合格", previous="1700000", **facts), [second]).suggested_yuan) == suggested


def test_balance_increase():
    facts = {"balance_yuan": D(1300000), "previous_balance_yuan": D(800000)}
    found = suggest(case("良", declared="5000000", **facts), rules_of("balance"))
    assert (found.cut_yuan, found.suggested_yuan, found.ceiling_yuan) == (D(150000), D(4850000), D(4850000))
    assert found.formula == "500.00 - 50.00 × 30% = 485.00 万元，与申报数 500.00 万元取较小者，建议 485.00 万元"


@pytest.mark.parametrize("balance", ["800000", "700000"])
def test_balance_that_did_not_grow_costs_nothing(balance):
    facts = {"balance_yuan": D(balance), "previous_balance_yuan": D(800000)}
    assert suggest(case("良", **facts), rules_of("balance")).hits == ()


def test_balance_increase_leaves_no_less_than_nothing():
    facts = {"balance_yuan": D(9000000)}
    assert suggest(case("良", previous="1000000", **facts), rules_of("balance")).suggested_yuan == D("0.00")


@pytest.mark.parametrize(
    ("grade", "duration", "deciding", "suggested"),
    [
        ("优", "recurring", "none", "6000000.00"),
        ("中", "continuing", "R4-中", "5000000.00"),
        ("差", "recurring", "R4-差", "4000000.00"),
        ("差", "one_off", "R4-一次性", "0.00"),
        ("中", "one_off", "none", "6000000.00"),
    ],
)
def test_a_province_by_project_type(grade, duration, deciding, suggested):
    found = suggest(case(grade, duration=Duration(duration)), rules_of("hubei"))
    assert (found.rule, str(found.suggested_yuan)) == (deciding, suggested)


@pytest.mark.parametrize(
    ("grade", "rectified", "deciding", "suggested", "held"),
    [
        ("良", "none", "none", "6000000.00", False),
        ("差", "none", "none", "6000000.00", True),
        ("差", "open", "none", "6000000.00", True),
        ("差", "done", "R10-整改后", "4000000.00", False),
        ("差", "failed", "R10-未整改", "0.00", False),
    ],
)
def test_chongqing_rectify_first(grade, rectified, deciding, suggested, held):
    found = suggest(case(grade, rectification=RectificationState(rectified)), rules_of("chongqing-2011"))
    assert (found.rule, str(found.suggested_yuan), found.held) == (deciding, suggested, held)


def test_of_several_hits_the_largest_cut_wins_and_none_is_added():
    facts = {"balance_yuan": D(1300000), "previous_balance_yuan": D(800000)}
    found = suggest(case("中", **facts), rules_of("balance", "shandong"))
    assert (found.rule, found.suggested_yuan, found.cut_yuan) == ("R2-中", D(4500000), D(500000))
    assert [(hit.code, hit.allowed_yuan, hit.applied) for hit in found.hits] == [
        ("R5-结余", D(4850000), False), ("R2-中", D(4500000), True),
    ]
    assert found.notes == ("规则 R5-结余（压减预算）未采用：多条规则命中时取压减最多的一条，不叠加。",)


def test_livelihood_spending_is_never_cut_by_rule():
    found = suggest(
        case("差", poor_years=2, protected=True, rectification=RectificationState.OPEN), rules_of("mof-2020")
    )
    assert (found.rule, found.suggested_yuan, found.cut_yuan, found.held) == ("none", D(6000000), D("0.00"), False)
    assert (found.floor_yuan, found.ceiling_yuan) == (D("0.00"), D(6000000))
    assert found.notes == (
        "规则 R1-连续差（取消安排）未采用：“三保”支出不自动压减。",
        "规则 R1-整改（整改到位前暂缓下达）未采用：“三保”支出不自动压减。",
    )


@pytest.mark.parametrize(
    ("duration", "previous", "base"),
    [("recurring", "5000000", "5000000"), ("continuing", "5000000", "5000000"), ("one_off", "5000000", "6000000"),
     ("recurring", "0", "6000000")],
)
def test_base(duration, previous, base):
    assert case("中", previous=previous, duration=Duration(duration)).base_yuan == D(base)


def test_cut_of_the_declared_amount():
    found = suggest(case("中"), [rule(action="cut", share="0.10", base="declared")])
    assert (found.suggested_yuan, found.cut_yuan) == (D(5400000), D("0.00"))


def test_limits_of_the_human_decision():
    found = suggest(case("中"), [rule(action="cut", share="0.10", lowest_share="0.05", highest_share="0.30")])
    assert (found.floor_yuan, found.suggested_yuan, found.ceiling_yuan) == (D(3500000), D(4500000), D(4750000))


@pytest.mark.parametrize(
    ("conditions", "facts", "hit"),
    [
        ({}, {}, True),
        ({"evaluations": ["fiscal"]}, {}, True),
        ({"evaluations": ["self", "department"]}, {}, False),
        ({"execution_below": "0.60"}, {"execution_rate": D("0.5999")}, True),
        ({"execution_below": "0.60"}, {"execution_rate": D("0.60")}, False),
        ({"execution_below": "0.60"}, {}, False),
        ({"grades": ["差"]}, {}, False),
        ({"durations": ["one_off"]}, {}, False),
        ({"rectifications": ["failed"]}, {}, False),
        ({"poor_years_from": 1}, {}, False),
        ({"poor_years_to": 1}, {"poor_years": 2}, False),
        ({"grades": ["中"], "durations": ["recurring"], "poor_years_to": 1}, {}, True),
        ({"grades": ["中"], "durations": ["one_off"]}, {}, False),
    ],
)
def test_a_rule_hits_when_all_its_conditions_hold(conditions, facts, hit):
    found = suggest(case("中", **facts), [rule(action="freeze", **conditions)])
    assert bool(found.hits) is hit


amounts = st.decimals(min_value=0, max_value=10**9, places=2)


@settings(deadline=None)
@given(previous=amounts, declared=amounts, share=st.decimals(min_value=0, max_value=1, places=4))
def test_suggestion_never_exceeds_the_declaration_nor_what_the_rule_leaves(previous, declared, share):
    found = suggest(case("中", previous=previous, declared=declared), [rule(action="cut", share=str(share))])
    assert 0 <= found.suggested_yuan <= declared
    assert found.suggested_yuan == min(declared, found.hits[0].allowed_yuan)
    assert found.floor_yuan <= found.suggested_yuan <= found.ceiling_yuan
