"""Comments on places of the form, and the review page around them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.access import Role
from core.errors import RuleViolation
from core.models import AuditEntry, RoleAssignment, ToDo, User
from core.transitions import perform
from targets.models import FieldComment
from tests.factories.cast import NOON
from tests.targets.makers import make_draft, review, walk
from tests.targets.reviewing import comment, step_url, typed


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


def test_a_full_pass_settles_the_comments_of_its_stage(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    comment(declaration, "cell-2-value", "里程已核实。", cast.zhang_wen)
    perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=review())
    assert FieldComment.objects.get().settled_at == NOON


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


REVIEW_QUERIES = 28


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


def test_who_comes_second_is_told_on_the_declarations_page_and_not_asked_for_points_again(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    client, url = signed_in(cast.zhang_wen), step_url(declaration, "pass_department")
    sent = typed(declaration, queue="1")
    assert client.post(url, sent).status_code == 302
    again = client.post(url, sent, follow=True)
    assert again.redirect_chain == [(declaration.get_absolute_url(), 302)]
    assert "在您打开页面之后已被他人改动" in again.content.decode()
    assert declaration.reviews.count() == 1
