"""随预算批复: what waits for approval, approving it together, and the documents that went out."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from budgets.models.sums import fen_sum, yuan_of
from core import clock
from core.access import Role
from core.errors import RuleViolation
from core.jobs import enqueue
from core.views.lists import Column, ListView, ticked
from targets import queries, services, tasks
from targets.forms import AdjustForm, ApprovalFilter, ApproveManyForm, DeclarationFilter
from targets.models import Approval, TargetDeclaration

ADJUSTED = "调整稿"


class AwaitingApproval(ListView):
    """Grouped by department in the strip; ticked rows or the whole filter are approved under one document number."""

    title = "随预算批复"
    filter_form = DeclarationFilter
    default_order = ("project_year__project__department__code", "project_year__project__code")
    export_name = "待批复的绩效目标"
    template = "targets/awaiting_approval.html"
    columns = (
        Column(label="项目", kind="name", value=lambda row: {
            "text": row.project_year.project.name, "sub": row.project_year.project.code,
        }),
        Column(label="年度", value=lambda row: row.project_year.fiscal_year_id, width="cw-70"),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name),
        Column(label="实施单位", value=lambda row: row.project_year.project.unit.name, wide=True),
        Column(label="版本", value=lambda row: ADJUSTED if row.version > 1 else "", width="cw-80"),
        Column(label="申请数", kind="money", value=lambda row: row.project_year.requested_yuan, key="amount",
               sort="project_year__requested_yuan", width="cw-120"),
        Column(label="控制数", kind="money", value=lambda row: row.project_year.ceiling_yuan, width="cw-120"),
        Column(label="期限", kind="due_date", value=lambda row: row.due_on, key="due", sort="due_on", width="cw-120"),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        if not request.user.holds(Role.FISCAL_BUDGET):
            raise PermissionDenied("您没有批复绩效目标的权限，请由财政预算股办理。")
        return queries.awaiting_approval(request.user)

    def amount_of(self, record: TargetDeclaration):
        return record.project_year.requested_yuan

    def totals(self, rows: QuerySet) -> list[Any]:
        found = rows.order_by().aggregate(fen=fen_sum("project_year__requested_yuan"), number=Count("pk"))
        return [f"合计 {found['number']} 项", None, None, None, None, yuan_of(found["fen"]), None, None]

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        current = request.GET.get("department", "")
        groups = queries.by_department(self.rows(request))
        return {
            "strip": [
                {"label": group["name"], "count": group["number"], "url": f"?department={group['pk']}",
                 "current": current == str(group["pk"])}
                for group in groups
            ],
            "form": ApproveManyForm(), "query": request.GET.urlencode(), "count": rows.count(), "may_approve": True,
            "caption": "待批复的绩效目标，金额单位万元",
            "actions": [{"label": "已发出的批复", "url": reverse("targets:approvals"), "icon": "file-earmark-text"}],
            "empty": {
                "title": "没有待批复的绩效目标", "text": "绩效股审核通过的绩效目标会出现在这里。",
                "url": reverse("targets:declarations"), "label": "看全部绩效目标",
            },
        }


@login_required
@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """One is approved at once, several in the background."""
    if not request.user.holds(Role.FISCAL_BUDGET):
        raise PermissionDenied("您没有批复绩效目标的权限，请由财政预算股办理。")
    form, waiting = ApproveManyForm(request.POST), queries.awaiting_approval(request.user)
    back = f"{reverse('targets:awaiting_approval')}?{request.GET.urlencode()}"
    if not form.is_valid():
        messages.error(request, "没有填写预算批复文号，请填写后再批复，例如 安财预〔2026〕18号。")
        return redirect(back)
    if "all" in request.POST:
        scope = DeclarationFilter(request.GET or None)
        waiting = scope.apply(waiting) if scope.is_bound and scope.is_valid() else waiting
    else:
        waiting = waiting.filter(pk__in=ticked(request))
    chosen, document_no = list(waiting), form.cleaned_data["document_no"]
    if not chosen:
        messages.error(request, "没有选中待批复的绩效目标，请先在表中勾选；已经批复的不会再次批复。")
        return redirect(back)
    if len(chosen) > 1:
        params = {"ids": [each.pk for each in chosen], "document_no": document_no}
        job = enqueue(tasks.APPROVE_DECLARATIONS, by=request.user, at=clock.now(), params=params)
        return redirect("job", pk=job.pk)
    batch = services.approve_declarations(chosen, document_no=document_no, by=request.user, at=clock.now())
    for sentence in batch.sentences:
        messages.error(request, sentence)
    if batch.done:
        messages.success(request, f"{chosen[0].title()}已按 {document_no} 批复。")
    return redirect(back)


class ApprovalList(ListView):
    title = "绩效目标批复"
    filter_form = ApprovalFilter
    default_order = ("-approved_on", "-pk")
    export_name = "绩效目标批复"
    columns = (
        Column(label="文号", kind="name", value=lambda row: {"text": row.document_no}),
        Column(label="年度", value=lambda row: row.fiscal_year_id, key="year", sort="fiscal_year", width="cw-70"),
        Column(label="主管部门", value=lambda row: row.department.name),
        Column(label="项目数", value=lambda row: row.number, width="cw-80"),
        Column(label="批复金额", kind="money", value=lambda row: yuan_of(row.fen), width="cw-120"),
        Column(label="批复日期", kind="date", value=lambda row: row.approved_on, key="approved_on", width="cw-120"),
        Column(label="批复人", value=lambda row: row.by.name, width="cw-90"),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        return queries.approvals_for(request.user)

    def url_of(self, record: Approval) -> str:
        return reverse("targets:approval", args=[record.pk])

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        bundle = {"label": "打包导出", "url": reverse("official_bundle", args=["target_approval"]), "icon": "file-zip"}
        found = [{"label": "绩效目标", "url": reverse("targets:declarations"), "icon": "bullseye"}]
        if request.user.holds(Role.FISCAL_BUDGET):
            found.append({"label": "待批复", "url": reverse("targets:awaiting_approval"), "style": "primary"})
        return {"actions": found, "batch": [bundle], "caption": "绩效目标批复，金额单位万元"}


@login_required
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """One document with everything approved by it that the person may see."""
    record = get_object_or_404(queries.approvals_for(request.user), pk=pk)
    declarations = queries.approved_by(record, request.user)
    return render(request, "targets/approval.html", {
        "record": record, "title": record.document_no,
        "facts": [
            f"{record.fiscal_year_id}年度", record.department.name, f"批复日期 {record.approved_on}",
            f"批复人 {record.by.name}", f"{len(declarations)} 个项目",
        ],
        "crumbs": [{"label": "绩效目标批复", "url": reverse("targets:approvals")}],
        "columns": [
            {"label": "项目", "kind": "name"}, {"label": "实施单位", "kind": "text"},
            {"label": "年初预算数", "kind": "money", "width": "cw-120"},
            {"label": "预算调整", "kind": "money", "width": "cw-120"},
            {"label": "指标", "kind": "text", "width": "cw-80"}, {"label": "状态", "kind": "chip", "width": "cw-130"},
        ],
        "rows": [_row(each) for each in declarations],
    })


def _row(declaration: TargetDeclaration) -> dict[str, Any]:
    year = declaration.project_year
    change = declaration.adjustment.amount_yuan if hasattr(declaration, "adjustment") else None
    return {
        "id": declaration.pk, "url": declaration.get_absolute_url(), "amount_yuan": None,
        "cells": [
            {"text": year.project.name, "sub": f"{year.project.code} · 第 {declaration.version} 版"},
            year.project.unit.name, year.initial_yuan, change, f"{len(declaration.indicator_list())} 条",
            declaration.state_label,
        ],
    }


@login_required
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new version of an approved declaration during execution."""
    record = get_object_or_404(queries.declarations_for(request.user), pk=pk)
    if not request.user.holds(Role.UNIT_OPERATOR, record.project_year.project.unit_id):
        raise PermissionDenied(f"您没有调整{record.title()}的权限，请由单位经办人办理。")
    form, reasons, status = AdjustForm(request.POST or None), [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                draft = services.open_adjustment(record, **form.application(), by=request.user, at=clock.now())
            except RuleViolation as refusal:
                reasons = refusal.reasons
            else:
                return redirect("targets:edit_indicators", pk=draft.pk)
    return render(request, "core/form.html", {
        "title": f"申请调整{record.title()}", "form": form, "submit_label": "建立调整稿", "reasons": reasons,
        "cancel_url": record.get_absolute_url(),
        "intro": "调整稿按原申报程序重新审核、批复；批复前原目标继续有效，批复后原目标留存备查。",
    }, status=status)
