"""What people type about projects, their funds and their years. Amounts are typed in 万元 and cleaned to yuan."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from budgets.models import (
    DurationType,
    FiscalYear,
    FundSource,
    FundType,
    PoolStatus,
    Project,
    ProjectAttribute,
    ProjectKind,
    ProjectLevel,
    ProjectYear,
)
from core.forms import DateInput, WanField
from core.models import Organisation, OrganisationKind
from core.status import LAMPS

ANY = [("", "全部")]


class ProjectFilter(forms.Form):
    """The filter of the project list; ``departments`` are those in the person's sight."""

    department = forms.ChoiceField(label="主管部门", required=False)
    fund_type = forms.ChoiceField(label="资金性质", required=False, choices=ANY + FundType.choices)
    lamp = forms.ChoiceField(
        label="监控", required=False, choices=ANY + [(value, word) for value, (word, _) in LAMPS.items()]
    )
    least = WanField(label="预算数", required=False)
    most = WanField(label="至", required=False)
    q = forms.CharField(label="关键词", required=False, max_length=60)

    SIZES = {"least": 6, "most": 6, "q": 18}
    HINTS = {"least": "不限", "most": "不限", "q": "项目名称、编号、单位"}

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{kind} {kind}-sm"
        for name, hint in self.HINTS.items():
            self.fields[name].widget.attrs |= {"placeholder": hint, "size": self.SIZES[name]}
        self.fields["department"].choices = ANY + [(str(each.pk), each.name) for each in departments]

    def apply(self, rows: QuerySet) -> QuerySet:
        given = self.cleaned_data
        exact = {
            "project__department": given["department"], "project__fund_type": given["fund_type"], "lamp": given["lamp"],
            "amount_yuan__gte": given["least"], "amount_yuan__lte": given["most"],
        }
        rows = rows.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
        word = given["q"]
        return rows.filter(
            Q(project__name__icontains=word) | Q(project__code__icontains=word) | Q(project__unit__name__icontains=word)
        ) if word else rows


class ProjectForm(forms.Form):
    """Master data of a project in the pool."""

    code = forms.CharField(label="项目编码", max_length=21, help_text="最多 21 位，全县唯一。")
    name = forms.CharField(label="项目名称", max_length=180, help_text="须与预算中的项目名称一致。")
    unit = forms.ModelChoiceField(label="实施单位", queryset=Organisation.objects.none(), empty_label="请选择")
    department = forms.ModelChoiceField(
        label="主管部门", empty_label="请选择",
        queryset=Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, is_active=True),
    )
    kind = forms.ChoiceField(label="项目类别", choices=ProjectKind.choices)
    attribute = forms.ChoiceField(label="项目属性", choices=ProjectAttribute.choices)
    duration_type = forms.ChoiceField(label="项目类型", choices=DurationType.choices)
    level = forms.ChoiceField(label="项目级次", choices=ProjectLevel.choices, initial=ProjectLevel.SECOND)
    fund_type = forms.ChoiceField(label="资金性质", choices=FundType.choices)
    sector = forms.CharField(label="所属领域", max_length=40, required=False, help_text="例如交通运输、教育。")
    is_protected = forms.BooleanField(label="“三保”支出（不因评价结果自动压减）", required=False)
    starts_on = forms.DateField(label="起始日期", widget=DateInput())
    ends_on = forms.DateField(label="终止日期", widget=DateInput())
    owner_name = forms.CharField(label="项目负责人", max_length=40)
    owner_phone = forms.CharField(label="联系电话", max_length=30, required=False)

    GROUPS = (
        ("项目", ("code", "name", "unit", "department", "starts_on", "ends_on")),
        ("分类", ("kind", "attribute", "duration_type", "level", "fund_type", "sector", "is_protected")),
        ("负责人", ("owner_name", "owner_phone")),
    )

    def __init__(self, *args, units: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def groups(self) -> list[dict[str, Any]]:
        return [{"title": title, "fields": [self[name] for name in names]} for title, names in self.GROUPS]


class PoolFilter(forms.Form):
    q = forms.CharField(label="关键词", required=False, max_length=60, widget=forms.TextInput(attrs={
        "class": "form-control form-control-sm", "placeholder": "项目名称、编码、单位", "size": 18,
    }))

    def apply(self, rows: QuerySet) -> QuerySet:
        word = self.cleaned_data["q"]
        return rows.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(unit__name__icontains=word))


class ParentForm(forms.Form):
    parent = forms.ModelChoiceField(
        label="一级项目", queryset=Project.objects.none(), required=False, empty_label="不归入任何一级项目",
        help_text="只列出本部门的一级项目；归入后由本项目申报，一级项目不再单独申报，金额取各子项目之和。",
    )

    def __init__(self, *args, parents: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents


class PoolStatusForm(forms.Form):
    status = forms.ChoiceField(
        label="在库状态", choices=PoolStatus.choices, widget=forms.RadioSelect,
        help_text="休眠的项目暂不申报；已出库的项目不再申报。历年资料都保留，可以恢复。",
    )
    reason = forms.CharField(
        label="理由", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class OpenYearForm(forms.Form):
    fiscal_year = forms.ModelChoiceField(label="年度", queryset=FiscalYear.objects.filter(is_open=True))


class FundsForm(forms.Form):
    """What is asked for, by source of funds."""

    fiscal = WanField(label="财政拨款（万元）", required=False)
    carryover = WanField(label="上年结转（万元）", required=False)
    other = WanField(label="其他资金（万元）", required=False)

    def amounts(self) -> dict[str, Decimal]:
        return {source: self.cleaned_data[source] or Decimal("0.00") for source in FundSource.values}


class AdjustmentForm(forms.Form):
    source = forms.ChoiceField(label="资金来源", choices=FundSource.choices)
    amount_yuan = WanField(label="调整数（万元）", help_text="追加填正数，压减填负数，例如 -20。")
    document_no = forms.CharField(label="文号", max_length=60)
    adjusted_on = forms.DateField(label="调整日期", widget=DateInput())
    reason = forms.CharField(label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def request_initial(year: ProjectYear) -> dict[str, Any]:
    """The amounts on record, for ``FundsForm``."""
    return {line.source: line.requested_yuan for line in year.lines.all()}
