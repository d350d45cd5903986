"""Task windows: who keeps them, who is given longer, and what happens to who comes late."""

from collections.abc import Iterator
from datetime import date

from core import clock
from core.access import Role
from core.errors import Reason
from core.rulebook.terms import LateFiling


def may_keep_windows(user) -> bool:
    """The county's calendar is the performance section's and the administrator's (domain rules §1.1)."""
    return user.holds(Role.FISCAL_PERFORMANCE) or user.holds(Role.SYSADMIN)


def may_extend(user) -> bool:
    return user.holds(Role.FISCAL_PERFORMANCE)


def window_is_sound(window, *, opens_on: date, due_on: date) -> Iterator[Reason]:
    if due_on < opens_on:
        yield Reason(
            "window_dates", f"{window.title()}的截止日期 {due_on} 早于开始日期 {opens_on}，请改为不早于开始日期的一天。"
        )


def extension_is_sound(window, unit, *, due_on: date, present: date, reason: str) -> Iterator[Reason]:
    """``present`` is the unit's last day as it stands."""
    if not reason.strip():
        yield Reason("reason_missing", f"给{unit.name}延长{window.title()}须写明理由，请填写后再批准。")
    if due_on <= present:
        yield Reason(
            "not_longer", f"{unit.name}{window.title()}现在截止到 {present}，延至 {due_on} 并没有延长，请改为 {present} 之后的一天。"
        )


def window_allows_filing(record) -> Iterator[Reason]:
    """The rule set says whether a late first submission is stopped or only marked; a return has its own days."""
    if record.rulebook().deadlines.late_filing is not LateFiling.BLOCKED:
        return
    end, today = record.window_end(), clock.today()
    if end is not None and end.due_on < today:
        yield Reason(
            "window_closed",
            f"{record.title()}应于 {end.due_on} 前报送，现已截止 {(today - end.due_on).days} 天，不能再报送；"
            "确需补报的，请联系财政绩效股申请延期。",
        )
