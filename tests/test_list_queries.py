"""Every list asks the database as often for fifty rows as for one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.models import (
    AllocationLine,
    AllocationRound,
    BudgetLine,
    ExAnteAssessment,
    FiscalYear,
    FundSource,
    Project,
    ProjectYear,
    Spending,
)
from core import audit, comments, todos
from core.models import Attachment, Job, StagedImport
from evaluation.models import (
    Disclosure,
    Evaluation,
    Rectification,
    RectificationItem,
    Result,
    SelfEvaluation,
)
from monitoring.models import Alert, MonitoringRound, ProgressReport
from targets.models import Approval, DepartmentDeclaration, LibraryIndicator, TargetDeclaration
from tests.factories.cast import NOON, Cast

MILLION = Decimal("1000000.00")
MONEY = {"initial_yuan": MILLION, "budget_yuan": MILLION}


def many(model: type, rows: list[dict[str, Any]], **shared: Any) -> list:
    return model.objects.bulk_create([model(**row, **shared) for row in rows])


def make_rows(cast: Cast, count: int) -> None:
    """``count`` rows for every list: 2026 with all that follows, 2025 ready to be published, 2027 new."""
    projects = many(
        Project, [{"code": f"26-JT-{number:04}", "name": f"农村公路养护第 {number} 标段"} for number in range(count)],
        unit=cast.unit, department=cast.department, kind="department", attribute="continuing",
        duration_type="recurring", starts_on=date(2025, 1, 1), ends_on=date(2028, 12, 31), owner_name="李卫国",
    )
    each = [{"project": project} for project in projects]
    ready = many(ProjectYear, each, fiscal_year=cast.years[2025], stage="self_evaluating", **MONEY)
    years = many(
        ProjectYear, [{"project": year.project, "previous": year} for year in ready], fiscal_year=cast.years[2026],
        stage="executing", lamp="yellow", held_by_document=False, spent_yuan=MILLION / 2, **MONEY,
    )
    many(BudgetLine, [{"project_year": year} for year in years], source=FundSource.FISCAL, initial_yuan=MILLION)
    for year in many(ProjectYear, each, fiscal_year=cast.years[2027]):
        todos.renew(year, at=NOON)
    make_records(cast, years, ready)
    make_allocation(cast, projects)
    make_core_rows(cast, years)


def make_records(cast: Cast, years: list[ProjectYear], ready: list[ProjectYear]) -> None:
    each = [{"project_year": year} for year in years]
    many(ExAnteAssessment, each, created_by=cast.li_weiguo, state_since=NOON)
    declarations = many(TargetDeclaration, each, state="dept_reviewing", created_by=cast.li_weiguo, state_since=NOON)
    rounds = many(
        MonitoringRound, [{"number": number + 1} for number in range(len(years))], fiscal_year=cast.years[2026],
        period_start=date(2026, 1, 1), period_end=date(2026, 7, 31), due_on=date(2026, 9, 20),
        opened_by=cast.zhou_xiaolan, opened_at=NOON,
    )
    targets = [{"project_year": row.project_year, "declaration": row} for row in declarations]
    reports = many(ProgressReport, targets, round=rounds[0], state="fiscal_reviewing", project_lamp="yellow", **MONEY)
    many(Alert, [{"project_year": row.project_year, "report": row} for row in reports], lamp="yellow", message="进度滞后。")
    sheets = many(SelfEvaluation, targets, state="dept_reviewing", total=Decimal("90.00"), grade="优", **MONEY)
    older = many(
        TargetDeclaration,
        [{"project_year": year, "document_no": f"安财预〔2025〕{place}号"} for place, year in enumerate(ready)],
        state="approved",
    )
    make_wholes(cast, len(years))
    many(
        Approval, [{"document_no": row.document_no} for row in older], fiscal_year=cast.years[2025],
        department=cast.department, approved_on=date(2025, 2, 6), by=cast.qian_li,
    )
    many(TargetDeclaration, each, state="ready_for_approval", version=2)
    many(
        SelfEvaluation, [{"project_year": row.project_year, "declaration": row} for row in older], state="final",
        total=Decimal("90.00"), grade="优", department_score=Decimal("88.00"), **MONEY,
    )
    evaluations = many(
        Evaluation, each, kind="fiscal", state="fed_back", score=Decimal("84.60"), grade="良",
        institution=cast.institution, lead=cast.he_min,
    )
    letters = many(
        Rectification, [{"project_year": row.project_year, "evaluation": row} for row in evaluations],
        letter_no="安财绩函〔2026〕3号", issued_on=date(2026, 9, 1),
    )
    many(RectificationItem, [{"rectification": letter} for letter in letters], seq=1, problem="台班无签认。")
    many(
        Result, [{"project_year": row.project_year, "self_evaluation": row} for row in sheets], score=Decimal("84.60"),
        grade="良", source="财政评价", published_by=cast.zhou_xiaolan, published_at=NOON,
    )
    many(Disclosure, each, kind="evaluation", due_on=date(2026, 10, 1))


def make_wholes(cast: Cast, count: int) -> None:
    """Declarations of the one department, each for a year of its own long past."""
    past = many(
        FiscalYear, [{"year": 2001 - number} for number in range(count)], ruleset=cast.ruleset, is_open=False,
    )
    many(
        DepartmentDeclaration, [{"fiscal_year": year} for year in past], department=cast.department,
        state="fiscal_reviewing", state_since=NOON,
    )


def make_allocation(cast: Cast, projects: list[Project]) -> None:
    rounds = many(
        AllocationRound, [{"name": f"第 {number + 1} 轮"} for number in range(len(projects))],
        fiscal_year=cast.years[2027], base_year=cast.years[2026], result_year=cast.years[2025], ceiling_yuan=MILLION,
        ruleset=cast.ruleset, state="simulated",
    )
    many(
        AllocationLine, [{"project": project} for project in projects], round=rounds[0], requested_yuan=MILLION,
        base_yuan=MILLION, suggested_yuan=MILLION, final_yuan=MILLION,
    )


def make_core_rows(cast: Cast, years: list[ProjectYear]) -> None:
    """What the person of the lists has to do, has done, has been told, has started, and has uploaded."""
    person = cast.zhou_xiaolan
    many(
        Spending, [{"voucher_no": f"2026-{number:04}"} for number in range(len(years))], project_year=years[0],
        paid_on=date(2026, 3, 5), source=FundSource.FISCAL, amount_yuan=Decimal("100.00"),
    )
    many(Job, [{"label": "导入工作簿"} for _ in years], name="core.commit_import", requested_by=person, requested_at=NOON,
         state="done")
    files = many(
        Attachment, [{"name": f"目标{number}.xlsx"} for number in range(len(years))], sha256="0" * 64, size=1,
        content_type="application/zip", uploaded_by=person, uploaded_at=NOON,
    )
    many(LibraryIndicator, [{"name": f"养护里程第 {number} 段"} for number in range(len(years))], level2="quantity",
         level1="output", direction="higher", unit_of_measure="公里", state="approved", proposer=cast.unit)
    many(StagedImport, [{"file": file} for file in files], kind="targets", requested_by=person, requested_at=NOON,
         state="checked")
    for letter in Rectification.objects.filter(project_year__in=years).select_related("project_year__project"):
        Rectification.objects.filter(pk=letter.pk).update(state="verifying")
        letter.refresh_from_db()
        todos.renew(letter, at=NOON)
        audit.record("evaluation.rectification.approve_plan", letter, by=person, at=NOON, label="同意整改方案")
        comments.notify(title="整改结果已报送", recipient=person, by=cast.li_weiguo, at=NOON)


# Address and person: how often the database is asked, and where the page keeps its rows.
LISTS = {
    ("home?all=1", "zhou_xiaolan"): (16, "todos"),
    ("home?all=1", "li_weiguo"): (16, "todos"),
    ("done", "zhou_xiaolan"): (8, "entries"),
    ("search?q=标段&year=2026", "zhou_xiaolan"): (15, "groups"),
    ("jobs", "zhou_xiaolan"): (9, "jobs"),
    ("notices", "zhou_xiaolan"): (10, "notices"),
    ("audit", "wu_di"): (9, "entries"),
    ("import", "zhou_xiaolan"): (8, "recent"),
    ("budgets:projects?year=2026", "zhou_xiaolan"): (16, "rows"),
    ("budgets:projects?year=2026", "li_weiguo"): (16, "rows"),
    ("budgets:pool", "zhang_wen"): (10, "rows"),
    ("budgets:ex_antes", "zhou_xiaolan"): (10, "rows"),
    ("budgets:spendings", "qian_li"): (11, "rows"),
    ("budgets:allocations", "qian_li"): (8, "rounds"),
    ("budgets:allocation", "qian_li"): (17, "lines"),
    ("targets:declarations?year=2026", "zhou_xiaolan"): (18, "rows"),
    ("targets:declarations?year=2026", "zhang_wen"): (18, "rows"),
    ("targets:awaiting_approval", "qian_li"): (14, "rows"),
    ("targets:approvals", "zhang_wen"): (11, "rows"),
    ("targets:start", "li_weiguo"): (8, "rows"),
    ("targets:departments", "zhou_xiaolan"): (9, "rows"),
    ("targets:departments", "zhang_wen"): (12, "rows"),
    ("targets:library", "zhang_wen"): (13, "rows"),
    ("monitoring:rounds", "zhou_xiaolan"): (10, "rows"),
    ("monitoring:round", "lu_yuan"): (15, "listed"),
    ("monitoring:reports", "zhou_xiaolan"): (12, "rows"),
    ("monitoring:alerts", "zhou_xiaolan"): (11, "rows"),
    ("evaluation:self_evaluations?year=2026", "zhang_wen"): (12, "rows"),
    ("evaluation:evaluations", "zhou_xiaolan"): (12, "rows"),
    ("evaluation:rectifications", "zhou_xiaolan"): (12, "rows"),
    ("evaluation:results", "zhou_xiaolan"): (16, "rows"),
    ("evaluation:published", "zhou_xiaolan"): (12, "rows"),
    ("evaluation:disclosures", "zhou_xiaolan"): (12, "rows"),
    ("cockpit?year=2026", "sun_zheng"): (10, "departments"),
}
# These pages show at most so many at once.
SHORT = {"jobs": 20, "notices": 20, "import": 5, "search": 30, "monitoring:round": 40}


def address_of(name: str) -> str:
    first, _, query = name.partition("?")
    wanted = {
        "budgets:spendings": ProjectYear.objects.filter(fiscal_year=2026),
        "budgets:allocation": AllocationRound.objects, "monitoring:round": MonitoringRound.objects,
    }
    args = [wanted[first].earliest("pk").pk] if first in wanted else ["targets"] if first == "import" else []
    return f"{reverse(first, args=args)}?{query}"


def shown(answer, key: str) -> int:
    """The rows on the page; the search has them in a group, the cockpit adds them up by department."""
    rows = answer.context[key]
    if key == "groups":
        return len(rows[0]["rows"])
    return sum(row["projects"] for row in rows) if key == "departments" else len(rows)


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_asks_as_often_for_one_row_as_for_fifty(cast, client, count):
    make_rows(cast, count)
    found, rows = {}, {}
    for (name, person), (_, key) in LISTS.items():
        client.force_login(getattr(cast, person))
        address = address_of(name)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        found[name, person] = len(asked)
        rows[name, person] = shown(answer, key)
    assert found == {case: queries for case, (queries, _) in LISTS.items()}
    missing = {
        (name, person): number for (name, person), number in rows.items()
        if number < min(count, SHORT.get(name.partition("?")[0], count))
    }
    assert missing == {}
