"""Long work of budgets in the background."""

from typing import Any

from budgets import services
from core import clock
from core.jobs import Handle, job_kind

OPEN_FISCAL_YEAR = "budgets.open_fiscal_year"


@job_kind(OPEN_FISCAL_YEAR, label="开启年度")
def open_fiscal_year(handle: Handle, *, year: int, expected: int | None) -> dict[str, Any]:
    counts = services.open_fiscal_year(
        year, by=handle.job.requested_by, at=clock.now(), expected=expected, progress=handle.progress
    )
    return {"任务期": counts["windows"], "延续的项目": counts["projects"], "未延续的项目": counts["left_out"]}
