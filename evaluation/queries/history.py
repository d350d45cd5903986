"""What the table of a project's years shows of feedback."""

from collections.abc import Sequence

from budgets.models import ProjectYear
from evaluation.models import Rectification


def letters(years: Sequence[ProjectYear], user) -> dict[int, tuple[str, str]]:
    """The newest feedback letter of each year with its state, as a link; one query."""
    found = Rectification.objects.visible_to(user).filter(project_year__in=years).order_by("pk")
    return {
        each.project_year_id: (f"{each.letter_no or '反馈意见书'} {each.state_label}", each.get_absolute_url())
        for each in found
    }
