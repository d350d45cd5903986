"""The machine of department and fiscal evaluations, and the work of third parties between its steps."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import ProjectAccess, ProjectYear
from core.access import Role
from core.attachments import attach
from core.errors import RuleViolation
from core.models import AuditEntry, ToDo
from core.transitions import perform
from evaluation.models import Evaluation, Objection, Rectification, WorkingPaper
from evaluation.services import (
    add_paper,
    answer_objection,
    list_evaluation,
    save_plan,
    score_lines,
    sign_conflict_statement,
    upload_report,
)
from tests.evaluation.makers import (
    PDF,
    PLAN_LINES,
    assignment,
    make_evaluation,
    make_executing,
    make_listed,
    make_sheet,
    plan_of,
    score,
    scores_of,
    walk_evaluation,
)
from tests.evaluation.test_self_evaluation import refusal, sentences
from tests.factories.cast import NOON, make_project, make_year, person
from tests.workflow_table import check_holders, check_permissions, declared_table, refused_everywhere

TABLE = {
    ("listed", "notify"): "notified",
    ("notified", "assign"): "assigned",
    ("assigned", "withdraw"): "notified",
    ("assigned", "submit_plan"): "plan_reviewing",
    ("plan_reviewing", "return_plan"): "assigned",
    ("plan_reviewing", "approve_plan"): "in_field",
    ("in_field", "submit_draft"): "consulting",
    ("consulting", "respond"): "consulting",
    ("consulting", "submit_final"): "report_reviewing",
    ("report_reviewing", "return_report"): "in_field",
    ("report_reviewing", "accept"): "accepted",
    ("accepted", "decide_grade"): "graded",
    ("graded", "feed_back"): "fed_back",
    ("fed_back", "archive"): "archived",
}
ACTORS = {
    "submit_plan": "he_min", "submit_draft": "he_min", "submit_final": "he_min", "archive": "he_min",
    "respond": "wang_jianguo", "decide_grade": "sun_zheng",
}
TITLE = "“农村公路日常养护及小修保养”2026年度财政评价"


def test_table_is_what_the_model_declares():
    assert declared_table(Evaluation) == TABLE


def test_every_step_names_who_may_take_it():
    check_permissions(Evaluation)
    check_holders(Evaluation)


def test_every_other_pair_is_refused_and_writes_nothing(cast):
    evaluation = make_evaluation(cast, "assigned")
    tried = refused_everywhere(
        evaluation, TABLE, lambda step, record: getattr(cast, ACTORS.get(step, "zhou_xiaolan")), at=NOON
    )
    assert tried == 11 * 14 - 14


@pytest.mark.parametrize("kind", ["fiscal", "department"])
def test_the_whole_road_from_the_list_to_the_archive(cast, kind):
    evaluation = make_listed(cast, kind=kind)
    states = []
    for state in (
        "notified", "assigned", "plan_reviewing", "in_field", "consulting", "report_reviewing", "accepted", "graded",
        "fed_back",
    ):
        evaluation = walk_evaluation(evaluation, cast, state)
        states.append(evaluation.state)
    assert states[-1] == "fed_back"
    assert (evaluation.score, evaluation.grade, evaluation.report_quality) == (
        Decimal("84.60"), "良", Decimal("86.00")
    )
    for line in evaluation.line_list():
        add_paper(line, number=f"D-{line.position}", source="项目单位", content="凭证", by=cast.he_min, at=NOON)
    assert perform(evaluation, "archive", by=cast.he_min, at=NOON).state == "archived"


def test_a_listed_project_starts_from_the_common_framework_of_100_points(cast):
    evaluation = make_listed(cast)
    lines = evaluation.line_list()
    assert len(lines) == 17
    assert sum(line.weight for line in lines) == Decimal("100.00")
    assert sum(line.weight for line in lines if line.level1 in ("output", "benefit")) == Decimal("60.00")
    assert list(ToDo.objects.filter(model="evaluation.evaluation").values_list("role", "verb")) == [
        (Role.FISCAL_PERFORMANCE, "下达评价通知")
    ]


def test_only_the_evaluating_body_lists_and_only_once(cast):
    year = make_sheet(cast).project_year
    for by, kind in ((cast.zhang_wen, "fiscal"), (cast.zhou_xiaolan, "department"), (cast.li_weiguo, "department")):
        with pytest.raises(PermissionDenied):
            list_evaluation(year, kind=kind, ground="重点项目", by=by, at=NOON)
    make_listed(cast, year)
    with pytest.raises(RuleViolation) as again:
        list_evaluation(year, kind="fiscal", ground="重点项目", by=cast.zhou_xiaolan, at=NOON)
    assert again.value.codes == ["duplicate"]
    assert make_listed(cast, year, kind="department").kind == "department"


def test_a_project_that_is_not_as_far_and_a_missing_ground_are_refused(cast):
    year = make_year(cast, stage="target_filing")
    with pytest.raises(RuleViolation) as refused:
        list_evaluation(year, kind="fiscal", ground=" ", by=cast.zhou_xiaolan, at=NOON)
    assert refused.value.codes == ["stage", "no_ground"]


def test_notice_needs_its_number_and_a_project_in_self_evaluation(cast):
    evaluation = make_listed(cast, make_executing(cast))
    assert refusal(evaluation, "notify", by=cast.zhou_xiaolan, data={"notice_no": "1号"}).codes == ["stage"]
    ProjectYear.objects.update(stage="self_evaluating")
    assert refusal(evaluation, "notify", by=cast.zhou_xiaolan, data={"notice_no": " "}).codes == ["no_notice"]
    evaluation = perform(evaluation, "notify", by=cast.zhou_xiaolan, at=NOON, data={"notice_no": "安财绩〔2026〕9号"})
    assert evaluation.notice_no == "安财绩〔2026〕9号"
    assert ProjectYear.objects.get().stage == "evaluating"


def test_assignment_names_an_active_institution_its_own_lead_and_a_date(cast):
    evaluation = make_evaluation(cast, "notified")
    assert refusal(evaluation, "assign", by=cast.zhou_xiaolan).codes == ["BLK-F3", "BLK-F2", "no_due"]
    cast.institution.is_active = False
    data = assignment(cast) | {"lead": cast.lin_feng}
    violation = refusal(evaluation, "assign", by=cast.zhou_xiaolan, data=data)
    assert sentences(violation) == [
        f"“衡信绩效咨询有限公司”已停用，不能承担{TITLE}，请另选机构。",
        "林峰不是“衡信绩效咨询有限公司”的主评人，请从该机构的主评人中选择。",
    ]
    cast.institution.is_active = True
    evaluation = perform(evaluation, "assign", by=cast.zhou_xiaolan, at=NOON, data=assignment(cast))
    assert (evaluation.lead, evaluation.due_on, evaluation.fee_yuan) == (
        cast.he_min, date(2026, 11, 30), Decimal("58000.00")
    )


def test_an_institution_sees_only_its_task_and_only_while_it_is_open(cast):
    evaluation = make_evaluation(cast, "notified")
    other = make_listed(cast, make_sheet(
        cast, make_executing(cast, project=make_project(cast, code="26-JT-0099", name="桥梁安全设施提升"))
    ).project_year)
    assert not Evaluation.objects.visible_to(cast.he_min).exists()
    evaluation = perform(evaluation, "assign", by=cast.zhou_xiaolan, at=NOON, data=assignment(cast))
    assert list(Evaluation.objects.visible_to(cast.he_min)) == [evaluation]
    assert list(ProjectYear.objects.visible_to(cast.he_min)) == [evaluation.project_year]
    assert not Evaluation.objects.visible_to(cast.lin_feng).exists()
    assert set(Evaluation.objects.visible_to(cast.zhou_xiaolan)) == {evaluation, other}
    department = make_listed(cast, evaluation.project_year, kind="department")
    assert list(Evaluation.objects.visible_to(cast.he_min)) == [evaluation]
    assert set(Evaluation.objects.visible_to(cast.zhang_wen)) == {evaluation, other, department}
    withdrawn = perform(evaluation, "withdraw", by=cast.zhou_xiaolan, at=NOON, reason="机构提出利益冲突。")
    assert withdrawn.state == "notified"
    assert not Evaluation.objects.visible_to(type(cast.he_min).objects.get(pk=cast.he_min.pk)).exists()
    assert ProjectAccess.objects.get().closed_at == NOON


def test_the_plan_waits_for_the_leads_statement(cast):
    evaluation = make_evaluation(cast, "assigned")
    plan_of(evaluation, cast)
    assert refusal(evaluation, "submit_plan", by=cast.he_min).codes == ["BLK-F1"]
    with pytest.raises(PermissionDenied):
        sign_conflict_statement(evaluation, has_conflict=False, statement="", by=cast.lin_feng, at=NOON)
    sign_conflict_statement(evaluation, has_conflict=False, statement="", by=cast.he_min, at=NOON)
    with pytest.raises(RuleViolation) as again:
        sign_conflict_statement(evaluation, has_conflict=True, statement="", by=cast.he_min, at=NOON)
    assert again.value.codes == ["signed"]
    assert perform(evaluation, "submit_plan", by=cast.he_min, at=NOON).state == "plan_reviewing"


def test_a_lead_with_a_conflict_cannot_go_on(cast):
    evaluation = make_evaluation(cast, "assigned")
    plan_of(evaluation, cast)
    sign_conflict_statement(evaluation, has_conflict=True, statement="配偶任职于项目单位。", by=cast.he_min, at=NOON)
    assert sentences(refusal(evaluation, "submit_plan", by=cast.he_min)) == [
        f"{TITLE}的主评人何敏声明存在利害关系，应当回避，请委托方解除委托后另行委托。"
    ]


def test_the_plans_weights_are_judged_when_it_is_handed_in(cast):
    evaluation = make_evaluation(cast, "assigned")
    sign_conflict_statement(evaluation, has_conflict=False, statement="", by=cast.he_min, at=NOON)
    lines = [
        {"level1": "decision", "level2": "项目立项", "name": "立项依据", "weight": Decimal("45"), "standard": ""},
        {"level1": "output", "level2": "产出数量", "name": "完成率", "weight": Decimal("50"), "standard": ""},
    ]
    save_plan(evaluation, plan_text=" ", lines=lines, by=cast.he_min, at=NOON)
    violation = refusal(evaluation, "submit_plan", by=cast.he_min)
    assert violation.codes == ["no_plan", "weights", "effect_weight"]
    assert sentences(violation)[1:] == [
        f"{TITLE}指标权重合计 95.00 分，应为 100 分，请调整。",
        f"{TITLE}产出和效益指标权重合计 50.00 分，规定不低于 60 分，请调整。",
    ]
    plan_of(evaluation, cast)
    assert [line.name for line in evaluation.line_list()] == [name for _, _, name, _ in PLAN_LINES]
    submitted = perform(evaluation, "submit_plan", by=cast.he_min, at=NOON)
    with pytest.raises(RuleViolation) as closed:
        plan_of(submitted, cast)
    assert closed.value.codes == ["not_editable"]
    returned = perform(submitted, "return_plan", by=cast.zhou_xiaolan, at=NOON, reason="补充抽样比例。")
    assert returned.state == "assigned"


def test_a_draft_needs_every_score_its_reason_and_the_report(cast):
    evaluation = make_evaluation(cast, "in_field")
    violation = refusal(evaluation, "submit_draft", by=cast.he_min)
    assert violation.codes == ["unscored"] * 5 + ["no_report"]
    evaluation = score(evaluation, cast, 实施效益={"deduction_reason": " "})
    assert refusal(evaluation, "submit_draft", by=cast.he_min).codes == ["unreasoned", "no_report"]
    evaluation = score(evaluation, cast)
    upload_report(evaluation, name="评价报告.pdf", content=PDF, by=cast.he_min, at=NOON)
    evaluation = perform(evaluation, "submit_draft", by=cast.he_min, at=NOON)
    assert (evaluation.state, evaluation.score, evaluation.due_on) == (
        "consulting", Decimal("84.60"), date(2026, 9, 26)
    )


def test_only_the_institutions_own_file_is_its_report(cast):
    evaluation = score(make_evaluation(cast, "in_field"), cast)
    attach(evaluation, PDF, name="假报告.pdf", by=cast.li_weiguo, at=NOON, kind="评价报告")
    assert refusal(evaluation, "submit_draft", by=cast.he_min).codes == ["no_report"]
    with pytest.raises(PermissionDenied):
        upload_report(evaluation, name="评价报告.pdf", content=PDF, by=cast.li_weiguo, at=NOON)


def test_scores_stay_inside_their_points_and_their_time(cast):
    evaluation = make_evaluation(cast, "in_field")
    with pytest.raises(RuleViolation) as refused:
        score(evaluation, cast, 实际完成率={"score": Decimal("30.01")})
    assert sentences(refused.value) == [f"{TITLE}“实际完成率”评 30.01 分，应在 0 与分值 30.00 之间，请改正。"]
    with pytest.raises(PermissionDenied):
        score_lines(evaluation, rows=scores_of(evaluation), conclusion="", by=cast.zhou_xiaolan, at=NOON)
    with pytest.raises(RuleViolation) as stale:
        score_lines(evaluation, rows={}, conclusion="", by=cast.he_min, at=NOON, seen=evaluation.revision + 1)
    assert stale.value.codes == ["stale"]
    evaluation = walk_evaluation(evaluation, cast, "report_reviewing")
    with pytest.raises(RuleViolation) as closed:
        score(evaluation, cast)
    assert closed.value.codes == ["not_editable"]


def test_every_opinion_of_the_unit_is_answered_before_the_final_report(cast):
    evaluation = make_evaluation(cast, "consulting")
    due = evaluation.due_on
    line = evaluation.lines.get(name="资金使用合规性")
    assert refusal(evaluation, "respond", by=cast.wang_jianguo).codes == ["reason_missing"]
    evaluation = perform(
        evaluation, "respond", by=cast.wang_jianguo, at=NOON, reason="其中 1 笔台班单已找到。", data={"line": line}
    )
    assert (evaluation.state, evaluation.due_on) == ("consulting", due)
    objection = Objection.objects.get()
    assert (objection.line, objection.view, objection.raised_by) == (line, "其中 1 笔台班单已找到。", cast.wang_jianguo)
    assert sentences(refusal(evaluation, "submit_final", by=cast.he_min)) == [
        f"{TITLE}还有 1 条被评价单位的意见没有答复，请逐条答复采纳与否及理由。"
    ]
    for by in (cast.wang_jianguo, cast.zhou_xiaolan, cast.lin_feng):
        with pytest.raises(PermissionDenied):
            answer_objection(objection, verdict="partly", answer="属实。", by=by, at=NOON)
    for faulty, code in (
        ({"verdict": "partly", "answer": " "}, "no_answer"),
        ({"verdict": "rejected", "answer": "不属实。", "score": Decimal("17.34")}, "no_change"),
        ({"verdict": "partly", "answer": "属实。", "score": Decimal("20.01")}, "score_range"),
    ):
        with pytest.raises(RuleViolation) as refused:
            answer_objection(objection, by=cast.he_min, at=NOON, **faulty)
        assert refused.value.codes == [code]
    answer_objection(
        objection, verdict="partly", answer="签认单属实，核增 0.50 分。", score=Decimal("17.34"), by=cast.he_min, at=NOON
    )
    evaluation = perform(evaluation, "submit_final", by=cast.he_min, at=NOON)
    assert (evaluation.state, evaluation.score) == ("report_reviewing", Decimal("85.10"))
    objection.refresh_from_db()
    with pytest.raises(RuleViolation) as late:
        answer_objection(objection, verdict="adopted", answer="再改。", by=cast.he_min, at=NOON)
    assert late.value.codes == ["not_editable"]


def test_an_opinion_on_another_evaluations_line_is_refused(cast):
    evaluation = make_evaluation(cast, "consulting")
    foreign = make_listed(cast, evaluation.project_year, kind="department").lines.first()
    violation = refusal(evaluation, "respond", by=cast.wang_jianguo, reason="意见", data={"line": foreign})
    assert violation.codes == ["foreign_line"]
    assert not Objection.objects.exists()


@pytest.mark.parametrize(("quality", "codes"), [
    (None, ["no_score"]), ("59.99", ["poor_report"]), ("100.5", ["score_range"]),
])
def test_a_report_below_60_is_not_accepted(cast, quality, codes):
    evaluation = make_evaluation(cast, "report_reviewing")
    data = {} if quality is None else {"report_quality": Decimal(quality)}
    assert refusal(evaluation, "accept", by=cast.zhou_xiaolan, data=data).codes == codes
    good = {"report_quality": Decimal("60")}
    assert perform(evaluation, "accept", by=cast.zhou_xiaolan, at=NOON, data=good).state == "accepted"


def test_a_returned_report_is_worked_on_and_handed_in_again(cast):
    evaluation = make_evaluation(cast, "report_reviewing")
    evaluation = perform(evaluation, "return_report", by=cast.zhou_xiaolan, at=NOON, reason="问题分析不够。")
    assert evaluation.state == "in_field"
    assert walk_evaluation(evaluation, cast, "report_reviewing").score == Decimal("84.60")


@pytest.mark.parametrize(("grade", "codes"), [
    ("优", ["grade_raised"]), ("", ["unknown_grade"]), ("甲", ["unknown_grade"]),
])
def test_a_grade_is_never_raised_above_its_score(cast, grade, codes):
    evaluation = make_evaluation(cast, "accepted")
    how = {"by": cast.sun_zheng, "reason": "局务会研究。"}
    assert refusal(evaluation, "decide_grade", data={"grade": grade}, **how).codes == codes


def test_a_grade_may_be_lowered_with_an_opinion(cast):
    evaluation = make_evaluation(cast, "accepted")
    assert refusal(evaluation, "decide_grade", by=cast.sun_zheng, data={"grade": "中"}).codes == ["reason_missing"]
    with pytest.raises(PermissionDenied):
        perform(evaluation, "decide_grade", by=cast.zhou_xiaolan, at=NOON, reason="同意", data={"grade": "良"})
    evaluation = perform(
        evaluation, "decide_grade", by=cast.sun_zheng, at=NOON, reason="资金使用不合规，降一级。", data={"grade": "中"}
    )
    assert (evaluation.grade, evaluation.grade_opinion) == ("中", "资金使用不合规，降一级。")


def test_the_letter_carries_every_problem_and_starts_the_rectification(cast):
    evaluation = make_evaluation(cast, "graded")
    assert refusal(evaluation, "feed_back", by=cast.zhou_xiaolan).codes == ["no_letter", "no_demands"]
    evaluation = walk_evaluation(evaluation, cast, "fed_back")
    letter = Rectification.objects.get()
    assert (letter.evaluation, letter.state, letter.letter_no, letter.issued_on) == (
        evaluation, "issued", "安财绩函〔2026〕3号", date(2026, 9, 16)
    )
    assert [(item.seq, item.problem, item.status) for item in letter.item_list()] == [
        (1, "2 笔机械租赁费无台班签认。", "not_started")
    ]
    assert ProjectYear.objects.get().stage == "rectifying"


def test_no_letter_without_a_problem(cast):
    evaluation = make_evaluation(cast, "graded")
    evaluation.lines.update(problem="")
    data = {"letter_no": "1号", "demands": "整改"}
    assert refusal(evaluation, "feed_back", by=cast.zhou_xiaolan, data=data).codes == ["no_problems"]


def test_the_file_is_closed_only_with_a_working_paper_for_every_line(cast):
    evaluation = make_evaluation(cast, "fed_back")
    first, *rest = evaluation.line_list()
    paper = add_paper(
        first, number="3-2", source="记账凭证", content="抽查 40 笔", by=cast.he_min, at=NOON, file=("凭证.pdf", PDF)
    )
    assert (paper.file.name, paper.file.kind, paper.collected_by) == ("凭证.pdf", "工作底稿", cast.he_min)
    violation = refusal(evaluation, "archive", by=cast.he_min)
    assert sentences(violation) == [
        f"{TITLE}有 4 项指标没有工作底稿：资金使用合规性、实际完成率、实施效益、满意度，请补齐后再归档。"
    ]
    with pytest.raises(PermissionDenied):
        add_paper(first, number="1", source="", content="", by=cast.lin_feng, at=NOON)
    for line in rest:
        add_paper(line, number="1", source="现场", content="核查记录", by=cast.he_min, at=NOON)
    perform(evaluation, "archive", by=cast.he_min, at=NOON)
    assert WorkingPaper.objects.count() == 5
    assert ProjectAccess.objects.get().closed_at == NOON
    archived = Evaluation.objects.get()
    with pytest.raises(RuleViolation) as late:
        add_paper(archived.lines.first(), number="2", source="", content="", by=cast.he_min, at=NOON)
    assert late.value.codes == ["not_editable"]


def test_the_lead_of_another_institution_may_take_no_step(cast):
    evaluation = make_evaluation(cast, "in_field")
    rival = person("other", "旁人", (Role.THIRD_PARTY_LEAD, cast.other_institution))
    before = AuditEntry.objects.count()
    with pytest.raises(PermissionDenied):
        perform(evaluation, "submit_draft", by=rival, at=NOON)
    assert AuditEntry.objects.count() == before
