"""The ex-ante assessment: list, page, application, reviewers' sheets, exemption, steps."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from budgets import rules, services
from budgets.forms import ConcludeForm, ExAnteForm, ExAnteReviewForm, ExemptionForm, ReviewersForm
from budgets.models import REPORT_KIND, ExAnteAssessment, ExAnteExemption, ExAnteReview, ProjectYear
from budgets.queries import ex_ante as queries
from budgets.views.pages import form_page, number, require, year_of
from budgets.views.reminding import tell_of, typed
from core import attachments, clock, reminders
from core.errors import Reason, RuleViolation
from core.transitions import perform
from core.views.lists import Column, ListView
from core.views.records import files_of, record_context, step_buttons
from core.views.steps import CONFLICTS, StepView

WHILE_SCORING = {"add_reviewers", "open_meeting"}


class ExAnteList(ListView):
    title = "事前绩效评估"
    export_name = "事前绩效评估"
    default_order = ("-state_since", "-pk")
    columns = (
        Column(label="项目名称", value=lambda row: row.project_year.project.name, kind="name", key="name",
               sort="project_year__project__name"),
        Column(label="年度", value=lambda row: row.project_year.fiscal_year_id, kind="num", key="year",
               sort="project_year__fiscal_year", width="cw-62"),
        Column(label="实施单位", value=lambda row: row.project_year.project.unit.name, width="cw-170"),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, width="cw-170"),
        Column(label="申请金额", value=lambda row: row.amount_applied_yuan, kind="money", key="amount_applied_yuan",
               width="cw-100"),
        Column(label="评估得分", value=lambda row: row.score, kind="score", key="score", width="cw-90"),
        Column(label="总体结论", value=lambda row: row.get_conclusion_display(), width="cw-130"),
        Column(label="建议安排", value=lambda row: row.amount_suggested_yuan, kind="money", width="cw-100"),
        Column(label="状态", value=lambda row: row.get_state_display(), kind="chip", key="state", width="cw-120"),
        Column(label="办理期限", value=lambda row: row.due_on, kind="due", key="due_on", width="cw-100"),
    )

    def rows(self, request: HttpRequest):
        rows = queries.assessments(request.user, year=year_of(request))
        state = request.GET.get("state", "")
        self.any_state = rows
        return rows.filter(state=state) if state in ExAnteAssessment.State.values else rows

    def extra(self, request: HttpRequest, rows) -> dict[str, Any]:
        year, current = year_of(request), request.GET.get("state", "")
        counts = queries.state_counts(self.any_state)
        states = [("", "全部", sum(counts.values()))]
        states += [(value, label, counts.get(value, 0)) for value, label in ExAnteAssessment.State.choices]
        return {
            "subtitle": f"{year}年度" if year else "全部年度",
            "strip": [
                {"label": label, "count": count, "url": f"?state={value}" if value else request.path,
                 "current": value == current}
                for value, label, count in states
            ],
            "actions": [{"label": "导出 Excel", "url": "?export=xlsx", "icon": "download"}],
            "empty": {"title": "没有事前绩效评估", "text": "新增项目达到评估标准的，由单位经办人在年度项目页面发起。"},
        }


def _visible(request: HttpRequest, pk: int) -> ExAnteAssessment:
    return get_object_or_404(queries.assessments(request.user), pk=pk)


@login_required
def ex_ante(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _visible(request, pk)
    context = record_context(request, assessment, forms=ExAnteStep.forms) | {
        "assessment": assessment,
        "year": assessment.project_year,
        "texts": queries.texts_of(assessment),
        "checklist": queries.checklist_of(assessment),
        "panel": queries.panel_of(assessment),
        "least": assessment.rulebook().ex_ante.least_reviewers,
        "own_sheet": assessment.panel().filter(reviewer=request.user.pk).first(),
        "comparison": queries.comparison_of(assessment),
        "figs": queries.figures_of(assessment),
        "upload_kinds": _upload_kinds(assessment),
        "late_sheets": _remindable(assessment, request.user),
        "may_edit": assessment.editable_by(assessment, request.user) and assessment.state in assessment.editable_states,
    }
    if assessment.opened_at is not None:
        context["steps"] = [step for step in context["steps"] if step["name"] not in WHILE_SCORING]
    context["lacks"] = queries.lacks_of(assessment) if context["may_edit"] and not context["steps"] else None
    return render(request, "budgets/ex_ante.html", context)


def _remindable(assessment: ExAnteAssessment, user) -> list[ExAnteReview]:
    """The sheets that are still out, for whoever may urge those who have them."""
    return [
        sheet for sheet in queries.unfinished_sheets(assessment)
        if reminders.may_remind(sheet, user, holders=[sheet.capacity])
    ]


@login_required
@require_POST
def ex_ante_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Urge everybody on the panel who has not handed in."""
    assessment = _visible(request, pk)
    sheets = _remindable(assessment, request.user)
    require(bool(sheets), f"{assessment.title()}没有由您催办的评分：评分都已提交，或者不由您组织。")
    batch = reminders.remind_each(sheets, by=request.user, at=clock.now(), text=typed(request))
    return tell_of(request, batch, back=assessment.get_absolute_url())


def _upload_kinds(assessment: ExAnteAssessment) -> list[tuple[str, str]]:
    """What is still missing stands first."""
    missing = assessment.missing_materials()
    names = sorted(assessment.material_names().items(), key=lambda material: material[0] not in missing)
    materials = [(name, f"{name}（必备）" if must else name) for name, must in names]
    return materials if assessment.state in assessment.editable_states else [(REPORT_KIND, REPORT_KIND), *materials]


class ExAnteStep(StepView):
    model = ExAnteAssessment
    forms = {"convene": ReviewersForm, "add_reviewers": ReviewersForm, "conclude": ConcludeForm}


@login_required
def ex_ante_edit(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _visible(request, pk)
    require(
        assessment.editable_by(assessment, request.user), f"您没有填写{assessment.title()}的权限，请由单位经办人办理。"
    )
    initial = {name: getattr(assessment, name) for name in ExAnteForm.base_fields}
    form = ExAnteForm(request.POST or None, initial=initial)
    return form_page(
        request, form, title=f"填写事前评估：{assessment.project_year.project.name}",
        subtitle=f"{assessment.project_year.fiscal_year_id}年度 · 第 {assessment.version} 版", submit_label="保存评估申报",
        cancel_url=assessment.get_absolute_url(), seen=assessment.revision,
        crumbs=[{"label": "事前绩效评估", "url": reverse("budgets:ex_antes")}],
        save=lambda: services.fill_ex_ante(
            assessment, changes=form.cleaned_data, by=request.user, at=clock.now(),
            seen=number(request.POST.get("seen")),
        ),
        done=lambda saved: saved.get_absolute_url(),
    )


# --- one reviewer's sheet -------------------------------------------------------------------------------------------


def _sheet(request: HttpRequest, pk: int) -> ExAnteReview:
    return get_object_or_404(queries.reviews(request.user), pk=pk)


@login_required
def ex_ante_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement first, then the scoring form; POST keeps the draft, and hands it in unless only to be kept."""
    review = _sheet(request, pk)
    if request.method == "POST":
        return _keep(request, review)
    scores = review.state in review.editable_states and review.editable_by(review, request.user)
    form = ExAnteReviewForm(review=review) if scores else None
    return _sheet_page(request, review, form)


def _keep(request: HttpRequest, review: ExAnteReview) -> HttpResponse:
    require(review.editable_by(review, request.user), f"{review.title()}只能由本人填写。")
    form = ExAnteReviewForm(request.POST, review=review)
    if not form.is_valid():
        return _sheet_page(request, review, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        review = services.save_review(
            review, grades=form.grades(), opinion=form.cleaned_data["opinion"], by=request.user, at=clock.now(),
            seen=number(request.POST.get("seen")),
        )
        if "draft" not in request.POST:
            review = perform(review, "submit", by=request.user, at=clock.now(), seen=review.revision)
    except RuleViolation as refusal:
        conflict = CONFLICTS & set(refusal.codes)
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
        return _sheet_page(request, review, form, status=status, reasons=refusal.reasons)
    messages.success(request, "评分草稿已保存。" if "draft" in request.POST else "评分已提交。")
    return redirect(review)


def _sheet_page(
    request: HttpRequest, review: ExAnteReview, form: ExAnteReviewForm | None, *, status: int = HTTPStatus.OK,
    reasons: Sequence[Reason] = (),
) -> HttpResponse:
    steps = step_buttons(review, request.user, {})
    return render(request, "budgets/ex_ante_review.html", {
        "review": review, "assessment": review.assessment, "year": review.project_year, "form": form,
        "reasons": reasons, "seen": review.revision,
        "steps": [step for step in steps if step["name"] != "submit"],
        "texts": queries.texts_of(review.assessment) if review.signed_at else [],
        "files": files_of(review.assessment) if review.assessment.opens_files_to(request.user) else [],
        "sheet": queries.sheet_of(review) if _shows_sheet(review, form, request.user) else None,
        "item_grades": review.rulebook().ex_ante.item_grades,
        "pass_mark": review.rulebook().ex_ante.pass_mark,
    }, status=status)


def _shows_sheet(review: ExAnteReview, form: ExAnteReviewForm | None, user) -> bool:
    return form is None and review.signed_at is not None and review.shows_marks_to(user)


class ExAnteReviewStep(StepView):
    model = ExAnteReview

    def success_url(self, request: HttpRequest, record: ExAnteReview) -> str:
        """Who has left the panel no longer sees the project."""
        if record.reviewer_id == request.user.pk and record.state == ExAnteReview.State.WITHDRAWN:
            return reverse("home")
        own = record.reviewer_id == request.user.pk
        return (record if own else record.assessment).get_absolute_url()


# --- going without --------------------------------------------------------------------------------------------------


@login_required
def ex_ante_exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit asks to go without an assessment of this project-year."""
    year = get_object_or_404(ProjectYear.objects.visible_to(request.user).with_names(), pk=pk)
    require(year.editable_by(year, request.user), f"您没有为{year.title()}申请免予评估的权限，请由单位经办人办理。")
    form = ExemptionForm(
        request.POST or None, request.FILES or None, grounds=year.rulebook().ex_ante.exemptions
    )
    return form_page(
        request, form, title=f"申请免予事前评估：{year.project.name}", subtitle=f"{year.fiscal_year_id}年度",
        submit_label="报送财政审核", cancel_url=year.get_absolute_url(),
        intro=f"{rules.ex_ante_ground(year)}，应开展事前绩效评估。免予评估由财政绩效股审核，准予后才能填报绩效目标。",
        crumbs=[{"label": year.project.name, "url": year.get_absolute_url()}],
        save=lambda: services.ask_for_exemption(
            year, ground=form.cleaned_data["ground"], basis_text=form.cleaned_data["basis_text"],
            file=(form.cleaned_data["file"].name, attachments.read_upload(form.cleaned_data["file"])),
            by=request.user, at=clock.now(),
        ),
        done=lambda asked: asked.get_absolute_url(),
    )


@login_required
def ex_ante_exemption(request: HttpRequest, pk: int) -> HttpResponse:
    exemption = get_object_or_404(queries.exemptions(request.user), pk=pk)
    return render(request, "budgets/ex_ante_exemption.html", record_context(request, exemption) | {
        "year": exemption.project_year, "ground": rules.ex_ante_ground(exemption.project_year),
    })


class ExAnteExemptionStep(StepView):
    model = ExAnteExemption
