"""The library as its pages show it: what one may see of it, and the values its indicators have had so far."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models

from core.money import divide
from core.notation import read_actual
from targets import rules
from targets.models import Indicator, LibraryIndicator
from targets.queries.declarations import State, plain


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How the values of one year lie, in the indicator's unit; ``None`` where others' values would be given away."""

    projects: int
    least: Decimal | None
    median: Decimal | None
    most: Decimal | None


def library_for(user) -> models.QuerySet[LibraryIndicator]:
    return LibraryIndicator.objects.visible_to(user).select_related("proposer")


def sectors() -> list[str]:
    """The sectors the library knows, without the common ones."""
    rows = LibraryIndicator.objects.exclude(sector="").order_by("sector")
    return list(rows.values_list("sector", flat=True).distinct())


def library_counts(rows: models.QuerySet[LibraryIndicator]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(models.Count("pk")))


def lines_like(entry: LibraryIndicator) -> models.QuerySet[Indicator]:
    """The lines of declarations in force that carry this indicator: the same name, the same unit."""
    return Indicator.objects.filter(
        name=entry.name, unit_of_measure=entry.unit_of_measure, declaration__state=State.APPROVED
    )


def usage_of(entry: LibraryIndicator) -> list[dict[str, Any]]:
    """Per year, newest first: how the targets and what was reached lie over all projects, without their names."""
    years: dict[int, list[Indicator]] = defaultdict(list)
    rows = lines_like(entry).select_related("declaration__project_year")
    for line in rows.order_by("-declaration__project_year__fiscal_year", "pk"):
        years[line.declaration.project_year.fiscal_year_id].append(line)
    return [
        {
            "year": year, "projects": len(lines),
            "targets": spread_of(line.target_value for line in lines),
            "actuals": spread_of(actual_of(line) for line in lines),
        }
        for year, lines in years.items()
    ]


def spread_of(values: Iterable[Decimal | None]) -> Spread:
    known = sorted(value for value in values if value is not None)
    if len(known) < rules.FEWEST_OTHERS:
        return Spread(projects=len(known), least=None, median=None, most=None)
    return Spread(projects=len(known), least=known[0], median=median_of(known), most=known[-1])


def median_of(ordered: list[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divide(ordered[middle - 1] + ordered[middle], 2, 4)


def actual_of(line: Indicator) -> Decimal | None:
    """What was reached as a number in the line's own unit; ``None`` when it is unknown, a state, or in another unit."""
    reading = read_actual(line.actual_shown, unit_col=line.unit_of_measure)
    same = reading.unit in ("", line.unit_of_measure)
    return reading.values[0] if reading.is_number and same else None


def shown_spread(spread: Spread) -> str:
    """``中位数 86，85～92（6 个项目）``, or that there are too few to be told."""
    if spread.median is None:
        return f"{spread.projects} 个项目，不足 {rules.FEWEST_OTHERS} 个不显示" if spread.projects else ""
    return f"中位数 {plain(spread.median)}，{plain(spread.least)}～{plain(spread.most)}（{spread.projects} 个项目）"


def own_lines(entry: LibraryIndicator, user, most: int = 20) -> list[Indicator]:
    """The lines the person may see, with their project and year, newest first."""
    rows = Indicator.objects.visible_to(user).filter(pk__in=lines_like(entry).values("pk"))
    return list(rows.select_related("declaration__project_year__project__unit").order_by(
        "-declaration__project_year__fiscal_year", "declaration__project_year__project__code"
    )[:most])
