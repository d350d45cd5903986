"""Budget adjustments, payments, and the sums a project-year keeps of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from budgets import rules
from budgets.models import BudgetAdjustment, BudgetLine, FundSource, ProjectYear, Spending
from budgets.models.sums import fen_sum, yuan_of
from core import audit, records
from core.access import Role
from core.errors import refuse, refuse_any
from core.transitions import effect_of, lock

ZERO = Decimal("0.00")


@transaction.atomic
def adjust_budget(
    project_year: ProjectYear, *, source: str, amount_yuan: Decimal, document_no: str, adjusted_on: date, reason: str,
    by, at: datetime, seen: int | None = None,
) -> BudgetAdjustment:
    """Add to (positive) or cut (negative) one source of funds during the year and renew the sums.

    The project-year's revision goes up, so that the same page sent twice (``seen``) counts once.
    Raises ``PermissionDenied`` for anybody but the budget section, ``RuleViolation`` for a stale page, outside of
    execution, without a document number or reason, and for a cut below what was spent.
    """
    if not by.holds(Role.FISCAL_BUDGET):
        raise PermissionDenied(f"您没有调整{project_year.title()}预算的权限。")
    row = lock(project_year)
    if seen is not None and seen != row.revision:
        raise refuse("stale", f"{row.title()}在您打开页面之后已被他人改动，请另开一页核对预算数后再登记调整。")
    refuse_any(rules.adjustment_is_sound(
        row, source_label=FundSource(source).label, source_left_yuan=left_by_source(row).get(source, ZERO),
        amount_yuan=amount_yuan, document_no=document_no, reason=reason,
    ))
    adjustment = records.create(
        BudgetAdjustment(
            project_year=row, source=source, amount_yuan=amount_yuan, document_no=document_no.strip(),
            adjusted_on=adjusted_on, reason=reason.strip(), recorded_by=by,
        ),
        by=by, at=at, label="调整预算", reason=reason,
    )
    ProjectYear.objects.filter(pk=row.pk).update(revision=row.revision + 1)
    refresh_money([row.pk])
    return adjustment


def left_by_source(project_year: ProjectYear) -> dict[str, Decimal]:
    """What each source of funds has left unspent, in yuan."""
    left: dict[str, Decimal] = {}
    for rows, field, sign in (
        (project_year.lines, "initial_yuan", 1), (project_year.adjustments, "amount_yuan", 1),
        (project_year.spendings, "amount_yuan", -1),
    ):
        for source, amount in rows.values_list("source", field):
            left[source] = left.get(source, ZERO) + sign * amount
    return left


@effect_of(ProjectYear, "stop")
def take_back_what_is_left(project_year: ProjectYear, *, by, at: datetime, reason: str, data) -> None:
    """A stopped project keeps what it spent; what every source has left is cut, so that the sums stay explained."""
    cuts = [
        BudgetAdjustment(
            project_year=project_year, source=source, amount_yuan=-amount, document_no="停止项目收回",
            adjusted_on=at.date(), reason=reason, recorded_by=by,
        )
        for source, amount in left_by_source(project_year).items() if amount
    ]
    BudgetAdjustment.objects.bulk_create(cuts)
    audit.record(
        "budgets.budgetadjustment.take_back", project_year, by=by, at=at, label="收回未支出预算", reason=reason,
        after={cut.get_source_display(): cut.amount_yuan for cut in cuts},
    )
    refresh_money([project_year.pk])


@transaction.atomic
def record_spendings(spendings: Sequence[Spending], *, origin: str, by, at: datetime) -> int:
    """Store payments in one go and renew the sums of their project-years; returns how many were stored.

    ``origin`` names the file or system they come from. Raises ``PermissionDenied`` for anybody but the budget section.
    """
    if not by.holds(Role.FISCAL_BUDGET):
        raise PermissionDenied("您没有登记支付明细的权限，请由财政预算股办理。")
    Spending.objects.bulk_create(spendings, batch_size=500)
    touched = {spending.project_year_id for spending in spendings}
    refresh_money(touched)
    if spendings:
        audit.record(
            "budgets.spending.record", spendings[0].project_year.fiscal_year, by=by, at=at, label="登记支付明细",
            after={
                "origin": origin, "payments": len(spendings), "project_years": len(touched),
                "amount_yuan": sum((spending.amount_yuan for spending in spendings), ZERO),
            },
        )
    return len(spendings)


@transaction.atomic
def refresh_money(project_years: Iterable[int | ProjectYear]) -> int:
    """Recompute budget, spending and execution rate of project-years from their lines, adjustments and payments.

    The sums are derived and have no audit entry of their own; what changed them has. Takes rows or ids, returns how
    many rows differed; the number of queries does not depend on how many there are.
    """
    ids = {getattr(each, "pk", each) for each in project_years}
    initial = _sums(BudgetLine.objects, "initial_yuan", ids)
    adjusted = _sums(BudgetAdjustment.objects, "amount_yuan", ids)
    spent = _sums(Spending.objects, "amount_yuan", ids)
    changed = []
    for year in ProjectYear.objects.filter(pk__in=ids).select_for_update():
        before = (year.initial_yuan, year.budget_yuan, year.spent_yuan, year.execution_rate)
        year.initial_yuan = initial.get(year.pk, ZERO)
        year.budget_yuan = year.initial_yuan + adjusted.get(year.pk, ZERO)
        year.spent_yuan = spent.get(year.pk, ZERO)
        year.refresh_rate()
        if before != (year.initial_yuan, year.budget_yuan, year.spent_yuan, year.execution_rate):
            changed.append(year)
    ProjectYear.objects.bulk_update(
        changed, ["initial_yuan", "budget_yuan", "spent_yuan", "execution_rate"], batch_size=None
    )
    return len(changed)


def _sums(rows: models.Manager, field: str, ids: set[int]) -> dict[int, Decimal]:
    found = rows.filter(project_year__in=ids).order_by().values("project_year").annotate(fen=fen_sum(field))
    return {row["project_year"]: yuan_of(row["fen"]) for row in found}
