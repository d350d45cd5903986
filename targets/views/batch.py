"""Passing the ticked declarations of the list at once; what was not passed is reported with its reasons."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import attachments, batches, clock
from core.jobs import enqueue
from core.views.lists import ticked
from targets import queries, services
from targets.tasks import PASS_DECLARATIONS

AT_ONCE = 50


@login_required
@require_POST
def pass_ticked(request: HttpRequest) -> HttpResponse:
    """Up to ``AT_ONCE`` are passed at once and reported here; more become a job."""
    chosen = ticked(request)
    if not chosen:
        messages.error(request, "没有选中任何一行，请先在清单中勾选要审核通过的绩效目标。")
        return redirect("targets:declarations")
    if not queries.queue_of(request.user):
        messages.error(request, "目前没有由您审核的绩效目标，选中的都没有办理。")
        return redirect("targets:declarations")
    if len(chosen) > AT_ONCE:
        job = enqueue(PASS_DECLARATIONS, by=request.user, params={"ids": chosen})
        return redirect("job", pk=job.pk)
    batch = services.pass_many(queries.declarations_for(request.user).filter(pk__in=chosen), by=request.user)
    file = attachments.attach(
        None, batches.refused_workbook(batch), name="批量审核-未通过清单.xlsx", by=request.user, at=clock.now(),
        kind=batches.REPORT_KIND,
    ) if batch.refused else None
    return render(request, "targets/batch_report.html", {
        "title": "批量审核结果", "batch": batch, "list_url": reverse("targets:declarations"),
        "file_url": reverse("attachment", args=[file.pk]) if file else "",
    })
