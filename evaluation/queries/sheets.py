"""The self-evaluation sheet as its page prints it: plain rows, spans, figures with their workings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from core.attachments import attachments_of
from core.money import half_up, percent_text
from core.rulebook import Rulebook
from core.rulebook.terms import Term
from evaluation.models import SelfEvaluation, SelfScore
from targets.models import Indicator

RULES = {
    "execution": "分值×执行率，最高为满分",
    "higher": "正向指标：达到目标得满分，未达到的按完成比例得分",
    "higher_over": "正向指标明显超额：不加分，须说明原因",
    "equal": "等于型指标：达到目标得满分，未达到的按完成比例得分",
    "equal_over": "等于型指标明显超额：不加分，须说明原因",
    "lower": "反向指标：不超过目标得满分",
    "lower_linear": "反向指标：超出目标按比例扣分，达两倍不得分",
    "lower_ratio": "反向指标：目标值除以实际值",
    "negative": "允许负值的指标：按偏离程度扣分",
    "satisfaction_tiers": "满意度按所在区间得分",
    "qualitative": "定性指标：按达成、部分达成、未达成三档得分",
    "total_renormalise": "各项得分相加；不适用的剔除后按适用分值折算",
    "total_full_marks": "各项得分相加；不适用的按满分计",
    "total_spread_equal": "各项得分相加；不适用的分值平均分给同级指标",
    "total_move_to": "各项得分相加；不适用的分值并入指定的一级指标",
}


def working_shown(working: Mapping[str, Any]) -> dict[str, Any]:
    """A stored working for ``components/_fx.html``, its rule in words."""
    return dict(working) | {"rule": RULES.get(working.get("rule", ""), "")} if working else {}


def deviation(indicator: Indicator, actual: Decimal | None) -> str:
    """How far the actual value lies from the target, signed; “—” where there is nothing to divide."""
    if actual is None or not indicator.target_value:
        return "—"
    gap = Fraction(actual - indicator.target_value) / Fraction(indicator.target_value)
    text = percent_text(gap)
    return f"+{text}" if half_up(gap * 100, 1) > 0 else text.replace("-", "−")


def sheet_rows(sheet: SelfEvaluation, scores: Sequence[SelfScore]) -> list[dict[str, Any]]:
    """One row an indicator, in the order of the declaration; ``span1`` and ``span2`` only on the first of a group."""
    evidence = Counter(attachments_of(sheet).values_list("kind", flat=True))
    first, second = _spans(scores, "level1"), _spans(scores, "level1", "level2")
    return [
        {
            "number": number, "id": score.indicator_id, "span1": first.get(score.pk), "span2": second.get(score.pk),
            "level1": _short(score.indicator.get_level1_display()),
            "level2": _short(score.indicator.get_level2_display()),
            "name": score.indicator.name, "target": score.indicator.target_shown, "actual": actual_shown(score),
            "qualitative": score.indicator.value_type == "qualitative", "unit": score.indicator.unit_of_measure,
            "deviation": "—" if score.not_applicable else deviation(score.indicator, score.actual_value),
            "weight": score.indicator.weight.normalize(), "score": score.score, "proposed": score.proposed_score,
            "overridden": score.is_overridden, "working": working_shown(score.working),
            "not_applicable": score.not_applicable, "reason": score.reason, "owes": score.owes_reason,
            "lacks_reason": score.owes_reason and not score.reason.strip(),
            "over": score.working.get("rule", "").endswith("_over"), "over_cause": score.get_over_cause_display(),
            "notes": score.working.get("notes", []) if score.owes_reason else [],
            "evidence": evidence[evidence_kind(number)],
        }
        for number, score in enumerate(scores, start=1)
    ]


def evidence_kind(number: int) -> str:
    """The kind under which the evidence of one row is uploaded."""
    return f"第 {number} 行佐证"


def actual_shown(score: SelfScore) -> str:
    if score.not_applicable:
        return "不适用"
    if score.actual_value is None:
        return score.get_quality_display() if score.quality else ""
    value = score.actual_value.normalize()
    return f"{value:,f}{'%' if score.indicator.unit_of_measure == '%' else ''}"


def _short(label: str) -> str:
    return label.removesuffix("指标").removeprefix("服务对象")


def _spans(scores: Sequence[SelfScore], *names: str) -> dict[int, int]:
    """Primary key of the first score of each group to the size of the group."""
    found = {}
    for _, group in groupby(scores, key=lambda score: [getattr(score.indicator, name) for name in names]):
        members = list(group)
        found[members[0].pk] = len(members)
    return found


def score_bars(sheet: SelfEvaluation) -> list[dict[str, Any]]:
    """One bar a level-1 indicator: its points, what was earned, and the share of it."""
    return [
        {
            "label": level["label"].removesuffix("率"), "score": Decimal(level["score"]), "weight": level["weight"],
            "ratio": Decimal(level["score"]) / Decimal(level["weight"]),
        }
        for level in sheet.workings.get("levels", [])
    ]


def rules_in_words(book: Rulebook) -> list[str]:
    """How the rule set in force scores, for the person who fills in."""
    over = percent_text(book.over_completion.threshold, 0)
    share = book.qualitative
    return [
        f"预算执行率：{_words(book.execution.method)}，分母为{_words(book.execution.denominator)}",
        "≥、= 类：达到目标得满分，未达到的按完成比例得分",
        f"≤ 类：{_words(book.indicators.reverse)}",
        f"实际超过目标 {over}：{_words(book.over_completion.mode)}",
        f"定性：达成 {percent_text(share.reached_from, 0)}—100%，部分达成 {percent_text(share.partly_from, 0)}—"
        f"{percent_text(share.reached_from, 0)}，未达成低于 {percent_text(share.partly_from, 0)}",
        f"不适用：{_words(book.not_applicable.treatment)}",
        f"改填得分：最多上调分值的 {percent_text(book.override.raise_share, 0)}，须写明理由",
    ]


def bands_in_words(book: Rulebook) -> str:
    """优 ≥90 · 良 80—90 · …"""
    words, upper = [], None
    for band in book.grades:
        lower = f"{band.lower.normalize():f}"
        if upper is None:
            words.append(f"{band.name} ≥{lower}")
        else:
            words.append(f"{band.name} <{upper}" if band.lower == 0 else f"{band.name} {lower}—{upper}")
        upper = lower
    return " · ".join(words)


def _words(term: Term) -> str:
    return term.label
