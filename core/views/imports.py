"""Pages of staged imports: upload, preview with every error, confirm."""

import io
from http import HTTPStatus
from pathlib import PurePosixPath

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core import clock
from core.attachments import read_upload
from core.errors import RuleViolation
from core.imports import WorkbookImport, import_kinds, staging
from core.jobs import progress_of
from core.models import StagedImport
from core.views.lists import XLSX

MOST_SHOWN = 500
KINDS = {"create": "新增", "change": "修改"}


class UploadForm(forms.Form):
    file = forms.FileField(
        label="工作簿文件", allow_empty_file=True, help_text="支持 .xlsx、.xls、.ods、.csv，不超过 20 MB。",
        error_messages={"required": "没有选择文件，请选择要导入的工作簿。"},
    )


def kind_of(request: HttpRequest, kind: str) -> type[WorkbookImport]:
    """Raises ``Http404`` for an unknown kind and one that the person may not import."""
    importer = import_kinds().get(kind)
    if importer is None or not importer.allowed(request.user):
        raise Http404("没有这种导入，或者您没有导入权限。")
    return importer


@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """The kinds of workbook a person may import; the only one opens at once."""
    mine = [kind for kind in import_kinds().values() if kind.allowed(request.user)]
    if not mine:
        raise Http404("您没有可以导入的工作簿。")
    return redirect("import", mine[0].kind) if len(mine) == 1 else render(request, "core/imports.html", {
        "kinds": [{"title": kind.title, "url": reverse("import", args=[kind.kind]),
                   "sheets": [sheet.sheet_name for sheet in kind.sheets]} for kind in mine],
    })


@login_required
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    importer = kind_of(request, kind)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    refusal = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        stage = staging.stage_in_background if staging.is_large(file.size) else staging.stage
        try:
            staged = stage(kind, read_upload(file), name=file.name, by=request.user, at=clock.now())
            return redirect("import_preview", staged.pk)
        except RuleViolation as caught:
            refusal = caught
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    recent = StagedImport.objects.visible_to(request.user).filter(kind=kind).select_related("file")[:5]
    return render(request, "core/import_upload.html", {
        "title": f"导入{importer.title}", "form": form, "columns": staging.help_of(importer),
        "template_url": reverse("import_template", args=[kind]), "reasons": refusal.reasons if refusal else [],
        "recent": [
            {"name": row.file.name, "at": row.requested_at, "state": row.get_state_display(),
             "url": reverse("import_preview", args=[row.pk])}
            for row in recent
        ],
    }, status=status)


@login_required
def template(request: HttpRequest, kind: str) -> HttpResponse:
    importer = kind_of(request, kind)
    response = HttpResponse(staging.template_of(importer), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-template.xlsx"'
    return response


@login_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    staged = get_object_or_404(StagedImport.objects.visible_to(request.user).select_related("file"), pk=pk)
    importer = kind_of(request, staged.kind)
    refusal = None
    if request.method == "POST":
        sha256 = request.POST.get("hash", "")
        try:
            if staging.is_large(staged.file.size):
                staging.commit_in_background(staged, sha256=sha256, by=request.user, at=clock.now())
                return redirect("import_preview", pk)
            counts = staging.commit(staged, sha256=sha256, by=request.user, at=clock.now())
            messages.success(request, f"“{staged.file.name}”已导入，共 {sum(counts.values())} 行。")
            return redirect("import_preview", pk)
        except RuleViolation as caught:
            refusal = caught
    context = _preview_context(staged, importer, refusal)
    response = render(request, "core/import_preview.html", context,
                      status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK)
    if request.htmx and not context["running"]:
        response.headers["HX-Refresh"] = "true"
    return response


@login_required
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own workbook with its errors marked. Raises ``Http404`` when it has none."""
    staged = get_object_or_404(
        StagedImport.objects.visible_to(request.user).select_related("file"), pk=pk, state=StagedImport.State.FAULTY
    )
    kind_of(request, staged.kind)
    if not staged.can_be_marked:
        raise Http404("这个文件不能作为表格打开，没有可以标出的错误。")
    name = f"{PurePosixPath(staged.file.name).stem}-已标出错误.xlsx"
    return FileResponse(io.BytesIO(staging.rejected(staged)), as_attachment=True, filename=name, content_type=XLSX)


def _preview_context(staged: StagedImport, importer: type[WorkbookImport], refusal: RuleViolation | None) -> dict:
    summary, job = staged.summary, staging.job_of(staged)
    if job is not None:
        job.done_count, job.total_count = progress_of(job)
    refused = [
        {"sheet": "", "row": None, "column": "", "value": "", "message": reason.sentence}
        for reason in (refusal.reasons if refusal else [])
    ]
    return {
        "title": f"导入{importer.title}：预览",
        "file_name": staged.file.name,
        "hash": staged.file.sha256,
        "counts": summary["counts"],
        "warnings": summary["warnings"],
        "errors": refused + staged.errors[:MOST_SHOWN],
        "error_count": len(refused) + summary["errors"],
        "rejected_url": reverse("import_rejected", args=[staged.pk]) if staged.can_be_marked else "",
        "job": job, "running": job is not None and not job.is_finished,
        "poll": reverse("import_preview", args=[staged.pk]),
        "sample": [row | {"kind": KINDS[row["kind"]]} for row in summary["sample"]],
        "upload_url": reverse("import", args=[staged.kind]),
        "committed": staged.state == StagedImport.State.COMMITTED,
    }
