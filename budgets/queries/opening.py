"""What opening a fiscal year would make of the year before it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets import rules
from budgets.models import FiscalYear, ProjectYear
from budgets.queries.projects import shown_amount
from core.errors import Reason


@dataclass(frozen=True, kw_only=True)
class ShiftedWindow:
    stage: str
    label: str
    opens_on: date
    due_on: date
    warning_days: int


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    project_year: ProjectYear
    sentence: str


@dataclass(frozen=True, kw_only=True)
class OpeningPlan:
    """``reasons`` stand against opening the year at all; ``carried`` are last year's rows that go on, each with its
    ``reference_yuan``."""

    year: int
    previous: FiscalYear | None
    reasons: list[Reason]
    windows: list[ShiftedWindow]
    carried: list[ProjectYear]
    left_out: list[LeftOut]

    @property
    def amount_yuan(self) -> Decimal:
        """What the carried projects have this year, for reference."""
        return sum((year.reference_yuan for year in self.carried), Decimal("0.00"))


def next_year() -> int | None:
    """The year that can be opened next; ``None`` before there is a first one."""
    newest = FiscalYear.objects.order_by("-year").first()
    return newest.year + 1 if newest else None


def plan_of(year: int) -> OpeningPlan:
    """The plan for one year; without anything to carry over where reasons stand against it."""
    previous = FiscalYear.objects.select_related("ruleset").filter(year=year - 1).first()
    reasons = list(rules.fiscal_year_may_be_opened(
        year, exists=FiscalYear.objects.filter(year=year).exists(), has_previous=previous is not None
    ))
    if reasons or previous is None:
        return OpeningPlan(year=year, previous=previous, reasons=reasons, windows=[], carried=[], left_out=[])
    carried, left_out = [], []
    for row in previous.project_years.with_names().prefetch_related("lines").order_by("project__code"):
        against = next(iter(rules.project_goes_on(row, year)), None)
        row.reference_yuan = shown_amount(row)
        if against is None:
            carried.append(row)
        else:
            left_out.append(LeftOut(project_year=row, sentence=against.sentence))
    return OpeningPlan(
        year=year, previous=previous, reasons=[], windows=[_a_year_later(window) for window in previous.windows.all()],
        carried=carried, left_out=left_out,
    )


def _a_year_later(window) -> ShiftedWindow:
    return ShiftedWindow(
        stage=window.stage, label=window.get_stage_display(), opens_on=same_day_next_year(window.opens_on),
        due_on=same_day_next_year(window.due_on), warning_days=window.warning_days,
    )


def same_day_next_year(day: date) -> date:
    """29 February becomes the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
