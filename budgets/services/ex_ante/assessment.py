"""The application, and what the outcome of the assessment does to the project-year."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from budgets.models import ExAnteAssessment, ProjectYear
from core import records
from core.transitions import effect_of, perform


@effect_of(ProjectYear, "start_ex_ante")
def open_assessment(project_year: ProjectYear, *, by, at: datetime, reason: str, data) -> None:
    """The draft that the unit fills in, for the amount asked for."""
    records.create(
        ExAnteAssessment(project_year=project_year, amount_applied_yuan=project_year.requested_yuan), by=by, at=at
    )


def fill_ex_ante(
    assessment: ExAnteAssessment, *, changes: Mapping[str, Any], by, at: datetime, seen: int | None = None
) -> ExAnteAssessment:
    """Save the unit's texts, amount and kind of object. Raises as ``records.save_draft`` does."""
    return records.save_draft(assessment, by=by, at=at, changes=changes, seen=seen)


@effect_of(ExAnteAssessment, "approve")
def admit_project(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data) -> None:
    """Into the pool, with the suggested amount as the most that may be asked for (domain rules §2.1, enter_pool)."""
    year = perform(assessment.project_year, "admit", by=by, at=at, cause=assessment)
    limits = [assessment.amount_suggested_yuan, year.ceiling_yuan]
    records.change(
        year, by=by, at=at, changes={"ceiling_yuan": min(limit for limit in limits if limit is not None)},
        label="按事前评估结论确定申报上限",
    )


@effect_of(ExAnteAssessment, "refuse", "drop")
def turn_project_down(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data) -> None:
    perform(assessment.project_year, "reject", by=by, at=at, reason=reason, cause=assessment)


@effect_of(ExAnteAssessment, "revise")
def reconsider_project(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data) -> None:
    perform(assessment.project_year, "reconsider", by=by, at=at, reason=reason, cause=assessment)
