"""One project through its years: money, targets, lamp, result, letter and decision, a line a year."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Count

from budgets.models import AllocationLine, Project, ProjectYear
from budgets.models.sums import fen_sum, yuan_of
from core.money import divide, wan_text
from core.panels import HistoryColumn, history_columns


def _each(cell: Callable[[ProjectYear], Any]) -> Callable[[Sequence[ProjectYear], Any], Mapping[int, Any]]:
    return lambda years, user: {year.pk: cell(year) for year in years}


def _grade(year: ProjectYear) -> tuple | None:
    return (year.result_grade, year.result_score) if year.result_grade else None


def decisions(years: Sequence[ProjectYear], user) -> dict[int, str]:
    """What was decided on the year's money, with the document; only rounds the person may see."""
    lines = AllocationLine.objects.visible_to(user).filter(
        project__in={year.project_id for year in years}, round__state="issued",
        round__fiscal_year__in={year.fiscal_year_id for year in years},
    ).select_related("round")
    found = {(line.project_id, line.round.fiscal_year_id): line for line in lines}
    return {
        year.pk: f"{wan_text(line.final_yuan)} 万元 {line.round.document_no}".strip()
        for year in years if (line := found.get((year.project_id, year.fiscal_year_id)))
    }


OWN_COLUMNS = (
    HistoryColumn(key="stage", label="环节", order=5, kind="chip", values=_each(lambda year: year.get_stage_display())),
    HistoryColumn(key="decision", label="预算安排", order=8, kind="text", values=decisions),
    HistoryColumn(key="requested", label="申请数", order=10, kind="money", values=_each(lambda year: year.requested_yuan)),
    HistoryColumn(key="budget", label="预算数", order=11, kind="money", values=_each(lambda year: year.budget_yuan)),
    HistoryColumn(key="spent", label="支出数", order=12, kind="money", values=_each(lambda year: year.spent_yuan)),
    HistoryColumn(key="rate", label="执行率", order=13, kind="pct", values=_each(lambda year: year.execution_rate)),
    HistoryColumn(key="lamp", label="监控", order=30, kind="lamp", values=_each(lambda year: year.lamp or None)),
    HistoryColumn(key="grade", label="评价", order=50, kind="grade", values=_each(_grade)),
)


def history_of(project: Project, user) -> dict[str, Any]:
    """Columns and rows for components/_table.html, the newest year first, as far as the person may see them.

    A project with sub-projects shows their sums instead.
    """
    if project.children.exists():
        return _sums_of_children(project, user)
    years = list(ProjectYear.objects.visible_to(user).filter(project=project).order_by("-fiscal_year"))
    columns = history_columns()
    values = [column.values(years, user) for column in columns]
    return {
        "columns": [_head("年度", "name"), *(_head(column.label, column.kind) for column in columns)],
        "rows": [
            {"id": year.pk, "url": year.get_absolute_url(),
             "cells": [f"{year.fiscal_year_id}年度", *(cells.get(year.pk) for cells in values)]}
            for year in years
        ],
    }


WIDTHS = {"name": "cw-80", "grade": "nowrap", "text": "cw-120"}


def _head(label: str, kind: str) -> dict[str, str]:
    return {"label": label, "kind": kind, "key": "", "width": WIDTHS.get(kind, ""), "wide": False}


def _sums_of_children(project: Project, user) -> dict[str, Any]:
    years = ProjectYear.objects.visible_to(user).filter(project__parent=project).order_by("-fiscal_year")
    sums = years.values("fiscal_year").annotate(
        projects=Count("pk"), requested=fen_sum("requested_yuan"), budget=fen_sum("budget_yuan"),
        spent=fen_sum("spent_yuan"),
    )
    heads = (("年度", "name"), ("子项目", "num"), ("申请数", "money"), ("预算数", "money"), ("支出数", "money"), ("执行率", "pct"))
    return {
        "columns": [_head(label, kind) for label, kind in heads],
        "rows": [
            {"id": row["fiscal_year"], "url": "", "cells": [
                f"{row['fiscal_year']}年度", row["projects"], yuan_of(row["requested"]), yuan_of(row["budget"]),
                yuan_of(row["spent"]), divide(row["spent"], row["budget"], 4) if row["budget"] else None,
            ]}
            for row in sums
        ],
    }


def panel(year: ProjectYear, user) -> dict[str, Any]:
    return {"history": history_of(year.project, user)}
