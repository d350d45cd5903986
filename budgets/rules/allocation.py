"""Next year's money: the basis, the sums, the decision."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.money import wan_text


def basis_is_recorded(round_) -> Iterator[Reason]:
    missing = round_.lines_without_basis()
    if missing:
        yield Reason(
            "no_basis",
            f"{round_.title()}有 {len(missing)} 个项目既没有评价结果依据，也没有写明免于挂钩的理由："
            f"{'、'.join(missing[:5])}，请先补齐再提交。",
        )


def round_is_simulated(round_) -> Iterator[Reason]:
    if not round_.has_lines():
        yield Reason("no_lines", f"{round_.title()}还没有测算结果，请先进行测算。")


def totals_within_ceiling(round_) -> Iterator[Reason]:
    total = round_.final_total_yuan()
    if total > round_.ceiling_yuan:
        yield Reason(
            "over_total",
            f"{round_.title()}安排合计 {wan_text(total)} 万元，超过总控制数 {wan_text(round_.ceiling_yuan)} 万元，"
            f"请调减 {wan_text(total - round_.ceiling_yuan)} 万元后再提交。",
        )


def decision_document_is_given(record, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not str(data.get("document_no", "")).strip():
        yield Reason("no_document", f"{record.title()}没有填写文号，请填写会议纪要或批复文件的文号。")


def decision_date_is_given(record, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not data.get("decided_on"):
        yield Reason("no_decision_date", f"{record.title()}没有填写决定日期，请填写会议纪要或批复文件的日期。")


def change_is_reasoned(line, *, changed_yuan: Decimal | None, reason: str) -> Iterator[Reason]:
    if changed_yuan is None:
        return
    if changed_yuan < 0:
        yield Reason("negative", f"“{line.project.name}”的安排数 {wan_text(changed_yuan)} 万元是负数，请改为不小于 0 的数。")
    if changed_yuan != line.suggested_yuan and not reason.strip():
        yield Reason(
            "change_unreasoned",
            f"“{line.project.name}”由建议的 {wan_text(line.suggested_yuan)} 万元改为 {wan_text(changed_yuan)} 万元，请写明理由。",
        )


def correction_is_reasoned(year, *, recorded_before: bool, reason: str) -> Iterator[Reason]:
    if recorded_before and not reason.strip():
        yield Reason("basis_unreasoned", f"{year.title()}已经登记过挂钩依据，更正须写明原因，请填写后再登记。")


def lines_are_left_to_waive(round_, *, lines: int) -> Iterator[Reason]:
    if lines == 0:
        yield Reason("nothing_to_waive", f"{round_.title()}在所选范围内没有缺评价依据的项目，不需要免于挂钩，请刷新页面核对。")


def waiver_stands(line) -> Iterator[Reason]:
    if not line.waiver:
        yield Reason("not_waived", f"“{line.project.name}”没有免于挂钩，不需要恢复，请刷新页面核对。")


def waiver_is_reasoned(line, *, waiver: str) -> Iterator[Reason]:
    if not waiver.strip():
        yield Reason("waiver_unreasoned", f"“{line.project.name}”免于挂钩须写明理由，请填写后再保存。")
