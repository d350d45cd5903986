"""What the table of a project's years shows of its targets."""

from collections.abc import Sequence

from budgets.models import ProjectYear
from targets.models import TargetDeclaration


def versions(years: Sequence[ProjectYear], user) -> dict[int, tuple[str, str]]:
    """The newest version of each year with its state, as a link; one query."""
    found = TargetDeclaration.objects.visible_to(user).filter(project_year__in=years).order_by("version")
    return {
        each.project_year_id: (f"第 {each.version} 版 {each.state_label}", each.get_absolute_url()) for each in found
    }
