"""The official form on screen, with what has changed in it."""

import difflib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from budgets.models import FundSource
from core.money import wan_text
from targets import rules
from targets.models import Indicator, TargetDeclaration
from targets.queries.comments import pins_of_row
from targets.queries.declarations import ZERO, plain

PAPER_TEXTS = (
    ("project_summary", "项目概况"), ("overall_goal", "总体（中长期）目标"), ("annual_goal", "年度总体目标"),
    ("safeguards", "保证措施"),
)
BESIDE = {"explanation": "name", "scoring_standard": "name"}


def paper(
    declaration: TargetDeclaration, before: Mapping[str, Any] | None = None,
    comments: Mapping[str, Sequence[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """The form as it is printed; with ``before`` (``rules.content``), changed texts as runs of same, del and ins.

    ``comments`` by place (``comments_by_cell``) are pinned to the cells.
    """
    year = declaration.project_year
    indicators, compared = declaration.indicator_list(), before is not None
    old = {each.name: each for each in _indicators(before)} if compared else {}
    rows = [paper_row(each, old.get(each.name), compared=compared) for each in indicators]
    for number, row in enumerate(rows, start=1):
        row |= {"number": number, "pins": pins_of_row(comments or {}, number, beside=BESIDE)}
    span_equal(rows, "level1")
    span_equal(rows, "level2")
    names = {each.name for each in indicators}
    dropped = [each for each in old.values() if each.name not in names]
    goals, money = _goals(declaration, before, comments or {}), _money(declaration, before)
    goals += _schedule(declaration, before, comments or {})
    return {
        "year": year.fiscal_year_id, "project": year.project.name, "department": year.project.department.name,
        "unit": year.project.unit.name, "money": money, "money_pins": (comments or {}).get("funds", ()),
        "goals": goals, "rows": rows, "dropped": [f"{each.name} {each.target_shown}" for each in dropped],
        "weight": sum((each.weight for each in indicators), ZERO),
        "list_pins": (comments or {}).get(rules.WHOLE_LIST, ()),
        "changes": sum(row["changed"] for row in rows) + len(dropped)
        + sum(_differs(each["runs"]) for each in (*goals, *money)) if compared else 0,
    }


def _differs(found: Sequence[tuple[str, str]]) -> bool:
    return any(kind != "same" for kind, _ in found)


def _goals(declaration: TargetDeclaration, before, comments) -> list[dict[str, Any]]:
    """The texts that are written, or were; the goal of the year in any case."""
    return [
        {
            "label": label, "place": field, "pins": comments.get(field, ()),
            "runs": runs(before[field] if before else None, rules.plain_text(getattr(declaration, field))),
        }
        for field, label in PAPER_TEXTS
        if field == "annual_goal" or getattr(declaration, field) or (before and before[field])
    ]


def _schedule(declaration: TargetDeclaration, before, comments) -> list[dict[str, Any]]:
    """The steps as one text; nothing while there are none and were none."""
    now, was = rules.steps_content(declaration.step_list()), before[rules.SCHEDULE] if before else []
    if not (now or was):
        return []
    return [{
        "label": "实施进度计划", "place": rules.SCHEDULE, "pins": comments.get(rules.SCHEDULE, ()),
        "runs": runs(rules.schedule_text(was) if before else None, rules.schedule_text(now)),
    }]


def _money(declaration: TargetDeclaration, before) -> list[dict[str, Any]]:
    """The request and its sources in 万元."""
    year = declaration.project_year
    old = {"年度资金总额": before["requested_yuan"]} | dict(before["lines"]) if before else {}
    new = {"年度资金总额": year.requested_yuan} | {
        line.get_source_display(): line.requested_yuan
        for line in sorted(year.lines.all(), key=lambda line: FundSource.values.index(line.source))
    }
    return [
        {
            "label": label if label == "年度资金总额" else f"其中：{label}",
            "runs": _whole(wan_text(Decimal(old.get(label, "0.00"))) if before else None, wan_text(yuan)),
        }
        for label, yuan in new.items()
    ]


def _indicators(content: Mapping[str, Any]) -> list[Indicator]:
    """Indicators of an earlier content, to be shown as any other; they are no rows."""
    return [
        Indicator(**line | {
            "target_value": Decimal(line["target_value"]) if line["target_value"] else None,
            "weight": Decimal(line["weight"]),
        })
        for line in content["indicators"]
    ]


def paper_row(indicator: Indicator, old: Indicator | None, *, compared: bool) -> dict[str, Any]:
    was = (lambda text: text if old else "") if compared else (lambda text: None)
    cells = {
        "name": runs(was(old.name if old else ""), indicator.name),
        "target": _whole(was(old.target_shown if old else ""), indicator.target_shown),
        "weight": _whole(was(plain(old.weight) if old else ""), plain(indicator.weight)),
        "source": _whole(was(old.source if old else ""), indicator.source),
    }
    aside = _aside(indicator, old) if compared and old else []
    return {
        "level1": indicator.get_level1_display(), "level2": indicator.get_level2_display(),
        "explanation": indicator.explanation, "scoring_standard": indicator.scoring_standard,
        "changed": bool(aside) or any(_differs(each) for each in cells.values()), "aside": aside,
    } | cells


def _aside(indicator: Indicator, old: Indicator) -> list[dict[str, Any]]:
    """What the form has no column for, where it differs: an easier scoring standard must not slip through."""
    pairs = (
        ("二级指标", old.get_level2_display(), indicator.get_level2_display()),
        ("评（扣）分标准", old.scoring_standard, indicator.scoring_standard),
        ("指标解释", old.explanation, indicator.explanation),
    )
    return [{"label": label, "runs": runs(then, now)} for label, then, now in pairs if then != now]


def span_equal(rows: Sequence[dict[str, Any]], key: str) -> None:
    """Join equal neighbours: the first gets ``<key>_span`` rows, the others 0. A new level 1 starts a new level 2."""
    start = None
    for row in rows:
        parent_new = key == "level2" and row["level1_span"] > 0
        if start is None or parent_new or row[key] != start[key]:
            start = row
            row[f"{key}_span"] = 1
        else:
            start[f"{key}_span"] += 1
            row[f"{key}_span"] = 0


def _whole(old: str | None, new: str) -> list[tuple[str, str]]:
    """A short value as one piece: half of a number struck through reads wrong."""
    if old is None or old == new:
        return [("same", new)] if new else []
    return [(kind, text) for kind, text in (("del", old), ("ins", new)) if text]


def runs(old: str | None, new: str) -> list[tuple[str, str]]:
    """A text as runs of ``same``, ``del`` and ``ins`` against ``old``; all the same when ``old`` is ``None``."""
    if old is None or old == new:
        return [("same", new)] if new else []
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, m, n in matcher.get_opcodes():
        if kind == "equal":
            found.append(("same", new[m:n]))
            continue
        found += [(mark, text) for mark, text in (("del", old[i:j]), ("ins", new[m:n])) if text]
    return found


def grid_rows(declaration: TargetDeclaration) -> list[dict[str, Any]]:
    """The lines as the grid's form fields take them."""
    return [
        {
            "level2": each.level2, "name": each.name, "operator": "text" if each.is_qualitative else each.operator,
            "value": each.target_text if each.is_qualitative else each.number_shown,
            "unit_of_measure": each.unit_of_measure, "weight": plain(each.weight), "source": each.source,
            "scoring_standard": each.scoring_standard, "explanation": each.explanation,
        }
        for each in declaration.indicator_list()
    ]
