"""What the pages of this app share."""

from http import HTTPStatus
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest

from core.errors import RuleViolation
from core.views.lists import ListView, export_action
from core.views.steps import CONFLICTS

SOONEST_FIRST = (F("due_on").asc(nulls_last=True), "-pk")
NAMES = ("project_year__project__unit", "project_year__project__department", "project_year__fiscal_year__ruleset")


def status_of(refusal: RuleViolation) -> int:
    """409 for a page that is behind the record, 422 for anything else that may not be done."""
    return HTTPStatus.CONFLICT if CONFLICTS & set(refusal.codes) else HTTPStatus.UNPROCESSABLE_ENTITY


def seen_of(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else None


def name_cell(project_year) -> dict[str, str]:
    return {
        "text": project_year.project.name, "sub": f"{project_year.fiscal_year_id}年度 · {project_year.project.unit.name}"
    }


class YearList(ListView):
    """A list of records of project-years; the year of the switch counts until the filter names another."""

    def chosen_year(self, request: HttpRequest) -> int | None:
        return request.session.get("year") if "year" not in request.GET else None

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = self.visible(request).select_related(*NAMES)
        year = self.chosen_year(request)
        return rows.filter(project_year__fiscal_year=year) if year else rows

    def visible(self, request: HttpRequest) -> QuerySet:
        raise NotImplementedError

    def bound_filter(self, request: HttpRequest):
        year = self.chosen_year(request)
        return self.filter_form(request.GET) if request.GET else self.filter_form(initial={"year": year})

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        return {"actions": [export_action(request), *self.actions(request)]}

    def actions(self, request: HttpRequest) -> list[dict[str, str]]:
        """What one may do here beside the export."""
        return []
