"""A filled 项目支出绩效自评表 becomes the draft of a self-evaluation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.official.checking.proposals import propose
from core.official.filled import FilledForm, FilledIndicator, PaperKind
from core.official.intake import (
    Achieved,
    Intake,
    Paper,
    Plan,
    drafts_named,
    place_lines,
    read_achieved,
    register,
    tidy,
)
from core.scoring import Quality
from evaluation import rules
from evaluation.forms import ScoreForm, SheetForm
from evaluation.models import SelfEvaluation, SelfScore
from evaluation.official.self_evaluations import reached
from evaluation.services import fill_self_evaluation
from evaluation.services.scoring import work_out
from monitoring.models import QualityChoice
from targets.official import subject_of

TEXT_FIELDS = {
    "goal_result": ("实际完成情况", "result"), "execution_reason": ("预算执行情况说明", "execution_note"),
    "conclusion": ("自评结论", "conclusion"),
}
AMOUNTS = {"initial": ("年初预算数", "initial_yuan"), "adjusted": ("全年预算数", "budget_yuan"),
           "executed": ("全年执行数", "executed_yuan")}
LONGEST_WORDS = SelfScore._meta.get_field("actual_text").max_length


def plan_sheet(sheet: SelfEvaluation, paper: Paper) -> Plan:
    """Texts, actual values, reasons, and every stated score that is not the one the rules give; amounts stay."""
    form, plan = paper.form, Plan()
    plan.take_head(form, subject_of(sheet))
    for column, (label, name) in AMOUNTS.items():
        plan.keep_amount(label, form.total_fund, column, getattr(sheet, name))
    texts = {name: getattr(sheet, name) for name in TEXT_FIELDS}
    for name, (label, field) in TEXT_FIELDS.items():
        plan.take_text(texts, name, label, form.field(field))
    plan.obstacles += [
        Reason("text", f"{TEXT_FIELDS[name][0]}：{sentence}")
        for name, sentences in SheetForm(texts).errors.items() for sentence in sentences
    ]
    plan.data = {"texts": texts, "rows": _rows(plan, sheet, form)}
    return plan


def _rows(plan: Plan, sheet: SelfEvaluation, form: FilledForm) -> dict[int, dict[str, Any]]:
    """The fields of every line that the form has, by indicator."""
    scores = sheet.score_list()
    lines = place_lines(plan, form, [score.indicator for score in scores], title=sheet.title())
    bands = {id(each.indicator): each.quality for each in propose(form, sheet.rulebook())}
    pairs = [(score, line) for score, line in zip(scores, lines, strict=True) if line is not None]
    year = sheet.project_year.fiscal_year_id
    before = {score.pk: (score.entered_score, score.score, reached(score)) for score in scores}
    for score, line in pairs:
        _take_achieved(plan, score, line, band=bands[id(line)], year=year)
        _take_reason(plan, score, line)
    _take_scores(plan, sheet, scores, pairs, before=before)
    rows = {score.indicator_id: _checked(plan, score) for score, _ in pairs}
    if not plan.obstacles:
        _tell_outcome(plan, sheet, scores, form)
    return rows


def _take_achieved(plan: Plan, score: SelfScore, line: FilledIndicator, *, band: Quality | None, year: int) -> None:
    """Set what was reached on the row in hand."""
    indicator = score.indicator
    found = read_achieved(
        plan, line, unit=indicator.unit_of_measure, qualitative=indicator.is_qualitative, quality=band, year=year
    )
    if found is None:
        return
    old = reached(score)
    _set_achieved(score, found)
    if len(found.words) > LONGEST_WORDS:
        plan.obstacles.append(Reason(
            "long_words",
            f"{line.said}（{line.cell('actual')}）的完成情况说明有 {len(found.words)} 个字，超过 {LONGEST_WORDS} 个字的上限，"
            "请删减后重新上传。",
        ))
    plan.compare("实际完成值", line.cell("actual"), old, reached(score), where=indicator.name)


def _set_achieved(score: SelfScore, found: Achieved) -> None:
    score.actual_value, score.not_applicable = found.value, found.not_applicable
    score.quality = QualityChoice(found.quality).value if found.quality else ""
    score.actual_text = found.words


def _take_reason(plan: Plan, score: SelfScore, line: FilledIndicator) -> None:
    texts = {"reason": score.reason}
    plan.take_text(texts, "reason", "偏差原因分析及改进措施", line["reason"], where=score.indicator.name)
    score.reason = texts["reason"]


def _take_scores(
    plan: Plan, sheet: SelfEvaluation, scores: Sequence[SelfScore], pairs: Sequence[tuple[SelfScore, FilledIndicator]],
    *, before: Mapping[int, tuple[Decimal | None, Decimal, str]],
) -> None:
    """A stated score is kept as a person's own where the rules give another one."""
    for score, line in pairs:
        if line.score is not None:
            score.entered_score = None
        elif line["score"] and not line["score"].is_dash:
            plan.remark(
                "score_unread", line["score"], f"{line.said}的得分“{line['score'].text}”不是一个分数，没有填入，得分按规则计算。"
            )
    work_out(sheet, scores, monitored={})
    for score, line in pairs:
        if line.score is None:
            continue
        entered, shown, old = before[score.pk]
        left_over = entered is None and line.score == shown and tidy(old) != tidy(reached(score)) and old
        if line.score != score.proposed_score and left_over:
            plan.remark(
                "score_left", line["score"],
                f"{line.said}的完成值改了，表里的得分 {line.score} 还是改之前的，按规则重新计算为 {score.proposed_score} 分。",
            )
        elif line.score != score.proposed_score:
            score.entered_score = line.score
            _compare_score(plan, score, line, entered)
        elif entered is not None:
            plan.compare(
                "改填得分", line.cell("score"), f"{entered}", f"（取消改填，按规则得 {score.proposed_score} 分）",
                where=score.indicator.name,
            )


def _compare_score(plan: Plan, score: SelfScore, line: FilledIndicator, entered: Decimal | None) -> None:
    changed = entered != line.score
    if changed:
        plan.compare(
            "改填得分", line.cell("score"), "" if entered is None else f"{entered}",
            f"{line.score}（按规则得 {score.proposed_score} 分）", where=score.indicator.name,
        )
    if not score.reason.strip():
        plan.remark(
            "score_reason", line["score"],
            f"{line.said}表里得 {line.score} 分，按规则得 {score.proposed_score} 分，改填得分须写明理由，请在报送前补写。",
        )


def _checked(plan: Plan, score: SelfScore) -> dict[str, Any]:
    """The row as its own page would save it; what the page would not take is an obstacle."""
    typed = {
        "actual_value": "" if score.actual_value is None else f"{score.actual_value:f}", "quality": score.quality,
        "entered_score": "" if score.entered_score is None else f"{score.entered_score:f}",
        "over_cause": score.over_cause, "reason": score.reason,
    } | ({"not_applicable": "on"} if score.not_applicable else {})
    form = ScoreForm({f"s{score.indicator_id}-{name}": text for name, text in typed.items()}, score=score)
    plan.obstacles += [
        Reason("score_row", f"“{score.indicator.name}”{form.fields[name].label}：{sentence}")
        for name, sentences in form.errors.items() for sentence in sentences
    ]
    plan.obstacles += rules.self_score_is_sound(score.self_evaluation, score)
    return form.cleaned_data | {"actual_text": score.actual_text}


def _tell_outcome(plan: Plan, sheet: SelfEvaluation, scores: Sequence[SelfScore], form: FilledForm) -> None:
    """What the sheet will come to, and where the form's own sums say otherwise; the printed total may be left over."""
    whole = work_out(sheet, scores, monitored={})
    plan.outcome = f"填入后自评 {whole['total']} 分，等级“{whole['grade']}”"
    stated = form.execution.score.number if form.execution else None
    if stated is not None and stated != whole["execution_score"]:
        plan.remark(
            "execution_score", form.execution.score,
            f"表里预算执行率得 {stated} 分，按系统登记的预算和支出得 {whole['execution_score']} 分，以系统为准。",
        )
    total = form.total_score.number
    if total is not None and total not in (whole["total"], sheet.total):
        plan.remark(
            "total_score", form.total_score, f"表里总分 {total} 分，填入后系统计算为 {whole['total']} 分，以系统为准。"
        )


def save(sheet: SelfEvaluation, data: Mapping[str, Any], *, by, at: datetime, seen: int) -> SelfEvaluation:
    return fill_self_evaluation(sheet, by=by, at=at, seen=seen, **data)


register(Intake(
    paper=PaperKind.SELF_EVALUATION, model=SelfEvaluation, plan=plan_sheet, save=save,
    drafts=drafts_named(SelfEvaluation), guide=(
        ("项目名称、编码、单位、年度", "只用来核对，必须与本项目一致。"),
        ("项目资金、执行率", "只用来核对；与系统登记的不同时提示，金额和执行率得分以系统为准。"),
        ("绩效指标", "按名称与已批复的指标对应，名称不同的按同类指标的次序对应；指标值和分值以批复为准。"),
        ("实际完成值", "填入完成值，单位不同的换算；定性指标填入达成、部分达成或未达成；空白格不改动草稿。"),
        ("得分", "与按规则算得的分数不同的，作为改填得分填入，须写明理由。"),
        ("偏差原因、完成情况、执行说明、结论", "填入对应的文字；空白格不改动草稿。"),
    ),
))
