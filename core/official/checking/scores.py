"""得分 against 分值, the numbers and the reasons; the total and its grade."""

from collections.abc import Iterator
from decimal import Decimal

from core.grades import grade_of
from core.layout import plain
from core.money import half_up
from core.official.checking.findings import Finding, Severity, found
from core.official.checking.money import agrees
from core.official.checking.proposals import ZERO, Proposal, sum_of_scores
from core.official.filled import FilledForm, FilledIndicator, PaperKind, Written
from core.rulebook import Rulebook
from core.scoring import override_range, qualitative_range
from core.scoring.working import Demand

_EMPTY_REASONS = ("", "-", "—", "/", "无", "无偏差", "不适用", "无。", "无偏差。")
_GRADED = {
    PaperKind.TARGET_REVIEW, PaperKind.SELF_EVALUATION, PaperKind.DEPARTMENT_SELF_EVALUATION,
    PaperKind.EVALUATION_SCORES,
    PaperKind.FEEDBACK_LETTER,
}


def scores_are_filled(form: FilledForm) -> Iterator[Finding]:
    if "score" not in form.columns:
        return
    for each in form.indicators:
        written, at = each["score"], each.cell("score")
        if not written or written.is_dash:
            yield found("score_missing", at, f"{each.said}没有填得分，请填写，没有得分的填 0。")
        elif written.number is None:
            yield found("score_unreadable", at, f"{each.said}的得分写的是“{written.text}”，请只填数字。")
        else:
            yield from _limits(each, written.number, at)


def _limits(each: FilledIndicator, score: Decimal, at: str) -> Iterator[Finding]:
    if score < 0:
        yield found("score_negative", at, f"{each.said}的得分是 {score} 分，得分最低为 0，请改正。")
    elif each.weight is not None and score > each.weight:
        yield found("score_over_weight", at, f"{each.said}的得分 {score} 分超过分值 {each.weight} 分，请改正。")
    if score != half_up(score):
        yield found("score_places", at, f"{each.said}的得分 {score} 分超过 2 位小数，请保留 2 位。")


def scores_follow_numbers(form: FilledForm, proposals: tuple[Proposal, ...],
                          book: Rulebook) -> Iterator[Finding]:
    if form.kind is PaperKind.EVALUATION_SCORES:
        for one in form.indicators:
            yield from _coefficient(one)
    if not form.kind.self_evaluates or "score" not in form.columns:
        return
    for each in proposals:
        score, weight = each.indicator.score, each.indicator.weight
        if each.refusal and each.indicator.target.values[:1] and min(each.indicator.target.values) >= 0:
            yield found("target_negative", each.indicator.cell("target"), each.refusal)
        if score is None or weight is None or not 0 <= score <= weight:
            continue
        wrong = list(_coefficient(each.indicator))
        yield from wrong
        if wrong:
            continue
        if each.is_by_formula:
            yield from _against_formula(each, book)
        elif each.quality is not None:
            yield from _against_band(each, book)
        elif each.verdict and each.verdict.met is False and score == weight:
            yield found("full_score_not_met", each.indicator.cell("score"),
                        f"{each.indicator.said}没有达到目标却得满分 {score} 分：{each.verdict.why}")


def _coefficient(each: FilledIndicator) -> Iterator[Finding]:
    """重庆: 得分 = 指标权重 × 得分系数; an evaluation's 得分率 is the score's share of the points."""
    coefficient = each["coefficient"].number
    if coefficient is None or each.weight is None or each.score is None:
        return
    proposed = half_up(each.weight * coefficient / 100)
    as_rate = half_up(each.score / each.weight * 100, each["coefficient"].places) if each.weight else None
    if as_rate != coefficient and not agrees(each["score"], proposed, each.weight):
        yield found("score_coefficient", each.cell("score"),
                    f"{each.said}权重 {each.weight}、得分系数 {each['coefficient'].text}，应得 {proposed} 分，"
                    f"表里写 {each.score} 分，请改正。")


def _against_formula(proposal: Proposal, book: Rulebook) -> Iterator[Finding]:
    each, proposed = proposal.indicator, proposal.score
    if agrees(each["score"], proposed, each.weight):
        return
    if each.score < proposed:
        yield found("score_below_computed", each.cell("score"),
                    f"{each.said}得 {each.score} 分，按数字可得 {proposed} 分（{proposal.working.formula}），如属扣分请写明原因。")
        return
    highest = override_range(proposed, weight=each.weight, book=book)[1]
    within = each.score <= highest and has_reason(each)
    yield found("score_above_computed", each.cell("score"),
                f"{each.said}得 {each.score} 分，按数字只应得 {proposed} 分（{proposal.working.formula}），请改分或写明理由。",
                severity=Severity.WARNING if within else None)


def _against_band(proposal: Proposal, book: Rulebook) -> Iterator[Finding]:
    each = proposal.indicator
    low, high = qualitative_range(proposal.quality, weight=each.weight, book=book)
    if low <= each.score <= high:
        return
    severity = Severity.ERROR if each.score > high else None
    yield found("score_outside_band", each.cell("score"),
                f"{each.said}的完成情况为“{proposal.quality.label}”，得分应在 {low} 至 {high} 分之间，表里写 {each.score} 分，"
                f"请核对。", severity=severity)


def reasons_are_written(form: FilledForm, proposals: tuple[Proposal, ...],
                        book: Rulebook) -> Iterator[Finding]:
    """Points lost and targets far exceeded must be explained, in forms that have a column for it."""
    if not form.kind.self_evaluates:
        return
    if "reason" not in form.columns:
        yield from _reasons_in_one(form, book)
        return
    for each in proposals:
        one = each.indicator
        if has_reason(one):
            continue
        at = one.cell("reason")
        if loses_points(one) and book.evaluation_reasons.below_full:
            yield found("below_full_reason", at,
                        f"{one.said}分值 {one.weight} 分、得 {one.score} 分，没有写偏差原因和改进措施，请补填。")
        elif "score" not in form.columns and each.verdict and each.verdict.met is False and not one.actual.is_empty:
            yield found("missed_reason", at,
                        f"{one.said}目标 {_short(one.target.cell)}、实际 {_short(one.actual.cell)}，没有达到目标，"
                        f"请写明原因和改进措施。")
        if Demand.OVER_COMPLETION in each.demands:
            yield found("over_completion_reason", at,
                        f"{one.said}目标 {_short(one.target.cell)}、实际 {_short(one.actual.cell)}，"
                        f"超过目标的 {half_up(book.over_completion.threshold * 100, 0)}%，请写明超额完成的原因。")


def _reasons_in_one(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    """湖北: one field below the indicators for all reasons."""
    written = form.field("deviation")
    lost = [each for each in form.indicators if loses_points(each)]
    empty = "deviation" in form.fields and plain(written.text) in _EMPTY_REASONS
    if lost and empty and book.evaluation_reasons.below_full:
        yield found("below_full_reason", written,
                    f"{'、'.join(each.said for each in lost[:3])}没有得满分，原因分析一栏是空的，请补填。")


def loses_points(each: FilledIndicator) -> bool:
    return each.score is not None and each.weight is not None and each.score < each.weight


def has_reason(each: FilledIndicator) -> bool:
    return plain(each["reason"].text or each["remark"].text) not in _EMPTY_REASONS


def total_is_right(form: FilledForm) -> Iterator[Finding]:
    if "score" not in form.columns or not form.indicators:
        return
    yield from _totals_agree(form)
    stated, added = form.total_score.number, sum_of_scores(form)
    at = form.total_score.cell
    if stated is None:
        if all(each.score is not None for each in form.indicators):
            yield found("total_missing", at, f"没有填总分，各项得分合计 {added} 分，请补填。")
    elif not _is_sum(form.total_score, added) and not is_subtotal(form):
        yield found("total_score", at, f"总分写 {stated} 分，各项得分合计 {added} 分，请改正。")


def _is_sum(written: Written, added: Decimal) -> bool:
    """Equal, or rounded to the decimals it was written with."""
    stated, places = written.number, written.places
    return stated == added or bool(places and half_up(added, places) == stated)


def is_subtotal(form: FilledForm) -> bool:
    """合计 90 below the indicators, the whole with the execution rate at the head of the form."""
    own = sum((each.score or ZERO for each in form.indicators), ZERO)
    return form.execution is not None and bool(_head_total(form)) and _is_sum(form.total_score, own)


def _totals_agree(form: FilledForm) -> Iterator[Finding]:
    """自评总分 at the head of a form against the row of totals."""
    head, added = _head_total(form), sum_of_scores(form)
    if head and not _is_sum(head, added):
        yield found("total_score", head, f"总分写 {head.number} 分，各项得分合计 {added} 分，请改正。")


def _head_total(form: FilledForm) -> Written | None:
    head = form.field("total")
    return head if head.number is not None and head.cell != form.total_score.cell else None


def grade_is_right(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    score, grade = (_head_total(form) or form.total_score).number, form.field("grade")
    if form.kind not in _GRADED or score is None or not 0 <= score <= 100:
        return
    if not grade or grade.is_dash:
        if "grade" in form.fields and form.kind not in {PaperKind.SELF_EVALUATION,
                PaperKind.DEPARTMENT_SELF_EVALUATION}:
            yield found("grade_missing", grade, f"总分 {score} 分，等级没有填写，请补填。")
        return
    review = form.kind is PaperKind.TARGET_REVIEW
    right = grade_of(score, book.review.bands if review else book.grades)
    names = [band.name for band in (book.review.bands if review else book.grades)]
    if grade.text in names and grade.text != right:
        yield found("grade_wrong", grade, f"总分 {score} 分应为“{right}”，表里写“{grade.text}”，请改正。")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else f"{text[:30]}…"
