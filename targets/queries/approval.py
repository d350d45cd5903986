"""What waits for approval with the budget, and what was approved by which document."""

from django.db import models
from django.db.models.functions import Coalesce

from budgets.models.sums import fen_sum
from core.models import User
from targets.models import Approval, Indicator, TargetDeclaration
from targets.models.approvals import IN_FORCE_ONCE
from targets.queries.declarations import NAMES, State, declarations_for

AMOUNT = Coalesce("adjustment__amount_yuan", "project_year__initial_yuan")


def awaiting_approval(user: User) -> models.QuerySet[TargetDeclaration]:
    return declarations_for(user).filter(state=State.READY_FOR_APPROVAL)


def approvals_for(user: User) -> models.QuerySet[Approval]:
    """Each with ``number``, how many declarations in the person's sight carry its number, and their ``fen``."""
    seen = TargetDeclaration.objects.visible_to(user).filter(
        state__in=IN_FORCE_ONCE, document_no=models.OuterRef("document_no"),
        project_year__fiscal_year=models.OuterRef("fiscal_year"),
        project_year__project__department=models.OuterRef("department"),
    ).annotate(amount=AMOUNT).order_by().values("document_no")
    return Approval.objects.visible_to(user).select_related("department", "by", "fiscal_year__ruleset").annotate(
        number=models.Subquery(seen.annotate(found=models.Count("pk")).values("found")),
        fen=Coalesce(models.Subquery(
            seen.annotate(found=fen_sum("amount")).values("found")
        ), 0, output_field=models.BigIntegerField()),
    )


def approved_by(approval: Approval, user: User) -> list[TargetDeclaration]:
    """The declarations of the document that the person may see, by project code, with indicators and lines."""
    rows = approval.declarations() & TargetDeclaration.objects.visible_to(user)
    indicators = models.Prefetch("indicators", queryset=Indicator.objects.order_by("position"))
    return list(
        rows.select_related(*NAMES, "adjustment__budget_adjustment").prefetch_related(indicators)
        .order_by("project_year__project__code", "version")
    )


def by_department(waiting: models.QuerySet[TargetDeclaration]) -> list[dict[str, object]]:
    """Departments with declarations that wait: ``pk``, ``name``, ``number``, by code."""
    department = "project_year__project__department"
    found = waiting.order_by(f"{department}__code").values(
        pk=models.F(department), name=models.F(f"{department}__name")
    )
    return list(found.annotate(number=models.Count("pk")))
