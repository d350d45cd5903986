"""What people type in the pages of evaluation."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from budgets.models import FiscalYear, ProjectYear
from core.forms import DateInput, LaterDateField, NumberField, StepForm, WanField
from core.grades import grade_of
from core.models import Organisation, User
from core.rulebook.terms import OverCause
from evaluation.models import (
    Disclosure,
    Evaluation,
    EvaluationKind,
    EvaluationLevel,
    EvaluationLine,
    Objection,
    Rectification,
    RectificationItem,
    SelfEvaluation,
    SelfScore,
    Verdict,
)
from evaluation.queries import candidates, lead_evaluators
from monitoring.models import QualityChoice

LONG = 2000
TOO_FINE = "分数最多四位整数、两位小数，例如 8.5。"
BLANK_LINES = 3


def text_area(label: str, *, rows: int = 2, required: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def points(label: str, *, required: bool = True, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, max_digits=6, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}), error_messages={
            "invalid": "填的不是数字，请填一个分数，例如 8.5。", "max_digits": TOO_FINE, "max_decimal_places": TOO_FINE,
            "max_whole_digits": TOO_FINE,
        }, **more,
    )


def into_grid(form: forms.Form, name: str) -> None:
    """Dress the fields for cells of a grid: no label beside them, so each says what it is to screen readers."""
    for field in form.fields.values():
        widget = field.widget
        base = "form-control form-control-sm"
        if isinstance(widget, forms.CheckboxInput):
            base = "form-check-input"
        elif isinstance(widget, forms.Select):
            base = "form-select form-select-sm"
        widget.attrs["class"] = f"{base} {widget.attrs.get('class', '')}".strip()
        widget.attrs["aria-label"] = f"{name} {field.label}"


# --- lists ---------------------------------------------------------------------------------------------------------


class StateFilter(forms.Form):
    """Subclasses give ``states``."""

    states: Sequence[tuple[str, str]] = ()

    q = forms.CharField(label="项目或单位", required=False, max_length=60)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False)
    department = forms.ModelChoiceField(
        label="主管部门", required=False, queryset=Organisation.objects.none(), empty_label="全部部门"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = FiscalYear.objects.order_by("-year").values_list("year", flat=True)
        self.fields["year"].choices = [("", "全部年度"), *((year, f"{year}年度") for year in years)]
        self.fields["state"].choices = [("", "全部状态"), *self.states]
        self.fields["department"].queryset = Organisation.objects.departments()

    def apply(self, rows: QuerySet) -> QuerySet:
        wanted = self.cleaned_data
        if wanted["q"]:
            rows = rows.filter(
                Q(project_year__project__name__icontains=wanted["q"])
                | Q(project_year__project__unit__name__icontains=wanted["q"])
            )
        if wanted["year"]:
            rows = rows.filter(project_year__fiscal_year=wanted["year"])
        if wanted["state"]:
            rows = rows.filter(**self.by_state(wanted["state"]))
        if wanted["department"]:
            rows = rows.filter(project_year__project__department=wanted["department"])
        return rows

    def by_state(self, state: str) -> dict[str, Any]:
        return {"state": state}


class SelfEvaluationFilter(StateFilter):
    states = SelfEvaluation.State.choices


class EvaluationFilter(StateFilter):
    states = Evaluation.State.choices


class RectificationFilter(StateFilter):
    states = Rectification.State.choices


class ResultFilter(StateFilter):
    states = (("self", "单位自评"), *EvaluationKind.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "来源"
        self.fields["state"].choices[0] = ("", "全部来源")

    def by_state(self, state: str) -> dict[str, Any]:
        return {"evaluation": None} if state == "self" else {"evaluation__kind": state}


class DisclosureFilter(StateFilter):
    states = Disclosure.Kind.choices

    standing = forms.ChoiceField(label="状态", required=False, choices=[
        ("", "全部状态"), ("pending", "待公开"), ("published", "已公开"), ("withheld", "不予公开"),
    ])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].label = "公开内容"
        self.fields["state"].choices[0] = ("", "全部内容")

    def by_state(self, state: str) -> dict[str, Any]:
        return {"kind": state}

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        narrowed = {
            "pending": rows.pending, "published": lambda: rows.exclude(published_on=None),
            "withheld": lambda: rows.exclude(nonpublic_reason=""),
        }
        chosen = narrowed.get(self.cleaned_data["standing"])
        return chosen() if chosen else rows


# --- self-evaluation -----------------------------------------------------------------------------------------------


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


# --- evaluation ----------------------------------------------------------------------------------------------------


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


# --- rectification and disclosure ----------------------------------------------------------------------------------


class ItemForm(forms.Form):
    """One problem of a letter: its measure before the work, its result during it."""

    measure = text_area("整改措施")
    person = forms.CharField(label="责任人", max_length=40, required=False)
    due_on = forms.DateField(label="完成时限", required=False, widget=DateInput())
    result = text_area("整改结果")
    done_on = forms.DateField(label="完成日期", required=False, widget=DateInput())

    def __init__(self, *args, item: RectificationItem, at_work: bool, **kwargs):
        self.item = item
        names = ("measure", "person", "due_on", "result", "done_on")
        initial = {name: getattr(item, name) for name in names}
        super().__init__(*args, initial=initial, prefix=f"i{item.pk}", **kwargs)
        for name in ("measure", "person", "due_on") if at_work else ("result", "done_on"):
            del self.fields[name]
        into_grid(self, f"第 {item.seq} 个问题")


class DisclosureForm(forms.Form):
    published_on = forms.DateField(label="公开日期", required=False, widget=DateInput())
    channel = forms.CharField(label="公开渠道", max_length=60, required=False, help_text="例如“县政府门户网站”。")
    address = forms.URLField(label="网址", required=False, max_length=200, assume_scheme="https")
    nonpublic_reason = text_area("不予公开的依据", help_text="涉密等依法不予公开的，写明依据，上面各项留空。")


class DocumentForm(forms.Form):
    document_no = forms.CharField(label="发布文号", max_length=60)
