"""What every record of one project in one fiscal year shares, in this app and in those above it."""

from django.db import models

from budgets import rules
from budgets.models.projects import ProjectAccess, own_projects
from budgets.models.windows import longer_url, window_ends
from core.access import DEPARTMENT_ROLES, UNIT_ROLES, Role
from core.workflow import WorkflowRecord

NOBODY = -1


class YearQuerySet(models.QuerySet):
    """Rows that belong to a project-year; ``year_path`` leads from the row to it."""

    year_path = "project_year__"

    def visible_to(self, user):
        sight = user.sight
        if sight.everything:
            return self
        opened = ProjectAccess.objects.open_to(sight).values("project_year")
        year = self.year_path.removesuffix("__") or "pk"
        return self.filter(
            own_projects(sight, f"{self.year_path}project__") | models.Q(**{f"{year}__in": opened})
        )


class ProjectRecord(WorkflowRecord):
    """A workflow record about one project-year. Subclasses have a foreign key ``project_year``."""

    lock_with = (
        "project_year__project__department", "project_year__project__unit", "project_year__fiscal_year__ruleset",
    )

    objects = YearQuerySet.as_manager()

    class Meta:
        abstract = True

    def organisation_for(self, role: Role) -> int | None:
        project = self.project_year.project
        if role in UNIT_ROLES:
            return project.unit_id
        if role in DEPARTMENT_ROLES:
            return project.department_id
        if role == Role.FISCAL_BUSINESS:
            return project.department.fiscal_section_id
        return NOBODY if role in (Role.THIRD_PARTY_LEAD, Role.THIRD_PARTY_MEMBER, Role.EXPERT) else None

    @property
    def window_stage(self) -> str:
        """The task window that bounds whoever holds the record; empty for none."""
        return self.holder.window if self.holder else ""

    def longer_url(self, user) -> str:
        project = self.project_year.project
        if not rules.may_ask_for_longer(user, unit_id=project.unit_id, department_id=project.department_id):
            return ""
        return longer_url(self)

    @classmethod
    def window_ends(cls, records):
        return window_ends(records)

    def title(self) -> str:
        year = self.project_year
        return f"“{year.project.name}”{year.fiscal_year_id}年度{self._meta.verbose_name}"

    def thread(self) -> str:
        return self.project_year.thread()

    def rulebook(self):
        return self.project_year.rulebook()

    def facts(self):
        return self.project_year.facts()
