"""The ex-ante assessment: who needs one, what must be there, when it may go on."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from budgets.rules.panel import is_wide, spread_of
from core.errors import Reason
from core.money import percent_text, wan_text

EX_ANTE_TEXTS = {
    "background": "立项背景与依据", "content": "主要内容", "goal_text": "绩效目标",
    "fund_structure": "资金构成与测算", "plan": "实施方案",
}


def needs_ex_ante(year) -> bool:
    """Domain rules §2.1: from the amount of its kind on, a new project in its first year or one materially enlarged."""
    threshold = year.rulebook().ex_ante.threshold_yuan(year.project.kind)
    return year.requested_yuan >= threshold and (is_new(year) or is_enlarged(year))


def is_new(year) -> bool:
    return year.project.attribute == "new" and year.previous_id is None


def is_enlarged(year) -> bool:
    """Asks for so much more than last year's budget that the rule set takes it for a material change."""
    share = year.rulebook().ex_ante.growth_share
    if share is None or year.previous_id is None or not year.previous.budget_yuan:
        return False
    return year.requested_yuan - year.previous.budget_yuan >= year.previous.budget_yuan * share


def ex_ante_ground(year) -> str:
    """Why the project-year has to be assessed, as the beginning of a sentence."""
    asked = f"申请 {wan_text(year.requested_yuan)} 万元"
    if is_new(year):
        return f"{year.title()}为新增项目且{asked}"
    if is_enlarged(year):
        return (
            f"{year.title()}{asked}，比上年预算 {wan_text(year.previous.budget_yuan)} 万元"
            f"增长 {percent_text(year.rulebook().ex_ante.growth_share, 0)} 以上，视为实质性调整"
        )
    return f"{year.title()}{asked}"


def ex_ante_is_settled(year) -> Iterator[Reason]:
    """BLK-A4: without a passed assessment or an exemption granted by finance there is no target form."""
    if needs_ex_ante(year) and not year.ex_ante_exemption.strip():
        threshold = year.rulebook().ex_ante.threshold_yuan(year.project.kind)
        yield Reason(
            "ex_ante_required",
            f"{ex_ante_ground(year)}，达到 {wan_text(threshold)} 万元的事前评估标准，请先开展事前绩效评估；"
            "确属免予评估情形的，请先申请免予评估，由财政绩效股审核。",
        )


def exemption_may_be_asked(year, *, is_pending: bool) -> Iterator[Reason]:
    if year.stage != "drafting":
        yield Reason("wrong_state", f"{year.title()}目前是“{year.get_stage_display()}”，只有待启动的才能申请免予评估，请刷新页面。")
    elif not needs_ex_ante(year):
        yield Reason("exemption_needless", f"{year.title()}没有达到事前评估标准，无须申请免予评估，请直接填报绩效目标。")
    if year.ex_ante_exemption:
        yield Reason("exempt_before", f"{year.title()}已经准予免评估，无须再次申请，请直接填报绩效目标。")
    if is_pending:
        yield Reason("exemption_pending", f"{year.title()}的免予评估申请正在财政审核，请等待结果，不要重复申请。")


def exemption_is_grounded(year, *, ground: str, basis_text: str, has_file: bool) -> Iterator[Reason]:
    known = year.rulebook().ex_ante.exemptions
    if ground not in known:
        yield Reason("no_ground", f"{year.title()}免予评估的情形“{ground}”不在规定之列，请从下列情形中选择：{'、'.join(known)}。")
    if not basis_text.strip():
        yield Reason("no_basis", f"{year.title()}没有说明免予评估的依据，请写明批复或评审文件的名称和文号。")
    if not has_file:
        yield Reason("no_evidence", f"{year.title()}没有上传免予评估的佐证文件，请上传批复或评审意见。")


def exemption_is_still_needed(exemption) -> Iterator[Reason]:
    year = exemption.project_year
    if year.stage != "drafting":
        yield Reason("year_moved_on", f"{year.title()}已是“{year.get_stage_display()}”，不再需要免予评估，请按不予免评估办理。")


def ex_ante_is_complete(assessment) -> Iterator[Reason]:
    missing = [label for field, label in EX_ANTE_TEXTS.items() if not getattr(assessment, field).strip()]
    if missing:
        yield Reason("ex_ante_incomplete", f"{assessment.title()}还缺：{'、'.join(missing)}，请补充后再报送。")
    if not assessment.amount_applied_yuan:
        yield Reason("ex_ante_no_amount", f"{assessment.title()}没有填写申请金额，请填写后再报送。")


def materials_are_complete(assessment) -> Iterator[Reason]:
    """BLK-A1 (domain rules §2.1)."""
    missing = assessment.missing_materials()
    if missing:
        yield Reason(
            "BLK-A1", f"{assessment.title()}缺少必备材料 {len(missing)} 项：{'、'.join(missing)}，请按类别上传后再报送。"
        )


def ex_ante_is_scored(assessment) -> Iterator[Reason]:
    if assessment.opened_at is None:
        yield Reason(
            "ex_ante_unscored",
            f"{assessment.title()}的专家还没有全部提交评分，请等全部提交，或者在够数后打开评审会议，再出具结论。",
        )


def report_is_attached(assessment) -> Iterator[Reason]:
    if not assessment.has_report():
        yield Reason("no_report", f"{assessment.title()}没有上传评估报告，请以“评估报告”类别上传后再出具结论。")


def conclusion_is_sound(assessment, data: Mapping[str, Any]) -> Iterator[Reason]:
    conclusion = data.get("conclusion")
    if not conclusion:
        yield Reason("no_conclusion", f"{assessment.title()}没有选择总体结论，请选择后再提交。")
    elif conclusion != "reject":
        yield from _amount_is_sound(assessment, data.get("amount_suggested_yuan"))
        yield from _score_allows_support(assessment)
    if not str(data.get("minutes", "")).strip():
        yield Reason("no_minutes", f"{assessment.title()}没有填写评审会议纪要，请写明会议时间、参加人员和主要意见。")


def _amount_is_sound(assessment, suggested: Decimal | None) -> Iterator[Reason]:
    if suggested is None or suggested <= 0:
        yield Reason("no_suggested_amount", f"{assessment.title()}的结论不是不予支持，请填写建议安排金额。")
    elif suggested > assessment.amount_applied_yuan:
        yield Reason(
            "suggested_over_applied",
            f"{assessment.title()}建议安排 {wan_text(suggested)} 万元，超过申请的 "
            f"{wan_text(assessment.amount_applied_yuan)} 万元，请改为不超过申请金额。",
        )


def _score_allows_support(assessment) -> Iterator[Reason]:
    mark = assessment.rulebook().ex_ante.pass_mark
    if assessment.score is not None and assessment.score < mark:
        yield Reason(
            "conclusion_contradicts",
            f"{assessment.title()}平均得分 {assessment.score} 分，低于 {mark} 分的通过线，结论只能是不予支持，请改正。",
        )


def wide_spread_is_explained(assessment, data: Mapping[str, Any]) -> Iterator[Reason]:
    limit, totals = assessment.rulebook().ex_ante.total_spread, assessment.totals()
    if totals and is_wide(spread_of(totals), limit) and not str(data.get("spread_note", "")).strip():
        spread = spread_of(totals)
        yield Reason(
            "spread_unexplained",
            f"{assessment.title()}专家总分最高 {spread.highest} 分、最低 {spread.lowest} 分，相差 {spread.difference} 分，"
            f"超过 {limit} 分的界限，请在“分歧说明”中写明会议如何处理。",
        )


def conclusion_supports(assessment) -> Iterator[Reason]:
    if assessment.conclusion == "reject":
        yield Reason("BLK-A3", f"{assessment.title()}的结论是不予支持，不能报送财政；请按“不予支持，终止”办理。")


def conclusion_rejects(assessment) -> Iterator[Reason]:
    if assessment.conclusion != "reject":
        yield Reason(
            "not_rejected",
            f"{assessment.title()}的结论是“{assessment.get_conclusion_display()}”，不能按不予支持终止，请报送财政审核。",
        )


def business_section_has_reviewed(assessment) -> Iterator[Reason]:
    if not assessment.business_opinion:
        yield Reason(
            "business_first", f"{assessment.title()}还没有业务股室的初审意见，请业务股室先签署意见，绩效股再审核。"
        )


def score_reaches_pass_mark(assessment) -> Iterator[Reason]:
    mark = assessment.rulebook().ex_ante.pass_mark
    if assessment.score is None or assessment.score < mark:
        shown = "未评分" if assessment.score is None else f"{assessment.score} 分"
        yield Reason("BLK-A4", f"{assessment.title()}得分 {shown}，低于 {mark} 分的通过线，不能入库，请按不予通过办理。")


def may_be_revised(assessment) -> Iterator[Reason]:
    """Once per budget round (house decision, 2026-11)."""
    if assessment.version >= 2:
        yield Reason("revised_before", f"{assessment.title()}本轮已修改重评过一次，请在下一预算年度重新申报。")
