"""Pages that belong to no app: year and density switches, jobs, notices, help, audit trail, health."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import audit, clock, comments, jobs
from core.models import AuditEntry, Job, Notice, User

DENSITIES = dict(User._meta.get_field("density").choices)


def back(request: HttpRequest) -> HttpResponse:
    """To the page named by ``next``, if it is one of ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "home")


@login_required
@require_POST
def set_year(request: HttpRequest) -> HttpResponse:
    year = request.POST.get("year", "")
    request.session["year"] = int(year) if year.isdecimal() and len(year) == 4 else None
    return back(request)


@login_required
@require_POST
def set_density(request: HttpRequest) -> HttpResponse:
    density = request.POST.get("density", "")
    if density in DENSITIES:
        User.objects.filter(pk=request.user.pk).update(density=density)
    return back(request)


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(Job.objects.visible_to(request.user), 20).get_page(request.GET.get("page"))
    rows = [job_row(job) for job in page.object_list]
    return render(request, "core/jobs.html", {"jobs": rows, "page": page})


def job_row(job: Job) -> dict[str, Any]:
    return {
        "job": job, "page_url": reverse("job", args=[job.pk]), "poll": reverse("job_progress", args=[job.pk]),
        "file_url": reverse("attachment", args=[job.result_file_id]) if job.result_file_id else "",
    }


@login_required
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "core/job.html", _job_context(request, pk))


@login_required
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    context = _job_context(request, pk)
    response = render(request, "core/_job_body.html", context)
    if context["job"].is_finished:
        response.headers["HX-Refresh"] = "true"
    return response


def _job_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("requested_by"), pk=pk)
    job.done_count, job.total_count = jobs.progress_of(job)
    labels = {"create": "新增", "change": "修改", "same": "没有变化", "created": "新增", "changed": "修改"}
    results = [
        {"label": labels.get(name, name), "value": value}
        for name, value in job.result.items() if isinstance(value, (int, str))
    ]
    return job_row(job) | {"results": results}


@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user)
    page = Paginator(notices, 20).get_page(request.GET.get("page"))
    unread = set(Notice.objects.unread_by(request.user).values_list("pk", flat=True))
    rows = [
        {
            "title": notice.title, "text": notice.text, "url": notice.url, "published_at": notice.published_at,
            "unread": notice.pk in unread,
        }
        for notice in page.object_list
    ]
    return render(request, "core/notices.html", {
        "notices": rows, "page": page, "read_url": reverse("notices_read") if unread else "",
    })


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    comments.mark_read(Notice.objects.unread_by(request.user), by=request.user, at=clock.now())
    return redirect("notices")


@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html", {"assignments": request.user.assignments})


@login_required
def audit_page(request: HttpRequest) -> HttpResponse:
    """The whole trail, for those who see the whole county."""
    if not request.user.sight.everything:
        raise PermissionDenied("操作日志只对财政绩效股、预算股、局领导和审计监督人员开放，如需查看请联系财政绩效股。")
    page = Paginator(AuditEntry.objects.visible_to(request.user), 50).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"entries": [entry_row(entry) for entry in page.object_list], "page": page}
    if request.GET.get("check"):
        broken = next(iter(audit.broken_links()), None)
        context["chain"] = {
            "checked": broken is None,
            "sentence": broken.sentence if broken else f"已核对 {page.paginator.count} 条操作日志，链条完整。",
        }
    context["actions"] = [{"label": "核对日志链条", "url": "?check=1", "icon": "shield-check"}]
    return render(request, "core/audit.html", context)


def entry_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at, "actor_name": entry.actor_name, "organisation_name": entry.organisation_name,
        "label": entry.label or entry.action, "subject": entry.subject, "reason": entry.reason,
        "changes": [
            {"label": name, "old": _short(entry.before.get(name)), "new": _short(value)}
            for name, value in entry.after.items()
        ][:12],
    }


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def healthz(request: HttpRequest) -> JsonResponse:
    """For load balancers: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "unfinished_jobs": Job.objects.unfinished().count()})
