"""The lines of declarations, a project's or a whole department's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from core import bulk
from core.portions import portions
from targets.models import IndicatorLine
from targets.rules import INDICATOR_FIELDS


def content_of(indicator: IndicatorLine) -> dict[str, Any]:
    return {name: getattr(indicator, name) for name in INDICATOR_FIELDS}


def write_indicators(declaration: models.Model, wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``write_lines`` of one declaration."""
    return write_lines([(declaration, wanted)]).get(declaration.pk, {})


def write_lines(pairs: Sequence[tuple[models.Model, Sequence[Mapping[str, Any]]]]) -> dict[int, dict[str, Any]]:
    """Make each declaration's lines equal to those wanted, a project's or a whole department's; equal ones keep their
    row.

    Returns what was taken out of which and put in, by the number of the declaration.
    """
    if not pairs:
        return {}
    lines = pairs[0][0].indicators.model
    present = contents_by_position(lines, [declaration.pk for declaration, _ in pairs])
    gone, new, found = [], [], {}
    for declaration, wanted in pairs:
        old, asked = present[declaration.pk], dict(enumerate(map(dict, wanted), start=1))
        removed = {place: kept for place, kept in old.items() if asked.get(place) != kept[1]}
        added = {place: content for place, content in asked.items() if place not in old or place in removed}
        gone += [number for number, _ in removed.values()]
        new += [(declaration.pk, place, *map(content.get, INDICATOR_FIELDS)) for place, content in added.items()]
        if removed or added:
            found[declaration.pk] = {
                "removed": [{"position": place} | content for place, (_, content) in removed.items()],
                "added": [{"position": place} | content for place, content in added.items()],
            }
    for some in portions(gone):
        lines.objects.filter(pk__in=some).delete()
    bulk.insert_values(lines, ("declaration_id", "position", *INDICATOR_FIELDS), new)
    return found


def contents_by_position(
    lines: type[models.Model], declarations: Sequence[int]
) -> dict[int, dict[int, tuple[int, dict[str, Any]]]]:
    """By declaration and position each line's number and what it says."""
    found: dict[int, dict[int, tuple[int, dict[str, Any]]]] = defaultdict(dict)
    for some in portions(declarations):
        rows = lines.objects.filter(declaration__in=some).order_by("declaration", "position")
        for number, declaration, position, *content in rows.values_list(
            "pk", "declaration_id", "position", *INDICATOR_FIELDS
        ):
            found[declaration][position] = number, dict(zip(INDICATOR_FIELDS, content, strict=True))
    return found
