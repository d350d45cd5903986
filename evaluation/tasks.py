"""Work on many project-years at once, in the background."""

from typing import Any

from budgets.models import FiscalYear, ProjectYear
from core import clock
from core.batches import report
from core.jobs import Handle, job_kind
from evaluation import services

OPEN_SELF_EVALUATIONS = "evaluation.open_self_evaluations"
PUBLISH_RESULTS = "evaluation.publish_results"


@job_kind(OPEN_SELF_EVALUATIONS, label="发起单位自评")
def open_self_evaluations(handle: Handle, *, year: int) -> dict[str, Any]:
    opened = services.open_self_evaluations(
        FiscalYear.objects.get(pk=year), by=handle.job.requested_by, at=clock.now(), progress=handle.progress
    )
    return report(handle, opened, done="已发起")


@job_kind(PUBLISH_RESULTS, label="发布评价结果")
def publish_results(handle: Handle, *, ids: list[int], document_no: str) -> dict[str, Any]:
    """What was published by an earlier run of the same job is left out."""
    years = ProjectYear.objects.filter(pk__in=ids, result=None).with_names()
    published = services.publish_ready(
        years, document_no=document_no, by=handle.job.requested_by, at=clock.now(), progress=handle.progress
    )
    return report(handle, published, done="已发布")
