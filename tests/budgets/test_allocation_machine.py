"""Every state of an allocation round against every step, its guards, and the road from results to ceilings."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import AllocationBasis, AllocationLine, AllocationRound, BudgetLine, ProjectYear
from budgets.services import change_line, open_allocation_round, record_allocation_basis, waive_line
from core.errors import RuleViolation
from core.models import AuditEntry
from core.transitions import perform
from tests.factories.cast import make_project, make_year
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("draft", "simulate"): "simulated",
    ("simulated", "simulate"): "simulated",
    ("simulated", "submit"): "submitted",
    ("submitted", "send_back"): "draft",
    ("submitted", "decide"): "decided",
    ("decided", "issue"): "issued",
}
ACTORS = {
    "simulate": "qian_li", "submit": "qian_li", "issue": "qian_li", "send_back": "sun_zheng", "decide": "sun_zheng",
}
DECISION = {"document_no": "安财会纪〔2026〕18号", "decided_on": date(2026, 11, 20)}


@pytest.fixture
def round_(cast, at):
    return open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"), by=cast.qian_li, at=at
    )


def result_of(cast, at, year, grade="良", **more):
    values = {
        "evaluation": "fiscal", "score": Decimal("84.60"), "grade": grade, "poor_years": 0, "rectification": "none",
        "carryover_yuan": Decimal("0.00"), "lamps": [], "source": "安财绩〔2026〕7号",
    }
    return record_allocation_basis(year, by=cast.zhou_xiaolan, at=at, **(values | more))


def make_road(cast, at, *, code="26-JT-0012", name="农村公路日常养护及小修保养", grade="中", base="5000000.00",
              requested="5200000.00", **more):
    """A project with a 2025 result, a 2026 budget and a 2027 request."""
    project = make_project(cast, code=code, name=name)
    old = make_year(cast, project=project, year=2025, stage="applied", fiscal_yuan=base)
    make_year(cast, project=project, year=2026, stage="executing", fiscal_yuan=base)
    make_year(cast, project=project, year=2027, fiscal_yuan=requested)
    result_of(cast, at, old, grade=grade, **more)
    return project


def actor(cast):
    return lambda step, record: getattr(cast, ACTORS[step])


def test_table_equals_declared_steps():
    assert declared_table(AllocationRound) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(AllocationRound)
    check_holders(AllocationRound)


@pytest.mark.parametrize(("state", "step"), list(TABLE))
def test_allowed_pair_reaches_its_target(cast, at, round_, state, step):
    make_road(cast, at)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    fresh = perform(
        put_into(round_, state), step, by=actor(cast)(step, round_), at=at, reason="请再核", data=DECISION
    )
    assert fresh.state == TABLE[state, step]


def test_every_other_pair_is_refused_and_writes_nothing(cast, at, round_):
    assert refused_everywhere(round_, TABLE, actor(cast), at=at) == 5 * 5 - len(TABLE)


def test_years_follow_the_calendar(cast, round_):
    assert (round_.base_year_id, round_.result_year_id, round_.ruleset) == (2026, 2025, cast.ruleset)


def test_opening_is_for_the_budget_section_and_known_years(cast, at):
    with pytest.raises(PermissionDenied):
        open_allocation_round(
            name="2027年", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("1.00"), by=cast.zhou_xiaolan, at=at
        )
    with pytest.raises(RuleViolation) as caught:
        open_allocation_round(
            name="2026年补充", fiscal_year=cast.years[2026], ceiling_yuan=Decimal("1.00"), by=cast.qian_li, at=at
        )
    assert str(caught.value) == "轮次“2026年补充”的结果年度 2024 年度还没有建立，请先由系统管理员建立该年度。"
    assert AllocationRound.objects.count() == 0


def refusal_of(record, step, *, by, at, **more):
    with pytest.raises(RuleViolation) as caught:
        perform(record, step, by=by, at=at, **more)
    return caught.value


def test_simulation_applies_the_rule_and_shows_its_working(cast, at, round_):
    project = make_road(cast, at)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    line = AllocationLine.objects.get(round=round_, project=project)
    assert (line.base_yuan, line.requested_yuan) == (Decimal("5000000.00"), Decimal("5200000.00"))
    assert (line.rule_code, line.action) == ("R1-中", "cut")
    assert (line.suggested_yuan, line.final_yuan) == (Decimal("4500000.00"), Decimal("4500000.00"))
    assert line.basis == AllocationBasis.objects.get()
    assert line.working["formula"] == "500.00 × (1 - 10%) = 450.00 万元，与申报数 520.00 万元取较小者，建议 450.00 万元"
    assert line.working["hits"] == [{
        "code": "R1-中", "action": "压减预算", "basis": "财预〔2020〕10号：中、差的完善政策改进管理，根据情况核减预算",
        "sum": "500.00 × (1 - 10%) = 450.00 万元", "applied": True,
    }]


def test_good_results_keep_what_was_asked(cast, at, round_):
    make_road(cast, at, grade="优")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    line = AllocationLine.objects.get()
    assert (line.rule_code, line.action, line.final_yuan) == ("R1-优良", "priority", Decimal("5200000.00"))


def test_two_poor_years_cancel(cast, at, round_):
    make_road(cast, at, grade="差", poor_years=2)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    assert AllocationLine.objects.get().final_yuan == Decimal("0.00")


def test_protected_spending_is_never_cut(cast, at, round_):
    project = make_road(cast, at, grade="差")
    type(project).objects.update(is_protected=True)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    line = AllocationLine.objects.get()
    assert line.final_yuan == Decimal("5200000.00")
    assert any("“三保”支出不自动压减" in note for note in line.working["notes"])


def test_projects_without_request_are_reckoned_with_their_base(cast, at, round_):
    recurring = make_project(cast, code="26-JT-0001", name="农村客运补贴")
    make_year(cast, project=recurring, year=2026, stage="executing", fiscal_yuan="800000.00")
    once = make_project(cast, code="26-JT-0002", name="超限检测站改造", duration_type="one_off")
    make_year(cast, project=once, year=2026, stage="executing", fiscal_yuan="600000.00")
    new = make_project(cast, code="27-JT-0003", name="智慧公路试点", attribute="new")
    make_year(cast, project=new, year=2027, fiscal_yuan="300000.00")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    lines = round_.lines.all()
    assert {line.project.name: (line.base_yuan, line.requested_yuan, line.final_yuan) for line in lines} == {
        "农村客运补贴": (Decimal("800000.00"), Decimal("800000.00"), Decimal("800000.00")),
        "超限检测站改造": (Decimal("600000.00"), Decimal("0.00"), Decimal("0.00")),
        "智慧公路试点": (Decimal("0.00"), Decimal("300000.00"), Decimal("300000.00")),
    }


def test_newest_result_stands_in_for_a_missing_one(cast, at, round_):
    project = make_project(cast)
    year = make_year(cast, project=project, year=2026, stage="applied", fiscal_yuan="1000000.00")
    result_of(cast, at, year, grade="中")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    line = AllocationLine.objects.get()
    assert line.final_yuan == Decimal("900000.00")
    assert "2025年度没有评价结果，采用2026年度的结果。" in line.working["notes"]


def test_a_corrected_result_counts_and_the_decided_line_keeps_the_old_one(cast, at, round_):
    make_road(cast, at, grade="中")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    first = AllocationLine.objects.get().basis
    year = ProjectYear.objects.get(fiscal_year=2025)
    with pytest.raises(RuleViolation) as caught:
        result_of(cast, at, year, grade="良")
    assert caught.value.codes == ["basis_unreasoned"]
    result_of(cast, at, year, grade="良", reason="复核后改分")
    assert AllocationLine.objects.get().basis == first
    perform(AllocationRound.objects.get(), "simulate", by=cast.qian_li, at=at)
    assert AllocationLine.objects.get().final_yuan == Decimal("5200000.00")


def test_submitting_needs_lines_results_and_the_ceiling(cast, at, round_):
    row = put_into(round_, "simulated")
    assert refusal_of(row, "submit", by=cast.qian_li, at=at).codes == ["no_lines"]
    project = make_project(cast, name="农村客运补贴")
    make_year(cast, project=project, year=2026, stage="executing", fiscal_yuan="21000000.00")
    perform(row, "simulate", by=cast.qian_li, at=at)
    refusal = refusal_of(row, "submit", by=cast.qian_li, at=at)
    assert refusal.codes == ["no_basis", "over_total"]
    assert refusal.reasons[0].sentence == (
        "“2027年部门项目”有 1 个项目既没有评价结果依据，也没有写明免于挂钩的理由：农村客运补贴，请先补齐再提交。"
    )
    assert refusal.reasons[1].sentence == (
        "“2027年部门项目”安排合计 2,100.00 万元，超过总控制数 2,000.00 万元，请调减 100.00 万元后再提交。"
    )
    line = AllocationLine.objects.get()
    line = waive_line(line, waiver="上年新设，尚无评价结果", by=cast.qian_li, at=at)
    assert refusal_of(row, "submit", by=cast.qian_li, at=at).codes == ["over_total"]
    change_line(line, changed_yuan=Decimal("20000000.00"), reason="按财力安排", by=cast.qian_li, at=at)
    fresh = perform(row, "submit", by=cast.qian_li, at=at)
    assert (fresh.state, fresh.submitted_by) == ("submitted", cast.qian_li)


def test_deciding_needs_a_document_and_another_person(cast, at, round_):
    make_road(cast, at)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    row = put_into(round_, "submitted")
    refusal = refusal_of(row, "decide", by=cast.sun_zheng, at=at, data={"document_no": " ", "decided_on": None})
    assert refusal.codes == ["no_document", "no_decision_date"]
    fresh = perform(row, "decide", by=cast.sun_zheng, at=at, data=DECISION)
    assert (fresh.document_no, fresh.decided_on) == ("安财会纪〔2026〕18号", date(2026, 11, 20))
    AllocationRound.objects.update(created_by=cast.sun_zheng)
    refusal = refusal_of(put_into(row, "submitted"), "decide", by=cast.sun_zheng, at=at, data=DECISION)
    assert refusal.codes == ["SEP-1"]


def simulated(cast, at, round_):
    make_road(cast, at)
    return perform(round_, "simulate", by=cast.qian_li, at=at), AllocationLine.objects.get()


def test_a_change_needs_its_reason_and_stays_apart_from_the_suggestion(cast, at, round_):
    row, line = simulated(cast, at, round_)
    with pytest.raises(RuleViolation) as caught:
        change_line(line, changed_yuan=Decimal("4800000.00"), reason=" ", by=cast.qian_li, at=at)
    assert caught.value.codes == ["change_unreasoned"]
    assert str(caught.value) == "“农村公路日常养护及小修保养”由建议的 450.00 万元改为 480.00 万元，请写明理由。"
    with pytest.raises(RuleViolation) as caught:
        change_line(line, changed_yuan=Decimal("-1.00"), reason="减", by=cast.qian_li, at=at)
    assert caught.value.codes == ["negative"]
    line = change_line(
        line, changed_yuan=Decimal("4800000.00"), reason="新增管养里程 16.5 公里", by=cast.qian_li, at=at, seen=row.revision
    )
    assert (line.suggested_yuan, line.changed_yuan, line.final_yuan) == (
        Decimal("4500000.00"), Decimal("4800000.00"), Decimal("4800000.00")
    )
    entry = AuditEntry.objects.filter(action="budgets.allocationline.decide").get()
    assert (entry.before["final_yuan"], entry.after["final_yuan"], entry.reason) == (
        "4500000.00", "4800000.00", "新增管养里程 16.5 公里"
    )
    with pytest.raises(RuleViolation) as caught:
        change_line(line, changed_yuan=None, reason="", by=cast.qian_li, at=at, seen=row.revision)
    assert caught.value.codes == ["stale"]
    line = change_line(line, changed_yuan=None, reason="", by=cast.qian_li, at=at)
    assert (line.changed_yuan, line.change_reason, line.final_yuan) == (None, "", Decimal("4500000.00"))


def test_changes_survive_a_new_simulation(cast, at, round_):
    _, line = simulated(cast, at, round_)
    change_line(line, changed_yuan=Decimal("4800000.00"), reason="新增里程", by=cast.qian_li, at=at)
    perform(round_, "simulate", by=cast.qian_li, at=at)
    line = AllocationLine.objects.get()
    assert (line.suggested_yuan, line.final_yuan, line.change_reason) == (
        Decimal("4500000.00"), Decimal("4800000.00"), "新增里程"
    )


def test_waiver_needs_a_reason_and_frees_from_the_cut(cast, at, round_):
    _, line = simulated(cast, at, round_)
    with pytest.raises(RuleViolation) as caught:
        waive_line(line, waiver="", by=cast.qian_li, at=at)
    assert caught.value.codes == ["waiver_unreasoned"]
    line = waive_line(line, waiver="上级政策性配套", by=cast.qian_li, at=at)
    assert (line.waiver, line.final_yuan) == ("上级政策性配套", Decimal("5200000.00"))


def test_lines_are_changed_by_the_budget_section_while_the_round_is_in_the_making(cast, at, round_):
    row, line = simulated(cast, at, round_)
    with pytest.raises(PermissionDenied):
        change_line(line, changed_yuan=Decimal("1.00"), reason="试", by=cast.zhou_xiaolan, at=at)
    put_into(row, "submitted")
    with pytest.raises(RuleViolation) as caught:
        change_line(line, changed_yuan=Decimal("1.00"), reason="试", by=cast.qian_li, at=at)
    assert caught.value.codes == ["not_editable"]


def test_issuing_gives_ceilings_and_opens_missing_years(cast, at, round_):
    make_road(cast, at)
    other = make_project(cast, code="26-JT-0020", name="公路绿化管护")
    old = make_year(cast, project=other, year=2025, stage="applied", fiscal_yuan="1000000.00")
    base = make_year(cast, project=other, year=2026, stage="executing", fiscal_yuan="750000.00")
    BudgetLine.objects.create(project_year=base, source="other", requested_yuan=0, initial_yuan=Decimal("250000.00"))
    ProjectYear.objects.filter(pk=base.pk).update(budget_yuan=Decimal("1000000.00"))
    result_of(cast, at, old, grade="差")
    gone = make_project(cast, code="26-JT-0021", name="超限检测站改造", duration_type="one_off")
    make_year(cast, project=gone, year=2026, stage="executing", fiscal_yuan="600000.00")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    AllocationRound.objects.update(document_no="安财会纪〔2026〕18号")
    perform(put_into(round_, "decided"), "issue", by=cast.qian_li, at=at)
    years = {year.project.name: year for year in ProjectYear.objects.filter(fiscal_year=2027)}
    assert {name: year.ceiling_yuan for name, year in years.items()} == {
        "农村公路日常养护及小修保养": Decimal("4500000.00"), "公路绿化管护": Decimal("800000.00"),
    }
    opened = years["公路绿化管护"]
    assert (opened.stage, opened.previous, opened.requested_yuan) == ("drafting", base, Decimal("800000.00"))
    assert dict(opened.lines.values_list("source", "requested_yuan")) == {
        "fiscal": Decimal("600000.00"), "other": Decimal("200000.00"),
    }
    asked = years["农村公路日常养护及小修保养"]
    refusal = refusal_of(asked, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.codes == ["over_ceiling"]
    assert "申请 520.00 万元，超过下达的控制数 450.00 万元，请调减 70.00 万元后再提交。" in str(refusal)


def test_a_basis_keeps_what_was_recorded(cast, at):
    year = make_year(cast, year=2025, stage="applied")
    ProjectYear.objects.update(execution_rate=Decimal("0.9312"))
    year.refresh_from_db()
    basis = result_of(cast, at, year, lamps=["green", "yellow"], carryover_yuan=Decimal("880000.00"))
    assert (basis.execution_rate, basis.lamps, basis.source, basis.recorded_by) == (
        Decimal("0.9312"), ["green", "yellow"], "安财绩〔2026〕7号", cast.zhou_xiaolan
    )
    with pytest.raises(ValueError, match="unheard-of"):
        result_of(cast, at, year, evaluation="unheard-of", reason="更正")
