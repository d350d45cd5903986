"""Opening and saving the targets of a whole department."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets.models import FiscalYear, FundSource
from core import audit, records
from core.access import Role
from core.errors import refuse_any
from core.models import Organisation
from targets import rules
from targets.models import DepartmentDeclaration, DepartmentTask
from targets.services.lines import write_indicators

TASK_FIELDS = ("name", "content", "fiscal_yuan", "other_yuan")


@transaction.atomic
def open_department_declaration(
    department: Organisation, fiscal_year: FiscalYear, *, by, at: datetime
) -> DepartmentDeclaration:
    """A draft with one task for each of the department's projects, so that nothing is typed twice.

    Raises ``PermissionDenied`` for anybody but the department's performance office, ``RuleViolation`` when there is
    one already or the year is closed.
    """
    audit.take_turn()
    department = Organisation.objects.select_for_update(of=("self",)).get(pk=department.pk)
    if not by.holds(Role.DEPT_PERFORMANCE, department.pk):
        raise PermissionDenied(f"您没有填报{department.name}部门整体绩效目标的权限。")
    existing = DepartmentDeclaration.objects.filter(department=department, fiscal_year=fiscal_year)
    refuse_any(rules.department_may_declare(
        department, year=fiscal_year, existing=existing.select_related("department").first()
    ))
    before = DepartmentDeclaration.objects.filter(
        department=department, fiscal_year__lt=fiscal_year.pk
    ).order_by("-fiscal_year").first()
    declaration = records.create(
        DepartmentDeclaration(
            department=department, fiscal_year=fiscal_year, duties=before.duties if before else ""
        ),
        by=by, at=at, label="建立部门整体绩效目标",
    )
    write_tasks(declaration, [_task_of(year) for year in declaration.projects().select_related("project").order_by(
        "project__code"
    ).prefetch_related("lines")])
    return declaration


def _task_of(year) -> dict[str, Any]:
    """What was carried over is fiscal money of the year before."""
    other = sum((line.requested_yuan for line in year.lines.all() if line.source == FundSource.OTHER), Decimal("0.00"))
    return {
        "name": year.project.name, "content": "", "fiscal_yuan": year.requested_yuan - other, "other_yuan": other,
    }


def save_department_declaration(
    declaration: DepartmentDeclaration, *, by, at: datetime, changes: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]] | None = None, indicators: Sequence[Mapping[str, Any]] | None = None,
    seen: int | None = None,
) -> DepartmentDeclaration:
    """Save texts and, unless ``None``, the whole list of tasks or of indicators. Raises as ``records.save_draft``."""
    def write(row: DepartmentDeclaration) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        if tasks is not None:
            kept["tasks"] = write_tasks(row, tasks)
        if indicators is not None:
            kept |= write_indicators(row, indicators)
        return kept

    return records.save_draft(declaration, by=by, at=at, changes=changes, seen=seen, also=write)


def write_tasks(declaration: DepartmentDeclaration, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Replace the tasks; returns them as the audit keeps them."""
    declaration.tasks.all().delete()
    DepartmentTask.objects.bulk_create(
        DepartmentTask(declaration=declaration, position=position, **{name: content[name] for name in TASK_FIELDS})
        for position, content in enumerate(wanted, start=1)
    )
    return [{name: str(content[name]) for name in TASK_FIELDS} for content in wanted]
