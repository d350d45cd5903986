"""Opening a project-year to a third party for as long as its assignment is open (SEP-7)."""

from datetime import datetime

from django.db import transaction

from budgets.models import ProjectAccess, ProjectYear
from core import audit


@transaction.atomic
def grant_access(
    project_year: ProjectYear, *, institution=None, person=None, ground: str, by, at: datetime
) -> ProjectAccess:
    """Open the project-year to an institution or a person; one that is open already stays as it is."""
    access, opened = ProjectAccess.objects.get_or_create(
        project_year=project_year, institution=institution, person=person, closed_at=None,
        defaults={"ground": ground, "opened_at": at},
    )
    if opened:
        audit.record(
            "budgets.projectaccess.open", project_year, by=by, at=at, label="开放项目资料",
            after={"institution": institution, "person": person, "ground": ground},
        )
    return access


@transaction.atomic
def close_access(
    project_year: ProjectYear, *, institution=None, person=None, ground: str = "", by, at: datetime
) -> int:
    """Close what was opened to them, all of it without a ``ground``; returns how many openings were closed."""
    accesses = ProjectAccess.objects.filter(
        project_year=project_year, institution=institution, person=person, closed_at=None
    )
    if ground:
        accesses = accesses.filter(ground=ground)
    closed = accesses.update(closed_at=at)
    if closed:
        audit.record(
            "budgets.projectaccess.close", project_year, by=by, at=at, label="关闭项目资料",
            after={"institution": institution, "person": person, "closed": closed},
        )
    return closed
