"""What every record's page shows beside its own content: who has it, the steps, history, comments, files."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import attachments, audit, clock, comments
from core.access import may_contribute
from core.errors import RuleViolation
from core.models import Attachment, AuditEntry, ToDo
from core.transitions import available, declared_steps
from core.workflow import WorkflowRecord, workflow_models

FAMILIES = {
    "send_back": "warn", "return_plan": "warn", "return_report": "warn", "return_result": "warn", "block": "bad",
}
QUIET = {"edit"}


def visible_record(user, label: str, pk: int) -> WorkflowRecord:
    """Raises ``Http404`` for an unknown kind, an unknown number and a record the person may not see alike."""
    model = workflow_models().get(label)
    if model is None:
        raise Http404("没有这种记录。")
    return get_object_or_404(model.objects.visible_to(user), pk=pk)


def contributable_record(user, label: str, pk: int) -> WorkflowRecord:
    """Raises ``Http404`` as ``visible_record``, ``PermissionDenied`` for people who only read."""
    record = visible_record(user, label, pk)
    if not may_contribute(user):
        raise PermissionDenied(f"您的角色只能查看{record.title()}，不能留言或上传附件。")
    return record


def record_context(
    request: HttpRequest, record: WorkflowRecord, *, forms: dict[str, type] | None = None
) -> dict[str, Any]:
    """Context shared by all record pages.

    Shape: record, seen, steps (for _steps.html, each with its url and whether it opens a form), holders, longer_url
    (for _step_reasons.html), events (for _timeline.html), returned (the newest step, if it gave the record back),
    comments, comment_url, files, upload_url.
    """
    where = [record._meta.label_lower, record.pk]
    events = timeline_of(record)
    return {
        "record": record,
        "seen": record.revision,
        "steps": step_buttons(record, request.user, forms or {}),
        "holders": holders_of(record),
        "longer_url": record.longer_url(request.user),
        "events": events,
        "returned": returned_by(record, events),
        "comments": list(comments.comments_on(record)),
        "comment_url": reverse("comment", args=where) if may_contribute(request.user) else "",
        "files": files_of(record) if record.opens_files_to(request.user) else [],
        "upload_url": reverse("attach", args=where) if may_contribute(request.user) else "",
    }


def step_buttons(record: WorkflowRecord, user, forms: dict[str, type]) -> list[dict[str, Any]]:
    base = f"{record._meta.app_label}:{record._meta.model_name}_step"
    return [
        {
            "name": option.name, "label": option.label, "allowed": option.allowed, "reasons": option.reasons,
            "needs_reason": option.needs_reason, "style": option.style, "consequence": option.consequence,
            "url": reverse(base, args=[record.pk, option.name]), "opens_form": option.name in forms,
        }
        for option in available(record, user)
    ]


def holders_of(record: WorkflowRecord) -> list[dict[str, Any]]:
    """Who has to act now: role, organisation, verb, since when and until when."""
    rows = ToDo.objects.filter(model=record._meta.label_lower, object_id=record.pk)
    rows = rows.select_related("organisation", "person")
    return [
        {
            "role": row.person.name if row.person else row.get_role_display(),
            "organisation": _place_of(row),
            "verb": row.verb, "since": row.since, "due_on": row.due_on,
            "days": (clock.today() - timezone.localdate(row.since)).days,
        }
        for row in rows
    ]


def _place_of(todo: ToDo) -> str:
    """A to-do for one person is at that person's own organisation."""
    place = todo.organisation or (todo.person.home if todo.person else None)
    return place.name if place else "县财政局"


def timeline_of(record: WorkflowRecord, limit: int = 30) -> list[dict[str, Any]]:
    """The newest entries first, without the many savings of a draft."""
    return [event_of(entry) for entry in audit.history_of(record)[: limit * 3] if not _is_quiet(entry)][:limit]


def returned_by(record: WorkflowRecord, events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The event that gave the record back to whoever has it now; nothing once another step was taken."""
    last = next((event for event in events if event["step"] in declared_steps(type(record))), None)
    return last if last and last["family"] == "warn" else None


def event_of(entry: AuditEntry) -> dict[str, Any]:
    step = entry.action.rpartition(".")[2]
    who = f"{entry.actor_name}（{entry.organisation_name}）" if entry.organisation_name else entry.actor_name
    return {
        "title": entry.label or entry.action, "who": who, "at": entry.at, "text": entry.reason,
        "step": step, "family": FAMILIES.get(step, ""), "subject": entry.subject, "late_days": late_days(entry),
    }


def late_days(entry: AuditEntry) -> int:
    """How many days after its time limit a step was taken; 0 when it came in time."""
    due_on = entry.before.get("due_on")
    return max((timezone.localdate(entry.at) - date.fromisoformat(due_on)).days, 0) if due_on else 0


def _is_quiet(entry: AuditEntry) -> bool:
    return entry.action.rpartition(".")[2] in QUIET


def files_of(record: WorkflowRecord) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name, "size": file.size, "kind": file.kind, "by": file.uploaded_by, "at": file.uploaded_at,
            "url": reverse("attachment", args=[file.pk]),
        }
        for file in attachments.attachments_of(record)
    ]


@login_required
@require_POST
def comment(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    record = contributable_record(request.user, label, pk)
    try:
        comments.comment_on(
            record, request.POST.get("text", ""), by=request.user, at=clock.now(), field=request.POST.get("field", "")
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "留言已发送。")
    return redirect(record)


@login_required
@require_POST
def attach(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    record = contributable_record(request.user, label, pk)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, "没有选择文件，请选择后再上传。")
        return redirect(record)
    try:
        kept = attachments.attach(
            record, attachments.read_upload(upload), name=upload.name, by=request.user, at=clock.now(),
            kind=request.POST.get("kind", "").replace("\x00", "")[:60],
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"附件“{kept.name}”已上传。")
    return redirect(record)


@login_required
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """A file opens for whoever may see its record; one that belongs to no record only for who uploaded it."""
    file = get_object_or_404(Attachment, pk=pk)
    bound = file.model in workflow_models()
    if not (attachments.may_open_files(file.model, file.object_id, request.user) if bound
            else file.uploaded_by_id == request.user.pk):
        raise Http404("没有这个文件，或者您没有查看权限。")
    return FileResponse(file.file.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type)
