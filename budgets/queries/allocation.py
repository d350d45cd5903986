"""What an allocation round is made of: every project's money, request and newest result."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from budgets import rules
from budgets.models import AllocationBasis, AllocationRound, Project, ProjectYear

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one project stands before the round, in yuan. ``notes`` are sentences for the line's working."""

    project: Project
    base_yuan: Decimal
    requested_yuan: Decimal
    basis: AllocationBasis | None
    original_yuan: Decimal | None
    previous_balance_yuan: Decimal
    notes: tuple[str, ...] = field(default=())


def standings(round_: AllocationRound) -> list[Standing]:
    """Every project with money in the base year or a request for the round's year, dearest first; four queries."""
    projects = _projects(round_)
    years: dict[int, dict[int, ProjectYear]] = defaultdict(dict)
    for year in ProjectYear.objects.filter(project__in=projects, fiscal_year__lte=round_.fiscal_year_id):
        years[year.project_id][year.fiscal_year_id] = year
    bases: dict[int, dict[int, AllocationBasis]] = defaultdict(dict)
    found = AllocationBasis.objects.filter(
        project_year__project__in=projects, project_year__fiscal_year__lte=round_.base_year_id
    ).select_related("project_year").order_by("pk")
    for basis in found:
        bases[basis.project_year.project_id][basis.project_year.fiscal_year_id] = basis
    made = [_standing(round_, project, years[project.pk], bases[project.pk]) for project in projects]
    return sorted(made, key=lambda standing: (-standing.base_yuan, standing.project.code))


def _projects(round_: AllocationRound) -> list[Project]:
    with_money = ProjectYear.objects.filter(fiscal_year=round_.base_year_id, budget_yuan__gt=0)
    asked = ProjectYear.objects.filter(fiscal_year=round_.fiscal_year_id, requested_yuan__gt=0).exclude(
        stage=ProjectYear.Stage.REJECTED
    )
    return list(Project.objects.filter(Q(pk__in=with_money.values("project")) | Q(pk__in=asked.values("project"))))


def _standing(
    round_: AllocationRound, project: Project, years: dict[int, ProjectYear], bases: dict[int, AllocationBasis]
) -> Standing:
    base, asked = years.get(round_.base_year_id), years.get(round_.fiscal_year_id)
    base_yuan = base.budget_yuan if base else ZERO
    requested, notes = _requested(round_, project, base_yuan, asked)
    basis = bases.get(round_.result_year_id) or (bases[max(bases)] if bases else None)
    if basis and basis.project_year.fiscal_year_id != round_.result_year_id:
        notes.append(f"{round_.result_year_id}年度没有评价结果，采用{basis.project_year.fiscal_year_id}年度的结果。")
    return Standing(
        project=project, base_yuan=base_yuan, requested_yuan=requested, basis=basis,
        original_yuan=_original(basis, years), previous_balance_yuan=_previous_balance(basis, bases),
        notes=tuple(notes),
    )


def _requested(
    round_: AllocationRound, project: Project, base_yuan: Decimal, asked: ProjectYear | None
) -> tuple[Decimal, list[str]]:
    if asked and asked.requested_yuan > 0 and asked.stage != ProjectYear.Stage.REJECTED:
        return asked.requested_yuan, []
    if project.duration_type == "one_off" or not rules.runs_in(project, round_.fiscal_year_id):
        return ZERO, [f"项目期至 {project.ends_on} 或为一次性项目，{round_.fiscal_year_id}年度没有申报，按 0 计。"]
    return base_yuan, [f"{round_.fiscal_year_id}年度尚未申报，暂按{round_.base_year_id}年度预算数测算。"]


def _original(basis: AllocationBasis | None, years: dict[int, ProjectYear]) -> Decimal | None:
    """The budget of the first year of a run of poor years, before any cut followed from it."""
    if basis is None or basis.poor_years == 0:
        return None
    first = years.get(basis.project_year.fiscal_year_id - basis.poor_years + 1)
    return first.budget_yuan if first else None


def _previous_balance(basis: AllocationBasis | None, bases: dict[int, AllocationBasis]) -> Decimal:
    """The balance a year earlier; without a record of it the balance did not grow as far as anybody knows."""
    if basis is None:
        return ZERO
    earlier = bases.get(basis.project_year.fiscal_year_id - 1)
    return earlier.carryover_yuan if earlier else basis.carryover_yuan
