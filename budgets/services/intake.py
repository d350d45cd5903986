"""Taking in checked budget workbooks: many projects and project-years in a fixed number of bulk writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from budgets.models import BudgetLine, FiscalYear, Project, ProjectYear
from core import audit, todos

ZERO = Decimal("0.00")


@dataclass(kw_only=True)
class BudgetEntry:
    """One checked row: master data, and amounts in yuan by source of funds. ``year_row`` is what is there now."""

    code: str
    fields: Mapping[str, Any]
    fiscal_year: FiscalYear
    amounts: Mapping[str, Decimal]
    year_row: ProjectYear | None = None
    changed: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def take_in_budgets(entries: Sequence[BudgetEntry], *, by, at: datetime) -> dict[str, int]:
    """Create or correct the projects, open the missing project-years and set what is asked for.

    The rows have been checked by the import. One audit entry holds them all. Returns counts of created and changed
    projects and project-years.
    """
    projects, counts = _keep_projects(entries, by=by)
    years = _open_years([entry for entry in entries if entry.year_row is None], projects, by=by, at=at)
    changed = [entry.year_row for entry in entries if entry.year_row is not None and entry.changed]
    for entry in entries:
        if entry.year_row is not None and entry.changed:
            entry.year_row.requested_yuan = sum(entry.amounts.values(), ZERO)
            entry.year_row.revision += 1
    ProjectYear.objects.bulk_update(changed, ["requested_yuan", "revision"])
    _write_lines(entries, {(year.project_id, year.fiscal_year_id): year for year in [*years, *changed]}, projects)
    todos.renew_many(years, at=at)
    if entries:
        audit.record("budgets.projectyear.take_in", entries[0].fiscal_year, by=by, at=at, label="导入项目预算", after={
            f"{entry.fiscal_year.pk} {entry.code}": {"name": entry.fields["name"]} | dict(entry.amounts)
            for entry in entries if entry.year_row is None or entry.changed
        })
    return counts | {"years": len(years), "changed_years": len(changed)}


def _keep_projects(entries: Sequence[BudgetEntry], *, by) -> tuple[dict[str, Project], dict[str, int]]:
    wanted = {entry.code: entry.fields for entry in entries}
    known = {project.code: project for project in Project.objects.filter(code__in=wanted)}
    new = [Project(code=code, **fields, created_by=by) for code, fields in wanted.items() if code not in known]
    changed = []
    for code, project in known.items():
        if any(getattr(project, name) != value for name, value in wanted[code].items()):
            for name, value in wanted[code].items():
                setattr(project, name, value)
            changed.append(project)
    Project.objects.bulk_create(new, batch_size=500)
    if changed:
        Project.objects.bulk_update(changed, list(wanted[changed[0].code]), batch_size=200)
    return known | {project.code: project for project in new}, {"projects": len(new), "changed_projects": len(changed)}


def _open_years(
    entries: Sequence[BudgetEntry], projects: Mapping[str, Project], *, by, at: datetime
) -> list[ProjectYear]:
    """The missing project-years, oldest first, so that each finds the year before it."""
    made: list[ProjectYear] = []
    for fiscal_year in sorted({entry.fiscal_year for entry in entries}, key=lambda year: year.pk):
        previous = {
            year.project_id: year for year in ProjectYear.objects.filter(
                fiscal_year=fiscal_year.pk - 1, project__in=projects.values(), next=None
            )
        }
        years = [
            ProjectYear(
                project=projects[entry.code], fiscal_year=fiscal_year, created_by=by, state_since=at,
                previous=previous.get(projects[entry.code].pk), requested_yuan=sum(entry.amounts.values(), ZERO),
            )
            for entry in entries if entry.fiscal_year == fiscal_year
        ]
        todos.set_deadlines(years, at=at)
        made += ProjectYear.objects.bulk_create(years, batch_size=500)
    _link_following(made)
    return made


def _link_following(made: Sequence[ProjectYear]) -> None:
    """A year that was imported before the year in front of it still finds it."""
    by_place = {(year.project_id, year.fiscal_year_id): year for year in made}
    following = ProjectYear.objects.filter(project__in={year.project_id for year in made}, previous=None)
    linked = []
    for year in following:
        before = by_place.get((year.project_id, year.fiscal_year_id - 1))
        if before is not None:
            year.previous = before
            linked.append(year)
    ProjectYear.objects.bulk_update(linked, ["previous"])


def _write_lines(
    entries: Sequence[BudgetEntry], years: Mapping[tuple[int, int], ProjectYear], projects: Mapping[str, Project]
) -> None:
    BudgetLine.objects.filter(project_year__in=years.values()).delete()
    BudgetLine.objects.bulk_create([
        BudgetLine(project_year=year, source=source, requested_yuan=amount)
        for entry in entries
        if (year := years.get((projects[entry.code].pk, entry.fiscal_year.pk)))
        for source, amount in entry.amounts.items() if amount
    ], batch_size=500)
