"""What a department types for its whole targets: duties, goal, basic expenditure, and the year's main tasks."""

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import WanField
from targets.models import DepartmentDeclaration

MOST_TASKS = 60
ZERO = Decimal("0.00")


class DepartmentForm(forms.ModelForm):
    basic_yuan = WanField(label="基本支出（万元）", unsigned=True, help_text="人员和公用经费；与各项目的申请数合计为部门预算。")

    class Meta:
        model = DepartmentDeclaration
        fields = ["duties", "annual_goal", "basic_yuan"]
        widgets = {
            "duties": forms.Textarea(attrs={"rows": 4}),
            "annual_goal": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "duties": "按“三定”规定概括本部门的主要职责。",
            "annual_goal": "分条写明今年履职要达到的效果，报送前必须填写。",
        }


class TaskForm(forms.Form):
    name = forms.CharField(label="任务名称", max_length=120, required=False)
    content = forms.CharField(
        label="主要内容", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    fiscal_yuan = WanField(label="财政拨款（万元）", required=False, unsigned=True)
    other_yuan = WanField(label="其他资金（万元）", required=False, unsigned=True)

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            own = field.widget.attrs.get("class", "")
            field.widget.attrs |= {"class": f"form-control {own}".strip(), "aria-label": field.label}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.is_blank and not data.get("name"):
            self.add_error("name", forms.ValidationError("没有填写任务名称，请填写或删去这一行。", code="no_name"))
        return data

    @property
    def is_blank(self) -> bool:
        return not any(self.cleaned_data.get(name) for name in self.fields)

    def content_of(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "name": data["name"], "content": data["content"], "fiscal_yuan": data["fiscal_yuan"] or ZERO,
            "other_yuan": data["other_yuan"] or ZERO,
        }


class TaskFormSetBase(forms.BaseFormSet):
    def contents(self) -> list[dict[str, Any]]:
        """The tasks in their order; a line ticked for deletion or left empty is left out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.content_of() for form in kept if not form.is_blank]


TaskFormSet = forms.formset_factory(
    TaskForm, formset=TaskFormSetBase, extra=3, can_delete=True, max_num=MOST_TASKS, absolute_max=MOST_TASKS + 20,
    validate_max=True,
)
