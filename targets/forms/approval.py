"""What is typed to approve declarations with the budget, and to ask for a change during the year."""

from decimal import Decimal

from django import forms

from budgets.models import FiscalYear, FundSource
from core.forms import StepForm, WanField
from core.models import Organisation
from targets.models import AdjustmentGround

CUT, ADD = "cut", "add"


def document_no_field() -> forms.CharField:
    return forms.CharField(
        label="预算批复文号", max_length=60, help_text="绩效目标与预算同步批复，填写预算批复文件的文号，例如 安财预〔2026〕18号。"
    )


class ApproveForm(StepForm):
    document_no = document_no_field()


class ApproveManyForm(forms.Form):
    document_no = document_no_field()


class AdjustForm(forms.Form):
    ground = forms.ChoiceField(label="调整事由", choices=AdjustmentGround.choices)
    direction = forms.ChoiceField(label="预算", choices=[(ADD, "追加"), (CUT, "调减")], initial=CUT)
    source = forms.ChoiceField(label="资金来源", choices=FundSource.choices)
    amount_yuan = WanField(
        label="金额（万元）", unsigned=True, help_text="绩效目标只能随预算调整一并调整；批复后，预算按这里的金额同步调整。"
    )
    reason = forms.CharField(
        label="调整原因", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明政策变化或突发情况的依据和文件。",
    )

    def application(self) -> dict[str, str | Decimal]:
        """What the service takes: the amount is negative for a cut."""
        data = self.cleaned_data
        sign = -1 if data["direction"] == CUT else 1
        return {
            "ground": data["ground"], "source": data["source"], "reason": data["reason"],
            "amount_yuan": sign * data["amount_yuan"],
        }


class ApprovalFilter(forms.Form):
    q = forms.CharField(label="文号", required=False, max_length=60)
    year = forms.ModelChoiceField(
        label="年度", queryset=FiscalYear.objects.order_by("-year"), required=False, empty_label="全部"
    )
    department = forms.ModelChoiceField(
        label="主管部门", queryset=Organisation.objects.departments(), required=False, empty_label="全部"
    )

    def apply(self, rows):
        data = self.cleaned_data
        if data["q"]:
            rows = rows.filter(document_no__icontains=data["q"])
        if data["year"]:
            rows = rows.filter(fiscal_year=data["year"])
        if data["department"]:
            rows = rows.filter(department=data["department"])
        return rows
