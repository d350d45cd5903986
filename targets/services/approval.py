"""Approval with the budget: what one approval changes, and a whole department under one document number."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from budgets.services import adjust_budget, approve_amounts
from core import records
from core.access import Role
from core.batches import Batch, each
from core.transitions import effect_of, perform
from targets.models import Approval, TargetDeclaration
from targets.services.filing import Stage, State


def approve_declarations(
    declarations: Sequence[TargetDeclaration], *, document_no: str, by, at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Approve each as one alone would be; what may not be approved stays as it was and is named.

    Raises ``PermissionDenied`` for anybody but the budget section.
    """
    if not by.holds(Role.FISCAL_BUDGET):
        raise PermissionDenied("您没有批复绩效目标的权限，请由财政预算股办理。")

    def approve(declaration: TargetDeclaration) -> None:
        perform(declaration, "approve", by=by, at=at, data={"document_no": document_no})

    return each(declarations, approve, progress=progress)


@effect_of(TargetDeclaration, "approve")
def keep_document(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    """One row for each document and department, made with the first declaration approved under it."""
    year = declaration.project_year
    place = {
        "fiscal_year": year.fiscal_year, "department": year.project.department, "document_no": declaration.document_no
    }
    if not Approval.objects.filter(**place).exists():
        approval = Approval(**place, approved_on=timezone.localdate(at), by=by)
        records.create(approval, by=by, at=at, label="批复绩效目标")


@effect_of(TargetDeclaration, "approve")
def open_execution_with_approval(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    """The amounts become the budget and the project-year is executed."""
    year = declaration.project_year
    if year.stage == Stage.AWAITING_APPROVAL:
        approve_amounts(year, by=by, at=at)
        perform(
            year, "open_execution", by=by, at=at, data={"document_no": declaration.document_no}, cause=declaration
        )


@effect_of(TargetDeclaration, "approve")
def put_adjustment_in_force(declaration: TargetDeclaration, *, by, at: datetime, reason: str, data) -> None:
    """The budget changes by the same document, and the version in force before is replaced."""
    year = declaration.project_year
    if hasattr(declaration, "adjustment"):
        asked = declaration.adjustment
        made = adjust_budget(
            year, source=asked.source, amount_yuan=asked.amount_yuan, document_no=declaration.document_no,
            adjusted_on=timezone.localdate(at), reason=asked.reason, by=by, at=at,
        )
        records.change(asked, by=by, at=at, changes={"budget_adjustment": made}, label="随目标调整预算")
    for earlier in year.target_declarations.filter(state=State.APPROVED).exclude(pk=declaration.pk):
        perform(earlier, "supersede", by=by, at=at, cause=declaration)
