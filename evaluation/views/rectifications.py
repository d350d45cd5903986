"""反馈整改: the list, and the letter with its ledger."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core import clock
from core.access import Role
from core.errors import RuleViolation
from core.forms import faults_of
from core.views.lists import Column
from core.views.records import record_context
from core.views.steps import StepView
from evaluation import forms, services
from evaluation.models import Rectification, RectificationItem
from evaluation.views.common import NAMES, SOONEST_FIRST, YearList, name_cell, seen_of, status_of

STATUS_WORDS = {
    "not_started": "未开始", "in_progress": "整改中", "reported": "待销号", "verified": "已销号", "rejected": "退回修改",
}


class RectificationList(YearList):
    title = "反馈整改"
    export_name = "反馈整改"
    filter_form = forms.RectificationFilter
    default_order = SOONEST_FIRST
    columns = (
        Column(label="项目", kind="name", value=lambda row: name_cell(row.project_year)),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, width="cw-140"),
        Column(label="反馈意见书", value=lambda row: row.letter_no, width="cw-170"),
        Column(label="下达日期", kind="date", key="issued", sort="issued_on", value=lambda row: row.issued_on,
               width="cw-100"),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-120"),
        Column(label="问题", kind="count", value=lambda row: row.problem_count),
        Column(label="已核实", kind="count", value=lambda row: row.verified_count),
        Column(label="整改次数", kind="count", value=lambda row: row.rounds),
        Column(label="办理期限", kind="due", key="due", sort="due_on", value=lambda row: row.due_on, width="cw-120"),
    )

    def visible(self, request: HttpRequest):
        return Rectification.objects.visible_to(request.user).with_counts()


def visible_letter(request: HttpRequest, pk: int) -> Rectification:
    return get_object_or_404(
        Rectification.objects.visible_to(request.user).select_related(*NAMES, "evaluation__institution"), pk=pk
    )


@login_required
def rectification(request: HttpRequest, pk: int) -> HttpResponse:
    letter = visible_letter(request, pk)
    if request.method == "POST":
        return _save(request, letter)
    return _page(request, letter)


def _rows(letter: Rectification, *sent) -> list[forms.ItemForm]:
    at_work = letter.state == Rectification.State.RECTIFYING
    return [
        forms.ItemForm(*sent, item=item, at_work=at_work)
        for item in letter.item_list() if not (at_work and item.status == RectificationItem.Status.VERIFIED)
    ]


def _save(request: HttpRequest, letter: Rectification) -> HttpResponse:
    rows = _rows(letter, request.POST)
    faulty = [row for row in rows if not row.is_valid()]
    if faulty:
        return _page(request, letter, rows=rows, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        services.fill_rectification(
            letter, rows={row.item.pk: row.cleaned_data for row in rows}, by=request.user, at=clock.now(),
            seen=seen_of(request),
        )
    except RuleViolation as refusal:
        return _page(request, letter, rows=rows, refusal=refusal, status=status_of(refusal))
    messages.success(request, "整改台账已保存。", extra_tags="toast")
    return redirect(letter)


@login_required
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the item's; the button pressed says whether it is verified."""
    item = get_object_or_404(
        RectificationItem.objects.filter(
            rectification__in=Rectification.objects.visible_to(request.user)
        ).select_related("rectification"), pk=pk,
    )
    letter = visible_letter(request, item.rectification_id)
    notes = _notes(request, letter)
    try:
        services.verify_item(
            item, verified=request.POST.get("verified") == "yes", note=notes.get(item.pk, ""), others=notes,
            by=request.user, at=clock.now(),
        )
    except RuleViolation as refusal:
        return _page(request, letter, refusal=refusal, notes=notes, status=status_of(refusal))
    messages.success(request, f"第 {item.seq} 个问题的核实意见已保存。", extra_tags="toast")
    return redirect(letter)


def _notes(request: HttpRequest, letter: Rectification) -> dict[int, str]:
    """What is typed beside each problem, by the item's id."""
    typed = {item.pk: request.POST.get(f"note-{item.pk}") for item in letter.item_list()}
    return {key: note.replace("\x00", "")[:forms.LONG] for key, note in typed.items() if note is not None}


def _page(
    request: HttpRequest, letter: Rectification, *, rows: list[forms.ItemForm] | None = None,
    notes: dict[int, str] | None = None, refusal: RuleViolation | None = None, status: int = HTTPStatus.OK,
) -> HttpResponse:
    editable = letter.editable_by(letter, request.user) and letter.state in letter.editable_states
    by_item = {row.item.pk: row for row in (rows or (_rows(letter) if editable else []))}
    verifying = letter.state == Rectification.State.VERIFYING and request.user.holds(Role.FISCAL_PERFORMANCE)
    items: list[dict[str, Any]] = [
        {
            "item": item, "form": by_item.get(item.pk), "status": STATUS_WORDS[item.status],
            "verify": verifying and item.status != RectificationItem.Status.VERIFIED,
            "note": (notes or {}).get(item.pk, item.note),
            "owed_on": item.due_on if letter.state == Rectification.State.RECTIFYING and not item.done_on else None,
        }
        for item in letter.item_list()
    ]
    return render(request, "evaluation/rectification.html", record_context(request, letter) | {
        "year": letter.project_year, "evaluation": letter.evaluation, "items": items, "editable": editable,
        "at_work": letter.state == Rectification.State.RECTIFYING, "verifying": verifying,
        "reasons": refusal.reasons if refusal else [
            fault for row in rows or () for fault in faults_of(row, f"第 {row.item.seq} 个问题")
        ],
        "upload_kinds": [("整改佐证", "整改佐证"), ("整改报告", "整改报告")],
    }, status=status)


class RectificationStep(StepView):
    model = Rectification
