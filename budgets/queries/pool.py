"""The project pool: its rows, its saved views, and the family of one project."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from budgets.models import DurationType, PoolStatus, Project, ProjectAttribute

VIEWS = {
    "": ("在库", Q(status=PoolStatus.ACTIVE)),
    "new": ("新增", Q(status=PoolStatus.ACTIVE, attribute=ProjectAttribute.NEW)),
    "continuing": ("延续", Q(status=PoolStatus.ACTIVE, attribute=ProjectAttribute.CONTINUING)),
    "one_off": ("一次性", Q(status=PoolStatus.ACTIVE, duration_type=DurationType.ONE_OFF)),
    "parents": ("一级项目", Q(status=PoolStatus.ACTIVE, child_count__gt=0)),
    "dormant": ("休眠", Q(status=PoolStatus.DORMANT)),
    "closed": ("已出库", Q(status=PoolStatus.CLOSED)),
    "all": ("全部", Q()),
}


def pool_rows(user) -> QuerySet[Project]:
    """What the person may see of the pool, each with ``child_count`` and ``last_year``."""
    rows = Project.objects.visible_to(user).select_related("unit", "department", "parent")
    return rows.annotate(child_count=Count("children", distinct=True), last_year=Max("years__fiscal_year"))


def view_counts(user) -> dict[str, int]:
    """How many projects each saved view holds; one query."""
    inner = Project.objects.filter(pk__in=Project.objects.visible_to(user).values("pk")).annotate(
        child_count=Count("children")
    )
    counts = {f"view_{name or 'active'}": Count("pk", filter=condition) for name, (_, condition) in VIEWS.items()}
    found = inner.order_by().aggregate(**counts)
    return {name: found[f"view_{name or 'active'}"] for name in VIEWS}


def parents_for(project: Project, user) -> QuerySet[Project]:
    """Projects that may stand above this one: of the same department, in the pool, on the first level themselves."""
    found = Project.objects.visible_to(user).filter(
        department=project.department_id, parent=None, status=PoolStatus.ACTIVE
    )
    return found.exclude(pk=project.pk).order_by("code")


def family_of(project: Project, user) -> dict[str, Any]:
    """The project above and those below, as far as the person may see them."""
    children = Project.objects.visible_to(user).filter(parent=project).select_related("unit").order_by("code")
    return {
        "parent": _member(project.parent) if project.parent_id else None,
        "children": [_member(child) | {"unit": child.unit.name} for child in children],
    }


def _member(project: Project) -> dict[str, str]:
    return {
        "name": project.name, "code": project.code, "status": project.get_status_display(),
        "url": reverse("budgets:project_edit", args=[project.pk]),
    }
