"""What is typed for the calendar: windows and extensions."""

from django import forms

from core.forms import DateInput
from core.models import Organisation, OrganisationKind


class WindowForm(forms.Form):
    opens_on = forms.DateField(label="开始日期", widget=DateInput())
    due_on = forms.DateField(label="截止日期", widget=DateInput())


class ExtensionForm(forms.Form):
    unit = forms.ModelChoiceField(
        label="单位", empty_label="请选择",
        queryset=Organisation.objects.filter(
            kind__in=(OrganisationKind.UNIT, OrganisationKind.DEPARTMENT), is_active=True
        ),
    )
    due_on = forms.DateField(label="延至", widget=DateInput())
    reason = forms.CharField(label="延期理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
