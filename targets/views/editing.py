"""Filling in a declaration: opening it, its texts, last year's content. Its grid is in ``grid``."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from budgets.models import ProjectYear
from core import clock
from core.errors import RuleViolation
from core.views.steps import CONFLICTS
from targets import queries, services
from targets.forms import GoalForm
from targets.models import TargetDeclaration


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The person's project-years whose targets may be filled in now."""
    years = list(queries.startable(request.user).order_by("-fiscal_year", "project__code"))
    return render(request, "targets/start.html", {
        "title": "填报新的绩效目标",
        "rows": [{"year": year, "open_url": reverse("targets:open", args=[year.pk])} for year in years],
    })


@login_required
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    year = get_object_or_404(ProjectYear.objects.visible_to(request.user).with_names(), pk=pk)
    source = queries.last_year_of(year) if request.POST.get("copy") else None
    try:
        draft = services.open_declaration(year, by=request.user, at=clock.now(), copy_from=source)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect(year)
    return redirect("targets:edit_goal", pk=draft.pk)


def editable(request: HttpRequest, pk: int) -> TargetDeclaration:
    """Raises ``Http404`` for one out of sight, ``PermissionDenied`` for a person who may not fill it in."""
    record = get_object_or_404(queries.declarations_for(request.user), pk=pk)
    if not record.editable_by(record, request.user):
        raise PermissionDenied(f"您没有填写{record.title()}的权限。")
    return record


def frame(record: TargetDeclaration, *, part: str) -> dict[str, Any]:
    """What both editing pages show around their form."""
    last_year = queries.last_year_values(record.project_year)
    checks = queries.check(record, mending=True)
    grid_url = reverse("targets:edit_indicators", args=[record.pk])
    comments = queries.field_comments(record)
    return {
        "declaration": record, "year": record.project_year, "checks": checks, "last_year": last_year,
        "result": queries.last_year_result(record.project_year), "seen": record.revision,
        "import_url": reverse("import", args=["targets"]), "show_url": record.get_absolute_url(),
        "copy_url": reverse("targets:copy_last_year", args=[record.pk]) if last_year else "",
        "field_comments": comments, "pinned": queries.by_place(comments), "opened": queries.open_cells(record),
        "cells_url": "" if part == "grid" else grid_url,
        "parts": [
            step_part(
                "1 项目与资金", reverse("targets:edit_schedule", args=[record.pk]), wrong=checks.wrong_in("money"),
                here=part == "money",
            ),
            step_part("2 总体目标", reverse("targets:edit_goal", args=[record.pk]), wrong=checks.wrong_in("goal"),
                      here=part == "goal"),
            step_part("3 绩效指标", grid_url, wrong=checks.wrong_in("grid"), here=part == "grid"),
            step_part("4 附件、检查并报送", record.get_absolute_url(), wrong=bool(checks.must), last=True),
        ],
    }


def step_part(label: str, url: str, *, wrong: bool, here: bool = False, last: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "done": not wrong and not last, "wrong": wrong and not last, "current": here}


@login_required
def edit_goal(request: HttpRequest, pk: int) -> HttpResponse:
    record = editable(request, pk)
    if request.method != "POST" and record.state_value not in record.editable_states:
        return redirect(record)
    form = GoalForm(
        request.POST or None, initial={name: getattr(record, name) for name in services.TEXTS}, opened=record.opened
    )
    reasons, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                services.save_declaration(
                    record, by=request.user, at=clock.now(), changes=form.cleaned_data, seen=seen_on(request)
                )
            except RuleViolation as refusal:
                reasons, status = refusal.reasons, status_of(refusal)
            else:
                return redirect("targets:edit_indicators", pk=pk)
    context = frame(record, part="goal") | {"form": form, "reasons": reasons}
    context["texts"] = [{"bound": bound, "pins": context["pinned"].get(bound.name, [])} for bound in form]
    if request.method == "POST":
        context["seen"] = request.POST.get("seen", record.revision)
    return render(request, "targets/edit_goal.html", context, status=status)


def seen_on(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() else None


def status_of(refusal: RuleViolation) -> int:
    return HTTPStatus.CONFLICT if CONFLICTS & set(refusal.codes) else HTTPStatus.UNPROCESSABLE_ENTITY


@login_required
@require_POST
def copy_last_year(request: HttpRequest, pk: int) -> HttpResponse:
    record = editable(request, pk)
    source = queries.last_year_of(record.project_year)
    if source is None:
        messages.error(request, f"{record.title()}没有可以引用的上年已批复目标，请直接填写。")
        return redirect("targets:edit_indicators", pk=pk)
    try:
        services.copy_into(record, source, by=request.user, at=clock.now(), seen=seen_on(request))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        count = len(source.indicator_list())
        messages.success(request, f"已引用{source.title()}的文字和 {count} 条指标，请逐条核对并改为今年的指标值。")
    return redirect("targets:edit_indicators", pk=pk)
