"""What people type for a declaration: texts, the grid's lines, the filters of the list."""

import unicodedata
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from budgets.models import FiscalYear
from core.models import Organisation
from targets.models import LEVEL1_OF, LEVEL2_OF, Level1, Operator, TargetDeclaration, ValueType
from targets.queries import short_of

QUALITATIVE = "text"
MOST_LINES = 60
CONTENT = ("name", "value", "unit_of_measure", "weight", "source", "scoring_standard", "explanation")
VALUE_PLACES = Decimal("0.0001")
VALUE_LIMIT = Decimal(10) ** 16
WEIGHT_PLACES = Decimal("0.01")
SOURCES = ("政策文件", "统计指标", "部门管理考核", "工作计划", "行业标准", "历史标准", "社会评价")


LEVEL2_CHOICES = [("", "")] + [
    (short_of(level1.label), [(level2.value, short_of(level2.label)) for level2 in LEVEL2_OF[level1]])
    for level1 in Level1
]
OPERATOR_CHOICES = [("", ""), *Operator.choices, (QUALITATIVE, "定性")]


def number_of(text: str) -> Decimal:
    """A number as people type it, full-width digits and thousands included. Raises ``ValueError`` otherwise."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(f"“{text}”不是数字，请填一个数，例如 86；不能用数字表示的请把性质改为“定性”。") from error
    if not number.is_finite() or abs(number) >= VALUE_LIMIT:
        raise ValueError(f"“{text}”超出可以登记的范围，请换用更大的计量单位，例如“万元”。")
    if number != number.quantize(VALUE_PLACES):
        raise ValueError(f"“{text}”的小数超过 4 位，请最多保留 4 位小数。")
    return number.quantize(VALUE_PLACES)


class IndicatorForm(forms.Form):
    """One line of the grid; ``content`` gives the model's fields. A line with nothing typed in it is no line."""

    level2 = forms.ChoiceField(label="二级指标", choices=LEVEL2_CHOICES, required=False)
    name = forms.CharField(label="三级指标", max_length=120, required=False)
    operator = forms.ChoiceField(label="性质", choices=OPERATOR_CHOICES, required=False)
    value = forms.CharField(label="指标值", max_length=200, required=False)
    unit_of_measure = forms.CharField(label="计量单位", max_length=20, required=False)
    weight = forms.CharField(label="权重", max_length=10, required=False)
    source = forms.CharField(label="指标值来源", max_length=40, required=False)
    scoring_standard = forms.CharField(label="评（扣）分标准", max_length=500, required=False)
    explanation = forms.CharField(
        label="指标解释", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    use_required_attribute = False

    def clean_weight(self) -> Decimal:
        text = self.cleaned_data["weight"]
        if not text.strip():
            return Decimal("0.00")
        try:
            weight = number_of(text)
        except ValueError as error:
            raise forms.ValidationError(f"权重“{text}”不是数字，请填分值，例如 8。", code="weight") from error
        if not 0 <= weight <= 100 or weight != weight.quantize(WEIGHT_PLACES):
            raise forms.ValidationError(f"权重“{text}”应在 0 到 100 之间，最多两位小数，请改正。", code="weight")
        return weight.quantize(WEIGHT_PLACES)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_blank:
            return data
        if not data.get("level2") and "level2" not in self.errors:
            self.add_error("level2", forms.ValidationError("没有选择二级指标，请从列表中选择。", code="level2"))
        text = data.get("value", "")
        data["number"] = None
        if data.get("operator") != QUALITATIVE and text:
            try:
                data["number"] = number_of(text)
            except ValueError as error:
                self.add_error("value", forms.ValidationError(f"指标值{error}", code="value"))
        return data

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return not any(data.get(name) for name in CONTENT)

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        qualitative = data["operator"] == QUALITATIVE
        return {
            "level1": LEVEL1_OF[data["level2"]].value, "level2": data["level2"], "name": data["name"],
            "value_type": (ValueType.QUALITATIVE if qualitative else ValueType.QUANTITATIVE).value,
            "operator": "" if qualitative else data["operator"],
            "target_value": None if qualitative else data["number"],
            "target_text": data["value"] if qualitative else "", "unit_of_measure": data["unit_of_measure"],
            "weight": data["weight"], "explanation": data["explanation"],
            "scoring_standard": data["scoring_standard"], "source": data["source"],
        }


class IndicatorFormSet(forms.BaseFormSet):
    """The whole grid in its order; a line ticked for deletion or left empty is left out.

    With ``fixed`` no rows are offered beyond those there are.
    """

    def __init__(self, *args, fixed: bool = False, **more) -> None:
        super().__init__(*args, **more)
        if fixed:
            self.extra = 0

    def contents(self) -> list[dict[str, Any]]:
        kept = [form for form in self.forms if form not in self.deleted_forms and form.has_changed()]
        return [form.content() for form in kept if not form.is_blank]

    def faults(self) -> list[str]:
        """Every fault as a sentence with its line."""
        found = [
            f"第 {number} 行：{sentence}"
            for number, form in enumerate(self.forms, start=1)
            for sentences in form.errors.values() for sentence in sentences
        ]
        return found + list(self.non_form_errors())


IndicatorGrid = forms.formset_factory(
    IndicatorForm, formset=IndicatorFormSet, extra=3, can_delete=True, max_num=MOST_LINES,
    absolute_max=MOST_LINES + 20, validate_max=True,
)


class GoalForm(forms.ModelForm):
    """With ``opened`` (places that a return has opened) the other texts are shown and sent, but not to be changed."""

    class Meta:
        model = TargetDeclaration
        fields = ["annual_goal", "overall_goal", "project_summary", "safeguards"]
        widgets = {
            "annual_goal": forms.Textarea(attrs={"rows": 5, "maxlength": 1000}),
            "overall_goal": forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
            "project_summary": forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
            "safeguards": forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        }
        help_texts = {
            "annual_goal": "写清今年做什么、做到什么程度、带来什么效果，报送前必须填写。",
            "overall_goal": "跨年度项目填写，写明到哪一年达到什么状态。",
        }

    def __init__(self, *args, opened: Collection[str] = (), **more) -> None:
        super().__init__(*args, **more)
        for name, field in self.fields.items():
            if opened and name not in opened:
                field.widget.attrs["readonly"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, text in list(data.items()):
            if len(text) > 1000:
                self.add_error(name, f"有 {len(text)} 个字，超过 1,000 个字的上限，请删减后再保存。")
        return data


class DeclarationFilter(forms.Form):
    """Filters of the list; ``state`` is chosen by the tabs."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    year = forms.ModelChoiceField(
        label="年度", queryset=FiscalYear.objects.order_by("-year"), required=False, empty_label="全部"
    )
    department = forms.ModelChoiceField(
        label="主管部门", queryset=Organisation.objects.departments(), required=False, empty_label="全部"
    )
    state = forms.ChoiceField(
        choices=[("", ""), *TargetDeclaration.State.choices, ("mine", "待我办理")], required=False,
        widget=forms.HiddenInput,
    )

    def apply(self, rows):
        data = self.cleaned_data
        if data["q"]:
            rows = rows.filter(project_year__project__name__icontains=data["q"]) | rows.filter(
                project_year__project__unit__name__icontains=data["q"]
            ) | rows.filter(project_year__project__code__iexact=data["q"])
        if data["year"]:
            rows = rows.filter(project_year__fiscal_year=data["year"])
        if data["department"]:
            rows = rows.filter(project_year__project__department=data["department"])
        return rows
