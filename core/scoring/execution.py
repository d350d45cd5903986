"""The budget execution rate and its score."""

from decimal import Decimal
from fractions import Fraction

from core.errors import refuse
from core.money import half_up, percent_text, wan_text
from core.rulebook import Rulebook
from core.rulebook.parts import Step
from core.rulebook.terms import ExecutionMethod
from core.scoring.working import Demand, Outcome, Status, Working, settle, unscored

RULE = "execution"


def score_execution(*, budget: Decimal, executed: Decimal, weight: Decimal, book: Rulebook,
                    finished: bool = False) -> Working:
    """Score spending against `budget`, the figure `book.execution.base(...)` picks; both in yuan.

    Shape: not applicable when nothing was budgeted and nothing spent. Over 100 % earns no more than full points.
    Raises: RuleViolation when money was spent without a budget, or the budget is negative.
    """
    if budget < 0 or (budget == 0 and executed != 0):
        raise refuse(
            "no_budget",
            f"{book.execution.denominator.label}为 {wan_text(budget)} 万元，执行数却为 {wan_text(executed)} 万元，"
            "请先核对预算指标和支付数据。",
        )
    if budget == 0:
        note = "预算数和执行数均为 0，预算执行率不适用。"
        return unscored(Status.NOT_APPLICABLE, rule=RULE, weight=weight, note=note)
    rate = Fraction(executed) / Fraction(budget)
    inputs = (
        (book.execution.denominator.label, f"{wan_text(budget)} 万元"),
        ("执行数", f"{wan_text(executed)} 万元"),
        ("执行率", percent_text(rate, 2)),
    )
    return settle(_outcome(rate, budget=budget, executed=executed, book=book, finished=finished),
                  weight=weight, inputs=inputs)


def execution_rate(*, budget: Decimal, executed: Decimal) -> Decimal | None:
    """Ratio with four places; None without a budget."""
    return half_up(Fraction(executed) / Fraction(budget), 4) if budget > 0 else None


def step_share(rate: Fraction, steps: tuple[Step, ...]) -> Decimal:
    """Share of the highest step the rate reaches; 0 below all of them."""
    return next((step.share for step in steps if rate >= step.lower), Decimal(0))


def _outcome(rate: Fraction, *, budget: Decimal, executed: Decimal, book: Rulebook, finished: bool) -> Outcome:
    demands, notes = _owed(rate, book)
    if rate >= 1:
        return Outcome(rule=RULE, share=Fraction(1), sum="100%", because="执行率达到 100%，得满分",
                       notes=notes, demands=demands)
    if book.execution.method is ExecutionMethod.PROPORTIONAL:
        written = f"{wan_text(executed)} ÷ {wan_text(budget)}"
        return Outcome(rule=RULE, share=rate, sum=written, notes=notes, demands=demands)
    if finished:
        return Outcome(rule=RULE, share=Fraction(1), sum="100%", because="项目已完成且支出未超预算，得满分",
                       notes=notes, demands=demands)
    earned = step_share(rate, book.execution.steps)
    return Outcome(rule=RULE, share=Fraction(earned), sum=percent_text(earned, 0),
                   because=f"执行率 {percent_text(rate, 2)} 所在区间", notes=notes, demands=demands)


def _owed(rate: Fraction, book: Rulebook) -> tuple[tuple[Demand, ...], tuple[str, ...]]:
    if rate > 1:
        return (Demand.OVER_BUDGET,), (f"执行率 {percent_text(rate, 2)} 超过 100%，按满分封顶，须说明超预算支出的原因。",)
    if rate < book.execution.explain_below:
        limit = percent_text(book.execution.explain_below, 0)
        return (Demand.LOW_EXECUTION,), (f"执行率 {percent_text(rate, 2)} 低于 {limit}，须说明原因。",)
    return (), ()
