"""What reviewers have pinned to the places of a form, for reviewers and for those who correct it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from targets import rules
from targets.models import FieldComment, TargetDeclaration


def field_comments(declaration: TargetDeclaration) -> list[dict[str, Any]]:
    """Every comment, numbered as the form shows them; ``here`` when the reviewers of the present state may settle it.

    ``target`` is the address of the place on the pages where the unit fills it in, empty for the funds.
    """
    rows = declaration.field_comments.select_related("by")
    return [
        {
            "pk": row.pk, "number": number, "place": row.place, "label": row.label, "text": row.text, "by": row.by,
            "at": row.at, "stage": row.get_stage_display(), "submission": row.submission,
            "settled": row.settled_at is not None, "here": row.stage == declaration.state,
            "target": _where(declaration, row), "settle_url": reverse("targets:settle_comment", args=[row.pk]),
        }
        for number, row in enumerate(rows, start=1)
    ]


def _where(declaration: TargetDeclaration, comment: FieldComment) -> str:
    if comment.place in rules.TEXTS:
        return f"{reverse('targets:edit_goal', args=[declaration.pk])}#id_{comment.place}"
    if comment.place == rules.SCHEDULE:
        return f"{reverse('targets:edit_schedule', args=[declaration.pk])}#schedule"
    if rules.row_of(comment.place) is None and comment.place != rules.WHOLE_LIST:
        return ""
    return f"{reverse('targets:edit_indicators', args=[declaration.pk])}#{comment.place}"


def comments_by_cell(declaration: TargetDeclaration) -> dict[str, list[dict[str, Any]]]:
    """The unsettled comments by the place they are pinned to, such as ``cell-3-value`` or ``annual_goal``."""
    return by_place(field_comments(declaration))


def by_place(comments: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for comment in comments:
        if not comment["settled"]:
            found[comment["place"]].append(comment)
    return dict(found)


def pins_of_row(
    comments: Mapping[str, Sequence[dict[str, Any]]], row: int, *, beside: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The comments of one row by the field they are pinned to; ``beside`` names another for one without a column."""
    found: dict[str, list[dict[str, Any]]] = {}
    for place, pinned in comments.items():
        if rules.row_of(place) == row:
            field = place.rpartition("-")[2]
            found.setdefault((beside or {}).get(field, field), []).extend(pinned)
    return found


def open_cells(declaration: TargetDeclaration) -> dict[str, Any] | None:
    """What a return has opened: ``rows`` and ``texts``, ``weights`` in every row, ``list`` when rows may be added.

    ``None`` when everything is open.
    """
    places = declaration.opened
    if not places:
        return None
    return {
        "texts": [place for place in places if place in rules.TEXTS],
        "rows": sorted({row for row in map(rules.row_of, places) if row}),
        "weights": rules.opens_weights(places), "list": rules.WHOLE_LIST in places,
    }


def place_choices(declaration: TargetDeclaration) -> list[tuple[str, str]]:
    return list(rules.places_of(declaration).items())
