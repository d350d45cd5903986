"""What is typed for the calendar: windows and extensions."""

from django import forms

from core.forms import DateInput, StepForm
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


class ExtensionRequestForm(forms.Form):
    unit = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label=None)
    wished_on = forms.DateField(label="希望延至", widget=DateInput())
    reason = forms.CharField(
        label="延期理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明为什么不能按期办理、到哪一天能办完。",
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class GrantForm(StepForm):
    """Another day than the one that was wished for; without it the wish is granted as it is."""

    due_on = forms.DateField(label="批准延至", required=False, widget=DateInput())

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["due_on"].initial = record.wished_on
