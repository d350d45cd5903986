"""What stops a whole department's targets from being submitted (domain rules §3.5)."""

from collections.abc import Iterator
from decimal import Decimal

from core.errors import Reason
from core.money import wan_text
from core.rulebook.terms import CheckLevel
from targets.rules import quality


def duties_are_written(declaration) -> Iterator[Reason]:
    if not declaration.duties.strip():
        yield Reason("D-1", f"{declaration.title()}没有填写部门职责，请填写后再报送。")


def tasks_share_the_budget(declaration) -> Iterator[Reason]:
    """The budgets of the tasks add up to the department's: basic expenditure and every project."""
    tasks, budget = declaration.task_list(), declaration.budget_yuan()
    if not tasks:
        yield Reason("D-2", f"{declaration.title()}没有填写年度主要任务，请至少填写一项。")
        return
    total = sum((task.total_yuan for task in tasks), Decimal("0.00"))
    if total != budget:
        yield Reason(
            "D-3",
            f"{declaration.title()}各项任务的预算合计 {wan_text(total)} 万元，部门预算是 {wan_text(budget)} 万元"
            f"（基本支出 {wan_text(declaration.basic_yuan)} 万元，项目支出 {wan_text(budget - declaration.basic_yuan)} 万元），"
            "请调整任务预算或基本支出。",
        )


def must_be_mended(declaration) -> Iterator[Reason]:
    """The quality checks that stop a project's targets stop a department's; the others are advice here."""
    subject = declaration.judged()
    yield from (found for found in quality.findings(subject) if found.level is CheckLevel.BLOCK)


def department_may_declare(department, *, year, existing) -> Iterator[Reason]:
    """One declaration a department and year, while the year is open."""
    if existing is not None:
        yield Reason("declared", f"{existing.title()}已经建立，目前是“{existing.state_label}”，请直接打开办理。")
    elif not year.is_open:
        yield Reason("year_closed", f"{year.title()}已经关闭，不能再填报{department.name}的部门整体绩效目标，请核对年度。")
