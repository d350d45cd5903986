"""Every rule against submitting a declaration, each with the cell it is about."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse

from core.rulebook.terms import CheckLevel
from targets import rules
from targets.models import TargetDeclaration
from targets.queries.declarations import ZERO, short_of

MANY = 3


@dataclass(frozen=True)
class Checks:
    """``must`` stops the declaration; ``should`` stops it where ``needs_reason``, until mended or kept with a reason.

    ``kept`` are those kept, each with its ``reason``; ``passed`` names what the checks made sure of. ``acts`` are the
    addresses of the buttons and the revision they act on, empty for a person who may not fill the declaration in.
    """

    must: list[dict[str, Any]]
    should: list[dict[str, Any]]
    kept: list[dict[str, Any]]
    passed: list[str]
    acts: dict[str, Any] = field(default_factory=dict)

    @property
    def unexplained(self) -> int:
        """How many may be submitted only with a reason that is still missing."""
        return sum(item["needs_reason"] for item in self.should)

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Cells to colour, for the grid's script; ``mend`` labels the button of the form ``mend-<key>``."""
        return [
            {
                "row": item["row"], "field": item["field"], "level": level, "text": item["short"],
                "mend": item["mend"] if self.acts else "", "key": item["key"],
            }
            for level, items in (("bad", self.must), ("warn", self.should)) for item in items if item["row"]
        ]

    @property
    def together(self) -> list[dict[str, Any]]:
        """Numbers of checks whose changes, three or more, may be taken in one go."""
        joined = Counter(item["code"] for item in (*self.must, *self.should) if item["joins"])
        return [{"code": code, "count": count} for code, count in joined.items() if count >= MANY]

    def wrong_in(self, part: str) -> bool:
        """Whether a part of the form (money, goal, grid) has something that must be mended."""
        return any(item["part"] == part for item in self.must)


def check(declaration: TargetDeclaration, *, mending: bool = False) -> Checks:
    """Every rule against submitting now and every piece of advice, with its cell.

    With ``mending`` the page offers to mend or keep them. The number of queries does not grow with the indicators.
    """
    models.prefetch_related_objects([declaration], "indicators", "schedule", "project_year__lines")
    subject = declaration.judged()
    found = rules.findings(subject)
    money = list(rules.project_may_file(declaration))
    blocking = [each for each in found if each.level is CheckLevel.BLOCK]
    open_ones = [each for each in found if each.level is not CheckLevel.BLOCK]
    kept = subject.evidence.kept
    broken = {fault.code for fault in money}
    return Checks(
        must=[shown(each) for each in (*money, *blocking)],
        should=[shown(each) for each in open_ones if each.identity not in kept],
        kept=[shown(each) | {"reason": kept[each.identity]} for each in open_ones if each.identity in kept],
        passed=[label for code, label in rules.MONEY_KEPT.items() if code not in broken]
        + rules.checks_kept(subject, found),
        acts={
            "mend_url": reverse("targets:mend", args=[declaration.pk]),
            "keep_url": reverse("targets:keep_warning", args=[declaration.pk]), "seen": declaration.revision,
        } if mending else {},
    )


def shown(reason) -> dict[str, Any]:
    """A finding, or a plain reason about the money, as the panel prints it."""
    if not isinstance(reason, rules.Finding):
        return {
            "code": reason.code, "sentence": reason.sentence, "row": None, "field": "", "text": reason.sentence,
            "short": reason.sentence, "target": "", "part": "money", "needs_reason": False, "mend": "", "key": "",
            "joins": False,
        }
    return {
        "code": reason.code, "sentence": reason.sentence, "row": reason.row, "field": reason.field,
        "short": reason.short, "text": f"第 {reason.row} 行{reason.short}" if reason.row else reason.short,
        "target": f"cell-{reason.row}-{reason.field}" if reason.row else "", "part": reason.part,
        "needs_reason": reason.level is CheckLevel.EXPLAIN, "mend": reason.mend.label if reason.mend else "",
        "key": reason.key, "joins": rules.joins_others(reason),
    }


def weight_sums(declaration: TargetDeclaration) -> list[dict[str, Any]]:
    """Points given and points due of each level-1 indicator, then of all together (key ``total``)."""
    book = declaration.rulebook()
    given = rules.weights_by_level(declaration.indicator_list(), book)
    template = rules.weight_template(book, given)
    rows = [
        {"key": level.value, "label": _with_counted(level, book), "given": points, "due": template.of(level)}
        for level, points in given.items()
    ]
    rows.append({"key": "total", "label": "权重合计", "given": sum(given.values(), ZERO), "due": template.declared})
    for row in rows:
        row["short"] = row["due"] - row["given"]
    return rows


def _with_counted(level, book) -> str:
    """产出（含成本） where the rule set counts costs among the outputs."""
    inside = [short_of(each.label) for each in rules.LEVELS if book.weights.counted_as(each) is level is not each]
    return short_of(level.label) + (f"（含{'、'.join(inside)}）" if inside else "")


def counted_levels(declaration: TargetDeclaration) -> dict[str, str]:
    """Each first level and the one whose points it shares, for the live sums in the grid."""
    weights = declaration.rulebook().weights
    return {level.value: weights.counted_as(level).value for level in rules.LEVELS}


def weight_templates(declaration: TargetDeclaration) -> list[dict[str, str]]:
    """The rule set's templates as text, for the live sums in the grid."""
    return [
        {level.value: str(template.of(level)) for level in rules.LEVELS} | {"total": str(template.declared)}
        for template in declaration.rulebook().weights.templates
    ]
