"""Opening a fiscal year from the one before it: who may, when, and which projects go on."""

from collections.abc import Iterator

from budgets.rules.years import runs_in
from core.access import Role
from core.errors import Reason

ENDED_STAGES = frozenset({"rejected", "stopped"})


def may_open_fiscal_year(user) -> bool:
    return user.holds(Role.FISCAL_BUDGET) or user.holds(Role.FISCAL_PERFORMANCE)


def fiscal_year_may_be_opened(year: int, *, exists: bool, has_previous: bool) -> Iterator[Reason]:
    if exists:
        yield Reason("year_exists", f"{year} 年度已经建立，不能再次开启；项目请在项目库中逐个立项。")
    elif not has_previous:
        yield Reason("no_previous_year", f"没有 {year - 1} 年度可以沿用，请先由系统管理员建立 {year - 1} 年度。")


def project_goes_on(year, next_year: int) -> Iterator[Reason]:
    """Why a project of the last year is not carried over into the next; the first reason is the one to show."""
    project = year.project
    if project.status != "active":
        yield Reason("not_in_pool", f"项目{project.get_status_display()}")
    if year.stage in ENDED_STAGES:
        yield Reason("ended", f"{year.fiscal_year_id}年度{year.get_stage_display()}")
    if project.duration_type == "one_off":
        yield Reason("one_off", "一次性项目，当年办完")
    elif not runs_in(project, next_year):
        yield Reason("outside_term", f"项目期到 {project.ends_on} 为止")


def preview_still_holds(year: int, *, expected: int | None, found: int) -> Iterator[Reason]:
    if expected is not None and expected != found:
        yield Reason(
            "preview_stale",
            f"预览时有 {expected} 个项目延续到 {year} 年度，现在是 {found} 个，请重新核对名单后再开启。",
        )
