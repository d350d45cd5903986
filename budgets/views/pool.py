"""项目库: every project in whatever year, its master data, its family and its standing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from budgets import rules, services
from budgets.forms import OpenYearForm, ParentForm, PoolFilter, PoolStatusForm, ProjectForm
from budgets.models import Project
from budgets.queries import history, pool, projects
from budgets.views.pages import crumbs, form_page, may_add, query_with, require
from core import clock
from core.errors import RuleViolation
from core.views.lists import Column, ListView

POOL_CRUMBS = [("项目", "budgets:projects"), ("项目库", "budgets:pool")]


class Pool(ListView):
    """项目库: every project, in whatever year."""

    title = "项目库"
    export_name = "项目库"
    default_order = ("code",)
    filter_form = PoolFilter
    columns = (
        Column(label="项目名称", value=lambda row: _named(row), kind="name", key="name"),
        Column(label="项目编码", value=lambda row: row.code, key="code", width="cw-120"),
        Column(label="实施单位", value=lambda row: row.unit.name, width="cw-170"),
        Column(label="主管部门", value=lambda row: row.department.name, width="cw-170"),
        Column(label="项目属性", value=lambda row: row.get_attribute_display(), width="cw-90"),
        Column(label="项目类型", value=lambda row: row.get_duration_type_display(), width="cw-90"),
        Column(label="状态", value=lambda row: row.get_status_display(), kind="chip", key="status", width="cw-80"),
        Column(label="最近年度", value=lambda row: row.last_year, kind="num", key="last_year", width="cw-90"),
        Column(label="起始日期", value=lambda row: row.starts_on, kind="date", key="starts_on", width="cw-100"),
        Column(label="终止日期", value=lambda row: row.ends_on, kind="date", key="ends_on", width="cw-100"),
        Column(label="资金性质", value=lambda row: row.get_fund_type_display(), width="cw-120", wide=True),
    )

    def rows(self, request: HttpRequest):
        return pool.pool_rows(request.user)

    def filtered(self, request: HttpRequest, rows):
        name = request.GET.get("view", "")
        return super().filtered(request, rows.filter(pool.VIEWS.get(name, pool.VIEWS[""])[1]))

    def url_of(self, record: Project) -> str:
        return reverse("budgets:project_edit", args=[record.pk])

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        actions = [{"label": "导出 Excel", "url": query_with(request, export="xlsx", page=None), "icon": "download"}]
        if may_add(request.user):
            actions.append(
                {"label": "登记项目", "url": reverse("budgets:project_new"), "icon": "plus-lg", "style": "primary"}
            )
        return {
            "actions": actions,
            "crumbs": [{"label": "项目", "url": reverse("budgets:projects")}],
            "views": self.saved_views(request),
            "keep": [(name, request.GET[name]) for name in ("view", "sort") if request.GET.get(name)],
        }

    def saved_views(self, request: HttpRequest) -> list[dict[str, Any]]:
        counts, current = pool.view_counts(request.user), request.GET.get("view", "")
        return [
            {"label": label, "url": query_with(request, view=name, page=None), "count": counts[name],
             "current": name == current}
            for name, (label, _) in pool.VIEWS.items()
        ]


def _named(row: Project) -> dict[str, str]:
    """The name, with the family under it."""
    children = f"下设 {row.child_count} 个子项目" if row.child_count else ""
    return {"text": row.name, "sub": f"属于“{row.parent.name}”" if row.parent else children}


@login_required
def project_new(request: HttpRequest) -> HttpResponse:
    require(may_add(request.user), "您没有登记项目的权限，请由单位经办人、主管部门绩效岗或财政预算股办理。")
    units = projects.units_for(request.user)
    form = ProjectForm(request.POST or None, units=units, initial=projects.proposed_place(units))
    return form_page(
        request, form, title="登记项目", submit_label="登记项目", groups=form.groups(), crumbs=crumbs(POOL_CRUMBS),
        cancel_url=reverse("budgets:pool"),
        save=lambda: services.create_project(fields=form.cleaned_data, by=request.user, at=clock.now()),
        done=lambda project: reverse("budgets:project_edit", args=[project.pk]),
    )


@login_required
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    project, keeps = _visible_project(request, pk)
    initial = {name: getattr(project, name) for name in ProjectForm.base_fields}
    form = ProjectForm(request.POST or None, initial=initial, units=projects.units_for(request.user))
    family = pool.family_of(project, request.user)
    taken = set(project.years.values_list("fiscal_year", flat=True))
    blocked = list(rules.project_is_declarable(project, children=len(family["children"])))
    return form_page(
        request, form, template="budgets/project.html", title=project.name, submit_label="保存项目信息",
        groups=form.groups(), crumbs=crumbs(POOL_CRUMBS), cancel_url=reverse("budgets:pool"), project=project,
        keeps=keeps, history=history.history_of(project, request.user), family=family, blocked=blocked,
        openable=[year for year in projects.open_years() if year.year not in taken] if keeps and not blocked else [],
        save=lambda: services.edit_project(project, changes=form.cleaned_data, by=request.user, at=clock.now()),
        done=lambda saved: reverse("budgets:project_edit", args=[saved.pk]),
    )


def _visible_project(request: HttpRequest, pk: int) -> tuple[Project, bool]:
    """The project, and whether the person keeps it."""
    rows = Project.objects.visible_to(request.user).select_related("unit", "department", "parent")
    project = get_object_or_404(rows, pk=pk)
    return project, rules.may_keep_project(
        request.user, unit_id=project.unit_id, department_id=project.department_id
    )


def _kept_project(request: HttpRequest, pk: int) -> Project:
    project, keeps = _visible_project(request, pk)
    require(keeps, f"您没有修改“{project.name}”的权限，请由单位经办人、主管部门绩效岗或财政预算股办理。")
    return project


@login_required
def project_parent(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a project under one of the first level, or free it."""
    project = _kept_project(request, pk)
    form = ParentForm(
        request.POST or None, initial={"parent": project.parent_id}, parents=pool.parents_for(project, request.user)
    )
    here = reverse("budgets:project_edit", args=[pk])
    return form_page(
        request, form, title=f"归入一级项目：{project.name}", submit_label="保存项目关系", cancel_url=here,
        crumbs=[*crumbs(POOL_CRUMBS), {"label": project.name, "url": here}],
        save=lambda: services.place_under(
            project, parent=form.cleaned_data["parent"], by=request.user, at=clock.now()
        ),
        done=lambda saved: here,
    )


@login_required
def project_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a project rest, take it out of the pool, or bring it back."""
    project = _kept_project(request, pk)
    form = PoolStatusForm(request.POST or None, initial={"status": project.status})
    here = reverse("budgets:project_edit", args=[pk])
    return form_page(
        request, form, title=f"在库状态：{project.name}", submit_label="更改在库状态", cancel_url=here,
        crumbs=[*crumbs(POOL_CRUMBS), {"label": project.name, "url": here}],
        save=lambda: services.change_pool_status(project, **form.cleaned_data, by=request.user, at=clock.now()),
        done=lambda saved: here,
    )


@login_required
@require_POST
def open_year(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a project of the pool in a fiscal year."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    form = OpenYearForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有选择年度，请选择一个开放办理的年度。")
        return redirect("budgets:project_edit", pk)
    try:
        year = services.open_project_year(
            project, fiscal_year=form.cleaned_data["fiscal_year"], by=request.user, at=clock.now()
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("budgets:project_edit", pk)
    messages.success(request, f"{year.title()}已立项，请填写申请的资金。")
    return redirect("budgets:funds", year.pk)
