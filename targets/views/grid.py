"""The grid of indicators with autosave: for a project's declaration and for a whole department's."""

import json
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core import audit, clock
from core.errors import RuleViolation
from core.workflow import WorkflowRecord
from targets import queries, rules, services
from targets.forms import SOURCES, IndicatorGrid
from targets.models import LEVEL1_OF, Indicator, IndicatorLine
from targets.views.editing import editable, frame, seen_on, status_of

COLUMNS = (
    ("name", "in"), ("operator", "in c"), ("value", "in r"), ("unit_of_measure", "in"), ("weight", "in r"),
    ("source", "in"), ("scoring_standard", "in"),
)


class GridView(LoginRequiredMixin, View):
    """Saved by the page's button and, as JSON, by its script. Subclasses know the declaration and its frame."""

    record: WorkflowRecord

    def find(self) -> WorkflowRecord:
        """Raises ``Http404`` for one out of sight, ``PermissionDenied`` for a person who may not fill it in."""
        raise NotImplementedError

    def frame(self) -> dict[str, Any]:
        """What the page shows around the grid: ``checks``, ``parts``, ``show_url`` and what its head needs."""
        raise NotImplementedError

    def checks(self, record) -> queries.Checks:
        raise NotImplementedError

    def save(self, contents: list[dict[str, Any]], seen: int | None) -> WorkflowRecord:
        raise NotImplementedError

    def last_year(self) -> Mapping[str, IndicatorLine]:
        """Indicators of the year before by name."""
        return {}

    def opened(self) -> Collection[str]:
        """The places that a return has opened, all of them when empty."""
        return ()

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.pk = kwargs["pk"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.record = self.find()
        if self.record.state_value not in self.record.editable_states:
            return redirect(self.record)
        return self.page(IndicatorGrid(initial=queries.grid_rows(self.record), fixed=self.is_fixed))

    @property
    def is_fixed(self) -> bool:
        """Whether rows may not be added, removed or moved."""
        opened = self.opened()
        return bool(opened) and rules.WHOLE_LIST not in opened

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.record = self.find()
        grid = IndicatorGrid(request.POST)
        quiet = request.headers.get("Accept") == "application/json"
        if not grid.is_valid():
            if quiet:
                return refused(grid.faults(), HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors_by_cell(grid))
            return self.page(grid, faults=grid.faults(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            self.save(grid.contents(), seen_on(request))
        except RuleViolation as refusal:
            sentences = [reason.sentence for reason in refusal.reasons]
            if quiet:
                return refused(sentences, status_of(refusal), **self.overtaken())
            return self.page(grid, faults=sentences, status=status_of(refusal))
        if quiet:
            return self.saved()
        return redirect(self.record if "forward" in request.POST else request.path)

    def saved(self) -> JsonResponse:
        record = self.find()
        checks = self.checks(record)
        return JsonResponse({
            "seen": record.revision, "saved_at": f"{timezone.localtime(clock.now()):%H:%M:%S}",
            "rows": queries.grid_rows(record),
            "checks": render_to_string("targets/_checks.html", {"checks": checks, "cells_url": ""}, self.request),
            "marks": checks.marks,
        })

    def overtaken(self) -> dict[str, Any]:
        """What the server has now, and who saved it last, so that the page can show what is different."""
        record = self.find()
        last = audit.history_of(record).first()
        return {
            "latest": record.revision, "rows": queries.grid_rows(record),
            "who": f"{last.actor_name}于 {timezone.localtime(last.at):%m月%d日 %H:%M} 保存过。" if last else "",
        }

    def page(self, grid, *, faults: list[str] | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
        context = self.frame()
        last_year = self.last_year()
        marks = [] if grid.is_bound else context["checks"].marks
        context |= {
            "grid": grid, "faults": faults or [], "fixed": self.is_fixed,
            "rows": grid_rows(grid, marks, last_year, self.opened(), context.get("pinned", {})),
            "blank": grid_row(grid.empty_form, "__prefix__"), "sources": SOURCES,
            "sums": queries.weight_sums(self.record), "templates": json.dumps(queries.weight_templates(self.record)),
            "counted": json.dumps(queries.counted_levels(self.record)),
            "history": json.dumps({
                name: {"target": each.target_shown, "actual": each.actual_shown}
                for name, each in last_year.items()
            }, ensure_ascii=False),
            "library_url": reverse("targets:library"),
            "execution": self.record.rulebook().weights.templates[0].execution,
        }
        if self.request.method == "POST":
            context["seen"] = self.request.POST.get("seen", self.record.revision)
        return render(self.request, "targets/edit_indicators.html", context, status=status)


class DeclarationGrid(GridView):
    def find(self):
        return editable(self.request, self.pk)

    def frame(self) -> dict[str, Any]:
        suggestions = {
            "suggest_url": reverse("targets:suggestions", args=[self.pk]),
            "propose_url": f"{reverse('targets:library_add')}?declaration={self.pk}",
            "head": "targets/_edit_head.html", "subject": self.record.project_year.project.name,
        }
        return frame(self.record, part="grid") | suggestions

    def checks(self, record) -> queries.Checks:
        return queries.check(record, mending=True)

    def save(self, contents, seen):
        return services.save_declaration(
            self.record, by=self.request.user, at=clock.now(), changes={}, indicators=contents, seen=seen
        )

    def opened(self) -> list[str]:
        return self.record.opened

    def last_year(self) -> Mapping[str, Indicator]:
        return queries.last_year_values(self.record.project_year)


def refused(sentences: list[str], status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"sentences": sentences} | more, status=status)


def errors_by_cell(grid) -> dict[str, str]:
    return {
        form.add_prefix(name): " ".join(sentences)
        for form in grid.forms for name, sentences in form.errors.items()
    }


def grid_rows(
    grid, marks: Sequence[Mapping[str, Any]], last_year: Mapping[str, IndicatorLine], opened: Collection[str],
    pinned: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Every row with its hints and the comments pinned to it; closed where a return has opened other places only."""
    rows, before = [], ""
    for number, form in enumerate(grid.forms, start=1):
        hints = [mark for mark in marks if mark["row"] == number]
        closed = {name for name in form.fields if opened and not rules.is_open(opened, number, name)}
        pins = queries.pins_of_row(pinned, number)
        row = grid_row(
            form, number, marks={hint["field"]: hint["level"] for hint in reversed(hints)}, closed=closed, pins=pins
        )
        row |= {
            "again": bool(row["level1"]) and row["level1"] == before, "hints": hints,
            "last": last_year.get(form["name"].value() or ""),
            "comments": [comment for some in pins.values() for comment in some],
        }
        before = row["level1"]
        rows.append(row)
    return rows


def grid_row(
    form, number, *, marks: Mapping[str, str] | None = None, closed: Collection[str] = (),
    pins: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    level2 = form["level2"].value() or ""
    marks, pins = marks or {}, pins or {}
    return {
        "form": form, "number": number, "closed": closed, "pins": pins,
        "level1": queries.short_of(LEVEL1_OF[level2].label) if level2 in LEVEL1_OF else "",
        "cells": [
            {
                "bound": form[name], "name": name, "id": f"cell-{number}-{name}", "closed": name in closed,
                "css": " ".join(filter(None, (
                    css, "bad" if form[name].errors else marks.get(name, ""), "shut" if name in closed else "",
                ))),
                "pins": pins.get(name, ()),
            }
            for name, css in COLUMNS
        ],
    }
