"""Grades from scores: half-open bands, the review of targets and its effect, ex-ante scoring, lowering only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import refuse
from core.money import half_up
from core.rulebook import Rulebook
from core.rulebook.parts import Band, Dimension, ReviewBand
from core.rulebook.terms import AssessedObject
from core.scoring.totals import Total
from core.scoring.working import Explained, plain


@dataclass(frozen=True, kw_only=True)
class ExAnteResult(Explained):
    score: Decimal
    passed: bool


def grade_of(score: Decimal, bands: Sequence[Band]) -> str:
    """Name of the band the score lies in, each from its lower bound (inclusive) to the next."""
    return _band(score, bands).name


def final_grade(total: Total, bands: Sequence[Band]) -> str:
    """Grade of a total; a veto means the lowest."""
    return bands[-1].name if total.vetoed else grade_of(total.score, bands)


def lowered(computed: str, decided: str, bands: Sequence[Band]) -> str:
    """The decided grade. Raises: RuleViolation when it is not in use or better than the computed one."""
    names = [band.name for band in bands]
    if decided not in names:
        raise refuse("unknown_grade", f"等级“{decided}”不在 {'、'.join(names)} 之中，请重新选择。")
    if names.index(decided) < names.index(computed):
        raise refuse("grade_raised", f"计分得出的等级为“{computed}”，不能直接改为更高的“{decided}”，请先按程序重新评分。")
    return decided


def is_unreliable(self_score: Decimal, checked_score: Decimal, book: Rulebook) -> bool:
    """Whether a re-check differs from the self-evaluation by more than the rule set allows."""
    return abs(self_score - checked_score) > book.recheck_difference


def review_band(score: Decimal, book: Rulebook) -> ReviewBand:
    """Grade of a target review with its effect on the next budget step."""
    return _band(score, book.review.bands)


def review_item_range(grade: str, *, points: Decimal, book: Rulebook) -> tuple[Decimal, Decimal]:
    """Lowest and highest points of one review item given that grade; only the best grade includes its upper end.

    Raises: RuleViolation for a grade the review does not use.
    """
    bands = book.review.bands
    place = next((place for place, band in enumerate(bands) if band.name == grade), None)
    if place is None:
        raise refuse("unknown_grade", f"审核等级“{grade}”不在 {'、'.join(band.name for band in bands)} 之中，请重新选择。")
    upper = bands[place - 1].lower if place else Decimal(100)
    return half_up(points * bands[place].lower / 100), half_up(points * upper / 100)


def score_ex_ante(
    grades: Mapping[str, str], book: Rulebook, object_type: str = AssessedObject.PROJECT
) -> ExAnteResult:
    """Sum the item grades of an ex-ante assessment, `grades` being item name to grade.

    Raises: RuleViolation naming the items without a grade or with one that is not in use.
    """
    rule = book.ex_ante
    dimensions = rule.dimensions_of(object_type)
    shares = {each.name: each.share for each in rule.item_grades}
    faulty = [item.name for item in _items(dimensions) if grades.get(item.name) not in shares]
    if faulty:
        raise refuse("ex_ante_items",
                     f"评分项 {'、'.join(faulty)} 未评等级或等级不在 {'、'.join(shares)} 之中，请补评后再计算得分。")
    scored = {item.name: item.points * shares[grades[item.name]] for item in _items(dimensions)}
    score = half_up(sum(scored.values(), Decimal(0)))
    parts = {each.name: sum((scored[item.name] for item in each.items), Decimal(0)) for each in dimensions}
    passed = score >= rule.pass_mark
    return ExAnteResult(
        rule="ex_ante",
        inputs=tuple((name, f"{grades[name]} {plain(half_up(points))}") for name, points in scored.items()),
        formula=" + ".join(plain(half_up(points)) for points in parts.values()) + f" = {score}",
        notes=(f"得分 {score}，{'达到' if passed else '未达到'}通过分数线 {plain(rule.pass_mark)} 分。",),
        score=score,
        passed=passed,
    )


def _items(dimensions: Sequence[Dimension]) -> list:
    return [item for dimension in dimensions for item in dimension.items]


def _band(score: Decimal, bands: Sequence) -> Band | ReviewBand:
    if not 0 <= score <= 100:
        raise refuse("score_out_of_range", f"得分 {score} 不在 0 至 100 之间，无法确定等级，请核对计分。")
    return next(band for band in bands if score >= band.lower)
