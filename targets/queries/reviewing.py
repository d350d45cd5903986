"""The review queue and the review form."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse

from core.access import Role
from core.grades import review_band, review_item_range
from core.models import ToDo
from core.rulebook.terms import ReviewEffect
from targets import rules
from targets.models import DeclarationReview, TargetDeclaration
from targets.queries.declarations import LABEL, ZERO, plain

EFFECT_WORDS = {
    ReviewEffect.PASS: "直接通过", ReviewEffect.PASS_AFTER_EDIT: "完善后通过", ReviewEffect.RETURN_REVISE: "退回",
    ReviewEffect.BLOCK: "不安排预算",
}
STEP_OF = {
    ReviewEffect.PASS: "pass", ReviewEffect.PASS_AFTER_EDIT: "pass_after_edit", ReviewEffect.RETURN_REVISE: "send_back",
    ReviewEffect.BLOCK: "block",
}


def queue_of(user) -> list[int]:
    """The declarations waiting for this person's review, the most urgent first; drafts are not part of it."""
    own = ToDo.objects.addressed_to(user).filter(model=LABEL).exclude(role=Role.UNIT_OPERATOR)
    found = own.order_by(models.F("due_on").asc(nulls_last=True), "since", "object_id")
    return list(dict.fromkeys(found.values_list("object_id", flat=True)))


def place_in_queue(queue: Sequence[int], pk: int) -> dict[str, Any] | None:
    """Position (from 1), total and the neighbours' addresses; ``None`` for a declaration that is not in it."""
    if pk not in queue:
        return None
    at = queue.index(pk)
    return {
        "position": at + 1, "total": len(queue), "percent": 100 * at // len(queue),
        "previous": review_url(queue[at - 1]) if at else "",
        "next": review_url(queue[at + 1]) if at + 1 < len(queue) else "",
    }


def next_in_queue(queue: Sequence[int], done: int) -> int | None:
    """What to look at after ``done``: the one that follows it, else the first that is left."""
    left = [pk for pk in queue if pk != done]
    if not left:
        return None
    after = queue.index(done) if done in queue else 0
    return queue[after + 1] if done in queue and after + 1 < len(queue) else left[0]


def review_url(pk: int) -> str:
    return reverse("targets:review", args=[pk])


def review_items(declaration: TargetDeclaration) -> list[dict[str, Any]]:
    """The review form of the rule set: dimensions with their items, points, and what each grade fills in."""
    book = declaration.rulebook()
    return [
        {
            "name": dimension.name.removesuffix("审核"), "points": sum((item.points for item in dimension.items), ZERO),
            "items": [
                {"name": item.name, "points": item.points, "grades": list(_item_grades(item.points, book))}
                for item in dimension.items
            ],
        }
        for dimension in book.review.dimensions
    ]


def _item_grades(points: Decimal, book) -> Iterator[dict[str, Any]]:
    """The best grade fills in full points, the others the least of their range; the person may change the number."""
    for place, band in enumerate(book.review.bands):
        low, high = review_item_range(band.name, points=points, book=book)
        fill = low if place else high
        yield {"name": band.name, "fill": plain(fill), "low": plain(low), "high": plain(high)}


def reviews_of(declaration: TargetDeclaration) -> list[DeclarationReview]:
    return list(declaration.reviews.select_related("by").order_by("-pk"))


def ready_reasons(declaration: TargetDeclaration) -> list[dict[str, str]]:
    """What reviewers write most often in this state: a short label and the sentence it puts into the opinion."""
    reasons = declaration.rulebook().review.ready_reasons
    return [{"label": each.label, "text": each.text} for each in reasons if each.is_for(declaration.state)]


def bands_of(declaration: TargetDeclaration) -> list[dict[str, Any]]:
    return [
        {
            "name": band.name, "lower": plain(band.lower), "effect": EFFECT_WORDS[band.effect],
            "step": STEP_OF[band.effect],
        }
        for band in declaration.rulebook().review.bands
    ]


def total_of(declaration: TargetDeclaration, points: Mapping[str, Decimal | None]) -> dict[str, Any]:
    """Sum and grade of the points typed so far; the grade only when every item has valid points."""
    total = sum((given for given in points.values() if given is not None), ZERO)
    valid = rules.points_are_valid(declaration, points)
    return {"total": total, "grade": review_band(total, declaration.rulebook()).name if valid else ""}
