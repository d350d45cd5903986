"""Workbench, done list, search and cockpit."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from budgets.models import FiscalYear, ProjectYear
from config.home import queries
from config.home.frame import chosen_year, is_outsider
from core import clock
from core.models import Organisation
from core.views.pages import entry_row
from evaluation.models import Rectification
from targets.models import TargetDeclaration

FOUND = 30


@login_required
def workbench(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    model, year = request.GET.get("kind", ""), chosen_year(request)
    rows, kinds = queries.todo_rows(user, model=model, year=year)
    whole = request.GET.get("all")
    context: dict[str, Any] = {
        "today": today,
        "todos": rows if whole else rows[: queries.SHOWN],
        "todo_count": len(rows),
        "tabs": _tabs(kinds, model),
        "notices": queries.notices(user),
        "first": rows[0] if rows else None,
    }
    if queries.fills_forms(user):
        return render(request, "home/workbench_unit.html", context | _filer_context(request, today))
    if is_outsider(user):
        context["is_expert"] = not user.sight.institutions
        return render(request, "home/workbench_third_party.html", context)
    alerts = queries.alert_summary(user)
    return render(request, "home/workbench.html", context | {
        "alerts": alerts,
        "figs": queries.figures(user, rows, today=today, alerts=alerts),
        "lanes": queries.lanes(user, today=today),
    })


def _filer_context(request: HttpRequest, today) -> dict[str, Any]:
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True)[:3])[::-1]
    projects = queries.own_projects(request.user)
    return {
        "upcoming": queries.upcoming(request.user.home, today=today),
        "years": years,
        "projects": [
            {"name": row["name"], "url": row["url"], "years": [row["years"].get(year) for year in years]}
            for row in projects
        ],
        "unit": request.user.home,
    }


def _tabs(kinds, chosen: str) -> list[dict[str, Any]]:
    tabs = [{"label": "全部", "count": kinds.total(), "url": "?", "current": not chosen}]
    return tabs + [
        {"label": label, "count": count, "url": f"?kind={model}", "current": model == chosen}
        for (model, label), count in kinds.most_common()
    ]


@login_required
def done(request: HttpRequest) -> HttpResponse:
    rows = [entry_row(entry) for entry in queries.recent_steps(request.user)]
    return render(request, "home/done.html", {"entries": rows})


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Projects by name or code, organisations by name, documents by number: only what the person may see."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    groups = [group for group in _found(request.user, q) if group["rows"]] if q else []
    return render(request, "core/search.html", {"q": q, "groups": groups})


def _found(user, q: str) -> list[dict[str, Any]]:
    years = ProjectYear.objects.visible_to(user).with_names().filter(
        Q(project__name__icontains=q) | Q(project__code__icontains=q) | Q(approval_document__icontains=q)
    )
    declarations = TargetDeclaration.objects.visible_to(user).filter(document_no__icontains=q)
    letters = Rectification.objects.visible_to(user).filter(letter_no__icontains=q)
    places = Organisation.objects.visible_to(user).filter(name__icontains=q, kind__in=("department", "unit"))
    return [
        _group("项目", years, lambda row: {
            "title": row.project.name, "url": row.get_absolute_url(), "year": row.fiscal_year_id,
            "note": f"{row.project.code} · {row.project.unit.name}", "chip_word": row.get_stage_display(),
        }),
        _group("绩效目标文号", declarations.select_related("project_year__project"), lambda row: {
            "title": row.title(), "url": row.get_absolute_url(), "year": row.project_year.fiscal_year_id,
            "note": row.document_no, "chip_word": row.get_state_display(),
        }),
        _group("反馈意见书文号", letters.select_related("project_year__project"), lambda row: {
            "title": row.title(), "url": row.get_absolute_url(), "year": row.project_year.fiscal_year_id,
            "note": row.letter_no, "chip_word": row.get_state_display(),
        }),
        _group("单位", places, lambda row: {
            "title": row.name, "url": f"{reverse('budgets:projects')}?q={row.name}", "note": row.get_kind_display(),
        }),
    ]


def _group(label: str, rows, shown) -> dict[str, Any]:
    return {"label": label, "count": rows.count(), "rows": [shown(row) for row in rows[:FOUND]]}


@login_required
def cockpit(request: HttpRequest) -> HttpResponse:
    """The whole county at a look, for those who see the whole county."""
    if not request.user.sight.everything:
        raise PermissionDenied("绩效总览只对财政局和监督人员开放，如需查看请联系财政绩效股。")
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))
    year = chosen_year(request) or next((each for each in years if each <= clock.today().year), None)
    if year not in years:
        return render(request, "home/cockpit.html", {"year": year, "totals": None})
    return render(request, "home/cockpit.html", {
        "year": year,
        "years": years,
        "totals": queries.county_totals(request.user, year, today=clock.today()),
        "departments": queries.by_department(request.user, year, today=clock.today()),
    })
