"""The page of an allocation round: its lines with their working, the effect of each rule, and the waterfall."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from budgets.models import AllocationLine, AllocationRound, ProjectYear
from budgets.models.sums import fen_sum, yuan_of
from core.money import divide, wan_text
from core.rulebook.terms import LinkageAction

ZERO = Decimal("0.00")
ONLY = {
    "changed": "有人工调整", "waived": "免于挂钩", "unsettled": "缺评价依据", "cut": "规则压减",
}


@dataclass(frozen=True, kw_only=True)
class RoundTotals:
    """Sums over the lines in yuan.

    ``left_yuan`` is what the ceiling leaves, negative when it is passed; ``None`` for a part of the round, which has no
    ceiling of its own.
    """

    lines: int
    base_yuan: Decimal
    requested_yuan: Decimal
    suggested_yuan: Decimal
    by_hand_yuan: Decimal
    final_yuan: Decimal
    left_yuan: Decimal | None
    growth_rate: Decimal | None
    changed: int
    unsettled: int


def lines_of(round_: AllocationRound, user) -> list[AllocationLine]:
    """The lines the person may see, each with the newest ``lamp`` and its project-year's ``page_url``; two queries."""
    lines = list(
        AllocationLine.objects.visible_to(user).filter(round=round_)
        .select_related("project__unit", "project__department", "basis__project_year")
    )
    years = ProjectYear.objects.filter(
        project__in=[line.project_id for line in lines], fiscal_year__lte=round_.fiscal_year_id
    ).order_by("fiscal_year")
    asked: dict[int, ProjectYear] = {}
    base: dict[int, ProjectYear] = {}
    for year in years:
        (asked if year.fiscal_year_id == round_.fiscal_year_id else base)[year.project_id] = year
    for line in lines:
        year = base.get(line.project_id) or asked.get(line.project_id)
        line.lamp = year.lamp if year else ""
        line.page_url = year.get_absolute_url() if year else ""
    return lines


def narrowed(lines: Sequence[AllocationLine], only: str) -> list[AllocationLine]:
    """The lines of one of the views in ``ONLY``; all of them for any other word."""
    tests = {"changed": is_changed, "waived": lambda line: bool(line.waiver), "unsettled": is_unsettled, "cut": is_cut}
    return [line for line in lines if tests[only](line)] if only in tests else list(lines)


def is_changed(line: AllocationLine) -> bool:
    return line.changed_yuan is not None


def is_unsettled(line: AllocationLine) -> bool:
    return line.basis_id is None and not line.waiver and line.base_yuan > 0


def is_cut(line: AllocationLine) -> bool:
    return line.suggested_yuan < line.requested_yuan


def by_rule_yuan(line: AllocationLine) -> Decimal:
    """What the line would get without a person's amount."""
    return line.requested_yuan if line.waiver else line.suggested_yuan


def of_department(lines: Sequence[AllocationLine], department: int | None) -> list[AllocationLine]:
    """The lines of one department; all of them for ``None``."""
    return [line for line in lines if department in (None, line.project.department_id)]


def by_department(lines: Sequence[AllocationLine]) -> list[dict[str, Any]]:
    """One row a department with the sums of its lines in yuan, the largest amount first."""
    groups: dict[int, list[AllocationLine]] = defaultdict(list)
    for line in lines:
        groups[line.project.department_id].append(line)
    rows = [
        {"department": members[0].project.department, "totals": totals_of(None, members)} for members in groups.values()
    ]
    return sorted(rows, key=lambda row: (-row["totals"].final_yuan, row["department"].code))


def totals_of(whole: AllocationRound | None, lines: Sequence[AllocationLine]) -> RoundTotals:
    """``whole`` is the round when these are all of its lines."""
    def total(values: Iterable[Decimal]) -> Decimal:
        return sum(values, ZERO)

    base, final = total(line.base_yuan for line in lines), total(line.final_yuan for line in lines)
    return RoundTotals(
        lines=len(lines), base_yuan=base, requested_yuan=total(line.requested_yuan for line in lines),
        suggested_yuan=total(line.suggested_yuan for line in lines),
        by_hand_yuan=total(line.final_yuan - by_rule_yuan(line) for line in lines), final_yuan=final,
        left_yuan=whole.ceiling_yuan - final if whole else None,
        growth_rate=divide(final - base, base, 4) if base else None,
        changed=sum(map(is_changed, lines)), unsettled=sum(map(is_unsettled, lines)),
    )


def rule_effects(lines: Sequence[AllocationLine]) -> list[dict[str, Any]]:
    """One row a rule: its action, basis, how many lines it decided and what that changes against what was asked for."""
    groups: dict[tuple[str, str], list[AllocationLine]] = defaultdict(list)
    for line in lines:
        groups[("", "免于挂钩") if line.waiver else _rule_of(line)].append(line)
    return [
        {
            "code": code, "action": action, "basis": _basis_of(code, members), "lines": len(members),
            "effect_yuan": sum((by_rule_yuan(line) - line.requested_yuan for line in members), ZERO),
        }
        for (code, action), members in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]


def _rule_of(line: AllocationLine) -> tuple[str, str]:
    if line.rule_code:
        return line.rule_code, LinkageAction(line.action).label
    return "", "没有评价结果" if line.basis_id is None else "没有命中规则"


def _basis_of(code: str, lines: Sequence[AllocationLine]) -> str:
    return next(
        (hit["basis"] for line in lines for hit in line.working.get("hits", []) if hit["code"] == code), ""
    )


def waterfall_of(round_: AllocationRound, lines: Sequence[AllocationLine], totals: RoundTotals) -> dict[str, Any]:
    """From what was asked for to what is planned, in 万元, as ``static/js/charts.js`` draws it."""
    effects = [effect for effect in rule_effects(lines) if effect["effect_yuan"]]
    steps = [
        {"name": "单位申报", "value": _wan(totals.requested_yuan), "total": True},
        *({"name": f"{effect['code'] or effect['action']} {effect['lines']} 个", "value": _wan(effect["effect_yuan"])}
          for effect in effects),
        {"name": "人工调整", "value": _wan(totals.by_hand_yuan)},
        {"name": "拟安排", "value": _wan(totals.final_yuan), "total": True},
    ]
    limit = {"limit": _wan(round_.ceiling_yuan), "limit_name": "上限"} if totals.left_yuan is not None else {}
    shown = [totals.requested_yuan, totals.final_yuan, *([round_.ceiling_yuan] if limit else [])]
    floor = max(0, int(min(shown) * 9 / 10 / 1_000_000) * 100)
    return {"steps": steps, "min": floor} | limit


def _wan(amount_yuan: Decimal) -> float:
    """For drawing only: the figures people read are printed from the exact amounts."""
    return float(wan_text(amount_yuan).replace(",", ""))


def line_row(line: AllocationLine) -> dict[str, Any]:
    """One line as the page prints it: amounts in yuan, ``by_hand_yuan`` and ``growth_rate`` only where they exist."""
    basis = line.basis
    by_hand = line.final_yuan - by_rule_yuan(line) if is_changed(line) else None
    return {
        "pk": line.pk, "name": line.project.name, "page_url": getattr(line, "page_url", ""),
        "grade": basis.grade if basis else "", "score": basis.score if basis else None,
        "result_year": basis.project_year.fiscal_year_id if basis else None, "lamp": getattr(line, "lamp", ""),
        "base_yuan": line.base_yuan, "requested_yuan": line.requested_yuan, "rule_code": line.rule_code,
        "action": LinkageAction(line.action).label if line.action else "",
        "suggested_yuan": line.suggested_yuan, "by_hand_yuan": by_hand, "final_yuan": line.final_yuan,
        "growth_rate": divide(line.final_yuan - line.base_yuan, line.base_yuan, 4) if line.base_yuan else None,
        "reason": _reason_of(line), "unsettled": is_unsettled(line), "changed": is_changed(line),
        "working": line.working,
    }


def _reason_of(line: AllocationLine) -> str:
    if line.change_reason:
        return line.change_reason
    if line.waiver:
        return f"免于挂钩：{line.waiver}"
    return "按规则" if line.rule_code else "按申报数"


def rows_of(rounds: QuerySet[AllocationRound]) -> list[dict[str, Any]]:
    """The list of rounds with their sums; one query."""
    counted = rounds.annotate(line_count=Count("lines"), final_fen=fen_sum("lines__final_yuan"))
    return [
        {
            "round": round_, "lines": round_.line_count, "final_yuan": yuan_of(round_.final_fen),
            "left_yuan": round_.ceiling_yuan - yuan_of(round_.final_fen),
        }
        for round_ in counted
    ]
