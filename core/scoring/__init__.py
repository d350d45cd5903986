"""Scores as proposals with their working. Exact fractions inside, one rounding to two places at the end."""

from core.scoring.execution import execution_rate, score_execution
from core.scoring.indicators import qualitative_range, score_indicator
from core.scoring.methods import (
    Deduction,
    Element,
    Tier,
    deduct,
    element_count,
    likert,
    ratio_cap,
    step_block,
    step_pp,
    tier,
    veto,
)
from core.scoring.override import override_faults, override_range
from core.scoring.totals import Counted, Line, Total, total
from core.scoring.values import Actual, Direction, Kind, Op, Quality, Requirement, in_unit, weighted_mean
from core.scoring.working import Demand, Explained, Outcome, Status, Working, plain

__all__ = [
    "Actual", "Counted", "Deduction", "Demand", "Direction", "Element", "Explained", "Kind", "Line", "Op",
    "Outcome", "Quality", "Requirement", "Status", "Tier", "Total", "Working", "deduct", "element_count",
    "execution_rate", "in_unit", "likert", "override_faults", "override_range", "plain", "qualitative_range",
    "ratio_cap", "score_execution", "score_indicator", "step_block", "step_pp", "tier", "total", "veto",
    "weighted_mean",
]
