"""What an indicator requires and what was done, as the readers of forms hand them over."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import refuse
from core.money import Number, half_up
from core.rulebook.terms import Term
from core.scoring.units import converted
from core.scoring.working import plain


class Kind(Term):
    NUMERIC = "numeric", "数值"
    DURATION = "duration", "时长"
    RANGE = "range", "区间"
    DATE = "date", "时限"
    PERIOD = "period", "期间"
    QUALITATIVE = "qualitative", "定性"
    DIRECT = "direct", "直接赋分"
    COMPOUND = "compound", "多个数值"
    BANDS = "bands", "分档"
    PLACEHOLDER = "placeholder", "占位符"
    UNFILLED = "unfilled", "无可读数字"
    BLANK = "blank", "空白"


class Op(Term):
    AT_LEAST = ">=", "≥"
    MORE = ">", ">"
    EQUAL = "=", "="
    AT_MOST = "<=", "≤"
    LESS = "<", "<"


class Direction(Term):
    HIGHER = "higher", "正向"
    LOWER = "lower", "反向"
    EQUAL = "equal", "等于"
    UNKNOWN = "unknown", "未定"


class Quality(Term):
    REACHED = "reached", "达成年度指标"
    PARTLY = "partly", "部分达成并具有一定效果"
    MISSED = "missed", "未达成且效果较差"


_DIRECTION_OF = {
    Op.AT_LEAST: Direction.HIGHER,
    Op.MORE: Direction.HIGHER,
    Op.EQUAL: Direction.EQUAL,
    Op.AT_MOST: Direction.LOWER,
    Op.LESS: Direction.LOWER,
}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """The target of an indicator. `values` holds one number, or both bounds of a range.

    `date` is the latest acceptable day; `start` is when the work was planned to begin, else 1 January of that year.
    """

    kind: Kind
    op: Op | None = None
    values: tuple[Decimal, ...] = ()
    unit: str = ""
    date: datetime.date | None = None
    start: datetime.date | None = None
    text: str = ""
    allows_negative: bool = False

    def direction(self, given: Direction | None) -> Direction:
        """The operator decides, else what the reader made of the indicator's name."""
        return _DIRECTION_OF[self.op] if self.op else given or Direction.UNKNOWN

    def written(self) -> str:
        """The target as a form prints it: "≥95%", "2026-06-30"."""
        if self.values:
            sign = self.op.label if self.op else ""
            return sign + "—".join(map(plain, self.values)) + self.unit
        return self.date.isoformat() if self.date else self.text or self.kind.label


@dataclass(frozen=True, kw_only=True)
class Actual:
    """What was achieved. `points` is a scorer's own choice inside the band of `quality`; `met` answers yes or no."""

    value: Decimal | None = None
    unit: str = ""
    date: datetime.date | None = None
    quality: Quality | None = None
    points: Decimal | None = None
    met: bool | None = None
    text: str = ""
    not_applicable: bool = False

    @property
    def is_missing(self) -> bool:
        return not self.text and all(each is None for each in (self.value, self.date, self.quality, self.met))

    def written(self) -> str:
        """What was achieved as a form prints it."""
        if self.value is not None:
            return plain(self.value) + self.unit
        if self.date is not None:
            return self.date.isoformat()
        if self.quality is not None:
            return self.quality.label
        return self.text or {True: "是", False: "否", None: ""}[self.met]


def in_unit(value: Decimal, unit: str, wanted: str) -> Fraction | None:
    """`value` expressed in the wanted unit; an empty unit is taken as the other one. None when they differ in kind."""
    factor = converted(unit, wanted)
    return None if factor is None else Fraction(value) * factor


def weighted_mean(pairs: Iterable[tuple[Number, Number]]) -> Decimal:
    """Mean of relative figures (or qualitative shares) of several units, weighted by money; four places.

    Raises: RuleViolation when the weights add up to nothing.
    """
    pairs = [(Fraction(value), Fraction(weight)) for value, weight in pairs]
    whole = sum(weight for _, weight in pairs)
    if whole <= 0:
        raise refuse("no_weight", "汇总各单位数据时资金合计为 0，无法加权平均，请先填报各单位资金。")
    return half_up(sum(value * weight for value, weight in pairs) / whole, 4)
