"""The steps of a project's schedule as typed; an empty line is no step."""

from typing import Any

from django import forms

from core.forms import DateInput

MOST_STEPS = 20
SHOWN = {"class": "form-control"}


class ScheduleForm(forms.Form):
    content = forms.CharField(
        label="实施内容", max_length=200, required=False, widget=forms.TextInput(attrs=SHOWN)
    )
    starts_on = forms.DateField(label="开始日期", required=False, widget=DateInput(attrs=SHOWN))
    ends_on = forms.DateField(label="完成日期", required=False, widget=DateInput(attrs=SHOWN))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if any(data.values()):
            for name in self.fields:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "还没有填写，请填写后再提交。")
        return data


class BaseScheduleFormSet(forms.BaseFormSet):
    """With ``closed`` the steps are shown and sent, but not to be changed."""

    def __init__(self, *args, closed: bool = False, **more) -> None:
        super().__init__(*args, **more)
        if closed:
            self.extra = 0
            for form in self.forms:
                for field in form.fields.values():
                    field.widget.attrs["readonly"] = True

    def items(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if any(form.cleaned_data.values())]

    def faults(self) -> list[str]:
        found = [
            f"第 {number} 步{form.fields[name].label}：{sentence}"
            for number, form in enumerate(self.forms, start=1)
            for name, sentences in form.errors.items() for sentence in sentences
        ]
        return found + list(self.non_form_errors())


ScheduleFormSet = forms.formset_factory(
    ScheduleForm, formset=BaseScheduleFormSet, extra=3, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 10,
    validate_max=True,
)
