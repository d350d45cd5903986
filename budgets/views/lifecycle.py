"""The page of one project-year, its funds, adjustments and payments."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from budgets import rules, services
from budgets.forms import AdjustmentForm, FundsForm, request_initial
from budgets.models import ProjectYear, Spending
from budgets.queries import lifecycle, projects
from budgets.queries.holders import desks_of
from budgets.tasks import PROJECT_DOSSIER
from budgets.views.pages import form_page, number, query_with, require, visible_year
from core import clock, panels, reminders, watching
from core.access import Role
from core.jobs import enqueue
from core.views.lists import Column, ListView
from core.views.records import event_of, record_context
from core.views.steps import StepView

TIMELINE = 12
QUIET = {"edit", "change", "upload", "add", "approve_amounts"}


@login_required
def project_year(request: HttpRequest, pk: int) -> HttpResponse:
    """Design 04: the road of one project through one year."""
    year = visible_year(request, pk)
    today = clock.today()
    desks = desks_of([year.thread()]).get(year.thread(), [])
    entries = lifecycle.entries_of(year, request.user)
    found = {panel: panel.build(year, request.user) for panel in panels.registered()}
    built = {panel: content for panel, content in found.items() if content is not None}
    chosen = lifecycle.chosen_panel(list(built), request.GET.get("tab", ""), year.stage)
    context = record_context(request, year, forms=ProjectYearStep.forms)
    context |= {
        "year": year,
        "today": today,
        "holder_state": desks[0].state_label if desks else "",
        "rail": lifecycle.rail_of(year, desks=desks, today=today),
        "stuck": lifecycle.stuck_at(desks, today=today),
        "may_remind": any(reminders.may_remind(year, request.user, holders=[desk.role]) for desk in desks),
        "reminded": reminders.told_of(year.thread()),
        "is_watched": watching.is_watched(year.thread(), request.user),
        "figs": lifecycle.figures_of(
            year, progress=projects.expected_progress(year.fiscal_year_id, today=today),
            payments=year.spendings.count(), adjustments=year.adjustments.count(),
        ),
        "neighbours": lifecycle.neighbours_of(year, request.user),
        "tabs": [{"key": panel.key, "label": panel.label, "current": panel is chosen} for panel in built],
        "panel_html": render_to_string(chosen.template, built[chosen], request),
        "events": [event_of(entry) for entry in entries if entry.action.rpartition(".")[2] not in QUIET][:TIMELINE],
        "log_count": len(entries),
        "files": lifecycle.files_of(year, entries, request.user),
        "may_edit_funds": year.editable_by(year, request.user) and year.stage in year.editable_states,
        "may_adjust": request.user.holds(Role.FISCAL_BUDGET) and year.stage in rules.ADJUSTABLE_STAGES,
    }
    return render(request, "budgets/project_year.html", context)


@login_required
@require_POST
def print_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the printing of everything about the project-year, as far as the person may see it."""
    year = visible_year(request, pk)
    job = enqueue(PROJECT_DOSSIER, by=request.user, at=clock.now(), params={"project_year": year.pk})
    return redirect("job", pk=job.pk)


class ProjectYearStep(StepView):
    model = ProjectYear


@login_required
def funds(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit asks for, by source of funds."""
    year = visible_year(request, pk)
    require(year.editable_by(year, request.user), f"您没有填写{year.title()}申请资金的权限，请由单位经办人办理。")
    form = FundsForm(request.POST or None, initial=request_initial(year))
    known = f"{lifecycle.ceiling_sentence(year)}{lifecycle.last_year_sentence(year)}"
    return form_page(
        request, form, title=f"申请资金：{year.project.name}", subtitle=f"{year.fiscal_year_id}年度", intro=known,
        submit_label="保存申请资金", cancel_url=year.get_absolute_url(), seen=year.revision,
        crumbs=[{"label": year.project.name, "url": year.get_absolute_url()}],
        save=lambda: services.set_request(
            year, amounts=form.amounts(), by=request.user, at=clock.now(),
            seen=number(request.POST.get("seen")),
        ),
        done=lambda saved: saved.get_absolute_url(),
    )


@login_required
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to or cut the budget during the year."""
    year = visible_year(request, pk)
    require(request.user.holds(Role.FISCAL_BUDGET), f"您没有调整{year.title()}预算的权限，请由财政预算股办理。")
    form = AdjustmentForm(request.POST or None, initial={"adjusted_on": clock.today()})
    return form_page(
        request, form, title=f"调整预算：{year.project.name}", subtitle=f"{year.fiscal_year_id}年度",
        intro=lifecycle.left_sentence(year, services.left_by_source(year)), submit_label="登记预算调整",
        cancel_url=year.get_absolute_url(), seen=year.revision,
        crumbs=[{"label": year.project.name, "url": year.get_absolute_url()}],
        save=lambda: services.adjust_budget(
            year, **form.cleaned_data, by=request.user, at=clock.now(), seen=number(request.POST.get("seen"))
        ),
        done=lambda adjustment: f"{year.get_absolute_url()}?tab=spending#documents",
    )


class SpendingList(ListView):
    """The payments of one project-year."""

    export_name = "支付明细"
    default_order = ("-paid_on", "-pk")
    columns = (
        Column(label="凭证号", value=lambda row: row.voucher_no, key="voucher_no", width="cw-140"),
        Column(label="支付日期", value=lambda row: row.paid_on, kind="date", key="paid_on", width="cw-100"),
        Column(label="资金来源", value=lambda row: row.get_source_display(), width="cw-100"),
        Column(label="金额", value=lambda row: row.amount_yuan, kind="money", key="amount_yuan", width="cw-100"),
        Column(label="收款人", value=lambda row: row.payee, width="cw-240"),
        Column(label="摘要", value=lambda row: row.summary),
    )

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            self.year = visible_year(request, kwargs.pop("pk"))
            self.title = f"支付明细：{self.year.project.name}"
        return super().dispatch(request, *args)

    def rows(self, request: HttpRequest):
        return Spending.objects.filter(project_year=self.year)

    def url_of(self, record: Spending) -> str:
        return ""

    def totals(self, rows) -> list[Any]:
        sums = projects.spending_total(rows)
        return [f"合计 {sums.payments} 笔", None, None, sums.amount_yuan, None, None]

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        return {
            "subtitle": f"{self.year.fiscal_year_id}年度 · 单位：万元",
            "crumbs": [{"label": self.year.project.name, "url": self.year.get_absolute_url()}],
            "actions": [
                {"label": "导出 Excel", "url": query_with(request, export="xlsx", page=None), "icon": "download"},
            ],
            "empty": {"title": "还没有支付", "text": "导入支付明细后在这里显示。"},
        }
