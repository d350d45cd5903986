"""Reports: their list, the form filled in, the form read and reviewed."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from budgets.models.sums import fen_sum, yuan_of
from core import clock
from core.errors import RuleViolation
from core.money import divide, half_up
from core.transitions import perform
from core.views.lists import Column, ListView, export_action
from core.views.records import record_context
from core.views.steps import CONFLICTS
from monitoring import queries, rules, services
from monitoring.forms import ReportFilter, ReportSheet
from monitoring.models import ProgressReport
from monitoring.views.common import CORRECTION_FORMS, DatedStepView, in_chosen_year


class ReportList(ListView):
    title = "监控表"
    export_name = "绩效监控表"
    filter_form = ReportFilter
    default_order = ("-round__period_end", "-budget_yuan", "pk")
    columns = (
        Column(label="项目", kind="name", value=lambda row: {
            "text": row.project_year.project.name, "sub": row.project_year.project.unit.name,
        }),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name),
        Column(label="监控期", value=lambda row: f"{row.project_year.fiscal_year_id}年{row.round.period_label}"),
        Column(label="预算数", kind="money", key="budget", sort="budget_yuan", value=lambda row: row.budget_yuan),
        Column(label="执行数", kind="money", key="executed", sort="executed_yuan", value=lambda row: row.executed_yuan),
        Column(label="执行率", kind="pct", key="rate", sort="execution_rate", value=lambda row: row.execution_rate),
        Column(label="目标完成率", kind="pct", key="attainment", sort="attainment_rate",
               value=lambda row: row.attainment_rate if row.is_sent else None),
        Column(label="监控灯", kind="lamp", value=lambda row: row.shown_lamp),
        Column(label="状态", kind="chip", value=lambda row: row.get_state_display()),
        Column(label="办理期限", kind="due", key="due", sort="due_on", value=lambda row: row.due_on),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = ProgressReport.objects.visible_to(request.user).with_names().with_shown_lamp()
        return in_chosen_year(request, rows, "project_year__fiscal_year")

    def totals(self, rows: QuerySet) -> list[Any]:
        sums = rows.order_by().aggregate(budget=fen_sum("budget_yuan"), executed=fen_sum("executed_yuan"))
        budget, executed = yuan_of(sums["budget"]), yuan_of(sums["executed"])
        rate = divide(executed, budget, 4) if budget else None
        return ["筛选合计", None, None, budget, executed, rate, None, None, None, None]

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        return {
            "crumbs": [{"label": "双监控", "url": reverse("monitoring:rounds")}],
            "actions": [export_action(request)],
        }


def _visible_report(request: HttpRequest, pk: int) -> ProgressReport:
    return get_object_or_404(ProgressReport.objects.visible_to(request.user).with_names(), pk=pk)


def _may_edit(report: ProgressReport, user) -> bool:
    return report.state in report.editable_states and report.editable_by(report, user)


@login_required
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible_report(request, pk)
    if _may_edit(report, request.user):
        return redirect("monitoring:report_edit", pk=pk)
    return render(request, "monitoring/report.html", record_context(request, report, forms=CORRECTION_FORMS) | (
        sheet_context(report, queries.sheet_rows(report.value_list(), queries.ruleset_of(report, report.project_year)))
    ))


def sheet_context(report: ProgressReport, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the paper form and the lines about it need, filled in or read."""
    progress = rules.progress_of(report.round.period_end)
    return {
        "report": report,
        "round": report.round,
        "rows": rows,
        "workings": queries.workings_shown(report, report.project_year),
        "payments": queries.payments_until(report),
        "alerts": list(report.alerts.all()),
        "earlier": queries.earlier_lamps(report),
        "execution_against": queries.against_time(report.execution_rate, progress),
        "attainment_against": queries.against_time(report.attainment_rate, progress),
        "progress": half_up(progress, 4),
    }


class ReportEdit(LoginRequiredMixin, View):
    """The monitoring form, saved as a draft or saved and submitted in one go."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _visible_report(request, pk)
        if not _may_edit(report, request.user):
            return redirect(report)
        values = report.value_list()
        return self.page(request, report, values, ReportSheet(report, values), seen=report.revision)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _visible_report(request, pk)
        values = report.value_list()
        sheet = ReportSheet(report, values, request.POST)
        seen = request.POST.get("seen", "")
        if not sheet.is_valid():
            return self.page(
                request, report, values, sheet, seen=seen, faults=sheet.faults(), status=HTTPStatus.UNPROCESSABLE_ENTITY
            )
        try:
            report = services.fill_report(
                report, **sheet.entered(), by=request.user, at=clock.now(), seen=int(seen) if seen.isdecimal() else -1
            )
            seen = report.revision
            if "submit" in request.POST:
                report = perform(report, "submit", by=request.user, at=clock.now(), seen=seen)
        except RuleViolation as refusal:
            status = HTTPStatus.CONFLICT if CONFLICTS & set(refusal.codes) else HTTPStatus.UNPROCESSABLE_ENTITY
            faults = [{"sentence": reason.sentence, "target": reason.target} for reason in refusal.reasons]
            report = _visible_report(request, pk)
            return self.page(request, report, report.value_list(), sheet, seen=seen, faults=faults, status=status)
        if "submit" in request.POST:
            messages.success(request, f"{report.title()}已报送单位负责人审核。")
            return redirect(report)
        messages.success(request, f"草稿已保存，系统预判为{report.get_project_lamp_display()}。", extra_tags="toast")
        return redirect("monitoring:report_edit", pk=pk)

    def page(
        self, request: HttpRequest, report: ProgressReport, values, sheet: ReportSheet, *, seen,
        faults: Sequence[dict[str, str]] = (), status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        rows = queries.sheet_rows(values, queries.ruleset_of(report, report.project_year))
        for row, form in zip(rows, sheet.lines, strict=True):
            row["form"] = form
        context = record_context(request, report, forms=CORRECTION_FORMS) | sheet_context(report, rows)
        submit = next((step for step in context["steps"] if step["name"] == "submit"), None)
        return render(request, "monitoring/report_edit.html", status=status, context=context | {
            "head": sheet.head,
            "seen": seen,
            "faults": faults,
            "lacks": submit["reasons"] if submit else [],
            "submit_label": submit["label"] if submit else "报送",
        })


class ReportStep(DatedStepView):
    model = ProgressReport
    forms = CORRECTION_FORMS
