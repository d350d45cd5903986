"""The project list: rows with their holder, saved views, counts by stage, and sums of the whole filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Cast, Concat, Round

from budgets.models import FiscalYear, ProjectYear
from budgets.models.sums import fen_sum, yuan_of
from budgets.queries.holders import desks_of
from core.lamps import time_progress
from core.models import Organisation, OrganisationKind, ToDo
from core.money import divide

MAJOR_YUAN = Decimal("5000000.00")
POOR_GRADES = ("中", "差")
VIEWS = {
    "": ("全部", Q()),
    "red": ("红灯", Q(lamp="red")),
    "major": ("重点项目（500万元以上）", Q(amount_yuan__gte=MAJOR_YUAN)),
    "poor": ("上年评价“中”和“差”", Q(previous__result_grade__in=POOR_GRADES)),
}


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums of the whole filter, in yuan; ``attainment_rate`` is weighted by money."""

    projects: int
    amount_yuan: Decimal
    spent_yuan: Decimal
    left_yuan: Decimal
    execution_rate: Decimal | None
    attainment_rate: Decimal | None
    lamps: dict[str, int]


def project_rows(user, *, year: int | None = None) -> models.QuerySet[ProjectYear]:
    """The project-years a person may see, each with ``amount_yuan``: the budget, before approval what was asked for.

    ``amount_yuan`` is for filters, order and sums; to show a row's amount use ``shown_amount``.
    """
    rows = ProjectYear.objects.visible_to(user).select_related(
        "project__unit", "project__department", "previous"
    ).annotate(amount_yuan=Case(
        When(approved_on=None, budget_yuan=0, then="requested_yuan"), default="budget_yuan"
    ))
    return rows.filter(fiscal_year=year) if year else rows


def shown_amount(year: ProjectYear) -> Decimal:
    """The same as ``amount_yuan``, exact to the fen on every database."""
    return year.requested_yuan if year.approved_on is None and year.budget_yuan == 0 else year.budget_yuan


def waiting_for(user) -> list[int]:
    """Ids of the project-years with a to-do of this person."""
    threads = ToDo.objects.addressed_to(user).order_by().values_list("thread", flat=True).distinct()
    prefix = "projectyear:"
    return [int(thread.removeprefix(prefix)) for thread in threads if thread.startswith(prefix)]


def is_late(today: date, *, pk: str = "pk") -> Exists:
    """A condition on project-years: something on their thread should have been dealt with before ``today``."""
    thread = Concat(Value("projectyear:"), Cast(OuterRef(pk), models.CharField()))
    return Exists(ToDo.objects.filter(thread=thread, due_on__lt=today))


def view_counts(rows: models.QuerySet[ProjectYear], *, mine: Sequence[int], today: date) -> dict[str, int]:
    """How many rows each saved view holds; one query."""
    own = {"mine": Q(pk__in=mine), "late": Q(is_late(today))}
    wanted = own | {name: condition for name, (_, condition) in VIEWS.items() if name}
    counts = {f"view_{name}": Count("pk", filter=condition) for name, condition in wanted.items()}
    found = rows.order_by().aggregate(all=Count("pk"), **counts)
    return {"": found["all"]} | {name: found[f"view_{name}"] for name in wanted}


def stage_counts(rows: models.QuerySet[ProjectYear]) -> dict[str, int]:
    return dict(rows.order_by().values_list("stage").annotate(Count("pk")))


def totals_of(rows: models.QuerySet[ProjectYear]) -> Totals:
    """One query whatever the number of rows."""
    weighted = Cast(Round(
        F("attainment_rate") * F("amount_yuan") * 100,
        output_field=models.DecimalField(max_digits=30, decimal_places=0),
    ), models.BigIntegerField())
    known = Q(attainment_rate__isnull=False)
    found = rows.order_by().aggregate(
        projects=Count("pk"), amount=fen_sum("amount_yuan"), budget=fen_sum("budget_yuan"), spent=fen_sum("spent_yuan"),
        weight=fen_sum("amount_yuan", filter=known), attained=Sum(weighted, filter=known),
        **{lamp: Count("pk", filter=Q(lamp=lamp)) for lamp in ("red", "yellow", "green")},
    )
    return Totals(
        projects=found["projects"], amount_yuan=yuan_of(found["amount"]), spent_yuan=yuan_of(found["spent"]),
        left_yuan=yuan_of((found["budget"] or 0) - (found["spent"] or 0)),
        execution_rate=divide(found["spent"], found["budget"], 4) if found["budget"] else None,
        attainment_rate=divide(found["attained"], found["weight"], 4) if found["weight"] else None,
        lamps={lamp: found[lamp] for lamp in ("red", "yellow", "green")},
    )


def with_holders(years: Sequence[ProjectYear], *, today: date) -> Sequence[ProjectYear]:
    """Set ``shown_state``, ``holder_name``, ``held_days`` and ``limit_on`` on the rows of a page; two queries."""
    desks = desks_of([year.thread() for year in years])
    for year in years:
        desk = next(iter(desks.get(year.thread(), [])), None)
        year.shown_state = desk.state_label if desk else year.get_stage_display()
        year.holder_name = desk.who if desk else None
        year.held_days = desk.held_days(today) if desk else None
        year.limit_on = desk.due_on if desk else None
    return years


def departments_in_sight(user) -> models.QuerySet[Organisation]:
    visible = ProjectYear.objects.visible_to(user).order_by().values("project__department")
    return Organisation.objects.departments().filter(pk__in=visible)


def expected_progress(year: int, *, today: date) -> Fraction | None:
    """序时进度: the share of the year's whole months that have passed; ``None`` before the year has begun."""
    if year > today.year:
        return None
    if year < today.year:
        return Fraction(1)
    return time_progress(today.month - 1) if today.month > 1 else Fraction(0)


def open_years() -> list[FiscalYear]:
    return list(FiscalYear.objects.filter(is_open=True))


def units_for(user) -> models.QuerySet[Organisation]:
    """The units a person may enter projects for: the own ones, those of the own department, for the bureau all."""
    units = Organisation.objects.filter(
        kind__in=(OrganisationKind.UNIT, OrganisationKind.DEPARTMENT), is_active=True
    )
    if user.sight.everything:
        return units
    return units.filter(
        Q(pk__in=user.sight.units) | Q(parent__in=user.sight.departments) | Q(pk__in=user.sight.departments)
    )


def proposed_place(units: models.QuerySet[Organisation]) -> dict[str, Organisation]:
    """The unit of a new project and its department, where the person enters projects for one unit alone."""
    few = list(units.select_related("parent")[:2])
    return {"unit": few[0], "department": few[0].parent or few[0]} if len(few) == 1 else {}


@dataclass(frozen=True, kw_only=True)
class SpendingTotal:
    payments: int
    amount_yuan: Decimal


def spending_total(rows: models.QuerySet) -> SpendingTotal:
    found = rows.order_by().aggregate(payments=Count("pk"), fen=fen_sum("amount_yuan"))
    return SpendingTotal(payments=found["payments"], amount_yuan=yuan_of(found["fen"]))
