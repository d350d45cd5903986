"""Part 1 of a declaration: its fund sources as they stand, and the schedule of the work."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import FiscalYear
from core.errors import RuleViolation
from core.models import AuditEntry
from core.transitions import perform
from targets.models import ScheduleItem, TargetDeclaration
from targets.queries import check, paper
from targets.rules import content
from targets.services import comment_on_place, copy_into, create_declaration, save_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import make_draft, walk
from tests.workflow_table import put_into

STEPS = [
    {"content": "招标采购", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 31)},
    {"content": "养护作业", "starts_on": date(2026, 4, 1), "ends_on": date(2026, 11, 30)},
]


def save_schedule(draft, steps, *, by, **more) -> TargetDeclaration:
    return save_declaration(draft, by=by, at=NOON, changes={}, schedule=steps, **more)


def sent(*lines: tuple[str, str, str], seen: int) -> dict[str, str]:
    fields = {
        f"form-{place}-{name}": value
        for place, line in enumerate(lines)
        for name, value in zip(("content", "starts_on", "ends_on"), line, strict=True)
    }
    return fields | {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0", "seen": str(seen)}


def test_the_schedule_is_kept_in_its_order_and_written_down(cast):
    draft = make_draft(cast)
    save_schedule(draft, STEPS, by=cast.li_weiguo)
    saved = save_schedule(draft, STEPS[1:], by=cast.li_weiguo)
    assert list(saved.schedule.values("position", "content", "starts_on", "ends_on")) == [{"position": 1} | STEPS[1]]
    details = AuditEntry.objects.of(saved).latest("pk").after["details"]
    assert [each["content"] for each in details["schedule_before"]] == ["招标采购", "养护作业"]


def test_a_step_that_ends_before_it_begins_is_refused_and_nothing_is_written(cast):
    draft = make_draft(cast)
    wrong = [STEPS[0], STEPS[1] | {"ends_on": date(2026, 3, 1)}]
    with pytest.raises(RuleViolation) as refusal:
        save_schedule(draft, wrong, by=cast.li_weiguo)
    assert (refusal.value.codes, str(refusal.value)) == (["dates"], (
        "实施进度计划第 2 步“养护作业”的完成日期 2026-03-01 早于开始日期 2026-04-01，请核对后重填。"
    ))
    assert ScheduleItem.objects.count() == 0


def test_it_is_the_units_draft_and_the_page_must_be_fresh(cast):
    draft = make_draft(cast)
    with pytest.raises(PermissionDenied):
        save_schedule(draft, STEPS, by=cast.chen_mo)
    with pytest.raises(RuleViolation) as refusal:
        save_schedule(draft, STEPS, by=cast.li_weiguo, seen=draft.revision - 1)
    assert refusal.value.codes == ["stale"]
    filed = walk(draft, cast, "unit_review")
    with pytest.raises(RuleViolation) as refusal:
        save_schedule(filed, STEPS, by=cast.li_weiguo)
    assert refusal.value.codes == ["not_editable"]


def test_the_page_shows_the_money_and_keeps_what_was_typed(cast, signed_in):
    draft = make_draft(cast)
    address = reverse("targets:edit_schedule", args=[draft.pk])
    client = signed_in(cast.li_weiguo)
    assert "1,280.00" in client.get(address).content.decode()
    bad = client.post(address, sent(("招标采购", "2026-02-01", ""), ("", "", ""), seen=draft.revision))
    assert bad.status_code == 422
    assert "第 1 步完成日期：还没有填写，请填写后再提交。" in bad.content.decode()
    good = client.post(address, sent(("招标采购", "2026-02-01", "2026-03-31"), ("", "", ""), seen=draft.revision))
    assert (good.status_code, good["Location"]) == (302, reverse("targets:edit_goal", args=[draft.pk]))
    assert ScheduleItem.objects.get().ends_on == date(2026, 3, 31)


def planned(cast, **more) -> TargetDeclaration:
    return save_schedule(make_draft(cast, **more), STEPS, by=cast.li_weiguo)


def test_a_new_version_takes_the_schedule_over_and_a_new_year_moves_it(cast):
    project = make_project(cast)
    leap = [STEPS[0] | {"starts_on": date(2024, 2, 29), "ends_on": date(2025, 3, 31)}]
    year = make_year(cast, project=project, year=2025)
    last = save_schedule(make_draft(cast, project_year=year), leap, by=cast.li_weiguo)
    put_into(last, "approved")
    draft = copy_into(make_draft(cast, project_year=make_year(cast, project=project)), last, by=cast.li_weiguo, at=NOON)
    moved = STEPS[0] | {"starts_on": date(2025, 2, 28), "ends_on": date(2026, 3, 31)}
    assert draft.step_list() == [moved]
    second = create_declaration(draft.project_year, by=cast.li_weiguo, at=NOON, author=cast.li_weiguo, copy_from=draft)
    assert second.step_list() == [moved]


def test_the_schedule_is_wanted_where_the_rule_set_says_so(cast):
    draft = make_draft(cast)
    assert "G-45" not in [item["code"] for item in check(draft).must]
    asking = draft.project_year.fiscal_year.ruleset
    asking.data["quality"]["levels"]["schedule_written"] = "block"
    asking.pk, asking.version, asking._state.adding = None, asking.version + 1, True
    asking.save()
    FiscalYear.objects.filter(pk=2026).update(ruleset=asking)
    draft = TargetDeclaration.objects.get()
    assert [(item["code"], item["text"], item["part"]) for item in check(draft).must] == [
        ("G-45", "实施进度计划未填", "money")
    ]
    with pytest.raises(RuleViolation) as refusal:
        perform(draft, "submit", by=cast.li_weiguo, at=NOON)
    assert "没有填写实施进度计划，请写明每一步的内容和起止日期。" in str(refusal.value)
    full = save_schedule(draft, STEPS, by=cast.li_weiguo)
    assert check(full).must == [] and "实施进度计划已填写" in check(full).passed


def test_the_paper_shows_the_steps_and_what_changed_in_them(cast):
    bare = make_draft(cast)
    assert "实施进度计划" not in [goal["label"] for goal in paper(bare)["goals"]]
    before = content(bare)
    full = save_schedule(bare, STEPS, by=cast.li_weiguo)
    shown = "招标采购：2026年2月1日至2026年3月31日\n养护作业：2026年4月1日至2026年11月30日"
    assert paper(full)["goals"][-1]["runs"] == [("same", shown)]
    assert (paper(full, before)["goals"][-1]["runs"], paper(full, before)["changes"]) == ([("ins", shown)], 1)


def test_a_return_closes_the_schedule_unless_it_is_commented_on(cast, signed_in):
    closed = perform_return(walk(planned(cast), cast, "dept_reviewing"), cast, "annual_goal")
    with pytest.raises(RuleViolation) as refusal:
        save_schedule(closed, STEPS[1:], by=cast.li_weiguo)
    assert refusal.value.codes == ["closed_field"]
    assert "实施进度计划没有批注，本次退回不开放修改" in str(refusal.value)
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_schedule", args=[closed.pk]))
    assert page.content.decode().count(" readonly") == 6
    assert "本次退回没有开放实施进度计划" in page.content.decode()


def test_a_comment_on_the_schedule_opens_it_and_leads_to_it(cast, signed_in):
    opened = perform_return(walk(planned(cast), cast, "dept_reviewing"), cast, "schedule")
    address = reverse("targets:edit_schedule", args=[opened.pk])
    page = signed_in(cast.li_weiguo).get(address)
    assert [each["target"] for each in page.context["field_comments"]] == [f"{address}#schedule"]
    assert " readonly" not in page.content.decode()
    saved = save_schedule(opened, STEPS[1:], by=cast.li_weiguo)
    assert perform(saved, "resubmit", by=cast.li_weiguo, at=NOON).state == "dept_reviewing"


def test_a_changed_schedule_after_a_plain_return_takes_the_whole_way(cast):
    declaration = perform_return(walk(planned(cast), cast, "dept_reviewing"), cast)
    changed = save_schedule(declaration, STEPS[1:], by=cast.li_weiguo)
    with pytest.raises(RuleViolation) as refusal:
        perform(changed, "resubmit", by=cast.li_weiguo, at=NOON)
    assert "（实施进度计划）" in str(refusal.value)


def perform_return(declaration, cast, *places: str) -> TargetDeclaration:
    for place in places:
        comment_on_place(declaration, place, "请核实。", by=cast.zhang_wen, at=NOON)
    return perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
