"""What changes together in monitoring: opening a round, filling in a report, and what follows from its lamp."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from budgets.models import FiscalYear
from budgets.services import record_progress
from core import audit, bulk, records, todos
from core.errors import RuleViolation, refuse
from core.lamps import Reading, indicator_lamp, money_lamp, project_lamp
from core.money import divide, half_up, percent_text
from core.transitions import effect_of, perform
from monitoring import queries, rules
from monitoring.models import Alert, MonitoringRound, ProgressReport, ProgressValue
from targets.models import TargetDeclaration

ENTRY_FIELDS = ("actual_value", "quality", "actual_text", "forecast_text", "likelihood", "reasons", "note")
WORKED_OUT = ("lamp", "completion_rate", "working")


@transaction.atomic
def open_round(
    *, fiscal_year: FiscalYear, number: int, period_start: date, period_end: date, due_on: date, by, at: datetime,
    today: date | None = None,
) -> MonitoringRound:
    """Open a round with one report for every project-year in execution, its money as of the end of the period.

    The dates are judged by ``today``, the day of ``at`` when left out.

    Raises ``PermissionDenied`` outside of the fiscal performance section, ``RuleViolation`` with every fault of the
    dates, a number or a period that is taken, a closed year, and when there is nothing to watch.
    """
    if not rules.may_open_rounds(by):
        raise PermissionDenied("您没有发起绩效监控的权限，请由财政绩效股办理。")
    audit.take_turn()
    fiscal_year = FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    declarations = list(queries.declarations_to_watch(fiscal_year))
    reasons = list(rules.round_is_sound(
        fiscal_year, number=number, period_start=period_start, period_end=period_end, due_on=due_on,
        is_taken=fiscal_year.monitoring_rounds.filter(number=number).exists(),
        same_period=queries.round_of_period(fiscal_year, period_end), projects=len(declarations),
        today=today or timezone.localdate(at),
    ))
    if reasons:
        raise RuleViolation(reasons)
    round_ = records.create(
        MonitoringRound(
            fiscal_year=fiscal_year, number=number, period_start=period_start, period_end=period_end, due_on=due_on,
            opened_by=by, opened_at=at,
        ),
        by=by, at=at, label="发起绩效监控",
    )
    _create_reports(round_, declarations, by=by, at=at)
    return round_


def _create_reports(
    round_: MonitoringRound, declarations: Sequence[TargetDeclaration], *, by, at: datetime
) -> None:
    """The system fills the reports in advance, so nobody is their author; one audit entry names how many there are."""
    money = queries.money_until([each.project_year for each in declarations], round_.period_end)
    reports, values = [], []
    for declaration in declarations:
        year = declaration.project_year
        report = ProgressReport(
            round=round_, project_year=year, declaration=declaration, initial_yuan=year.initial_yuan, state_since=at
        )
        own = [ProgressValue(report=report, indicator=indicator) for indicator in declaration.indicators.all()]
        _work_out(report, own, money=money[year.pk])
        reports.append(report)
        values += own
    todos.set_deadlines(reports, at=at)
    ProgressReport.objects.bulk_create(reports, batch_size=500)
    ProgressValue.objects.bulk_create(values, batch_size=500)
    for report in reports:
        todos.renew(report, at=at)
    audit.record(
        "monitoring.progressreport.generate", round_, by=by, at=at, label="生成监控表",
        after={"reports": len(reports), "indicators": len(values)},
    )


@transaction.atomic
def fill_report(
    report: ProgressReport, *, forecast_yuan: Decimal | None, values: Mapping[int, Mapping[str, Any]],
    surplus_reason: str = "", problem: str = "", measures: str = "", by, at: datetime, seen: int | None = None,
) -> ProgressReport:
    """Save what the unit entered, read the money anew and work out every lamp.

    Shape: ``values`` maps an indicator's id to any of ENTRY_FIELDS; indicators left out stay as they are.
    Raises as ``records.save_draft`` does, and ``RuleViolation`` for an indicator of another declaration.
    """
    row = records.open_draft(report, by=by, seen=seen)
    entries = row.value_list()
    foreign = values.keys() - {entry.indicator_id for entry in entries}
    if foreign:
        raise refuse("foreign_indicator", f"{row.title()}没有编号为 {min(foreign)} 的指标，请刷新页面后重新填写。")
    changed = {}
    for entry in entries:
        before = _entered(entry)
        for name, value in values.get(entry.indicator_id, {}).items():
            setattr(entry, name, half_up(value, 4) if name == "actual_value" and value is not None else value)
        old, new = audit.differences(before, _entered(entry))
        if new:
            changed[entry.indicator.name] = {"before": old, "after": new}
    row.forecast_yuan = forecast_yuan
    _work_out(row, entries, money=queries.money_until([row.project_year], row.round.period_end)[row.project_year_id])
    figures = {
        name: getattr(row, name) for name in (
            "budget_yuan", "executed_yuan", "execution_rate", "money_lamp", "project_lamp", "attainment_rate",
            "workings",
        )
    }

    def write_entries(_: ProgressReport) -> dict[str, Any]:
        bulk.update(entries, [*ENTRY_FIELDS, *WORKED_OUT])
        return changed

    return records.save_draft(
        row, by=by, at=at, also=write_entries, seen=row.revision,
        changes=figures | {
            "forecast_yuan": forecast_yuan, "surplus_reason": surplus_reason, "problem": problem, "measures": measures,
        },
    )


def _entered(entry: ProgressValue) -> dict[str, Any]:
    return {name: audit.plain(getattr(entry, name)) for name in ENTRY_FIELDS}


def _work_out(
    report: ProgressReport, values: Sequence[ProgressValue], *, money: tuple[Decimal, Decimal]
) -> None:
    """Set the money, every lamp and its working on the rows in hand; ``money`` is budget and spending in yuan."""
    book, progress = report.rulebook(), rules.progress_of(report.round.period_end)
    report.budget_yuan, report.executed_yuan = money
    report.execution_rate = divide(report.executed_yuan, report.budget_yuan, 4) if report.budget_yuan else None
    spending = money_lamp(executed=report.executed_yuan, budget=report.budget_yuan, progress=progress, book=book)
    readings = []
    for value in values:
        reading = indicator_lamp(
            rules.requirement_of(value.indicator), rules.actual_of(value), progress=progress, book=book
        )
        value.lamp, value.completion_rate, value.working = reading.lamp.value, _rate_of(reading), _working(reading)
        readings.append((reading, value.indicator.weight))
    whole = project_lamp(money=spending, indicators=readings, progress=progress, book=book)
    report.money_lamp, report.project_lamp = spending.lamp.value, whole.lamp.value
    report.attainment_rate = _rate_of(whole)
    report.workings = {
        "progress": percent_text(progress), "money": _working(spending), "project": _working(whole),
        "ruleset": report.project_year.fiscal_year.ruleset_id,
    }


def _rate_of(reading: Reading) -> Decimal | None:
    return None if reading.rate is None else half_up(reading.rate, 4)


def _working(reading: Reading) -> dict[str, Any]:
    rate = _rate_of(reading)
    return reading.explain() | {"rate": None if rate is None else str(rate)}


# --- what follows from a report -------------------------------------------------------------------


@effect_of(ProgressReport, "pass_department")
def raise_alert(report: ProgressReport, *, by, at: datetime, reason: str, data) -> None:
    """The report has reached finance: its lamp counts from now on, and a red or yellow one makes an alert."""
    if not queries.later_report_is_sent(report):
        record_progress(
            report.project_year, lamp=report.project_lamp, attainment_rate=report.attainment_rate, by=by, at=at
        )
    alert = Alert.objects.filter(report=report).first()
    if report.project_lamp not in rules.ALARMING:
        _lift(alert, report, by=by, at=at)
    elif alert is None:
        message = rules.alert_sentence(report, report.workings["project"])
        records.create(
            Alert(project_year=report.project_year, report=report, lamp=report.project_lamp, message=message),
            by=by, at=at, label="触发预警",
        )
    else:
        _renew(alert, report, by=by, at=at)


def _lift(alert: Alert | None, report: ProgressReport, *, by, at: datetime) -> None:
    if alert is not None and alert.state != Alert.State.CLOSED:
        perform(
            alert, "lift", by=by, at=at, cause=report,
            reason=f"重新报送后监控灯为{report.get_project_lamp_display()}，预警解除。",
        )


def _renew(alert: Alert, report: ProgressReport, *, by, at: datetime) -> None:
    """A new return changes what the alert says; a closed one opens again when it was lifted, or when it is worse."""
    lifted, worse = alert.outcome == Alert.Outcome.LIFTED, rules.is_worse(report.project_lamp, than=alert.lamp)
    alert = records.change(
        alert, by=by, at=at, label="更新预警",
        changes={
            "lamp": report.project_lamp, "message": rules.alert_sentence(report, report.workings["project"]),
        },
    )
    settled_by_money = alert.outcome in (Alert.Outcome.SUSPENDED, Alert.Outcome.STOPPED)
    if alert.state == Alert.State.CLOSED and (lifted or worse) and not settled_by_money:
        perform(alert, "reopen", by=by, at=at, cause=report, reason=alert.message)


@effect_of(ProgressReport, "order_correction")
def order_correction_of_alert(report: ProgressReport, *, by, at: datetime, reason: str, data) -> None:
    """One order is enough: the report's alert waits for the same correction."""
    for alert in report.alerts.filter(state=Alert.State.OPEN):
        perform(alert, "order_correction", by=by, at=at, reason=reason, data=data)


@effect_of(ProgressReport, "report_correction")
def report_correction_of_alert(report: ProgressReport, *, by, at: datetime, reason: str, data) -> None:
    for alert in report.alerts.filter(state=Alert.State.CORRECTING):
        perform(alert, "report_correction", by=by, at=at, reason=reason, data=data)


@effect_of(Alert, "report_correction")
def report_correction_of_report(alert: Alert, *, by, at: datetime, reason: str, data) -> None:
    """What was written at the alert answers the order on the report as well."""
    if alert.report.state == ProgressReport.State.CORRECTING:
        perform(alert.report, "report_correction", by=by, at=at, reason=reason, data=data)


@effect_of(Alert, "suspend", "stop")
def hold_the_money(alert: Alert, *, by, at: datetime, reason: str, data) -> None:
    """The project-year follows the disposal: payments stop, and a stopped project gives back what is left."""
    step = "suspend" if alert.outcome == Alert.Outcome.SUSPENDED else "stop"
    perform(alert.project_year, step, by=by, at=at, reason=reason)
