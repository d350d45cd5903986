"""Works out a self-evaluation: every score with its working, the total and the grade. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.grades import grade_of
from core.rulebook import Rulebook
from core.rulebook.parts import Weights
from core.rulebook.terms import Level, OverCause
from core.scoring import (
    Actual,
    Demand,
    Kind,
    Line,
    Op,
    Quality,
    Requirement,
    Status,
    Working,
    score_execution,
    score_indicator,
    total,
)
from evaluation.models import SelfEvaluation, SelfScore
from targets.models import Indicator, ValueType

OWED_ELSEWHERE = {Demand.VALUE, Demand.JUDGEMENT}


def requirement_of(indicator: Indicator) -> Requirement:
    """The target of an indicator as the scoring rules understand it."""
    if indicator.value_type == ValueType.QUALITATIVE:
        return Requirement(kind=Kind.QUALITATIVE, text=indicator.target_text)
    return Requirement(
        kind=Kind.NUMERIC, op=Op(indicator.operator) if indicator.operator else None,
        values=() if indicator.target_value is None else (_bare(indicator.target_value),),
        unit=indicator.unit_of_measure,
    )


def actual_of(score: SelfScore) -> Actual:
    return Actual(
        value=_bare(score.actual_value), unit="" if score.actual_value is None else score.indicator.unit_of_measure,
        quality=Quality(score.quality) if score.quality else None, not_applicable=score.not_applicable,
    )


def weights_of(indicators: Sequence[Indicator], book: Rulebook) -> Weights:
    """The template of the rule set for these indicators; the execution rate takes its points from it."""
    levels = {indicator.level1 for indicator in indicators}
    return book.weights.template(
        has_cost=Level.COST.value in levels, has_satisfaction=Level.SATISFACTION.value in levels
    )


def work_out(
    sheet: SelfEvaluation, scores: Sequence[SelfScore], *, monitored: Mapping[int, Decimal]
) -> dict[str, Any]:
    """Set every score's proposal, working and debt of a reason; returns the fields of the sheet that follow from them.

    ``monitored``: indicator id to the figure last accepted in monitoring, in the unit of the indicator.
    Raises ``RuleViolation`` when nothing applies or the points do not add up to something that has a grade.
    """
    book = sheet.rulebook()
    weights = weights_of([score.indicator for score in scores], book)
    base = book.execution.base(
        initial=sheet.initial_yuan, adjusted=sheet.budget_yuan, received=sheet.budget_yuan
    )
    execution = score_execution(budget=base, executed=sheet.executed_yuan, weight=weights.execution, book=book)
    lines = [Line(name="预算执行率", level=Level.EXECUTION, working=execution)]
    lines += [_line(score, book, monitored.get(score.indicator_id)) for score in scores]
    whole = total(lines, book=book)
    return {
        "execution_score": execution.score,
        "owes_execution_reason": bool(execution.demands),
        "total": whole.score,
        "grade": grade_of(whole.score, book.grades),
        "workings": {
            "ruleset": str(sheet.project_year.fiscal_year.ruleset),
            "execution": execution.explain(),
            "total": whole.explain(),
            "levels": [
                {"level": level.value, "label": level.label.removesuffix("指标"), "score": str(whole.of(level)),
                 "weight": str(_points(lines, level))}
                for level in Level if _points(lines, level)
            ],
        },
    }


def _line(score: SelfScore, book: Rulebook, monitored: Decimal | None) -> Line:
    working = score_indicator(
        requirement_of(score.indicator), actual_of(score), weight=_bare(score.indicator.weight), book=book,
        level=Level(score.indicator.level1), cause=OverCause(score.over_cause) if score.over_cause else None,
        monitored=_bare(monitored),
    )
    score.proposed_score = working.score
    score.working = working.explain()
    score.owes_reason = _owes_reason(score, working, book)
    counted = working if score.entered_score is None else replace(working, score=score.entered_score)
    return Line(name=score.indicator.name, level=Level(score.indicator.level1), working=counted)


def _bare(value: Decimal | None) -> Decimal | None:
    """Without the zeros a column adds, so that workings read as people write: 0.9 and not 0.9000."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def _owes_reason(score: SelfScore, working: Working, book: Rulebook) -> bool:
    """A reason is owed for what the rule set names, and for every score a person put in place of the computed one."""
    if working.status is Status.MISSING:
        return False
    below_full = book.evaluation_reasons.below_full and score.score < score.indicator.weight
    return score.is_overridden or below_full or bool(set(working.demands) - OWED_ELSEWHERE)


def _points(lines: Sequence[Line], level: Level) -> Decimal:
    return sum((line.weight for line in lines if line.level is level), Decimal(0))
