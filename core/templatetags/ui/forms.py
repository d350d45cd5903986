"""Form fields, error summaries and messages."""

from collections.abc import Iterable
from typing import Any

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)

from core.templatetags.ui.library import register

NOTE_FAMILIES = {"success": "ok", "warning": "warn", "error": "bad"}
NOTE_ICONS = {
    "ok": "check-circle-fill", "warn": "exclamation-triangle-fill", "bad": "exclamation-octagon-fill",
}  # fmt: skip


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, label: str = "", css: str = "", small: bool = False) -> dict[str, Any]:
    """A form field with its label above, its help and its errors below, tied together for screen readers."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "field": bound,
        "label": label or bound.label,
        "css": css,
        "control": bound.as_widget(attrs=_control_attributes(bound, small=small)),
        "hidden": bound.is_hidden,
        "grouped": grouped,
        "ticked": isinstance(widget, CheckboxInput),
        "limit": widget.attrs.get("maxlength") if isinstance(widget, Textarea) else None,
        "error_id": f"{bound.auto_id}_error",
        "help_id": f"{bound.auto_id}_help",
    }


def _control_attributes(bound: BoundField, *, small: bool) -> dict[str, str]:
    beside = {"error": bound.errors, "help": bound.help_text}
    described = [f"{bound.auto_id}_{name}" for name, text in beside.items() if text]
    own = bound.field.widget.attrs.get("class", "")
    classes = " ".join(filter(None, [own, *_control_classes(bound, small=small)]))
    attributes = {"class": classes} if classes else {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def _control_classes(bound: BoundField, *, small: bool) -> list[str]:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return []  # Django puts the class on the wrapper of such groups too; app.css styles them from outside
    if isinstance(widget, CheckboxInput):
        base = "form-check-input"
    else:
        base = "form-select" if isinstance(widget, Select) else "form-control"
    classes = [base]
    if small and base != "form-check-input":
        classes.append(f"{base}-sm")
    if bound.errors:
        classes.append("is-invalid")
    return classes


@register.inclusion_tag("components/_errsum.html")
def error_summary(
    form: BaseForm | None = None, reasons: Iterable[Any] = (), title: str = ""
) -> dict[str, Any]:
    """Every fault of a form and every reason of a refusal, each linked to its field where it has one."""
    errors = [{"sentence": str(reason), "target": getattr(reason, "target", "")} for reason in reasons]
    if form and form.is_bound:
        errors += _form_errors(form)
    return {"errors": errors, "title": title or f"有 {len(errors)} 处需要改，改完才能继续"}


def _form_errors(form: BaseForm) -> list[dict[str, str]]:
    found = [{"sentence": sentence, "target": ""} for sentence in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or bound.auto_id
        found += [{"sentence": f"{bound.label}：{sentence}", "target": target} for sentence in bound.errors]
    return found


@register.filter
def is_upload(form: BaseForm) -> bool:
    """Whether a form must be sent as multipart."""
    return any(isinstance(bound.field.widget, FileInput) for bound in form)


@register.filter
def note_family(level: str) -> str:
    """The colour family of a Django message level."""
    return NOTE_FAMILIES.get(level, "info")


@register.filter
def note_icon(family: str) -> str:
    return NOTE_ICONS.get(family, "info-circle-fill")
