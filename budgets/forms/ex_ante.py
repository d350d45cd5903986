"""What people type around the ex-ante assessment. Amounts are typed in 万元 and cleaned to yuan."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from budgets.models import ExAnteAssessment, ExAnteReview
from budgets.queries.ex_ante import candidates
from budgets.rules import PANEL_ROLES, spread_of
from core.forms import StepForm, WanField


class ExAnteForm(forms.Form):
    """The unit's application for an ex-ante assessment (form fields: domain rules §3.2)."""

    object_type = forms.ChoiceField(
        label="评估对象类型", choices=ExAnteAssessment._meta.get_field("object_type").choices,
        help_text="政策和项目的评估维度、所需材料不同。",
    )
    amount_applied_yuan = WanField(label="申请金额（万元）", required=False, unsigned=True)
    background = forms.CharField(label="立项背景与依据", required=False, max_length=4000)
    content = forms.CharField(label="主要内容", required=False, max_length=4000)
    goal_text = forms.CharField(label="绩效目标", required=False, max_length=4000)
    fund_structure = forms.CharField(label="资金构成与测算", required=False, max_length=4000)
    plan = forms.CharField(label="实施方案", required=False, max_length=4000)
    risks = forms.CharField(label="风险与应对", required=False, max_length=4000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in ("object_type", "amount_applied_yuan"):
                field.widget = forms.Textarea(attrs={"rows": 4, "maxlength": 4000})


class ExAnteReviewForm(forms.Form):
    """A reviewer's sheet: a grade for each item of the rule set and an opinion; a draft may leave any of them open.

    Fields are named ``item_<number>`` in the order of the rule set.
    """

    opinion = forms.CharField(
        label="评审意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text="提交评分前必须填写。",
    )

    def __init__(self, *args, review: ExAnteReview, **kwargs):
        super().__init__(*args, **kwargs)
        self.dimensions: list[dict[str, Any]] = []
        self._names: dict[str, str] = {}
        grades = [(grade.name, grade.name) for grade in review.rulebook().ex_ante.item_grades]
        for dimension in review.assessment.dimensions():
            rows = [self._add(item, grades) for item in dimension.items]
            points = sum((item.points for item in dimension.items), Decimal(0))
            self.dimensions.append({"name": dimension.name, "points": points, "rows": rows})
        given = dict(review.scores.values_list("item", "grade"))
        self.initial |= {name: given.get(item, "") for name, item in self._names.items()} | {"opinion": review.opinion}

    def _add(self, item, grades: list[tuple[str, str]]) -> dict[str, Any]:
        name = f"item_{len(self._names) + 1}"
        self._names[name] = item.name
        self.fields[name] = forms.ChoiceField(
            label=item.name, choices=grades, widget=forms.RadioSelect, required=False
        )
        return {"name": item.name, "points": item.points, "field": self[name]}

    def grades(self) -> dict[str, str]:
        return {item: self.cleaned_data[name] for name, item in self._names.items()}


class ReviewersField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person) -> str:
        posts = "、".join(
            f"{held.organisation}{held.get_role_display()}" for held in person.role_assignments.all()
            if held.role in PANEL_ROLES
        )
        return f"{person}（{posts}）"


class ReviewersForm(StepForm):
    reviewers = ReviewersField(
        label="评估专家和第三方人员", queryset=None, required=False,
        error_messages={"invalid_choice": "所选人员中有人不能参加本次评估，请从名单中另选。"},
    )

    def __init__(self, *args, record: ExAnteAssessment, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["reviewers"].queryset = candidates(record)
        least = record.rulebook().ex_ante.least_reviewers - record.seated_count()
        wanted = f"不少于 {least} 名" if least > 0 else "至少选择一名"
        self.fields["reviewers"].help_text = (
            f"{wanted}；在申报单位和主管部门任职的不在名单中。被指定的人先签署回避声明，再各自独立评分。"
        )


class ExemptionForm(forms.Form):
    ground = forms.ChoiceField(label="免予评估的情形")
    basis_text = forms.CharField(
        label="依据说明", max_length=500, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        help_text="写明批复或评审文件的名称、文号和日期。",
    )
    file = forms.FileField(label="佐证文件", help_text="批复、评审意见等的扫描件。")

    def __init__(self, *args, grounds: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [("", "请选择"), *((ground, ground) for ground in grounds)]


class ConcludeForm(StepForm):
    conclusion = forms.ChoiceField(
        label="总体结论", choices=ExAnteAssessment.Conclusion.choices, widget=forms.RadioSelect
    )
    amount_suggested_yuan = WanField(
        label="建议安排金额（万元）", required=False, unsigned=True, help_text="不予支持的不填；不得超过申请金额。"
    )
    minutes = forms.CharField(
        label="评审会议纪要", max_length=4000, widget=forms.Textarea(attrs={"rows": 5, "maxlength": 4000}),
        help_text="写明会议时间、地点、参加人员和主要意见。",
    )
    spread_note = forms.CharField(
        label="分歧说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
    )
    suggestions = forms.CharField(
        label="相关建议", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, record: ExAnteAssessment, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["amount_suggested_yuan"].initial = record.amount_applied_yuan
        rule, spread = record.rulebook().ex_ante, spread_of(record.totals() or [Decimal(0)])
        self.fields["conclusion"].help_text = (
            f"专家平均得分 {record.score or 0:.2f} 分，通过线 {rule.pass_mark} 分；低于通过线的只能不予支持。"
        )
        self.fields["spread_note"].help_text = (
            f"专家总分最高 {spread.highest:.2f} 分、最低 {spread.lowest:.2f} 分，相差 {spread.difference:.2f} 分；"
            f"超过 {rule.total_spread} 分的必须填写。"
        )
