"""Returns of every kind through the pages: what is opened, what is closed, and where the corrected form goes."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import BudgetLine, ProjectYear
from core.access import Role
from core.errors import RuleViolation
from core.models import AuditEntry, Notice, RoleAssignment, ToDo, User
from core.transitions import available, perform
from targets import queries
from targets.models import FieldComment, TargetDeclaration
from targets.services import comment_on_place, content_of, save_declaration, settle_comment
from tests.factories.cast import NOON
from tests.targets.makers import POINTS, good_lines, make_draft, review, walk

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"
SENDERS = {
    "unit_review": "wang_jianguo", "dept_reviewing": "zhang_wen", "fiscal_reviewing": "zhou_xiaolan",
    "ready_for_approval": "qian_li",
}


def step_url(declaration, step: str) -> str:
    return reverse("targets:targetdeclaration_step", args=[declaration.pk, step])


def fresh(declaration) -> TargetDeclaration:
    return TargetDeclaration.objects.get(pk=declaration.pk)


def typed(declaration, **changed) -> dict[str, str]:
    """The review page as it is posted, 90 points unless changed."""
    values = {f"points_{place}": given for place, given in enumerate(POINTS.values())}
    return {"seen": str(fresh(declaration).revision), "reason": "同意。"} | values | changed


def grid(declaration, **cells: str) -> dict[str, str]:
    """The grid as the unit posts it, with some cells changed."""
    rows = queries.grid_rows(declaration)
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows)), "seen": str(declaration.revision)}
    data |= {f"form-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return data | cells


def comment(declaration, place: str, text: str, by) -> FieldComment:
    return comment_on_place(declaration, place, text, by=by, at=NOON)


def returned(cast, *places: str, state: str = "dept_reviewing", **data) -> TargetDeclaration:
    """Sent back from ``state`` with a comment on each place."""
    declaration = walk(make_draft(cast), cast, state)
    by = getattr(cast, SENDERS[state])
    for place in places:
        comment(declaration, place, "请改正。", by)
    return perform(declaration, "send_back", by=by, at=NOON, reason="请按批注改正。", data=data)


def change(declaration, cast, **fields) -> TargetDeclaration:
    """Save the lines with fields of the first one changed."""
    lines = [content_of(each) for each in declaration.indicator_list()]
    lines[0] |= fields
    return save_declaration(declaration, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)


# --- the road back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(SENDERS))
def test_a_return_with_comments_opens_only_these_and_goes_straight_back(cast, signed_in, state):
    declaration = walk(make_draft(cast), cast, state)
    sender = getattr(cast, SENDERS[state])
    client = signed_in(sender)
    client.post(reverse("targets:comment_on", args=[declaration.pk]), {"place": "cell-1-value", "text": "成本偏高。"})
    client.post(step_url(declaration, "send_back"), {"seen": str(declaration.revision), "reason": "请按批注改正。"})
    declaration = fresh(declaration)
    assert (declaration.state, declaration.opened) == ("returned", ["cell-1-value"])
    reviews = declaration.reviews.count()

    client = signed_in(cast.li_weiguo)
    indicators = reverse("targets:edit_indicators", args=[declaration.pk])
    closed = client.post(indicators, grid(declaration, **{"form-1-value": "1300"}))
    assert closed.status_code == 422
    assert (
        f"{TITLE}的第 2 行“日常养护里程”没有批注，本次退回不开放修改，请恢复原内容；确需修改的，请在留言中请退回人补加批注。"
    ) in closed.content.decode()
    goal = client.post(
        reverse("targets:edit_goal", args=[declaration.pk]),
        {"annual_goal": "另写一个目标。", "seen": str(declaration.revision)},
    )
    assert goal.status_code == 422
    assert "年度总体目标没有批注" in goal.content.decode()
    assert client.post(indicators, grid(declaration, **{"form-0-value": "0.97"})).status_code == 302

    page = client.get(declaration.get_absolute_url())
    assert [(step["name"], step["reasons"]) for step in page.context["steps"]] == [("resubmit", [])]
    answer = client.post(step_url(declaration, "resubmit"), {"seen": str(fresh(declaration).revision), "reason": ""})
    assert answer.status_code == 302
    declaration = fresh(declaration)
    assert (declaration.state, declaration.submissions, declaration.opened) == (state, 2, [])
    assert declaration.reviews.count() == reviews
    assert declaration.pk in queries.queue_of(sender)
    stage = "awaiting_approval" if state == "ready_for_approval" else "target_review"
    assert ProjectYear.objects.get().stage == stage


def test_a_return_without_comments_opens_everything_and_a_change_takes_the_whole_way(cast, signed_in):
    declaration = returned(cast, state="fiscal_reviewing")
    assert declaration.opened == []
    declaration = change(declaration, cast, target_value=Decimal("0.9700"))
    page = signed_in(cast.li_weiguo).get(declaration.get_absolute_url())
    assert [step["name"] for step in page.context["steps"]] == ["submit"]
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"{TITLE}改动了没有批注的内容（第 1 行“日常养护平均成本”），原审核意见不再适用，请按“报送单位负责人审核”重走全程。"
    ]
    again = perform(declaration, "submit", by=cast.li_weiguo, at=NOON)
    assert (again.state, again.business_opinion, again.returned_from) == ("unit_review", "", "")


def test_nothing_changed_goes_straight_back_and_keeps_the_opinion_of_the_section(cast):
    declaration = returned(cast, state="fiscal_reviewing")
    again = perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    assert (again.state, again.business_opinion) == ("fiscal_reviewing", "同意报绩效股。")
    assert ToDo.objects.get(model="targets.targetdeclaration").role == "fiscal_performance"


def test_the_section_takes_its_opinion_back_with_its_own_return(cast):
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    declaration = perform(declaration, "send_back", by=cast.lu_yuan, at=NOON, reason="资金测算有误。")
    again = perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    assert (again.state, again.business_opinion) == ("fiscal_reviewing", "")
    assert ToDo.objects.get(model="targets.targetdeclaration").role == "fiscal_business"


def test_other_funds_than_filed_take_the_whole_way_unless_commented_on(cast):
    declaration = returned(cast, "annual_goal", state="fiscal_reviewing")
    BudgetLine.objects.update(requested_yuan=Decimal("12000000.00"))
    ProjectYear.objects.update(requested_yuan=Decimal("12000000.00"))
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    assert "（项目资金）" in str(refusal.value)
    TargetDeclaration.objects.update(opened=["annual_goal", "funds"])
    assert perform(fresh(declaration), "resubmit", by=cast.li_weiguo, at=NOON).state == "fiscal_reviewing"


def test_a_comment_on_a_weight_opens_all_weights_and_one_on_the_list_all_rows(cast):
    declaration = returned(cast, "cell-2-weight")
    lines = good_lines()
    lines[1] |= {"weight": Decimal("15.00")}
    lines[2] |= {"weight": Decimal("25.00")}
    saved = save_declaration(declaration, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
    assert [each.weight for each in saved.indicator_list()][1:3] == [Decimal("15.00"), Decimal("25.00")]
    with pytest.raises(RuleViolation) as refusal:
        save_declaration(saved, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines[:-1])
    assert refusal.value.codes == ["closed_field"]
    assert "指标行数（原 6 行，现 5 行）" in str(refusal.value)
    TargetDeclaration.objects.update(opened=["indicators"])
    assert len(save_declaration(
        fresh(saved), by=cast.li_weiguo, at=NOON, changes={}, indicators=lines[:-1]
    ).indicator_list()) == 5


def test_line_ends_of_browsers_are_no_change(cast):
    declaration = returned(cast, "cell-2-value")
    TargetDeclaration.objects.update(annual_goal="第一行\n第二行")
    saved = save_declaration(
        fresh(declaration), by=cast.li_weiguo, at=NOON, changes={"annual_goal": "第一行\r\n第二行"}
    )
    assert saved.opened == ["cell-2-value"]


# --- grades --------------------------------------------------------------------------------------------------------


def test_good_passes_with_the_edits_on_record_and_the_unit_sees_them(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    client = signed_in(cast.zhang_wen)
    good = typed(declaration, points_5="4")
    refused = client.post(step_url(declaration, "pass_department"), good)
    assert refused.status_code == 422
    assert [reason.sentence for reason in refused.context["reasons"]] == [
        f"{TITLE}审核得 82.00 分，等级为“良”，须写明需要完善的内容再通过，请填写完善意见。"
    ]
    client.post(step_url(declaration, "pass_department"), good | {"edits": "执行中补充单位成本测算。"})
    kept = declaration.reviews.get()
    assert (kept.grade, kept.outcome, kept.edits) == ("良", "passed", "执行中补充单位成本测算。")
    assert fresh(declaration).state == "fiscal_reviewing"
    assert "执行中补充单位成本测算。" in signed_in(cast.li_weiguo).get(declaration.get_absolute_url()).content.decode()


def test_medium_goes_back_through_the_whole_way_whatever_is_commented(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    comment(declaration, "cell-2-value", "里程偏低。", cast.zhou_xiaolan)
    medium = typed(declaration, points_2="0", points_5="4", reason="目标与职责不符。")
    client = signed_in(cast.zhou_xiaolan)
    assert client.post(step_url(declaration, "pass_fiscal"), medium).status_code == 422
    client.post(step_url(declaration, "send_back"), medium)
    declaration = fresh(declaration)
    assert (declaration.state, declaration.opened, declaration.revise_whole) == ("returned", [], True)
    kept = declaration.reviews.order_by("pk").last()
    assert (kept.side, kept.outcome, str(kept.total), kept.grade) == ("fiscal", "returned", "67.00", "中")
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    assert refusal.value.codes == ["whole_way"]
    assert perform(declaration, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_poor_is_out_for_this_round_and_only_poor(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    client = signed_in(cast.zhang_wen)
    medium = typed(declaration, points_2="0", points_5="4", reason="与职责无关。")
    refused = client.post(step_url(declaration, "block"), medium)
    assert [reason.code for reason in refused.context["reasons"]] == ["grade_too_high"]
    poor = typed(declaration, points_2="0", points_3="0", points_5="0", reason="与职责无关。")
    client.post(step_url(declaration, "block"), poor)
    assert (fresh(declaration).state, ProjectYear.objects.get().stage) == ("blocked", "rejected")
    assert (declaration.reviews.get().outcome, declaration.reviews.get().grade) == ("blocked", "差")

    assert available(fresh(declaration), cast.li_weiguo) == []


# --- hands ---------------------------------------------------------------------------------------------------------


def test_who_signs_for_the_section_does_not_pass_for_the_performance_section(cast):
    RoleAssignment.objects.create(user=cast.lu_yuan, role=Role.FISCAL_PERFORMANCE, organisation=cast.section)
    declaration = walk(make_draft(cast), cast, "fiscal_reviewing")
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "pass_fiscal", by=User.objects.get(pk=cast.lu_yuan.pk), at=NOON, data=review())
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"{TITLE}的业务股室初审意见由您本人签署，按审核分离要求请由绩效股的其他人审核通过。"
    ]
    assert fresh(declaration).state == "fiscal_reviewing"
    passed = perform(declaration, "pass_fiscal", by=cast.zhou_xiaolan, at=NOON, data=review())
    assert passed.state == "ready_for_approval"


def test_who_filed_does_not_comment_and_others_may_not(cast):
    RoleAssignment.objects.create(user=cast.li_weiguo, role=Role.UNIT_LEADER, organisation=cast.unit)
    declaration = walk(make_draft(cast), cast, "unit_review")
    with pytest.raises(RuleViolation) as refusal:
        comment(declaration, "annual_goal", "很好。", User.objects.get(pk=cast.li_weiguo.pk))
    assert refusal.value.codes == ["not_reviewable"]
    for outsider in (cast.zhang_wen, cast.zhou_xiaolan, cast.wu_di, cast.chen_mo):
        with pytest.raises(PermissionDenied):
            comment(declaration, "annual_goal", "很好。", outsider)
    assert FieldComment.objects.count() == 0


# --- comments ------------------------------------------------------------------------------------------------------


def test_a_comment_names_its_place_and_is_refused_with_a_reason(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    client, url = signed_in(cast.zhang_wen), reverse("targets:comment_on", args=[declaration.pk])
    client.post(url, {"place": "cell-2-value", "text": "里程偏低。"})
    kept = FieldComment.objects.get()
    assert (kept.label, kept.stage, kept.submission, kept.by) == (
        "第 2 行 日常养护里程·指标值", "dept_reviewing", 1, cast.zhang_wen
    )
    assert AuditEntry.objects.filter(action="targets.fieldcomment.add").count() == 1
    page = client.get(reverse("targets:review", args=[declaration.pk]))
    assert [pin["number"] for pin in page.context["paper"]["rows"][1]["pins"]["value"]] == [1]
    for data, sentence in (
        ({"place": "cell-9-value", "text": "甲"}, "没有您批注的这一处"), ({"place": "annual_goal", "text": " "}, "的批注是空的"),
        ({"place": "annual_goal", "text": "长" * 501}, "批注有 501 字，超过 500 字的上限"),
    ):
        answer = client.post(url, data, headers={"HX-Request": "true"})
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
        assert sentence in client.post(url, data, follow=True).content.decode()
    assert FieldComment.objects.count() == 1


def test_a_comment_saved_by_htmx_brings_list_form_and_pins(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    answer = signed_in(cast.zhang_wen).post(
        reverse("targets:comment_on", args=[declaration.pk]), {"place": "annual_goal", "text": "请写明受益人数。"},
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert answer.templates[0].name == "targets/_comment_answer.html"
    assert ('id="paper" hx-swap-oob="true"' in text, text.count("请写明受益人数。")) == (True, 2)


def test_a_settled_comment_opens_nothing(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    first = comment(declaration, "cell-2-value", "里程偏低。", cast.zhang_wen)
    comment(declaration, "annual_goal", "请写明受益人数。", cast.zhang_wen)
    signed_in(cast.zhang_wen).post(reverse("targets:settle_comment", args=[first.pk]))
    declaration = perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
    assert declaration.opened == ["annual_goal"]
    with pytest.raises(PermissionDenied):
        settle_comment(first, by=cast.zhang_wen, at=NOON)
    assert signed_in(cast.chen_mo).post(reverse("targets:settle_comment", args=[first.pk])).status_code == 404


def test_comments_of_the_department_open_nothing_for_finance_and_are_not_its_to_settle(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    first = comment(declaration, "cell-2-value", "里程偏低。", cast.zhang_wen)
    good = review(资金匹配性="4") | {"edits": "里程按普查数核实。"}
    declaration = perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=good)
    assert FieldComment.objects.get().settled_at is None
    with pytest.raises(RuleViolation) as refusal:
        settle_comment(first, by=cast.zhou_xiaolan, at=NOON)
    assert refusal.value.codes == ["other_stage"]
    assert perform(declaration, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="请改正。").opened == []


def test_a_full_pass_settles_the_comments_of_its_stage(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    comment(declaration, "cell-2-value", "里程已核实。", cast.zhang_wen)
    perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=review())
    assert FieldComment.objects.get().settled_at == NOON


def test_the_unit_finds_every_comment_beside_its_place(cast, signed_in):
    declaration = returned(cast, "annual_goal", "cell-2-weight", "funds")
    page = signed_in(cast.li_weiguo).get(declaration.get_absolute_url())
    assert [each["target"] for each in page.context["field_comments"]] == [
        f"{reverse('targets:edit_goal', args=[declaration.pk])}#id_annual_goal",
        f"{reverse('targets:edit_indicators', args=[declaration.pk])}#cell-2-weight", "",
    ]
    assert "本次退回只开放有批注的内容和各指标的权重" in page.content.decode()
    assert queries.open_cells(declaration) == {
        "texts": ["annual_goal"], "rows": [2], "weights": True, "list": False
    }
    assert sorted(queries.comments_by_cell(declaration)) == ["annual_goal", "cell-2-weight", "funds"]
    assert Notice.objects.filter(recipient=cast.li_weiguo, text="请按批注改正。").count() == 1


def test_the_grid_closes_what_the_return_has_not_opened_and_pins_the_comments(cast, signed_in):
    declaration = returned(cast, "cell-2-value", "cell-4-weight", "cell-5-explanation", "annual_goal")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_indicators", args=[declaration.pk]))
    rows = page.context["rows"]
    everything = set(page.context["grid"].empty_form.fields)
    assert page.context["fixed"] and len(rows) == 6
    assert [everything - row["closed"] for row in rows] == [
        {"weight"}, everything, {"weight"}, everything, everything, {"weight"}
    ]
    assert [[comment["number"] for comment in row["comments"]] for row in rows] == [[], [1], [], [2], [3], []]
    text = page.content.decode()
    assert text.count(" data-closed") == 3 * 8 and 'data-act="' not in text
    assert "第 2 行 日常养护里程·指标值：</b>请改正。" in text


def test_a_comment_on_the_whole_list_opens_every_row(cast, signed_in):
    declaration = returned(cast, "indicators")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_indicators", args=[declaration.pk]))
    assert not page.context["fixed"] and not any(row["closed"] for row in page.context["rows"])
    assert len(page.context["rows"]) == 9


def test_without_script_the_grid_is_sent_whole_with_its_closed_cells(cast, signed_in):
    declaration = returned(cast, "cell-2-value")
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[declaration.pk])
    page = client.get(url)
    sent = {
        row["form"].add_prefix(name): row["form"][name].value() or "" for row in page.context["rows"]
        for name in row["form"].fields if name != "DELETE"
    }
    sent |= {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "6", "form-1-value": "1210"}
    sent |= {"seen": str(declaration.revision)}
    assert client.post(url, sent).status_code == 302
    shown = [each.target_shown for each in fresh(declaration).indicator_list()]
    assert shown[:3] == ["≤0.98万元/公里·年", "≥1,210公里", "≥86%"]


def test_the_texts_that_are_closed_are_read_only_and_a_comment_stands_below_its_text(cast, signed_in):
    declaration = returned(cast, "annual_goal")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_goal", args=[declaration.pk]))
    fields = page.context["form"].fields
    assert [name for name in fields if "readonly" not in fields[name].widget.attrs] == ["annual_goal"]
    assert [(text["bound"].name, len(text["pins"])) for text in page.context["texts"]] == [
        ("annual_goal", 1), ("overall_goal", 0), ("project_summary", 0), ("safeguards", 0)
    ]
    assert "年度总体目标：</b>请改正。" in page.content.decode()


# --- comparing -----------------------------------------------------------------------------------------------------


def test_a_corrected_form_is_compared_with_what_was_filed_before(cast, signed_in):
    declaration = returned(cast, "cell-1-value", "annual_goal")
    declaration = change(declaration, cast, target_value=Decimal("0.9700"))
    declaration = perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    url = reverse("targets:review", args=[declaration.pk])
    client = signed_in(cast.zhang_wen)
    page = client.get(url, {"compare": "submission"})
    assert [choice["label"] for choice in page.context["compare_choices"]] == ["上次报送稿"]
    assert page.context["paper"]["rows"][0]["target"] == [("del", "≤0.98万元/公里·年"), ("ins", "≤0.97万元/公里·年")]
    assert page.context["paper"]["changes"] == 1
    assert client.get(url, {"compare": "nonsense"}).context["compare"] == ""
    again = perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
    ProjectYear.objects.update(requested_yuan=Decimal("12000000.00"))
    draft = queries.paper(fresh(again), queries.earlier_content(fresh(again), "submission"))
    assert draft["money"][0]["runs"] == [("del", "1,280.00"), ("ins", "1,200.00")]


# --- the page ------------------------------------------------------------------------------------------------------


def test_a_reviewers_todo_opens_the_review_page(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    assert ToDo.objects.get().url == reverse("targets:review", args=[declaration.pk])
    back = perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
    assert ToDo.objects.get().url == back.get_absolute_url()


def test_ready_reasons_come_from_the_rule_set(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "unit_review")
    page = signed_in(cast.wang_jianguo).get(reverse("targets:review", args=[declaration.pk]))
    assert [each["label"] for each in page.context["ready"]] == ["与资金不匹配", "缺测算依据", "指标值偏低"]
    assert page.context["ready_opinion"] == "同意。"


REVIEW_QUERIES = 27


@pytest.mark.parametrize("count", [1, 50])
def test_the_review_page_asks_as_often_for_fifty_comments_as_for_one(
    cast, signed_in, django_assert_num_queries, count
):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    for _ in range(count):
        comment(declaration, "cell-2-value", "里程偏低。", cast.zhang_wen)
    client, url = signed_in(cast.zhang_wen), reverse("targets:review", args=[declaration.pk])
    client.get(url)
    with django_assert_num_queries(REVIEW_QUERIES):
        assert len(client.get(url).context["field_comments"]) == count
