"""The panel of an ex-ante assessment: who may sit on it, each scoring alone, the count, conflicts of interest."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import ExAnteAssessment, ExAnteReview, ProjectAccess
from budgets.queries.ex_ante import candidates, comparison_of
from budgets.rules import panel_score, spread_of
from budgets.services import save_review
from core.access import Role
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, RoleAssignment, ToDo
from core.transitions import perform
from tests.budgets.ex_ante_road import (
    all_items,
    give,
    make_convened,
    make_panel,
    make_scored,
    make_submitted,
    sheet_of,
    sign,
)
from tests.factories.cast import person
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("invited", "declare_free"): "scoring",
    ("invited", "declare_conflict"): "withdrawn",
    ("scoring", "declare_conflict"): "withdrawn",
    ("submitted", "declare_conflict"): "withdrawn",
    ("scoring", "submit"): "submitted",
    ("invited", "remove"): "removed",
    ("scoring", "remove"): "removed",
    ("submitted", "remove"): "removed",
    ("invited", "lapse"): "removed",
    ("scoring", "lapse"): "removed",
}


@pytest.fixture
def panel(cast):
    return make_panel(cast)


@pytest.fixture
def assessment(cast, panel, at):
    return make_convened(cast, panel, at)


def actor(cast, panel):
    return lambda step, record: cast.zhang_wen if step in ("remove", "lapse") else record.reviewer


def refusal_of(record, step, *, by, at, **more):
    with pytest.raises(RuleViolation) as caught:
        perform(record, step, by=by, at=at, **more)
    return caught.value


# --- the machine of one sheet -----------------------------------------------------------------------------------------


def test_table_equals_declared_steps():
    assert declared_table(ExAnteReview) == TABLE
    check_permissions(ExAnteReview)
    check_holders(ExAnteReview)


@pytest.mark.parametrize(("state", "step"), list(TABLE))
def test_allowed_pair_reaches_its_target(cast, panel, assessment, at, state, step):
    sheet = sign(assessment, panel.he_min, at)
    sheet = save_review(sheet, grades=all_items(assessment, "良"), opinion="同意。", by=panel.he_min, at=at)
    row = put_into(sheet, state)
    cause = assessment if step == "lapse" else None
    fresh = perform(row, step, by=actor(cast, panel)(step, row), at=at, reason="情况属实", cause=cause)
    assert fresh.state == TABLE[state, step]


def test_every_other_pair_is_refused_and_writes_nothing(cast, panel, assessment, at):
    sheet = sheet_of(assessment, panel.he_min)
    assert refused_everywhere(sheet, TABLE, actor(cast, panel), at=at) == 5 * 5 - len(TABLE)


# --- who may sit on it ------------------------------------------------------------------------------------------------


def test_the_panel_gets_sheets_to_dos_and_the_project(cast, panel, assessment):
    sheets = assessment.panel()
    assert [(sheet.reviewer.name, sheet.capacity, sheet.state) for sheet in sheets] == [
        ("杜文涛", "expert", "invited"), ("沈玉梅", "expert", "invited"), ("何敏", "third_party_lead", "invited"),
    ]
    assert [(todo.person.name, todo.verb) for todo in ToDo.objects.filter(model="budgets.exantereview")] == [
        ("杜文涛", "签署回避声明"), ("沈玉梅", "签署回避声明"), ("何敏", "签署回避声明"),
    ]
    assert ToDo.objects.addressed_to(panel.du_wentao).count() == 1
    assert ToDo.objects.addressed_to(panel.qiu_xue).count() == 0
    assert ExAnteAssessment.objects.visible_to(panel.he_min).get() == assessment
    assert not ExAnteAssessment.objects.visible_to(panel.qiu_xue).exists(), "the institution sees nothing by itself"


@pytest.mark.parametrize(("chosen", "codes"), [
    (["du_wentao", "shen_yumei"], ["too_few_reviewers"]),
    ([], ["too_few_reviewers"]),
    (["du_wentao", "shen_yumei", "wang_jianguo"], ["not_an_expert", "SEP-1", "SEP-4"]),
    (["du_wentao", "shen_yumei", "zhao_zhiyuan"], ["not_an_expert", "SEP-4"]),
    (["du_wentao", "shen_yumei", "chen_mo"], ["not_an_expert"]),
])
def test_who_may_not_be_named(cast, panel, at, chosen, codes):
    row = make_submitted(cast, at)
    people = [getattr(panel, name, None) or getattr(cast, name) for name in chosen]
    assert refusal_of(row, "convene", by=cast.zhang_wen, at=at, data={"reviewers": people}).codes == codes


def test_an_expert_of_the_applying_unit_is_refused_by_name(cast, panel, at):
    row = make_submitted(cast, at)
    insider = person("hejianping", "何建平", (Role.EXPERT, cast.bureau), (Role.UNIT_FINANCE, cast.unit))
    refusal = refusal_of(
        row, "convene", by=cast.zhang_wen, at=at, data={"reviewers": [panel.du_wentao, panel.he_min, insider]}
    )
    assert refusal.codes == ["SEP-4"]
    assert str(refusal) == "何建平在县公路养护中心或县交通运输局任职，不能评估本单位（部门）的项目，请另选专家。"
    assert not ExAnteReview.objects.exists()
    assert insider not in candidates(row)


def test_candidates_are_experts_and_third_parties_who_do_not_sit_yet(cast, panel, assessment):
    assert list(candidates(assessment)) == [cast.lin_feng, panel.qiu_xue]


def test_nobody_is_named_twice_nor_after_withdrawing(cast, panel, assessment, at):
    refusal = refusal_of(assessment, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.he_min]})
    assert refusal.codes == ["seated_before"]
    perform(sheet_of(assessment, panel.he_min), "declare_conflict", by=panel.he_min, at=at, reason="亲属任职。")
    refusal = refusal_of(assessment, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.he_min]})
    assert refusal.codes == ["seated_before"]
    assert refusal_of(assessment, "add_reviewers", by=cast.zhang_wen, at=at, data={}).codes == ["no_reviewers"]


# --- scoring alone ----------------------------------------------------------------------------------------------------


def test_nobody_scores_before_the_statement(cast, panel, assessment, at):
    sheet = sheet_of(assessment, panel.he_min)
    with pytest.raises(RuleViolation) as caught:
        save_review(sheet, grades=all_items(assessment, "优"), opinion="", by=panel.he_min, at=at)
    assert caught.value.codes == ["not_editable"]
    assert not assessment.opens_files_to(panel.he_min)
    assert sign(assessment, panel.he_min, at).signed_at == at
    assert assessment.opens_files_to(panel.he_min)
    assert assessment.opens_files_to(cast.zhang_wen)


def test_a_sheet_is_filled_and_signed_by_its_own_person_only(cast, panel, assessment, at):
    sheet = sign(assessment, panel.he_min, at)
    for other in (panel.du_wentao, cast.zhang_wen, cast.zhou_xiaolan):
        with pytest.raises(PermissionDenied):
            save_review(sheet, grades={}, opinion="", by=other, at=at)
        with pytest.raises(PermissionDenied):
            perform(sheet, "submit", by=other, at=at)
    RoleAssignment.objects.filter(user=panel.du_wentao).delete()
    with pytest.raises(PermissionDenied):
        perform(sheet_of(assessment, panel.du_wentao), "declare_free", by=person("x", "甲"), at=at)


def test_a_draft_keeps_gaps_and_a_submission_does_not(cast, panel, assessment, at):
    sheet = sign(assessment, panel.he_min, at)
    grades = all_items(assessment, "优")
    first, second = list(grades)[:2]
    sheet = save_review(sheet, grades=grades | {first: "", second: "中"}, opinion="", by=panel.he_min, at=at)
    assert (sheet.scores.count(), sheet.scores.get(item=second).score) == (19, Decimal("3.00"))
    refusal = refusal_of(sheet, "submit", by=panel.he_min, at=at)
    assert refusal.codes == ["ex_ante_items", "opinion_missing"]
    assert "还有 1 项没有评等级：立项依据充分，请补评后再提交" in str(refusal)
    entry = AuditEntry.objects.get(action="budgets.exantereview.edit")
    assert entry.after == {"已评项数": 19}, "a draft's grades are nobody else's to read, in the audit neither"
    with pytest.raises(RuleViolation) as caught:
        save_review(sheet, grades={first: "极好"}, opinion="", by=panel.he_min, at=at)
    assert caught.value.codes == ["unknown_grade"]
    with pytest.raises(RuleViolation) as caught:
        save_review(sheet, grades={}, opinion="", by=panel.he_min, at=at, seen=sheet.revision + 1)
    assert caught.value.codes == ["stale"]
    assert sheet.scores.count() == 19


def test_before_the_opening_a_sheet_is_its_persons_alone(cast, panel, assessment, at):
    sheet = give(assessment, panel.du_wentao, "优", at)
    assert list(ExAnteReview.objects.visible_to(panel.shen_yumei)) == [sheet_of(assessment, panel.shen_yumei)]
    for other in (panel.shen_yumei, cast.zhang_wen, cast.zhou_xiaolan, cast.li_weiguo):
        assert not sheet.shows_marks_to(other)
    assert sheet.shows_marks_to(panel.du_wentao)
    assert comparison_of(assessment) is None
    leaks = [entry for entry in AuditEntry.objects.of(sheet) if "优" in str(entry.after) or entry.after.get("opinion")]
    assert leaks == []


def test_the_last_sheet_opens_the_scores(cast, panel, assessment, at):
    give(assessment, panel.du_wentao, "优", at)
    give(assessment, panel.shen_yumei, "良", at)
    assert ExAnteAssessment.objects.get().opened_at is None
    give(assessment, panel.he_min, "中", at, 立项依据充分="优")
    row = ExAnteAssessment.objects.get()
    assert (row.opened_at, row.score) == (at, Decimal("80.67"))
    found = comparison_of(row)
    assert found["totals"] == [Decimal("100.00"), Decimal("80.00"), Decimal("62.00")]
    assert (found["spread"].highest, found["spread"].lowest, found["spread"].difference, found["is_wide"]) == (
        Decimal("100.00"), Decimal("62.00"), Decimal("38.00"), True
    )
    first = found["dimensions"][0]["rows"][0]
    assert (first["given"], first["spread"].average, first["is_wide"]) == (
        [Decimal("5.00"), Decimal("4.00"), Decimal("5.00")], Decimal("4.67"), False
    )
    assert found["wide_items"] == 0, "2 of 5 points is the limit itself, not beyond it"
    assert ExAnteReview.objects.visible_to(panel.shen_yumei).count() == 3


def test_the_average_is_summed_from_rounded_items():
    third = [{"甲": Decimal("5.00"), "乙": Decimal("4.00")}, {"甲": Decimal("4.00"), "乙": Decimal("4.00")},
             {"甲": Decimal("4.00"), "乙": Decimal("3.00")}]
    assert panel_score(third) == Decimal("8.00")
    assert spread_of([Decimal("5.00"), Decimal("4.00"), Decimal("4.00")]).average == Decimal("4.33")
    assert spread_of([Decimal("5.00"), Decimal("4.00")]).average == Decimal("4.50")


def test_a_submitted_sheet_stands_and_an_opened_count_is_closed(cast, panel, at):
    row = make_scored(cast, panel, at=at)
    sheet = sheet_of(row, panel.he_min)
    with pytest.raises(RuleViolation) as caught:
        save_review(sheet, grades=all_items(row, "优"), opinion="改主意", by=panel.he_min, at=at)
    assert caught.value.codes == ["not_editable"]
    assert refusal_of(sheet, "declare_conflict", by=panel.he_min, at=at, reason="晚了").codes == ["scoring_closed"]
    assert refusal_of(row, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.qiu_xue]}).codes == [
        "scores_open"
    ]


# --- the meeting ------------------------------------------------------------------------------------------------------


def test_the_meeting_opens_with_enough_sheets_and_leaves_out_the_late(cast, panel, assessment, at):
    perform(assessment, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.qiu_xue]})
    for reviewer in (panel.du_wentao, panel.shen_yumei):
        give(assessment, reviewer, "优", at)
    refusal = refusal_of(assessment, "open_meeting", by=cast.zhang_wen, at=at, reason="开会")
    assert refusal.codes == ["too_few_scores"]
    assert "只有 2 名专家提交了评分，不少于 3 名才能开会" in str(refusal)
    give(assessment, panel.he_min, "良", at)
    assert ExAnteAssessment.objects.get().opened_at is None, "邱雪 has not scored"
    assert refusal_of(assessment, "open_meeting", by=cast.zhang_wen, at=at).codes == ["reason_missing"]
    row = perform(assessment, "open_meeting", by=cast.zhang_wen, at=at, reason="邱雪出差，会议按期召开。")
    assert (row.score, row.opened_at) == (Decimal("93.40"), at)
    late = sheet_of(row, panel.qiu_xue)
    assert (late.state, ToDo.objects.filter(model="budgets.exantereview").count()) == ("removed", 0)
    assert not ExAnteAssessment.objects.visible_to(panel.qiu_xue).exists()


# --- conflicts of interest --------------------------------------------------------------------------------------------


def test_a_conflict_takes_the_person_off_the_panel(cast, panel, assessment, at):
    give(assessment, panel.du_wentao, "优", at)
    give(assessment, panel.shen_yumei, "优", at)
    sheet = sheet_of(assessment, panel.he_min)
    assert refusal_of(sheet, "declare_conflict", by=panel.he_min, at=at).codes == ["reason_missing"]
    sheet = perform(sheet, "declare_conflict", by=panel.he_min, at=at, reason="曾参与该项目的可行性研究。")
    assert (sheet.state, sheet.statement, sheet.signed_at) == ("withdrawn", "曾参与该项目的可行性研究。", at)
    row = ExAnteAssessment.objects.get()
    assert (row.is_short_of_reviewers, row.score, row.opened_at) == (True, None, None)
    assert not ProjectAccess.objects.filter(person=panel.he_min, closed_at=None).exists()
    assert not ExAnteAssessment.objects.visible_to(panel.he_min).exists()
    assert not row.opens_files_to(panel.he_min)
    notice = Notice.objects.get(recipient=cast.zhang_wen)
    assert (notice.title, notice.text) == (
        "何敏退出专家组：“农村公路日常养护及小修保养”2026年度事前绩效评估", "曾参与该项目的可行性研究。"
    )
    assert AuditEntry.objects.filter(action="budgets.exantereview.declare_conflict").count() == 1


def test_who_leaves_last_leaves_a_complete_panel(cast, panel, assessment, at):
    """Four were named, three have scored: when the fourth withdraws nobody is waited for any more."""
    perform(assessment, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.qiu_xue]})
    for reviewer in panel.three():
        give(assessment, reviewer, "良", at)
    perform(sheet_of(assessment, panel.qiu_xue), "declare_conflict", by=panel.qiu_xue, at=at, reason="亲属任职。")
    row = ExAnteAssessment.objects.get()
    assert (row.score, row.is_short_of_reviewers) == (Decimal("80.00"), False)


def test_an_interest_found_later_voids_the_score_and_asks_for_another(cast, panel, at):
    row = make_scored(cast, panel, "优", "优", "差", at=at)
    assert row.score == Decimal("66.60")
    with pytest.raises(PermissionDenied):
        perform(sheet_of(row, panel.he_min), "remove", by=cast.zhao_zhiyuan, at=at, reason="查实")
    perform(sheet_of(row, panel.he_min), "remove", by=cast.zhang_wen, at=at, reason="查实与竞争单位有业务往来。")
    row = ExAnteAssessment.objects.get()
    assert (row.score, row.opened_at, row.is_short_of_reviewers) == (None, None, True)
    row = perform(row, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.qiu_xue]})
    assert not row.is_short_of_reviewers
    give(row, panel.qiu_xue, "优", at)
    assert ExAnteAssessment.objects.get().score == Decimal("100.00")


def test_after_the_conclusion_nobody_is_removed(cast, panel, at):
    row = make_scored(cast, panel, at=at)
    put_into(row, "concluded")
    refusal = refusal_of(sheet_of(row, panel.he_min), "remove", by=cast.zhang_wen, at=at, reason="查实")
    assert refusal.codes == ["concluded_before"]
