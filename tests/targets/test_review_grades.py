"""Grades, hands and points of a review."""

import pytest
from django.urls import reverse

from budgets.models import FiscalYear, ProjectYear
from core.access import Role
from core.errors import RuleViolation
from core.models import RoleAssignment, User
from core.transitions import available, perform
from targets.models import TargetDeclaration
from targets.services import pass_as_it_is
from tests.factories.cast import NOON
from tests.targets.makers import make_draft, review, walk
from tests.targets.reviewing import TITLE, fresh, step_url, typed


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


# --- points of the business section --------------------------------------------------------------------------------


@pytest.fixture
def scoring_section(cast) -> None:
    """A county whose business section fills in the review form as well."""
    asking = cast.ruleset
    asking.data["review"]["business_scores"] = True
    asking.pk, asking.version, asking._state.adding = None, asking.version + 1, True
    asking.save()
    FiscalYear.objects.filter(pk=2026).update(ruleset=asking)


def before_the_section(cast) -> TargetDeclaration:
    declaration = perform(make_draft(cast), "submit", by=cast.li_weiguo, at=NOON)
    declaration = perform(declaration, "pass_unit", by=cast.wang_jianguo, at=NOON)
    return perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=review())


def test_the_section_signs_an_opinion_only_unless_the_rule_set_asks_for_points(cast, signed_in):
    declaration = before_the_section(cast)
    client = signed_in(cast.lu_yuan)
    assert client.get(reverse("targets:review", args=[declaration.pk])).context["dimensions"] == []
    client.post(step_url(declaration, "review_first"), typed(declaration))
    assert fresh(declaration).business_opinion == "同意。"
    assert [each.side for each in declaration.reviews.all()] == ["department"]


def test_a_section_that_scores_fills_in_the_form_and_its_points_stand_beside_the_others(
    cast, signed_in, scoring_section
):
    declaration = before_the_section(cast)
    client = signed_in(cast.lu_yuan)
    page = client.get(reverse("targets:review", args=[declaration.pk]))
    assert [dimension["name"] for dimension in page.context["dimensions"]] == ["完整性", "相关性", "适当性", "可行性"]
    bare = client.post(step_url(declaration, "review_first"), {"seen": str(declaration.revision), "reason": "同意。"})
    assert (bare.status_code, [reason.code for reason in bare.context["reasons"]]) == (422, ["item_missing"] * 8)
    medium = typed(declaration, points_2="0", points_5="4", reason="目标与职责不符。")
    refused = client.post(step_url(declaration, "review_first"), medium)
    assert [reason.code for reason in refused.context["reasons"]] == ["grade_too_low"]
    assert fresh(declaration).business_opinion == ""
    assert client.post(step_url(declaration, "review_first"), typed(declaration)).status_code == 302
    kept = declaration.reviews.get(side="business")
    assert (str(kept.total), kept.grade, kept.by) == ("90.00", "优", cast.lu_yuan)
    shown = signed_in(cast.zhou_xiaolan).get(reverse("targets:review", args=[declaration.pk])).content.decode()
    assert "财政业务股室" in shown


def test_a_return_of_the_section_with_points_is_kept_as_its_own(cast, signed_in, scoring_section):
    declaration = before_the_section(cast)
    medium = typed(declaration, points_2="0", points_5="4", reason="目标与职责不符。")
    signed_in(cast.lu_yuan).post(step_url(declaration, "send_back"), medium)
    kept = declaration.reviews.get(side="business")
    assert (kept.outcome, kept.grade, fresh(declaration).revise_whole) == ("returned", "中", True)


def test_a_section_that_scores_passes_in_a_batch_with_full_points(cast, scoring_section):
    declaration = pass_as_it_is(before_the_section(cast), by=cast.lu_yuan, at=NOON)
    assert str(declaration.reviews.get(side="business").total) == "100.00"
