"""A new version of an approved declaration during the year."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from budgets.models import FundSource
from budgets.services import left_by_source
from core import records
from core.access import Role
from core.errors import refuse_any
from core.transitions import lock
from targets import rules
from targets.models import SETTLED, TargetAdjustment, TargetDeclaration
from targets.services.filing import create_declaration, locked_year


@transaction.atomic
def open_adjustment(
    approved: TargetDeclaration, *, ground: str, reason: str, source: str, amount_yuan: Decimal, by, at: datetime
) -> TargetDeclaration:
    """The next version as a draft; the approved one stays in force until the new one is approved.

    ``amount_yuan`` is what the budget of ``source`` is to gain (positive) or lose with it.
    Raises ``PermissionDenied`` for anybody but the unit's operator, ``RuleViolation`` outside of execution, after the
    rule set's last month, without a reason or a change of budget, or while another version is open.
    """
    year = locked_year(approved.project_year)
    approved = lock(approved)
    if not by.holds(Role.UNIT_OPERATOR, year.project.unit_id):
        raise PermissionDenied(f"您没有调整{approved.title()}的权限。")
    later = year.target_declarations.filter(version__gt=approved.version).exclude(state__in=SETTLED).first()
    refuse_any([
        *rules.may_be_adjusted(approved, open_version=later, today=timezone.localdate(at)),
        *rules.application_is_complete(
            approved, reason=reason, amount_yuan=amount_yuan, source_label=FundSource(source).label,
            source_left_yuan=left_by_source(year).get(source, Decimal("0.00")),
        ),
    ])
    declaration = create_declaration(year, by=by, at=at, author=by, copy_from=approved)
    asked = TargetAdjustment(
        declaration=declaration, replaces=approved, ground=ground, reason=reason.strip(), source=source,
        amount_yuan=amount_yuan,
    )
    records.create(asked, by=by, at=at, label="申请调整绩效目标", reason=reason)
    return declaration
