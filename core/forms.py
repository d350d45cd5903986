"""Forms every app builds on."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms

from core import clock
from core.errors import Reason
from core.money import MoneyError, from_wan, half_up, wan_text
from core.workflow import Step, WorkflowRecord

PLACES = 4
LIMIT = 10**16
PLAIN_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")

forms.Field.default_error_messages |= {
    "required": "还没有填写，请填写后再提交。",
    "max_length": "现有 %(show_value)d 字，最多 %(limit_value)d 字，请删减后再提交。",
}


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


class NumberField(forms.Field):
    """A number as people type it, thousands separators and full-width digits included; at most four decimals."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:
        text = unicodedata.normalize("NFKC", value or "").replace(",", "").strip()
        if not text:
            return None
        if not PLAIN_NUMBER.fullmatch(text):
            raise forms.ValidationError(f"“{value}”不是数字，请填一个数，例如 86.5。", code="number")
        number = Decimal(text)
        if abs(number) >= LIMIT or number != half_up(number, PLACES):
            raise forms.ValidationError(
                f"“{value}”超出可登记的范围，请填小于 {LIMIT:,} 的数，小数最多 {PLACES} 位。", code="number_range"
            )
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class LaterDateField(forms.DateField):
    """A time limit that is being set: a day after today."""

    widget = DateInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value <= clock.today():
            raise forms.ValidationError(f"{value} 不在今天 {clock.today()} 之后，请改为之后的日期。", code="not_later")


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


def faults_of(form: forms.BaseForm, where: str = "") -> list[Reason]:
    """What is wrong with a form as sentences, each leading to its field; ``where`` says which row the form is."""
    if not form.is_bound:
        return []
    found = [Reason("entry", f"{where}{sentence}") for sentence in form.non_field_errors()]
    return found + [
        Reason("entry", f"{where}{bound.label}：{sentence}", target=bound.id_for_label)
        for bound in form for sentence in bound.errors
    ]
