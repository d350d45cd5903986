"""Adds indicator scores up to a total of 100, with whatever does not apply treated as the rule set says."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import refuse
from core.money import half_up, percent_text
from core.rulebook import Rulebook
from core.rulebook.terms import Level, NotApplicable
from core.scoring.methods import Deduction
from core.scoring.working import Demand, Explained, Status, Working, plain


@dataclass(frozen=True, kw_only=True)
class Line:
    """One indicator (or the execution rate) on its way into the total."""

    name: str
    level: Level
    working: Working

    @property
    def weight(self) -> Decimal:
        return self.working.weight

    @property
    def applies(self) -> bool:
        return self.working.status is not Status.NOT_APPLICABLE


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A line as it entered the total: its points after redistribution and the score on them."""

    name: str
    level: Level
    weight: Decimal
    score: Decimal


@dataclass(frozen=True, kw_only=True)
class Total(Explained):
    score: Decimal
    counted: tuple[Counted, ...]
    demands: tuple[Demand, ...] = ()
    vetoed: bool = False

    def of(self, level: Level) -> Decimal:
        """Sum of one level-1 indicator, before the whole is scaled up."""
        return sum((each.score for each in self.counted if each.level is level), Decimal("0.00"))


def total(
    lines: Sequence[Line], *, book: Rulebook, deductions: Sequence[Deduction] = (), vetoes: Sequence[str] = ()
) -> Total:
    """Sum the rounded scores. Missing counts 0; not applicable is spread, moved, filled or scaled by the rule set.

    Shape: `vetoed` keeps the score and leaves the lowest grade to `core.grades.final_grade`.
    Raises: RuleViolation when no indicator applies.
    """
    applicable = [line for line in lines if line.applies]
    if not any(line.weight for line in applicable):
        raise refuse("nothing_applies", "没有适用且有分值的指标，无法计算总分，请改为人工评价。")
    absent = [line for line in lines if not line.applies]
    gained, unplaced = _redistribute(absent, applicable, book)
    counted = [_counted(line, gained.get(place, Fraction(0))) for place, line in enumerate(applicable)]
    if book.not_applicable.treatment is NotApplicable.FULL_MARKS:
        counted += [Counted(name=line.name, level=line.level, weight=line.weight, score=half_up(line.weight))
                    for line in absent]
    whole = sum((line.weight for line in lines), Decimal(0))
    earned = sum((each.score for each in counted), Decimal("0.00"))
    scaled = half_up(Fraction(earned) * Fraction(whole) / (Fraction(whole) - unplaced))
    taken = sum((each.points for each in deductions), Decimal(0))
    owed, notes = _owed(lines, absent, whole, book)
    return Total(
        rule=f"total_{book.not_applicable.treatment.value}",
        inputs=tuple((each.name, plain(each.score)) for each in counted)
        + tuple((each.reason, f"-{plain(each.points)}") for each in deductions),
        formula=_formula(earned, whole, unplaced, taken, max(Decimal("0.00"), scaled - taken)),
        notes=notes + tuple(f"出现否决情形：{each}。" for each in vetoes),
        score=half_up(max(Decimal(0), scaled - taken)),
        counted=tuple(counted),
        demands=owed,
        vetoed=bool(vetoes),
    )


def _redistribute(absent: list[Line], applicable: list[Line], book: Rulebook) -> tuple[dict[int, Fraction], Fraction]:
    """Points each applicable line gains, and the points nobody can take."""
    gained: dict[int, Fraction] = {}
    unplaced = Fraction(0)
    for line in absent:
        shares = _takers(line, applicable, book)
        whole = sum(shares.values())
        for place, share in shares.items():
            gained[place] = gained.get(place, Fraction(0)) + Fraction(line.weight) * share / whole
        if not shares and book.not_applicable.treatment is not NotApplicable.FULL_MARKS:
            unplaced += Fraction(line.weight)
    return gained, unplaced


def _takers(absent: Line, applicable: list[Line], book: Rulebook) -> dict[int, Fraction]:
    """Who takes the points of a line that does not apply, and in what proportion."""
    rule = book.not_applicable
    weighed = {place: line for place, line in enumerate(applicable) if line.weight}
    if rule.treatment is NotApplicable.SPREAD_EQUAL:
        return {place: Fraction(1) for place, line in weighed.items() if line.level is absent.level}
    if rule.treatment is NotApplicable.MOVE_TO:
        return {place: Fraction(line.weight) for place, line in weighed.items() if line.level is rule.move_to}
    return {}


def _counted(line: Line, gained: Fraction) -> Counted:
    weight = Fraction(line.weight)
    grown = (weight + gained) / weight if weight else Fraction(1)
    score = half_up(Fraction(line.working.score) * grown)
    return Counted(name=line.name, level=line.level, weight=half_up(weight + gained), score=score)


def _owed(
    lines: Sequence[Line], absent: list[Line], whole: Decimal, book: Rulebook
) -> tuple[tuple[Demand, ...], tuple[str, ...]]:
    demands = list(dict.fromkeys(each for line in lines for each in line.working.demands))
    notes = []
    if whole != 100:
        notes.append(f"各项分值合计 {plain(whole)} 分，不是 100 分，请核对权重。")
    dropped = Fraction(sum((line.weight for line in absent), Decimal(0))) / Fraction(whole)
    if dropped > book.not_applicable.largest_share:
        demands.append(Demand.MANUAL_EVALUATION)
        notes.append(f"不适用分值占 {percent_text(dropped)}，超过 {percent_text(book.not_applicable.largest_share)}，"
                     "总分仅供参考，须由人工评价。")
    return tuple(demands), tuple(notes)


def _formula(earned: Decimal, whole: Decimal, unplaced: Fraction, taken: Decimal, score: Decimal) -> str:
    text = plain(earned)
    if unplaced:
        text = f"{text} ÷ {plain(whole - half_up(unplaced))} × {plain(whole)}"
    if taken:
        text = f"{text} - {plain(taken)}"
    return f"{text} = {score}"
