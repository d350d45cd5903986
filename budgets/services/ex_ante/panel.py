"""The panel: seating people, their drafts, counting what they gave, and closing the project to them again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from budgets import rules
from budgets.models import ExAnteAssessment, ExAnteReview, ExAnteScore
from budgets.services.access import close_access, grant_access
from core import audit, comments, records
from core.access import Role
from core.errors import refuse
from core.grades import score_ex_ante
from core.models import User
from core.money import half_up
from core.transitions import effect_of, lock, perform

GROUND = "事前绩效评估"


@effect_of(ExAnteAssessment, "convene", "add_reviewers")
def seat_reviewers(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data: Mapping[str, Any]) -> None:
    """Each gets a sheet and sees this one project for as long as the assessment runs (SEP-7)."""
    for person in data["reviewers"]:
        records.create(
            ExAnteReview(
                assessment=assessment, project_year=assessment.project_year, attempt=assessment.attempt,
                reviewer=person, capacity=_capacity_of(person),
            ),
            by=by, at=at, label="指定评估专家",
        )
        grant_access(assessment.project_year, person=person, ground=GROUND, by=by, at=at)
    if assessment.is_short_of_reviewers:
        _count(assessment, by=by, at=at)


def _capacity_of(person: User) -> Role:
    return next(role for role in rules.PANEL_ROLES if person.holds(role))


@transaction.atomic
def save_review(
    review: ExAnteReview, *, grades: Mapping[str, str], opinion: str, by, at: datetime, seen: int | None = None
) -> ExAnteReview:
    """Keep a reviewer's draft: item to grade of the rule set, an empty grade for an item left open.

    The audit entry says how much was graded and not how: it can be read by others before the scores are opened.
    Raises as ``records.open_draft`` does, and ``RuleViolation`` for a grade that the rule set does not know.
    """
    row = records.open_draft(review, by=by, seen=seen)
    given = {item: grade for item, grade in grades.items() if grade}
    row.scores.all().delete()
    ExAnteScore.objects.bulk_create(_scores_of(row, given))
    row.opinion = opinion
    row.revision += 1
    row.save()
    audit.record(
        "budgets.exantereview.edit", row, by=by, at=at, label="保存评分草稿", after={"已评项数": len(given)}
    )
    return row


def _scores_of(review: ExAnteReview, given: Mapping[str, str]) -> Iterable[ExAnteScore]:
    shares = {grade.name: grade.share for grade in review.rulebook().ex_ante.item_grades}
    unknown = sorted(set(given.values()) - shares.keys())
    if unknown:
        raise refuse("unknown_grade", f"等级“{unknown[0]}”不在 {'、'.join(shares)} 之中，请重新选择。")
    return [
        ExAnteScore(
            review=review, dimension=dimension.name, item=item.name, points=item.points, grade=given[item.name],
            score=half_up(item.points * shares[given[item.name]]),
        )
        for dimension in review.assessment.dimensions() for item in dimension.items if item.name in given
    ]


@effect_of(ExAnteReview, "submit")
def open_when_complete(review: ExAnteReview, *, by, at: datetime, reason: str, data) -> None:
    """The last sheet opens the scores. The assessment is locked first: of two last sheets one sees the other."""
    assessment = lock(review.assessment)
    sheets = assessment.panel().seated()
    enough = sheets.count() >= assessment.rulebook().ex_ante.least_reviewers
    if enough and not sheets.exclude(state=ExAnteReview.State.SUBMITTED).exists():
        _count(assessment, by=by, at=at)


@effect_of(ExAnteReview, "declare_conflict", "remove")
def leave_panel(review: ExAnteReview, *, by, at: datetime, reason: str, data) -> None:
    """The project is closed to who leaves, the scores are counted anew, and who named the person hears of it."""
    assessment = lock(review.assessment)
    close_access(review.project_year, person=review.reviewer, ground=GROUND, by=by, at=at)
    _count(assessment, by=by, at=at)
    if review.created_by_id != by.pk:
        comments.notify(
            title=f"{review.reviewer}退出专家组：{assessment.title()}", text=reason, url=assessment.get_absolute_url(),
            recipient=review.created_by, by=by, at=at,
        )


@effect_of(ExAnteAssessment, "open_meeting")
def leave_out_the_late(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data) -> None:
    for review in assessment.panel().filter(state__in=(ExAnteReview.State.INVITED, ExAnteReview.State.SCORING)):
        perform(review, "lapse", by=by, at=at, cause=assessment)
        close_access(review.project_year, person=review.reviewer, ground=GROUND, by=by, at=at)
    _count(assessment, by=by, at=at)


def _count(assessment: ExAnteAssessment, *, by, at: datetime) -> None:
    """Is the panel large enough, have all scored, what does it come to; the working goes into the audit entry."""
    sheets = list(assessment.panel().seated().prefetch_related("scores").select_related("reviewer"))
    is_short = len(sheets) < assessment.rulebook().ex_ante.least_reviewers
    is_complete = not is_short and all(sheet.state == ExAnteReview.State.SUBMITTED for sheet in sheets)
    score = rules.panel_score([sheet.marks() for sheet in sheets]) if is_complete else None
    perform(assessment, "count", by=by, at=at, cause=assessment, data={"is_short": is_short, "score": score})
    assessment.refresh_from_db()
    if is_complete:
        audit.record(
            "budgets.exanteassessment.average", assessment, by=by, at=at, label="专家平均分",
            after={"score": score} | {str(sheet.reviewer): _working(sheet, assessment) for sheet in sheets},
        )


def _working(sheet: ExAnteReview, assessment: ExAnteAssessment) -> dict[str, Any]:
    grades = dict(sheet.scores.values_list("item", "grade"))
    return score_ex_ante(grades, assessment.rulebook(), assessment.object_type).explain()


@effect_of(ExAnteAssessment, "conclude")
def dismiss_panel(assessment: ExAnteAssessment, *, by, at: datetime, reason: str, data) -> None:
    for review in assessment.panel().seated().select_related("reviewer"):
        close_access(review.project_year, person=review.reviewer, ground=GROUND, by=by, at=at)
