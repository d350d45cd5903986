"""Facts about project-years that services and pages both need."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from budgets.models import FiscalYear, ProjectYear
from core.rulebook.terms import RectificationState
from evaluation import rules
from evaluation.models import Evaluation, EvaluationKind, Rectification, Result, SelfEvaluation
from monitoring.models import ProgressReport, ProgressValue, ReportState
from targets.models import DeclarationState, TargetDeclaration

STRENGTH = (EvaluationKind.DEPARTMENT, EvaluationKind.FISCAL, EvaluationKind.REEVALUATION)
SEVERITY = (RectificationState.NONE, RectificationState.DONE, RectificationState.OPEN, RectificationState.FAILED)


def approved_declaration(project_year: ProjectYear) -> TargetDeclaration | None:
    """The version in force."""
    return project_year.target_declarations.filter(state=DeclarationState.APPROVED).order_by("-version").first()


def awaiting_self_evaluation(fiscal_year: FiscalYear) -> QuerySet[ProjectYear]:
    """Project-years in execution, suspended or stopped that have no self-evaluation yet."""
    opened = SelfEvaluation.objects.filter(project_year=OuterRef("pk"))
    return ProjectYear.objects.filter(
        ~Exists(opened), fiscal_year=fiscal_year, stage__in=rules.SELF_EVALUATED_STAGES
    ).with_names()


def monitored_values(project_year: ProjectYear) -> dict[int, ProgressValue]:
    """Indicator id to what was reported in the latest accepted monitoring round."""
    report = ProgressReport.objects.filter(
        project_year=project_year, state=ReportState.ACCEPTED
    ).order_by("-round__number").first()
    return {value.indicator_id: value for value in report.values.all()} if report else {}


def self_evaluation_of(project_year: ProjectYear) -> SelfEvaluation | None:
    return SelfEvaluation.objects.filter(project_year=project_year).first()


def graded_evaluation(project_year: ProjectYear) -> Evaluation | None:
    """The evaluation that counts: re-evaluation before finance's own before the department's."""
    graded = project_year.evaluations.filter(state__in=rules.FINISHED_EVALUATIONS)
    return max(graded, key=lambda evaluation: STRENGTH.index(evaluation.kind), default=None)


def unfinished_evaluations(project_year: ProjectYear) -> list[str]:
    return [
        evaluation.title()
        for evaluation in project_year.evaluations.exclude(state__in=rules.FINISHED_EVALUATIONS)
    ]


def rectification_standing(project_year: ProjectYear, *, today: date) -> RectificationState:
    """The worst of its rectifications; none when there is none."""
    standings = [letter.standing(today) for letter in Rectification.objects.filter(project_year=project_year)]
    return max(standings, key=SEVERITY.index, default=RectificationState.NONE)


def lamp_history(project_year: ProjectYear) -> list[dict[str, str]]:
    """The lamps of the accepted rounds, oldest first."""
    reports = ProgressReport.objects.filter(
        project_year=project_year, state=ReportState.ACCEPTED
    ).select_related("round").order_by("round__number")
    return [{"round": f"第{report.round.number}轮", "lamp": report.project_lamp} for report in reports]


def poor_years(project_year: ProjectYear, *, grade: str) -> int:
    """How many years running the project has had the lowest grade, this one included; 0 when this one is better."""
    lowest = project_year.rulebook().grades[-1].name
    count, present, reached = 0, project_year, grade
    while reached == lowest:
        count += 1
        present = ProjectYear.objects.filter(
            project=present.project_id, fiscal_year=present.fiscal_year_id - 1
        ).first()
        result = Result.objects.filter(project_year=present).first() if present else None
        reached = result.grade if result else ""
    return count


def ready_to_publish(user) -> QuerySet[ProjectYear]:
    """Visible project-years with a final self-evaluation, no evaluation without a grade, and no result yet."""
    final = SelfEvaluation.objects.filter(project_year=OuterRef("pk"), state=SelfEvaluation.State.FINAL)
    unfinished = Evaluation.objects.filter(project_year=OuterRef("pk")).exclude(
        state__in=rules.FINISHED_EVALUATIONS
    )
    return ProjectYear.objects.visible_to(user).filter(
        Exists(final), ~Exists(unfinished), result=None, stage__in=rules.PUBLISHED_STAGES
    ).with_names()
