"""Declarations of tests/data/declarations as the quality check sees them, without a database."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.rulebook import Rulebook, preset
from targets import rules
from targets.models import Indicator
from targets.rules import INDICATOR_FIELDS
from tests.targets.makers import line

FOLDER = Path(__file__).resolve().parent.parent / "data" / "declarations"
TITLE = "“试点项目”2026年度绩效目标"
REQUESTED = Decimal("12800000.00")


@cache
def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def rulebook(name: str) -> Rulebook:
    """The preset with the checks on that it leaves to places that ask for explanations and a schedule."""
    data = preset(name)
    levels = data["quality"]["levels"] | {"explanation_given": "advise", "schedule_written": "advise"}
    return Rulebook.from_data(data | {"quality": data["quality"] | {"levels": levels}})


def indicators(written: Sequence[str]) -> list[Indicator]:
    return [_indicator(each) for each in written]


def _indicator(written: str) -> Indicator:
    cells = [cell.strip() for cell in written.split("|")]
    return Indicator(**line(*cells[:6], explanation="以年度统计台账为准"), actual_shown=cells[6] if len(cells) > 6 else "")


def contents_of(lines: Sequence[Indicator]) -> list[dict[str, Any]]:
    return [{name: getattr(each, name) for name in INDICATOR_FIELDS} for each in lines]


def subject(case: Mapping[str, Any]) -> rules.Subject:
    """A good declaration, or one that names its ``base`` and what is changed in it."""
    base = read("good")[case["base"]] if "base" in case else case
    lines = indicators([
        written for row, written in enumerate(base["lines"], start=1) if row not in case.get("drop", ())
    ] + case.get("add", []))
    for row, values in case.get("line", {}).items():
        for name, value in values.items():
            number = name in ("target_value", "weight") and value is not None
            setattr(lines[row - 1], name, Decimal(str(value)) if number else value)
    return rules.Subject(
        title=TITLE, project_name=case.get("project", base["project"]), year=2026,
        years=(2026, 2026 + case.get("more_years", 0)), book=rulebook(base.get("preset", "mof-2021-cost")),
        annual_goal=case.get("goal", base["goal"]), overall_goal=case.get("overall", ""),
        requested=Decimal(str(case.get("requested", REQUESTED))),
        sources_total=Decimal(str(case.get("sources", case.get("requested", REQUESTED)))), indicators=tuple(lines),
        evidence=_evidence(case), steps=case.get("steps"),
    )


def _evidence(case: Mapping[str, Any]) -> rules.Evidence:
    last = case.get("last", {})
    return rules.Evidence(
        last={each.name: each for each in indicators(last.get("lines", []))}, last_goal=last.get("goal", ""),
        last_money=Decimal(str(last["money"])) if "money" in last else None,
        others={
            tuple(name.split("|")): tuple(Decimal(str(value)) for value in values)
            for name, values in case.get("others", {}).items()
        },
    )


def told(found: Sequence[rules.Finding]) -> list[str]:
    """Code, row and field of each, as the data files write them."""
    return [" ".join(str(part) for part in (each.code, each.row or "", each.field) if part) for each in found]
