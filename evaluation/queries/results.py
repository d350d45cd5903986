"""The page of results: what is ready, and how many of everything."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from budgets.models import ProjectYear
from evaluation import rules
from evaluation.models import Disclosure, Evaluation, Rectification, Result, SelfEvaluation
from evaluation.queries.facts import STRENGTH


def ready_rows(years: Sequence[ProjectYear], *, picked: Sequence[str]) -> list[dict[str, Any]]:
    """Rows for ``components/_table.html``: what each project-year would be published with. Two queries for a page."""
    sheets = {sheet.project_year_id: sheet for sheet in SelfEvaluation.objects.filter(project_year__in=years)}
    graded: dict[int, Evaluation] = {}
    for evaluation in Evaluation.objects.filter(project_year__in=years, state__in=rules.FINISHED_EVALUATIONS):
        known = graded.get(evaluation.project_year_id)
        if known is None or STRENGTH.index(evaluation.kind) > STRENGTH.index(known.kind):
            graded[evaluation.project_year_id] = evaluation
    return [
        _ready_row(year, sheets[year.pk], graded.get(year.pk), selected=str(year.pk) in picked) for year in years
    ]


def _ready_row(
    year: ProjectYear, sheet: SelfEvaluation, evaluation: Evaluation | None, *, selected: bool
) -> dict[str, Any]:
    return {
        "id": year.pk, "url": year.get_absolute_url(), "selected": selected, "amount_yuan": year.budget_yuan,
        "cells": [
            {"text": year.project.name, "sub": f"{year.fiscal_year_id}年度 · {year.project.unit.name}"},
            year.project.department.name, year.get_stage_display(), (sheet.grade, sheet.total), sheet.department_score,
            evaluation.get_kind_display() if evaluation else None,
            (evaluation.grade, evaluation.score) if evaluation else None, year.lamp or None, year.budget_yuan,
            year.budget_yuan - year.spent_yuan,
        ],
    }


def result_figures(user, year: int | None, *, ready_count: int, today: date) -> list[dict[str, Any]]:
    """The strip of key figures; each links to its list."""
    def of_year(rows):
        return rows.filter(project_year__fiscal_year=year) if year else rows

    published = of_year(Result.objects.visible_to(user)).count()
    evaluating = of_year(Evaluation.objects.visible_to(user)).exclude(state__in=rules.FINISHED_EVALUATIONS).count()
    open_letters = of_year(Rectification.objects.visible_to(user)).exclude(state=Rectification.State.CLOSED).count()
    due = of_year(Disclosure.objects.visible_to(user)).pending()
    waiting = due.count()
    late = due.filter(due_on__lt=today).count()
    return [
        {"label": "待发布", "value": ready_count, "unit": "项", "note": "自评已完成，评价已定级"},
        {"label": "评价未定级", "value": evaluating, "unit": "项", "url": reverse("evaluation:evaluations")},
        {"label": "整改未销号", "value": open_letters, "unit": "项", "url": reverse("evaluation:rectifications")},
        {"label": "已发布", "value": published, "unit": "项", "url": reverse("evaluation:published")},
        {"label": "待公开", "value": waiting, "unit": "项", "url": f"{reverse('evaluation:disclosures')}?standing=pending",
         "note": f"逾期 {late} 项" if late else ""},
    ]
