"""What the quality check of a declaration needs to know: its content, last year's, and other projects'."""

from collections import defaultdict
from decimal import Decimal

from django.db import models
from django.utils.functional import cached_property

from budgets.models import ProjectYear
from targets import rules


class Judged(models.Model):
    """A declaration as the quality check sees it."""

    class Meta:
        abstract = True

    @classmethod
    def in_force_before(cls, project_year: ProjectYear) -> models.QuerySet:
        """The declaration in force in the year before, if the project had one."""
        return cls.objects.filter(
            project_year__project=project_year.project_id, project_year__fiscal_year=project_year.fiscal_year_id - 1,
            state=cls.State.APPROVED,
        )

    def judged(self) -> rules.Subject:
        year = self.project_year
        project = year.project
        return rules.Subject(
            title=self.title(), project_name=project.name, year=year.fiscal_year_id,
            years=(project.starts_on.year, project.ends_on.year), book=self.rulebook(),
            annual_goal=self.annual_goal, overall_goal=self.overall_goal, requested=year.requested_yuan,
            sources_total=year.lines_total_yuan(), indicators=self._lines, evidence=self.evidence,
            steps=len(self.step_list()),
        )

    @cached_property
    def _lines(self) -> tuple[models.Model, ...]:
        return tuple(self.indicator_list())

    @cached_property
    def evidence(self) -> rules.Evidence:
        """Four queries, whatever the number of indicators."""
        last = self.in_force_before(self.project_year).select_related("project_year").first()
        return rules.Evidence(
            last={each.name: each for each in last.indicator_list()} if last else {},
            last_goal=last.annual_goal if last else "",
            last_money=(last.project_year.initial_yuan or last.project_year.requested_yuan) if last else None,
            others=self._values_of_others(),
            kept={kept.identity: kept.reason for kept in self._kept()},
        )

    def _kept(self) -> models.QuerySet:
        """Reasons given for this version or an earlier one of the year: an adjustment need not repeat them."""
        kept = type(self).kept_warnings.rel.related_model.objects
        return kept.filter(
            declaration__project_year=self.project_year_id, declaration__version__lte=self.version
        ).order_by("pk")

    def _values_of_others(self) -> dict[tuple[str, str], tuple[Decimal, ...]]:
        """Approved values of this year and the last by name and unit, one a project, the newest.

        Every project of the sector counts; only the middle of all of them is ever shown.
        """
        year = self.project_year
        rows = type(self).indicators.rel.related_model.objects.filter(
            name__in={each.name for each in self._lines}, target_value__isnull=False,
            declaration__state=self.State.APPROVED, declaration__project_year__project__sector=year.project.sector,
            declaration__project_year__fiscal_year__in=(year.fiscal_year_id - 1, year.fiscal_year_id),
        ).exclude(declaration__project_year__project=year.project_id)
        newest: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
        for name, unit, project, value in rows.order_by("declaration__project_year__fiscal_year", "pk").values_list(
            "name", "unit_of_measure", "declaration__project_year__project", "target_value"
        ):
            newest[name, rules.one_spelling(unit)][project] = value
        return {key: tuple(values.values()) for key, values in newest.items()}
