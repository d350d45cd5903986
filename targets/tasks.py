"""Long work of targets in the background: take ids, load, make one call."""

from typing import Any

from core import batches, clock
from core.jobs import Handle, job_kind
from targets import queries, services

PASS_DECLARATIONS = "targets.pass_declarations"
APPROVE_DECLARATIONS = "targets.approve_declarations"


@job_kind(PASS_DECLARATIONS, label="批量审核绩效目标")
def pass_declarations(handle: Handle, *, ids: list[int]) -> dict[str, Any]:
    """Pass what needs no remark; what was passed before is refused again and told so."""
    by = handle.job.requested_by
    rows = queries.declarations_for(by).filter(pk__in=ids)
    return batches.report(handle, services.pass_many(rows, by=by, progress=handle.progress), done="已通过")


@job_kind(APPROVE_DECLARATIONS, label="批复绩效目标")
def approve_declarations(handle: Handle, *, ids: list[int], document_no: str) -> dict[str, Any]:
    """What an earlier run of the same job has approved is left out."""
    by = handle.job.requested_by
    waiting = queries.awaiting_approval(by).filter(pk__in=ids).order_by("project_year__project__code")
    batch = services.approve_declarations(
        list(waiting), document_no=document_no, by=by, at=clock.now(), progress=handle.progress
    )
    return batches.report(handle, batch, done="已批复")
