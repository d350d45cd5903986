"""The page of one declaration: the form as on paper, what is still wrong with it, who has it, and the steps."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.views.records import record_context
from targets import queries, rules
from targets.models import TargetDeclaration
from targets.views.review import DeclarationStep, paper_context

State = TargetDeclaration.State


@login_required
def declaration(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.declarations_for(request.user), pk=pk)
    editable = may_edit(record, request.user)
    context = record_context(request, record, forms=DeclarationStep.forms) | paper_context(request, record)
    context |= {
        "steps": apt_steps(record, context["steps"]), "opened": queries.open_cells(record),
        "checks": queries.check(record, mending=editable), "result": queries.last_year_result(record.project_year),
        "reviews": queries.reviews_of(record),
        "show_checks": record.state in (*record.editable_states, State.UNIT_REVIEW),
        "edit_url": reverse("targets:edit_indicators", args=[pk]) if editable else "",
        "cells_url": reverse("targets:edit_indicators", args=[pk]) if editable else None,
        "review_url": queries.review_url(pk) if pk in queries.queue_of(request.user) else "",
        "adjust_url": reverse("targets:adjust", args=[pk]) if queries.may_ask_to_adjust(record, request.user) else "",
    }
    return render(request, "targets/declaration.html", context)


def apt_steps(record: TargetDeclaration, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the two ways back after a return only the one that fits, though a check may still stand against it."""
    if all(step["name"] != "resubmit" for step in steps):
        return steps
    unfit = "resubmit" if any(rules.goes_straight_back(record)) else "submit"
    return [step for step in steps if step["name"] != unfit]


def may_edit(record: TargetDeclaration, user) -> bool:
    return record.state_value in record.editable_states and record.editable_by(record, user)
