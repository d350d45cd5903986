"""Each guard and each check: its reason with figures when broken, silence when kept."""

from decimal import Decimal

import pytest

from budgets.models import BudgetLine, ProjectYear
from core.errors import RuleViolation
from core.transitions import perform
from targets import queries, rules
from targets.services import save_declaration
from tests.factories.cast import NOON
from tests.targets.makers import good_lines, line, make_draft, review, walk

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"


def reasons_of(declaration, step, by, **more) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, step, by=by, at=NOON, **more)
    return [(reason.code, reason.sentence) for reason in refusal.value.reasons]


def submitted(declaration, cast):
    return perform(declaration, "submit", by=cast.li_weiguo, at=NOON).state


def with_lines(draft, cast, lines):
    return save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)


def test_goal_must_be_written(cast):
    draft = make_draft(cast, goal="  ")
    assert reasons_of(draft, "submit", cast.li_weiguo) == [("G-13", f"{TITLE}没有填写年度总体目标，请填写后再报送。")]
    draft = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "养护 1204.8 公里。"})
    assert submitted(draft, cast) == "unit_review"


def test_output_and_benefit_must_be_there(cast):
    draft = make_draft(cast, lines=[each for each in good_lines() if each["level1"] != "benefit"])
    assert reasons_of(draft, "submit", cast.li_weiguo) == [
        ("G-1", f"{TITLE}没有效益指标，请至少填写一条。"),
        ("G-5", f"{TITLE}的效益指标权重合计 0.00 分，规定为 20 分，请调整该类指标的权重。"),
    ]
    assert submitted(with_lines(draft, cast, good_lines()), cast) == "unit_review"


def test_weights_follow_the_template(cast):
    lines = good_lines()
    lines[1]["weight"] = Decimal("18.00")
    draft = make_draft(cast, lines=lines)
    assert reasons_of(draft, "submit", cast.li_weiguo) == [
        ("G-5", f"{TITLE}的产出指标权重合计 38.00 分，规定为 40 分，请调整该类指标的权重。")
    ]
    assert submitted(with_lines(draft, cast, good_lines()), cast) == "unit_review"


def test_without_satisfaction_its_points_go_to_benefit(cast):
    """G-4: 20 + 40 + 30."""
    lines = good_lines()[:-1]
    draft = make_draft(cast, lines=lines, goal="日常养护里程不低于 1204.8 公里。")
    assert reasons_of(draft, "submit", cast.li_weiguo) == [
        ("G-5", f"{TITLE}的效益指标权重合计 20.00 分，规定为 30 分，请调整该类指标的权重。")
    ]
    lines[3]["weight"] = Decimal("22.00")
    assert submitted(with_lines(draft, cast, lines), cast) == "unit_review"


@pytest.mark.parametrize(("place", "changed", "code", "sentence"), [
    (1, {"target_value": None, "unit_of_measure": ""}, "G-6",
     "第 2 行“日常养护里程”是定量指标，还缺指标值、计量单位，请填全指标性质、指标值和计量单位。"),
    (4, {"target_text": " "}, "G-6", "第 5 行“管养长效机制”是定性指标，请写明预期达到的状态。"),
    (1, {"target_value": Decimal(0)}, "G-7", "第 2 行“日常养护里程”的指标值为 ≥0，怎样完成都得满分，请改为有约束力的值。"),
    (1, {"name": ""}, "G-6", "第 2 行没有三级指标名称，请填写或删除该行。"),
])
def test_every_indicator_is_measurable(cast, place, changed, code, sentence):
    lines = good_lines()
    lines[place] |= changed
    draft = make_draft(cast, lines=lines, goal="路面技术状况优良中等路率不低于 86%。")
    assert reasons_of(draft, "submit", cast.li_weiguo) == [(code, TITLE + sentence)]
    assert submitted(with_lines(draft, cast, good_lines()), cast) == "unit_review"


def test_indicator_needs_points(cast):
    lines = [*good_lines(), line("timeliness", "养护任务按期完成率", ">=", "95", "%", "0")]
    draft = make_draft(cast, lines=lines)
    assert reasons_of(draft, "submit", cast.li_weiguo) == [
        ("G-6", f"{TITLE}第 7 行“养护任务按期完成率”的权重是 0.00 分，请填写大于 0 的分值或删除该行。")
    ]
    assert submitted(with_lines(draft, cast, good_lines()), cast) == "unit_review"


def test_funds_must_add_up(cast):
    draft = make_draft(cast)
    line_of_funds = BudgetLine.objects.get(project_year=draft.project_year)
    BudgetLine.objects.filter(pk=line_of_funds.pk).update(requested_yuan=Decimal("12000000.00"))
    assert reasons_of(draft, "submit", cast.li_weiguo) == [
        ("G-9", f"{TITLE}各资金来源合计 1,200.00 万元，与申请数 1,280.00 万元不一致，请核对资金。")
    ]
    BudgetLine.objects.filter(pk=line_of_funds.pk).update(requested_yuan=Decimal("12800000.00"))
    assert submitted(draft, cast) == "unit_review"


def test_request_stays_under_the_ceiling(cast):
    draft = make_draft(cast)
    ProjectYear.objects.update(ceiling_yuan=Decimal("12000000.00"))
    (reason,) = reasons_of(draft, "submit", cast.li_weiguo)
    assert reason == (
        "over_ceiling",
        "“农村公路日常养护及小修保养”2026年度项目申请 1,280.00 万元，超过下达的控制数 1,200.00 万元，请调减 80.00 万元后再提交。",
    )
    ProjectYear.objects.update(ceiling_yuan=Decimal("12800000.00"))
    assert submitted(draft, cast) == "unit_review"


def test_review_needs_every_item_and_an_opinion(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    data = review()
    del data["points"]["目标相关性"]
    data["points"]["资金匹配性"] = Decimal("16")
    data["opinion"] = " "
    assert reasons_of(declaration, "pass_department", cast.zhang_wen, data=data) == [
        ("item_missing", "审核项“目标相关性”还没有评分，请评分后再提交。"),
        ("item_range", "审核项“资金匹配性”得 16 分，应在 0 到 15 分之间，请改正。"),
        ("no_opinion", f"对{TITLE}的总体意见是空的，请填写。"),
    ]
    fresh = perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=review())
    assert fresh.state == "fiscal_reviewing"


def test_points_out_of_range_are_refused_not_crashed(cast):
    """A total of more than 100 has no grade; it is refused by its item, nothing else is asked."""
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    assert reasons_of(declaration, "pass_department", cast.zhang_wen, data=review(规范完整性="90")) == [
        ("item_range", "审核项“规范完整性”得 90 分，应在 0 到 10 分之间，请改正。")
    ]


@pytest.mark.parametrize(("lowered", "total", "grade", "effect"), [
    ("0", "77.00", "中", "退回修改后重新申报"),
    ("0.5", "77.50", "中", "退回修改后重新申报"),
])
def test_only_good_grades_pass(cast, lowered, total, grade, effect):
    """财预〔2015〕88号 art. 25."""
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    assert reasons_of(declaration, "pass_department", cast.zhang_wen, data=review(绩效合理性=lowered)) == [
        ("grade_too_low", f"{TITLE}审核得 {total} 分，等级为“{grade}”，按规定{effect}，请改按退回修改或不予通过办理。")
    ]
    good = review(绩效合理性="3") | {"edits": "补充单位成本测算。"}
    passed = perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=good)
    assert passed.reviews.get().grade == "良"


def test_business_section_reviews_first(cast):
    declaration = make_draft(cast)
    for step, by, data in (
        ("submit", cast.li_weiguo, {}), ("pass_unit", cast.wang_jianguo, {}),
        ("pass_department", cast.zhang_wen, review()),
    ):
        declaration = perform(declaration, step, by=by, at=NOON, data=data)
    assert reasons_of(declaration, "pass_fiscal", cast.zhou_xiaolan, data=review()) == [
        ("business_first", f"{TITLE}还没有业务股室的初审意见，请业务股室先签署意见，绩效股再审核。")
    ]
    declaration = perform(declaration, "review_first", by=cast.lu_yuan, at=NOON, reason="同意报绩效股。")
    assert declaration.business_opinion == "同意报绩效股。"
    passed = perform(declaration, "pass_fiscal", by=cast.zhou_xiaolan, at=NOON, data=review())
    assert passed.state == "ready_for_approval"


def test_approval_needs_a_document_number(cast):
    declaration = walk(make_draft(cast), cast, "ready_for_approval")
    assert reasons_of(declaration, "approve", cast.qian_li, data={"document_no": " "}) == [
        ("no_document", f"批复{TITLE}须填写预算批复文号，请填写后再提交。")
    ]
    approved = perform(declaration, "approve", by=cast.qian_li, at=NOON, data={"document_no": "安财预〔2026〕18号"})
    assert (approved.state, approved.document_no) == ("approved", "安财预〔2026〕18号")


@pytest.mark.parametrize("step", ["send_back", "block"])
def test_refusals_need_an_opinion(cast, step):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    ((code, _),) = reasons_of(declaration, step, cast.zhang_wen, reason=" ")
    assert code == "reason_missing"
    assert perform(declaration, step, by=cast.zhang_wen, at=NOON, reason="单位成本缺测算依据。").state in (
        "returned", "blocked"
    )


def test_a_good_declaration_has_nothing_to_mend(cast):
    checks = queries.check(make_draft(cast))
    assert (checks.must, checks.should, checks.kept) == ([], [], [])
    assert checks.passed[:4] == ["申请金额已填写", "申请数未超过控制数", "年度总体目标已填写", "产出、效益指标齐全"]
    assert len(checks.passed) == len(rules.CHECKS)
