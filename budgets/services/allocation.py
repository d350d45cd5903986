"""How results become next year's ceilings: the basis the upper apps record, and the rounds that read nothing else."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets import rules
from budgets.models import (
    AllocationBasis,
    AllocationLine,
    AllocationRound,
    FiscalYear,
    FundSource,
    Project,
    ProjectYear,
)
from budgets.queries.allocation import Standing, standings
from budgets.services.projects import create_year
from core import audit, linkage, records
from core.access import Role
from core.errors import refuse_any
from core.models import RuleSet
from core.money import share_out, wan_text
from core.rulebook.terms import Duration, EvaluationKind, RectificationState
from core.transitions import effect_of

ZERO = Decimal("0.00")


@transaction.atomic
def record_allocation_basis(
    project_year: ProjectYear, *, evaluation: str, score: Decimal, grade: str, poor_years: int, rectification: str,
    carryover_yuan: Decimal, lamps: Sequence[Any], source: str, by, at: datetime, reason: str = "",
) -> AllocationBasis:
    """Keep one result of a project-year for next year's money; called by whoever publishes results.

    ``evaluation`` and ``rectification`` are values of ``EvaluationKind`` and ``RectificationState``; ``poor_years``
    counts this year if its grade is poor; ``lamps`` is a list of JSON values, oldest first. A correction is a new row.
    Raises ``RuleViolation`` for a correction without its reason, ``ValueError`` for an unknown kind.
    """
    recorded_before = project_year.bases.exists()
    refuse_any(rules.correction_is_reasoned(project_year, recorded_before=recorded_before, reason=reason))
    basis = AllocationBasis(
        project_year=project_year, evaluation=EvaluationKind(evaluation).value, score=score, grade=grade,
        poor_years=poor_years, rectification=RectificationState(rectification).value,
        execution_rate=project_year.execution_rate, carryover_yuan=carryover_yuan, lamps=list(lamps), source=source,
        recorded_by=by, recorded_at=at, reason=reason,
    )
    return records.create(basis, by=by, at=at, label="登记挂钩依据", reason=reason)


@transaction.atomic
def open_allocation_round(
    *, name: str, fiscal_year: FiscalYear, ceiling_yuan: Decimal, by, at: datetime,
    base_year: FiscalYear | None = None, result_year: FiscalYear | None = None, ruleset: RuleSet | None = None,
) -> AllocationRound:
    """A draft round. Left out, the base is the year before and the results are of two years before (domain rules §8).

    Raises ``PermissionDenied`` for anybody but the budget section, ``RuleViolation`` when a year does not exist.
    """
    if not by.holds(Role.FISCAL_BUDGET):
        raise PermissionDenied("您没有新建预算安排轮次的权限，请由财政预算股办理。")
    known = FiscalYear.objects.in_bulk()
    wanted = {
        "基数年度": base_year.pk if base_year else fiscal_year.pk - 1,
        "结果年度": result_year.pk if result_year else fiscal_year.pk - 2,
    }
    refuse_any(rules.years_exist(name, wanted, set(known)))
    round_ = AllocationRound(
        name=name, fiscal_year=fiscal_year, base_year=known[wanted["基数年度"]],
        result_year=known[wanted["结果年度"]], ruleset=ruleset or fiscal_year.ruleset, ceiling_yuan=ceiling_yuan,
    )
    return records.create(round_, by=by, at=at, label="新建安排轮次")


@effect_of(AllocationRound, "simulate")
def simulate_lines(round_: AllocationRound, *, by, at: datetime, reason: str, data) -> None:
    """Work out every project's suggestion afresh; changes and waivers that people entered before stay."""
    entered = {line.project_id: line for line in round_.lines.all()}
    lines = [_line(round_, standing, entered.get(standing.project.pk)) for standing in standings(round_)]
    round_.lines.all().delete()
    AllocationLine.objects.bulk_create(lines, batch_size=500)
    audit.record(
        "budgets.allocationround.lines", round_, by=by, at=at, label="测算结果", after={
            "lines": len(lines), "suggested_yuan": sum((line.suggested_yuan for line in lines), ZERO),
            "final_yuan": sum((line.final_yuan for line in lines), ZERO),
        },
    )


def _line(round_: AllocationRound, standing: Standing, entered: AllocationLine | None) -> AllocationLine:
    line = AllocationLine(
        round=round_, project=standing.project, basis=standing.basis, requested_yuan=standing.requested_yuan,
        base_yuan=standing.base_yuan,
    )
    if entered:
        line.changed_yuan, line.change_reason = entered.changed_yuan, entered.change_reason
        line.waiver = entered.waiver
    suggest_for(line, standing, round_.rulebook())
    line.final_yuan = final_of(line)
    return line


def final_of(line: AllocationLine) -> Decimal:
    """What a person decided, else what was asked for when the linkage is waived, else the rule's suggestion."""
    if line.changed_yuan is not None:
        return line.changed_yuan
    return line.requested_yuan if line.waiver else line.suggested_yuan


def suggest_for(line: AllocationLine, standing: Standing, book) -> None:
    """Set the line's rule, action, suggestion and working."""
    if standing.basis is None:
        line.suggested_yuan = line.requested_yuan
        line.working = {
            "rule": "none", "inputs": [["申报数", f"{wan_text(line.requested_yuan)} 万元"]], "hits": [],
            "formula": f"没有可挂钩的评价结果，按申报数 {wan_text(line.requested_yuan)} 万元",
            "notes": list(standing.notes),
        }
        return
    suggestion = linkage.suggest(_case(standing), book.linkage)
    applied = next((hit for hit in suggestion.hits if hit.applied), None)
    shown = applied or next(iter(suggestion.hits), None)
    line.rule_code = shown.code if shown else ""
    line.action = shown.action.value if shown else ""
    line.suggested_yuan = suggestion.suggested_yuan
    line.working = suggestion.explain() | {
        "notes": [*suggestion.notes, *standing.notes],
        "hits": [
            {"code": hit.code, "action": hit.action.label, "basis": hit.basis, "sum": hit.sum, "applied": hit.applied}
            for hit in suggestion.hits
        ],
        "cut_yuan": str(suggestion.cut_yuan), "floor_yuan": str(suggestion.floor_yuan),
        "ceiling_yuan": str(suggestion.ceiling_yuan), "held": suggestion.held, "priority": suggestion.priority,
    }


def _case(standing: Standing) -> linkage.LinkageCase:
    basis = standing.basis
    return linkage.LinkageCase(
        evaluation=EvaluationKind(basis.evaluation), grade=basis.grade,
        duration=Duration(standing.project.duration_type), declared_yuan=standing.requested_yuan,
        previous_yuan=standing.base_yuan, original_yuan=standing.original_yuan, poor_years=basis.poor_years,
        rectification=RectificationState(basis.rectification), execution_rate=basis.execution_rate,
        balance_yuan=basis.carryover_yuan, previous_balance_yuan=standing.previous_balance_yuan,
        protected=standing.project.is_protected,
    )


@transaction.atomic
def change_line(
    line: AllocationLine, *, changed_yuan: Decimal | None, reason: str, by, at: datetime, seen: int | None = None
) -> AllocationLine:
    """Put a person's amount beside the suggestion; ``None`` goes back to it. ``seen`` is the round's revision.

    Raises ``PermissionDenied``, and ``RuleViolation`` for a round no longer in the making, a stale page, a negative
    amount and a change without its reason.
    """
    return _decide(line, by=by, at=at, seen=seen, label="调整安排数", faults=lambda row: rules.change_is_reasoned(
        row, changed_yuan=changed_yuan, reason=reason
    ), changes={"changed_yuan": changed_yuan, "change_reason": reason.strip() if changed_yuan is not None else ""})


@transaction.atomic
def waive_line(line: AllocationLine, *, waiver: str, by, at: datetime, seen: int | None = None) -> AllocationLine:
    """Free one project from the linkage, with the reason. Raises as ``change_line`` does."""
    return _decide(
        line, by=by, at=at, seen=seen, label="免于挂钩", faults=lambda row: rules.waiver_is_reasoned(row, waiver=waiver),
        changes={"waiver": waiver.strip()},
    )


@transaction.atomic
def resume_line(line: AllocationLine, *, by, at: datetime, seen: int | None = None) -> AllocationLine:
    """Take a waiver back: the rule's suggestion holds again. Raises as ``change_line`` does."""
    return _decide(
        line, by=by, at=at, seen=seen, label="恢复挂钩", faults=rules.waiver_stands, changes={"waiver": ""}
    )


@transaction.atomic
def waive_unsettled(
    round_: AllocationRound, *, department: int | None = None, waiver: str, by, at: datetime, seen: int | None = None
) -> int:
    """Free every continuing project without a result from the linkage, of one department or of all, for one reason.

    Returns how many there were. Raises as ``change_line`` does, and ``RuleViolation`` when there is none.
    """
    fresh = records.open_draft(round_, by=by, seen=seen)
    place = {} if department is None else {"project__department": department}
    lines = list(fresh.unsettled_lines().filter(**place).values_list("pk", flat=True))
    refuse_any(rules.lines_are_left_to_waive(fresh, lines=len(lines)))
    for line in lines:
        _change(
            fresh, line, by=by, at=at, label="免于挂钩", changes={"waiver": waiver.strip()},
            faults=lambda row: rules.waiver_is_reasoned(row, waiver=waiver),
        )
    _count_change(fresh)
    return len(lines)


def _decide(line: AllocationLine, *, changes, faults, by, at: datetime, seen: int | None, label: str) -> AllocationLine:
    round_ = records.open_draft(line.round, by=by, seen=seen)
    row = _change(round_, line.pk, changes=changes, faults=faults, by=by, at=at, label=label)
    _count_change(round_)
    return row


def _change(
    round_: AllocationRound, line: int, *, changes, faults, by, at: datetime, label: str
) -> AllocationLine:
    row = AllocationLine.objects.select_for_update().select_related("project").get(pk=line)
    refuse_any(faults(row))
    before = {name: getattr(row, name) for name in (*changes, "final_yuan")}
    for name, value in changes.items():
        setattr(row, name, value)
    row.final_yuan = final_of(row)
    row.save()
    audit.record(
        "budgets.allocationline.decide", round_, by=by, at=at, label=label,
        reason=row.change_reason or row.waiver, before={"project": row.project.name} | before,
        after={"project": row.project.name} | {name: getattr(row, name) for name in before},
    )
    return row


def _count_change(round_: AllocationRound) -> None:
    round_.revision += 1
    round_.save()


@effect_of(AllocationRound, "issue")
def issue_ceilings(round_: AllocationRound, *, by, at: datetime, reason: str, data) -> None:
    """Every project-year of the round's year gets its ceiling; a project with money and no such year opens in it."""
    lines = round_.lines.select_related("project__unit", "project__department")
    years = {year.project_id: year for year in round_.fiscal_year.project_years.all()}
    opened = 0
    for line in lines:
        year = years.get(line.project_id)
        if year is not None:
            records.change(
                year, by=by, at=at, changes={"ceiling_yuan": line.final_yuan}, label="下达控制数", reason=round_.document_no
            )
        elif line.final_yuan > 0:
            create_year(
                line.project, fiscal_year=round_.fiscal_year, by=by, at=at, ceiling_yuan=line.final_yuan,
                amounts=_proposed_amounts(line.project, round_.base_year_id, line.final_yuan),
            )
            opened += 1
    audit.record(
        "budgets.allocationround.ceilings", round_, by=by, at=at, label="下达控制数",
        after={"lines": len(lines), "opened": opened, "document_no": round_.document_no},
    )


def _proposed_amounts(project: Project, base_year: int, final_yuan: Decimal) -> dict[str, Decimal]:
    """The ceiling split over last year's sources of funds in their proportion; carried-over money is not split anew."""
    previous = project.years.filter(fiscal_year=base_year).first()
    lines = previous.lines.exclude(source=FundSource.CARRYOVER).filter(initial_yuan__gt=0) if previous else []
    shares = {line.source: line.initial_yuan for line in lines} or {FundSource.FISCAL.value: final_yuan}
    return dict(zip(shares, share_out(final_yuan, list(shares.values())), strict=True))
