"""The text of the annual goal, and whether the indicators say the same."""

import re
from collections.abc import Iterator
from fractions import Fraction

from core.notation import units
from core.notation.quantities import scan
from core.notation.written import plain
from targets.rules.findings import Finding, Mend
from targets.rules.quality.names import unit_of
from targets.rules.quality.subject import Subject, number_text

_YEAR = re.compile(r"(?<![比较与自从])(20\d\d)\s*年(?!以来|至|—|-)")
_ANY_YEAR = re.compile(r"20\d\d\s*年")
_COUNTED_NOT = {"年", "月", "日", "天", "季度", "期", "批", "级", "号", "项"}


def goal_of_year(subject: Subject) -> Iterator[Finding]:
    """Last year's text with last year's number in it."""
    named = {int(year) for year in _YEAR.findall(plain(subject.annual_goal))}
    if not named or max(named) >= subject.year:
        return
    wrong = max(named)
    yield subject.whole(
        f"的年度总体目标写的是 {wrong} 年，本年度是 {subject.year} 年，请改正。", short=f"年度目标写的是 {wrong} 年",
        field="annual_goal", mend=Mend(
            f"改为 {subject.year} 年",
            texts={"annual_goal": subject.annual_goal.replace(str(wrong), str(subject.year))},
        ),
    )


def goal_has_figures(subject: Subject) -> Iterator[Finding]:
    text = _ANY_YEAR.sub("", plain(subject.annual_goal)).strip()
    if text and not re.search(r"\d|[一二两三四五六七八九十百千]+[个项座处次人户公]|全覆盖", text):
        yield subject.whole(
            "的年度总体目标没有数字，请写明做多少、做到什么程度。", short="年度目标没有数字", field="annual_goal"
        )


def goal_in_indicators(subject: Subject) -> Iterator[Finding]:
    """A figure of the goal whose unit the indicators use, with a value that none of them has."""
    measured = [each for _, each in subject.measured()]
    lost = []
    for found in scan(_ANY_YEAR.sub("", plain(subject.annual_goal))):
        unit = units.spelled(units.named(found.unit))
        if not unit or unit in _COUNTED_NOT or found.is_age:
            continue
        same = [
            (each, factor) for each in measured if (factor := units.converted(unit, unit_of(each))) is not None
        ]
        if same and not any(
            Fraction(value) * factor == Fraction(each.target_value) for each, factor in same for value in found.values
        ):
            lost.append(f"{number_text(found.values[0])}{unit}")
    if lost:
        listed = "、".join(dict.fromkeys(lost))
        yield subject.whole(
            f"的年度总体目标写有“{listed}”，指标中没有相同的数，请改为一致。", short=f"目标中的“{listed}”与指标不一致",
            field="annual_goal",
        )
