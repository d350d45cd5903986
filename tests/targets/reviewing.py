"""Reviewing and returning through pages and services, for the tests of both."""

from django.urls import reverse

from core.transitions import perform
from targets import queries
from targets.models import FieldComment, TargetDeclaration
from targets.services import comment_on_place, content_of, save_declaration
from tests.factories.cast import NOON
from tests.targets.makers import POINTS, make_draft, walk

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"
SENDERS = {
    "unit_review": "wang_jianguo", "dept_reviewing": "zhang_wen", "fiscal_reviewing": "zhou_xiaolan",
    "ready_for_approval": "qian_li",
}


def step_url(declaration, step: str) -> str:
    return reverse("targets:targetdeclaration_step", args=[declaration.pk, step])


def fresh(declaration) -> TargetDeclaration:
    return TargetDeclaration.objects.get(pk=declaration.pk)


def typed(declaration, **changed) -> dict[str, str]:
    """The review page as it is posted, 90 points unless changed."""
    values = {f"points_{place}": given for place, given in enumerate(POINTS.values())}
    return {"seen": str(fresh(declaration).revision), "reason": "同意。"} | values | changed


def grid(declaration, **cells: str) -> dict[str, str]:
    """The grid as the unit posts it, with some cells changed."""
    rows = queries.grid_rows(declaration)
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows)), "seen": str(declaration.revision)}
    data |= {f"form-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return data | cells


def comment(declaration, place: str, text: str, by) -> FieldComment:
    return comment_on_place(declaration, place, text, by=by, at=NOON)


def returned(cast, *places: str, state: str = "dept_reviewing", **data) -> TargetDeclaration:
    """Sent back from ``state`` with a comment on each place."""
    declaration = walk(make_draft(cast), cast, state)
    by = getattr(cast, SENDERS[state])
    for place in places:
        comment(declaration, place, "请改正。", by)
    return perform(declaration, "send_back", by=by, at=NOON, reason="请按批注改正。", data=data)


def change(declaration, cast, **fields) -> TargetDeclaration:
    """Save the lines with fields of the first one changed."""
    lines = [content_of(each) for each in declaration.indicator_list()]
    lines[0] |= fields
    return save_declaration(declaration, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
