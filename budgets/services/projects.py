"""The project pool and the project-years opened from it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets import rules
from budgets.models import BudgetLine, FiscalYear, FundSource, PoolStatus, Project, ProjectLevel, ProjectYear
from core import audit, records
from core.access import Role
from core.errors import Reason, refuse_any

ZERO = Decimal("0.00")
BEFORE_APPROVAL = (
    ProjectYear.Stage.DRAFTING, ProjectYear.Stage.EX_ANTE, ProjectYear.Stage.TARGET_FILING,
    ProjectYear.Stage.TARGET_REVIEW, ProjectYear.Stage.AWAITING_APPROVAL, ProjectYear.Stage.REJECTED,
)


@transaction.atomic
def create_project(*, fields: Mapping[str, Any], by, at: datetime) -> Project:
    """Enter a project into the pool; ``fields`` are the model's, ``unit`` and ``department`` as organisations.

    Raises ``PermissionDenied`` for a person of another unit, ``RuleViolation`` for a code that is taken and for
    master data that do not fit together.
    """
    _require_keeper(by, fields["unit"].pk, fields["department"].pk, title=fields["name"])
    refuse_any([*_code_is_free(fields["code"]), *rules.project_is_sound(fields)])
    return records.create(Project(**fields, created_by=by), by=by, at=at, label="登记项目")


@transaction.atomic
def edit_project(project: Project, *, changes: Mapping[str, Any], by, at: datetime, reason: str = "") -> Project:
    """Correct master data. After the first approval only the budget section may.

    Raises as ``create_project`` does, and ``RuleViolation`` for an approved project.
    """
    fields = {name: getattr(project, name) for name in ("name", "unit", "department", "starts_on", "ends_on")}
    fields |= changes
    _require_keeper(by, project.unit_id, project.department_id, title=project.name)
    _require_keeper(by, fields["unit"].pk, fields["department"].pk, title=project.name)
    approved = list(
        project.years.exclude(stage__in=BEFORE_APPROVAL).order_by("fiscal_year").values_list("fiscal_year", flat=True)
    )
    blocked = [] if by.holds(Role.FISCAL_BUDGET) else rules.master_data_is_open(project, approved_years=approved)
    taken = _code_is_free(changes["code"]) if changes.get("code", project.code) != project.code else []
    refuse_any([*blocked, *taken, *rules.project_is_sound(fields)])
    return records.change(project, by=by, at=at, changes=changes, label="修改项目信息", reason=reason)


@transaction.atomic
def place_under(project: Project, *, parent: Project | None, by, at: datetime) -> Project:
    """Make the project a sub-project (二级) of ``parent`` (一级), or free it with ``None``.

    Raises ``PermissionDenied``, and ``RuleViolation`` for a parent of another department, of the second level, or one
    that is itself under way in a year.
    """
    _require_keeper(by, project.unit_id, project.department_id, title=project.name)
    changes: dict[str, Any] = {"parent": parent}
    if parent is not None:
        parent = Project.objects.select_related("department", "parent").get(pk=parent.pk)
        refuse_any(rules.parent_is_sound(
            project, parent, children=project.children.count(), open_years=_years_under_way(parent)
        ))
        records.change(parent, by=by, at=at, changes={"level": ProjectLevel.FIRST}, label="设为一级项目")
        changes["level"] = ProjectLevel.SECOND
    return records.change(project, by=by, at=at, changes=changes, label="归入一级项目" if parent else "移出一级项目")


@transaction.atomic
def change_pool_status(project: Project, *, status: PoolStatus, reason: str, by, at: datetime) -> Project:
    """Let a project rest (休眠), take it out of the pool (出库) or bring it back.

    Raises ``PermissionDenied``, and ``RuleViolation`` without a reason and while one of its years is under way.
    """
    _require_keeper(by, project.unit_id, project.department_id, title=project.name)
    refuse_any(rules.pool_status_may_change(
        project, status=status, label=PoolStatus(status).label, reason=reason, open_years=_years_under_way(project)
    ))
    return records.change(
        project, by=by, at=at, changes={"status": status}, label=f"改为{PoolStatus(status).label}", reason=reason.strip()
    )


def _years_under_way(project: Project) -> list[int]:
    ended = (ProjectYear.Stage.CLOSED, ProjectYear.Stage.REJECTED, ProjectYear.Stage.APPLIED)
    years = project.years.exclude(stage__in=ended).order_by("fiscal_year")
    return list(years.values_list("fiscal_year", flat=True))


@transaction.atomic
def open_project_year(project: Project, *, fiscal_year: FiscalYear, by, at: datetime) -> ProjectYear:
    """Open the project in a fiscal year, linked to the year before it, with last year's sources of funds at zero.

    Raises ``PermissionDenied``, ``RuleViolation`` when the year is closed, taken or outside the project's term.
    """
    _require_keeper(by, project.unit_id, project.department_id, title=project.name)
    exists = project.years.filter(fiscal_year=fiscal_year).exists()
    refuse_any([
        *rules.project_is_declarable(project, children=project.children.count()),
        *rules.year_may_be_opened(project, fiscal_year, exists=exists),
    ])
    return create_year(project, fiscal_year=fiscal_year, by=by, at=at)


def create_year(
    project: Project, *, fiscal_year: FiscalYear, by, at: datetime, amounts: Mapping[str, Decimal] | None = None,
    ceiling_yuan: Decimal | None = None,
) -> ProjectYear:
    """The row, its lines and its first to-do, without any question whether it may be opened."""
    previous = project.years.filter(fiscal_year=fiscal_year.year - 1).first()
    if amounts is None:
        sources = previous.lines.values_list("source", flat=True) if previous else [FundSource.FISCAL]
        amounts = dict.fromkeys(sources, ZERO)
    year = ProjectYear(
        project=project, fiscal_year=fiscal_year, previous=previous, ceiling_yuan=ceiling_yuan,
        requested_yuan=sum(amounts.values(), ZERO),
    )
    year = records.create(year, by=by, at=at, label="年度立项")
    BudgetLine.objects.bulk_create(
        BudgetLine(project_year=year, source=source, requested_yuan=amount) for source, amount in amounts.items()
    )
    return year


@transaction.atomic
def set_request(
    project_year: ProjectYear, *, amounts: Mapping[str, Decimal], by, at: datetime, seen: int | None = None,
) -> ProjectYear:
    """Enter what is asked for, in yuan by source of funds; a source left out is taken away.

    Raises as ``records.save_draft`` does, and ``RuleViolation`` for a negative amount.
    """
    refuse_any(rules.amounts_are_valid(
        project_year, {FundSource(source).label: amount for source, amount in amounts.items()}
    ))
    wanted = {source: amount for source, amount in amounts.items() if amount}
    changes: dict[str, Any] = {"requested_yuan": sum(wanted.values(), ZERO)}

    def write_lines(row: ProjectYear) -> dict[str, str]:
        row.lines.exclude(source__in=wanted).delete()
        for source, amount in wanted.items():
            row.lines.update_or_create(source=source, defaults={"requested_yuan": amount})
        return {FundSource(source).label: str(amount) for source, amount in wanted.items()}

    return records.save_draft(project_year, by=by, at=at, changes=changes, seen=seen, also=write_lines)


@transaction.atomic
def approve_amounts(project_year: ProjectYear, *, by, at: datetime) -> None:
    """Make what was asked for the budget of the year's beginning, line by line; the step to execution sets the sums."""
    lines = list(project_year.lines.select_for_update())
    for line in lines:
        line.initial_yuan = line.requested_yuan
    BudgetLine.objects.bulk_update(lines, ["initial_yuan"])
    audit.record(
        "budgets.budgetline.approve", project_year, by=by, at=at, label="批复预算数",
        after={line.get_source_display(): line.initial_yuan for line in lines},
    )


def record_progress(
    project_year: ProjectYear, *, lamp: str, attainment_rate: Decimal | None, by, at: datetime
) -> ProjectYear:
    """Keep the newest lamp and attainment rate (a ratio, four places) of the project-year for lists and pages."""
    return records.change(
        project_year, by=by, at=at, changes={"lamp": lamp, "attainment_rate": attainment_rate}, label="更新监控结果"
    )


def _require_keeper(by, unit_id: int, department_id: int, *, title: str) -> None:
    if not rules.may_keep_project(by, unit_id=unit_id, department_id=department_id):
        raise PermissionDenied(f"您没有登记或修改“{title}”的权限。")


def _code_is_free(code: str) -> list[Reason]:
    taken = Project.objects.filter(code=code).first()
    if taken is None:
        return []
    return [Reason("code_taken", f"项目编码 {code} 已由“{taken.name}”使用，请核对编码或直接打开该项目。")]
