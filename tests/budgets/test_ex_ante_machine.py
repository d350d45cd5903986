"""Every state of an ex-ante assessment against every step, its guards and checks, and how it moves the project-year."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import REPORT_KIND, ExAnteAssessment, ExAnteReview, ProjectAccess, ProjectYear
from budgets.services import fill_ex_ante
from core.errors import RuleViolation
from core.models import AuditEntry, ToDo
from core.transitions import perform
from tests.budgets.ex_ante_road import (
    CONCLUSION,
    TEXTS,
    give,
    hand_in,
    make_draft,
    make_panel,
    make_scored,
    make_submitted,
    sheet_of,
)
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("draft", "submit"): "dept_reviewing",
    ("returned", "submit"): "dept_reviewing",
    ("dept_reviewing", "send_back"): "returned",
    ("fiscal_reviewing", "send_back"): "returned",
    ("dept_reviewing", "convene"): "assessing",
    ("assessing", "add_reviewers"): "assessing",
    ("assessing", "open_meeting"): "assessing",
    ("assessing", "count"): "assessing",
    ("assessing", "conclude"): "concluded",
    ("concluded", "submit_to_fiscal"): "fiscal_reviewing",
    ("concluded", "drop"): "failed",
    ("fiscal_reviewing", "review_first"): "fiscal_reviewing",
    ("fiscal_reviewing", "approve"): "passed",
    ("fiscal_reviewing", "refuse"): "failed",
    ("failed", "revise"): "draft",
}
ACTORS = {
    "submit": "wang_jianguo", "convene": "zhang_wen", "add_reviewers": "zhang_wen", "open_meeting": "zhang_wen",
    "count": "zhang_wen", "conclude": "zhang_wen", "submit_to_fiscal": "zhao_zhiyuan", "drop": "zhang_wen",
    "review_first": "lu_yuan", "approve": "zhou_xiaolan", "refuse": "zhou_xiaolan", "revise": "li_weiguo",
}
COUNTED = {"is_short": False, "score": Decimal("82.00")}


@pytest.fixture
def panel(cast):
    return make_panel(cast)


@pytest.fixture
def assessment(cast, at):
    """Filled in by 李卫国, with every document asked for."""
    draft = make_draft(cast, at)
    hand_in(draft, cast.li_weiguo, at=at)
    return draft


def actor(cast):
    def of(step, record):
        if step == "send_back":
            return cast.zhou_xiaolan if record.state == "fiscal_reviewing" else cast.zhang_wen
        return getattr(cast, ACTORS[step])
    return of


def data_of(step, panel):
    return {
        "convene": {"reviewers": panel.three()}, "add_reviewers": {"reviewers": [panel.qiu_xue]}, "count": COUNTED,
        "conclude": CONCLUSION,
    }.get(step, {})


def ready_for(assessment, step, **changes):
    """What the guards of the step look at, behind the machine's back."""
    values = {"score": Decimal("82.00"), "business_opinion": "同意", "conclusion": "support"}
    values |= {"amount_suggested_yuan": Decimal("3000000.00")}
    if step == "drop":
        values |= {"conclusion": "reject"}
    ExAnteAssessment.objects.filter(pk=assessment.pk).update(**(values | changes))
    put_into(assessment.project_year, "rejected" if step == "revise" else "ex_ante")


def prepare(assessment, step, cast, panel, at):
    """The panel of a step that needs one."""
    if step in ("open_meeting", "conclude"):
        row = put_into(assessment, "dept_reviewing")
        row = perform(row, "convene", by=cast.zhang_wen, at=at, data={"reviewers": [*panel.three(), panel.qiu_xue]})
        for reviewer in panel.three():
            give(row, reviewer, "良", at)
        hand_in(row, cast.zhang_wen, REPORT_KIND, at=at)
    if step == "conclude":
        perform(ExAnteAssessment.objects.get(pk=assessment.pk), "open_meeting", by=cast.zhang_wen, at=at, reason="开会")


def test_table_equals_declared_steps():
    assert declared_table(ExAnteAssessment) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(ExAnteAssessment)
    check_holders(ExAnteAssessment)


@pytest.mark.parametrize(("state", "step"), list(TABLE))
def test_allowed_pair_reaches_its_target(cast, panel, assessment, at, state, step):
    prepare(assessment, step, cast, panel, at)
    ready_for(assessment, step)
    row = put_into(assessment, state)
    cause = assessment if step == "count" else None
    fresh = perform(
        row, step, by=actor(cast)(step, row), at=at, reason="情况属实", data=data_of(step, panel), cause=cause
    )
    assert fresh.state == TABLE[state, step]


def test_every_other_pair_is_refused_and_writes_nothing(cast, assessment, at):
    assert refused_everywhere(assessment, TABLE, actor(cast), at=at) == 8 * 13 - len(TABLE)


def test_starting_makes_a_draft_for_the_amount_asked(assessment):
    assert (assessment.state, assessment.version, assessment.amount_applied_yuan, assessment.object_type) == (
        "draft", 1, Decimal("3200000.00"), "project"
    )
    assert assessment.project_year.stage == "ex_ante"


def refusal_of(record, step, *, by, at, **more):
    with pytest.raises(RuleViolation) as caught:
        perform(record, step, by=by, at=at, **more)
    return caught.value


# --- application and materials ---------------------------------------------------------------------------------------


def test_missing_texts_are_all_named(cast, assessment, at):
    ExAnteAssessment.objects.filter(pk=assessment.pk).update(plan=" ", goal_text="", amount_applied_yuan=None)
    refusal = refusal_of(assessment, "submit", by=cast.wang_jianguo, at=at)
    assert refusal.codes == ["ex_ante_incomplete", "ex_ante_no_amount"]
    assert refusal.reasons[0].sentence == (
        "“农村公路日常养护及小修保养”2026年度事前绩效评估还缺：绩效目标、实施方案，请补充后再报送。"
    )
    ExAnteAssessment.objects.filter(pk=assessment.pk).update(**TEXTS, amount_applied_yuan=Decimal("3200000.00"))
    fresh = perform(assessment, "submit", by=cast.wang_jianguo, at=at)
    assert (fresh.state, fresh.submitted_by) == ("dept_reviewing", cast.wang_jianguo)


def test_missing_materials_are_all_named_and_one_upload_ticks_one(cast, at):
    draft = make_draft(cast, at)
    refusal = refusal_of(draft, "submit", by=cast.wang_jianguo, at=at)
    assert refusal.codes == ["BLK-A1"]
    assert str(refusal) == (
        "“农村公路日常养护及小修保养”2026年度事前绩效评估缺少必备材料 5 项："
        "项目申报书、绩效目标申报表、立项依据文件、实施方案、预算明细和测算说明，请按类别上传后再报送。"
    )
    hand_in(draft, cast.li_weiguo, "实施方案", "可行性研究报告", at=at)
    assert draft.missing_materials() == ["项目申报书", "绩效目标申报表", "立项依据文件", "预算明细和测算说明"]


def test_the_checklist_goes_by_the_kind_of_project_and_by_policy(cast, at):
    draft = make_draft(cast, at)
    project = draft.project_year.project
    project.kind = "transfer"
    project.save()
    assert "资金分配办法" in ExAnteAssessment.objects.get().missing_materials()
    draft = fill_ex_ante(draft, changes={"object_type": "policy"}, by=cast.li_weiguo, at=at)
    assert draft.missing_materials() == [
        "政策背景说明", "上级政策依据", "政策文件草案", "征求意见汇总", "合法性审查意见", "资金需求测算", "受益对象和覆盖面测算",
        "政策绩效目标表", "指标依据", "政策实施方案", "风险防控措施",
    ]
    assert [dimension.name for dimension in draft.dimensions()] == [
        "政策设立必要性", "政策保障充分性", "政策目标合理性", "政策实施可持续性", "政策资金合规性",
    ]


def test_draft_is_filled_by_its_own_unit_only(cast, assessment, at):
    with pytest.raises(PermissionDenied):
        fill_ex_ante(assessment, changes={"risks": "汛期"}, by=cast.chen_mo, at=at)
    with pytest.raises(RuleViolation) as caught:
        fill_ex_ante(put_into(assessment, "assessing"), changes={"risks": "汛期"}, by=cast.li_weiguo, at=at)
    assert caught.value.codes == ["not_editable"]


# --- conclusion -------------------------------------------------------------------------------------------------------


def test_concluding_waits_for_the_scores_and_the_report(cast, panel, at):
    row = perform(
        make_submitted(cast, at), "convene", by=cast.zhang_wen, at=at, data={"reviewers": panel.three()}
    )
    refusal = refusal_of(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    assert refusal.codes == ["ex_ante_unscored", "no_report"]
    hand_in(row, cast.li_weiguo, REPORT_KIND, at=at)
    assert not row.has_report(), "the unit that asks for the money cannot hand in the report"
    hand_in(row, panel.he_min, REPORT_KIND, at=at)
    for reviewer in panel.three():
        give(row, reviewer, "良", at)
    fresh = perform(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    assert (fresh.state, fresh.score, fresh.minutes) == ("concluded", Decimal("80.00"), CONCLUSION["minutes"])


@pytest.mark.parametrize(("data", "codes"), [
    ({"conclusion": ""}, ["no_conclusion"]),
    ({"amount_suggested_yuan": None}, ["no_suggested_amount"]),
    ({"conclusion": "partial_support", "amount_suggested_yuan": Decimal("0.00")}, ["no_suggested_amount"]),
    ({"amount_suggested_yuan": Decimal("3200000.01")}, ["suggested_over_applied"]),
    ({"minutes": " "}, ["no_minutes"]),
    ({"conclusion": "", "minutes": ""}, ["no_conclusion", "no_minutes"]),
])
def test_unsound_conclusions_are_refused(cast, panel, at, data, codes):
    row = make_scored(cast, panel, at=at)
    assert refusal_of(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION | data).codes == codes


def test_below_the_pass_mark_only_refusal_is_a_conclusion(cast, panel, at):
    row = make_scored(cast, panel, "中", "中", "中", at=at)
    refusal = refusal_of(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    assert refusal.codes == ["conclusion_contradicts"]
    assert "平均得分 60.00 分，低于 70 分的通过线，结论只能是不予支持" in str(refusal)
    rejected = CONCLUSION | {"conclusion": "reject", "amount_suggested_yuan": None}
    fresh = perform(row, "conclude", by=cast.zhang_wen, at=at, data=rejected)
    assert (fresh.state, fresh.conclusion) == ("concluded", "reject")
    assert refusal_of(fresh, "submit_to_fiscal", by=cast.zhao_zhiyuan, at=at).codes == ["BLK-A3"]
    assert perform(fresh, "drop", by=cast.zhao_zhiyuan, at=at, reason="投入无依据").state == "failed"
    assert ProjectYear.objects.get().stage == "rejected"


def test_a_wide_spread_has_to_be_explained(cast, panel, at):
    row = make_scored(cast, panel, "优", "优", "中", at=at)
    refusal = refusal_of(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    assert refusal.codes == ["spread_unexplained"]
    assert "总分最高 100.00 分、最低 60.00 分，相差 40.00 分，超过 20 分的界限" in str(refusal)
    explained = CONCLUSION | {"spread_note": "何敏对测算有保留，会议核对后认可。"}
    fresh = perform(row, "conclude", by=cast.zhang_wen, at=at, data=explained)
    assert (fresh.score, fresh.spread_note) == (Decimal("86.60"), "何敏对测算有保留，会议核对后认可。")


def test_a_spread_at_the_limit_needs_no_words(cast, panel, at):
    row = make_scored(cast, panel, "优", "良", "良", at=at)
    assert perform(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION).score == Decimal("86.60")


def test_concluding_closes_the_project_to_the_panel(cast, panel, at):
    row = make_scored(cast, panel, at=at)
    assert ExAnteReview.objects.visible_to(panel.he_min).count() == 3
    perform(row, "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    assert not ProjectAccess.objects.filter(closed_at=None).exists()
    for reviewer in panel.three():
        assert not ExAnteAssessment.objects.visible_to(reviewer).exists()
        assert not ExAnteReview.objects.visible_to(reviewer).exists()


def test_supported_conclusion_is_not_dropped(cast, assessment, at):
    ready_for(assessment, "submit_to_fiscal")
    row = put_into(assessment, "concluded")
    assert refusal_of(row, "drop", by=cast.zhang_wen, at=at, reason="不做了").codes == ["not_rejected"]


# --- finance ----------------------------------------------------------------------------------------------------------


def test_business_section_speaks_first(cast, assessment, at):
    ready_for(assessment, "approve", business_opinion="")
    row = put_into(assessment, "fiscal_reviewing")
    assert refusal_of(row, "approve", by=cast.zhou_xiaolan, at=at).codes == ["business_first"]
    assert refusal_of(row, "refuse", by=cast.zhou_xiaolan, at=at, reason="不同意").codes == ["business_first"]
    row = perform(row, "review_first", by=cast.lu_yuan, at=at, reason="预算测算有依据")
    assert row.business_opinion == "预算测算有依据"
    assert perform(row, "approve", by=cast.zhou_xiaolan, at=at).state == "passed"


def test_pass_mark_is_seventy(cast, assessment, at):
    ready_for(assessment, "approve", score=Decimal("69.99"))
    row = put_into(assessment, "fiscal_reviewing")
    refusal = refusal_of(row, "approve", by=cast.zhou_xiaolan, at=at)
    assert refusal.codes == ["BLK-A4"]
    assert "得分 69.99 分，低于 70 分的通过线" in str(refusal)
    ExAnteAssessment.objects.filter(pk=assessment.pk).update(score=Decimal("70.00"))
    assert perform(row, "approve", by=cast.zhou_xiaolan, at=at).state == "passed"


def test_passing_admits_the_project_up_to_the_suggested_amount(cast, assessment, at):
    ready_for(assessment, "approve")
    perform(put_into(assessment, "fiscal_reviewing"), "approve", by=cast.zhou_xiaolan, at=at, reason="同意入库")
    year = ProjectYear.objects.get(pk=assessment.project_year_id)
    assert (year.stage, year.ceiling_yuan) == ("target_filing", Decimal("3000000.00"))


def test_a_lower_ceiling_stays(cast, assessment, at):
    ready_for(assessment, "approve")
    ProjectYear.objects.update(ceiling_yuan=Decimal("2500000.00"))
    perform(put_into(assessment, "fiscal_reviewing"), "approve", by=cast.zhou_xiaolan, at=at)
    assert ProjectYear.objects.get().ceiling_yuan == Decimal("2500000.00")


def test_refusal_keeps_the_project_out_and_may_be_revised_once(cast, panel, assessment, at):
    ready_for(assessment, "refuse")
    row = perform(put_into(assessment, "fiscal_reviewing"), "refuse", by=cast.zhou_xiaolan, at=at, reason="与规划不符")
    year = ProjectYear.objects.get()
    assert year.stage == "rejected"
    refusal = refusal_of(year, "start_filing", by=cast.li_weiguo, at=at)
    assert "目前是“未入库”，不能办理“开始填报绩效目标”" in str(refusal)
    row = perform(row, "revise", by=cast.li_weiguo, at=at)
    assert (row.state, row.version, row.score, row.conclusion, row.minutes) == ("draft", 2, None, "", "")
    assert ProjectYear.objects.get().stage == "ex_ante"
    ready_for(row, "refuse")
    row = perform(put_into(row, "fiscal_reviewing"), "refuse", by=cast.zhou_xiaolan, at=at, reason="仍与规划不符")
    assert refusal_of(row, "revise", by=cast.li_weiguo, at=at).codes == ["revised_before"]


def test_a_returned_assessment_gets_a_new_panel_and_a_new_report(cast, panel, at):
    row = perform(make_scored(cast, panel, at=at), "conclude", by=cast.zhang_wen, at=at, data=CONCLUSION)
    row = perform(row, "submit_to_fiscal", by=cast.zhao_zhiyuan, at=at)
    row = perform(row, "send_back", by=cast.lu_yuan, at=at, reason="测算不清")
    assert (row.state, row.score, row.opened_at, row.conclusion) == ("returned", None, None, "")
    row = perform(row, "submit", by=cast.wang_jianguo, at=at)
    later = at.replace(hour=15)
    row = perform(row, "convene", by=cast.zhang_wen, at=later, data={"reviewers": panel.three()})
    assert (row.attempt, row.panel().count(), row.reviews.count(), row.has_report()) == (2, 3, 6, False)
    assert [sheet.scores.count() for sheet in row.reviews.all()] == [20, 20, 20, 0, 0, 0]


def test_nobody_reviews_their_own_declaration(cast, panel, assessment, at):
    ExAnteAssessment.objects.filter(pk=assessment.pk).update(created_by=cast.zhang_wen)
    row = put_into(assessment, "dept_reviewing")
    assert refusal_of(row, "convene", by=cast.zhang_wen, at=at, data={"reviewers": panel.three()}).codes == ["SEP-1"]


def test_the_to_do_says_what_is_next(cast, panel, at):
    def verb():
        return ToDo.objects.get(model="budgets.exanteassessment").verb

    row = perform(
        make_submitted(cast, at), "convene", by=cast.zhang_wen, at=at, data={"reviewers": panel.three()}
    )
    assert verb() == "组织专家评分"
    perform(sheet_of(row, panel.he_min), "declare_conflict", by=panel.he_min, at=at, reason="曾参与该项目的设计。")
    assert verb() == "增补评估专家"
    row = perform(row, "add_reviewers", by=cast.zhang_wen, at=at, data={"reviewers": [panel.qiu_xue]})
    assert verb() == "组织专家评分"
    for reviewer in (panel.du_wentao, panel.shen_yumei, panel.qiu_xue):
        give(row, reviewer, "优", at)
    assert verb() == "出具评估结论"


def test_the_working_of_the_average_is_kept(cast, panel, at):
    make_scored(cast, panel, "优", "良", "中", at=at)
    entry = AuditEntry.objects.get(action="budgets.exanteassessment.average")
    assert entry.after["score"] == "80.00"
    assert set(entry.after) == {"score", "杜文涛", "沈玉梅", "何敏"}


def test_a_raised_minimum_asks_for_more_people(cast, panel, at, monkeypatch):
    row = make_submitted(cast, at)
    book = row.rulebook()
    monkeypatch.setattr(
        ExAnteAssessment, "rulebook", lambda self: replace(book, ex_ante=replace(book.ex_ante, least_reviewers=5))
    )
    refusal = refusal_of(row, "convene", by=cast.zhang_wen, at=at, data={"reviewers": panel.three()})
    assert str(refusal) == (
        "“农村公路日常养护及小修保养”2026年度事前绩效评估只指定了 3 名专家，评估专家不少于 5 名，请再指定 2 名。"
    )
