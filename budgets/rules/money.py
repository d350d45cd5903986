"""Adjustments and payments."""

from collections.abc import Iterator
from decimal import Decimal

from core.errors import Reason
from core.money import wan_text

ADJUSTABLE_STAGES = frozenset({"executing", "suspended"})

UNPAYABLE_STAGES = frozenset(
    {"drafting", "ex_ante", "target_filing", "target_review", "awaiting_approval", "suspended", "rejected"}
)


def adjustment_is_sound(
    year, *, source_label: str, source_left_yuan: Decimal, amount_yuan: Decimal, document_no: str, reason: str
) -> Iterator[Reason]:
    """``source_left_yuan`` is what the adjusted source of funds has left unspent before the adjustment."""
    if year.stage not in ADJUSTABLE_STAGES:
        yield Reason(
            "not_executing", f"{year.title()}目前是“{year.get_stage_display()}”，只有执行中或已暂缓的项目可以调整预算。"
        )
    if amount_yuan == 0:
        yield Reason("no_change", f"{year.title()}的调整数是 0，请填写追加的正数或压减的负数。")
    if not document_no.strip():
        yield Reason("no_document", f"{year.title()}的预算调整没有填写文号，请填写调整文件的文号。")
    if not reason.strip():
        yield Reason("reason_missing", f"{year.title()}的预算调整没有写明原因，请填写后再提交。")
    if source_left_yuan + amount_yuan < 0:
        yield Reason(
            "cut_below_spent",
            f"{year.title()}的{source_label}未支出部分为 {wan_text(source_left_yuan)} 万元，不能压减 "
            f"{wan_text(-amount_yuan)} 万元，请把压减数改为不超过未支出部分。",
        )


def may_be_paid(year) -> Iterator[Reason]:
    if year.stage in UNPAYABLE_STAGES:
        yield Reason(
            "not_payable", f"{year.title()}目前是“{year.get_stage_display()}”，不能登记支付；请核对项目编码和年度。"
        )
