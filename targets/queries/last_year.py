"""What was set and reached the year before."""

from typing import Any

from budgets.models import ProjectYear
from targets.models import Indicator, TargetDeclaration
from targets.queries.declarations import NAMES


def last_year_of(project_year: ProjectYear) -> TargetDeclaration | None:
    """The declaration in force in the year before, if the project had one."""
    return TargetDeclaration.in_force_before(project_year).select_related(*NAMES).first()


def last_year_values(project_year: ProjectYear) -> dict[str, Indicator]:
    """Last year's indicators in force by name, each with its target and, once known, what was reached."""
    found = last_year_of(project_year)
    return {each.name: each for each in found.indicator_list()} if found else {}


def last_year_result(project_year: ProjectYear) -> dict[str, Any] | None:
    """Year, score, grade and execution rate of the newest result recorded for the project before this year."""
    basis = (
        project_year.bases.model.objects.filter(
            project_year__project=project_year.project_id, project_year__fiscal_year__lt=project_year.fiscal_year_id
        ).select_related("project_year").order_by("-project_year__fiscal_year", "-pk").first()
    )
    if basis is None:
        return None
    return {
        "year": basis.project_year.fiscal_year_id, "score": basis.score, "grade": basis.grade,
        "execution_rate": basis.execution_rate, "source": basis.source,
        "url": basis.project_year.get_absolute_url(),
    }
