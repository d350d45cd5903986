"""The machine of the target declaration: every state with every step, permissions, separation, stale pages."""

import pytest
from django.core.exceptions import PermissionDenied

from core.access import Role
from core.errors import RuleViolation
from core.models import RoleAssignment, ToDo, User
from core.transitions import available, perform
from targets.models import TargetDeclaration
from tests.factories.cast import NOON, Cast
from tests.targets.makers import make_draft, review, walk
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    footprint,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("draft", "submit"): "unit_review",
    ("returned", "submit"): "unit_review",
    ("returned", "resubmit"): "returned_from",
    ("unit_review", "recall"): "draft",
    ("unit_review", "pass_unit"): "dept_reviewing",
    ("dept_reviewing", "pass_department"): "fiscal_reviewing",
    ("fiscal_reviewing", "review_first"): "fiscal_reviewing",
    ("fiscal_reviewing", "pass_fiscal"): "ready_for_approval",
    ("unit_review", "send_back"): "returned",
    ("dept_reviewing", "send_back"): "returned",
    ("fiscal_reviewing", "send_back"): "returned",
    ("ready_for_approval", "send_back"): "returned",
    ("dept_reviewing", "block"): "blocked",
    ("fiscal_reviewing", "block"): "blocked",
    ("ready_for_approval", "approve"): "approved",
    ("approved", "supersede"): "superseded",
}
ACTORS = {
    "submit": "li_weiguo", "resubmit": "li_weiguo", "recall": "li_weiguo", "pass_unit": "wang_jianguo",
    "pass_department": "zhang_wen",
    "review_first": "lu_yuan", "pass_fiscal": "zhou_xiaolan", "approve": "qian_li", "supersede": "qian_li",
}
SENDERS = {
    "unit_review": "wang_jianguo", "dept_reviewing": "zhang_wen", "fiscal_reviewing": "zhou_xiaolan",
    "ready_for_approval": "qian_li",
}


def actor_of(cast: Cast):
    def actor(step: str, record: TargetDeclaration):
        return getattr(cast, ACTORS.get(step) or SENDERS.get(record.state, "zhou_xiaolan"))
    return actor


def test_table_is_what_the_model_declares():
    assert declared_table(TargetDeclaration) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(TargetDeclaration)
    check_holders(TargetDeclaration)


def test_every_other_pair_is_refused_and_writes_nothing(cast):
    draft = make_draft(cast)
    assert refused_everywhere(draft, TABLE, actor_of(cast), at=NOON, cause=draft) == 9 * 11 - 16


@pytest.mark.parametrize(("state", "step"), sorted(set(TABLE) - {("returned", "resubmit")}))
def test_every_allowed_pair_reaches_its_target(cast, state, step):
    declaration = walk(make_draft(cast), cast, state if state in SENDERS else "draft")
    if state in ("returned", "approved"):
        declaration = put_into(declaration, state)
    data = {"pass_department": review(), "pass_fiscal": review(), "approve": {"document_no": "安财预〔2026〕18号"}}
    by = actor_of(cast)(step, declaration)
    if step == "pass_fiscal":
        declaration = perform(declaration, "review_first", by=cast.lu_yuan, at=NOON, reason="同意。")

    fresh = perform(
        declaration, step, by=by, at=NOON, reason="请补测算依据。", data=data.get(step, {}), cause=declaration
    )

    assert fresh.state == TABLE[state, step]


@pytest.mark.parametrize("state", sorted(SENDERS))
def test_a_corrected_declaration_goes_straight_back_to_where_it_was_returned(cast, state):
    declaration = walk(make_draft(cast), cast, state)
    sender = getattr(cast, SENDERS[state])
    declaration = perform(declaration, "send_back", by=sender, at=NOON, reason="请补测算依据。")
    assert (declaration.state, declaration.returned_from) == ("returned", state)

    fresh = perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)

    assert (fresh.state, fresh.submissions) == (state, 2)
    assert perform(fresh, "send_back", by=sender, at=NOON, reason="仍缺测算依据。").returned_from == state


OUTSIDERS = {
    "submit": ("chen_mo", "wang_jianguo", "zhang_wen", "zhou_xiaolan", "wu_di"),
    "pass_unit": ("li_weiguo", "chen_mo", "zhang_wen", "zhou_xiaolan", "wu_di"),
    "pass_department": ("li_weiguo", "wang_jianguo", "zhao_zhiyuan", "zhou_xiaolan", "wu_di"),
    "review_first": ("li_weiguo", "zhang_wen", "zhou_xiaolan", "qian_li", "wu_di"),
    "pass_fiscal": ("li_weiguo", "zhang_wen", "lu_yuan", "qian_li", "wu_di"),
    "approve": ("li_weiguo", "zhang_wen", "zhou_xiaolan", "sun_zheng", "wu_di"),
}


@pytest.mark.parametrize("step", sorted(OUTSIDERS))
def test_others_may_not_take_the_step(cast, step):
    state = next(state for state, name in TABLE if name == step)
    declaration = walk(make_draft(cast), cast, state if state in SENDERS else "draft")
    before = footprint(declaration)
    for name in OUTSIDERS[step]:
        with pytest.raises(PermissionDenied):
            perform(declaration, step, by=getattr(cast, name), at=NOON, reason="测试", data=review())
    assert footprint(declaration) == before


def test_department_of_another_unit_may_not_send_back(cast):
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    with pytest.raises(PermissionDenied):
        perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请补测算依据。")


def test_who_submitted_does_not_review(cast):
    """SEP-1: 李卫国 is made leader of his own unit as well and may still not pass what he submitted."""
    RoleAssignment.objects.create(user=cast.li_weiguo, role=Role.UNIT_LEADER, organisation=cast.unit)
    declaration = walk(make_draft(cast), cast, "unit_review")
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "pass_unit", by=User.objects.get(pk=cast.li_weiguo.pk), at=NOON)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        "“农村公路日常养护及小修保养”2026年度绩效目标由您本人填报或报送，按审核分离要求请由他人办理“审核通过，报送主管部门”。"
    ]
    assert perform(declaration, "pass_unit", by=cast.wang_jianguo, at=NOON).state == "dept_reviewing"


def test_of_two_stale_pages_only_one_passes(cast):
    declaration = walk(make_draft(cast), cast, "unit_review")
    seen = declaration.revision
    perform(declaration, "pass_unit", by=cast.wang_jianguo, at=NOON, seen=seen)
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "recall", by=cast.li_weiguo, at=NOON, seen=seen)
    assert refusal.value.codes == ["stale"]


def test_todo_follows_the_declaration(cast):
    """Each state is held by one side, named with its deadline; an approved one is held by nobody."""
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    todo = ToDo.objects.get(model="targets.targetdeclaration", object_id=declaration.pk)
    assert (todo.role, todo.organisation_id, todo.verb) == ("dept_performance", cast.department.pk, "初审绩效目标")
    assert str(todo.due_on) == "2026-09-26"
    declaration = walk(declaration, cast, "fiscal_reviewing")
    assert ToDo.objects.get(model="targets.targetdeclaration").role == "fiscal_performance"


def test_the_business_section_holds_it_before_the_performance_section(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    declaration = perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=review())
    todo = ToDo.objects.get(model="targets.targetdeclaration")
    assert (todo.role, todo.organisation_id) == ("fiscal_business", cast.section.pk)
    perform(declaration, "review_first", by=cast.lu_yuan, at=NOON, reason="同意。")
    assert ToDo.objects.get(model="targets.targetdeclaration").role == "fiscal_performance"


def test_buttons_of_the_operator_name_every_reason(cast):
    declaration = make_draft(cast, lines=[], goal="")
    (submit,) = available(declaration, cast.li_weiguo)
    assert (submit.name, submit.allowed) == ("submit", False)
    title = "“农村公路日常养护及小修保养”2026年度绩效目标"
    assert submit.reasons == [
        f"{title}没有填写年度总体目标，请填写后再报送。",
        f"{title}没有产出指标，请至少填写一条。",
        f"{title}没有效益指标，请至少填写一条。",
        f"{title}的产出指标权重合计 0.00 分，规定为 50 分，请调整该类指标的权重。",
        f"{title}的效益指标权重合计 0.00 分，规定为 40 分，请调整该类指标的权重。",
    ]
    assert available(declaration, cast.chen_mo) == []
