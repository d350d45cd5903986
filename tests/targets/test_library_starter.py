"""The library that comes with the system: enough of it, and every indicator as the rules of the field want them."""

import re
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from core.models import AuditEntry
from core.rulebook import Rulebook, preset
from targets import rules
from targets.forms import SOURCES
from targets.models import LEVEL1_OF, Level1, LibraryIndicator
from targets.queries import sectors_named_in, starter_files
from targets.services import load_starter_library, revise_entry, starter_entries
from tests.factories.cast import NOON

ENTRIES = starter_entries()
VAGUE = Rulebook.from_data(preset("mof-2020")).quality.vague_words
INPUTS = re.compile(r"投入资金|拨付资金额|采购经费|安排资金|经费支出数")
ACCIDENTS = re.compile(r"事故起数|死亡人数$|伤亡人数$|事件起数|疫情发生起数")
RATES = ("%", "‰", "人/10万")


def shown(entry) -> str:
    return f"{entry['sector'] or '共性'} {entry['level2']} {entry['name']}"


def test_there_are_enough_in_enough_sectors_and_of_every_kind():
    sectors = Counter(entry["sector"] for entry in ENTRIES)
    assert len(ENTRIES) >= 320
    assert len(sectors) >= 17
    assert min(sectors.values()) >= 12
    by_level1 = Counter(LEVEL1_OF[entry["level2"]] for entry in ENTRIES)
    assert set(by_level1) == set(Level1)
    for sector in sectors:
        assert {LEVEL1_OF[entry["level2"]] for entry in ENTRIES if entry["sector"] == sector} == set(Level1), sector


def test_no_two_are_the_same_and_no_name_stands_in_two_sectors():
    names = Counter(entry["name"] for entry in ENTRIES)
    assert [name for name, count in names.items() if count > 1] == []


def faults_of(entry) -> list[str]:
    """What the rules of the field (§2.2, §3.3) would say against it, in a word each."""
    name, usual, percent = entry["name"], entry["usual_value"], entry["unit_of_measure"] == "%"
    direction, level1 = entry["direction"], LEVEL1_OF[entry["level2"]]
    stated = direction == "state"
    found = {
        "incomplete": any(rules.entry_is_complete(LibraryIndicator(**entry))),
        "category in the name, or several in one": name.endswith("指标") or "、" in name or not 3 <= len(name) <= 30,
        "vague": any(word in name.replace("有效", "") + entry["expected_state"] for word in VAGUE),
        "input": bool(INPUTS.search(name)),
        "explanation": len(entry["explanation"]) < 12 or not entry["explanation"].endswith("。"),
        "no deduction": not re.search(r"扣\d+%|得分=|扣分", entry["scoring_standard"]),
        "source": entry["source"] not in SOURCES,
        "unit or state": bool(entry["expected_state"]) != stated or bool(entry["unit_of_measure"]) == stated,
        "over 100 %": percent and usual is not None and not 0 <= usual <= 100,
        "≥100 %": percent and (direction, usual) == ("higher", 100),
        "a count in per cent": percent and name.endswith(("人数", "次数", "场次", "人次", "面积", "里程", "户数")),
        "a rate without per cent": name.endswith("率") and entry["unit_of_measure"] not in RATES,
        "cost upwards": level1 == Level1.COST and direction == "higher" and "节约" not in name,
        "satisfaction": level1 == Level1.SATISFACTION and (direction, percent) != ("higher", True),
        "accidents": bool(ACCIDENTS.search(name)) and (direction, usual) != ("equal", 0),
    }
    return [f"{shown(entry)}: {fault}" for fault, holds in found.items() if holds]


def test_every_one_is_concrete_measurable_and_says_how_it_is_scored():
    assert [fault for entry in ENTRIES for fault in faults_of(entry)] == []


GOOD = ENTRIES[0]


@pytest.mark.parametrize(("changed", "fault"), [
    ({"name": "数量指标"}, "category in the name, or several in one"), ({"name": "投入资金"}, "input"),
    ({"direction": "higher", "usual_value": 100, "unit_of_measure": "%"}, "≥100 %"),
    ({"level2": "service_satisfaction", "direction": "lower"}, "satisfaction"),
    ({"name": "安全事故起数", "usual_value": 1}, "accidents"), ({"scoring_standard": "按完成情况给分。"}, "no deduction"),
    ({"unit_of_measure": ""}, "unit or state"),
])
def test_the_check_itself_finds_what_it_is_for(changed, fault):
    assert f"{shown(GOOD | changed)}: {fault}" in faults_of(GOOD | changed)


def test_a_second_run_changes_nothing_and_keeps_what_finance_has_changed(cast):
    assert load_starter_library(by=None, at=NOON) == len(ENTRIES)
    assert LibraryIndicator.objects.usable().count() == len(ENTRIES)
    entry = LibraryIndicator.objects.get(name="路面技术状况优良中等路率")
    revise_entry(entry, {"explanation": "以省厅检测结果为准的路况评定。"}, by=cast.zhou_xiaolan, at=NOON)
    before = AuditEntry.objects.count()
    assert load_starter_library(by=None, at=NOON) == 0
    assert AuditEntry.objects.count() == before
    entry.refresh_from_db()
    assert entry.explanation == "以省厅检测结果为准的路况评定。"


@pytest.mark.parametrize(("text", "sectors"), [
    ("公路养护", ["交通运输"]), ("县交通运输局", ["交通运输"]), ("卫生服务", ["医疗卫生"]), ("环境卫生", ["住房城建"]),
    ("生态环境", ["生态环境"]), ("县教育和体育局", ["体育", "教育"]), ("交通运输", ["交通运输"]), ("监管执法", []), ("", []),
])
def test_a_projects_field_or_department_tells_its_sectors(text, sectors):
    assert sorted(sectors_named_in(text)) == sorted(sectors)


def test_every_sector_but_the_common_one_has_words_of_its_own():
    words = [(word, data["sector"]) for data in starter_files() for word in data.get("words", ())]
    assert len({word for word, _ in words}) == len(words)
    assert {data["sector"] for data in starter_files()} - {sector for _, sector in words} == {"共性"}


@pytest.mark.django_db
def test_the_command_says_what_it_did():
    out = StringIO()
    call_command("load_indicator_library", stdout=out)
    assert out.getvalue().strip() == f"新装入 {len(ENTRIES)} 条指标，指标库现有可用指标 {len(ENTRIES)} 条。"
