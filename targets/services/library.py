"""Proposing, adding, revising and loading indicators of the library."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import records
from core.access import Role
from core.errors import refuse_any
from targets import rules
from targets.models import LEVEL1_OF, Direction, IndicatorLine, LibraryIndicator, LibraryState
from targets.models.library import PROPOSERS
from targets.queries import starter_files, starter_standards

LIBRARY_CONTENT = (
    "sector", "level2", "name", "direction", "unit_of_measure", "usual_value", "expected_state", "explanation",
    "scoring_standard", "source",
)
DIRECTION_WORDS = {
    "不低于": Direction.HIGHER, "不超过": Direction.LOWER, "等于": Direction.EQUAL, "定性": Direction.STATE,
}
DIRECTION_OF = {">=": Direction.HIGHER, ">": Direction.HIGHER, "<=": Direction.LOWER, "<": Direction.LOWER}


def may_add(user) -> bool:
    return any(user.holds(role) for role in (Role.FISCAL_PERFORMANCE, *PROPOSERS))


@transaction.atomic
def add_to_library(content: Mapping[str, Any], *, by, at: datetime) -> LibraryIndicator:
    """A new indicator: approved at once when the performance section writes it, else a proposal for it to decide.

    Raises ``PermissionDenied`` for everybody else, ``RuleViolation`` for one that is incomplete or there already.
    """
    if not may_add(by):
        raise PermissionDenied("您没有向指标库提出指标的权限，请由单位经办人、主管部门绩效岗或财政绩效股办理。")
    decides = by.holds(Role.FISCAL_PERFORMANCE)
    entry = LibraryIndicator(
        **_row(content), state=LibraryState.APPROVED if decides else LibraryState.PROPOSED,
        proposer=None if decides else _place_of(by), submitted_by=None if decides else by,
    )
    return _create(entry, by=by, at=at, label="收录指标" if decides else "提出指标")


def _row(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content, "level1": LEVEL1_OF[content["level2"]].value}


def _place_of(user):
    """The organisation for which the person proposes."""
    return next(held.organisation for held in user.assignments if held.role in PROPOSERS)


def _create(entry: LibraryIndicator, *, by, at: datetime, label: str) -> LibraryIndicator:
    refuse_any([*rules.entry_is_complete(entry), *rules.entry_is_unique(entry)])
    return records.create(entry, by=by, at=at, label=label)


def content_from(indicator: IndicatorLine) -> dict[str, Any]:
    """What a declaration's line proposes for the library; its target value stays with the declaration."""
    direction = Direction.STATE if indicator.is_qualitative else DIRECTION_OF.get(indicator.operator, Direction.EQUAL)
    return {
        "sector": indicator.declaration.sector(), "level2": indicator.level2,
        "name": indicator.name, "direction": direction.value, "unit_of_measure": indicator.unit_of_measure,
        "usual_value": None, "expected_state": indicator.target_text, "explanation": indicator.explanation,
        "scoring_standard": indicator.scoring_standard, "source": indicator.source,
    }


@transaction.atomic
def revise_entry(
    entry: LibraryIndicator, changes: Mapping[str, Any], *, by, at: datetime, seen: int | None = None
) -> LibraryIndicator:
    """Change an indicator; one in use gets its next version, and what declarations took over stays as it was.

    Raises as ``records.save_draft`` does, and ``RuleViolation`` when it would be incomplete or the second of its name.
    """
    fresh = LibraryIndicator.objects.get(pk=entry.pk)
    version = fresh.version + (fresh.state == LibraryState.APPROVED)
    wanted = _row({"level2": fresh.level2} | dict(changes)) | {"version": version}
    for name, value in wanted.items():
        setattr(fresh, name, value)
    refuse_any([*rules.entry_is_complete(fresh), *rules.entry_is_unique(fresh)])
    return records.save_draft(entry, by=by, at=at, changes=wanted, seen=seen)


@cache
def starter_entries() -> tuple[dict[str, Any], ...]:
    """The indicators that come with the system, as content of library rows; written for this project, 2026-11."""
    standards = starter_standards()
    return tuple(entry for data in starter_files() for entry in _entries_of(data, standards))


def _entries_of(data: Mapping[str, Any], standards: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    sector = "" if data["sector"] == rules.COMMON else data["sector"]
    for level2, lines in data["indicators"].items():
        for name, word, unit, usual, standard, source, explanation in lines:
            direction = DIRECTION_WORDS[word]
            stated = direction == Direction.STATE
            yield {
                "sector": sector, "level2": level2, "name": name, "direction": direction.value,
                "unit_of_measure": "" if stated else unit, "expected_state": unit if stated else "",
                "usual_value": usual, "explanation": explanation, "scoring_standard": standards[standard],
                "source": source,
            }


@transaction.atomic
def load_starter_library(*, by, at: datetime) -> int:
    """Take in the starter library; what is there under the same sector, category and name is left as it is.

    Returns how many were added; a second run adds none.
    """
    present = set(LibraryIndicator.objects.values_list("sector", "level2", "name"))
    missing = [each for each in starter_entries() if (each["sector"], each["level2"], each["name"]) not in present]
    rows = [LibraryIndicator(**_row(content), state=LibraryState.APPROVED) for content in missing]
    return len(records.create_many(rows, by=by, at=at, label="装入通用指标库"))
