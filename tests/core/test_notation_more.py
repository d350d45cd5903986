"""Cells written for this project in the ways published forms have them, labelled before the reader saw them."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.notation import Reading, compare, direction_of, read_actual, read_target, to_actual, to_requirement
from core.scoring import Direction, Kind, Status, score_indicator
from tests.core.books import book
from tests.core.test_notation import agreement

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "more-value-cells.json").read_text(encoding="utf-8"))
YEAR = 2023
WEIGHT = 10
DEFAULTS = book()
UNSAID = {"op": None, "values": [], "unit": "", "date": None, "text": ""}


def readings(record: dict[str, Any]) -> tuple[Reading | None, Reading | None, Direction]:
    around = {"unit_col": record["unit_col"], "name": record["name"], "year": record.get("year", YEAR)}
    target = actual = None
    if record["target_gold"]:
        target = read_target(record["target"], operator_col=record["operator_col"], level2=record["l2"], **around)
    if record["actual_gold"]:
        actual = read_actual(record["actual"], target=target, **around)
    return target, actual, direction_of(target, record["name"], record["l2"])[0]


def accepted(record: dict[str, Any], field: str) -> list[Any]:
    return [record[field], *record.get("alt", {}).get(field, [])]


def is_right(reading: Reading | None, record: dict[str, Any], field: str) -> bool:
    if reading is None:
        return True
    labels = [UNSAID | label for label in accepted(record, field)]
    return any(all(agreement(reading, label, record.get("name_unit", "")).values()) for label in labels)


def named(record: dict[str, Any]) -> str:
    return f"{record['l2']}-{record['name']}-{record['target']}-{record['actual']}"


def test_the_set_is_whole():
    assert len(RECORDS) == 1374


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_both_cells_are_read_compared_and_scored_as_labelled(record):
    target, actual, direction = readings(record)
    assert is_right(target, record, "target_gold"), target.as_data()
    assert is_right(actual, record, "actual_gold"), actual.as_data()
    assert direction in accepted(record, "direction")
    if target and actual:
        assert compare(target, actual, direction=direction).met in accepted(record, "met")
    if record.get("score"):
        assert default_score(target, actual, direction) == record["score"]


def default_score(target: Reading, actual: Reading, direction: Direction) -> str:
    working = score_indicator(
        to_requirement(target), to_actual(actual), weight=WEIGHT, book=DEFAULTS, direction=direction
    )
    assert (target.kind, actual.kind, working.status) == (Kind.NUMERIC, Kind.NUMERIC, Status.SCORED)
    return str(working.score)


def test_more_than_five_hundred_records_have_a_score():
    assert len([record for record in RECORDS if record.get("score")]) == 579
