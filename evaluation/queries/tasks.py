"""Evaluations as their page, the third party's list and the project-year's panels show them."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from budgets.models import ProjectYear
from core.access import Role
from core.grades import grade_of
from core.models import User
from evaluation import rules
from evaluation.models import Evaluation, EvaluationLine, Objection, SelfEvaluation
from evaluation.models.evaluations import TEAM, EvaluationState

ROAD = (
    ("列入", ("listed",)), ("通知", ("notified",)), ("委托与方案", ("assigned", "plan_reviewing")),
    ("现场评价与打分", ("in_field",)), ("征求意见", ("consulting",)), ("报告验收", ("report_reviewing", "accepted")),
    ("定级", ("graded",)), ("反馈", ("fed_back",)), ("归档", ("archived",)),
)


def road_of(evaluation: Evaluation) -> list[dict[str, str]]:
    """The stages of the evaluation as done, now or still to come."""
    place = next(number for number, (_, states) in enumerate(ROAD) if evaluation.state in states)
    return [
        {"label": f"{number + 1} {label}", "state": "done" if number < place else "now" if number == place else ""}
        for number, (label, _) in enumerate(ROAD)
    ]


def lines_of(evaluation: Evaluation) -> list[EvaluationLine]:
    return list(evaluation.lines.annotate(
        paper_count=Count("papers", distinct=True),
        objection_count=Count("objections", distinct=True),
    ))


def line_rows(lines: Sequence[EvaluationLine]) -> list[dict[str, Any]]:
    """One row an indicator with its spans; the first of a level says what the level earned."""
    first, second = _spans(lines, "level1"), _spans(lines, "level1", "level2")
    return [
        {
            "id": line.pk, "number": line.position, "level1": line.get_level1_display(), "level2": line.level2,
            "span1": len(first[line.pk]) if line.pk in first else None,
            "span2": len(second[line.pk]) if line.pk in second else None,
            "earned": earned(first[line.pk]) if line.pk in first else None,
            "points": weight_of(first[line.pk]) if line.pk in first else None,
            "name": line.name, "weight": line.weight.normalize(), "standard": line.standard, "score": line.score,
            "finding": line.finding, "deduction_reason": line.deduction_reason, "problem": line.problem,
            "papers": line.paper_count, "objections": line.objection_count,
        }
        for line in lines
    ]


def _spans(lines: Sequence[EvaluationLine], *names: str) -> dict[int, list[EvaluationLine]]:
    found = {}
    for _, group in groupby(lines, key=lambda line: [getattr(line, name) for name in names]):
        members = list(group)
        found[members[0].pk] = members
    return found


def earned(lines: Sequence[EvaluationLine]) -> Decimal:
    return sum((line.score for line in lines if line.score is not None), Decimal("0.00"))


def weight_of(lines: Sequence[EvaluationLine]) -> str:
    return f"{sum((line.weight for line in lines), Decimal('0.00')).normalize():f}"


def score_summary(
    evaluation: Evaluation, lines: Sequence[EvaluationLine], sheet: SelfEvaluation | None
) -> dict[str, Any]:
    """What has been scored so far, the grade it would give, and how far it lies from the self-evaluation."""
    scored = sum(line.score is not None for line in lines)
    total, bands = earned(lines), evaluation.rulebook().grades
    complete = bool(lines) and scored == len(lines)
    self_score = sheet.total if sheet is not None and sheet.reported_result else None
    return {
        "total": total, "weight": weight_of(lines), "scored": scored, "count": len(lines), "complete": complete,
        "grade": evaluation.grade or (grade_of(total, bands) if complete and total <= 100 else ""),
        "self_score": self_score,
        "difference": abs(self_score - total) if self_score is not None and complete else None,
    }


def objection_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The unit's opinions in the order they came; ``taken`` is what the line in question lost."""
    objections = Objection.objects.filter(evaluation=evaluation).select_related("line", "raised_by")
    return [
        {
            "id": objection.pk, "number": number, "view": objection.view, "by": objection.raised_by,
            "at": objection.raised_at, "answer": objection.answer,
            "verdict": objection.get_verdict_display() or "待回应", "waiting": not objection.verdict,
            "clause": objection.line.name if objection.line else "报告整体", "line_id": objection.line_id,
            "taken": _taken(objection.line),
        }
        for number, objection in enumerate(objections, start=1)
    ]


def _taken(line: EvaluationLine | None) -> Decimal | None:
    return line.weight - line.score if line and line.score is not None and line.score < line.weight else None


def worklist(user, present: Evaluation | None = None) -> list[dict[str, Any]]:
    """A third party's own open tasks."""
    tasks = Evaluation.objects.visible_to(user).filter(institution__in=user.sight.institutions).select_related(
        "project_year__project__unit"
    ).annotate(
        scored=Count("lines", filter=Q(lines__score__isnull=False)), all_lines=Count("lines")
    ).order_by("report_due_on", "pk")
    return [
        {
            "name": task.project_year.project.name, "unit": task.project_year.project.unit.name,
            "state": task.state_label, "url": task.get_absolute_url(), "current": task == present,
            "progress": f"打分 {task.score}" if task.score is not None else f"打分 {task.scored} / {task.all_lines} 项",
            "due_on": task.report_due_on,
        }
        for task in tasks
    ]


def lead_evaluators() -> QuerySet[User]:
    """Everybody who leads evaluations in some institution."""
    return User.objects.filter(
        is_active=True, role_assignments__role=Role.THIRD_PARTY_LEAD
    ).distinct().order_by("name").prefetch_related("role_assignments__organisation")


def belongs_to_team(evaluation: Evaluation, user) -> bool:
    """Whether the person works for the institution that carries out the evaluation."""
    return evaluation.institution_id is not None and TEAM(evaluation, user)


def candidates(user) -> QuerySet[ProjectYear]:
    """Visible project-years that may be put on the evaluation list."""
    return ProjectYear.objects.visible_to(user).filter(stage__in=rules.LISTED_STAGES).with_names()


def is_open_for_papers(evaluation: Evaluation) -> bool:
    return evaluation.state in (EvaluationState.IN_FIELD, EvaluationState.CONSULTING, EvaluationState.FED_BACK)
