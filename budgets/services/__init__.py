"""What changes together in budgets. Every function takes who (``by``) and when (``at``) and leaves an audit entry."""

from budgets.services.access import close_access, grant_access
from budgets.services.allocation import (
    change_line,
    open_allocation_round,
    record_allocation_basis,
    resume_line,
    waive_line,
    waive_unsettled,
)
from budgets.services.ex_ante import ask_for_exemption, fill_ex_ante, save_review
from budgets.services.money import adjust_budget, left_by_source, record_spendings, refresh_money
from budgets.services.projects import (
    approve_amounts,
    change_pool_status,
    create_project,
    edit_project,
    open_project_year,
    place_under,
    record_progress,
    set_request,
)
from budgets.services.windows import ask_for_extension, extend_window, set_window
from budgets.services.year_opening import open_fiscal_year

__all__ = [
    "adjust_budget", "approve_amounts", "ask_for_exemption", "ask_for_extension", "change_line",
    "change_pool_status", "close_access", "create_project", "edit_project", "extend_window", "fill_ex_ante",
    "grant_access", "left_by_source", "open_allocation_round", "open_fiscal_year", "open_project_year",
    "place_under", "record_allocation_basis", "record_progress", "record_spendings", "refresh_money",
    "resume_line", "save_review", "set_request", "set_window", "waive_line", "waive_unsettled",
]
