"""What the grid offers while a name is being typed: last year's lines, the library, what comparable projects use."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import models

from targets import rules
from targets.models import SETTLED, DepartmentDeclaration, Indicator, LibraryIndicator, TargetDeclaration
from targets.queries.declarations import State, plain
from targets.queries.department import last_department_declaration
from targets.queries.last_year import last_year_of
from targets.queries.starter import sectors_named_in

MOST = 8
COMPARED_YEARS = 2


def suggestions(declaration: TargetDeclaration, typed: str) -> list[dict[str, Any]]:
    """At most eight lines to take over, each with what it would fill in; those already in the form are left out.

    Shape: name, level2, operator, value, unit_of_measure, scoring_standard, explanation, source, tag, note.
    """
    year, words = declaration.project_year, typed.strip()
    field = [year.project.sector or rules.COMMON, *sectors_named_in(year.project.sector)]
    before = last_year_of(year)
    return _offered(declaration, typed, chain(
        _from_last_year(before, year.fiscal_year_id - 1, words),
        _from_library(field, sectors_named_in(year.project.department.name), words),
        _from_comparable(year, words),
    ))


def department_suggestions(declaration: DepartmentDeclaration, typed: str) -> list[dict[str, Any]]:
    """The same for a whole department: what it had last year, the library of its fields, what its projects declare."""
    words, before = typed.strip(), last_department_declaration(declaration)
    return _offered(declaration, typed, chain(
        _from_last_year(before, declaration.fiscal_year_id - 1, words),
        _from_own_projects(declaration, words),
        _from_library(sectors_named_in(declaration.department.name), [], words),
    ))


def _offered(
    declaration: TargetDeclaration | DepartmentDeclaration, typed: str, lines: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    taken = set(declaration.indicators.values_list("name", flat=True)) - {typed}
    found: dict[str, dict[str, Any]] = {}
    for each in lines:
        if each["name"] not in taken:
            found.setdefault(each["name"], each)
        if len(found) == MOST:
            break
    return list(found.values())


def _from_last_year(
    before: TargetDeclaration | DepartmentDeclaration | None, year: int, typed: str
) -> Iterable[dict[str, Any]]:
    for line in before.indicator_list() if before else ():
        if typed in line.name:
            reached = f"，实际 {line.actual_shown}" if line.actual_shown else ""
            yield _filled(line, line.operator, tag="上年用过", note=f"{year}年度指标 {line.target_shown}{reached}")


def _from_own_projects(declaration: DepartmentDeclaration, typed: str) -> Iterable[dict[str, Any]]:
    """The heaviest lines of the department's projects of the year, once each, as far as they have been filed."""
    rows = Indicator.objects.filter(
        declaration__project_year__in=declaration.projects(), declaration__submissions__gt=0, name__contains=typed,
    ).exclude(declaration__state__in=SETTLED).select_related("declaration__project_year__project")
    for line in rows.order_by("-weight", "pk")[:MOST]:
        yield _filled(line, line.operator, tag="本部门项目", note=(
            f"{line.declaration.project_year.project.name} · {line.target_shown}"
        ))


def _from_library(nearest: Sequence[str], near: Sequence[str], typed: str) -> Iterable[dict[str, Any]]:
    """The nearest sectors first, then those near, then what is common, then the others'."""
    rows = LibraryIndicator.objects.usable().filter(name__contains=typed)
    nearness = models.Case(
        models.When(sector__in=nearest, then=0), models.When(sector__in=near, then=1),
        models.When(sector="", then=2), default=3,
    )
    if not typed:
        rows = rows.filter(sector__in=(*nearest, *near, ""))
    for entry in rows.annotate(nearness=nearness).order_by("nearness", "sector", "pk")[:MOST]:
        usual = f"，参考值 {plain(entry.usual_value)}{entry.unit_of_measure}" if entry.usual_value is not None else ""
        yield _filled(entry, entry.operator, tag="指标库", value=entry.expected_state, note=(
            f"{entry.sector_shown} · {entry.get_level2_display()} · {entry.get_direction_display()}"
            f"{' ' + entry.unit_of_measure if entry.unit_of_measure else ''}{usual}"
        ))


def _from_comparable(year, typed: str) -> Iterable[dict[str, Any]]:
    """Names that enough projects of the same field use, so that none of them can be told from it."""
    if not (typed and year.project.sector):
        return
    rows = Indicator.objects.filter(
        declaration__state=State.APPROVED, declaration__project_year__project__sector=year.project.sector,
        declaration__project_year__fiscal_year__gte=year.fiscal_year_id - COMPARED_YEARS,
        name__contains=typed,
    ).exclude(declaration__project_year__project=year.project_id)
    shared = rows.order_by().values("name", "level2", "operator", "unit_of_measure", "value_type").annotate(
        projects=models.Count("declaration__project_year__project", distinct=True)
    ).filter(projects__gte=rules.FEWEST_OTHERS).order_by("-projects", "name")[:MOST]
    for each in shared:
        qualitative = each["value_type"] == "qualitative"
        yield {
            "name": each["name"], "level2": each["level2"], "operator": "text" if qualitative else each["operator"],
            "value": "", "unit_of_measure": each["unit_of_measure"], "scoring_standard": "", "explanation": "",
            "source": "", "tag": "同类项目", "note": f"“{year.project.sector}”{each['projects']} 个项目在用",
        }


def _filled(line, operator: str, *, tag: str, note: str, value: str = "") -> dict[str, Any]:
    return {
        "name": line.name, "level2": line.level2, "operator": operator or "text", "value": value,
        "unit_of_measure": line.unit_of_measure, "scoring_standard": line.scoring_standard,
        "explanation": line.explanation, "source": line.source, "tag": tag, "note": note,
    }
