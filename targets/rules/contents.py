"""What a declaration says, as plain data, its places, and which of them differ from an earlier state of it.

A place is named as its cell is on the filling-in pages: ``annual_goal``, ``cell-3-value``. Three places are wider than
a cell: ``funds``, ``schedule`` and ``indicators``, the whole list with its order.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.official.parts import long_date

TEXTS = ("project_summary", "overall_goal", "annual_goal", "safeguards")
INDICATOR_FIELDS = (
    "level1", "level2", "name", "value_type", "operator", "target_value", "target_text", "unit_of_measure", "weight",
    "explanation", "scoring_standard", "source",
)
FUNDS, SCHEDULE, WHOLE_LIST = "funds", "schedule", "indicators"
WIDE_LABELS = {FUNDS: "项目资金", SCHEDULE: "实施进度计划"}
TEXT_LABELS = {
    "annual_goal": "年度总体目标", "overall_goal": "总体（中长期）目标", "project_summary": "项目概况",
    "safeguards": "保证项目实施的制度、措施",
}
CELL_LABELS = {
    "name": "三级指标", "value": "指标值", "weight": "权重", "source": "指标值来源", "explanation": "指标解释",
    "scoring_standard": "评（扣）分标准",
}
_CELL = re.compile(r"cell-(\d+)-([a-z_]+)")


def cell(row: int, field: str) -> str:
    return f"cell-{row}-{field}"


def row_of(place: str) -> int | None:
    """The row a place lies in, counted from 1; ``None`` for a text, the funds and the whole list."""
    found = _CELL.fullmatch(place)
    return int(found[1]) if found else None


def places_of(declaration) -> dict[str, str]:
    """Every place that can be commented on, with its name for people, in the order of the form."""
    found = WIDE_LABELS | TEXT_LABELS | {WHOLE_LIST: "全部指标（可增删行）"}
    for row, each in enumerate(declaration.indicator_list(), start=1):
        found |= {cell(row, field): f"第 {row} 行 {each.name}·{label}" for field, label in CELL_LABELS.items()}
    return found


def content(declaration) -> dict[str, Any]:
    """Texts, indicators, funds and schedule as JSON keeps them: numbers and days as text, amounts in yuan."""
    year = declaration.project_year
    return {name: plain_text(getattr(declaration, name)) for name in TEXTS} | {
        "indicators": [
            line_content({name: getattr(each, name) for name in INDICATOR_FIELDS})
            for each in declaration.indicator_list()
        ],
        "requested_yuan": str(year.requested_yuan),
        "lines": [[line.get_source_display(), str(line.requested_yuan)] for line in year.lines.all()],
        SCHEDULE: steps_content(declaration.step_list()),
    }


def steps_content(steps: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Each step of the schedule with its first and its last day, as JSON keeps them."""
    return [[step["content"], f"{step['starts_on']:%Y-%m-%d}", f"{step['ends_on']:%Y-%m-%d}"] for step in steps]


def schedule_text(steps: Sequence[Sequence[str]]) -> str:
    """What ``steps_content`` keeps as people read it, one line for each step."""
    return "\n".join(
        f"{words}：{long_date(date.fromisoformat(starts))}至{long_date(date.fromisoformat(ends))}"
        for words, starts, ends in steps
    )


def moved_to(steps: Iterable[Mapping[str, Any]], *, years: int) -> list[dict[str, Any]]:
    """The same steps so many years later; 29 February becomes the 28th."""
    return [
        dict(step) | {name: _years_later(step[name], years) for name in ("starts_on", "ends_on")} for step in steps
    ]


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def line_content(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: plain_text(fields[name]) for name in INDICATOR_FIELDS}


def plain_text(value: Any) -> str:
    """A value as text; the line ends that browsers send make no difference."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def changes_outside(places: Collection[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Names of what differs and lies in none of ``places``.

    A comment on one cell opens its row; one on a weight opens all weights, because they have to add up.
    """
    for name, label in TEXT_LABELS.items():
        if name not in places and before[name] != after[name]:
            yield label
    if FUNDS not in places and any(before[name] != after[name] for name in ("requested_yuan", "lines")):
        yield WIDE_LABELS[FUNDS]
    if SCHEDULE not in places and before[SCHEDULE] != after[SCHEDULE]:
        yield WIDE_LABELS[SCHEDULE]
    if WHOLE_LIST not in places:
        yield from _lines_outside(places, before["indicators"], after["indicators"])


def is_open(places: Collection[str], row: int, field: str) -> bool:
    """Whether comments on ``places`` open this field of this row."""
    return (
        WHOLE_LIST in places or row in map(row_of, places) or (field == "weight" and opens_weights(places))
    )


def opens_weights(places: Collection[str]) -> bool:
    """A comment on one weight opens all of them."""
    return any(place.endswith("-weight") for place in places)


def _lines_outside(places: Collection[str], before, after) -> Iterator[str]:
    if len(before) != len(after):
        yield f"指标行数（原 {len(before)} 行，现 {len(after)} 行）"
        return
    for row, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        if any(old[name] != new[name] and not is_open(places, row, name) for name in INDICATOR_FIELDS):
            yield f"第 {row} 行“{old['name']}”"
