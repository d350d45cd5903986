"""Task windows: who keeps them, who is given longer, and what happens to who comes late."""

from collections.abc import Iterator
from datetime import date, timedelta

from core import clock
from core.access import Role
from core.errors import Reason
from core.rulebook.terms import LateFiling


def may_keep_windows(user) -> bool:
    """The county's calendar is the performance section's and the administrator's (domain rules §1.1)."""
    return user.holds(Role.FISCAL_PERFORMANCE) or user.holds(Role.SYSADMIN)


def may_extend(user) -> bool:
    return user.holds(Role.FISCAL_PERFORMANCE)


LONGEST = timedelta(days=365)
ASKING_ROLES = (Role.UNIT_OPERATOR, Role.UNIT_LEADER, Role.DEPT_PERFORMANCE)


def may_ask_for_longer(user, *, unit_id: int, department_id: int | None) -> bool:
    """A unit for itself, its department for it."""
    return any(
        user.holds(role, department_id if role == Role.DEPT_PERFORMANCE else unit_id) for role in ASKING_ROLES
    )


def longer_may_be_asked(window, unit, *, is_theirs: bool, is_pending: bool) -> Iterator[Reason]:
    """``is_theirs``: something in the stage is done by whoever asks."""
    if not is_theirs:
        yield Reason(
            "not_their_stage", f"{window}不由{unit.name}办理，不需要申请延期；要催问进度的，请在项目页面上给在办人留言。"
        )
    if is_pending:
        yield Reason(
            "request_pending", f"{unit.name}{window.title()}的延期申请正在审核，请等待结果；要改日期或理由的，请先撤回再申请。"
        )
    if not window.fiscal_year.is_open:
        yield Reason("year_closed", f"{window.fiscal_year}已关闭，不能再申请延期，请联系财政绩效股。")


def window_is_sound(window, *, opens_on: date, due_on: date) -> Iterator[Reason]:
    if due_on < opens_on:
        yield Reason(
            "window_dates", f"{window.title()}的截止日期 {due_on} 早于开始日期 {opens_on}，请改为不早于开始日期的一天。"
        )


def extension_is_sound(
    window, unit, *, due_on: date, present: date, reason: str, today: date
) -> Iterator[Reason]:
    """``present`` is the unit's last day as it stands. No more than a year longer: house decision, 2026-11-22."""
    if not reason.strip():
        yield Reason("reason_missing", f"给{unit.name}延长{window.title()}须写明理由，请填写后再提交。")
    if present < due_on < today:
        yield Reason(
            "already_past", f"{unit.name}{window.title()}延至 {due_on}，这一天已经过去，请改为 {today} 或以后的一天。"
        )
    latest = max(present, today) + LONGEST
    if due_on > latest:
        yield Reason(
            "too_far", f"{unit.name}{window.title()}延至 {due_on}，超过一年，请改为 {latest} 或以前的一天，到时仍不能办完的再申请。"
        )
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
            "确需补报的，请在“办理期限”中申请延期，由财政绩效股批准。",
        )
