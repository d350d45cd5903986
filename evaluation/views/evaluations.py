"""绩效评价: the list, the page for client, unit and third party, and what each of them hands in."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import clock
from core.access import Role
from core.attachments import read_upload
from core.errors import Reason, RuleViolation
from core.forms import faults_of
from core.transitions import DeclaredStep
from core.views.lists import Column
from core.views.records import record_context
from core.views.steps import StepView
from evaluation import forms, queries, services
from evaluation.models import Evaluation, EvaluationKind, EvaluationLine, Objection
from evaluation.models.evaluations import LEAD, PAPER_FILE, REPORT_FILE
from evaluation.views.common import NAMES, SOONEST_FIRST, YearList, name_cell, seen_of, status_of

STEP_FORMS = {
    "notify": forms.NoticeForm, "assign": forms.AssignForm, "respond": forms.RespondForm,
    "accept": forms.AcceptanceForm, "decide_grade": forms.GradeForm, "feed_back": forms.LetterForm,
}
State = Evaluation.State
MATERIALS = [("项目资料", "项目资料"), ("意见附件", "意见附件")]


def kinds_of(user) -> list[tuple[str, str]]:
    """The kinds of evaluation a person may put projects on the list for."""
    kinds = []
    if user.holds(Role.FISCAL_PERFORMANCE):
        kinds += [EvaluationKind.FISCAL, EvaluationKind.REEVALUATION]
    if user.holds(Role.DEPT_PERFORMANCE):
        kinds.append(EvaluationKind.DEPARTMENT)
    return [(kind.value, kind.label) for kind in kinds]


class EvaluationList(YearList):
    title = "绩效评价"
    export_name = "绩效评价"
    filter_form = forms.EvaluationFilter
    default_order = SOONEST_FIRST
    columns = (
        Column(label="项目", kind="name", value=lambda row: name_cell(row.project_year)),
        Column(label="评价类型", value=lambda row: row.get_kind_display(), width="cw-90"),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-120"),
        Column(label="第三方机构", value=lambda row: row.institution.name if row.institution else None),
        Column(label="主评人", value=lambda row: row.lead.name if row.lead else None, width="cw-80"),
        Column(label="报告期限", kind="date", key="report", sort="report_due_on", value=lambda row: row.report_due_on,
               width="cw-100"),
        Column(label="得分", kind="score", key="score", value=lambda row: row.score),
        Column(label="等级", kind="grade", value=lambda row: row.grade or None, width="cw-70"),
        Column(label="办理期限", kind="due", key="due", sort="due_on", value=lambda row: row.due_on, width="cw-120"),
    )

    def visible(self, request: HttpRequest):
        return Evaluation.objects.visible_to(request.user).select_related("institution", "lead")

    def actions(self, request: HttpRequest) -> list[dict[str, str]]:
        url = reverse("evaluation:new_evaluation")
        return [{"label": "列入评价", "url": url, "icon": "plus-lg", "style": "primary"}] if kinds_of(request.user) else []


@login_required
def new_evaluation(request: HttpRequest) -> HttpResponse:
    kinds = kinds_of(request.user)
    if not kinds:
        raise PermissionDenied("您没有把项目列入评价的权限，请由主管部门绩效岗或财政绩效股办理。")
    initial = {"project_year": request.GET.get("project_year")}
    form = forms.ListingForm(request.POST or None, user=request.user, kinds=kinds, initial=initial)
    reasons, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                evaluation = services.list_evaluation(**form.cleaned_data, by=request.user, at=clock.now())
            except RuleViolation as refusal:
                reasons = refusal.reasons
            else:
                messages.success(request, f"{evaluation.title()}已列入。")
                return redirect(evaluation)
    return render(request, "core/form.html", {
        "title": "列入评价", "form": form, "submit_label": "列入评价", "reasons": reasons,
        "cancel_url": reverse("evaluation:evaluations"),
        "intro": "列入后按财预〔2020〕10号共性框架生成指标表，由第三方机构在评价方案中细化。",
    }, status=status)


def visible_evaluation(request: HttpRequest, pk: int) -> Evaluation:
    return get_object_or_404(
        Evaluation.objects.visible_to(request.user).select_related(*NAMES, "institution", "lead"), pk=pk
    )


@login_required
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, visible_evaluation(request, pk))


@login_required
@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    record = visible_evaluation(request, pk)
    text, lines = forms.PlanForm(request.POST), forms.LineFormSet(request.POST, prefix="lines")
    bound = {"plan": text, "lines": lines}
    if not all([text.is_valid(), lines.is_valid()]):
        return _page(request, record, bound=bound, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    kept = [form.cleaned_data for form in lines if form.cleaned_data and not form.is_blank]
    return _carried_out(request, record, bound, "评价方案已保存。", lambda: services.save_plan(
        record, plan_text=text.cleaned_data["plan_text"], lines=kept, by=request.user, at=clock.now(),
        seen=seen_of(request),
    ))


@login_required
@require_POST
def scores(request: HttpRequest, pk: int) -> HttpResponse:
    record = visible_evaluation(request, pk)
    conclusion = forms.ConclusionForm(request.POST)
    rows = [forms.LineScoreForm(request.POST, line=line) for line in record.line_list()]
    bound = {"conclusion": conclusion, "scores": rows}
    if not all([conclusion.is_valid(), *(row.is_valid() for row in rows)]):
        return _page(request, record, bound=bound, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _carried_out(request, record, bound, "评分已保存。", lambda: services.score_lines(
        record, rows={row.line.pk: row.cleaned_data for row in rows}, conclusion=conclusion.cleaned_data["conclusion"],
        by=request.user, at=clock.now(), seen=seen_of(request),
    ))


@login_required
@require_POST
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    record = visible_evaluation(request, pk)
    form = forms.StatementForm(request.POST)
    if not form.is_valid():
        return _page(request, record, bound={"statement": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _carried_out(request, record, {"statement": form}, "回避声明已签署。", lambda: (
        services.sign_conflict_statement(record, **form.cleaned_data, by=request.user, at=clock.now())
    ))


@login_required
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    record = visible_evaluation(request, pk)
    form = forms.ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, record, bound={"report": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    upload = form.cleaned_data["file"]
    return _carried_out(request, record, {"report": form}, f"评价报告“{upload.name}”已上传。", lambda: (
        services.upload_report(
            record, name=upload.name, content=read_upload(upload), by=request.user, at=clock.now()
        )
    ))


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the objection's."""
    objection = get_object_or_404(
        Objection.objects.filter(evaluation__in=Evaluation.objects.visible_to(request.user)).select_related(
            "line", "evaluation"
        ), pk=pk,
    )
    record = visible_evaluation(request, objection.evaluation_id)
    form = forms.AnswerForm(request.POST, objection=objection)
    if not form.is_valid():
        return _page(request, record, bound={"answer": form, "objection": pk}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _carried_out(request, record, {"answer": form, "objection": pk}, "答复已发送。", lambda: (
        services.answer_objection(objection, **form.cleaned_data, by=request.user, at=clock.now())
    ))


@login_required
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One indicator of an evaluation with its working papers; the institution adds to them here."""
    row = get_object_or_404(
        EvaluationLine.objects.filter(evaluation__in=Evaluation.objects.visible_to(request.user)), pk=pk
    )
    record = visible_evaluation(request, row.evaluation_id)
    if not record.shows_scores_to(request.user):
        raise PermissionDenied(f"{record.title()}还没有征求意见，工作底稿暂不对被评价单位开放。")
    may_add = queries.belongs_to_team(record, request.user) and queries.is_open_for_papers(record)
    form = forms.PaperForm(request.POST or None, request.FILES or None)
    reasons, status = [], HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                _add_paper(request, row, form)
            except RuleViolation as refusal:
                reasons, status = refusal.reasons, status_of(refusal)
            else:
                messages.success(request, f"工作底稿 {form.cleaned_data['number']} 已添加。")
                return redirect(row)
    papers = row.papers.select_related("collected_by", "file")
    return render(request, "evaluation/line.html", {
        "evaluation": record, "line": row, "papers": papers, "form": form if may_add else None, "reasons": reasons,
    }, status=status)


def _add_paper(request: HttpRequest, row: EvaluationLine, form: forms.PaperForm) -> None:
    content = dict(form.cleaned_data)
    upload = content.pop("file")
    file = (upload.name, read_upload(upload)) if upload else None
    services.add_paper(row, **content, file=file, by=request.user, at=clock.now())


def _carried_out(
    request: HttpRequest, record: Evaluation, bound: dict[str, Any], done: str, act: Callable[[], Any]
) -> HttpResponse:
    """Make the one service call; a refusal shows the page again with everything typed."""
    try:
        act()
    except RuleViolation as refusal:
        return _page(request, record, bound=bound, refusal=refusal, status=status_of(refusal))
    messages.success(request, done)
    return redirect(record)


def _page(
    request: HttpRequest, record: Evaluation, *, bound: dict[str, Any] | None = None,
    refusal: RuleViolation | None = None, status: int = HTTPStatus.OK,
) -> HttpResponse:
    bound = bound or {}
    user, team = request.user, queries.belongs_to_team(record, request.user)
    context = record_context(request, record, forms=STEP_FORMS)
    lines = queries.lines_of(record)
    sheet = queries.self_evaluation_of(record.project_year)
    open_scores = record.shows_scores_to(user)
    reports = [file for file in context["files"] if file["kind"] == REPORT_FILE]
    hidden = {REPORT_FILE} if open_scores else {REPORT_FILE, PAPER_FILE}
    return render(request, "evaluation/evaluation.html", context | {
        "year": record.project_year, "road": queries.road_of(record), "team": team,
        "worklist": queries.worklist(user, record) if team else [],
        "shows_scores": open_scores,
        "lines": queries.line_rows(lines), "summary": queries.score_summary(record, lines, sheet),
        "sheet_url": sheet.get_absolute_url() if sheet else "",
        "objections": _objections(record, bound, may_answer=LEAD(record, user)),
        "reports": reports, "files": [file for file in context["files"] if file["kind"] not in hidden],
        "upload_kinds": MATERIALS, "reasons": refusal.reasons if refusal else _faults(bound),
        "statements": list(record.conflict_statements.select_related("person")),
    } | _forms(record, lines, bound, user=user, team=team, asked="edit" in request.GET), status=status)


def _faults(bound: dict[str, Any]) -> list[Reason]:
    """What is wrong with the forms that were sent; a row of a table is named by its place."""
    found = []
    for sent in bound.values():
        if isinstance(sent, BaseForm):
            found += faults_of(sent)
        elif not isinstance(sent, int):
            for number, row in enumerate(sent, start=1):
                found += faults_of(row, f"第 {number} 行")
    return found


def _forms(
    record: Evaluation, lines, bound: dict[str, Any], *, user, team: bool, asked: bool
) -> dict[str, Any]:
    """The forms that are open to this person in this state; a form that was sent comes back as it was typed."""
    opened: dict[str, Any] = {}
    if team and record.state == State.ASSIGNED:
        opened["plan_form"] = bound.get("plan") or forms.PlanForm(initial={"plan_text": record.plan_text})
        opened["line_forms"] = bound.get("lines") or forms.LineFormSet(prefix="lines", initial=[
            {name: getattr(line, name) for name in ("level1", "level2", "name", "weight", "standard")} for line in lines
        ])
    if team and record.state not in (State.ARCHIVED,) and not record.conflict_statements.filter(person=user).exists():
        opened["statement_form"] = bound.get("statement") or forms.StatementForm()
    if team and (record.state == State.IN_FIELD or (record.state == State.CONSULTING and (asked or "scores" in bound))):
        rows = bound.get("scores") or [forms.LineScoreForm(line=line) for line in lines]
        opened["score_rows"] = list(zip(queries.line_rows(lines), rows, strict=True))
        opened["conclusion_form"] = bound.get("conclusion") or forms.ConclusionForm(
            initial={"conclusion": record.conclusion}
        )
    if LEAD(record, user) and team and record.state in (State.IN_FIELD, State.CONSULTING):
        opened["report_form"] = bound.get("report") or forms.ReportForm()
    return opened


def _objections(record: Evaluation, bound: dict[str, Any], *, may_answer: bool) -> list[dict[str, Any]]:
    rows = queries.objection_rows(record)
    if not may_answer or record.state != State.CONSULTING:
        return rows
    waiting = {each.pk: each for each in record.objections.filter(verdict="").select_related("line")}
    for row in rows:
        if row["waiting"]:
            sent = bound.get("answer") if bound.get("objection") == row["id"] else None
            row["form"] = sent or forms.AnswerForm(objection=waiting[row["id"]])
    return rows


class EvaluationStep(StepView):
    model = Evaluation
    forms = STEP_FORMS

    def facts(self, record: Evaluation, declared: DeclaredStep) -> list[str]:
        found = [str(record.institution)] if record.institution else []
        if record.score is not None:
            found.append(f"评价得分 {record.score} 分{f'，等级“{record.grade}”' if record.grade else ''}")
        if declared.name == "decide_grade" and record.report_quality is not None:
            found.append(f"报告质量得分 {record.report_quality} 分")
        if declared.name in ("accept", "feed_back"):
            problems = record.problem_list()
            found.append(f"列入反馈意见书的问题 {len(problems)} 个")
            found += [f"{number}. {problem}" for number, problem in enumerate(problems, start=1)]
        return found

    def success_url(self, request: HttpRequest, record: Evaluation) -> str:
        """An institution no longer sees what it has archived."""
        if Evaluation.objects.visible_to(request.user).filter(pk=record.pk).exists():
            return record.get_absolute_url()
        return reverse("evaluation:evaluations")
