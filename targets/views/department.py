"""部门整体绩效目标: the list, filling in, the page of one, and its steps."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from budgets.models import FiscalYear
from core import clock
from core.access import Role
from core.errors import RuleViolation
from core.official.departments import departments_in_sight
from core.views.lists import Column, ListView
from core.views.records import record_context
from core.views.steps import StepView
from targets import queries, services
from targets.forms import ApproveForm, DepartmentForm, TaskFormSet
from targets.models import DepartmentDeclaration
from targets.views.editing import seen_on, status_of, step_part
from targets.views.grid import GridView


class DepartmentDeclarationList(ListView):
    title = "部门整体绩效目标"
    default_order = ("-fiscal_year", "department__code")
    export_name = "部门整体绩效目标"
    columns = (
        Column(label="主管部门", kind="name", value=lambda row: {"text": row.department.name}),
        Column(label="年度", value=lambda row: row.fiscal_year_id, key="year", sort="fiscal_year", width="cw-70"),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-170"),
        Column(label="进入当前环节", kind="datetime", value=lambda row: row.state_since, key="since", sort="state_since",
               width="cw-140"),
        Column(label="期限", kind="due_date", value=lambda row: row.due_on, key="due", sort="due_on", width="cw-120"),
        Column(label="批复文号", value=lambda row: row.document_no, width="cw-170"),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        return queries.department_declarations_for(request.user)

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        bundle = {"label": "打包导出", "url": reverse("official_bundle", args=["department_target"]), "icon": "file-zip"}
        return {
            "actions": [
                {"label": f"填报{each['year'].pk}年度", "url": each["url"], "icon": "plus-lg",
                 "style": "outline" if place else "primary"}
                for place, each in enumerate(queries.departments_to_declare(request.user))
            ],
            "batch": [bundle], "crumbs": [{"label": "绩效目标", "url": reverse("targets:declarations")}],
            "empty": {
                "title": "还没有部门整体绩效目标", "text": "由主管部门绩效岗随部门预算填报，部门负责人审核后报财政。",
                "url": reverse("targets:declarations"), "label": "看项目绩效目标",
            },
        }


@login_required
def open_department(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    department = get_object_or_404(departments_in_sight(request.user), pk=pk)
    fiscal_year = get_object_or_404(FiscalYear.objects.select_related("ruleset"), pk=year)
    if not request.user.holds(Role.DEPT_PERFORMANCE, department.pk):
        raise PermissionDenied(
            f"您没有填报{department.name}部门整体绩效目标的权限，请由{department.name}绩效岗办理。"
        )
    if request.method != "POST":
        return render(request, "core/confirm.html", {
            "title": f"填报{department.name}{year}年度部门整体绩效目标？", "submit_label": "建立草稿",
            "consequences": ["系统按本部门各项目的申请数列出年度主要任务，可以合并、修改。"],
            "cancel_url": reverse("targets:departments"),
        })
    try:
        draft = services.open_department_declaration(department, fiscal_year, by=request.user, at=clock.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("targets:departments")
    return redirect("targets:edit_department", pk=draft.pk)


@login_required
def department(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.department_declarations_for(request.user), pk=pk)
    return render(request, "targets/department.html", record_context(request, record, forms=DepartmentStep.forms) | {
        "declaration": record, "official_query": f"?year={record.fiscal_year_id}",
        "paper": queries.department_paper(record), "checks": queries.check_department(record),
        "show_checks": record.state in record.editable_states,
        "edit_url": reverse("targets:edit_department", args=[pk]) if _may_edit(record, request.user) else "",
        "crumbs": [{"label": "部门整体绩效目标", "url": reverse("targets:departments")}],
    })


def _may_edit(record: DepartmentDeclaration, user) -> bool:
    return record.state in record.editable_states and record.editable_by(record, user)


@login_required
def edit_department(request: HttpRequest, pk: int) -> HttpResponse:
    """Duties, goal, basic expenditure and the year's tasks; the indicators have their grid."""
    record = editable_department(request, pk)
    if request.method != "POST" and record.state not in record.editable_states:
        return redirect(record)
    sent = request.POST or None
    form = DepartmentForm(sent, initial={name: getattr(record, name) for name in DepartmentForm.base_fields})
    tasks = TaskFormSet(sent, prefix="tasks", initial=[
        {name: getattr(task, name) for name in services.TASK_FIELDS} for task in record.task_list()
    ])
    reasons, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if all([form.is_valid(), tasks.is_valid()]):
            try:
                services.save_department_declaration(
                    record, by=request.user, at=clock.now(), changes=form.cleaned_data, tasks=tasks.contents(),
                    seen=seen_on(request),
                )
            except RuleViolation as refusal:
                reasons, status = refusal.reasons, status_of(refusal)
            else:
                return redirect("targets:edit_department_indicators", pk=pk)
    return render(request, "targets/edit_department.html", department_frame(record, part="goal") | {
        "form": form, "tasks": tasks, "reasons": reasons, "seen": request.POST.get("seen", record.revision),
        "paper": queries.department_paper(record),
    }, status=status)


class DepartmentGrid(GridView):
    def find(self) -> DepartmentDeclaration:
        return editable_department(self.request, self.pk)

    def frame(self) -> dict[str, Any]:
        return department_frame(self.record, part="grid") | {
            "suggest_url": reverse("targets:department_suggestions", args=[self.pk]),
            "propose_url": f"{reverse('targets:library_add')}?department={self.pk}",
            "head": "targets/_department_head.html", "subject": self.record.department.name,
        }

    def checks(self, record: DepartmentDeclaration) -> queries.Checks:
        return queries.check_department(record)

    def save(self, contents: list[dict[str, Any]], seen: int | None) -> DepartmentDeclaration:
        return services.save_department_declaration(
            self.record, by=self.request.user, at=clock.now(), changes={}, indicators=contents, seen=seen
        )

    def last_year(self):
        return queries.last_department_values(self.record)


def editable_department(request: HttpRequest, pk: int) -> DepartmentDeclaration:
    """Raises ``Http404`` for one out of sight, ``PermissionDenied`` for a person who may not fill it in."""
    record = get_object_or_404(queries.department_declarations_for(request.user), pk=pk)
    if not record.editable_by(record, request.user):
        raise PermissionDenied(f"您没有填写{record.title()}的权限，请由{record.department.name}绩效岗办理。")
    return record


def department_frame(record: DepartmentDeclaration, *, part: str) -> dict[str, Any]:
    """What both editing pages show around their form."""
    checks = queries.check_department(record)
    goal_url = reverse("targets:edit_department", args=[record.pk])
    grid_url = reverse("targets:edit_department_indicators", args=[record.pk])
    return {
        "declaration": record, "checks": checks, "show_url": record.get_absolute_url(),
        "cells_url": "" if part == "grid" else grid_url, "seen": record.revision,
        "parts": [
            step_part("1 职责、目标与任务", goal_url, wrong=checks.wrong_in("goal") or checks.wrong_in("money"),
                      here=part == "goal"),
            step_part("2 绩效指标", grid_url, wrong=checks.wrong_in("grid"), here=part == "grid"),
            step_part("3 检查并报送", record.get_absolute_url(), wrong=bool(checks.must), last=True),
        ],
    }


class DepartmentStep(StepView):
    model = DepartmentDeclaration
    forms = {"approve": ApproveForm}
