"""Every stage of a project-year against every step, and every guard with its figures."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import BudgetAdjustment, ExAnteAssessment, ProjectYear, Spending
from core import records
from core.errors import RuleViolation
from core.transitions import declared_steps, perform
from tests.factories.cast import make_project, make_year
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("drafting", "start_ex_ante"): "ex_ante",
    ("drafting", "start_filing"): "target_filing",
    ("ex_ante", "admit"): "target_filing",
    ("ex_ante", "reject"): "rejected",
    ("target_filing", "reject"): "rejected",
    ("target_review", "reject"): "rejected",
    ("rejected", "reconsider"): "ex_ante",
    ("target_filing", "begin_filing"): "target_filing",
    ("target_filing", "start_review"): "target_review",
    ("target_review", "reopen_filing"): "target_filing",
    ("awaiting_approval", "reopen_filing"): "target_filing",
    ("target_review", "await_approval"): "awaiting_approval",
    ("awaiting_approval", "open_execution"): "executing",
    ("executing", "suspend"): "suspended",
    ("suspended", "resume"): "executing",
    ("executing", "stop"): "stopped",
    ("suspended", "stop"): "stopped",
    ("executing", "start_self_evaluation"): "self_evaluating",
    ("suspended", "start_self_evaluation"): "self_evaluating",
    ("stopped", "start_self_evaluation"): "self_evaluating",
    ("self_evaluating", "start_evaluation"): "evaluating",
    ("self_evaluating", "start_rectification"): "rectifying",
    ("evaluating", "start_rectification"): "rectifying",
    ("self_evaluating", "apply_result"): "applied",
    ("evaluating", "apply_result"): "applied",
    ("rectifying", "apply_result"): "applied",
    ("applied", "close"): "closed",
}
BY_HAND = {
    "start_ex_ante": "li_weiguo", "start_filing": "li_weiguo", "suspend": "qian_li", "resume": "qian_li",
    "stop": "qian_li", "close": "zhou_xiaolan",
}
DATA = {
    "open_execution": {"document_no": "安财预〔2026〕9号"},
    "apply_result": {"score": Decimal("84.60"), "grade": "良"},
}


@pytest.fixture
def year(cast):
    return make_year(cast)


@pytest.fixture
def document(cast, year, at):
    """Any record of the same project-year may be the cause of a driven step."""
    return records.create(ExAnteAssessment(project_year=year, version=9), by=cast.li_weiguo, at=at)


def actor(cast):
    return lambda step, record: getattr(cast, BY_HAND.get(step, "zhou_xiaolan"))


def test_table_equals_declared_steps():
    assert declared_table(ProjectYear) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(ProjectYear)
    check_holders(ProjectYear)
    driven = {name for name, step in declared_steps(ProjectYear).items() if not step.permission.roles}
    assert driven == {step for _, step in TABLE} - set(BY_HAND)


@pytest.mark.parametrize(("stage", "step"), list(TABLE))
def test_allowed_pair_reaches_its_target(cast, year, document, at, stage, step):
    fresh = perform(
        put_into(year, stage), step, by=actor(cast)(step, year), at=at, reason="情况属实", data=DATA.get(step, {}),
        cause=document,
    )
    assert fresh.stage == TABLE[stage, step]
    assert fresh.state_since == at


def test_every_other_pair_is_refused_and_writes_nothing(cast, year, document, at):
    tried = refused_everywhere(year, TABLE, actor(cast), at=at, cause=document)
    assert tried == 14 * 18 - len(TABLE)


@pytest.mark.parametrize("step", sorted({step for _, step in TABLE} - set(BY_HAND)))
def test_driven_steps_are_nobodys_by_hand(cast, year, at, step):
    stage = next(stage for stage, name in TABLE if name == step)
    row = put_into(year, stage)
    with pytest.raises(PermissionDenied):
        perform(row, step, by=cast.zhou_xiaolan, at=at, data=DATA.get(step, {}))


def test_a_document_of_another_project_drives_nothing(cast, year, at):
    other = make_year(cast, project=make_project(cast, code="26-JT-0099", name="农村公路桥梁安全设施提升"))
    with pytest.raises(PermissionDenied):
        perform(put_into(year, "ex_ante"), "admit", by=cast.zhou_xiaolan, at=at, cause=other)


@pytest.mark.parametrize(("step", "outsider"), [
    ("start_ex_ante", "chen_mo"), ("start_filing", "chen_mo"), ("start_filing", "wang_jianguo"),
    ("suspend", "zhou_xiaolan"), ("stop", "zhang_wen"), ("close", "qian_li"), ("resume", "wu_di"),
])
def test_others_may_not(cast, year, at, step, outsider):
    stage = next(stage for stage, name in TABLE if name == step)
    with pytest.raises(PermissionDenied):
        perform(put_into(year, stage), step, by=getattr(cast, outsider), at=at, reason="试试")


def refusal_of(year, step, *, by, at, **more):
    with pytest.raises(RuleViolation) as caught:
        perform(year, step, by=by, at=at, **more)
    return caught.value


def test_closed_year_refuses_until_it_is_open(cast, year, at):
    cast.years[2026].is_open = False
    cast.years[2026].save()
    refusal = refusal_of(year, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.codes == ["year_closed"]
    assert str(refusal) == (
        "2026年度已停止办理，“农村公路日常养护及小修保养”2026年度项目不能再提交；如确需办理请联系财政预算股。"
    )
    cast.years[2026].is_open = True
    cast.years[2026].save()
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_no_amount_is_refused(cast, at):
    year = make_year(cast, fiscal_yuan="0.00")
    assert refusal_of(year, "start_ex_ante", by=cast.li_weiguo, at=at).codes == ["no_amount"]
    assert refusal_of(year, "start_filing", by=cast.li_weiguo, at=at).codes == ["no_amount"]
    ProjectYear.objects.filter(pk=year.pk).update(requested_yuan=Decimal("0.01"))
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_request_over_the_ceiling_names_how_much_to_cut(cast, at):
    year = make_year(cast, fiscal_yuan="12500000.00", ceiling_yuan=Decimal("12000000.00"))
    refusal = refusal_of(year, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.codes == ["over_ceiling"]
    assert str(refusal) == (
        "“农村公路日常养护及小修保养”2026年度项目申请 1,250.00 万元，超过下达的控制数 1,200.00 万元，"
        "请调减 50.00 万元后再提交。"
    )
    ProjectYear.objects.filter(pk=year.pk).update(requested_yuan=Decimal("12000000.00"))
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_new_project_from_the_threshold_on_needs_its_assessment(cast, at):
    project = make_project(cast, attribute="new")
    year = make_year(cast, project=project, fiscal_yuan="1000000.00")
    refusal = refusal_of(year, "start_filing", by=cast.li_weiguo, at=at)
    assert refusal.codes == ["ex_ante_required"]
    assert "申请 100.00 万元，达到 100.00 万元的事前评估标准" in str(refusal)
    ProjectYear.objects.filter(pk=year.pk).update(requested_yuan=Decimal("999999.99"))
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_exemption_from_the_assessment_must_be_written(cast, at):
    year = make_year(cast, project=make_project(cast, attribute="new"), ex_ante_exemption="  ")
    assert refusal_of(year, "start_filing", by=cast.li_weiguo, at=at).codes == ["ex_ante_required"]
    ProjectYear.objects.filter(pk=year.pk).update(ex_ante_exemption="已按基本建设程序审批，安发改〔2025〕31号")
    assert perform(year, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_suspending_needs_a_reason(cast, at):
    year = make_year(cast, stage="executing")
    assert refusal_of(year, "suspend", by=cast.qian_li, at=at, reason=" ").codes == ["reason_missing"]
    assert perform(year, "suspend", by=cast.qian_li, at=at, reason="红灯未纠偏").stage == "suspended"


def test_a_stale_page_is_refused(cast, at):
    year = make_year(cast, stage="executing")
    perform(year, "suspend", by=cast.qian_li, at=at, reason="红灯未纠偏", seen=year.revision)
    refusal = refusal_of(year, "stop", by=cast.qian_li, at=at, reason="停止", seen=year.revision)
    assert refusal.codes == ["stale"]


def test_stopping_takes_back_what_is_left(cast, at):
    year = make_year(cast, stage="executing", fiscal_yuan="500000.00")
    Spending.objects.create(
        project_year=year, voucher_no="2026-0101", paid_on=at.date(), source="fiscal", amount_yuan=Decimal("120000.50")
    )
    ProjectYear.objects.filter(pk=year.pk).update(spent_yuan=Decimal("120000.50"))
    fresh = perform(year, "stop", by=cast.qian_li, at=at, reason="政策到期")
    assert (fresh.initial_yuan, fresh.budget_yuan, fresh.spent_yuan, fresh.execution_rate) == (
        Decimal("500000.00"), Decimal("120000.50"), Decimal("120000.50"), Decimal("1.0000")
    )
    cut = BudgetAdjustment.objects.get(project_year=year)
    assert (cut.amount_yuan, cut.document_no, cut.reason) == (Decimal("-379999.50"), "停止项目收回", "政策到期")


def test_opening_execution_sets_the_budget(cast, year, document, at):
    row = put_into(year, "awaiting_approval")
    fresh = perform(row, "open_execution", by=cast.qian_li, at=at, data=DATA["open_execution"], cause=document)
    assert (fresh.approval_document, fresh.approved_on.isoformat()) == ("安财预〔2026〕9号", "2026-09-16")
    assert (fresh.initial_yuan, fresh.budget_yuan, fresh.execution_rate) == (
        Decimal("12800000.00"), Decimal("12800000.00"), Decimal("0.0000")
    )


def test_applied_result_is_kept(cast, year, document, at):
    fresh = perform(
        put_into(year, "evaluating"), "apply_result", by=cast.zhou_xiaolan, at=at, data=DATA["apply_result"],
        cause=document,
    )
    assert (fresh.result_score, fresh.result_grade) == (Decimal("84.60"), "良")
