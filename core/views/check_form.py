"""表格体检: what was read from filled forms, what is wrong, and every score computed anew. Nothing is stored."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.attachments import read_upload
from core.errors import RuleViolation
from core.official.checking import Checked, Severity, check, rulebook_named
from core.official.checking.proposals import Proposal
from core.official.checking.report import in_wan, texts_by_cell
from core.official.filled import FilledForm, FundRow, PaperKind
from core.official.intake.kinds import fillable_from
from core.official.reading import read_forms
from core.rulebook import preset, preset_names

MOST_FILES = 20
FAMILIES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "info"}
MET = {True: "达到", False: "未达到", None: "不能判断"}


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FormsField(forms.FileField):
    """One or more files; an empty one is told with the others when it is read."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"一次选了 {len(files)} 个文件，超过 {MOST_FILES} 个的上限，请分几次检查。",
                                        code="too_many")
        return list(files)


class CheckForm(forms.Form):
    files = FormsField(
        label="填好的官方表", help_text=f"支持 .xlsx、.xls、.ods、.docx、.csv，一次最多 {MOST_FILES} 个，每个不超过 20 MB。",
        error_messages={"required": "没有选择文件，请选择要检查的表。"},
    )
    kind = forms.ChoiceField(
        label="表的种类", required=False, choices=[("", "按表名判断"),
            *((kind.value, kind.label) for kind in PaperKind)],
    )
    ruleset = forms.ChoiceField(label="计分规则", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ruleset"].choices = [("", "按有无成本指标选用"),
                                          *((name, preset(name)["title"]) for name in preset_names())]


@login_required
def check_form(request: HttpRequest) -> HttpResponse:
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    results: list[dict[str, Any]] = []
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            results = [result for file in form.cleaned_data["files"]
                       for result in _results(file, request.user, **_choices(form))]
        else:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "core/check_form.html", {"form": form, "results": results}, status=status)


def _choices(form: CheckForm) -> dict[str, Any]:
    kind, ruleset = form.cleaned_data["kind"], form.cleaned_data["ruleset"]
    return {"kind": PaperKind(kind) if kind else None, "ruleset": ruleset}


def _results(file: UploadedFile, user: Any, *, kind: PaperKind | None, ruleset: str) -> list[dict[str, Any]]:
    """One for each form in the file."""
    try:
        filled = read_forms(read_upload(file), name=file.name, kind=kind)
    except RuleViolation as refused:
        return [{"file": file.name, "reasons": refused.reasons}]
    return [_result(each, user, ruleset) for each in filled]


def _result(filled: FilledForm, user: Any, ruleset: str) -> dict[str, Any]:
    shown = _shown(check(filled, rulebook_named(ruleset) if ruleset else None))
    return shown | {"drafts": [
        {"title": record.title(), "url": reverse("official_intake", args=[record._meta.label_lower, record.pk])}
        for record in fillable_from(filled, user)
    ]}


def _shown(checked: Checked) -> dict[str, Any]:
    form = checked.form
    counts = {each: sum(finding.severity is each for finding in checked.findings) for each in Severity}
    return {
        "file": f"{form.file}（{form.sheet}）" if form.sheet else form.file, "kind": form.kind.label, "reasons": [],
        "ruleset": checked.book.title,
        "facts": [fact for fact in (
            form.project.text, form.department.text, form.unit.text, f"{form.year}年度" if form.year else "",
            f"资金 {len(form.funds)} 行", f"指标 {len(form.indicators)} 条",
        ) if fact],
        "counts": [{"label": each.label, "family": FAMILIES[each], "count": count} for each,
                   count in counts.items()],
        "findings": findings_shown(checked),
        "funds": [_fund(row) for row in form.funds],
        "scored": "score" in form.columns,
        "indicators": [_indicator(each) for each in checked.proposals],
        "execution": _execution(checked),
        "stated": form.total_score.number, "computed": checked.computed_total,
    }


def findings_shown(checked: Checked) -> list[dict[str, Any]]:
    """Every finding with what its cell says."""
    texts = texts_by_cell(checked.form)
    return [
        {"label": each.severity.label, "family": FAMILIES[each.severity], "cell": each.cell,
         "read": texts.get(each.cell, ""), "message": each.message}
        for each in checked.findings
    ]


def _execution(checked: Checked) -> dict[str, Any] | None:
    row, working = checked.form.execution, checked.execution
    if row is None:
        return None
    return {
        "weight": row.weight.number, "stated": row.score.number,
        "proposed": working.score if working else None,
        "formula": working.formula if working else "",
    }


def _fund(row: FundRow) -> dict[str, Any]:
    budget = next((amount for name in ("adjusted", "initial",
                                       "declared") if (amount := row.yuan(name)) is not None), None)
    executed = row.yuan("executed")
    return {
        "label": row.label.text, "budget": "" if budget is None else in_wan(budget),
        "executed": "" if executed is None else in_wan(executed), "rate": row.rate.text,
    }


def _indicator(proposal: Proposal) -> dict[str, Any]:
    each, working = proposal.indicator, proposal.working
    different = proposal.score is not None and each.score is not None and proposal.score != each.score
    return {
        "level": each.level2 or each.level1, "name": each.name, "target": each["target"].text,
        "actual": each["actual"].text,
        "weight": each.weight, "stated": each.score, "proposed": proposal.score, "different": different,
        "met": MET[proposal.verdict.met] if proposal.verdict else "",
        "formula": working.formula if working else "",
    }
