"""What else changes with the steps of a declaration."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.access import Role
from core.errors import refuse_any
from core.rulebook.terms import ReviewEffect
from core.transitions import effect_of, perform
from targets import rules
from targets.models import DeclarationReview, DeclarationSubmission, TargetDeclaration
from targets.services.filing import Stage, State

Outcome = DeclarationReview.Outcome
Side = DeclarationReview.Side


def _drive(
    declaration: TargetDeclaration, step: str, *, by, at: datetime, when: Sequence[str], reason: str = ""
) -> None:
    """Move the project-year, unless it is past this stage because the declaration adjusts one in execution."""
    year = declaration.project_year
    if year.stage in when:
        declaration.project_year = perform(year, step, by=by, at=at, reason=reason, cause=declaration)


@effect_of(TargetDeclaration, "submit", "resubmit")
def keep_what_was_filed(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    DeclarationSubmission.objects.create(
        declaration=declaration, number=declaration.submissions, content=rules.content(declaration), by=by, at=at
    )
    _drive(declaration, "start_review", by=by, at=at, when=(Stage.TARGET_FILING,))
    if declaration.state == State.READY_FOR_APPROVAL:
        _drive(declaration, "await_approval", by=by, at=at, when=(Stage.TARGET_REVIEW,))


@effect_of(TargetDeclaration, "recall", "send_back")
def reopen_year(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    stages = (Stage.TARGET_REVIEW, Stage.AWAITING_APPROVAL)
    _drive(declaration, "reopen_filing", by=by, at=at, reason=reason, when=stages)


@effect_of(TargetDeclaration, "block")
def turn_year_down(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    _drive(declaration, "reject", by=by, at=at, reason=reason, when=(Stage.TARGET_REVIEW,))


@effect_of(TargetDeclaration, "pass_unit")
def close_unit_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    _settle_comments(declaration, State.UNIT_REVIEW, at=at)


@effect_of(TargetDeclaration, "pass_department")
def close_department_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    _keep_review(declaration, Side.DEPARTMENT, Outcome.PASSED, by=by, at=at, data=data)


@effect_of(TargetDeclaration, "review_first")
def keep_first_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    """Nothing but the opinion where the rule set leaves the points to the performance section."""
    if declaration.rulebook().review.business_scores:
        _keep_review(declaration, Side.BUSINESS, Outcome.PASSED, by=by, at=at, data=data)


@effect_of(TargetDeclaration, "pass_fiscal")
def close_fiscal_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    """Raises ``RuleViolation`` when the same person has signed for the business section."""
    refuse_any(rules.by_another_hand(declaration, declaration.business_by_id, by))
    _keep_review(declaration, Side.FISCAL, Outcome.PASSED, by=by, at=at, data=data)
    _drive(declaration, "await_approval", by=by, at=at, when=(Stage.TARGET_REVIEW,))


@effect_of(TargetDeclaration, "send_back")
def keep_returning_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    _keep_review(declaration, _side_of(declaration.returned_from, by), Outcome.RETURNED, by=by, at=at, data=data)


@effect_of(TargetDeclaration, "block")
def keep_blocking_review(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    _keep_review(declaration, _side_of(declaration.returned_from, by), Outcome.BLOCKED, by=by, at=at, data=data)


def _keep_review(
    declaration: TargetDeclaration, side: Side, outcome: str, *, by, at: datetime, data: Mapping[str, Any]
) -> None:
    """Points, grade and opinion; a return or refusal without all points is only an opinion and stays in the log."""
    found = rules.graded(declaration, data)
    if found is None:
        return
    total, band = found
    DeclarationReview.objects.create(
        declaration=declaration, side=side, outcome=outcome, submission=max(declaration.submissions, 1),
        points={name: str(given) for name, given in data["points"].items()}, total=total, grade=band.name,
        opinion=data["opinion"].strip(), edits=data.get("edits", "").strip(), by=by, at=at,
    )
    if outcome == Outcome.PASSED and band.effect is ReviewEffect.PASS:
        stage = State.DEPT_REVIEWING if side == Side.DEPARTMENT else State.FISCAL_REVIEWING
        _settle_comments(declaration, stage, at=at)


def _side_of(stage: str, by) -> Side:
    if stage == State.DEPT_REVIEWING:
        return Side.DEPARTMENT
    return Side.FISCAL if by.holds(Role.FISCAL_PERFORMANCE) else Side.BUSINESS


def _settle_comments(declaration: TargetDeclaration, stage: str, *, at: datetime) -> None:
    """With a full pass nothing is left to do; the edits of a 良 stay open for the unit to see."""
    unsettled = declaration.field_comments.filter(stage=stage, settled_at=None)
    unsettled.update(settled_at=at)
