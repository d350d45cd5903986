"""Alerts: their list, the page of one, and the disposals with what they do to the money."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.errors import RuleViolation
from core.forms import StepForm
from core.money import half_up
from core.transitions import DeclaredStep
from core.views.lists import Column, ListView, export_action
from core.views.records import record_context, step_buttons
from monitoring import queries, rules
from monitoring.forms import AlertFilter, CorrectionOrderForm
from monitoring.models import Alert
from monitoring.views.common import CORRECTION_FORMS, DatedStepView, in_chosen_year

ALERT_FORMS = CORRECTION_FORMS | {"send_back": CorrectionOrderForm}


class AlertList(ListView):
    title = "监控预警"
    export_name = "监控预警"
    filter_form = AlertFilter
    default_order = (F("due_on").asc(nulls_last=True), "lamp", "-pk")
    columns = (
        Column(label="项目", kind="name", value=lambda row: {
            "text": row.project_year.project.name, "sub": row.project_year.project.unit.name,
        }),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name),
        Column(label="监控期", value=lambda row: f"{row.project_year.fiscal_year_id}年{row.report.round.period_label}"),
        Column(label="监控灯", kind="lamp", value=lambda row: row.lamp),
        Column(label="预算数", kind="money", key="budget", sort="project_year__budget_yuan",
               value=lambda row: row.project_year.budget_yuan),
        Column(label="未支出", kind="money", value=lambda row: rules.unspent_yuan(row.project_year)),
        Column(label="状态", kind="chip", value=lambda row: row.get_state_display()),
        Column(label="处置结果", value=lambda row: row.get_outcome_display()),
        Column(label="办理期限", kind="due", key="due", sort="due_on", value=lambda row: row.due_on),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        return in_chosen_year(
            request, Alert.objects.visible_to(request.user).with_names(), "project_year__fiscal_year"
        )

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        here = reverse("monitoring:alerts")
        chosen = (request.GET.get("state", ""), request.GET.get("lamp", ""))
        views = (("全部", "", ""), ("未销号", "unsettled", ""), ("红灯未处置", "open", "red"), ("已销号", "closed", ""))
        empty = None if request.GET else {
            "title": "没有监控预警", "text": "红灯或黄灯的监控表报送到财政后，在这里出现预警。", "url": "", "label": "",
        }
        return {
            "crumbs": [{"label": "双监控", "url": reverse("monitoring:rounds")}],
            "actions": [export_action(request)],
            "empty": empty,
            "views": [
                {"label": label, "url": f"{here}?{urlencode({'state': state, 'lamp': lamp})}", "count": None,
                 "current": chosen == (state, lamp)}
                for label, state, lamp in views
            ],
        }


@login_required
def alert_page(request: HttpRequest, pk: int) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.visible_to(request.user).with_names(), pk=pk)
    return render(
        request, "monitoring/alert.html",
        record_context(request, alert, forms=ALERT_FORMS) | {"disposal": disposal_context(request, alert)},
    )


def disposal_context(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """An alert with its figures and the ways to settle it, each with what it does to the money."""
    report, year = alert.report, alert.project_year
    progress = rules.progress_of(report.round.period_end)
    consequences = rules.disposal_consequences(alert)
    return {
        "alert": alert,
        "report": report,
        "year": year,
        "workings": queries.workings_shown(report, year),
        "unspent_yuan": rules.unspent_yuan(year),
        "progress": half_up(progress, 4),
        "execution_against": queries.against_time(report.execution_rate, progress),
        "attainment_against": queries.against_time(report.attainment_rate, progress),
        "earlier": queries.earlier_lamps(report),
        "explanations": queries.explanations_of(report),
        "ways": sorted(
            (
                step | {"consequences": consequences[step["name"]]}
                for step in step_buttons(alert, request.user, ALERT_FORMS)
            ),
            key=lambda way: list(consequences).index(way["name"]),
        ),
    }


class AlertStep(DatedStepView):
    """Every disposal is confirmed on a page of its own that says what it does to the money."""

    model = Alert
    forms = ALERT_FORMS

    def page(
        self, request: HttpRequest, record: Alert, declared: DeclaredStep, form: StepForm, *,
        status: int, refusal: RuleViolation | None = None,
    ) -> HttpResponse:
        return render(request, "core/confirm.html", status=status, context={
            "title": f"{declared.details.label}：{record.title()}？",
            "consequences": rules.disposal_consequences(record).get(declared.name, []),
            "submit_label": declared.details.label,
            "danger": declared.details.style == "danger",
            "form": form,
            "cancel_url": record.get_absolute_url(),
            "hidden": [("seen", request.POST.get("seen", record.revision))],
            "reasons": refusal.reasons if refusal else [],
        })
