"""Forms every app builds on."""

from typing import Any

from django import forms

from core.money import MoneyError, from_wan, wan_text
from core.workflow import Step, WorkflowRecord

forms.Field.default_error_messages["required"] = "还没有填写，请填写后再提交。"


class WanField(forms.Field):
    """An amount typed in 万元; its cleaned value is yuan."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})

    def __init__(self, *, unsigned: bool = False, **kwargs):
        self.unsigned = unsigned
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.unsigned and value is not None and value < 0:
            raise forms.ValidationError(f"{wan_text(value)} 万元是负数，请填不小于 0 的金额。", code="negative")

    def to_python(self, value: Any):
        if value in self.empty_values:
            return None
        try:
            return from_wan(str(value))
        except MoneyError as error:
            raise forms.ValidationError(str(error), code="money") from error

    def prepare_value(self, value: Any):
        return value if value is None or isinstance(value, str) else wan_text(value).replace(",", "")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class StepForm(forms.Form):
    """What is typed for a step: an opinion, and in subclasses whatever else the step's method asks for in ``data``."""

    reason = forms.CharField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order: list[str] | None = None

    def __init__(self, *args, record: WorkflowRecord, step: Step, **kwargs):
        self.record = record
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = step.needs_reason
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def step_data(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
