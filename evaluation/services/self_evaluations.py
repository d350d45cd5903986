"""Opening and filling in the self-evaluations of a year."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets.models import FiscalYear, ProjectYear
from core import audit, bulk, records
from core.access import Role
from core.batches import Batch, each
from core.errors import refuse_any
from core.transitions import perform
from evaluation import queries, rules
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.services.scoring import work_out

SCORE_FIELDS = (
    "actual_value", "quality", "actual_text", "not_applicable", "over_cause", "entered_score", "reason",
)
WORKED_OUT = ("proposed_score", "owes_reason", "working")
TEXTS = ("goal_result", "execution_reason", "conclusion")


def open_self_evaluations(
    fiscal_year: FiscalYear, *, by, at: datetime, progress: Callable[[int, int], None] | None = None
) -> Batch:
    """Open one for every project-year in execution that has none. Repeatable: what is open stays as it is."""
    _refuse_strangers(by)
    waiting = list(queries.awaiting_self_evaluation(fiscal_year))
    return each(waiting, lambda year: open_self_evaluation(year, by=by, at=at), progress=progress)


@transaction.atomic
def open_self_evaluation(project_year: ProjectYear, *, by, at: datetime) -> SelfEvaluation:
    """A draft with the year's money and the figures last accepted in monitoring; moves the project-year on."""
    _refuse_strangers(by)
    declaration = queries.approved_declaration(project_year)
    refuse_any(rules.may_open_self_evaluation(
        project_year, has_declaration=declaration is not None, is_open=project_year.self_evaluations.exists()
    ))
    sheet = SelfEvaluation(
        project_year=project_year, declaration=declaration, initial_yuan=project_year.initial_yuan,
        budget_yuan=project_year.budget_yuan, executed_yuan=project_year.spent_yuan,
    )
    reported = queries.monitored_values(project_year)
    scores = [_first_score(sheet, indicator, reported) for indicator in declaration.indicator_list()]
    for name, value in work_out(sheet, scores, monitored=_figures(reported)).items():
        setattr(sheet, name, value)
    records.create(sheet, by=by, at=at, label="发起自评")
    SelfScore.objects.bulk_create(scores)
    perform(project_year, "start_self_evaluation", by=by, at=at, cause=sheet)
    return sheet


def _refuse_strangers(by) -> None:
    if not by.holds(Role.FISCAL_PERFORMANCE):
        raise PermissionDenied("您没有发起单位自评的权限，请由财政绩效股办理。")


def _first_score(sheet: SelfEvaluation, indicator, reported) -> SelfScore:
    last = reported.get(indicator.pk)
    return SelfScore(
        self_evaluation=sheet, indicator=indicator, actual_value=last.actual_value if last else None,
        quality=last.quality if last else "", actual_text=last.actual_text if last else "",
    )


def _figures(reported) -> dict[int, Decimal]:
    return {key: value.actual_value for key, value in reported.items() if value.actual_value is not None}


def fill_self_evaluation(
    sheet: SelfEvaluation, *, texts: Mapping[str, str], rows: Mapping[int, Mapping[str, Any]], by, at: datetime,
    seen: int | None = None,
) -> SelfEvaluation:
    """Save a draft and work every score out afresh.

    Shape: ``texts`` any of ``TEXTS``; ``rows`` indicator id to any of ``SCORE_FIELDS``.
    Raises ``PermissionDenied`` for others than the unit's operator, ``RuleViolation`` for a stale or closed sheet and
    for points outside an indicator's own.
    """
    scores = sheet.score_list()
    for score in scores:
        for name, value in rows.get(score.indicator_id, {}).items():
            if name in SCORE_FIELDS:
                setattr(score, name, value)
    refuse_any(reason for score in scores for reason in rules.self_score_is_sound(sheet, score))
    changes = {name: texts[name] for name in TEXTS if name in texts}
    changes |= work_out(sheet, scores, monitored=_figures(queries.monitored_values(sheet.project_year)))

    def write_scores(row: SelfEvaluation) -> dict[str, Any]:
        bulk.update(scores, [*SCORE_FIELDS, *WORKED_OUT])
        return {"scores": _kept(scores)}

    return records.save_draft(sheet, by=by, at=at, changes=changes, seen=seen, also=write_scores)


def _kept(scores: Sequence[SelfScore]) -> list[dict[str, Any]]:
    return [
        audit.plain({"indicator": score.indicator.name, "score": score.score, "reason": score.reason}
                    | {name: getattr(score, name) for name in ("actual_value", "quality", "not_applicable")})
        for score in scores
    ]
