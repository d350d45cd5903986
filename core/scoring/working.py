"""How a figure came about: what went in, which rule, the sum with its real figures, and what a person still owes."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.money import Number, half_up
from core.rulebook.schema import dump
from core.rulebook.terms import Term


class Status(Term):
    SCORED = "scored", "已计分"
    MISSING = "missing", "未填报"
    NOT_APPLICABLE = "not_applicable", "不适用"
    TO_JUDGE = "to_judge", "待人工评分"


class Demand(Term):
    """What a person must supply before the figure may be submitted."""

    BELOW_FULL = "below_full", "未得满分的原因和改进措施"
    LOW_EXECUTION = "low_execution", "预算执行率偏低的原因"
    OVER_BUDGET = "over_budget", "支出超过预算的原因"
    OVER_COMPLETION = "over_completion", "明显超额完成的原因"
    BELOW_MONITORING = "below_monitoring", "低于监控填报数的原因"
    VALUE = "value", "实际完成值"
    JUDGEMENT = "judgement", "人工评分"
    NOT_APPLICABLE = "not_applicable", "不适用的理由和审核人意见"
    MANUAL_EVALUATION = "manual_evaluation", "人工评价结论"


@dataclass(frozen=True, kw_only=True)
class Explained:
    """The working behind a figure; `inputs` keeps the order in which a person reads them."""

    rule: str
    inputs: tuple[tuple[str, str], ...] = ()
    formula: str = ""
    notes: tuple[str, ...] = ()

    def explain(self) -> dict[str, Any]:
        """Plain data for a JSON column, decimals as text."""
        return dump(self)


@dataclass(frozen=True, kw_only=True)
class Working(Explained):
    """A proposed score: 0 to `weight`, two places."""

    score: Decimal
    weight: Decimal
    status: Status = Status.SCORED
    demands: tuple[Demand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a rule decides before it meets the points: the share earned (0–1) and how to write it down."""

    rule: str
    share: Fraction
    sum: str
    because: str = ""
    notes: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()


def settle(outcome: Outcome, *, weight: Decimal, inputs: tuple[tuple[str, str], ...],
           explain_below_full: bool = False) -> Working:
    """Multiply the share by the points and round once."""
    score = half_up(Fraction(weight) * max(Fraction(0), min(Fraction(1), outcome.share)))
    owed = (Demand.BELOW_FULL,) if explain_below_full and score < weight else ()
    because = f"（{outcome.because}）" if outcome.because else ""
    return Working(
        rule=outcome.rule,
        inputs=(*inputs, ("分值", plain(weight))),
        formula=f"{plain(weight)} × {outcome.sum} = {score}{because}",
        notes=outcome.notes,
        score=score,
        weight=weight,
        demands=outcome.demands + owed,
    )


def unscored(status: Status, *, rule: str, weight: Decimal, note: str, demand: Demand | None = None) -> Working:
    return Working(
        rule=rule,
        inputs=(("分值", plain(weight)),),
        formula=status.label,
        notes=(note,),
        score=Decimal("0.00"),
        weight=weight,
        status=status,
        demands=(demand,) if demand else (),
    )


def plain(value: Number) -> str:
    """A number as people write it; a fraction shows at most four places."""
    if isinstance(value, Fraction):
        value = half_up(value, 4).normalize()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
