"""Forms on which people score items: target review, ex-ante assessment, evaluation."""

from collections.abc import Iterator
from decimal import Decimal

from core.layout import bare, plain
from core.money import half_up, wan_text
from core.official.checking.findings import Finding, Severity, found
from core.official.checking.proposals import ZERO
from core.official.checking.scores import has_reason, loses_points
from core.official.filled import FilledForm, FilledIndicator, PaperKind
from core.rulebook import Rulebook
from core.rulebook.parts import Dimension
from core.rulebook.terms import AssessedObject

_FRAMEWORK = ("决策", "过程", "产出", "效益")
_EFFECTS = ("产出", "效益")
_REFUSED = ("不予", "不支持", "不通过", "不同意", "暂缓", "不建议", "不可行")


def dimensions_are_complete(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    if not form.kind.scores_items or not form.indicators:
        return
    if form.kind is PaperKind.EVALUATION_SCORES:
        names = {each.level1.removesuffix("指标") for each in form.indicators}
        for name in _FRAMEWORK:
            if name not in names:
                yield found("dimension_missing", "", f"评价指标体系没有“{name}”一级指标，一级指标应为决策、过程、产出、效益，请补充。")
        return
    for dimension in _dimensions(form, book):
        yield from _items(form, dimension)


def _dimensions(form: FilledForm, book: Rulebook) -> tuple[Dimension, ...]:
    if form.kind is PaperKind.TARGET_REVIEW:
        return book.review.dimensions
    written = plain(form.field("object_type").text)
    return book.ex_ante.dimensions_of(next((each for each in AssessedObject if each.label == written), ""))


def _items(form: FilledForm, dimension: Dimension) -> Iterator[Finding]:
    """The items of the rule set one by one; an office that words them its own way owes the dimension its points."""
    rows = [each for each in form.indicators if _stem(each.level1) == _stem(dimension.name)]
    if not rows:
        yield found("dimension_missing", "", f"没有“{dimension.name}”这一维度的评分，请补上。")
        return
    names = {item.name for item in dimension.items}
    if len(rows) >= len(names) and sum(bare(each.name) in names for each in rows) * 2 < len(names):
        yield from _points_of(rows, dimension)
        return
    for item in dimension.items:
        row = next((each for each in rows if bare(each.name) == item.name), None)
        if row is None:
            yield found("item_missing", rows[0].cell("level1"),
                        f"“{dimension.name}”下没有“{item.name}”这一评分项，请补上。")
        elif row.weight is not None and row.weight != item.points:
            yield found("item_points", row.cell("weight"),
                        f"评分项“{item.name}”的分值是 {row.weight} 分，规定为 {item.points} 分，请核对。")


def _points_of(rows: list[FilledIndicator], dimension: Dimension) -> Iterator[Finding]:
    due, given = sum((item.points for item in dimension.items), ZERO), [each.weight for each in rows]
    if None not in given and sum(given, ZERO) != due:
        yield found("item_points", rows[0].cell("weight"),
                    f"“{dimension.name}”各评分项合计 {sum(given, ZERO).normalize():f} 分，规定为 {due.normalize():f} 分，请核对。")


def _stem(name: str) -> str:
    return bare(name).removesuffix("审核").removesuffix("指标")


def item_grades_agree(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    """事前评估: an item's score is its grade's share of its points."""
    if form.kind is not PaperKind.EX_ANTE:
        return
    shares = {grade.name: grade.share for grade in book.ex_ante.item_grades}
    for each in form.indicators:
        share = shares.get(plain(each["grade"].text))
        if share is None or each.weight is None or each.score is None:
            continue
        proposed = half_up(each.weight * share)
        if proposed != each.score:
            yield found("item_grade", each.cell("score"),
                        f"{each.said}评为“{each['grade'].text}”应得 {proposed} 分，表里写 {each.score} 分，请改正。")


def effects_weigh_enough(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    """财预〔2020〕10号: output and benefit together not below 60 points."""
    if form.kind is not PaperKind.EVALUATION_SCORES:
        return
    rows = [each for each in form.indicators if each.level1.removesuffix("指标") in _EFFECTS]
    points = sum((each.weight or ZERO for each in rows), Decimal(0))
    if rows and points < book.weights.effect_at_least:
        yield found("effect_points", rows[0].cell("level1"),
                    f"产出和效益合计 {points} 分，不得低于 {book.weights.effect_at_least} 分，请调整分值。")


def deductions_are_explained(form: FilledForm) -> Iterator[Finding]:
    """An evaluation owes a reason for each point it takes; so do a review and an assessment that give any."""
    if not form.kind.scores_items or "reason" not in form.columns:
        return
    is_evaluation = form.kind is PaperKind.EVALUATION_SCORES
    severity = None if is_evaluation else Severity.WARNING
    asked = is_evaluation or any(loses_points(each) and has_reason(each) for each in form.indicators)
    for each in form.indicators if asked else ():
        if loses_points(each) and not has_reason(each):
            yield found("deduction_reason", each.cell("reason"),
                        f"{each.said}分值 {each.weight} 分、得 {each.score} 分，没有写扣分原因，请补填。", severity=severity)


def items_are_judged(form: FilledForm) -> Iterator[Finding]:
    """A review by grades alone (优、良、中、差) grades every item."""
    if form.kind not in {PaperKind.TARGET_REVIEW, PaperKind.EX_ANTE} or "score" in form.columns:
        return
    for each in form.indicators if "grade" in form.columns else ():
        if not each["grade"] or each["grade"].is_dash:
            yield found("score_missing", each.cell("grade"), f"{each.said}没有评定等级，请填写优、良、中或差。")


def opinion_is_given(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    wanted = {PaperKind.TARGET_REVIEW: "opinion", PaperKind.EX_ANTE: "conclusion"}.get(form.kind)
    if wanted is None:
        return
    written = form.field(wanted)
    if wanted in form.fields and (not written or written.is_dash):
        label = "总体意见" if wanted == "opinion" else "总体结论"
        yield found("opinion_missing", written, f"《{form.kind.label}》的{label}是空的，请填写。")
    elif form.kind is PaperKind.EX_ANTE:
        yield from _conclusion(form, book)


def _conclusion(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    score, written = form.total_score.number, form.field("conclusion")
    refused = any(word in written.text for word in _REFUSED)
    if score is not None and written and score < book.ex_ante.pass_mark and not refused:
        yield found("conclusion_contradicts", written,
                    f"总分 {score} 分低于 {book.ex_ante.pass_mark} 分，不得入库，结论却是“{written.text[:30]}”，请核对。")
    applied, fiscal, suggested = (form.field(name).yuan(in_yuan=form.in_yuan)
                                  for name in ("applied", "applied_fiscal", "suggested"))
    if applied is not None and fiscal is not None and fiscal > applied:
        yield found("fund_over_total", form.field("applied_fiscal"),
                    f"其中财政资金 {wan_text(fiscal)} 万元大于申请金额 {wan_text(applied)} 万元，请核对。")
    if applied is not None and suggested is not None and suggested > applied:
        yield found("suggested_over_applied", form.field("suggested"),
                    f"建议安排金额 {wan_text(suggested)} 万元大于申请金额 {wan_text(applied)} 万元，请改正。")
