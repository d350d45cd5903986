"""The panel of targets on a project-year's page."""

from typing import Any

from django.urls import reverse

from budgets.models import ProjectYear
from targets.models import TargetDeclaration
from targets.queries.declarations import ZERO, startable
from targets.queries.paper import paper_row, span_equal


def panel(project_year: ProjectYear, user) -> dict[str, Any] | None:
    """The newest declaration with its indicators, or the way to begin one; ``None`` when there is nothing to show."""
    declarations = list(
        TargetDeclaration.objects.visible_to(user).filter(project_year=project_year).order_by("-version")
        .prefetch_related("indicators")
    )
    if not declarations:
        found = startable(user).filter(pk=project_year.pk).first()
        return found and {
            "declaration": None, "open_url": reverse("targets:open", args=[found.pk]),
            "has_last_year": found.has_last_year,
        }
    newest = declarations[0]
    rows = [
        paper_row(each, None, compared=False) | {"actual": each.actual_shown} for each in newest.indicator_list()
    ]
    span_equal(rows, "level1")
    span_equal(rows, "level2")
    return {
        "declaration": newest, "state_label": newest.state_label, "url": newest.get_absolute_url(), "rows": rows,
        "weight": sum((each.weight for each in newest.indicator_list()), ZERO),
        "earlier": [
            {"label": f"第 {each.version} 版", "state_label": each.state_label, "url": each.get_absolute_url()}
            for each in declarations[1:]
        ],
    }
