"""The indicator lines of a filled form beside those of a draft, and what their cells of actual values say. Pure."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import Reason
from core.layout import plain
from core.money import half_up
from core.notation import Reading, read_actual, read_target
from core.notation.units import converted
from core.official.checking.proposals import NOT_APPLICABLE
from core.official.filled import FilledForm, FilledIndicator
from core.official.intake.plans import Plan
from core.scoring.values import Quality

PLACES = 4
_SIGNS = re.compile(r"\W")


@dataclass
class Matching:
    """``lines`` has the form's line for each of the draft's, None where there is none; ``spare`` are those left over.

    ``by_place`` are the draft's lines whose name differs from the form's.
    """

    lines: list[FilledIndicator | None]
    by_place: list[int] = field(default_factory=list)
    spare: list[FilledIndicator] = field(default_factory=list)


def match_lines(written: Sequence[FilledIndicator], wanted: Sequence[tuple[str, str]]) -> Matching:
    """By name, and what is left by its place under the same second level; ``wanted`` is name and second level.

    Lines left over are paired only where a second level has as many of them in the form as in the draft.
    """
    found = Matching([None] * len(wanted))
    left = list(written)
    for place, (name, level2) in enumerate(wanted):
        same = [each for each in left if _bare(each.name) == _bare(name)]
        best = next((each for each in same if each.level2 == level2), same[0] if same else None)
        if best is not None:
            found.lines[place] = best
            left = [each for each in left if each is not best]
    open_places, open_lines = defaultdict(list), defaultdict(list)
    for place, (_, level2) in enumerate(wanted):
        if found.lines[place] is None:
            open_places[level2].append(place)
    for each in left:
        open_lines[each.level2].append(each)
    for level2, places in open_places.items():
        if len(places) == len(open_lines[level2]):
            for place, each in zip(places, open_lines.pop(level2), strict=True):
                found.lines[place] = each
                found.by_place.append(place)
    found.spare = [each for each in left if not any(each is line for line in found.lines)]
    return found


def _bare(name: str) -> str:
    return _SIGNS.sub("", plain(name))


def place_lines(
    plan: Plan, form: FilledForm, indicators: Sequence[Any], *, title: str
) -> list[FilledIndicator | None]:
    """The form's line for each approved indicator (name, get_level2_display(), target_shown, weight), None where the
    form has none. Target and points stay as approved; a line that cannot be placed is an obstacle.
    """
    found = match_lines(form.indicators, [(each.name, each.get_level2_display()) for each in indicators])
    plan.obstacles += [
        Reason(
            "unplaced_line",
            f"表里的指标{each.said}（{each.cell('name') or '表内'}）在{title}里没有对应的已批复指标，请核对指标名称后重新上传。",
        )
        for each in found.spare
    ]
    for place, (indicator, line) in enumerate(zip(indicators, found.lines, strict=True)):
        if line is None:
            plan.remark("line_missing", "", f"表里没有已批复的指标“{indicator.name}”，草稿中这一条不改动。")
            continue
        if place in found.by_place:
            plan.remark(
                "by_place", line["name"], f"表里写的是{line.said}，按位置对应到已批复的“{indicator.name}”，请核对。"
            )
        _tell_what_stays(plan, indicator, line)
    return found.lines


def _tell_what_stays(plan: Plan, indicator: Any, line: FilledIndicator) -> None:
    own = read_target(indicator.target_shown, name=indicator.name)
    stated = line.target
    same = (stated.op, stated.values, stated.unit) == (own.op, own.values, own.unit) if own.values else (
        plain(stated.cell) == plain(indicator.target_shown)
    )
    if line["target"] and not same:
        plan.remark(
            "target_kept", line["target"],
            f"{line.said}表里的指标值是“{line['target'].text}”，批复的是“{indicator.target_shown}”，以批复为准。",
        )
    if line.weight is not None and line.weight != indicator.weight:
        plan.remark(
            "weight_kept", line["weight"],
            f"{line.said}表里的分值是 {line.weight} 分，批复的是 {indicator.weight.normalize():f} 分，以批复为准。",
        )


@dataclass(frozen=True, kw_only=True)
class Achieved:
    """What was reached: a number in the draft's unit, a band or not applicable; ``words`` stand beside it."""

    value: Decimal | None = None
    quality: Quality | None = None
    not_applicable: bool = False
    words: str = ""


def read_achieved(
    plan: Plan, line: FilledIndicator, *, unit: str, qualitative: bool, quality: Quality | None, year: int,
) -> Achieved | None:
    """The cell 实际完成值; ``quality`` is the band that the checks of the form see in it.

    None for an empty cell, and with a remark for one that says nothing the draft could hold.
    """
    written = line["actual"]
    if not written or written.is_dash:
        return None
    first, _, words = written.text.strip().partition("\n")
    if plain(first) in NOT_APPLICABLE:
        return Achieved(not_applicable=True, words=words.strip())
    if qualitative:
        return _band(plan, line, first, words.strip(), quality)
    unit_column = line["unit"].text if "unit" in line.cells else None
    reading = read_actual(first, unit_col=unit_column, name=line.name, target=line.target, year=year)
    if not reading.is_number:
        plan.remark(
            "not_a_number", written,
            f"{line.said}的实际完成值“{written.text}”不是一个数，没有填入，请在草稿页补填完成值。",
        )
        return None
    return _in_unit(plan, line, reading, unit, words.strip())


def _band(plan: Plan, line: FilledIndicator, first: str, words: str, quality: Quality | None) -> Achieved | None:
    """One of the three bands by its own words, else as the checks see it, with all that was written beside it."""
    named = next((each for each in Quality if plain(first) == plain(each.label)), None)
    if named is not None:
        return Achieved(quality=named, words=words)
    text = line["actual"].text.strip()
    if quality is None:
        plan.remark(
            "no_band", line["actual"],
            f"{line.said}是定性指标，从“{text}”看不出达成、部分达成还是未达成，没有填入，请在草稿页选择完成情况。",
        )
        return None
    plan.remark("band_read", line["actual"], f"{line.said}写的是“{text}”，按“{quality.label}”填入，请核对。")
    return Achieved(quality=quality, words=text)


def _in_unit(plan: Plan, line: FilledIndicator, reading: Reading, unit: str, words: str) -> Achieved | None:
    written = line["actual"]
    factor = converted(reading.unit, unit)
    if factor is None:
        plan.remark(
            "other_unit", written,
            f"{line.said}的实际完成值“{reading.cell}”的单位与系统的“{unit}”不能换算，没有填入，请在草稿页补填完成值。",
        )
        return None
    exact = Fraction(reading.values[0]) * factor
    value = Decimal(f"{half_up(exact, PLACES).normalize():f}")
    if value != exact:
        plan.remark("rounded", written, f"{line.said}的实际完成值“{reading.cell}”四舍五入为 {value}{unit}，请核对。")
    elif factor != 1:
        plan.remark("converted", written, f"{line.said}的实际完成值“{reading.cell}”换算为 {value}{unit}，请核对。")
    if reading.ambiguous:
        plan.remark("ambiguous", written, doubt(line.said, "实际完成值", reading))
    return Achieved(value=value, words=words)


def doubt(said: str, label: str, reading: Reading) -> str:
    """A cell with two readings: which was taken, why there are two, and the other one."""
    other = f"，另一种读法是“{_shown(reading.alt)}”" if reading.alt else ""
    why = f"（{'；'.join(reading.notes)}）" if reading.notes else ""
    return f"{said}的{label}“{reading.cell}”有两种读法{why}：按“{_shown(reading)}”填入{other}，请核对。"


def _shown(reading: Reading) -> str:
    sign = reading.op.label if reading.op else ""
    number = "—".join(f"{value:f}" for value in reading.values)
    if number:
        return f"{sign}{number}{reading.unit}"
    return reading.date.isoformat() if reading.date else reading.text or reading.cell
