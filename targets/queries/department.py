"""What the pages of a whole department's targets read."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse

from budgets.models import FiscalYear
from core.access import Role
from core.models import Organisation
from core.rulebook.terms import CheckLevel
from core.transitions import declared_steps
from targets import rules
from targets.models import DepartmentDeclaration, DepartmentIndicator
from targets.queries.checks import Checks, shown
from targets.queries.declarations import ZERO, plain
from targets.queries.paper import span_equal

NAMES = ("department__fiscal_section", "fiscal_year__ruleset")


def department_declarations_for(user) -> models.QuerySet[DepartmentDeclaration]:
    return DepartmentDeclaration.objects.visible_to(user).select_related(*NAMES)


def departments_to_declare(user) -> list[dict[str, Any]]:
    """Departments of the person and open years without a declaration, each with the address that opens one."""
    own = [organisation for role, organisation in user.held_roles if role == Role.DEPT_PERFORMANCE]
    if not own:
        return []
    have = set(DepartmentDeclaration.objects.filter(department__in=own).values_list("department", "fiscal_year"))
    years = list(FiscalYear.objects.filter(is_open=True).order_by("-year"))
    return [
        {"department": department, "year": year,
         "url": reverse("targets:open_department", args=[department.pk, year.pk])}
        for department in Organisation.objects.filter(pk__in=own) for year in years
        if (department.pk, year.pk) not in have
    ]


def check_department(declaration: DepartmentDeclaration) -> Checks:
    """Every reason against submitting now; quality checks that do not stop it are advice."""
    guards = declared_steps(DepartmentDeclaration)["submit"].details.guards
    must = [reason for guard in guards for reason in guard(declaration)]
    subject = declaration.judged()
    found = rules.findings(subject)
    return Checks(
        must=[shown(reason) for reason in must],
        should=[shown(each) | {"needs_reason": False} for each in found if each.level is not CheckLevel.BLOCK],
        kept=[],
        passed=rules.checks_kept(subject, found),
    )


def department_paper(declaration: DepartmentDeclaration) -> dict[str, Any]:
    """The form as on paper: tasks with their money, indicators with merged levels; amounts in yuan."""
    tasks, indicators = declaration.task_list(), declaration.indicator_list()
    rows = [
        {
            "level1": each.get_level1_display(), "level2": each.get_level2_display(), "name": each.name,
            "target": each.target_shown, "weight": plain(each.weight), "standard": each.scoring_standard,
        }
        for each in indicators
    ]
    span_equal(rows, "level1")
    span_equal(rows, "level2")
    return {
        "tasks": tasks, "rows": rows, "total": _sum(tasks, "total_yuan"), "fiscal": _sum(tasks, "fiscal_yuan"),
        "other": _sum(tasks, "other_yuan"), "budget": declaration.budget_yuan(),
        "projects": declaration.projects_yuan(), "weight": sum((each.weight for each in indicators), ZERO),
    }


def _sum(tasks: Sequence[Any], name: str) -> Decimal:
    return sum((getattr(task, name) for task in tasks), ZERO)


def last_department_declaration(declaration: DepartmentDeclaration) -> DepartmentDeclaration | None:
    """What was approved for the department in the year before."""
    return DepartmentDeclaration.objects.filter(
        department=declaration.department_id, fiscal_year=declaration.fiscal_year_id - 1,
        state=DepartmentDeclaration.State.APPROVED,
    ).first()


def last_department_values(declaration: DepartmentDeclaration) -> dict[str, DepartmentIndicator]:
    """The indicators approved for the department in the year before, by name."""
    last = last_department_declaration(declaration)
    return {each.name: each for each in last.indicator_list()} if last else {}
