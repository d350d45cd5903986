"""Part 1 of a declaration: the money by source, as the project-year has it, and the schedule of the work."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock
from core.errors import RuleViolation
from targets import rules, services
from targets.forms import ScheduleFormSet
from targets.views.editing import editable, frame, seen_on, status_of


@login_required
def edit_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    record = editable(request, pk)
    if request.method != "POST" and record.state_value not in record.editable_states:
        return redirect(record)
    closed = bool(record.opened) and rules.SCHEDULE not in record.opened
    grid = ScheduleFormSet(request.POST or None, initial=record.step_list(), closed=closed)
    faults, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if grid.is_valid():
            try:
                services.save_declaration(
                    record, by=request.user, at=clock.now(), changes={}, schedule=grid.items(), seen=seen_on(request)
                )
            except RuleViolation as refusal:
                faults, status = [reason.sentence for reason in refusal.reasons], status_of(refusal)
            else:
                return redirect("targets:edit_goal", pk=pk)
        else:
            faults = grid.faults()
    year = record.project_year
    context = frame(record, part="money")
    context |= {
        "grid": grid, "closed": closed, "pins": context["pinned"].get(rules.SCHEDULE, []), "faults": faults,
        "lines": year.lines.all(), "total": year.lines_total_yuan(),
        "funds_url": reverse("budgets:funds", args=[year.pk]), "year_url": year.get_absolute_url(),
    }
    if request.method == "POST":
        context["seen"] = request.POST.get("seen", record.revision)
    return render(request, "targets/edit_schedule.html", context, status=status)
