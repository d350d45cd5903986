"""实际完成值: was it measured, and does it say what the target asks?"""

import re
from collections.abc import Iterator

from core.layout import plain
from core.notation.units import converted
from core.official.checking.findings import Finding, found
from core.official.checking.proposals import NOT_APPLICABLE, Proposal
from core.official.filled import FilledForm, PaperKind
from core.scoring.values import Kind

_VAGUE = re.compile(r"基本|部分完成|大部|正在|推进中|进行中|陆续|逐步|即将|较好|接近|左右|大约|约[0-9]")
_NUMBERS = {Kind.NUMERIC, Kind.DURATION, Kind.RANGE}


def actuals_are_measured(form: FilledForm, proposals: tuple[Proposal, ...]) -> Iterator[Finding]:
    if "actual" not in form.columns or form.kind is PaperKind.EVALUATION_SCORES:
        return
    for each in proposals:
        yield from _presence(each, form)
        if not each.indicator.actual.is_empty:
            yield from _measure(each)
            yield from _doubts(each, form)


def _presence(proposal: Proposal, form: FilledForm) -> Iterator[Finding]:
    each = proposal.indicator
    at, kind = each.cell("actual"), each.actual.kind
    explained = form.kind is PaperKind.PROGRESS_REPORT and (each["note"] or each["reason"] or each["remark"])
    if proposal.verdict.met or explained:
        return
    if kind is Kind.BLANK:
        yield found("actual_missing", at, f"{each.said}没有填实际完成值，请填写。")
    elif kind is Kind.PLACEHOLDER and plain(each.actual.cell) not in NOT_APPLICABLE:
        yield found("actual_placeholder", at, f"{each.said}的实际完成值写的是“{each.actual.cell}”，只是占位，请填写完成情况。")
    elif kind is Kind.UNFILLED:
        yield found("actual_without_number", at, f"{each.said}的实际完成值“{each.actual.cell}”里没有数字，请填写数字。")


def _measure(proposal: Proposal) -> Iterator[Finding]:
    each, at = proposal.indicator, proposal.indicator.cell("actual")
    target, actual = each.target, each.actual
    both_count, in_words = target.is_number and actual.is_number, actual.kind is Kind.QUALITATIVE
    if both_count and converted(actual.unit, target.unit) is None:
        yield found("unit_differs", at,
                    f"{each.said}的目标以“{target.unit}”计，实际完成值以“{actual.unit}”计，无法比较，请改用同一单位。")
    elif target.kind in _NUMBERS and in_words and plain(actual.cell) not in NOT_APPLICABLE:
        yield found("actual_unmeasured", at,
                    f"{each.said}的目标是“{_short(target.cell)}”，实际完成值只写“{_short(actual.cell)}”，请填写实际完成的数。")
    elif in_words and _VAGUE.search(actual.cell):
        yield found("actual_vague", at, f"{each.said}的实际完成值“{_short(actual.cell)}”说不清完成了多少，请写明完成的部分。")
    if both_count and actual.op and target.op is actual.op and actual.values == target.values:
        yield found("actual_copied_bound", at, f"{each.said}的实际完成值“{_short(actual.cell)}”照抄了目标的界限，请填写实际数。")


def _doubts(proposal: Proposal, form: FilledForm) -> Iterator[Finding]:
    each, at = proposal.indicator, proposal.indicator.cell("actual")
    if each.actual.ambiguous:
        yield found("actual_ambiguous", at,
                    f"{each.said}的实际完成值“{_short(each.actual.cell)}”：{' '.join(each.actual.notes)}")
    is_day = each.target.kind is Kind.DATE and each.actual.kind is Kind.DATE
    if is_day and form.kind.self_evaluates and proposal.verdict.met is False:
        yield found("date_late", at, f"{each.said}要求 {each.target.date} 前完成，实际 {each.actual.date} 完成，"
                                     f"晚了 {(each.actual.date - each.target.date).days} 天，请核对并说明原因。")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else f"{text[:30]}…"
