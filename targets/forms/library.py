"""What people type for the indicator library: an indicator, and the filters of the list."""

from decimal import Decimal
from typing import Any

from django import forms

from targets.forms.declarations import LEVEL2_CHOICES, number_of
from targets.models import Level1, LibraryIndicator
from targets.queries import sectors
from targets.services import LIBRARY_CONTENT


class LibraryForm(forms.ModelForm):
    usual_value = forms.CharField(label="参考值", max_length=30, required=False, help_text="这类项目通常达到的值，没有可不填。")

    class Meta:
        model = LibraryIndicator
        fields = [*LIBRARY_CONTENT]
        widgets = {
            "sector": forms.TextInput(attrs={"list": "sector-words"}),
            "source": forms.TextInput(attrs={"list": "source-words"}),
            "explanation": forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
            "scoring_standard": forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        }
        help_texts = {
            "explanation": "写明计算公式和取数依据。", "scoring_standard": "写明怎样得满分、怎样扣分。",
            "unit_of_measure": "定量指标必填，例如 %、公里、元/人次。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level2"].choices = LEVEL2_CHOICES
        for name in ("explanation", "scoring_standard", "source"):
            self.fields[name].required = True

    def clean_usual_value(self) -> Decimal | None:
        text = self.cleaned_data["usual_value"]
        try:
            return number_of(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(f"参考值{error}", code="usual_value") from error

    def validate_constraints(self) -> None:
        """A second one of the name is refused by the service, which names the first."""

    @property
    def groups(self) -> list[dict[str, Any]]:
        parts = {
            "指标": ("sector", "level2", "name", "direction", "unit_of_measure", "usual_value", "expected_state"),
            "说明": ("explanation", "scoring_standard", "source"),
        }
        return [{"title": title, "fields": [self[name] for name in names]} for title, names in parts.items()]


class LibraryFilter(forms.Form):
    """Filters of the list; ``state`` is chosen by the tabs."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    sector = forms.ChoiceField(label="所属领域", required=False)
    level1 = forms.ChoiceField(label="一级指标", required=False, choices=[("", "全部"), *Level1.choices])
    state = forms.ChoiceField(
        choices=[("", ""), *LibraryIndicator.State.choices], required=False, widget=forms.HiddenInput
    )

    COMMON = "common"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", "全部"), (self.COMMON, "共性"), *((each, each) for each in sectors())]

    def apply(self, rows):
        data = self.cleaned_data
        if data["q"]:
            rows = rows.filter(name__icontains=data["q"]) | rows.filter(explanation__icontains=data["q"])
        if data["sector"]:
            rows = rows.filter(sector="" if data["sector"] == self.COMMON else data["sector"])
        return rows.filter(level1=data["level1"]) if data["level1"] else rows
