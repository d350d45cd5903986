"""Opening, saving, copying and adjusting declarations, and what follows from their steps."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import ProjectYear
from core.audit import broken_links, history_of
from core.errors import RuleViolation
from core.models import AuditEntry
from core.transitions import perform
from targets import queries, rules
from targets.models import TargetDeclaration
from targets.services import copy_into, open_declaration, record_actuals, save_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import ask_to_adjust, good_lines, line, make_draft, review, walk
from tests.workflow_table import put_into

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"


def stage_of(declaration) -> str:
    return ProjectYear.objects.get(pk=declaration.project_year_id).stage


def test_opening_starts_the_filing_of_the_project_year(cast):
    year = make_year(cast)
    draft = open_declaration(year, by=cast.li_weiguo, at=NOON)
    year = ProjectYear.objects.get(pk=year.pk)
    assert (draft.state, draft.version, draft.created_by) == ("draft", 1, cast.li_weiguo)
    assert (year.stage, year.held_by_document) == ("target_filing", True)


def test_only_the_operator_of_the_unit_opens(cast):
    year = make_year(cast)
    for person in (cast.chen_mo, cast.wang_jianguo, cast.zhang_wen, cast.zhou_xiaolan):
        with pytest.raises(PermissionDenied):
            open_declaration(year, by=person, at=NOON)
    assert TargetDeclaration.objects.count() == 0


def test_a_second_declaration_is_refused(cast):
    draft = make_draft(cast)
    with pytest.raises(RuleViolation) as refusal:
        open_declaration(draft.project_year, by=cast.li_weiguo, at=NOON)
    assert [(reason.code, reason.sentence) for reason in refusal.value.reasons] == [
        ("declared", f"{TITLE}已经建立，目前是“填报中”，请直接打开办理。")
    ]


def test_a_year_in_execution_is_not_declared_again(cast):
    year = make_year(cast, stage="executing")
    with pytest.raises(RuleViolation) as refusal:
        open_declaration(year, by=cast.li_weiguo, at=NOON)
    assert refusal.value.codes == ["wrong_stage"]
    assert TargetDeclaration.objects.count() == 0


def test_a_new_large_project_goes_through_assessment_first(cast):
    """The guard of the project-year speaks, and nothing is left behind."""
    year = make_year(cast, project=make_project(cast, attribute="new"))
    entries = AuditEntry.objects.count()
    with pytest.raises(RuleViolation) as refusal:
        open_declaration(year, by=cast.li_weiguo, at=NOON)
    assert refusal.value.codes == ["ex_ante_required"]
    assert (TargetDeclaration.objects.count(), AuditEntry.objects.count()) == (0, entries)
    assert ProjectYear.objects.get(pk=year.pk).stage == "drafting"


def test_saving_keeps_lines_that_did_not_change(cast):
    draft = make_draft(cast)
    before = {each.name: each.pk for each in draft.indicators.all()}
    lines = good_lines()
    lines[1] |= {"target_value": Decimal("1210.0000")}
    saved = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines, seen=draft.revision)
    after = {each.name: each.pk for each in saved.indicators.all()}
    assert [name for name in after if after[name] != before[name]] == ["日常养护里程"]
    assert saved.indicators.get(position=2).target_shown == "≥1,210公里"
    details = history_of(saved).order_by("-pk").first().after["details"]
    assert [(each["position"], each["target_value"]) for each in details["removed"]] == [(2, "1204.8000")]
    assert [(each["position"], each["target_value"]) for each in details["added"]] == [(2, "1210.0000")]


def test_saving_removes_and_reorders(cast):
    draft = make_draft(cast)
    lines = good_lines()
    saved = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, indicators=[lines[5], lines[0]])
    assert list(saved.indicators.values_list("position", "name")) == [(1, "沿线群众满意度"), (2, "日常养护平均成本")]


def test_a_stale_page_is_refused_and_nothing_lost(cast):
    draft = make_draft(cast)
    seen = draft.revision
    save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "甲"}, seen=seen)
    with pytest.raises(RuleViolation) as refusal:
        save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "乙"}, indicators=[], seen=seen)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"{TITLE}在您打开页面之后已被他人改动，您填写的内容仍在本页，请另开一页核对最新内容后再保存。"
    ]
    fresh = TargetDeclaration.objects.get(pk=draft.pk)
    assert (fresh.annual_goal, fresh.indicators.count()) == ("甲", 6)


def test_only_a_draft_is_edited_and_only_by_its_operator(cast):
    draft = make_draft(cast)
    with pytest.raises(PermissionDenied):
        save_declaration(draft, by=cast.chen_mo, at=NOON, changes={"annual_goal": "乙"})
    submitted = walk(draft, cast, "unit_review")
    with pytest.raises(RuleViolation) as refusal:
        save_declaration(submitted, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "乙"})
    assert refusal.value.codes == ["not_editable"]


def test_last_years_content_is_taken_over(cast):
    project = make_project(cast)
    last = put_into(make_draft(cast, project_year=make_year(cast, project=project, year=2025)), "approved")
    year = make_year(cast, project=project)
    draft = open_declaration(year, by=cast.li_weiguo, at=NOON, copy_from=queries.last_year_of(year))
    assert queries.last_year_of(year) == last
    assert draft.annual_goal == last.annual_goal
    assert [each.target_shown for each in draft.indicators.all()] == [
        "≤0.98万元/公里·年", "≥1,204.8公里", "≥86%", "=100%", "县乡村三级管养责任和经费落实", "≥90%"
    ]
    emptied = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": ""}, indicators=[])
    again = copy_into(emptied, last, by=cast.li_weiguo, at=NOON, seen=emptied.revision)
    assert (again.annual_goal, again.indicators.count()) == (last.annual_goal, 6)


def test_the_project_year_follows_every_step(cast):
    declaration = make_draft(cast)
    seen = [stage_of(declaration)]
    road = [
        ("submit", cast.li_weiguo, "", {}), ("recall", cast.li_weiguo, "", {}), ("submit", cast.li_weiguo, "", {}),
        ("pass_unit", cast.wang_jianguo, "", {}), ("send_back", cast.zhang_wen, "请补测算依据。", {}),
        ("submit", cast.li_weiguo, "", {}), ("pass_unit", cast.wang_jianguo, "", {}),
        ("pass_department", cast.zhang_wen, "", review()), ("review_first", cast.lu_yuan, "同意报绩效股。", {}),
        ("pass_fiscal", cast.zhou_xiaolan, "", review()), ("send_back", cast.qian_li, "预算数有变化。", {}),
    ]
    for step, by, reason, data in road:
        declaration = perform(declaration, step, by=by, at=NOON, reason=reason, data=data)
        seen.append(stage_of(declaration))
    assert seen == [
        "target_filing", "target_review", "target_filing", "target_review", "target_review", "target_filing",
        "target_review", "target_review", "target_review", "target_review", "awaiting_approval", "target_filing",
    ]
    assert list(broken_links()) == []


def test_a_return_clears_the_opinion_of_the_section(cast):
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    assert declaration.business_opinion == "同意报绩效股。"
    returned = perform(declaration, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="请补测算依据。")
    assert perform(returned, "submit", by=cast.li_weiguo, at=NOON).business_opinion == ""


def test_blocking_locks_the_project_out_of_this_round(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    blocked = perform(declaration, "block", by=cast.zhang_wen, at=NOON, reason="与职责无关。")
    assert (blocked.state, stage_of(blocked)) == ("blocked", "rejected")


def test_reviews_are_kept_with_points_and_grade(cast):
    declaration = walk(make_draft(cast), cast, "ready_for_approval")
    kept = [
        (each.side, each.total, each.grade, each.by, each.points["资金匹配性"]) for each in declaration.reviews.all()
    ]
    assert kept == [
        ("department", Decimal("90.00"), "优", cast.zhang_wen, "12"),
        ("fiscal", Decimal("90.00"), "优", cast.zhou_xiaolan, "12"),
    ]


def test_what_was_reached_is_shown_next_year(cast):
    project = make_project(cast)
    last = put_into(make_draft(cast, project_year=make_year(cast, project=project, year=2025)), "approved")
    reached = {last.indicators.get(position=3).pk: "86.2%"}
    assert record_actuals(last, actuals=reached, by=cast.zhou_xiaolan, at=NOON) == 1
    assert record_actuals(last, actuals=reached, by=cast.zhou_xiaolan, at=NOON) == 0
    values = queries.last_year_values(make_year(cast, project=project))
    assert (values["路面技术状况优良中等路率"].actual_shown, values["日常养护里程"].actual_shown) == ("86.2%", "")


def test_a_returned_declaration_of_another_unit_stays_unseen(cast):
    draft = make_draft(cast)
    assert list(TargetDeclaration.objects.visible_to(cast.chen_mo)) == []
    assert list(TargetDeclaration.objects.visible_to(cast.he_min)) == []
    for person in (cast.li_weiguo, cast.zhang_wen, cast.lu_yuan, cast.zhou_xiaolan, cast.wu_di):
        assert list(TargetDeclaration.objects.visible_to(person)) == [draft]


def test_the_paper_marks_what_changed(cast):
    first = walk(make_draft(cast), cast, "approved")
    draft = ask_to_adjust(first, cast)
    lines = good_lines()
    lines[1] |= {"target_value": Decimal("1221.3000")}
    lines[5] = line("service_satisfaction", "乡镇满意度", ">=", "90", "%", "10")
    draft = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
    shown = queries.paper(draft, rules.content(first))
    assert shown["rows"][1]["target"] == [("del", "≥1,204.8公里"), ("ins", "≥1,221.3公里")]
    assert shown["rows"][2]["target"] == [("same", "≥86%")]
    assert shown["rows"][5]["name"] == [("ins", "乡镇满意度")]
    assert (shown["dropped"], shown["changes"], shown["weight"]) == (["沿线群众满意度 ≥90%"], 3, Decimal("90.00"))
    assert [row["level1_span"] for row in shown["rows"]] == [1, 2, 0, 2, 0, 1]
    assert queries.paper(draft)["changes"] == 0
