"""A new fiscal year out of the last one's set-up: rule set, task windows, and the projects that go on."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from budgets import rules
from budgets.models import BudgetLine, FiscalYear, ProjectYear, TaskWindow
from budgets.queries.opening import OpeningPlan, plan_of
from core import audit, records
from core.errors import refuse_any
from core.portions import PORTION, portions
from core.ruleset_versions import new_version


@transaction.atomic
def open_fiscal_year(
    year: int, *, by, at: datetime, expected: int | None = None, progress: Callable[[int, int], None] | None = None
) -> dict[str, int]:
    """Open ``year`` from the year before it: a copy of its rule set, its windows a year later, its continuing projects.

    ``expected`` is how many projects the preview carried over. The projects open as drafts that ask for nothing yet;
    last year's amounts stand beside them. Returns the counts of windows and projects.
    Raises ``PermissionDenied``, and ``RuleViolation`` when the year exists, the year before does not, and when what
    would be carried over has changed since the preview.
    """
    if not rules.may_open_fiscal_year(by):
        raise PermissionDenied(f"您没有开启 {year} 年度的权限，请由财政预算股或绩效股办理。")
    plan = plan_of(year)
    refuse_any(plan.reasons or rules.preview_still_holds(year, expected=expected, found=len(plan.carried)))
    fiscal_year = _make_year(plan, by=by, at=at)
    windows = records.create_many(
        [
            TaskWindow(
                fiscal_year=fiscal_year, stage=window.stage, opens_on=window.opens_on, due_on=window.due_on,
                warning_days=window.warning_days,
            )
            for window in plan.windows
        ],
        by=by, at=at, label="设定任务期",
    )
    for number, some in enumerate(portions(plan.carried), start=1):
        _carry_over(some, fiscal_year, by=by, at=at)
        if progress:
            progress(min(number * PORTION, len(plan.carried)), len(plan.carried))
    counts = {"windows": len(windows), "projects": len(plan.carried), "left_out": len(plan.left_out)}
    audit.record(
        "budgets.fiscalyear.open", fiscal_year, by=by, at=at, label="开启年度",
        after=counts | {"from": plan.previous.year, "ruleset": fiscal_year.ruleset_id},
    )
    return counts


def _make_year(plan: OpeningPlan, *, by, at: datetime) -> FiscalYear:
    last = plan.previous.ruleset
    ruleset = new_version(last.data, name=last.preset, fiscal_year=plan.year, region=last.region, by=by, at=at)
    return records.create(FiscalYear(year=plan.year, ruleset=ruleset), by=by, at=at, label="建立年度")


def _carry_over(previous: list[ProjectYear], fiscal_year: FiscalYear, *, by, at: datetime) -> None:
    years = records.create_many(
        [ProjectYear(project=last.project, fiscal_year=fiscal_year, previous=last) for last in previous],
        by=by, at=at, label="延续立项", author=None,
    )
    BudgetLine.objects.bulk_create([
        BudgetLine(project_year=year, source=line.source)
        for year, last in zip(years, previous, strict=True) for line in last.lines.all()
    ], batch_size=PORTION)
