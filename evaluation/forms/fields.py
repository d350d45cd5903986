"""Fields that many forms of evaluation share."""

from typing import Any

from django import forms

LONG = 2000
TOO_FINE = "分数最多四位整数、两位小数，例如 8.5。"


def text_area(label: str, *, rows: int = 2, required: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def points(label: str, *, required: bool = True, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, max_digits=6, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}), error_messages={
            "invalid": "填的不是数字，请填一个分数，例如 8.5。", "max_digits": TOO_FINE, "max_decimal_places": TOO_FINE,
            "max_whole_digits": TOO_FINE,
        }, **more,
    )


def into_grid(form: forms.Form, name: str) -> None:
    """Dress the fields for cells of a grid: no label beside them, so each says what it is to screen readers."""
    for field in form.fields.values():
        widget = field.widget
        base = "form-control form-control-sm"
        if isinstance(widget, forms.CheckboxInput):
            base = "form-check-input"
        elif isinstance(widget, forms.Select):
            base = "form-select form-select-sm"
        widget.attrs["class"] = f"{base} {widget.attrs.get('class', '')}".strip()
        widget.attrs["aria-label"] = f"{name} {field.label}"
