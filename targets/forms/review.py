"""What reviewers and the budget section type: points of a review, a document number."""

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import StepForm
from targets.forms.declarations import WEIGHT_PLACES, number_of


class ReviewForm(StepForm):
    """Points of every item of the rule set's review form; the opinion is the step's reason.

    A return or refusal may come without points.
    """

    edits = forms.CharField(
        label="完善意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="等级为“良”时填写：与申报单位商定的完善内容，随通过记录，单位可见。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "总体意见"
        items = [item for dimension in self.record.rulebook().review.dimensions for item in dimension.items]
        self.item_names = {f"points_{place}": item.name for place, item in enumerate(items)}
        for name, label in self.item_names.items():
            self.fields[name] = forms.CharField(label=label, required=False, max_length=10)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, label in self.item_names.items():
            data[name] = self._points(name, label, data.get(name, ""))
        return data

    def _points(self, name: str, label: str, text: str) -> Decimal | None:
        if not text:
            return None
        try:
            return number_of(text).quantize(WEIGHT_PLACES)
        except ValueError:
            self.add_error(name, f"“{text}”不是分数，请为“{label}”填一个数，例如 8.5。")
            return None

    @property
    def points(self) -> dict[str, Decimal | None]:
        """Item name to points, as far as they could be read."""
        data = self.cleaned_data if self.is_bound else {}
        return {label: data.get(name) for name, label in self.item_names.items()}

    def step_data(self) -> dict[str, Any]:
        return {
            "points": self.points, "opinion": self.cleaned_data["reason"], "edits": self.cleaned_data["edits"],
        }
