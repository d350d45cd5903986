"""Feedback letters and allocation sheets."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from core.grades import grade_of
from core.layout import plain
from core.money import wan_text
from core.official.checking.findings import Finding, found
from core.official.filled import EMPTY, FilledForm, PaperKind, Written
from core.rulebook import Rulebook

_TASK_AMOUNTS = {"amount": "任务预算金额", "fiscal": "任务财政拨款", "other": "任务其他资金"}
_AMOUNTS = {
    "previous": "上年预算数", "declared": "申请数", "suggested": "规则建议数", "amount": "安排数",
}


def letter_is_complete(form: FilledForm) -> Iterator[Finding]:
    if form.kind is not PaperKind.FEEDBACK_LETTER:
        return
    if not form.field("document_no"):
        yield found("document_no_missing", "", "反馈意见书没有文号，请在印发前编号。")
    if not form.lines:
        yield found("problems_missing", "", "反馈意见书没有列出存在问题，请逐条列明问题和整改要求。")
    for name, title in {"total": "评价得分", "grade": "评价等级"}.items():
        if name in form.fields and not form.field(name):
            yield found(f"{name}_missing", form.field(name), f"反馈意见书的{title}是空的，请填写。")
    for line in form.lines:
        problem = line.get("problem", EMPTY)
        if not problem:
            yield found("line_incomplete", problem, "反馈意见书有一行没有写存在问题，请补填或删去此行。")
        if problem and "demand" in line and not line["demand"]:
            yield found("demand_missing", line["demand"], f"问题“{problem.text[:20]}”没有写整改要求，请补填。")
        if problem and "due" in line and not line["due"]:
            yield found("due_missing", line["due"], f"问题“{problem.text[:20]}”没有写完成时限，请补填。")


def allocation_is_complete(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    if form.kind is not PaperKind.ALLOCATION:
        return
    lines = [line for line in form.lines if line.get("project") or any(line.get(name) for name in _AMOUNTS)]
    if not lines:
        yield found("problems_missing", "", "预算安排表没有列出项目，请逐个项目填写。")
    for line in lines:
        yield from _line(line, form.in_yuan)
        yield from _grade(line, book)
    yield from _totals(form, lines, _AMOUNTS)
    yield from _duplicates(lines)


def _line(line: Mapping[str, Written], in_yuan: bool) -> Iterator[Finding]:
    project = line.get("project", EMPTY)
    for name, title in {"project": "项目名称", "amount": "安排数"}.items():
        if not line.get(name):
            yield found("line_incomplete", line.get(name, project),
                        f"“{project.text or '此行'}”没有填{title}，请补填。")
    amounts = {name: line.get(name, EMPTY).yuan(in_yuan=in_yuan) for name in (*_AMOUNTS, "difference")}
    for name, title in _AMOUNTS.items():
        written = line.get(name, EMPTY)
        if written and not written.is_dash and amounts[name] is None:
            yield found("amount_unreadable", written,
                        f"“{project.text}”的{title}写的是“{written.text}”，不是金额，请只填数字。")
    final, suggested, previous = amounts["amount"], amounts["suggested"], amounts["previous"]
    if None not in (final, suggested) and final != suggested and "reason" in line and not line["reason"]:
        yield found("change_reason", line["reason"],
                    f"“{project.text}”安排 {wan_text(final)} 万元，与规则建议数 {wan_text(suggested)} 万元不同，没有说明理由，请补填。")
    if None not in (final, previous, amounts["difference"]) and final - previous != amounts["difference"]:
        yield found("difference_wrong", line["difference"],
                    f"“{project.text}”比上年增减应为 {wan_text(final - previous)} 万元，"
                    f"表里写 {wan_text(amounts['difference'])} 万元，请改正。")


def _grade(line: Mapping[str, Written], book: Rulebook) -> Iterator[Finding]:
    score, grade = line.get("score", EMPTY).number, line.get("grade", EMPTY)
    names = {band.name for band in book.grades}
    if score is None or not 0 <= score <= 100 or grade.text not in names:
        return
    right = grade_of(score, book.grades)
    if right != grade.text:
        yield found("grade_wrong", grade,
                    f"“{line.get('project', EMPTY).text}”得 {score} 分应为“{right}”，表里写“{grade.text}”，请改正。")


def tasks_add_up(form: FilledForm) -> Iterator[Finding]:
    """The tasks of a department and their row of totals."""
    if form.kind is PaperKind.DEPARTMENT_TARGET:
        yield from _totals(form, list(form.lines), _TASK_AMOUNTS)


def _totals(form: FilledForm, lines: list[Mapping[str, Written]],
            titles: Mapping[str, str]) -> Iterator[Finding]:
    for name, title in titles.items():
        stated = form.field(f"total_{name}").yuan(in_yuan=form.in_yuan)
        amounts = [line.get(name, EMPTY).yuan(in_yuan=form.in_yuan) for line in lines]
        added = sum((amount for amount in amounts if amount is not None), Decimal("0.00"))
        if stated is not None and stated != added:
            yield found("line_total", form.field(f"total_{name}"),
                        f"{title}合计写 {wan_text(stated)} 万元，各行相加是 {wan_text(added)} 万元，请改正。")


def _duplicates(lines: list[Mapping[str, Written]]) -> Iterator[Finding]:
    keys = [(plain(line.get("project", EMPTY).text), plain(line.get("unit", EMPTY).text)) for line in lines]
    counts, seen = Counter(keys), set()
    for key, line in zip(keys, lines, strict=True):
        if key[0] and counts[key] > 1 and key in seen:
            yield found("line_duplicate", line["project"],
                        f"“{line['project'].text}”列了 {counts[key]} 次，请合并或删去重复的一行。")
        seen.add(key)
