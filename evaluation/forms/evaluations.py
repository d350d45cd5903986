"""What finance and the evaluating institution type, from the listing to the letter."""

from collections.abc import Sequence

from django import forms

from budgets.models import ProjectYear
from core.forms import LaterDateField, StepForm, WanField
from core.grades import grade_of
from core.models import Organisation, User
from evaluation.forms.fields import into_grid, points, text_area
from evaluation.models import (
    Evaluation,
    EvaluationLevel,
    EvaluationLine,
    Objection,
    Verdict,
)
from evaluation.queries import candidates, lead_evaluators

BLANK_LINES = 3


class ProjectYearChoice(forms.ModelChoiceField):
    def label_from_instance(self, year: ProjectYear) -> str:
        return f"{year.fiscal_year_id}年度 {year.project.name}（{year.project.unit.name}，{year.get_stage_display()}）"


class ListingForm(forms.Form):
    project_year = ProjectYearChoice(label="年度项目", queryset=ProjectYear.objects.none(), empty_label="请选择")
    kind = forms.ChoiceField(label="评价类型")
    ground = text_area("选题理由", rows=3, required=True)

    def __init__(self, *args, user, kinds: Sequence[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project_year"].queryset = candidates(user)
        self.fields["kind"].choices = kinds


class NoticeForm(StepForm):
    notice_no = forms.CharField(label="通知书文号", max_length=60)


class LeadChoice(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        places = {each.organisation.name for each in person.role_assignments.all()}
        return f"{person}（{'、'.join(sorted(places))}）"


class AssignForm(StepForm):
    institution = forms.ModelChoiceField(
        label="第三方机构", queryset=Organisation.objects.institutions().filter(is_active=True), empty_label="请选择"
    )
    lead = LeadChoice(label="主评人", queryset=User.objects.none(), empty_label="请选择")
    contract_no = forms.CharField(label="合同编号", max_length=60, required=False)
    fee_yuan = WanField(label="委托费用（万元）", required=False, unsigned=True)
    report_due_on = LaterDateField(label="报告提交期限")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = lead_evaluators()


class RespondForm(StepForm):
    line = forms.ModelChoiceField(
        label="针对指标", required=False, queryset=EvaluationLine.objects.none(), empty_label="报告整体"
    )

    def __init__(self, *args, record: Evaluation, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["line"].queryset = record.lines.all()


class AcceptanceForm(StepForm):
    report_quality = points(
        "报告质量得分",
        help_text="方案执行 10、指标体系 15、证据充分 20、分析深度 25、建议可行 15、规范 5、及时 5、保密独立 5，满分 100；低于 60 分不能验收。",
    )


class GradeForm(StepForm):
    grade = forms.ChoiceField(label="评价等级")

    def __init__(self, *args, record: Evaluation, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        bands = record.rulebook().grades
        field = self.fields["grade"]
        field.choices = [(band.name, band.name) for band in bands]
        if record.score is not None:
            field.initial = grade_of(record.score, bands)
            field.help_text = f"评价得分 {record.score} 分，按规则为“{field.initial}”；可以降低，不能提高。"


class LetterForm(StepForm):
    letter_no = forms.CharField(label="反馈意见书文号", max_length=60)
    demands = text_area("整改要求", rows=4, required=True)


class StatementForm(forms.Form):
    has_conflict = forms.TypedChoiceField(
        label="与被评价单位、项目有无利害关系", coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=[("no", "没有任职、持股、亲属、事前服务等利害关系"), ("yes", "有，应当回避")],
    )
    statement = text_area("说明")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("has_conflict") and not cleaned.get("statement", "").strip():
            self.add_error("statement", "有利害关系的，请写明是什么关系。")
        return cleaned


class PlanForm(forms.Form):
    plan_text = text_area("评价方案（目的、方法、抽样、问卷、时间安排、质量控制）", rows=6, required=True)


class LineForm(forms.Form):
    level1 = forms.ChoiceField(label="一级指标", choices=EvaluationLevel.choices)
    level2 = forms.CharField(label="二级指标", max_length=40, required=False)
    name = forms.CharField(label="三级指标", max_length=120, required=False)
    weight = points("分值", required=False, min_value=0)
    standard = text_area("评分标准")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        into_grid(self, "指标")

    @property
    def is_blank(self) -> bool:
        """A line without a name is left out, so that clearing it deletes it."""
        return not self.cleaned_data.get("name", "").strip()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name", "").strip():
            if cleaned.get("weight") is None and "weight" not in self.errors:
                self.add_error("weight", "填写分值，例如 10。")
            if not cleaned.get("level2", "").strip():
                self.add_error("level2", "填写二级指标。")
        return cleaned


LineFormSet = forms.formset_factory(LineForm, extra=BLANK_LINES, max_num=60, absolute_max=60)


class ConclusionForm(forms.Form):
    conclusion = text_area("评价结论", rows=3)


class LineScoreForm(forms.Form):
    score = points("得分", required=False)
    finding = text_area("业绩值与评价依据")
    deduction_reason = text_area("扣分原因")
    problem = text_area("问题")

    def __init__(self, *args, line: EvaluationLine, **kwargs):
        self.line = line
        initial = {name: getattr(line, name) for name in ("score", "finding", "deduction_reason", "problem")}
        super().__init__(*args, initial=initial, prefix=f"l{line.pk}", **kwargs)
        into_grid(self, line.name)


class PaperForm(forms.Form):
    number = forms.CharField(label="底稿编号", max_length=20)
    source = forms.CharField(label="资料来源", max_length=120)
    content = text_area("内容", rows=4, required=True)
    file = forms.FileField(label="佐证文件", required=False)


class ReportForm(forms.Form):
    file = forms.FileField(label="评价报告", help_text="docx、pdf，不超过 20 MB。")


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(
        label="处理结果", choices=[(Verdict.ADOPTED, "采纳"), (Verdict.PARTLY, "部分采纳"), (Verdict.REJECTED, "不采纳")]
    )
    score = points("得分改为", required=False)
    answer = text_area("答复")

    def __init__(self, *args, objection: Objection, **kwargs):
        super().__init__(*args, prefix=f"o{objection.pk}", **kwargs)
        if objection.line_id is None:
            del self.fields["score"]
        into_grid(self, f"第 {objection.pk} 号意见")
