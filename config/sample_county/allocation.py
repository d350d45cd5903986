"""Allocation rounds: the one that made the ceilings of the year under way, and next year's."""

from decimal import Decimal

from budgets.models import AllocationLine, AllocationRound, FiscalYear, ProjectYear
from budgets.services import change_line, open_allocation_round, waive_line
from config.sample_county.county import County
from config.sample_county.story import Ladder
from core.access import Role
from core.transitions import perform

ROUND = Ladder(rungs=("draft", "simulated", "submitted", "decided", "issued"), detours={})
STEP_OF_CEILING = Decimal(1_000_000)
DAYS = {
    2026: {"open": "2025-11-03", "simulate": "2025-11-04", "waive": "2025-11-07", "submit": "2025-11-10",
           "decide": "2025-11-18", "issue": "2025-11-21"},
    2027: {"open": "2026-11-02", "simulate": "2026-11-03", "waive": "2026-11-06", "submit": "2026-11-10",
           "decide": "2026-11-17", "issue": "2026-11-20"},
}
WAIVERS = {
    2026: "2024年度评价结果没有纳入系统，本轮按申报数安排。", 2027: "2025年度结果尚未发布，本轮暂按申报数安排。",
}
RESULT_YEAR = 2025
DOCUMENTS = {2026: "安财会纪〔2025〕11号", 2027: "安财会纪〔2026〕11号"}


def allocate(county: County, year: int) -> None:
    """The county's round of the year.

    A round takes in every project of the county. Where the story has one for each group of departments they are a
    single round that has been worked out and waits for people's changes.
    """
    lines = [line for line in county.story.of("预算安排") if line["年度"] == str(year)]
    state = county.story.state("预算安排", lines[0]["状态"]) if len(lines) == 1 else "simulated"
    _walk(county, year, name=f"{year}年度县本级项目预算安排", state=state)
    county.forget_years()


def _walk(county: County, year: int, *, name: str, state: str) -> None:
    days, budget = DAYS[year], county.budget()
    round_ = open_allocation_round(
        name=name, fiscal_year=FiscalYear.objects.get(year=year), result_year=FiscalYear.objects.get(year=RESULT_YEAR),
        ceiling_yuan=_ceiling(year), by=budget, at=county.moment(days["open"]),
    )
    if ROUND.reaches(state, "simulated"):
        round_ = perform(round_, "simulate", by=budget, at=county.moment(days["simulate"]))
    if ROUND.reaches(state, "submitted"):
        _settle_lines(county, round_, year)
        round_ = perform(round_, "submit", by=budget, at=county.moment(days["submit"]))
    if ROUND.reaches(state, "decided"):
        round_ = perform(
            round_, "decide", by=county.holder(Role.FISCAL_LEADER), at=county.moment(days["decide"]),
            data={"document_no": DOCUMENTS[year], "decided_on": county.day(days["decide"])},
        )
    if ROUND.reaches(state, "issued"):
        perform(round_, "issue", by=budget, at=county.moment(days["issue"]))


def _ceiling(year: int) -> Decimal:
    """Everything asked for and a little more, in whole millions."""
    asked = sum(ProjectYear.objects.filter(fiscal_year=year).values_list("requested_yuan", flat=True), Decimal(0))
    return (asked // STEP_OF_CEILING + 1) * STEP_OF_CEILING


def _settle_lines(county: County, round_: AllocationRound, year: int) -> None:
    """Projects that were not asked for get nothing; those without a published result are freed from the linkage."""
    asked = set(ProjectYear.objects.filter(fiscal_year=year).values_list("project_id", flat=True))
    for place, line in enumerate(AllocationLine.objects.filter(round=round_).select_related("round")):
        at = county.moment(DAYS[year]["waive"], place)
        if line.basis_id is None and line.base_yuan > 0:
            waive_line(line, waiver=WAIVERS[year], by=county.budget(), at=at)
        if line.project_id not in asked and line.final_yuan > 0:
            change_line(line, changed_yuan=Decimal("0.00"), reason=f"{year}年度没有申报，不再安排。", by=county.budget(), at=at)
