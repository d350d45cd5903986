"""What is typed in monitoring: a new round, the monitoring form, filters of the lists, and orders to correct."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from budgets.models import FiscalYear
from core.forms import DateInput, LaterDateField, NumberField, StepForm, WanField, faults_of
from core.models import Organisation
from monitoring.models import (
    SENT_STATES,
    UNSETTLED,
    AlertOutcome,
    AlertState,
    DeviationReason,
    LampColour,
    LikelihoodChoice,
    MonitoringRound,
    ProgressReport,
    ProgressValue,
    QualityChoice,
    ReportState,
)

PROJECT = "project_year__project"
NOT_OFFERED = {"invalid_choice": "“%(value)s”不在可选的范围内，请从列表中选择。"}


class RoundForm(forms.Form):
    fiscal_year = forms.ModelChoiceField(FiscalYear.objects.filter(is_open=True), label="年度", empty_label=None)
    number = forms.IntegerField(label="轮次", min_value=1, max_value=12)
    period_start = forms.DateField(label="监控期间起", widget=DateInput(), help_text="执行数和序时进度都从年初累计。")
    period_end = forms.DateField(
        label="监控期间止", widget=DateInput(), help_text="某个月的最后一天；支出取到这一天为止。"
    )
    due_on = forms.DateField(label="报送期限", widget=DateInput(), help_text="单位须在这一天之前报送主管部门。")


# --- the monitoring form --------------------------------------------------------------------------


class HeadForm(forms.Form):
    """The money line of the monitoring form and what is said of the project as a whole."""

    forecast_yuan = WanField(label="全年预计执行数", required=False, unsigned=True)
    surplus_reason = forms.CharField(label="预计结余原因", required=False, max_length=200)
    problem = forms.CharField(label="存在问题", required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    measures = forms.CharField(label="拟采取措施", required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, data=None, *, report: ProgressReport, **kwargs):
        names = ("forecast_yuan", "surplus_reason", "problem", "measures")
        super().__init__(data, initial={name: getattr(report, name) for name in names}, prefix="head", **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "c", "aria-label": field.label}


class ValueForm(forms.Form):
    """One line of the monitoring form; a qualitative indicator has a choice where a quantitative one has a number."""

    actual_value = NumberField(label="完成值", required=False)
    quality = forms.ChoiceField(
        label="完成情况", required=False, choices=[("", "请选择"), *QualityChoice.choices], error_messages=NOT_OFFERED
    )
    actual_text = forms.CharField(label="完成情况说明", required=False, max_length=200)
    forecast_text = forms.CharField(label="全年预计完成情况", required=False, max_length=200)
    reasons = forms.MultipleChoiceField(
        label="偏差原因", required=False, choices=DeviationReason.choices, widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_OFFERED,
    )
    note = forms.CharField(label="原因说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))
    likelihood = forms.ChoiceField(
        label="完成目标可能性", required=False, choices=[("", "请选择"), *LikelihoodChoice.choices], error_messages=NOT_OFFERED
    )

    def __init__(self, data=None, *, value: ProgressValue, **kwargs):
        self.value = value
        names = ("actual_value", "quality", "actual_text", "forecast_text", "reasons", "note", "likelihood")
        super().__init__(
            data, initial={name: getattr(value, name) for name in names}, prefix=f"v{value.pk}", **kwargs
        )
        del self.fields["actual_value" if value.indicator.value_type == "qualitative" else "quality"]
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select form-select-sm" if chosen else "c"
            field.widget.attrs["aria-label"] = f"{value.indicator.name} {field.label}"
        self.fields["reasons"].widget.attrs["class"] = "form-check-input"

    @property
    def actual(self) -> forms.BoundField:
        return self["quality"] if "quality" in self.fields else self["actual_value"]


class ReportSheet:
    """All that is typed into one report: its head and a line for each indicator."""

    def __init__(self, report: ProgressReport, values: Sequence[ProgressValue], data=None):
        self.head = HeadForm(data, report=report)
        self.lines = [ValueForm(data, value=value) for value in values]

    def is_valid(self) -> bool:
        checked = [form.is_valid() for form in (self.head, *self.lines)]
        return all(checked)

    def entered(self) -> dict[str, Any]:
        """The arguments of ``services.fill_report``."""
        return self.head.cleaned_data | {
            "values": {line.value.indicator_id: line.cleaned_data for line in self.lines}
        }

    def faults(self) -> list[dict[str, str]]:
        """Every fault as a sentence with the id of its field."""
        found = faults_of(self.head)
        for number, line in enumerate(self.lines, start=1):
            found += faults_of(line, f"第 {number} 行“{line.value.indicator.name}”")
        return [{"sentence": fault.sentence, "target": fault.target} for fault in found]


# --- steps ----------------------------------------------------------------------------------------


class CorrectionOrderForm(StepForm):
    correction_due_on = LaterDateField(
        label="完成期限", help_text="单位须在这一天之前报送纠偏措施及结果。"
    )


class CorrectionForm(StepForm):
    correction_text = forms.CharField(
        label="纠偏措施及结果", max_length=2000, widget=forms.Textarea({"rows": 5}),
        help_text="写明做了什么、补上多少、还差多少、何时完成。",
    )


# --- filters of the lists -------------------------------------------------------------------------


class ReportFilter(forms.Form):
    q = forms.CharField(label="项目或单位", required=False)
    round = forms.ModelChoiceField(
        MonitoringRound.objects.all(), label="轮次", required=False, empty_label="全部"
    )
    department = forms.ModelChoiceField(
        Organisation.objects.departments(), label="主管部门", required=False, empty_label="全部"
    )
    lamp = forms.ChoiceField(label="监控灯", required=False, choices=[("", "全部"), *LampColour.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *ReportState.choices])
    sent = forms.ChoiceField(label="报送", required=False, choices=[("", "全部"), ("yes", "已报送"), ("no", "未报送")])

    def apply(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        exact = {
            "round": wanted["round"], f"{PROJECT}__department": wanted["department"],
            "shown_lamp": wanted["lamp"], "state": wanted["state"],
        }
        rows = rows.filter(_named(wanted["q"]), **{name: value for name, value in exact.items() if value})
        if wanted["sent"]:
            sent = Q(state__in=SENT_STATES)
            rows = rows.filter(sent if wanted["sent"] == "yes" else ~sent)
        return rows


class AlertFilter(forms.Form):
    q = forms.CharField(label="项目或单位", required=False)
    round = forms.ModelChoiceField(
        MonitoringRound.objects.all(), label="轮次", required=False, empty_label="全部"
    )
    department = forms.ModelChoiceField(
        Organisation.objects.departments(), label="主管部门", required=False, empty_label="全部"
    )
    lamp = forms.ChoiceField(
        label="监控灯", required=False,
        choices=[("", "全部"), *[each for each in LampColour.choices if each[0] in (LampColour.RED, LampColour.YELLOW)]],
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("unsettled", "未销号"), *AlertState.choices]
    )
    outcome = forms.ChoiceField(label="处置结果", required=False, choices=[("", "全部"), *AlertOutcome.choices])

    def apply(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        exact = {
            "report__round": wanted["round"], f"{PROJECT}__department": wanted["department"], "lamp": wanted["lamp"],
            "outcome": wanted["outcome"],
        }
        rows = rows.filter(_named(wanted["q"]), **{name: value for name, value in exact.items() if value})
        if wanted["state"] == "unsettled":
            return rows.filter(state__in=UNSETTLED)
        return rows.filter(state=wanted["state"]) if wanted["state"] else rows


def _named(text: str) -> Q:
    text = text.strip()
    if not text:
        return Q()
    return Q(**{f"{PROJECT}__name__icontains": text}) | Q(**{f"{PROJECT}__unit__name__icontains": text})
