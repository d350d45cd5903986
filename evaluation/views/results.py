"""结果应用 and 信息公开: what is ready to be published, what was, and where it was made public."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import clock
from core.access import Role
from core.errors import RuleViolation
from core.jobs import enqueue
from core.views.lists import Column, ticked
from evaluation import forms, queries, rules, services, tasks
from evaluation.models import Disclosure, Result
from evaluation.views.common import NAMES, YearList, name_cell, status_of

READY_COLUMNS = [
    {"label": "项目", "kind": "name"},
    {"label": "主管部门", "kind": "text", "width": "cw-140"},
    {"label": "环节", "kind": "chip", "width": "cw-100"},
    {"label": "单位自评", "kind": "grade", "width": "cw-100"},
    {"label": "部门评分", "kind": "score"},
    {"label": "评价类型", "kind": "text", "width": "cw-90"},
    {"label": "评价结果", "kind": "grade", "width": "cw-100"},
    {"label": "监控灯", "kind": "lamp", "width": "cw-90"},
    {"label": "预算数", "kind": "money"},
    {"label": "结转结余", "kind": "money"},
]


@login_required
def results(request: HttpRequest) -> HttpResponse:
    return _page(request, forms.DocumentForm())


def _page(
    request: HttpRequest, form: forms.DocumentForm, *, refusal: RuleViolation | None = None,
    picked: list[str] | None = None, status: int = HTTPStatus.OK,
) -> HttpResponse:
    year = _year(request)
    ready = queries.ready_to_publish(request.user)
    ready = ready.filter(fiscal_year=year) if year else ready
    page = Paginator(ready.order_by("-budget_yuan", "pk"), 50).get_page(request.GET.get("page"))
    return render(request, "evaluation/results.html", {
        "title": "结果应用", "year": year, "page": page, "columns": READY_COLUMNS, "form": form,
        "rows": queries.ready_rows(list(page.object_list), picked=picked or []),
        "figs": queries.result_figures(request.user, year, ready_count=page.paginator.count, today=clock.today()),
        "may_publish": request.user.holds(Role.FISCAL_PERFORMANCE), "reasons": refusal.reasons if refusal else [],
    }, status=status)


def _year(request: HttpRequest) -> int | None:
    """The year the page shows: its address or form names it, else the switch."""
    asked = request.GET.get("year") or request.POST.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else request.session.get("year")


@login_required
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the ticked project-years, or all that are ready; one at once, several in the background."""
    if not request.user.holds(Role.FISCAL_PERFORMANCE):
        raise PermissionDenied("您没有发布评价结果的权限，请由财政绩效股办理。")
    form, picked = forms.DocumentForm(request.POST), request.POST.getlist("selected")
    if not form.is_valid():
        return _page(request, form, picked=picked, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    document_no = form.cleaned_data["document_no"]
    ready = queries.ready_to_publish(request.user)
    if "all" in request.POST:
        year = _year(request)
        ready = ready.filter(fiscal_year=year) if year else ready
    else:
        ready = ready.filter(pk__in=ticked(request))
    chosen = list(ready)
    if not chosen:
        form.add_error(None, "没有选中可以发布的项目，请先在表中勾选；已经发布的不会再次发布。")
        return _page(request, form, picked=picked, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if len(chosen) > 1:
        params = {"ids": [year.pk for year in chosen], "document_no": document_no}
        return redirect("job", pk=enqueue(tasks.PUBLISH_RESULTS, by=request.user, at=clock.now(), params=params).pk)
    try:
        result = services.publish_result(chosen[0], document_no=document_no, by=request.user, at=clock.now())
    except RuleViolation as refusal:
        return _page(request, form, refusal=refusal, picked=picked, status=status_of(refusal))
    messages.success(request, f"{result.title()}已发布：{result.score} 分，等级“{result.grade}”，已登记为下年度预算挂钩依据。")
    return redirect("evaluation:published")


class PublishedList(YearList):
    title = "已发布的结果"
    export_name = "评价结果"
    filter_form = forms.ResultFilter
    default_order = ("-published_at", "-pk")
    columns = (
        Column(label="项目", kind="name", value=lambda row: name_cell(row.project_year)),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, width="cw-140"),
        Column(label="结果", kind="grade", key="score", value=lambda row: (row.grade, row.score), width="cw-100"),
        Column(label="来源", value=lambda row: row.source),
        Column(label="发布文号", value=lambda row: row.document_no, width="cw-170"),
        Column(label="发布人", value=lambda row: row.published_by.name, width="cw-80"),
        Column(label="发布时间", kind="date", key="published", sort="published_at", value=lambda row: row.published_at,
               width="cw-100"),
        Column(label="预算数", kind="money", key="budget", sort="project_year__budget_yuan",
               value=lambda row: row.project_year.budget_yuan),
    )

    def visible(self, request: HttpRequest):
        return Result.objects.visible_to(request.user).select_related("published_by")

    def url_of(self, record: Result) -> str:
        return f"{record.project_year.get_absolute_url()}?tab=result"

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        crumbs = [{"label": "结果应用", "url": reverse("evaluation:results")}]
        return super().extra(request, rows) | {"crumbs": crumbs}


class DisclosureList(YearList):
    title = "信息公开"
    export_name = "信息公开"
    filter_form = forms.DisclosureFilter
    default_order = ("published_on", "due_on", "pk")
    columns = (
        Column(label="项目", kind="name", value=lambda row: name_cell(row.project_year)),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, width="cw-140"),
        Column(label="公开内容", value=lambda row: row.get_kind_display(), width="cw-100"),
        Column(label="状态", kind="chip", value=lambda row: row.status_word, width="cw-100"),
        Column(label="公开期限", kind="due", key="due", sort="due_on",
               value=lambda row: None if row.is_settled else row.due_on, width="cw-120"),
        Column(label="公开日期", kind="date", key="published", sort="published_on", value=lambda row: row.published_on,
               width="cw-100"),
        Column(label="公开渠道", value=lambda row: row.channel or row.nonpublic_reason),
    )

    def visible(self, request: HttpRequest):
        return Disclosure.objects.visible_to(request.user)

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        batch = {"label": "登记公开", "url": reverse("evaluation:record_disclosures"), "icon": "megaphone"}
        return super().extra(request, rows) | (
            {"batch": [batch]} if rules.may_record_disclosures(request.user) else {}
        )


@login_required
@require_POST
def record_many(request: HttpRequest) -> HttpResponse:
    """One entry for all that were ticked in the list: first its page, then, with what was typed, the entry itself."""
    asked = Disclosure.objects.visible_to(request.user).select_related(*NAMES).filter(pk__in=ticked(request))
    chosen = [each for each in asked.pending() if rules.may_record_disclosure(each, request.user)]
    if not chosen:
        messages.error(request, "没有选中可以登记的公开事项，请在表中勾选由您登记、还没有公开的事项。")
        return redirect("evaluation:disclosures")
    sent = "typed" in request.POST
    form, reasons = forms.DisclosureForm(request.POST if sent else None), []
    if sent and form.is_valid():
        try:
            services.record_disclosures(chosen, **form.cleaned_data, by=request.user, at=clock.now())
        except RuleViolation as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, f"{len(chosen)} 项公开事项已登记。")
            return redirect("evaluation:disclosures")
    return render(request, "core/confirm.html", {
        "title": f"登记公开：{len(chosen)} 项", "submit_label": f"登记 {len(chosen)} 项公开", "form": form, "reasons": reasons,
        "consequences": [f"{each.title()}（期限 {each.due_on}）不再待公开。" for each in chosen],
        "cancel_url": reverse("evaluation:disclosures"),
        "hidden": [("typed", "yes"), *(("selected", each.pk) for each in chosen)],
    }, status=HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK)


@login_required
def disclosure(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Disclosure.objects.visible_to(request.user).select_related(*NAMES), pk=pk)
    if not rules.may_record_disclosure(record, request.user):
        raise PermissionDenied(f"您没有登记{record.title()}的权限，请由主管部门绩效岗或财政绩效股办理。")
    initial = {name: getattr(record, name) for name in forms.DisclosureForm.base_fields}
    form = forms.DisclosureForm(request.POST or None, initial=initial)
    reasons, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                services.record_disclosure(record, **form.cleaned_data, by=request.user, at=clock.now())
            except RuleViolation as refusal:
                reasons = refusal.reasons
            else:
                messages.success(request, f"{record.title()}已登记。")
                return redirect("evaluation:disclosures")
    return render(request, "core/form.html", {
        "title": f"登记公开：{record.title()}", "form": form, "submit_label": "登记公开", "reasons": reasons,
        "crumbs": [{"label": "信息公开", "url": reverse("evaluation:disclosures")}],
        "cancel_url": reverse("evaluation:disclosures"), "facts": [f"应于 {record.due_on} 前公开"],
    }, status=status)
