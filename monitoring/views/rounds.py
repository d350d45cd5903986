"""Rounds: their list, opening one, and the overview of one."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from budgets.models import FiscalYear
from core import clock
from core.errors import RuleViolation
from core.models import Organisation
from core.money import divide, half_up
from core.rulebook.terms import Lamp
from core.views.lists import Column, ListView
from monitoring import queries, rules, services
from monitoring.forms import RoundForm
from monitoring.models import Alert, MonitoringRound
from monitoring.views.alerts import disposal_context
from monitoring.views.common import in_chosen_year

LISTED = 40


class RoundList(ListView):
    title = "双监控"
    export_name = "监控轮次"
    default_order = ("-fiscal_year", "-number")
    columns = (
        Column(label="监控轮次", kind="name", value=lambda row: {"text": row.title(), "sub": f"{row.opened_by} 发起"}),
        Column(label="监控期间", value=lambda row: f"{row.period_start} 至 {row.period_end}", width="cw-200"),
        Column(label="报送期限", kind="date", key="due_on", value=lambda row: row.due_on),
        Column(label="项目", kind="count", value=lambda row: row.counts["reports"]),
        Column(label="已报送", kind="count", value=lambda row: row.counts["sent"]),
        Column(label="红灯", kind="count", value=lambda row: row.counts["lamps"][Lamp.RED]),
        Column(label="黄灯", kind="count", value=lambda row: row.counts["lamps"][Lamp.YELLOW]),
        Column(label="绿灯", kind="count", value=lambda row: row.counts["lamps"][Lamp.GREEN]),
        Column(label="无数据", kind="count", value=lambda row: row.counts["lamps"][Lamp.GREY]),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        rounds = MonitoringRound.objects.visible_to(request.user).select_related("opened_by")
        return in_chosen_year(request, rounds, "fiscal_year")

    def with_extras(self, records: Sequence) -> Sequence:
        counts = queries.round_counts(self.request.user, records)
        for record in records:
            record.counts = counts[record.pk]
        return records

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        may_open = rules.may_open_rounds(request.user)
        actions = [
            {"label": "监控表清单", "url": reverse("monitoring:reports"), "icon": "table"},
            {"label": "监控预警", "url": reverse("monitoring:alerts"), "icon": "exclamation-triangle"},
        ]
        new = {"label": "发起监控", "url": reverse("monitoring:open_round"), "icon": "plus-lg", "style": "primary"}
        text = "由财政绩效股发起监控后，执行中的项目自动生成监控表。"
        return {
            "actions": [*actions, new] if may_open else actions,
            "empty": {"title": "还没有监控轮次", "text": text, "url": new["url"] if may_open else "", "label": "发起监控"},
        }


class OpenRound(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        year = self.proposed_year(request)
        initial = {"fiscal_year": year} | (queries.next_round(year) if year else {})
        return self.page(request, RoundForm(initial=initial), status=HTTPStatus.OK)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RoundForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            round_ = services.open_round(**form.cleaned_data, by=request.user, at=clock.now())
        except RuleViolation as refusal:
            return self.page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, reasons=refusal.reasons)
        messages.success(request, f"已发起{round_.title()}，{round_.due_on.month}月{round_.due_on.day}日前报送。")
        return redirect(round_)

    def proposed_year(self, request: HttpRequest) -> FiscalYear | None:
        years = FiscalYear.objects.filter(is_open=True).select_related("ruleset")
        wanted = request.session.get("year") or clock.today().year
        return years.filter(pk=wanted).first() or years.order_by("-pk").first()

    def page(self, request: HttpRequest, form: RoundForm, *, status: int, reasons=()) -> HttpResponse:
        if not rules.may_open_rounds(request.user):
            raise PermissionDenied("您没有发起绩效监控的权限，请由财政绩效股办理。")
        return render(request, "core/form.html", status=status, context={
            "title": "发起绩效监控", "form": form, "reasons": reasons, "submit_label": "发起监控",
            "cancel_url": reverse("monitoring:rounds"),
            "crumbs": [{"label": "双监控", "url": reverse("monitoring:rounds")}],
            "intro": "发起后，目标已批复、正在执行的每个项目各生成一张监控表，预算数和执行数取到监控期末，由单位填报完成情况。",
        })


@login_required
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """双监控总览: money and targets of every project of a round side by side."""
    round_ = get_object_or_404(MonitoringRound.objects.visible_to(request.user).select_related("fiscal_year"), pk=pk)
    department = _chosen_department(request)
    rows = queries.overview_rows(request.user, round_, department=department.pk if department else None)
    progress = rules.progress_of(round_.period_end)
    figures = queries.round_figures(rows, progress)
    lamp = _chosen_lamp(request, figures)
    listed = [row for row in rows if row["lamp"] == lamp]
    links = {"round": round_.pk} | ({"department": department.pk} if department else {})
    selected = _selected_alert(request, listed)
    return render(request, "monitoring/round.html", {
        "round": round_,
        "rounds": MonitoringRound.objects.visible_to(request.user).filter(
            fiscal_year=round_.fiscal_year_id
        ).order_by("number"),
        "department": department,
        "departments": Organisation.objects.departments(),
        "figures": figures,
        "lamps": [_lamp_figure(colour, figures, links) for colour in ("red", "yellow", "green")],
        "list_url": _report_list(links),
        "sent_url": _report_list(links, sent="yes"),
        "unsent": figures["projects"] - figures["sent"],
        "unsent_url": _report_list(links, sent="no"),
        "slow_url": _report_list(links, sort="rate"),
        "behind_url": _report_list(links, sort="attainment"),
        "export_url": _report_list(links, export="xlsx"),
        "lamp": lamp,
        "tabs": [_lamp_tab(colour, figures, links, lamp) for colour in ("red", "yellow", "green", "grey")],
        "listed": [row | {"url": reverse("monitoring:report", args=[row["pk"]])} for row in listed[:LISTED]],
        "listed_url": _report_list(links, lamp=lamp),
        "listed_left": max(0, len(listed) - LISTED),
        "scatter": _scatter(rows, progress),
        "by_department": [_department_links(row, round_) for row in queries.by_department(rows)],
        "limits": round_.fiscal_year.rulebook().lamps,
        "disposal": disposal_context(request, selected) if selected else None,
    })


def _chosen_department(request: HttpRequest) -> Organisation | None:
    asked = request.GET.get("department", "")
    return Organisation.objects.departments().filter(pk=asked).first() if asked.isdecimal() else None


def _chosen_lamp(request: HttpRequest, figures: dict[str, Any]) -> str:
    """The colour asked for, else the worst one that occurs."""
    lamps = figures["lamps"]
    asked = request.GET.get("lamp", "")
    return asked if asked in lamps else next((colour for colour in lamps if lamps[colour]["count"]), "red")


def _selected_alert(request: HttpRequest, listed: list[dict[str, Any]]) -> Alert | None:
    """The alert asked for, else the first of the list that still waits for somebody."""
    asked = request.GET.get("alert", "")
    alerts = Alert.objects.visible_to(request.user).with_names()
    if asked.isdecimal():
        return alerts.filter(pk=asked).first()
    waiting = [row["alert"] for row in listed if row["alert"] and row["handling"] == Alert.State.OPEN.label]
    return alerts.filter(pk=waiting[0]).first() if waiting else None


def _report_list(links: dict[str, Any], **more: str) -> str:
    return f"{reverse('monitoring:reports')}?{urlencode(links | more)}"


def _lamp_figure(colour: str, figures: dict[str, Any], links: dict[str, Any]) -> dict[str, Any]:
    return figures["lamps"][colour] | {"lamp": colour, "url": _report_list(links, lamp=colour)}


def _lamp_tab(colour: str, figures: dict[str, Any], links: dict[str, Any], chosen: str) -> dict[str, Any]:
    kept = {name: value for name, value in links.items() if name != "round"}
    return {
        "lamp": colour, "count": figures["lamps"][colour]["count"], "current": colour == chosen,
        "url": f"?{urlencode(kept | {'lamp': colour})}#list",
    }


def _department_links(row: dict[str, Any], round_: MonitoringRound) -> dict[str, Any]:
    links = {"round": round_.pk, "department": row["pk"]}
    return row | {
        "url": f"{round_.get_absolute_url()}?department={row['pk']}", "all_url": _report_list(links),
        **{f"{colour}_url": _report_list(links, lamp=colour) for colour in ("red", "yellow", "green")},
    }


def _scatter(rows: list[dict[str, Any]], progress) -> dict[str, Any]:
    """Data of the chart: percent with one decimal up to 100, the size in 万元. Floats go no further than the drawing."""
    known = [row for row in rows if None not in (row["execution_rate"], row["attainment_rate"])]
    return {
        "x": "预算执行率(%)",
        "y": "目标完成率(%)",
        "tick": _percent(progress),
        "quadrants": queries.quadrant_counts(rows, progress),
        "points": [
            {
                "x": _percent(row["execution_rate"]), "y": _percent(row["attainment_rate"]),
                "size": float(divide(row["budget_yuan"], 10_000)), "name": row["name"],
                "note": f"{row['department_name']} · {divide(row['budget_yuan'], 10_000):,} 万元",
                "lamp": "green" if row["lamp"] == Lamp.BLUE else row["lamp"],
                "url": reverse("monitoring:report", args=[row["pk"]]),
            }
            for row in known if row["lamp"] != Lamp.GREY
        ],
    }


def _percent(ratio) -> float:
    return float(min(half_up(ratio * 100, 1), 100))
