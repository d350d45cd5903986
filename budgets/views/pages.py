"""What every form page of this app does alike: one service call, its refusal shown with everything typed kept."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from budgets.models import ProjectYear
from core.access import Role
from core.errors import RuleViolation
from core.views.steps import CONFLICTS

LARGEST = 10 ** 18


def number(text: str | None) -> int | None:
    """A number that databases can be asked for: a larger one is as far from every record and revision."""
    return min(int(text), LARGEST) if text and text.isdecimal() else None


def year_of(request: HttpRequest) -> int | None:
    """The year of the switch; ``?year=`` decides for this page. ``None`` means all years."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else request.session.get("year")


def query_with(request: HttpRequest, **changes: str | None) -> str:
    """The present query with some parameters replaced; empty ones dropped."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def crumbs(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "url": reverse(name)} for label, name in pairs]


def may_add(user) -> bool:
    return any(user.holds(role) for role in (Role.UNIT_OPERATOR, Role.DEPT_PERFORMANCE, Role.FISCAL_BUDGET))


def visible_year(request: HttpRequest, pk: int) -> ProjectYear:
    return get_object_or_404(
        ProjectYear.objects.visible_to(request.user).with_names().select_related("previous"), pk=pk
    )


def require(allowed: bool, sentence: str) -> None:
    """Raises ``PermissionDenied`` with the sentence: no form is shown to a person who could not send it."""
    if not allowed:
        raise PermissionDenied(sentence)


def form_page(
    request: HttpRequest, form: forms.Form, *, save: Callable[[], Any], done: Callable[[Any], str],
    template: str = "core/form.html", **context: Any,
) -> HttpResponse:
    """GET shows the form; POST calls ``save`` and goes to ``done(result)``, or shows what was refused and why."""
    status, reasons = HTTPStatus.OK, []
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return redirect(done(save()))
            except RuleViolation as refusal:
                reasons = refusal.reasons
                if CONFLICTS & set(refusal.codes):
                    status = HTTPStatus.CONFLICT
    seen = request.POST.get("seen", context.pop("seen", None))
    return render(request, template, {"form": form, "reasons": reasons, "seen": seen, **context}, status=status)
