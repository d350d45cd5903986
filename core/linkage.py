"""What an evaluation result suggests for next year's money. A suggestion only: people decide, with a reason.

Several rules may hit; the one that leaves least decides, cuts are never added up. 三保 spending is never cut by rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.money import half_up, percent_text, wan_text
from core.rulebook.parts import LinkageRule
from core.rulebook.terms import Duration, EvaluationKind, LinkageAction, LinkageBase, RectificationState
from core.scoring.working import Explained

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class LinkageCase:
    """One project's result and money, in yuan. `poor_years` counts this result's year if its grade was poor.

    `original_yuan` is the budget before the first cut of a run of poor years; balances are carried-over money.
    """

    evaluation: EvaluationKind
    grade: str
    duration: Duration
    declared_yuan: Decimal
    previous_yuan: Decimal = ZERO
    original_yuan: Decimal | None = None
    poor_years: int = 0
    rectification: RectificationState = RectificationState.NONE
    execution_rate: Decimal | None = None
    balance_yuan: Decimal = ZERO
    previous_balance_yuan: Decimal = ZERO
    protected: bool = False

    @property
    def base_yuan(self) -> Decimal:
        """Last year's budget for what goes on, the declared amount for one-off and new projects."""
        goes_on = self.duration is not Duration.ONE_OFF and self.previous_yuan > 0
        return self.previous_yuan if goes_on else self.declared_yuan

    @property
    def balance_increase_yuan(self) -> Decimal:
        return max(ZERO, self.balance_yuan - self.previous_balance_yuan)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A rule that matched. `allowed_yuan` is what it leaves, None when it sets no limit; `applied` when it decided."""

    code: str
    action: LinkageAction
    basis: str
    sum: str
    allowed_yuan: Decimal | None
    lowest_yuan: Decimal
    highest_yuan: Decimal | None
    applied: bool = False


@dataclass(frozen=True, kw_only=True)
class Suggestion(Explained):
    """`floor_yuan` and `ceiling_yuan` bound a decision that needs no special ground; `held` money waits."""

    base_yuan: Decimal
    suggested_yuan: Decimal
    cut_yuan: Decimal
    floor_yuan: Decimal
    ceiling_yuan: Decimal
    hits: tuple[Hit, ...]
    held: bool
    priority: bool


def matches(rule: LinkageRule, case: LinkageCase) -> bool:
    """Whether every condition the rule states holds."""
    return all((
        not rule.evaluations or case.evaluation in rule.evaluations,
        not rule.durations or case.duration in rule.durations,
        not rule.grades or case.grade in rule.grades,
        not rule.rectifications or case.rectification in rule.rectifications,
        rule.poor_years_from is None or case.poor_years >= rule.poor_years_from,
        rule.poor_years_to is None or case.poor_years <= rule.poor_years_to,
        rule.execution_below is None or _below(case.execution_rate, rule.execution_below),
        not rule.balance_grew or case.balance_increase_yuan > 0,
    ))


def suggest(case: LinkageCase, rules: Sequence[LinkageRule]) -> Suggestion:
    """Apply the rules to one project."""
    hits = [_hit(rule, case) for rule in rules if matches(rule, case)]
    limiting = [] if case.protected else [hit for hit in hits if hit.allowed_yuan is not None]
    deciding = min(limiting, key=lambda hit: hit.allowed_yuan, default=None)
    suggested = min(case.declared_yuan, deciding.allowed_yuan) if deciding else case.declared_yuan
    return Suggestion(
        rule=deciding.code if deciding else "none",
        inputs=_inputs(case),
        formula=_formula(deciding, case, suggested),
        notes=tuple(_notes(hits, deciding, case)),
        base_yuan=case.base_yuan,
        suggested_yuan=half_up(suggested),
        cut_yuan=half_up(max(ZERO, case.base_yuan - deciding.allowed_yuan)) if deciding else ZERO,
        floor_yuan=min((hit.lowest_yuan for hit in limiting), default=ZERO),
        ceiling_yuan=min([case.declared_yuan, *(hit.highest_yuan for hit in limiting)]),
        hits=tuple(replace(hit, applied=hit is deciding) for hit in hits),
        held=not case.protected and any(hit.action is LinkageAction.HOLD for hit in hits),
        priority=any(hit.action is LinkageAction.PRIORITY for hit in hits),
    )


def _hit(rule: LinkageRule, case: LinkageCase) -> Hit:
    lowest, allowed, highest = _limits(rule, case)
    return Hit(code=rule.code, action=rule.action, basis=rule.basis, sum=_sum(rule, case, allowed),
               allowed_yuan=allowed, lowest_yuan=lowest, highest_yuan=highest)


def _limits(rule: LinkageRule, case: LinkageCase) -> tuple[Decimal, Decimal | None, Decimal | None]:
    """Least, suggested and most money the rule leaves."""
    if rule.action is LinkageAction.CUT:
        shares = (rule.high_share, rule.share, rule.low_share)
        lowest, allowed, highest = (_left(share, rule, case) for share in shares)
        return lowest, allowed, highest
    if rule.action is LinkageAction.CANCEL:
        return ZERO, ZERO, ZERO
    if rule.action is LinkageAction.FREEZE:
        return ZERO, case.base_yuan, case.base_yuan
    return ZERO, None, None


def _left(share: Decimal, rule: LinkageRule, case: LinkageCase) -> Decimal:
    base = _base(rule, case)
    whole = case.base_yuan if rule.base is LinkageBase.BALANCE_INCREASE else base
    return max(ZERO, half_up(Fraction(whole) - Fraction(base) * Fraction(share)))


def _base(rule: LinkageRule, case: LinkageCase) -> Decimal:
    return {
        LinkageBase.PREVIOUS_YEAR: case.base_yuan,
        LinkageBase.ORIGINAL: case.base_yuan if case.original_yuan is None else case.original_yuan,
        LinkageBase.DECLARED: case.declared_yuan,
        LinkageBase.BALANCE_INCREASE: case.balance_increase_yuan,
    }[rule.base]


def _sum(rule: LinkageRule, case: LinkageCase, allowed: Decimal | None) -> str:
    if rule.action is not LinkageAction.CUT:
        return rule.action.label
    base, cut = wan_text(_base(rule, case)), percent_text(rule.share, 0)
    if rule.base is LinkageBase.BALANCE_INCREASE:
        return f"{wan_text(case.base_yuan)} - {base} × {cut} = {wan_text(allowed)} 万元"
    return f"{base} × (1 - {cut}) = {wan_text(allowed)} 万元"


def _inputs(case: LinkageCase) -> tuple[tuple[str, str], ...]:
    return (
        ("评价类型", case.evaluation.label),
        ("评价等级", case.grade),
        ("连续低等级年数", str(case.poor_years)),
        ("整改情况", case.rectification.label),
        ("基数", f"{wan_text(case.base_yuan)} 万元"),
        ("申报数", f"{wan_text(case.declared_yuan)} 万元"),
        ("结转结余增加", f"{wan_text(case.balance_increase_yuan)} 万元"),
    )


def _formula(deciding: Hit | None, case: LinkageCase, suggested: Decimal) -> str:
    if deciding is None:
        return f"没有限制金额的规则，按申报数 {wan_text(case.declared_yuan)} 万元"
    return f"{deciding.sum}，与申报数 {wan_text(case.declared_yuan)} 万元取较小者，建议 {wan_text(suggested)} 万元"


def _notes(hits: Sequence[Hit], deciding: Hit | None, case: LinkageCase) -> list[str]:
    notes = []
    for hit in hits:
        if case.protected and (hit.allowed_yuan is not None or hit.action is LinkageAction.HOLD):
            notes.append(f"规则 {hit.code}（{hit.action.label}）未采用：“三保”支出不自动压减。")
        elif hit.allowed_yuan is not None and hit is not deciding:
            notes.append(f"规则 {hit.code}（{hit.action.label}）未采用：多条规则命中时取压减最多的一条，不叠加。")
    return notes


def _below(rate: Decimal | None, limit: Decimal) -> bool:
    return rate is not None and rate < limit
