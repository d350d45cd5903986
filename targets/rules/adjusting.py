"""When an approved declaration may be changed during the year, and what the application must say."""

from collections.abc import Iterator
from decimal import Decimal

from core.errors import Reason
from core.money import wan_text

EXECUTING_STAGES = ("executing", "suspended")


def may_be_adjusted(approved, *, open_version, today) -> Iterator[Reason]:
    """BLK-B4, BLK-B5: a new version only while the money is being spent and before the year's cut-off month ends."""
    year, month = approved.project_year, approved.rulebook().deadlines.adjustment_last_month
    if approved.state != "approved":
        yield Reason("not_approved", f"{approved.title()}目前是“{approved.state_label}”，只有已批复的目标可以调整。")
    elif open_version is not None:
        yield Reason("adjusting", f"{open_version.title()}第 {open_version.version} 版正在办理，请先办完再申请调整。")
    if year.stage not in EXECUTING_STAGES:
        yield Reason("BLK-B5", f"{year.title()}目前是“{year.state_label}”，只有执行中的项目可以调整绩效目标。")
    elif (today.year, today.month) > (year.fiscal_year_id, month):
        yield Reason(
            "BLK-B4", f"{approved.title()}的调整截止到 {year.fiscal_year_id} 年 {month} 月底，现已逾期，请在自评时说明情况。"
        )


def application_is_complete(
    approved, *, reason: str, amount_yuan: Decimal, source_label: str, source_left_yuan: Decimal
) -> Iterator[Reason]:
    """A reason, and a change of budget that what is left of the source can bear (财预〔2015〕88号 art. 28)."""
    if not reason.strip():
        yield Reason("reason_missing", f"申请调整{approved.title()}须写明原因，请填写后再提交。")
    if not amount_yuan:
        yield Reason(
            "no_budget_change",
            f"{approved.title()}只能随预算调整一并调整，申请的预算调整数是 0，请填写追加或调减的金额；金额不变的请在自评时说明。",
        )
    elif amount_yuan < -source_left_yuan:
        yield Reason(
            "cut_too_deep",
            f"{approved.title()}申请调减{source_label} {wan_text(-amount_yuan)} 万元，未支出的只有 {wan_text(source_left_yuan)} "
            "万元，请减少调减数。",
        )


def goes_with_the_budget(declaration) -> Iterator[Reason]:
    """During execution a version is approved only with the change of budget it was asked for with."""
    if declaration.project_year.stage in EXECUTING_STAGES and not hasattr(declaration, "adjustment"):
        yield Reason(
            "no_adjustment", f"{declaration.title()}是调整稿，却没有预算调整申请，不能批复，请退回单位重新申请调整。"
        )
