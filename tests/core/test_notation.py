"""The labelled cells of published forms: how many are read, compared and scored as a careful person would."""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.notation import Reading, compare, direction_of, read_actual, read_target, to_actual, to_requirement
from core.scoring import Kind, Status, score_indicator
from tests.core.books import book

CELLS = Path(__file__).parents[1] / "data" / "value-cells.json"
SIDES = ("target", "actual")
ASPECTS = ("kind", "op", "values", "unit", "date", "text", "date_from", "parts", "per")
NUMBERS = {Kind.NUMERIC.value, Kind.DURATION.value}
DEFAULTS = book()


@dataclass(frozen=True)
class Case:
    """One record with its two readings and which aspects of them are right."""

    record: dict[str, Any]
    readings: dict[str, Reading]
    right: dict[str, dict[str, bool]]

    @property
    def is_read_right(self) -> bool:
        return len(self.right) == 2 and all(all(aspects.values()) for aspects in self.right.values())

    def accepts(self, field: str, value: object) -> bool:
        alt = self.record.get("alt") or {}
        return value == self.record[field] or (field in alt and value == alt[field])


@cache
def cases() -> list[Case]:
    records = json.loads(CELLS.read_text(encoding="utf-8"))
    return [case_of(record) for record in records if not record.get("skip")]


def case_of(record: dict[str, Any]) -> Case:
    around = {"unit_col": record["unit_col"], "name": record["name"], "year": record["year"]}
    readings, right = {}, {}
    for side in SIDES:
        if record[f"{side}_gold"] is None:
            continue
        if side == "target":
            readings[side] = read_target(
                record["target"], operator_col=record["operator_col"], level2=record["l2"], **around
            )
        else:
            readings[side] = read_actual(record["actual"], target=readings.get("target"), **around)
        labels = [record[f"{side}_gold"], (record.get("alt") or {}).get(f"{side}_gold")]
        verdicts = [agreement(readings[side], label, record["name_unit"]) for label in labels if label]
        right[side] = max(verdicts, key=lambda verdict: sum(verdict.values()))
    return Case(record, readings, right)


def agreement(reading: Reading, label: dict[str, Any], name_unit: str) -> dict[str, bool]:
    """Aspect by aspect; a duration is a number, a date has no operator, the unit of the name may stand for none."""
    data = reading.as_data()
    verdict = {aspect: data.get(aspect) == label.get(aspect) for aspect in ASPECTS}
    verdict["kind"] |= {data["kind"], label["kind"]} <= NUMBERS
    verdict["op"] |= label["kind"] in {"date", "period"}
    verdict["values"] = [Decimal(value) for value in data["values"]] == [Decimal(value) for value in label["values"]]
    verdict["unit"] |= bool(name_unit) and {data["unit"], label["unit"]} <= {name_unit, ""}
    return verdict


def wrong(aspect: str) -> list[str]:
    """Cells of unambiguous records with a wrong aspect."""
    return [
        f"{case.record['id']} {side}: {case.record[side]!r} → {case.readings[side].as_data()}"
        for case in cases() if not case.record["ambiguous"]
        for side, aspects in case.right.items() if not aspects[aspect]
    ]


def labelled() -> int:
    return sum(len(case.right) for case in cases() if not case.record["ambiguous"])


def share(capsys: pytest.CaptureFixture[str], label: str, errors: list[str], whole: int) -> Decimal:
    """The share that is right, printed with every error."""
    rate = Decimal(whole - len(errors)) / whole
    with capsys.disabled():
        sys.stdout.write("\n  ".join(("", f"{label}：{whole - len(errors)}/{whole} = {rate:.2%}", *errors, "")))
    return rate


def proposed_score(case: Case) -> str | None:
    """Points under the default rules, where both sides are single numbers and the weight is a number."""
    try:
        weight = Decimal(case.record["weight"])
    except (InvalidOperation, TypeError):
        return None
    target, actual = case.readings["target"], case.readings["actual"]
    if not target.kind is actual.kind is Kind.NUMERIC:
        return None
    direction = direction_of(target, case.record["name"], case.record["l2"])[0]
    working = score_indicator(
        to_requirement(target), to_actual(actual), weight=weight, book=DEFAULTS, direction=direction
    )
    return str(working.score) if working.status is Status.SCORED else None


def verdict_of(case: Case) -> bool | None:
    direction = direction_of(case.readings["target"], case.record["name"], case.record["l2"])[0]
    return compare(case.readings["target"], case.readings["actual"], direction=direction).met


def test_the_set_is_whole():
    assert len(cases()) == 323
    assert labelled() == 474


def test_the_kind_is_right(capsys):
    assert share(capsys, "类别", wrong("kind"), labelled()) >= Decimal("0.98")


@pytest.mark.parametrize(("aspect", "label"), [("op", "算符"), ("values", "数值"), ("unit", "单位")])
def test_operator_values_and_unit_are_right(capsys, aspect, label):
    assert share(capsys, label, wrong(aspect), labelled()) >= Decimal("0.97")


@pytest.mark.parametrize("aspect", ["date", "text", "date_from", "parts", "per"])
def test_the_other_aspects_are_right(aspect):
    assert wrong(aspect) == []


def test_met_is_right(capsys):
    judged = [case for case in cases() if len(case.readings) == 2 and case.record["met"] is not None]
    errors = [
        f"{case.record['id']}: {verdict_of(case)}" for case in judged if not case.accepts("met", verdict_of(case))
    ]
    assert len(judged) == 151
    assert share(capsys, "是否达到", errors, len(judged)) >= Decimal("0.97")


def test_what_cannot_be_told_is_not_guessed():
    open_cases = [case for case in cases() if len(case.readings) == 2 and case.record["met"] is None]
    guessed = [case.record["id"] for case in open_cases if not case.accepts("met", verdict_of(case))]
    assert len(open_cases) == 55
    assert guessed == []


def test_the_default_score_is_right_wherever_both_sides_are(capsys):
    read_right = [case for case in cases() if case.is_read_right]
    errors = [
        f"{case.record['id']}: {proposed_score(case)} ≠ {case.record['expected_score_default']}"
        for case in read_right if not case.accepts("expected_score_default", proposed_score(case))
    ]
    assert share(capsys, "默认规则得分", errors, len(read_right)) == 1
    assert Counter(proposed_score(case) is not None for case in read_right) == {True: 77, False: 129}


def test_direction_is_right(capsys):
    errors = [
        f"{case.record['id']} {case.record['name']}: {found.value}"
        for case in cases()
        if not case.accepts(
            "direction", found := direction_of(case.readings.get("target"), case.record["name"], case.record["l2"])[0]
        )
    ]
    assert share(capsys, "方向", errors, len(cases())) >= Decimal("0.97")


def test_plain_cells_raise_no_doubt():
    """Of the cells that no labeller doubted only the misspelt unit hm is doubted here."""
    doubted = [
        case.record[side] for case in cases() if not case.record["ambiguous"]
        for side, reading in case.readings.items() if reading.ambiguous
    ]
    assert doubted == ["25.26hm", "958.81hm", "412.83hm"]
