"""Asking to go without an assessment, and what finance's yes does."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets import rules
from budgets.models import ExAnteExemption, ProjectYear
from core import attachments, records
from core.errors import refuse_any
from core.transitions import effect_of, lock

EVIDENCE_KIND = "免评估佐证"


@transaction.atomic
def ask_for_exemption(
    project_year: ProjectYear, *, ground: str, basis_text: str, file: tuple[str, bytes] | None, by, at: datetime
) -> ExAnteExemption:
    """``file`` is the name and content of the evidence.

    Raises ``PermissionDenied`` outside of the unit's operators, ``RuleViolation`` for a project-year that needs no
    exemption, a second application, a ground that is not on the rule set's list, and a missing text or file.
    """
    year = lock(project_year)
    if not year.editable_by(year, by):
        raise PermissionDenied(f"您没有为{year.title()}申请免予评估的权限，请由单位经办人办理。")
    pending = year.ex_ante_exemptions.filter(state=ExAnteExemption.State.APPLIED).exists()
    refuse_any([
        *rules.year_is_open(year), *rules.exemption_may_be_asked(year, is_pending=pending),
        *rules.exemption_is_grounded(year, ground=ground, basis_text=basis_text, has_file=file is not None),
    ])
    exemption = records.create(
        ExAnteExemption(project_year=year, ground=ground, basis_text=basis_text.strip()), by=by, at=at,
        label="申请免予事前评估",
    )
    name, content = file
    attachments.attach(exemption, content, name=name, by=by, at=at, kind=EVIDENCE_KIND)
    return exemption


@effect_of(ExAnteExemption, "grant")
def exempt_year(exemption: ExAnteExemption, *, by, at: datetime, reason: str, data) -> None:
    records.change(
        exemption.project_year, by=by, at=at, label="准予免予事前评估",
        changes={"ex_ante_exemption": f"{exemption.ground}：{exemption.basis_text}"},
    )
