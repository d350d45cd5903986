"""单位自评: the list, the sheet as form and as document, and its steps."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core import clock
from core.access import Role
from core.errors import Reason, RuleViolation
from core.forms import faults_of
from core.jobs import enqueue
from core.transitions import DeclaredStep, perform
from core.views.lists import Column
from core.views.records import record_context
from core.views.steps import StepView
from evaluation import forms, queries, services, tasks
from evaluation.models import SelfEvaluation
from evaluation.views.common import NAMES, SOONEST_FIRST, YearList, name_cell, seen_of, status_of

STEP_FORMS = {"score_department": forms.DepartmentScoreForm, "finish_recheck": forms.RecheckForm}


class SelfEvaluationList(YearList):
    title = "单位自评"
    export_name = "单位自评"
    filter_form = forms.SelfEvaluationFilter
    default_order = SOONEST_FIRST
    columns = (
        Column(label="项目", kind="name", value=lambda row: name_cell(row.project_year)),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, width="cw-140"),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-120"),
        Column(label="执行数", kind="money", key="executed", sort="executed_yuan", value=lambda row: row.executed_yuan),
        Column(label="自评", kind="grade", key="total", value=lambda row: row.reported_result, width="cw-100"),
        Column(label="部门评分", kind="score", key="department", sort="department_score",
               value=lambda row: row.department_score),
        Column(label="复核得分", kind="score", key="recheck", sort="recheck_score", value=lambda row: row.recheck_score),
        Column(label="提示", kind="tags", value=lambda row: ["自评不实"] if row.is_unreliable else []),
        Column(label="办理期限", kind="due", key="due", sort="due_on", value=lambda row: row.due_on, width="cw-120"),
    )

    def visible(self, request: HttpRequest):
        return SelfEvaluation.objects.visible_to(request.user)

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        bundle = {"label": "打包导出", "url": reverse("official_bundle", args=["self_evaluation"]), "icon": "file-zip"}
        return super().extra(request, rows) | {"batch": [bundle]}

    def actions(self, request: HttpRequest) -> list[dict[str, str]]:
        url = reverse("evaluation:open_self_evaluations")
        may_open = request.user.holds(Role.FISCAL_PERFORMANCE)
        return [{"label": "发起单位自评", "url": url, "icon": "plus-lg", "style": "primary"}] if may_open else []


@login_required
def open_year(request: HttpRequest) -> HttpResponse:
    if not request.user.holds(Role.FISCAL_PERFORMANCE):
        raise PermissionDenied("您没有发起单位自评的权限，请由财政绩效股办理。")
    form = forms.OpenForm(request.POST or None, initial={"year": request.session.get("year")})
    if request.method == "POST" and form.is_valid():
        job = enqueue(
            tasks.OPEN_SELF_EVALUATIONS, by=request.user, at=clock.now(), params={"year": form.cleaned_data["year"].pk}
        )
        return redirect("job", pk=job.pk)
    context = {
        "title": "发起单位自评？", "form": form, "submit_label": "发起单位自评",
        "cancel_url": reverse("evaluation:self_evaluations"), "consequences": [
            "该年度执行中、已暂缓、已停止且有已批复绩效目标的项目，每个生成一张自评表。",
            "全年执行数和最近一次监控的完成值自动带入，单位在此基础上填报。",
            "已经发起的不会重复发起。",
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "core/confirm.html", context, status=status)


@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet; for whoever may fill it in, as a form whose scores are worked out on every save."""
    record = get_object_or_404(SelfEvaluation.objects.visible_to(request.user).select_related(*NAMES), pk=pk)
    if request.method == "POST":
        return _save(request, record)
    editable = record.editable_by(record, request.user) and record.state in record.editable_states
    return _page(request, record, bound=_forms(record) if editable else None)


def _forms(record: SelfEvaluation, *sent) -> tuple[forms.SheetForm, list[forms.ScoreForm]]:
    texts = {name: getattr(record, name) for name in forms.SheetForm.base_fields}
    return forms.SheetForm(*sent, initial=texts), [forms.ScoreForm(*sent, score=score) for score in record.score_list()]


def _save(request: HttpRequest, record: SelfEvaluation) -> HttpResponse:
    bound = _forms(record, request.POST)
    texts, rows = bound
    if not all([texts.is_valid(), *(row.is_valid() for row in rows)]):
        return _page(request, record, bound=bound, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = services.fill_self_evaluation(
            record, texts=texts.cleaned_data, rows={row.score.indicator_id: row.changes() for row in rows},
            by=request.user, at=clock.now(), seen=seen_of(request),
        )
    except RuleViolation as refusal:
        return _page(request, record, bound=bound, refusal=refusal, status=status_of(refusal))
    if "submit" not in request.POST:
        messages.success(request, f"已保存，自评 {saved.total} 分，等级“{saved.grade}”。", extra_tags="toast")
        return redirect(saved)
    try:
        handed_in = perform(saved, "submit", by=request.user, at=clock.now())
    except RuleViolation as refusal:
        saved.refresh_from_db()
        return _page(request, saved, bound=_forms(saved), refusal=refusal, status=status_of(refusal))
    messages.success(request, f"{handed_in.title()}已报送单位负责人审核。")
    return redirect(handed_in)


def _page(
    request: HttpRequest, record: SelfEvaluation, *, bound, refusal: RuleViolation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    book, scores = record.rulebook(), record.score_list()
    rows = queries.sheet_rows(record, scores)
    texts, row_forms = bound or (None, [None] * len(rows))
    context = record_context(request, record, forms=STEP_FORMS)
    submit = next((step for step in context["steps"] if step["name"] == "submit"), None)
    return render(request, "evaluation/self_evaluation.html", context | {
        "year": record.project_year, "rows": list(zip(rows, row_forms, strict=True)), "form": texts,
        "reasons": refusal.reasons if refusal else _faults(rows, row_forms),
        "execution": queries.working_shown(record.workings.get("execution", {})),
        "rate": record.executed_yuan / record.budget_yuan if record.budget_yuan else None,
        "total": queries.working_shown(record.workings.get("total", {})),
        "bars": queries.score_bars(record), "bands": queries.bands_in_words(book),
        "rules": queries.rules_in_words(book), "ruleset": record.workings.get("ruleset", ""),
        "lacks": submit["reasons"] if submit else [], "can_submit": submit is not None,
        "steps": [step for step in context["steps"] if step["name"] != "submit"],
        "upload_kinds": [(queries.evidence_kind(row["number"]), f"{row['number']} {row['name']}") for row in rows]
                        + [("其他材料", "其他材料")],
    }, status=status)


def _faults(rows: list[dict[str, Any]], row_forms: list[forms.ScoreForm | None]) -> list[Reason]:
    return [
        fault for row, form in zip(rows, row_forms, strict=True) if form is not None
        for fault in faults_of(form, f"第 {row['number']} 行“{row['name']}”")
    ]


class SelfEvaluationStep(StepView):
    model = SelfEvaluation
    forms = STEP_FORMS

    def facts(self, record: SelfEvaluation, declared: DeclaredStep) -> list[str]:
        found = [f"单位自评 {record.total} 分，等级“{record.grade}”"]
        if record.department_score is not None:
            found.append(f"部门评分 {record.department_score} 分")
        return found
