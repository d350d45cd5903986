"""Whose forms of a whole department a person may print."""

from django.db.models import Q, QuerySet

from core.models import Organisation


def departments_in_sight(user) -> QuerySet[Organisation]:
    """All for the county-wide roles, else those of the own section and the own department; none for a unit."""
    departments = Organisation.objects.departments().order_by("code")
    if user.sight.everything:
        return departments
    return departments.filter(Q(pk__in=user.sight.departments) | Q(fiscal_section__in=user.sight.sections))
