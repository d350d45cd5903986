"""安澜县 cut down to eight projects: each stands where story.xlsx leaves it, and figures agree with the workbooks."""

import io
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.management import call_command
from django.db import transaction

from budgets.models import (
    AllocationRound,
    BudgetAdjustment,
    ExAnteAssessment,
    FiscalYear,
    ProjectAccess,
    ProjectYear,
    Spending,
    TaskWindow,
)
from budgets.queries.ex_ante import comparison_of
from config import sample_county
from core import audit
from core.access import Role
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, Organisation, RuleSet, ToDo, User
from core.workflow import WorkflowRecord
from evaluation.models import Disclosure, Evaluation, Rectification, Result, SelfEvaluation
from monitoring.models import Alert, ProgressReport
from targets.models import TargetDeclaration

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ROADS, SWEEPERS, KITCHEN_WASTE, FLOODING = "20-JT-0001", "23-CG-0006", "26-CG-0004", "26-ZJ-0005"
OLD_HOUSING, HEALTH_PLATFORM, WEATHER, REBUILDING = "19-ZJ-0006", "27-WJ-0009", "27-NY-0018", "25-JT-0013"
PROJECTS = (ROADS, SWEEPERS, KITCHEN_WASTE, FLOODING, OLD_HOUSING, HEALTH_PLATFORM, WEATHER, REBUILDING)


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """The county loaded once for all tests of this file, and taken back after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield sample_county.load(now=NOW, projects=PROJECTS)
        transaction.set_rollback(True)


@pytest.fixture
def loaded(county, db):
    return county


def year_of(code: str, year: int) -> ProjectYear:
    return ProjectYear.objects.get(project__code=code, fiscal_year=year)


def newest(model: type[WorkflowRecord], code: str, year: int, **more):
    return model.objects.filter(project_year=year_of(code, year), **more).order_by("-pk").first()


def workbook_rows(name: str, sheet: str) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(SAMPLES / name, read_only=True)
    headings, *rows = book[sheet].values
    book.close()
    return [dict(zip(headings, row, strict=True)) for row in rows]


class TestWhereEverythingStands:
    def test_project_years(self, loaded):
        found = {
            (row.project.code, row.fiscal_year_id): row.stage for row in ProjectYear.objects.select_related("project")
        }
        assert found == {
            (ROADS, 2025): "rectifying", (ROADS, 2026): "executing", (ROADS, 2027): "target_filing",
            (SWEEPERS, 2025): "applied", (SWEEPERS, 2026): "stopped",
            (KITCHEN_WASTE, 2026): "suspended", (KITCHEN_WASTE, 2027): "drafting",
            (FLOODING, 2026): "executing", (FLOODING, 2027): "target_review",
            (OLD_HOUSING, 2025): "applied", (OLD_HOUSING, 2026): "executing", (OLD_HOUSING, 2027): "target_review",
            (HEALTH_PLATFORM, 2027): "ex_ante", (WEATHER, 2027): "rejected",
            (REBUILDING, 2025): "closed",
        }
        assert loaded == Counter((year, stage) for (_, year), stage in found.items())

    @pytest.mark.parametrize(("model", "code", "year", "state"), [
        (ExAnteAssessment, FLOODING, 2026, "passed"), (ExAnteAssessment, HEALTH_PLATFORM, 2027, "fiscal_reviewing"),
        (ExAnteAssessment, WEATHER, 2027, "failed"), (TargetDeclaration, ROADS, 2027, "draft"),
        (TargetDeclaration, ROADS, 2026, "approved"), (SelfEvaluation, ROADS, 2025, "final"),
        (SelfEvaluation, SWEEPERS, 2025, "final"), (Evaluation, ROADS, 2025, "fed_back"),
        (Rectification, ROADS, 2025, "rectifying"), (Rectification, OLD_HOUSING, 2025, "closed"),
    ])
    def test_documents(self, loaded, model, code, year, state):
        assert newest(model, code, year).state == state

    def test_reports_of_both_rounds(self, loaded):
        found = {
            (row.project_year.project.code, row.round.number): row.state for row in ProgressReport.objects.all()
        }
        assert found[ROADS, 1] == "accepted" and found[ROADS, 2] == "returned"
        assert found[SWEEPERS, 1] == "accepted" and (SWEEPERS, 2) not in found
        assert found[KITCHEN_WASTE, 1] == "accepted" and (KITCHEN_WASTE, 2) not in found
        assert found[FLOODING, 1] == "accepted" and found[FLOODING, 2] == "accepted"

    def test_the_second_version_replaces_the_first(self, loaded):
        versions = TargetDeclaration.objects.filter(project_year=year_of(FLOODING, 2026)).order_by("version")
        assert [(row.version, row.state) for row in versions] == [(1, "superseded"), (2, "approved")]
        values = [row.indicators.get(name="整治易涝点").target_value for row in versions]
        assert values == [Decimal(6), Decimal(4)]
        assert versions[1].document_no == "安财预〔2026〕55号"
        assert newest(ProgressReport, FLOODING, 2026, round__number=2).declaration == versions[1]

    def test_evaluations_of_one_project_by_department_and_again_by_finance(self, loaded):
        rows = Evaluation.objects.filter(project_year=year_of(OLD_HOUSING, 2025)).order_by("kind")
        assert [(row.kind, row.state, row.score, row.grade) for row in rows] == [
            ("department", "archived", Decimal("86.30"), "良"), ("reevaluation", "archived", Decimal("82.00"), "良"),
        ]
        result = Result.objects.get(project_year=year_of(OLD_HOUSING, 2025))
        assert (result.score, result.grade, result.evaluation.kind) == (Decimal("82.00"), "良", "reevaluation")
        kinds = Disclosure.objects.filter(project_year=result.project_year).values_list("kind", flat=True)
        assert sorted(kinds) == ["evaluation", "self_evaluation"]

    def test_allocation_rounds(self, loaded):
        rounds = AllocationRound.objects.order_by("fiscal_year")
        assert [(row.name, row.state) for row in rounds] == [
            ("2026年度县本级项目预算安排", "issued"), ("2027年度县本级项目预算安排", "simulated"),
        ]
        assert year_of(ROADS, 2026).ceiling_yuan == year_of(ROADS, 2026).requested_yuan == Decimal("12800000.00")


class TestFigures:
    def test_spending_equals_the_workbooks_to_the_fen(self, loaded):
        wanted: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for year in (2025, 2026):
            for row in workbook_rows(f"spending-{year}.xlsx", "支付明细"):
                if row["项目编码"] in PROJECTS:
                    wanted[row["项目编码"], year] += Decimal(str(row["金额(元)"])).quantize(Decimal("0.01"))
        found = {
            (row.project.code, row.fiscal_year_id): row.spent_yuan
            for row in ProjectYear.objects.filter(fiscal_year__lte=2026).select_related("project") if row.spent_yuan
        }
        assert found == dict(wanted)
        assert found[ROADS, 2025] == Decimal("11040000.00") and found[ROADS, 2026] == Decimal("8678400.00")
        assert sum(found.values()) == sum(Spending.objects.values_list("amount_yuan", flat=True))

    def test_budgets_after_adjustment(self, loaded):
        flooding, sweepers = year_of(FLOODING, 2026), year_of(SWEEPERS, 2026)
        assert (flooding.initial_yuan, flooding.budget_yuan) == (Decimal("4200000.00"), Decimal("3600000.00"))
        assert (sweepers.initial_yuan, sweepers.budget_yuan) == (Decimal("2860000.00"), Decimal("0.00"))
        cuts = BudgetAdjustment.objects.filter(project_year=sweepers)
        assert [(row.document_no, row.amount_yuan) for row in cuts] == [("安财预〔2026〕58号", Decimal("-2860000.00"))]

    def test_the_flagship_judges_itself(self, loaded):
        sheet = newest(SelfEvaluation, ROADS, 2025)
        assert (sheet.execution_score, sheet.total, sheet.grade) == (Decimal("9.60"), Decimal("97.91"), "优")
        assert sheet.department_score == Decimal("97.91")

    def test_the_flagship_is_evaluated(self, loaded):
        evaluation = newest(Evaluation, ROADS, 2025)
        parts: dict[str, Decimal] = defaultdict(Decimal)
        for line in evaluation.line_list():
            parts[line.level1] += line.score
        assert dict(parts) == {
            "decision": Decimal("18.00"), "process": Decimal("16.84"), "output": Decimal("27.06"),
            "benefit": Decimal("22.70"),
        }
        assert (evaluation.score, evaluation.grade, evaluation.institution.code) == (Decimal("84.60"), "良", "Z01")
        letter = newest(Rectification, ROADS, 2025)
        assert letter.letter_no == "安财绩函〔2026〕18号"
        assert [(item.seq, item.problem, item.done_on is not None) for item in letter.item_list()] == [
            (1, "6条路段无养护巡查记录，巡查制度执行不到位", True), (2, "2笔机械租赁费6.83万元无台班签认单", False),
            (3, "2个乡镇未印发管养细则，乡级管养资金和人员未落实", False),
        ]

    def test_lamps(self, loaded):
        found = {
            (row.project_year.project.code, row.round.number): (row.money_lamp, row.project_lamp)
            for row in ProgressReport.objects.all()
        }
        assert found == {
            (ROADS, 1): ("yellow", "yellow"), (ROADS, 2): ("yellow", "yellow"),
            (SWEEPERS, 1): ("red", "red"), (KITCHEN_WASTE, 1): ("red", "red"),
            (FLOODING, 1): ("yellow", "yellow"), (FLOODING, 2): ("yellow", "yellow"),
            (OLD_HOUSING, 1): ("green", "green"), (OLD_HOUSING, 2): ("yellow", "yellow"),
        }
        assert year_of(FLOODING, 2026).lamp == "yellow" and year_of(SWEEPERS, 2026).lamp == "red"

    def test_alerts_and_what_became_of_them(self, loaded):
        found = {
            (row.project_year.project.code, row.report.round.number): (row.state, row.outcome)
            for row in Alert.objects.all()
        }
        assert found == {
            (SWEEPERS, 1): ("closed", "stopped"), (KITCHEN_WASTE, 1): ("closed", "suspended"),
            (FLOODING, 1): ("closed", "target_adjusted"), (FLOODING, 2): ("open", ""),
            (ROADS, 1): ("closed", "explained"),
        }

    def test_ex_ante_marks_and_the_amount_allowed(self, loaded):
        weather, flooding = newest(ExAnteAssessment, WEATHER, 2027), newest(ExAnteAssessment, FLOODING, 2026)
        assert (weather.score, weather.conclusion) == (Decimal("59.00"), "reject")
        assert (flooding.score, flooding.amount_suggested_yuan) == (Decimal("86.00"), Decimal("4200000.00"))
        compared = comparison_of(flooding)
        assert (compared["people"], compared["is_wide"]) == (["杜文涛", "沈玉梅", "尹洁"], False)
        sums = {dimension["name"]: dimension["score"] for dimension in compared["dimensions"]}
        assert sums == {
            "立项必要性": 18, "投入经济性": 15, "绩效目标合理性": 18, "实施方案可行性": 19, "筹资合规性": 16,
        }


class TestHowItCameAbout:
    def test_the_audit_chain_is_whole_and_time_only_runs_forward(self, loaded):
        assert list(audit.broken_links()) == []
        last: dict[tuple[str, int], datetime] = {}
        for entry in AuditEntry.objects.order_by("pk"):
            key = (entry.model, entry.object_id)
            assert last.get(key, entry.at) <= entry.at <= NOW, f"{entry.action} {entry.subject}"
            last[key] = entry.at

    def test_nothing_was_done_by_nobody_but_the_first_administrator(self, loaded):
        without_actor = AuditEntry.objects.filter(actor_id=None).order_by("pk").values_list("action", flat=True)
        assert list(without_actor) == ["core.organisation.save", "core.user.save"]

    def test_the_units_own_people_did_it(self, loaded):
        declaration = newest(TargetDeclaration, ROADS, 2026)
        steps = AuditEntry.objects.of(declaration).exclude(action__endswith="fill").order_by("pk")
        assert [(entry.action.rpartition(".")[2], entry.actor_name) for entry in steps] == [
            ("create", "周晓岚"), ("submit", "李卫国"), ("pass_unit", "陈国栋"), ("pass_department", "张雯"),
            ("review_first", "陆远"), ("pass_fiscal", "周晓岚"), ("approve", "程立新"),
        ]

    def test_to_dos_are_those_of_the_records_holders(self, loaded):
        wanted, found = set(), set(ToDo.objects.values_list("model", "object_id", "role", "organisation_id"))
        for model in (
            ProjectYear, ExAnteAssessment, TargetDeclaration, ProgressReport, Alert, SelfEvaluation, Evaluation,
            Rectification, AllocationRound,
        ):
            for row in model.objects.all():
                roles = row.holder.roles if row.holder else ()
                wanted |= {(model._meta.label_lower, row.pk, role, row.organisation_for(role)) for role in roles}
        assert found == wanted
        mine = ToDo.objects.addressed_to(User.objects.get(username="liweiguo")).order_by("year")
        assert [(todo.verb, todo.subject, todo.year) for todo in mine] == [
            ("整改并报送结果", "农村公路日常养护及小修保养", 2025), ("修改绩效监控", "农村公路日常养护及小修保养", 2026),
            ("填报绩效目标", "农村公路日常养护及小修保养", 2027),
        ]

    def test_a_firm_sees_only_what_it_is_at_work_on(self, loaded):
        opened = ProjectAccess.objects.filter(closed_at=None)
        assert [(row.project_year.project.code, row.institution.code) for row in opened] == [(ROADS, "Z01")]

    def test_years_rule_sets_windows_and_notices(self, loaded):
        assert list(RuleSet.objects.order_by("fiscal_year").values_list("fiscal_year", "preset", "region")) == [
            (2025, "mof-2021-cost", "安澜县"), (2026, "mof-2021-cost", "安澜县"), (2027, "mof-2021-cost", "安澜县"),
        ]
        assert FiscalYear.objects.count() == 3 and TaskWindow.objects.count() == 30
        ends = dict(TaskWindow.objects.filter(fiscal_year=2027).values_list("stage", "due_on"))
        assert (str(ends["target_filing"]), str(ends["dept_review"])) == ("2026-11-29", "2026-12-04")
        for_all = Notice.objects.filter(recipient=None)
        assert (for_all.count(), for_all.latest("published_at").title) == (8, "绩效监控填报口径说明")
        assert Organisation.objects.count() == 64 and User.objects.get(username="heliang").holds(Role.SYSADMIN)


class TestCommands:
    def test_a_database_in_use_is_left_alone(self, loaded):
        before = AuditEntry.objects.count()
        with pytest.raises(RuleViolation) as caught:
            sample_county.load(now=NOW)
        assert caught.value.codes == ["not_empty"]
        assert "已有 64 个机构、15 个年度项目" in caught.value.reasons[0].sentence
        assert AuditEntry.objects.count() == before

    def test_one_account_for_each_role(self, loaded):
        out = io.StringIO()
        call_command("demo_accounts", stdout=out)
        lines = [line.split() for line in out.getvalue().splitlines()]
        assert lines[0] == ["角色", "登录名", "姓名", "单位", "密码"]
        assert [line[0] for line in lines[1:]] == [role.label for role in Role]
        assert lines[1] == ["单位经办人", "liweiguo", "李卫国", "县公路养护中心", sample_county.PASSWORD]
        assert User.objects.get(username=lines[11][1]).check_password(sample_county.PASSWORD)
