"""May an evaluation, self-evaluation or rectification move on, and if not, why. No models are imported here."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.access import DEPARTMENT_ROLES, Role
from core.errors import Reason, RuleViolation
from core.grades import grade_of, lowered
from core.scoring import override_faults
from monitoring.rules import below_nothing

EFFECT_LEVELS = ("output", "benefit")
SELF_EVALUATED_STAGES = ("executing", "suspended", "stopped")
EVALUATED_STAGES = ("self_evaluating", "evaluating", "rectifying", "applied")
LISTED_STAGES = SELF_EVALUATED_STAGES + EVALUATED_STAGES[:-1]
PUBLISHED_STAGES = EVALUATED_STAGES[:-1]
FINISHED_EVALUATIONS = ("graded", "fed_back", "archived")


def may_open_self_evaluation(project_year, *, has_declaration: bool, is_open: bool) -> Iterator[Reason]:
    """Every project with money to spend judges itself once a year, by the targets approved with its budget."""
    if is_open:
        yield Reason("already_open", f"{project_year.title()}已经发起自评，请直接打开原有的自评表。")
    elif project_year.stage not in SELF_EVALUATED_STAGES:
        yield Reason("stage", f"{project_year.title()}目前是“{project_year.state_label}”，执行中的项目才能发起自评。")
    elif not has_declaration:
        yield Reason("no_declaration", f"{project_year.title()}没有已批复的绩效目标，请先批复目标再发起自评。")


def self_score_is_sound(sheet, line) -> Iterator[Reason]:
    """What may not even be saved: points outside the indicator's own."""
    if line.entered_score is not None and not 0 <= line.entered_score <= line.indicator.weight:
        yield Reason(
            "score_range",
            f"{sheet.title()}“{line.indicator.name}”改填 {line.entered_score} 分，"
            f"应在 0 与分值 {line.indicator.weight} 之间，请改正。",
        )


def every_score_is_grounded(evaluation) -> Iterator[Reason]:
    """BLK-D1 and D3: a value or a declared N/A for every indicator, and a reason wherever the rule set asks for one."""
    for row, line in enumerate(evaluation.score_list(), start=1):
        where = f"{evaluation.title()}第 {row} 行“{line.indicator.name}”"
        if not line.has_value and not line.not_applicable:
            yield Reason(
                "BLK-D1", f"{where}没有填写实际完成值，请填写；确实不适用的，请勾选不适用并写明原因。", target=f"row-{row}"
            )
        elif line.needs_judgement and line.entered_score is None:
            yield Reason("BLK-D4", f"{where}不能按公式计分，请由填报人给出得分并写明理由。", target=f"row-{row}")
        elif line.owes_reason and not line.reason.strip():
            why = "".join(line.working.get("notes", []))
            yield Reason(
                "BLK-D3",
                f"{where}得 {line.score} 分（满分 {line.indicator.weight} 分），{why}请写明偏差原因及改进措施。",
                target=f"row-{row}",
            )


def scores_are_within_limits(evaluation) -> Iterator[Reason]:
    book = evaluation.rulebook()
    for row, line in enumerate(evaluation.score_list(), start=1):
        if line.is_overridden and not line.needs_judgement:
            for fault in override_faults(
                line.score, proposed=line.proposed_score, weight=line.indicator.weight, book=book
            ):
                yield Reason(
                    fault.code, f"{evaluation.title()}第 {row} 行“{line.indicator.name}”：{fault.sentence}",
                    target=f"row-{row}",
                )


def values_are_possible(evaluation) -> Iterator[Reason]:
    yield from below_nothing(
        evaluation, evaluation.score_list(), told=lambda line: line.reason, where_to_tell="偏差原因"
    )


def result_is_described(evaluation) -> Iterator[Reason]:
    if not evaluation.goal_result.strip():
        yield Reason(
            "no_goal_result", f"{evaluation.title()}没有填写年度总体目标实际完成情况，请填写后再报送。", target="id_goal_result"
        )
    if evaluation.owes_execution_reason and not evaluation.execution_reason.strip():
        yield Reason(
            "low_execution", f"{evaluation.title()}的预算执行率按规则须说明原因，请填写预算执行情况说明。",
            target="id_execution_reason",
        )


def department_score_is_sound(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _score_in_range(evaluation, data.get("department_score"), "部门评分")


def recheck_score_is_sound(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _score_in_range(evaluation, data.get("recheck_score"), "复核得分")


def quality_score_is_sound(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _score_in_range(evaluation, data.get("report_quality"), "报告质量得分")
    score = data.get("report_quality")
    if score is not None and score < 60:
        yield Reason("poor_report", f"{evaluation.title()}的报告质量得 {score} 分，低于 60 分，不能验收，请退回机构修改。")


def _score_in_range(record, score: Decimal | None, name: str) -> Iterator[Reason]:
    if score is None:
        yield Reason("no_score", f"{record.title()}没有填写{name}，请填写 0 到 100 之间的分数。")
    elif not 0 <= score <= 100:
        yield Reason("score_range", f"{record.title()}的{name} {score} 不在 0 到 100 之间，请改正。")


def assignment_is_complete(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    """BLK-F2 and F3: a registered institution and one of its lead evaluators."""
    institution, lead = data.get("institution"), data.get("lead")
    if institution is None:
        yield Reason("BLK-F3", f"{evaluation.title()}没有选择第三方机构，请选择在用的机构。")
    elif not institution.is_active:
        yield Reason("BLK-F3", f"“{institution.name}”已停用，不能承担{evaluation.title()}，请另选机构。")
    if lead is None:
        yield Reason("BLK-F2", f"{evaluation.title()}没有指定主评人，请从该机构的主评人中选择。")
    elif institution is not None and not lead.holds("third_party_lead", institution.pk):
        yield Reason("BLK-F2", f"{lead}不是“{institution.name}”的主评人，请从该机构的主评人中选择。")
    if data.get("report_due_on") is None:
        yield Reason("no_due", f"{evaluation.title()}没有规定报告提交期限，请填写。")


def may_be_listed(evaluation) -> Iterator[Reason]:
    year = evaluation.project_year
    if year.stage not in LISTED_STAGES:
        yield Reason("stage", f"{year.title()}目前是“{year.state_label}”，执行中及以后、结果发布以前的项目才能列入评价。")
    if not evaluation.ground.strip():
        yield Reason("no_ground", f"{evaluation.title()}没有写明选题理由，请填写后再列入。")


def project_has_reached_evaluation(evaluation) -> Iterator[Reason]:
    year = evaluation.project_year
    if year.stage not in EVALUATED_STAGES:
        yield Reason(
            "stage", f"{year.title()}目前是“{year.state_label}”，还没有开展单位自评，请在发起自评后再下达评价通知书。"
        )


def notice_is_numbered(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not data.get("notice_no", "").strip():
        yield Reason("no_notice", f"{evaluation.title()}没有填写通知书文号，请填写后再下达。")


def letter_is_complete(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not data.get("letter_no", "").strip():
        yield Reason("no_letter", f"{evaluation.title()}没有填写反馈意见书文号，请填写后再下达。")
    if not data.get("demands", "").strip():
        yield Reason("no_demands", f"{evaluation.title()}的反馈意见书没有写明整改要求，请填写后再下达。")


def grade_follows_score(evaluation, data: Mapping[str, Any]) -> Iterator[Reason]:
    """A grade may be lowered by decision, never raised without a new score (domain rules §5)."""
    bands = evaluation.rulebook().grades
    try:
        lowered(grade_of(evaluation.score, bands), data.get("grade", ""), bands)
    except RuleViolation as refusal:
        for fault in refusal.reasons:
            yield Reason(fault.code, f"{evaluation.title()}得 {evaluation.score} 分：{fault.sentence}")


def conflict_statement_is_signed(evaluation) -> Iterator[Reason]:
    """BLK-F1 / SEP-6: the lead evaluator has declared no conflict of interest for this very task."""
    statement = evaluation.lead_statement()
    if statement is None:
        yield Reason("BLK-F1", f"{evaluation.title()}的主评人还没有签署回避声明，请先签署再提交评价方案。")
    elif statement.has_conflict:
        yield Reason(
            "BLK-F1", f"{evaluation.title()}的主评人{statement.person}声明存在利害关系，应当回避，请委托方解除委托后另行委托。"
        )


def may_sign_statement(evaluation, *, has_signed: bool) -> Iterator[Reason]:
    if has_signed:
        yield Reason("signed", f"您已经签署{evaluation.title()}的回避声明，声明不能更改；情况有变化请告知委托方。")


def may_edit_plan(evaluation) -> Iterator[Reason]:
    if evaluation.state != "assigned":
        yield Reason(
            "not_editable", f"{evaluation.title()}目前是“{evaluation.state_label}”，评价方案不能修改；如需修改请由委托方退回。"
        )


def may_score(evaluation) -> Iterator[Reason]:
    if evaluation.state not in ("in_field", "consulting"):
        yield Reason(
            "not_editable", f"{evaluation.title()}目前是“{evaluation.state_label}”，不能评分；方案同意后、正式报告提交前才能评分。"
        )


def line_score_is_sound(evaluation, line) -> Iterator[Reason]:
    if line.score is not None and not 0 <= line.score <= line.weight:
        yield Reason(
            "score_range",
            f"{evaluation.title()}“{line.name}”评 {line.score} 分，应在 0 与分值 {line.weight} 之间，请改正。",
        )


def may_add_paper(evaluation) -> Iterator[Reason]:
    if evaluation.state not in ("in_field", "consulting", "fed_back"):
        yield Reason(
            "not_editable", f"{evaluation.title()}目前是“{evaluation.state_label}”，实施期间和归档前才能添加工作底稿。"
        )


def may_answer(objection, *, verdict: str, answer: str, score: Decimal | None) -> Iterator[Reason]:
    """An answer has its ground; only an opinion on an indicator that was adopted changes its score."""
    evaluation = objection.evaluation
    if evaluation.state != "consulting":
        yield Reason("not_editable", f"{evaluation.title()}目前是“{evaluation.state_label}”，征求意见期间才能答复意见。")
    if not answer.strip():
        yield Reason("no_answer", f"{evaluation.title()}的这条意见没有写明答复理由，请填写采纳或不采纳的依据。")
    if score is not None and (objection.line is None or verdict == "rejected"):
        yield Reason(
            "no_change", f"{evaluation.title()}的这条意见没有针对指标或者未采纳，得分不能改为 {score} 分，请清空改分。"
        )


def plan_is_written(evaluation) -> Iterator[Reason]:
    if not evaluation.plan_text.strip():
        yield Reason("no_plan", f"{evaluation.title()}的评价方案还没有填写，请填写后再提交。")
    lines = evaluation.line_list()
    total = sum((line.weight for line in lines), Decimal("0.00"))
    if total != 100:
        yield Reason("weights", f"{evaluation.title()}指标权重合计 {total} 分，应为 100 分，请调整。")
    effect = sum((line.weight for line in lines if line.level1 in EFFECT_LEVELS), Decimal("0.00"))
    least = evaluation.rulebook().weights.effect_at_least
    if effect < least:
        yield Reason(
            "effect_weight", f"{evaluation.title()}产出和效益指标权重合计 {effect} 分，规定不低于 {least} 分，请调整。"
        )


def every_line_is_scored(evaluation) -> Iterator[Reason]:
    for row, line in enumerate(evaluation.line_list(), start=1):
        if line.score is None:
            yield Reason(
                "unscored", f"{evaluation.title()}第 {row} 行“{line.name}”还没有评分，请评分后再提交。", target=f"row-{row}"
            )
        elif line.score < line.weight and not line.deduction_reason.strip():
            yield Reason(
                "unreasoned",
                f"{evaluation.title()}第 {row} 行“{line.name}”得 {line.score} 分（满分 {line.weight} 分），请写明扣分原因。",
                target=f"row-{row}",
            )


def report_is_attached(evaluation) -> Iterator[Reason]:
    if not evaluation.has_report():
        yield Reason("no_report", f"{evaluation.title()}还没有上传评价报告，请上传后再提交。")


def objections_are_answered(evaluation) -> Iterator[Reason]:
    waiting = evaluation.unanswered_objections()
    if waiting:
        yield Reason("unanswered", f"{evaluation.title()}还有 {waiting} 条被评价单位的意见没有答复，请逐条答复采纳与否及理由。")


def problems_are_listed(evaluation) -> Iterator[Reason]:
    if not evaluation.has_problems():
        yield Reason("no_problems", f"{evaluation.title()}还没有列出问题，请先录入反馈意见书的问题清单。")


def conflict_free_to_archive(evaluation) -> Iterator[Reason]:
    """BLK-F4: working papers are complete before the file is closed."""
    missing = evaluation.lines_without_paper()
    if missing:
        yield Reason(
            "BLK-F4", f"{evaluation.title()}有 {len(missing)} 项指标没有工作底稿：{'、'.join(missing[:5])}，请补齐后再归档。"
        )


def every_problem_has_a_measure(rectification) -> Iterator[Reason]:
    """BLK-G1: measure, responsible person and due date for every problem of the letter."""
    for item in rectification.item_list():
        if not (item.measure.strip() and item.person.strip() and item.due_on):
            yield Reason(
                "BLK-G1", f"{rectification.title()}第 {item.seq} 个问题没有写全整改措施、责任人和完成时限，请补充。",
                target=f"item-{item.seq}",
            )


def every_problem_has_a_result(rectification) -> Iterator[Reason]:
    """BLK-G2: what was done, with evidence, for every problem."""
    for item in rectification.item_list():
        if not item.result.strip() or item.done_on is None:
            yield Reason(
                "BLK-G2", f"{rectification.title()}第 {item.seq} 个问题没有填写整改结果和完成日期，请补充。", target=f"item-{item.seq}"
            )


def every_problem_is_verified(rectification) -> Iterator[Reason]:
    waiting = [str(item.seq) for item in rectification.item_list() if item.status != "verified"]
    if waiting:
        yield Reason(
            "unverified", f"{rectification.title()}第 {'、'.join(waiting)} 个问题还没有逐项核实，请核实后再销号。"
        )


def may_fill_item(item, *, at_work: bool, done_on: date | None, today: date) -> Iterator[Reason]:
    """Measures are written before the work, results during it; a verified problem is closed."""
    letter = item.rectification
    if done_on is not None and done_on > today:
        yield Reason(
            "done_later",
            f"{letter.title()}第 {item.seq} 个问题的完成日期 {done_on} 在今天 {today} 之后，请填实际完成的日期，没有完成的先留空。",
            target=f"item-{item.seq}",
        )
    if at_work and item.status == "verified":
        yield Reason("verified", f"{letter.title()}第 {item.seq} 个问题已经核实，不能再改。")


def may_verify_item(item, *, verified: bool, note: str) -> Iterator[Reason]:
    letter = item.rectification
    if letter.state != "verifying":
        yield Reason("wrong_state", f"{letter.title()}目前是“{letter.state_label}”，报送整改结果后才能逐项核实。")
    if not verified and not note.strip():
        yield Reason("no_note", f"{letter.title()}第 {item.seq} 个问题核实为不到位，请写明哪里不到位。")


def may_publish(project_year, *, self_evaluation, unfinished, published: bool, document_no: str) -> Iterator[Reason]:
    """``unfinished``: titles of evaluations that have no grade yet."""
    title = project_year.title()
    if published:
        yield Reason("published", f"{title}的结果已经发布，更正请另行登记挂钩依据。")
        return
    if self_evaluation is None or self_evaluation.state != "final":
        where = "还没有发起" if self_evaluation is None else f"目前是“{self_evaluation.state_label}”"
        yield Reason("self_evaluation", f"{title}的单位自评{where}，财政认可或复核完成后才能发布结果。")
    elif project_year.stage not in PUBLISHED_STAGES:
        yield Reason("stage", f"{title}目前是“{project_year.state_label}”，自评、评价或整改中的项目才能发布结果。")
    for evaluation in unfinished:
        yield Reason("evaluation", f"{evaluation}还没有定级，请在定级后再发布结果。")
    if not document_no.strip():
        yield Reason("no_document", f"{title}没有填写发布文号，请填写后再发布。")


def may_record_disclosure(disclosure, user) -> bool:
    """Whoever evaluates publishes: the department for its units, finance for its own evaluations."""
    department = disclosure.project_year.project.department_id
    return user.holds(Role.FISCAL_PERFORMANCE) or any(user.holds(role, department) for role in DEPARTMENT_ROLES)


def may_record_disclosures(user) -> bool:
    """Whether there can be any disclosure for this person to record."""
    return user.holds(Role.FISCAL_PERFORMANCE) or any(user.holds(role) for role in DEPARTMENT_ROLES)


def disclosure_is_sound(disclosure, *, published_on, channel: str, nonpublic_reason: str, today) -> Iterator[Reason]:
    """Made public on a day and in a place, or kept back on a stated ground; never both."""
    title = disclosure.title()
    if nonpublic_reason.strip():
        if published_on is not None:
            yield Reason("both", f"{title}既填了公开日期又填了不予公开的依据，请只留一种。")
        return
    if published_on is None:
        yield Reason("no_date", f"{title}没有填写公开日期；依法不予公开的，请写明依据。")
    elif published_on > today:
        yield Reason("future", f"{title}的公开日期 {published_on} 在今天 {today} 之后，请在公开以后再登记。")
    if not channel.strip():
        yield Reason("no_channel", f"{title}没有填写公开渠道，例如“县政府门户网站”。")
