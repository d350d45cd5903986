"""Where a returned declaration goes: straight back to whoever returned it, or the whole way again."""

from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.models import BudgetLine, ProjectYear
from core.errors import RuleViolation
from core.models import ToDo
from core.transitions import perform
from targets import queries
from targets.models import TargetDeclaration
from targets.services import content_of, save_declaration
from tests.factories.cast import NOON
from tests.targets.makers import make_draft, walk
from tests.targets.reviewing import SENDERS, TITLE, change, comment, fresh, grid, returned, step_url, typed


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


def test_a_changed_scoring_standard_and_category_are_shown_although_the_form_has_no_column_for_them(cast, signed_in):
    declaration = returned(cast, "cell-1-scoring_standard")
    declaration = change(declaration, cast, scoring_standard="完成即得满分", level2="social_cost")
    declaration = perform(declaration, "resubmit", by=cast.li_weiguo, at=NOON)
    page = signed_in(cast.zhang_wen).get(reverse("targets:review", args=[declaration.pk]), {"compare": "submission"})
    assert page.context["paper"]["changes"] == 1
    assert [each["label"] for each in page.context["paper"]["rows"][0]["aside"]] == ["二级指标", "评（扣）分标准"]
    assert page.context["paper"]["rows"][1]["aside"] == []
    assert "二级指标：<del>经济</del> <ins>社会</ins>成本指标" in page.content.decode()


def test_the_straight_way_is_shown_while_a_check_still_stands_against_it(cast, signed_in):
    declaration = returned(cast, "cell-2-value")
    lines = [content_of(each) for each in declaration.indicator_list()]
    lines[1] |= {"target_value": Decimal("1300.0000")}
    save_declaration(declaration, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
    page = signed_in(cast.li_weiguo).get(declaration.get_absolute_url())
    assert [(step["name"], step["allowed"]) for step in page.context["steps"]] == [("resubmit", False)]
    (sentence,) = page.context["steps"][0]["reasons"]
    assert sentence.startswith(f"{TITLE}的年度总体目标写有“1,204.8公里”，指标中没有相同的数")
