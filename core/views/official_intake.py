"""A filled form becomes a draft: upload on the draft's page, a preview of every field, confirm."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core import clock
from core.attachments import read_upload
from core.errors import RuleViolation
from core.models import StagedImport
from core.official.checking import check
from core.official.checking.report import texts_by_cell
from core.official.intake import intake_for, staging
from core.official.intake.kinds import Paper
from core.official.intake.plans import Plan
from core.views.check_form import findings_shown
from core.views.records import visible_record
from core.views.steps import CONFLICTS
from core.workflow import WorkflowRecord


class FormUpload(forms.Form):
    file = forms.FileField(
        label="填好的表", allow_empty_file=True, help_text="支持 .docx、.xlsx、.xls、.ods，不超过 20 MB。",
        error_messages={"required": "没有选择文件，请选择填好的表。"},
    )


def fillable_record(user, label: str, pk: int) -> WorkflowRecord:
    """Raises ``Http404`` for a record out of sight or of a kind no form fills in.

    Raises ``PermissionDenied`` for a person who may not fill it in.
    """
    record = visible_record(user, label, pk)
    if intake_for(label) is None:
        raise Http404("这种记录不能用填好的表导入。")
    if not record.editable_by(record, user):
        raise PermissionDenied(f"您没有填写{record.title()}的权限。")
    return record


@login_required
def upload(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    record = fillable_record(request.user, label, pk)
    closed = staging.closed_by(record, request.user)
    if closed:
        messages.error(request, closed[0].sentence)
        return redirect(record)
    form = FormUpload(request.POST, request.FILES) if request.method == "POST" else FormUpload()
    refusal = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staged = staging.stage(record, read_upload(file), name=file.name, by=request.user, at=clock.now())
            return redirect("official_intake_preview", staged.pk)
        except RuleViolation as caught:
            refusal = caught
    intake = intake_for(label)
    return render(request, "core/official_intake_upload.html", {
        "title": f"用填好的《{intake.paper.label}》填写", "subtitle": record.title(), "form": form, "record": record,
        "guide": intake.guide, "paper": intake.paper,
        "cancel_url": record.get_absolute_url(), "reasons": refusal.reasons if refusal else [],
        "recent": [
            {"name": row.file.name, "at": row.requested_at, "state": row.get_state_display(),
             "url": reverse("official_intake_preview", args=[row.pk])}
            for row in staging.staged_for(record, request.user)[:5]
        ],
    }, status=HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the form would change. POST takes it in, with the revision of the draft that was on screen."""
    staged = get_object_or_404(
        StagedImport.objects.visible_to(request.user).filter(kind__startswith=staging.KIND).select_related("file"),
        pk=pk,
    )
    record = fillable_record(request.user, staged.file.model, staged.file.object_id)
    if request.method != "POST":
        return _page(request, staged, record)
    seen = request.POST.get("seen", "")
    try:
        saved, plan = staging.take_in(
            staged, sha256=request.POST.get("hash", ""), by=request.user, at=clock.now(),
            seen=int(seen) if seen.isdecimal() else -1,
        )
    except RuleViolation as refusal:
        staged.refresh_from_db()
        return _page(request, staged, record, refusal=refusal)
    messages.success(request, f"已按“{staged.file.name}”填入 {len(plan.changes)} 处，请核对后报送。")
    return redirect(saved)


def _page(
    request: HttpRequest, staged: StagedImport, record: WorkflowRecord, *, refusal: RuleViolation | None = None
) -> HttpResponse:
    intake, done = staging.intake_of(record), staged.state == StagedImport.State.COMMITTED
    paper, plan = staging.plan_of(intake, record, staging.papers_of(staged))
    closed = [] if done else staging.closed_by(record, request.user)
    reasons = refusal.reasons if refusal else closed or plan.obstacles
    status = HTTPStatus.OK
    if refusal:
        conflict = CONFLICTS & set(refusal.codes) or "committed" in refusal.codes
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "core/official_intake.html", {
        "title": f"用填好的《{intake.paper.label}》填写：预览", "subtitle": record.title(), "record": record,
        "file_name": staged.file.name, "file_url": reverse("attachment", args=[staged.file_id]),
        "hash": staged.file.sha256, "seen": record.revision, "plan": plan, "reasons": reasons,
        "done": done, "ready": bool(plan.changes) and not (done or closed or plan.obstacles),
        "upload_url": reverse("official_intake", args=[staged.file.model, record.pk]),
    } | _seen_in(paper, plan, record), status=status)


def _seen_in(paper: Paper, plan: Plan, record: WorkflowRecord) -> dict[str, Any]:
    """What the person should look at, with what the cells say, and what the checks of the form find."""
    texts = texts_by_cell(paper.form)
    return {
        "remarks": [{"cell": each.cell, "read": texts.get(each.cell, ""), "message": each.sentence}
                    for each in plan.remarks],
        "findings": findings_shown(check(paper.form, record.rulebook())),
    }
