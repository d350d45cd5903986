"""The two monitoring rounds of the year under way: reports, alerts, and what was done about them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budgets.models import FiscalYear
from config.sample_county.county import County, Records
from config.sample_county.story import Case, Ladder, Line
from core.comments import comment_on
from core.money import from_wan
from monitoring.models import (
    Alert,
    DeviationReason,
    LampColour,
    LikelihoodChoice,
    ProgressReport,
    QualityChoice,
)
from monitoring.services import fill_report, open_round
from targets.models import ValueType

YEAR = 2026
UNDER_WAY = 2
REPORT = Ladder(
    rungs=("draft", "unit_review", "dept_reviewing", "fiscal_reviewing", "accepted"),
    detours={"returned": "dept_reviewing", "correcting": "fiscal_reviewing"},
)
CONTROL_FIGURE = "项目预算控制数"
QUALITIES = {
    "达成预期指标": QualityChoice.REACHED, "部分达成预期指标并具有一定效果": QualityChoice.PARTLY,
    "未达成预期指标且效果较差": QualityChoice.MISSED,
}
LIKELIHOODS = {label: value for value, label in LikelihoodChoice.choices}
CAUSES = {label: value for value, label in DeviationReason.choices}
OPEN, VERIFYING, CLOSED = Alert.State.OPEN, Alert.State.VERIFYING, Alert.State.CLOSED
SETTLED_BY = {
    Alert.Outcome.CORRECTED: ("verify", County.performance), Alert.Outcome.SUSPENDED: ("suspend", County.budget),
    Alert.Outcome.STOPPED: ("stop", County.budget),
    Alert.Outcome.TARGET_ADJUSTED: ("adjust_target", County.performance),
}


@dataclass(frozen=True, kw_only=True)
class Round:
    number: int
    period_end: str
    due_on: str
    opened: str
    filled: str
    submitted: str
    unit: str
    department: str
    handled: str
    corrected: str
    accepted: str
    correction_due_on: str


ROUNDS = {
    1: Round(
        number=1, period_end="2026-07-31", due_on="2026-08-20", opened="2026-08-03", filled="2026-08-11",
        submitted="2026-08-12", unit="2026-08-14", department="2026-08-20", handled="2026-08-24",
        corrected="2026-08-26", accepted="2026-08-28", correction_due_on="2026-10-31",
    ),
    2: Round(
        number=2, period_end="2026-10-31", due_on="2026-11-16", opened="2026-11-02", filled="2026-11-09",
        submitted="2026-11-10", unit="2026-11-12", department="2026-11-16", handled="2026-11-18",
        corrected="2026-11-19", accepted="2026-11-20", correction_due_on="2026-12-10",
    ),
}


def watch(county: County, number: int) -> None:
    """One round from its opening to where the story leaves each report and alert."""
    when = ROUNDS[number]
    round_ = open_round(
        fiscal_year=FiscalYear.objects.get(year=YEAR), number=number, period_start=date(YEAR, 1, 1),
        period_end=county.day(when.period_end), by=county.performance(), at=county.moment(when.opened),
        due_on=county.still_open(when.due_on) if number == UNDER_WAY else county.day(when.due_on),
        today=county.day(when.opened),
    )
    states = {case: case.rounds[number - 1] for case in county.story.cases_of(YEAR) if case.rounds[number - 1]}
    rows = {row.project_year_id: row for row in ProgressReport.objects.filter(round=round_)}
    reports: Records = {case: rows[county.years[case.key].pk] for case in states}
    lines = county.story.by_project("监控填报")
    for place, case in enumerate(reports):
        own = [line for line in lines[case.key] if line["轮次"] == str(number)]
        reports[case] = _fill(county, case, reports[case], own, at=county.moment(when.filled, place))
    _send(county, reports, states, when)
    told = {line["项目编码"]: line for line in county.story.of("预警") if line["轮次"] == str(number)}
    alerts = _alerts(reports)
    _handle(county, alerts, told, states, when)
    county.take(
        reports, "order_correction", day=when.handled, by=county.performance, data=lambda case: _due(when),
        reason=lambda case: "完成率与序时进度差距较大，请列出逐月追赶计划并按期报送纠偏结果。",
        cases=[case for case, state in states.items() if state == "correcting"],
    )
    county.take(
        reports, "accept", day=when.accepted, by=county.section_reviewer,
        cases=[case for case, state in states.items() if REPORT.reaches(state, "accepted")],
    )
    county.forget_years()


def _fill(county: County, case: Case, report: ProgressReport, lines: list[Line], *, at) -> ProgressReport:
    entries = {value.indicator.name: value for value in report.value_list()}
    values = {}
    forecast = report.budget_yuan
    for line in lines:
        entry = entries[line["三级指标"]]
        values[entry.indicator_id] = _entry(entry, line)
        if line["三级指标"] == CONTROL_FIGURE:
            forecast = min(forecast, from_wan(line["全年预计"]))
    return fill_report(
        report, values=values, forecast_yuan=max(forecast, report.executed_yuan), by=county.operator(case), at=at
    )


def _entry(entry, line: Line) -> dict[str, Any]:
    done = line["截至完成值"]
    reported = {
        "forecast_text": line["全年预计"], "likelihood": LIKELIHOODS[line["完成可能性"]],
        "reasons": [CAUSES[line["偏差原因"]]] if line["偏差原因"] else [], "note": line["原因说明"],
    }
    if entry.indicator.value_type == ValueType.QUALITATIVE and done:
        quality = QUALITIES.get(done, QualityChoice.PARTLY)
        reported |= {"quality": quality.value, "actual_text": "" if done in QUALITIES else done}
        if quality != QualityChoice.REACHED and not reported["reasons"]:
            reported |= {
                "reasons": [DeviationReason.POLICY_SYSTEM.value],
                "note": f"{line['三级指标']}按计划分步推进，配套制度下半年印发执行后可达到预期。",
            }
    elif done:
        reported["actual_value"] = Decimal(done)
    return reported


def _send(county: County, reports: Records, states: dict[Case, str], when: Round) -> None:
    def reaching(rung: str) -> list[Case]:
        return [case for case, state in states.items() if REPORT.reaches(state, rung)]

    def at_end(state: str) -> list[Case]:
        return [case for case, found in states.items() if found == state and when.number == UNDER_WAY]

    county.take(
        reports, "submit", day=when.submitted, by=county.operator, cases=reaching("unit_review"),
        waiting=at_end("unit_review"),
    )
    county.take(
        reports, "pass_unit", day=when.unit, by=county.unit_leader, cases=reaching("dept_reviewing"),
        waiting=at_end("dept_reviewing"),
    )
    county.take(
        reports, "send_back", day=when.department, by=county.department_reviewer, reason=lambda case: case.opinion,
        cases=[case for case, state in states.items() if state == "returned"],
    )
    county.take(
        reports, "pass_department", day=when.department, by=county.department_reviewer,
        cases=reaching("fiscal_reviewing"),
    )


def _alerts(reports: Records) -> Records:
    raised = {row.report_id: row for row in Alert.objects.filter(report__in=list(reports.values()))}
    return {case: raised[report.pk] for case, report in reports.items() if report.pk in raised}


def _due(when: Round) -> dict[str, date]:
    return {"correction_due_on": date.fromisoformat(when.correction_due_on)}


# --- alerts ---------------------------------------------------------------------------------------------------------


def _handle(county: County, alerts: Records, told: dict[str, Line], states: dict[Case, str], when: Round) -> None:
    """What finance did at once: orders, explanations, a remark. What took longer is done by ``settle_alerts``."""
    ends = {case: _end_of(county, told[case.code]) for case in alerts if case.code in told}
    for code in told.keys() - {case.code for case in ends}:
        county.say(f"第{when.number}轮“{told[code]['项目名称']}”按规则没有触发预警，“预警”表中的这一条没有装入。")
    waiting = [case for case, (state, outcome) in ends.items() if state == OPEN]
    explained = [case for case, (state, outcome) in ends.items() if outcome == Alert.Outcome.EXPLAINED]
    county.take(
        alerts, "order_correction", day=when.handled, by=county.performance, data=lambda case: _due(when),
        reason=lambda case: told[case.code]["处置说明"],
        cases=[case for case in ends if case not in waiting and case not in explained],
    )
    county.take(
        alerts, "explain", day=when.handled, by=county.section_reviewer, cases=explained,
        reason=lambda case: told[case.code]["处置说明"],
    )
    county.take(
        alerts, "explain", day=when.handled, by=county.section_reviewer,
        cases=[case for case in alerts if case not in ends and _is_settled_quietly(alerts[case], states[case], when)],
        reason=lambda case: "主管部门已说明原因，属项目正常时序，下一轮继续关注。",
    )
    for place, case in enumerate(waiting):
        comment_on(
            alerts[case], told[case.code]["处置说明"], by=county.section_reviewer(case),
            at=county.moment(when.handled, place),
        )
    county.take(
        alerts, "report_correction", day=when.corrected, by=county.unit_leader,
        cases=[case for case, (state, outcome) in ends.items() if state == VERIFYING],
        data=lambda case: {"correction_text": told[case.code]["处置说明"]},
    )


def _end_of(county: County, line: Line) -> tuple[str, str]:
    return county.story.state("预警", line["处置状态"]), county.story.state("预警结果", line["处置结果"])


def _is_settled_quietly(alert: Alert, state: str, when: Round) -> bool:
    """An old round leaves nothing open; in the present one only a red lamp stands in the way of an accepted report."""
    return when.number == 1 or (alert.lamp == LampColour.RED and state == "accepted")


def settle_alerts(county: County, outcome: str, *, day: str) -> None:
    """Close those alerts of the first round that the story ends with ``outcome``."""
    told = {
        line["项目编码"]: line["处置说明"] for line in county.story.of("预警")
        if line["轮次"] == "1" and _end_of(county, line) == (CLOSED, outcome)
    }
    cases = [case for case in county.story.cases_of(YEAR) if case.code in told]
    found = {alert.project_year_id: alert for alert in Alert.objects.filter(report__round__number=1)}
    alerts: Records = {case: found[county.years[case.key].pk] for case in cases}
    if outcome == Alert.Outcome.CORRECTED:
        county.take(
            alerts, "report_correction", day=day, by=county.unit_leader,
            data=lambda case: {"correction_text": told[case.code]},
        )
    step, who = SETTLED_BY[outcome]
    county.take(alerts, step, day=day, by=lambda case: who(county, case), reason=lambda case: told[case.code])
    county.forget_years()
