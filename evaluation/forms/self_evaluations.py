"""What a unit, its department and finance type in a self-evaluation."""

from typing import Any

from django import forms

from budgets.models import FiscalYear
from core.forms import NumberField, StepForm
from core.rulebook.terms import OverCause
from evaluation.forms.fields import into_grid, points, text_area
from evaluation.models import (
    SelfEvaluation,
    SelfScore,
)
from monitoring.models import QualityChoice


class OpenForm(forms.Form):
    year = forms.ModelChoiceField(label="年度", queryset=FiscalYear.objects.order_by("-year"), empty_label=None)


class SheetForm(forms.Form):
    goal_result = text_area("年度总体目标实际完成情况", rows=3)
    execution_reason = text_area("预算执行情况说明")
    conclusion = text_area("自评结论、存在问题和改进措施", rows=3)


class ScoreForm(forms.Form):
    """One row of the sheet; a quantitative indicator takes a figure, a qualitative one a band."""

    actual_value = NumberField(
        label="实际完成值", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
    )
    quality = forms.ChoiceField(label="完成情况", required=False, choices=[("", "请选择"), *QualityChoice.choices])
    not_applicable = forms.BooleanField(label="不适用", required=False)
    entered_score = points("改填得分", required=False)
    over_cause = forms.ChoiceField(
        label="超额原因", required=False, choices=[("", "超额原因"), *((each.value, each.label) for each in OverCause)]
    )
    reason = text_area("偏差原因分析及改进措施")

    def __init__(self, *args, score: SelfScore, **kwargs):
        self.score = score
        initial = {
            name: getattr(score, name)
            for name in ("quality", "not_applicable", "over_cause", "entered_score", "reason")
        }
        if score.actual_value is not None:
            initial["actual_value"] = f"{score.actual_value.normalize():f}"
        super().__init__(*args, initial=initial, prefix=f"s{score.indicator_id}", **kwargs)
        unused = "actual_value" if score.indicator.value_type == "qualitative" else "quality"
        del self.fields[unused]
        into_grid(self, score.indicator.name)

    def changes(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class DepartmentScoreForm(StepForm):
    department_score = points("部门评分", help_text="0 到 100 分，最多两位小数。")

    def __init__(self, *args, record: SelfEvaluation, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["department_score"].initial = record.total


class RecheckForm(StepForm):
    recheck_score = points("复核得分")

    def __init__(self, *args, record: SelfEvaluation, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["recheck_score"].help_text = (
            f"0 到 100 分；与自评 {record.total} 分相差超过 {record.rulebook().recheck_difference} 分的，标为自评不实。"
        )
