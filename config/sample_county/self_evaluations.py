"""单位自评 of the year that has ended: filled in from the story, scored by the rules, passed up to finance."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from budgets.models import FiscalYear
from config.sample_county.county import County, Records
from config.sample_county.monitoring import QUALITIES
from config.sample_county.story import Case, Ladder, Line
from core.errors import refuse
from core.money import percent_text, wan_text
from core.rulebook.terms import OverCause
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.services import fill_self_evaluation, open_self_evaluations
from monitoring.models import QualityChoice

YEAR = 2025
SELF_EVALUATION = Ladder(
    rungs=("draft", "unit_review", "dept_reviewing", "dept_passed", "fiscal_checking", "final"),
    detours={"returned": "dept_reviewing", "rechecking": "fiscal_checking"},
)


def self_evaluate(county: County) -> None:
    opened = open_self_evaluations(
        FiscalYear.objects.get(year=YEAR), by=county.performance(), at=county.moment("2026-01-05")
    )
    if opened.refused:
        raise refuse("self_evaluation", "".join(opened.sentences))
    cases = [case for case in county.story.cases_of(YEAR) if case.self_evaluation]
    rows = {row.project_year_id: row for row in SelfEvaluation.objects.filter(project_year__fiscal_year=YEAR)}
    sheets: Records = {case: rows[county.years[case.key].pk] for case in cases}
    lines = county.story.by_project("自评填报")
    for place, case in enumerate(cases):
        sheets[case] = _fill(county, case, sheets[case], lines[case.key], at=county.moment("2026-02-09", place))
    _send(county, sheets)
    county.forget_years()


def _fill(county: County, case: Case, sheet: SelfEvaluation, lines: Sequence[Line], *, at) -> SelfEvaluation:
    scores = {score.indicator.name: score for score in sheet.score_list()}
    rows = {scores[line["三级指标"]].indicator_id: _row(scores[line["三级指标"]], line) for line in lines}
    missed = [line["三级指标"] for line in lines if line["偏差原因及改进措施"]]
    return fill_self_evaluation(
        sheet, texts=_texts(sheet, filled=len(rows), missed=missed), rows=rows, by=county.operator(case), at=at
    )


def _row(score: SelfScore, line: Line) -> dict[str, Any]:
    done, reason = line["实际完成值"], line["偏差原因及改进措施"]
    if done in QUALITIES:
        return {"quality": QUALITIES[done].value, "reason": reason}
    target = score.indicator.target_value
    if target is None:
        return {"quality": QualityChoice.PARTLY.value, "actual_text": done, "reason": reason}
    exceeded = bool(reason) and Decimal(done) > target
    return {
        "actual_value": Decimal(done), "reason": reason,
        "over_cause": OverCause.EXTERNAL.value if exceeded else "",
    }


def _texts(sheet: SelfEvaluation, *, filled: int, missed: Sequence[str]) -> dict[str, str]:
    """What people would write around the figures, made of the figures themselves."""
    rest = f"，{'、'.join(missed)}与目标有偏差，原因和改进措施见指标表" if missed else ""
    left, rate = sheet.budget_yuan - sheet.executed_yuan, percent_text(sheet.project_year.execution_rate or Decimal(0))
    balance = (
        f"结余 {wan_text(left)} 万元，主要是合同尾款和质量保证金未到付款期，按规定结转或交回财政。" if left >= 0
        else f"超出预算 {wan_text(-left)} 万元，由单位其他资金垫付，下年度按近三年平均数测算。"
    )
    return {
        "goal_result": f"年度总体目标对应 {filled} 项指标，{filled - len(missed)} 项达到目标{rest}。",
        "execution_reason": f"全年预算 {wan_text(sheet.budget_yuan)} 万元，执行 {wan_text(sheet.executed_yuan)} 万元，"
                            f"执行率 {rate}；{balance}",
        "conclusion": "对照年初批复的目标逐项自评，佐证资料由单位留存备查。",
    }


def _send(county: County, sheets: Records) -> None:
    def reaching(rung: str) -> list[Case]:
        return [case for case in sheets if SELF_EVALUATION.reaches(case.self_evaluation, rung)]

    def at_end(state: str) -> list[Case]:
        return [case for case in sheets if case.self_evaluation == state]

    county.take(sheets, "submit", day="2026-02-11", by=county.operator, cases=reaching("unit_review"))
    county.take(sheets, "pass_unit", day="2026-02-13", by=county.unit_leader, cases=reaching("dept_reviewing"))
    county.take(
        sheets, "send_back", day="2026-03-04", by=county.department_reviewer, cases=at_end("returned"),
        reason=lambda case: case.opinion,
    )
    county.take(
        sheets, "score_department", day="2026-03-04", by=county.department_reviewer, cases=reaching("dept_passed"),
        data=lambda case: {"department_score": sheets[case].total},
        reason=lambda case: "核对了佐证资料，实际完成值属实，同意自评得分。",
    )
    county.take(
        sheets, "submit_to_fiscal", day="2026-03-11", by=county.department_leader, cases=reaching("fiscal_checking")
    )
    county.take(sheets, "spot_check", day="2026-03-25", by=county.performance, cases=at_end("rechecking"))
    county.take(sheets, "accept", day="2026-03-25", by=county.section_reviewer, cases=reaching("final"))
