"""Planted faults are found exactly where they are, good declarations are left in peace, and mends mend one thing."""

from dataclasses import fields, replace

import pytest

from core.rulebook import Rulebook, preset, preset_names
from core.rulebook.quality import QualityLevels
from core.rulebook.terms import CheckLevel
from targets import rules
from targets.models import Indicator
from tests.targets.planted import TITLE, contents_of, read, rulebook, subject, told

GOOD, FAULTY = read("good"), read("faulty")


def found_in(name: str) -> list[rules.Finding]:
    return rules.findings(subject(FAULTY[name]))


@pytest.mark.parametrize("name", GOOD)
def test_a_good_declaration_is_left_in_peace(name):
    judged = subject(GOOD[name])
    assert told(rules.findings(judged)) == []
    assert len(rules.checks_kept(judged, [])) == len(rules.CHECKS)


def test_good_ones_are_many_and_use_every_weight_template():
    used = {
        tuple(given.get(level, 0) > 0 for level in (rules.LEVELS[0], rules.LEVELS[-1]))
        for given in (rules.weights_by_level(each.indicators, each.book) for each in map(subject, GOOD.values()))
    }
    assert len(GOOD) >= 20
    assert used == {(False, False), (False, True), (True, False), (True, True)}
    assert {case.get("preset", "mof-2021-cost") for case in GOOD.values()} == {"mof-2020", "mof-2021-cost", "hubei-20"}


def test_points_count_in_the_level_that_the_rule_set_puts_them_in():
    case = GOOD["reading_rooms"]
    given = rules.weights_by_level(subject(case).indicators, rulebook("hubei-20"))
    assert {level.value: str(points) for level, points in given.items()} == {"output": "40.00", "benefit": "40.00"}
    short = subject(case | {"line": {2: {"weight": "3"}}})
    (found,) = rules.findings(short)
    assert found.short == "产出指标权重合计 33.00 分，应为 40 分"
    after = found.mend.applied(contents_of(short.indicators))
    assert [str(each["weight"]) for each in after] == ["18.18", "3.64", "10.91", "7.27", "20.00", "10.00", "10.00"]


@pytest.mark.parametrize("name", FAULTY)
def test_a_planted_fault_is_found_there_and_nowhere_else(name):
    assert told(found_in(name)) == FAULTY[name]["expect"]


def test_every_check_has_a_planted_fault():
    planted = {each.split()[0] for case in FAULTY.values() for each in case["expect"]}
    assert len(FAULTY) >= 60
    assert planted == {check.code for check in rules.CHECKS}


@pytest.mark.parametrize("name", FAULTY)
def test_every_finding_is_a_sentence_about_this_declaration(name):
    for finding in found_in(name):
        assert finding.sentence.startswith(TITLE) and finding.sentence.endswith("。")
        assert finding.short and "。" not in finding.short
        row = f"第 {finding.row} 行" if finding.row else ""
        assert row in finding.sentence


MENDABLE = [(name, place) for name in FAULTY for place, finding in enumerate(found_in(name)) if finding.mend]


@pytest.mark.parametrize(("name", "place"), MENDABLE)
def test_a_mend_clears_its_finding_and_changes_nothing_else(name, place):
    judged = subject(FAULTY[name])
    finding = rules.findings(judged)[place]
    lines = contents_of(judged.indicators)
    after = finding.mend.applied(lines)
    assert after == [
        old | dict(finding.mend.lines.get(row, {})) for row, old in enumerate(lines, start=1)
        if row not in finding.mend.drops
    ]
    assert after != lines or finding.mend.texts
    mended = replace(judged, indicators=tuple(Indicator(**each) for each in after), **finding.mend.texts)
    assert finding.identity not in [each.identity for each in rules.findings(mended)]


def test_some_thirty_faults_have_a_mend():
    assert len(MENDABLE) >= 30


@pytest.mark.parametrize(("name", "label", "changes"), [
    ("at least a full rate", "改为 =100%", {3: {"operator": "="}}),
    ("no unit", "填上“%”", {4: {"unit_of_measure": "%"}}),
    ("no unit but last year had one", "填上“人”", {1: {"unit_of_measure": "人"}}),
    ("name begins with its category", "改为“日常养护里程”", {2: {"name": "日常养护里程"}}),
    ("complaints of at least", "改为“≤”", {4: {"operator": "<="}}),
    ("day of last year", "改为 2026年", {6: {"target_text": "2026年12月底前印发管养细则"}}),
    ("quality in quantity", "移到质量指标", {3: {"level2": "quality"}}),
    ("no scoring standard", "采用范本", {4: {"scoring_standard": "不超过得满分，每超1%扣该项分值的5%，扣完为止"}}),
])
def test_what_a_mend_says_it_does(name, label, changes):
    mend = next(finding.mend for finding in found_in(name) if finding.mend)
    assert (mend.label, mend.lines, mend.drops, mend.texts) == (label, changes, frozenset(), {})


def test_weights_are_rescaled_to_the_hundredth():
    case = {"base": "roads", "line": {2: {"weight": 7}, 3: {"weight": 7}, 4: {"weight": 7}}}
    (finding,) = rules.findings(subject(case))
    assert {row: str(values["weight"]) for row, values in finding.mend.lines.items()} == {
        2: "13.33", 3: "13.33", 4: "13.34",
    }


def test_a_duplicate_gives_its_points_to_the_first():
    finding = next(each for each in found_in("same name in two outputs") if each.code == "G-18")
    assert (finding.mend.label, finding.mend.drops) == ("删除第 2 行，权重并入第 1 行", frozenset({2}))
    assert {row: str(values["weight"]) for row, values in finding.mend.lines.items()} == {1: "30.00"}


@pytest.mark.parametrize(("name", "sentence"), [
    ("at least a full rate", "第 3 行“交工验收合格率”写成 ≥100%，比率不会超过 100%，请改为 =100%。"),
    ("easier than last year", "第 2 行“日常养护里程”为 ≥1,204.8公里，比上年指标 ≥1,250公里 宽松，请核对或写明理由。"),
    ("below what was reached",
     "第 2 行“处理生活污水”为 ≥180万立方米，而上年实际已达 205 万立方米，请参照上年实际提高，或写明理由。"),
    ("money grows and work does not",
     "第 2 行“日常养护里程”由上年 ≥1,200公里 改为 ≥1,204.8公里，申请数由 900.00 万元变为 1,280.00 万元，"
     "单位成本上升 42%，超过 30%，请核对任务量或写明理由。"),
    ("far from other projects",
     "第 6 行“学生和家长满意度”为 ≥75%，而同名指标在 6 个项目中多在 97 到 98 之间，请核对，确有不同的写明理由。"),
    ("goal says another number", "的年度总体目标写有“1,300公里”，指标中没有相同的数，请改为一致。"),
])
def test_the_sentence_names_figure_limit_and_way_out(name, sentence):
    assert [each.sentence for each in found_in(name)] == [TITLE + sentence]


def test_too_few_others_are_no_measure():
    case = FAULTY["dearer than other projects"]
    four = {name: values[:4] for name, values in case["others"].items()}
    assert told(rules.findings(subject(case | {"others": four}))) == []


def test_every_check_has_a_level_in_every_preset():
    names = [each.name for each in fields(QualityLevels)]
    assert sorted(check.name for check in rules.CHECKS) == sorted(names)
    assert len({check.code for check in rules.CHECKS}) == len(rules.CHECKS)
    for name in preset_names():
        assert rulebook(name).quality.levels.weights_due is CheckLevel.BLOCK


def with_level(name: str, level: str) -> Rulebook:
    data = preset("mof-2021-cost")
    quality = data["quality"] | {"levels": data["quality"]["levels"] | {name: level}}
    return Rulebook.from_data(data | {"quality": quality})


@pytest.mark.parametrize(("level", "stopped"), [
    ("block", [f"{TITLE}第 4 行“水毁抢修到场时间”没有评（扣）分标准，请写明怎样得分、怎样扣分。"]),
    ("explain", [f"{TITLE}第 4 行“水毁抢修到场时间”没有评（扣）分标准，请写明怎样得分、怎样扣分。不改的请在质量检查中写明保留的理由。"]),
    ("advise", []), ("off", []),
])
def test_the_rule_set_decides_how_strict_a_check_is(level, stopped):
    judged = replace(subject(FAULTY["no scoring standard"]), book=with_level("standard_given", level))
    assert [each.sentence for each in rules.stands_against(judged)] == stopped
    assert told(rules.findings(judged)) == ([] if level == "off" else ["G-12 4 scoring_standard"])


def test_a_reason_holds_for_the_figures_it_was_given_for():
    judged = subject(FAULTY["easier than last year"])
    (finding,) = rules.findings(judged)
    kept = replace(judged, evidence=replace(judged.evidence, kept={finding.identity: "移交市级管养 45.2 公里。"}))
    assert list(rules.stands_against(kept)) == []
    lower = subject(FAULTY["easier than last year"] | {
        "last": {"lines": ["quantity | 日常养护里程 | >= | 1300 | 公里 | 15"]},
    })
    again = replace(lower, evidence=replace(lower.evidence, kept=kept.evidence.kept))
    assert [each.code for each in rules.stands_against(again)] == ["G-15"]
