"""The machine of the rectification: letter, measures, results, and finance's word on every problem."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import AllocationBasis
from core.errors import RuleViolation
from core.rulebook.terms import RectificationState as Standing
from core.transitions import perform
from evaluation.models import Rectification
from evaluation.services import fill_rectification, publish_result, verify_item
from tests.evaluation.makers import make_final, make_letter, plan_letter, report_letter, walk_letter
from tests.evaluation.test_self_evaluation import refusal, sentences
from tests.factories.cast import NOON
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("issued", "acknowledge"): "acknowledged",
    ("acknowledged", "submit_plan"): "plan_submitted",
    ("returned", "submit_plan"): "plan_submitted",
    ("plan_submitted", "return_plan"): "returned",
    ("plan_submitted", "approve_plan"): "rectifying",
    ("rectifying", "submit_result"): "verifying",
    ("verifying", "return_result"): "rectifying",
    ("verifying", "close"): "closed",
}
ACTORS = {"acknowledge": "wang_jianguo", "submit_plan": "wang_jianguo", "submit_result": "wang_jianguo"}
TITLE = "“农村公路日常养护及小修保养”2026年度反馈整改"


def statuses(letter: Rectification) -> list[str]:
    return list(letter.items.values_list("status", flat=True))


def test_table_is_what_the_model_declares():
    assert declared_table(Rectification) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(Rectification)
    check_holders(Rectification)


def test_every_other_pair_is_refused_and_writes_nothing(cast):
    letter = make_letter(cast)
    tried = refused_everywhere(
        letter, TABLE, lambda step, record: getattr(cast, ACTORS.get(step, "zhou_xiaolan")), at=NOON
    )
    assert tried == 7 * 7 - 8


def test_the_whole_road_moves_every_problem_along(cast):
    letter = make_letter(cast)
    seen = []
    for state in ("acknowledged", "plan_submitted", "rectifying", "verifying", "closed"):
        letter = walk_letter(letter, cast, state)
        seen.append((letter.state, statuses(letter)))
    assert seen == [
        ("acknowledged", ["not_started"]), ("plan_submitted", ["not_started"]), ("rectifying", ["in_progress"]),
        ("verifying", ["reported"]), ("closed", ["verified"]),
    ]


def test_a_plan_names_measure_person_and_date_of_every_problem(cast):
    letter = make_letter(cast, "acknowledged")
    assert sentences(refusal(letter, "submit_plan", by=cast.wang_jianguo)) == [
        f"{TITLE}第 1 个问题没有写全整改措施、责任人和完成时限，请补充。"
    ]
    plan_letter(letter, cast)
    submitted = perform(letter, "submit_plan", by=cast.wang_jianguo, at=NOON)
    returned = perform(submitted, "return_plan", by=cast.zhou_xiaolan, at=NOON, reason="措施太笼统。")
    assert returned.state == "returned"
    plan_letter(returned, cast)
    assert perform(returned, "submit_plan", by=cast.wang_jianguo, at=NOON).state == "plan_submitted"


def test_results_come_after_the_plan_and_for_every_problem(cast):
    letter = make_letter(cast, "rectifying")
    assert refusal(letter, "submit_result", by=cast.wang_jianguo).codes == ["BLK-G2"]
    plan_letter(letter, cast)
    item = letter.items.get()
    assert (item.result, item.measure) == ("", "补签台班单，建立签认台账。")
    report_letter(letter, cast)
    item.refresh_from_db()
    assert (item.result, item.done_on) == ("台班单已补签，台账已启用。", date(2026, 9, 16))
    assert perform(letter, "submit_result", by=cast.wang_jianguo, at=NOON).state == "verifying"


def test_only_the_unit_fills_the_ledger_and_only_while_it_may(cast):
    letter = make_letter(cast)
    with pytest.raises(RuleViolation) as early:
        plan_letter(letter, cast)
    assert early.value.codes == ["not_editable"]
    letter = walk_letter(letter, cast, "acknowledged")
    for person in (cast.chen_mo, cast.zhang_wen, cast.zhou_xiaolan):
        with pytest.raises(PermissionDenied):
            fill_rectification(letter, rows={}, by=person, at=NOON)
    with pytest.raises(RuleViolation) as stale:
        fill_rectification(letter, rows={}, by=cast.li_weiguo, at=NOON, seen=letter.revision + 1)
    assert stale.value.codes == ["stale"]


def test_a_letter_is_closed_when_finance_has_verified_every_problem(cast):
    letter = make_letter(cast, "verifying")
    item = letter.items.get()
    assert sentences(refusal(letter, "close", by=cast.zhou_xiaolan)) == [
        f"{TITLE}第 1 个问题还没有逐项核实，请核实后再销号。"
    ]
    with pytest.raises(PermissionDenied):
        verify_item(item, verified=True, note="", by=cast.wang_jianguo, at=NOON)
    with pytest.raises(RuleViolation) as silent:
        verify_item(item, verified=False, note=" ", by=cast.zhou_xiaolan, at=NOON)
    assert silent.value.codes == ["no_note"]
    verify_item(item, verified=False, note="台账缺 3 月。", by=cast.zhou_xiaolan, at=NOON)
    returned = perform(letter, "return_result", by=cast.zhou_xiaolan, at=NOON, reason="台账不全。")
    assert (returned.state, returned.rounds, statuses(returned)) == ("rectifying", 2, ["rejected"])
    report_letter(returned, cast)
    again = perform(returned, "submit_result", by=cast.wang_jianguo, at=NOON)
    assert statuses(again) == ["reported"]
    verify_item(again.items.get(), verified=True, note="", by=cast.zhou_xiaolan, at=NOON)
    assert perform(again, "close", by=cast.zhou_xiaolan, at=NOON).state == "closed"


def test_a_problem_is_verified_only_after_its_result_and_then_stays(cast):
    letter = make_letter(cast, "rectifying")
    item = letter.items.get()
    with pytest.raises(RuleViolation) as early:
        verify_item(item, verified=True, note="", by=cast.zhou_xiaolan, at=NOON)
    assert early.value.codes == ["wrong_state"]
    letter.items.update(status="verified")
    with pytest.raises(RuleViolation) as settled:
        report_letter(letter, cast)
    assert settled.value.codes == ["verified"]


@pytest.mark.parametrize(("state", "late", "standing"), [
    ("rectifying", False, Standing.OPEN), ("rectifying", True, Standing.FAILED), ("verifying", True, Standing.OPEN),
    ("closed", False, Standing.DONE),
])
def test_standing_before_next_years_money(cast, state, late, standing):
    letter = put_into(make_letter(cast), state)
    letter.due_on = date(2026, 9, 30)
    today = letter.due_on + timedelta(days=1 if late else 0)
    assert letter.standing(today) is standing


def test_closing_after_publication_records_a_corrected_basis(cast):
    sheet = make_final(cast)
    letter = make_letter(cast, "rectifying", year=sheet.project_year)
    publish_result(sheet.project_year, document_no="安财绩〔2026〕30号", by=cast.zhou_xiaolan, at=NOON)
    assert list(AllocationBasis.objects.order_by("pk").values_list("rectification", "reason")) == [("open", "")]
    walk_letter(letter, cast, "closed")
    assert list(AllocationBasis.objects.order_by("pk").values_list("rectification", "reason")) == [
        ("open", ""), ("done", f"{TITLE}（安财绩函〔2026〕3号）已销号。"),
    ]
