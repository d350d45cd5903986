"""The place where benchmarks that write are run: a county of their own.

Everything happens in a database and a folder made for the measurement and thrown away after it, on the engine of
``DATABASE_URL``: the site's own data are neither read nor written.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test.utils import override_settings

from budgets.models import (
    BudgetLine,
    DurationType,
    FiscalYear,
    FundSource,
    Project,
    ProjectAttribute,
    ProjectKind,
    ProjectYear,
)
from core import clock, todos
from core.access import Role
from core.models import Organisation, OrganisationKind, RoleAssignment, User
from core.ruleset_versions import adopt_preset
from targets.models import Indicator, TargetDeclaration

YEAR = 2026
PROJECTS_A_UNIT = 25
INDICATORS = 10
BATCH = 2_000
AMOUNT = Decimal("1280000.00")


class timed:
    def __init__(self, act: Callable):
        started, worked = time.perf_counter(), time.process_time()
        self.result = act()
        self.seconds, self.worked = time.perf_counter() - started, time.process_time() - worked


@contextmanager
def own_database() -> Iterator[Path]:
    """An empty database with all tables on the engine in use; yields an empty folder, where files go."""
    site = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, override_settings(MEDIA_ROOT=folder):
        names = {"sqlite": str(Path(folder) / "benchmark.sqlite3"), "postgresql": "benchmark_of_its_own"}
        connection.settings_dict["TEST"]["NAME"] = names[connection.vendor]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield Path(folder)
        finally:
            connection.creation.destroy_test_db(site, verbosity=0)


@transaction.atomic
def make_county(projects: int, **state: Any) -> User:
    """Projects waiting for their targets, or in another ``state``; returns a person of the performance section."""
    at = clock.now()
    bureau = Organisation.objects.create(code="100", name="财政局", kind=OrganisationKind.FISCAL_BUREAU)
    by = User.objects.create(username="benchmark", name="绩效股")
    RoleAssignment.objects.create(user=by, role=Role.FISCAL_PERFORMANCE, organisation=bureau)
    department = Organisation.objects.create(
        code="301", name="交通运输局", kind=OrganisationKind.DEPARTMENT, fiscal_section=bureau
    )
    units = Organisation.objects.bulk_create(
        Organisation(code=f"301{number:05}", name=f"第{number}公路养护中心", kind=OrganisationKind.UNIT, parent=department)
        for number in range(-(-projects // PROJECTS_A_UNIT))
    )
    fiscal_year = FiscalYear.objects.create(
        year=YEAR, ruleset=adopt_preset("mof-2021-cost", fiscal_year=YEAR, region="安澜市", by=None, at=at)
    )
    made = Project.objects.bulk_create((
        Project(
            code=code_of(number), name=f"农村公路第{number}段养护", unit=units[number // PROJECTS_A_UNIT],
            department=department, kind=ProjectKind.DEPARTMENT, attribute=ProjectAttribute.CONTINUING,
            duration_type=DurationType.RECURRING, starts_on=date(YEAR, 1, 1), ends_on=date(YEAR + 2, 12, 31),
            owner_name="李卫国",
        )
        for number in range(projects)
    ), batch_size=BATCH)
    years = ProjectYear.objects.bulk_create((
        ProjectYear(
            project=project, fiscal_year=fiscal_year, requested_yuan=AMOUNT, state_since=at,
            **{"stage": ProjectYear.Stage.TARGET_FILING} | state,
        )
        for project in made
    ), batch_size=BATCH)
    todos.renew_many(years, at=at)
    return by


@transaction.atomic
def make_declarations(number: int) -> tuple[User, list[TargetDeclaration]]:
    """Declarations that have passed every review, and a person of the performance section."""
    at = clock.now()
    by = make_county(number, stage=ProjectYear.Stage.AWAITING_APPROVAL, held_by_document=True)
    years = list(ProjectYear.objects.with_names())
    BudgetLine.objects.bulk_create(
        (BudgetLine(project_year=year, source=FundSource.FISCAL, requested_yuan=AMOUNT) for year in years),
        batch_size=BATCH,
    )
    made = TargetDeclaration.objects.bulk_create((
        TargetDeclaration(
            project_year=year, state=TargetDeclaration.State.READY_FOR_APPROVAL, annual_goal="路面技术状况保持优良中等。",
            state_since=at,
        )
        for year in years
    ), batch_size=BATCH)
    Indicator.objects.bulk_create((
        Indicator(
            declaration=declaration, position=place, level1="output", level2="quantity", name=f"日常养护里程{place}",
            value_type="quantitative", operator=">=", target_value=Decimal("1204.8"), unit_of_measure="公里",
            weight=Decimal(9),
        )
        for declaration in made for place in range(1, INDICATORS + 1)
    ), batch_size=BATCH)
    todos.renew_many(made, at=at)
    return by, made


def code_of(number: int) -> str:
    return f"26-JT-{number:05}"
