"""Filters of the lists."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from budgets.models import FiscalYear
from core.models import Organisation
from evaluation.models import (
    Disclosure,
    Evaluation,
    EvaluationKind,
    Rectification,
    SelfEvaluation,
)


class StateFilter(forms.Form):
    """Subclasses give ``states``."""

    states: Sequence[tuple[str, str]] = ()

    q = forms.CharField(label="项目或单位", required=False, max_length=60)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False)
    department = forms.ModelChoiceField(
        label="主管部门", required=False, queryset=Organisation.objects.none(), empty_label="全部部门"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = FiscalYear.objects.order_by("-year").values_list("year", flat=True)
        self.fields["year"].choices = [("", "全部年度"), *((year, f"{year}年度") for year in years)]
        self.fields["state"].choices = [("", "全部状态"), *self.states]
        self.fields["department"].queryset = Organisation.objects.departments()

    def apply(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        if wanted["q"]:
            rows = rows.filter(
                Q(project_year__project__name__icontains=wanted["q"])
                | Q(project_year__project__unit__name__icontains=wanted["q"])
            )
        if wanted["year"]:
            rows = rows.filter(project_year__fiscal_year=wanted["year"])
        if wanted["state"]:
            rows = rows.filter(**self.by_state(wanted["state"]))
        if wanted["department"]:
            rows = rows.filter(project_year__project__department=wanted["department"])
        return rows

    def by_state(self, state: str) -> dict[str, Any]:
        return {"state": state}


class SelfEvaluationFilter(StateFilter):
    states = SelfEvaluation.State.choices


class EvaluationFilter(StateFilter):
    states = Evaluation.State.choices


class RectificationFilter(StateFilter):
    states = Rectification.State.choices


class ResultFilter(StateFilter):
    states = (("self", "单位自评"), *EvaluationKind.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "来源"
        self.fields["state"].choices[0] = ("", "全部来源")

    def by_state(self, state: str) -> dict[str, Any]:
        return {"evaluation": None} if state == "self" else {"evaluation__kind": state}


class DisclosureFilter(StateFilter):
    states = Disclosure.Kind.choices

    standing = forms.ChoiceField(label="状态", required=False, choices=[
        ("", "全部状态"), ("pending", "待公开"), ("published", "已公开"), ("withheld", "不予公开"),
    ])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "公开内容"
        self.fields["state"].choices[0] = ("", "全部内容")

    def by_state(self, state: str) -> dict[str, Any]:
        return {"kind": state}

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        narrowed = {
            "pending": rows.pending, "published": lambda: rows.exclude(published_on=None),
            "withheld": lambda: rows.exclude(nonpublic_reason=""),
        }
        chosen = narrowed.get(self.cleaned_data["standing"])
        return chosen() if chosen else rows
