"""The project list: saved views, filters, sums, export, and reminders for what is ticked."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from budgets.forms import ProjectFilter
from budgets.models import ProjectYear
from budgets.queries import projects
from budgets.views.pages import may_add, query_with, year_of
from budgets.views.reminding import remind_and_tell
from core import clock, reminders
from core.imports import import_kinds
from core.views.lists import Column, ListView, ticked


def _bar(year: ProjectYear) -> tuple | None:
    if year.execution_rate is None:
        return None
    return year.execution_rate, year.lamp, projects.expected_progress(year.fiscal_year_id, today=clock.today())


def _previous(year: ProjectYear) -> tuple | None:
    previous = year.previous
    return (previous.result_grade, previous.result_score) if previous and previous.result_grade else None


def _held(year: ProjectYear) -> str | None:
    return None if year.held_days is None else f"{year.held_days} 天"


class ProjectList(ListView):
    """Design 03. Saved views, filters, counts by stage, sums of the whole filter, export."""

    title = "项目"
    template = "budgets/projects.html"
    export_name = "项目"
    filter_form = ProjectFilter
    default_order = ("-budget_yuan", "-requested_yuan", "pk")
    columns = (
        Column(label="项目名称", value=lambda year: year.project.name, kind="name", key="name", sort="project__name"),
        Column(label="年度", value=lambda year: year.fiscal_year_id, kind="num", key="year", sort="fiscal_year", ),
        Column(label="项目编码", value=lambda year: year.project.code, wide=True),
        Column(label="实施单位", value=lambda year: year.project.unit.name, wide=True),
        Column(label="主管部门", value=lambda year: year.project.department.name),
        Column(label="资金性质", value=lambda year: year.project.get_fund_type_display(), wide=True),
        Column(label="预算数", value=projects.shown_amount, kind="money", key="amount", sort="amount_yuan"),
        Column(label="支出数", value=lambda year: year.spent_yuan, kind="money", key="spent", sort="spent_yuan"),
        Column(label="未支出", value=lambda year: year.budget_yuan - year.spent_yuan, kind="money", wide=True),
        Column(label="执行率", value=_bar, kind="bar", key="rate", sort="execution_rate"),
        Column(label="目标完成率", value=lambda year: year.attainment_rate, kind="pct", key="attainment",
               sort="attainment_rate"),
        Column(label="监控", value=lambda year: year.lamp, kind="lamp", key="lamp", sort="lamp"),
        Column(label="上年评价", value=_previous, kind="grade", key="grade", sort="previous__result_score"),
        Column(label="环节", value=lambda year: year.shown_state, kind="chip", key="stage", sort="stage"),
        Column(label="在办人", value=lambda year: year.holder_name),
        Column(label="停留", value=_held, kind="num"),
        Column(label="期限", value=lambda year: year.limit_on, kind="due"),
    )

    def get(self, request: HttpRequest) -> HttpResponse:
        if year_of(request):
            self.columns = [column for column in ProjectList.columns if column.key != "year"]
        return super().get(request)

    def rows(self, request: HttpRequest):
        return projects.project_rows(request.user, year=year_of(request))

    def bound_filter(self, request: HttpRequest) -> ProjectFilter:
        if not hasattr(self, "_filter"):
            departments = list(projects.departments_in_sight(request.user))
            self._filter = ProjectFilter(request.GET, departments=departments)
        return self._filter

    def filtered(self, request: HttpRequest, rows):
        self.mine = projects.waiting_for(request.user)
        self.in_year = rows
        view = request.GET.get("view", "")
        if view == "mine":
            rows = rows.filter(pk__in=self.mine)
        elif view == "late":
            rows = rows.filter(projects.is_late(clock.today()))
        elif view in projects.VIEWS:
            rows = rows.filter(projects.VIEWS[view][1])
        self.any_stage = super().filtered(request, rows)
        stage = request.GET.get("stage", "")
        return self.any_stage.filter(stage=stage) if stage in ProjectYear.Stage.values else self.any_stage

    def with_extras(self, records):
        return projects.with_holders(list(records), today=clock.today())

    def amount_of(self, record: ProjectYear):
        return projects.shown_amount(record)

    def totals(self, rows) -> list[Any]:
        self.sums = projects.totals_of(rows)
        by_label = {
            "项目名称": f"筛选合计 {self.sums.projects} 项", "预算数": self.sums.amount_yuan, "支出数": self.sums.spent_yuan,
            "未支出": self.sums.left_yuan, "目标完成率": self.sums.attainment_rate,
            "执行率": (self.sums.execution_rate,) if self.sums.execution_rate is not None else None,
        }
        return [by_label.get(column.label) for column in self.columns]

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        year = year_of(request)
        progress = projects.expected_progress(year, today=clock.today()) if year else None
        return {
            "subtitle": f"{year}年度" if year else "全部年度",
            "views": self.saved_views(request),
            "strip": self.strip(request),
            "keep": [(name, request.GET[name]) for name in ("view", "stage", "year", "sort") if request.GET.get(name)],
            "batch": self.batch(request.user),
            "actions": self.actions(request),
            "sums": self.sums,
            "progress": progress,
        }

    def batch(self, user) -> list[dict[str, str]]:
        found = [{"label": "导出所选", "url": reverse("budgets:projects_export"), "icon": "download", "download": True}]
        if reminders.is_upstream(user):
            found.append({"label": "催办所选", "url": reverse("budgets:remind_selected"), "icon": "send"})
        return found

    def saved_views(self, request: HttpRequest) -> list[dict[str, Any]]:
        counts = projects.view_counts(self.in_year, mine=self.mine, today=clock.today())
        labels = {"": "全部", "mine": "待我办理", "late": "已逾期"}
        labels |= {name: label for name, (label, _) in projects.VIEWS.items()}
        current = request.GET.get("view", "")
        return [
            {"label": label, "url": query_with(request, view=name, stage=None, page=None), "count": counts[name],
             "current": name == current}
            for name, label in labels.items()
        ]

    def strip(self, request: HttpRequest) -> list[dict[str, Any]]:
        counts = projects.stage_counts(self.any_stage)
        current = request.GET.get("stage", "")
        stages = [("", "全部环节", sum(counts.values()))]
        stages += [(value, label, counts.get(value, 0)) for value, label in ProjectYear.Stage.choices]
        return [
            {"label": label, "count": count, "url": query_with(request, stage=value, page=None),
             "current": value == current}
            for value, label, count in stages
        ]

    def actions(self, request: HttpRequest) -> list[dict[str, str]]:
        found = [{"label": "导出 Excel", "url": query_with(request, export="xlsx", page=None), "icon": "download"}]
        if may_add(request.user):
            found.append({"label": "项目库", "url": reverse("budgets:pool"), "icon": "collection"})
            found.append({"label": "登记项目", "url": reverse("budgets:project_new"), "icon": "plus-lg"})
        budget = import_kinds().get("budget")
        if budget and budget.allowed(request.user):
            found.append({"label": "导入预算", "url": reverse("import", args=["budget"]), "icon": "upload"})
        return found


@login_required
@require_POST
def export_selected(request: HttpRequest) -> HttpResponse:
    """The ticked rows as a workbook; what the person may not see is left out."""
    chosen = ticked(request)
    if not chosen:
        messages.error(request, "没有选中项目，请先勾选要导出的项目。")
        return redirect("budgets:projects")
    rows = projects.project_rows(request.user).filter(pk__in=chosen)
    return ProjectList().export(rows.order_by(*ProjectList.default_order))


@login_required
@require_POST
def remind_selected(request: HttpRequest) -> HttpResponse:
    """Remind whoever holds the ticked project-years; what may not be reminded of is told with its reason."""
    years = ProjectYear.objects.visible_to(request.user).filter(pk__in=ticked(request))
    return remind_and_tell(request, [year.thread() for year in years], back=reverse("budgets:projects"))
