"""What is read across the rows of monitoring. Pages get plain rows; money in yuan, rates as ratios with four places."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet

from budgets.models import BudgetAdjustment, FiscalYear, ProjectYear, Spending
from budgets.models.sums import fen_sum, yuan_of
from core.lamps import Quadrant, quadrant
from core.models import RuleSet
from core.money import divide, half_up
from core.rulebook.terms import Lamp
from core.ruleset_versions import rulebook_of
from monitoring import rules
from monitoring.models import (
    FINANCE_STATES,
    SENT_STATES,
    Alert,
    DeviationReason,
    MonitoringRound,
    ProgressReport,
    ProgressValue,
)
from targets.models import DeclarationState, TargetDeclaration

ZERO = Decimal("0.00")
PROJECT = "project_year__project"
SHOWN_COLOURS = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.GREY)


# --- opening and filling --------------------------------------------------------------------------


def declarations_to_watch(fiscal_year: FiscalYear) -> QuerySet[TargetDeclaration]:
    """The approved declaration of every project-year in execution, with its indicators."""
    return (
        TargetDeclaration.objects.filter(
            state=DeclarationState.APPROVED, project_year__fiscal_year=fiscal_year,
            project_year__stage=ProjectYear.Stage.EXECUTING,
        )
        .select_related(
            "project_year__fiscal_year__ruleset", "project_year__project__unit",
            "project_year__project__department__fiscal_section",
        )
        .prefetch_related("indicators")
        .order_by("project_year__project__code")
    )


def money_until(years: Sequence[ProjectYear], day: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Budget and spending of project-years as they stood at the end of ``day``, by id, in two queries.

    The budget is today's without the adjustments that came later.
    """
    ids = [year.pk for year in years]
    later = _sums(BudgetAdjustment.objects.filter(project_year__in=ids, adjusted_on__gt=day))
    spent = _sums(Spending.objects.filter(project_year__in=ids, paid_on__lte=day))
    return {year.pk: (year.budget_yuan - later.get(year.pk, ZERO), spent.get(year.pk, ZERO)) for year in years}


def _sums(rows: QuerySet) -> dict[int, Decimal]:
    found = rows.order_by().values("project_year").annotate(fen=fen_sum("amount_yuan"))
    return {row["project_year"]: yuan_of(row["fen"]) for row in found}


def later_report_is_sent(report: ProgressReport) -> bool:
    """Whether a later round of the same project-year has already reached finance."""
    return ProgressReport.objects.filter(
        project_year=report.project_year_id, round__period_end__gt=report.round.period_end,
        state__in=FINANCE_STATES,
    ).exists()


# --- rounds ---------------------------------------------------------------------------------------


def round_counts(user, rounds: Sequence[MonitoringRound]) -> dict[int, dict[str, Any]]:
    """Reports, sent ones, and lamps of each round as far as the person may see them; one query."""
    counts: dict[int, dict[str, Any]] = {
        each.pk: {"reports": 0, "sent": 0, "lamps": Counter()} for each in rounds
    }
    visible = ProgressReport.objects.visible_to(user).filter(round__in=rounds).with_shown_lamp().order_by()
    grouped = visible.values_list("round", "state", "shown_lamp").annotate(Count("pk"))
    for round_id, state, lamp, number in grouped:
        row = counts[round_id]
        row["reports"] += number
        row["sent"] += number if state in SENT_STATES else 0
        row["lamps"][lamp] += number
    return counts


def next_round(fiscal_year: FiscalYear) -> dict[str, Any]:
    """What the rule set proposes for the next round of the year; past its last one only the number and the start."""
    taken = set(fiscal_year.monitoring_rounds.values_list("number", flat=True))
    planned = [each for each in fiscal_year.rulebook().monitoring_rounds if each.number not in taken]
    start = date(fiscal_year.pk, 1, 1)
    if not planned:
        return {"number": max(taken, default=0) + 1, "period_start": start}
    rule = min(planned, key=lambda each: each.number)
    return {
        "number": rule.number,
        "period_start": start,
        "period_end": rules.month_end(fiscal_year.pk, rule.last_month),
        "due_on": date(fiscal_year.pk, rule.due_month, rule.due_day),
    }


def round_of_period(fiscal_year: FiscalYear, period_end: date) -> str:
    """The title of the round that watched the year up to this day; empty when none did."""
    found = fiscal_year.monitoring_rounds.filter(period_end=period_end).first()
    return found.title() if found else ""


# --- the overview of a round ----------------------------------------------------------------------


def overview_rows(user, round_: MonitoringRound, *, department: int | None = None) -> list[dict[str, Any]]:
    """One plain row a report, the largest budget first; what a unit has not yet sent has no lamp and no attainment."""
    reports = ProgressReport.objects.visible_to(user).filter(round=round_).with_shown_lamp()
    if department:
        reports = reports.filter(**{f"{PROJECT}__department": department})
    found = reports.order_by("-budget_yuan", "pk").values(
        "pk", "state", "budget_yuan", "executed_yuan", "execution_rate", "attainment_rate", "shown_lamp",
        "alerts", "alerts__state", "alerts__outcome", f"{PROJECT}__name", f"{PROJECT}__unit__name",
        f"{PROJECT}__department", f"{PROJECT}__department__name",
    )
    return [_overview_row(row) for row in found]


def _overview_row(row: dict[str, Any]) -> dict[str, Any]:
    sent = row["state"] in SENT_STATES
    return {
        "pk": row["pk"],
        "name": row[f"{PROJECT}__name"],
        "unit": row[f"{PROJECT}__unit__name"],
        "department": row[f"{PROJECT}__department"],
        "department_name": row[f"{PROJECT}__department__name"],
        "budget_yuan": row["budget_yuan"],
        "executed_yuan": row["executed_yuan"],
        "execution_rate": row["execution_rate"],
        "attainment_rate": row["attainment_rate"] if sent else None,
        "lamp": row["shown_lamp"],
        "sent": sent,
        "alert": row["alerts"],
        "handling": _handling(row),
    }


def _handling(row: dict[str, Any]) -> str:
    if row["alerts"] is None:
        return ProgressReport.State(row["state"]).label
    if row["alerts__outcome"] in (Alert.Outcome.SUSPENDED, Alert.Outcome.STOPPED):
        return {Alert.Outcome.SUSPENDED: "已暂缓", Alert.Outcome.STOPPED: "已停止"}[row["alerts__outcome"]]
    return Alert.State(row["alerts__state"]).label


def round_figures(rows: Sequence[dict[str, Any]], progress: Fraction) -> dict[str, Any]:
    """The sums of an overview. Attainment is weighted by budget over the reports that have it."""
    budget, executed = _total(rows, "budget_yuan"), _total(rows, "executed_yuan")
    known = [row for row in rows if row["attainment_rate"] is not None]
    weight = _total(known, "budget_yuan")
    reached = sum((row["attainment_rate"] * row["budget_yuan"] for row in known), ZERO)
    execution, attainment = _rate(executed, budget), _rate(reached, weight)
    return {
        "projects": len(rows),
        "sent": sum(row["sent"] for row in rows),
        "budget_yuan": budget,
        "executed_yuan": executed,
        "progress": half_up(progress, 4),
        "execution_rate": execution,
        "execution_against": against_time(execution, progress),
        "attainment_rate": attainment,
        "attainment_against": against_time(attainment, progress),
        "lamps": {
            lamp.value: {
                "count": len(group), "budget_yuan": _total(group, "budget_yuan"),
            }
            for lamp in (*SHOWN_COLOURS, Lamp.BLUE) for group in [[row for row in rows if row["lamp"] == lamp.value]]
        },
    }


def by_department(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a department, the most money under a red lamp first."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["department"], []).append(row)
    return sorted(map(_department_row, groups.values()), key=lambda row: (-row["red_yuan"], -row["budget_yuan"]))


def _department_row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    lamps = Counter(row["lamp"] for row in rows)
    budget = _total(rows, "budget_yuan")
    return {
        "pk": rows[0]["department"],
        "name": rows[0]["department_name"],
        "projects": len(rows),
        "red": lamps[Lamp.RED], "yellow": lamps[Lamp.YELLOW], "green": lamps[Lamp.GREEN] + lamps[Lamp.BLUE],
        "red_yuan": _total([row for row in rows if row["lamp"] == Lamp.RED], "budget_yuan"),
        "budget_yuan": budget,
        "execution_rate": _rate(_total(rows, "executed_yuan"), budget),
    }


def quadrant_counts(rows: Iterable[dict[str, Any]], progress: Fraction) -> list[dict[str, Any]]:
    """How many reports lie in each field of the scatter, in the order in which it is drawn."""
    counts = Counter(
        quadrant(row["execution_rate"], row["attainment_rate"], progress)
        for row in rows if None not in (row["execution_rate"], row["attainment_rate"])
    )
    order = (Quadrant.BOTH, Quadrant.MONEY_AHEAD, Quadrant.TARGET_AHEAD, Quadrant.NEITHER)
    return [{"name": each.label, "count": counts[each]} for each in order]


def _total(rows: Iterable[dict[str, Any]], name: str) -> Decimal:
    return sum((row[name] for row in rows), ZERO)


def _rate(part: Decimal, whole: Decimal) -> Decimal | None:
    return divide(part, whole, 4) if whole else None


def against_time(rate: Decimal | None, progress: Fraction) -> str:
    """How a rate stands against the time schedule, in words: 慢 14.1 个百分点."""
    if rate is None:
        return ""
    behind = half_up((progress - Fraction(rate)) * 100, 1)
    if not behind:
        return "与序时持平"
    return f"{'慢' if behind > 0 else '快'} {abs(behind)} 个百分点"


# --- one report, one alert, one project-year ------------------------------------------------------


def workings_shown(report: ProgressReport, year: ProjectYear) -> dict[str, Any]:
    """The workings of a report's money and of its project for ``components/_fx.html``, by those names."""
    ruleset = ruleset_of(report, year)
    return {name: working_shown(report.workings.get(name, {}), ruleset) for name in ("money", "project")}


def ruleset_of(report: ProgressReport, year: ProjectYear) -> RuleSet:
    """The version by which the figures of the report were worked out."""
    present = year.fiscal_year.ruleset
    used = report.workings.get("ruleset", present.pk)
    return present if used == present.pk else RuleSet.objects.get(pk=used)


def working_shown(working: Mapping[str, Any], ruleset: RuleSet) -> dict[str, Any]:
    """A stored working with its rule in words, the limits it was held against and the version of the rule set."""
    words = rules.lamp_rule_in_words(working.get("rule", ""), rulebook_of(ruleset).lamps)
    return dict(working) | {"rule": f"{words}（{ruleset}）" if words else ""}


def sheet_rows(values: Sequence[ProgressValue], ruleset: RuleSet) -> list[dict[str, Any]]:
    """The lines of the monitoring form; ``span1`` and ``span2`` are given where a level begins, zero below it."""
    indicators = [value.indicator for value in values]
    span1 = _spans([each.level1 for each in indicators])
    span2 = _spans([(each.level1, each.level2) for each in indicators])
    return [
        {
            "number": place + 1,
            "value": value,
            "indicator": value.indicator,
            "working": working_shown(value.working, ruleset),
            "span1": span1[place],
            "span2": span2[place],
            "reasons": [(reason.label, reason.value in value.reasons) for reason in DeviationReason],
        }
        for place, value in enumerate(values)
    ]


def _spans(keys: Sequence[Any]) -> list[int]:
    """For each place the length of the run that begins there, zero inside a run."""
    spans = [0] * len(keys)
    start = 0
    for place, key in enumerate(keys):
        if key != keys[start]:
            start = place
        spans[start] += 1
    return spans


def payments_until(report: ProgressReport) -> int:
    """How many payments the executed amount of a report is made of."""
    return report.project_year.spendings.filter(paid_on__lte=report.round.period_end).count()


def earlier_lamps(report: ProgressReport) -> list[ProgressReport]:
    """The same project-year in the rounds before, oldest first."""
    return list(
        ProgressReport.objects.filter(
            project_year=report.project_year_id, round__period_end__lt=report.round.period_end, state__in=SENT_STATES
        ).select_related("round").order_by("round__period_end")
    )


def explanations_of(report: ProgressReport) -> list[dict[str, str]]:
    """What the unit says of its indicators; those of which it says the same are named together."""
    said: dict[tuple[str, str], list[str]] = {}
    for value in report.value_list():
        if value.note:
            said.setdefault((value.reason_labels, value.note), []).append(value.indicator.name)
    return [
        {"indicators": "、".join(names), "reasons": reasons, "note": note} for (reasons, note), names in said.items()
    ]


def panel(project_year: ProjectYear, user) -> dict[str, Any] | None:
    """For the page of a project-year: its reports and alerts, newest first; nothing before the first round."""
    reports = list(
        ProgressReport.objects.visible_to(user).filter(project_year=project_year).select_related("round")
        .order_by("-round__period_end")
    )
    if not reports:
        return None
    alerts = Alert.objects.visible_to(user).filter(project_year=project_year).select_related("report__round")
    return {
        "reports": [
            {
                "label": report.round.period_label,
                "state": report.get_state_display(),
                "lamp": report.project_lamp if report.is_sent else "",
                "execution_rate": report.execution_rate,
                "attainment_rate": report.attainment_rate if report.is_sent else None,
                "progress": half_up(rules.progress_of(report.round.period_end), 4),
                "due_on": report.round.due_on if report.state in ProgressReport.editable_states else None,
                "url": report.get_absolute_url(),
            }
            for report in reports
        ],
        "alerts": [
            {
                "label": alert.report.round.period_label,
                "lamp": alert.lamp,
                "state": alert.get_state_display(),
                "outcome": alert.get_outcome_display(),
                "message": alert.message,
                "url": alert.get_absolute_url(),
            }
            for alert in alerts
        ],
    }
