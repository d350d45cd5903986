"""What people type in allocation rounds. Amounts are typed in 万元 and cleaned to yuan."""

from decimal import Decimal

from django import forms

from budgets.models import FiscalYear
from core.forms import DateInput, StepForm, WanField


class RoundForm(forms.Form):
    name = forms.CharField(label="名称", max_length=120, help_text="例如 2027年部门项目预算安排。")
    fiscal_year = forms.ModelChoiceField(
        label="安排年度", queryset=FiscalYear.objects.filter(is_open=True), empty_label="请选择"
    )
    base_year = forms.ModelChoiceField(
        label="基数年度", queryset=FiscalYear.objects.all(), required=False, empty_label="按安排年度推算",
        help_text="不选为安排年度的上一年。",
    )
    result_year = forms.ModelChoiceField(
        label="结果年度", queryset=FiscalYear.objects.all(), required=False, empty_label="按安排年度推算",
        help_text="不选为安排年度的前两年。",
    )
    ceiling_yuan = WanField(label="总控制数（万元）")

    def clean_ceiling_yuan(self) -> Decimal:
        ceiling = self.cleaned_data["ceiling_yuan"]
        if ceiling <= 0:
            raise forms.ValidationError("总控制数应大于 0，请填写本轮可安排的总额。", code="ceiling")
        return ceiling


class DecideForm(StepForm):
    document_no = forms.CharField(label="决定文号", max_length=60, help_text="例如 安财会纪〔2026〕18号。")
    decided_on = forms.DateField(label="决定日期", widget=DateInput())


class LineForm(forms.Form):
    changed_yuan = WanField(label="安排数（万元）", required=False, help_text="不填即按规则建议安排。")
    reason = forms.CharField(
        label="调整理由", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="安排数与规则建议不同的必须填写。",
    )


class WaiverForm(forms.Form):
    waiver = forms.CharField(
        label="免于挂钩的理由", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
    )
