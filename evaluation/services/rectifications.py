"""The ledger of a feedback letter: measures, results, and finance's word on each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.access import Role
from core.errors import refuse_any
from core.transitions import effect_of, lock
from evaluation import rules
from evaluation.models import Rectification, RectificationItem, Result
from evaluation.services.results import record_basis

Status = RectificationItem.Status
PLAN_FIELDS = ("measure", "person", "due_on")
RESULT_FIELDS = ("result", "done_on")


def fill_rectification(
    letter: Rectification, *, rows: Mapping[int, Mapping[str, Any]], by, at: datetime, seen: int | None = None
) -> Rectification:
    """Save measures before the plan is agreed, results after it; what is not asked for in the present state is left.

    Shape: ``rows`` item id to ``PLAN_FIELDS`` or ``RESULT_FIELDS``.
    """
    at_work = letter.state == Rectification.State.RECTIFYING
    fields = RESULT_FIELDS if at_work else PLAN_FIELDS
    items = [item for item in letter.item_list() if item.pk in rows]
    refuse_any(reason for item in items for reason in rules.may_fill_item(
        item, at_work=at_work, done_on=rows[item.pk].get("done_on"), today=timezone.localdate(at)
    ))
    for item in items:
        for name in fields:
            if name in rows[item.pk]:
                setattr(item, name, rows[item.pk][name])

    def write_items(row: Rectification) -> dict[str, Any]:
        RectificationItem.objects.bulk_update(items, fields)
        return {"items": audit.plain({str(item.seq): {name: getattr(item, name) for name in fields} for item in items})}

    return records.save_draft(letter, by=by, at=at, changes={}, seen=seen, also=write_items)


@transaction.atomic
def verify_item(
    item: RectificationItem, *, verified: bool, note: str, others: Mapping[int, str] | None = None, by, at: datetime
) -> RectificationItem:
    """Finance's word on one problem: verified, or not yet put right and why.

    Shape: ``others`` item id to the note begun beside another problem of the letter, kept until its turn comes.
    """
    if not by.holds(Role.FISCAL_PERFORMANCE):
        raise PermissionDenied(f"您没有核实{item.rectification.title()}的权限，请由财政绩效股办理。")
    item.rectification = lock(item.rectification)
    refuse_any(rules.may_verify_item(item, verified=verified, note=note))
    waiting = item.rectification.items.exclude(pk=item.pk).exclude(status=Status.VERIFIED)
    for other in waiting.filter(pk__in=others or ()):
        records.change(other, by=by, at=at, changes={"note": others[other.pk]}, label="核实意见")
    changes = {"status": Status.VERIFIED if verified else Status.REJECTED, "note": note}
    return records.change(item, by=by, at=at, changes=changes, label="核实整改" if verified else "核实不到位", reason=note)


@effect_of(Rectification, "approve_plan")
def start_items(letter: Rectification, *, by, at: datetime, reason: str, data) -> None:
    _move(letter, Status.IN_PROGRESS, label="整改开始", by=by, at=at)


@effect_of(Rectification, "submit_result")
def report_items(letter: Rectification, *, by, at: datetime, reason: str, data) -> None:
    _move(letter, Status.REPORTED, label="整改结果待核实", by=by, at=at)


@effect_of(Rectification, "close")
def correct_basis(letter: Rectification, *, by, at: datetime, reason: str, data) -> None:
    """A result that was published while the letter was open counts as rectified from now on."""
    result = Result.objects.filter(project_year=letter.project_year).first()
    if result is not None:
        record_basis(result, by=by, at=at, reason=f"{letter.title()}（{letter.letter_no}）已销号。")


def _move(letter: Rectification, status: str, *, label: str, by, at: datetime) -> None:
    """Every problem that is not settled yet gets ``status``."""
    moved = letter.items.exclude(status=Status.VERIFIED).update(status=status)
    audit.record(
        "evaluation.rectificationitem.move", letter, by=by, at=at, label=label, after={"items": moved, "status": status}
    )
