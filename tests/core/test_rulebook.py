"""Rule sets: the presets that come along, what they say, and every way bad data is refused."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import RuleViolation
from core.rulebook import Rulebook, linkage_presets, preset, preset_names
from core.rulebook.terms import Level
from tests.core.books import book, data_with


def sentences(data) -> list[str]:
    with pytest.raises(RuleViolation) as refusal:
        Rulebook.from_data(data)
    assert set(refusal.value.codes) == {"rulebook"}
    return [reason.sentence for reason in refusal.value.reasons]


def test_presets_are_listed():
    assert preset_names() == ("hubei-20", "mof-2020", "mof-2021-cost")


@pytest.mark.parametrize("name", ["hubei-20", "mof-2020", "mof-2021-cost"])
def test_preset_survives_json(name):
    parsed = Rulebook.from_data(preset(name))
    assert parsed.name == name
    assert Rulebook.from_data(json.loads(json.dumps(parsed.as_data()))) == parsed


STORED = json.loads((Path(__file__).parents[1] / "data" / "stored-rulesets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STORED)
def test_a_row_stored_by_an_earlier_release_stays_readable(name):
    """Rows are never rewritten, so a field added to the rule set needs a default; none may be renamed or dropped."""
    assert Rulebook.from_data(STORED[name]).name == name


def test_unknown_preset():
    with pytest.raises(KeyError, match="mof-1999"):
        preset("mof-1999")


def test_linkage_file_is_no_preset():
    with pytest.raises(KeyError, match="linkage"):
        preset("linkage")


@pytest.mark.parametrize(
    ("name", "has_cost", "has_satisfaction", "points"),
    [
        ("mof-2020", False, True, [10, 0, 50, 30, 10]),
        ("mof-2020", True, True, [10, 0, 50, 30, 10]),
        ("mof-2020", False, False, [10, 0, 50, 40, 0]),
        ("mof-2021-cost", True, True, [10, 20, 40, 20, 10]),
        ("mof-2021-cost", True, False, [10, 20, 40, 30, 0]),
        ("mof-2021-cost", False, True, [10, 0, 50, 30, 10]),
        ("mof-2021-cost", False, False, [10, 0, 50, 40, 0]),
        ("hubei-20", True, True, [20, 0, 40, 40, 0]),
    ],
)
def test_weight_template(name, has_cost, has_satisfaction, points):
    weights = book(name).weights.template(has_cost=has_cost, has_satisfaction=has_satisfaction)
    assert [weights.of(level) for level in Level] == points
    assert weights.total == 100
    assert weights.declared == 100 - points[0]


def test_local_variant_changes_what_it_names_and_keeps_the_rest():
    local, national = book("hubei-20"), book("mof-2020")
    assert (local.indicators.reverse, national.indicators.reverse) == ("ratio", "linear")
    assert (local.qualitative.partly_from, national.qualitative.partly_from) == (Decimal("0.50"), Decimal("0.60"))
    assert local.deadlines == national.deadlines
    assert [rule.code for rule in local.linkage] == ["R4-优良", "R4-中", "R4-差", "R4-一次性"]


def test_national_figures():
    national = book()
    assert [(band.name, band.lower) for band in national.grades] == [("优", 90), ("良", 80), ("中", 60), ("差", 0)]
    assert national.ex_ante.department_threshold_yuan == 1_000_000
    assert national.ex_ante.fiscal_threshold_yuan == 5_000_000
    assert national.ex_ante.pass_mark == 70
    assert (national.deadlines.approval, national.deadlines.feedback) == (20, 20)
    assert (national.deadlines.rectification_plan, national.deadlines.rectification_result) == (30, 60)
    assert [(each.last_month, each.due_month, each.due_day, each.optional) for each in national.monitoring_rounds] == [
        (7, 8, 31, False),
        (10, 11, 15, True),
    ]


@pytest.mark.parametrize(
    ("denominator", "figure"), [("initial", "100.00"), ("adjusted", "120.00"), ("received", "90.00")]
)
def test_execution_base(denominator, figure):
    rule = book(execution__denominator=denominator).execution
    given = {"initial": Decimal("100.00"), "adjusted": Decimal("120.00"), "received": Decimal("90.00")}
    assert rule.base(**given) == Decimal(figure)


def test_all_faults_are_named_at_once_with_their_paths():
    data = data_with(
        title=" ",
        execution__method="sometimes",
        execution__explain_below="1.5",
        over_completion__threshold="0.9",
        deadlines__approval="abc",
        deadlines__feedback="2.5",
        recheck_difference=True,
        weights__cost_in_output="yes",
        region=7,
        grades="优良中差",
        lamps__lag=None,
        colour="red",
    )
    del data["source"]
    assert sorted(sentences(data)) == sorted(
        [
            "规则集的“colour”有误：没有这个字段，请删去或改正名称。",
            "规则集的“title（名称）”有误：不能为空。",
            "规则集的“region（适用地区）”有误：应填文字。",
            "规则集的“source（依据文件）”有误：缺少这一项，请补填。",
            "规则集的“weights.cost_in_output（成本指标并入产出指标）”有误：应填 true 或 false。",
            "规则集的“execution.method（得分方法）”有误：“sometimes”不在可选值 proportional、intervals 之中。",
            "规则集的“execution.explain_below（执行率低于此值须说明原因）”有误：“1.5”超出范围，应在 0 至 1 之间。",
            "规则集的“over_completion.threshold（明显超额的界限（实际值÷目标值））”有误：“0.9”超出范围，应不小于 1。",
            "规则集的“deadlines.approval（财政批复天数）”有误：“abc”不是数字，请按文本填写十进制数。",
            "规则集的“deadlines.feedback（反馈意见天数）”有误：“2.5”应是整数。",
            "规则集的“recheck_difference（复核与自评相差多少分视为不可靠）”有误：“True”不是数字，请按文本填写十进制数。",
            "规则集的“grades（评价等级）”有误：应是至少 2 项的列表。",
            "规则集的“lamps.lag”有误：这里应是一组字段。",
        ]
    )


def test_not_a_rule_set_at_all():
    assert sentences(["优"]) == ["规则集有误：这里应是一组字段。"]


@pytest.mark.parametrize("number", [1.5, "NaN", "Infinity", None])
def test_numbers_are_exact(number):
    found = sentences(data_with(recheck_difference=number))
    assert found == [
        f"规则集的“recheck_difference（复核与自评相差多少分视为不可靠）”有误：“{number}”不是数字，请按文本填写十进制数。"
    ]


def weights(execution, cost, output, benefit, satisfaction):
    return {"execution": execution, "cost": cost, "output": output, "benefit": benefit, "satisfaction": satisfaction}


def tier(lower, share):
    return {"lower": lower, "share": share}


CUT = {"code": "甲", "action": "cut", "basis": "办法", "share": "0.10"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"weights__templates": [weights("10", "0", "50", "30", "5"), weights("10", "0", "50", "40", "0")]},
            "规则集的“weights.templates[1]”有误：各一级指标分值合计 95 分，应为 100 分。",
        ),
        (
            {"weights__templates": [weights("10", "0", "50", "30", "10")]},
            "规则集的“weights”有误：权重模板应按有无成本、有无满意度各列一套，共 2 套，现有 1 套或有重复。",
        ),
        (
            {"execution__steps": [tier("0.60", "0.5"), tier("0.80", "0.7")]},
            "规则集的“execution”有误：各区间下限应从高到低排列且不重复。",
        ),
        (
            {"execution__method": "intervals", "execution__steps": []},
            "规则集的“execution”有误：按区间得分时须列出得分区间。",
        ),
        (
            {"satisfaction": {"method": "tiers"}},
            "规则集的“satisfaction”有误：按区间得分时须列出满意度得分区间。",
        ),
        (
            {"satisfaction__tiers": [tier("0.60", "0.5"), tier("0.60", "0.7")]},
            "规则集的“satisfaction”有误：各区间下限应从高到低排列且不重复。",
        ),
        (
            {"qualitative__partly_from": "0", "qualitative__missed_share": "0"},
            "规则集的“qualitative”有误：部分达成的下限应大于 0 且小于达成的下限。",
        ),
        (
            {"qualitative__missed_share": "0.60"},
            "规则集的“qualitative”有误：各档建议比例应落在本档区间之内。",
        ),
        (
            {"not_applicable__move_to": "benefit"},
            "规则集的“not_applicable”有误：处理方式为并入时须指明并入的一级指标，其他方式不得指明。",
        ),
        (
            {"not_applicable__treatment": "move_to"},
            "规则集的“not_applicable”有误：处理方式为并入时须指明并入的一级指标，其他方式不得指明。",
        ),
        (
            {"grades": [{"name": "良", "lower": "60"}, {"name": "差", "lower": "10"}], "linkage": []},
            "规则集有误：等级应从高到低排列、下限不重复，最低一级下限为 0。",
        ),
        (
            {"grades": [{"name": "差", "lower": "60"}, {"name": "差", "lower": "0"}], "linkage": []},
            "规则集有误：等级名称不得重复。",
        ),
        (
            {"grades": [{"name": "", "lower": "60"}, {"name": "差", "lower": "0"}], "linkage": []},
            "规则集的“grades[1].name（等级名称）”有误：不能为空。",
        ),
        (
            {"review__dimensions": [{"name": "完整性", "items": [{"name": "规范", "points": "90"}]}]},
            "规则集的“review”有误：各评分项分值合计 90 分，应为 100 分。",
        ),
        (
            {"ex_ante__dimensions": [{"name": "必要性", "items": [{"name": "依据", "points": "99.5"}]}]},
            "规则集的“ex_ante”有误：各评分项分值合计 99.5 分，应为 100 分。",
        ),
        (
            {"ex_ante__fiscal_threshold_yuan": "999999.99"},
            "规则集的“ex_ante”有误：财政评估起点金额不应低于部门评估起点金额。",
        ),
        ({"lamps__lag__red_behind": "10"}, "规则集的“lamps.lag”有误：黄灯界限应小于红灯界限。"),
        ({"lamps__lag__red_ahead": "15"}, "规则集的“lamps.lag”有误：黄灯界限应小于红灯界限。"),
        ({"lamps__ratio__blue_from": "0.80"}, "规则集的“lamps.ratio”有误：红、绿、蓝灯的比值界限应依次增大。"),
        (
            {"linkage": [{"code": "甲", "action": "cut", "basis": "办法"}]},
            "规则集的“linkage[1]”有误：规则 甲 的压减比例只在压减时填写，且压减必须填写。",
        ),
        (
            {"linkage": [CUT | {"action": "freeze"}]},
            "规则集的“linkage[1]”有误：规则 甲 的压减比例只在压减时填写，且压减必须填写。",
        ),
        (
            {"linkage": [CUT | {"lowest_share": "0.15"}]},
            "规则集的“linkage[1]”有误：规则 甲 的建议压减比例应在最低与最高压减比例之间。",
        ),
        (
            {"linkage": [CUT | {"highest_share": "0.05"}]},
            "规则集的“linkage[1]”有误：规则 甲 的建议压减比例应在最低与最高压减比例之间。",
        ),
        (
            {"linkage": [CUT | {"poor_years_from": 3, "poor_years_to": 2}]},
            "规则集的“linkage[1]”有误：规则 甲 的连续年数下限大于上限。",
        ),
        (
            {"linkage": [CUT | {"grades": ["合格"]}]},
            "规则集有误：挂钩规则 甲 用到的等级“合格”不在评价等级 优、良、中、差 之中。",
        ),
    ],
)
def test_what_no_single_field_can_say(changes, sentence):
    assert sentences(data_with(**changes)) == [sentence]


def test_linkage_presets_name_their_source():
    assert set(linkage_presets()) == {"mof-2020", "shandong", "ladder-2012", "hubei", "balance", "chongqing-2011"}
    assert all(each["title"] and each["source"] and each["rules"] for each in linkage_presets().values())
