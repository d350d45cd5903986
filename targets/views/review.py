"""Reviewing one declaration after another: the form left, points and opinion right, and on to the next."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core.errors import RuleViolation
from core.forms import StepForm
from core.transitions import DeclaredStep, available
from core.views.records import record_context
from core.views.steps import StepView
from targets import queries, services
from targets.forms import ApproveForm, ReviewForm
from targets.models import TargetDeclaration

SCORING = ("pass_department", "pass_fiscal")
FIRST = "review_first"
REFUSING = ("send_back", "block")
SCORED = (TargetDeclaration.State.DEPT_REVIEWING, TargetDeclaration.State.FISCAL_REVIEWING)


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.declarations_for(request.user), pk=pk)
    if pk not in queries.queue_of(request.user):
        messages.info(request, f"{record.title()}目前是“{record.state_label}”，不在您的审核队列中。")
        return redirect(record)
    return review_page(request, record, form=None, reasons=[], status=HTTPStatus.OK)


class DeclarationStep(StepView):
    model = TargetDeclaration
    forms = {**dict.fromkeys((*SCORING, FIRST, *REFUSING), ReviewForm), "approve": ApproveForm}

    def page(
        self, request: HttpRequest, record: TargetDeclaration, declared: DeclaredStep, form, *, status: int,
        refusal: RuleViolation | None = None,
    ) -> HttpResponse:
        """A step of the review page is answered there with everything typed kept, unless others have been faster."""
        reviewing = declared.name in (*services.PASSING, *REFUSING)
        in_hand = reviewing and record.pk in queries.queue_of(request.user)
        if reviewing and refusal and not in_hand and "queue" in request.POST:
            messages.error(request, str(refusal))
            return redirect(record)
        if in_hand:
            record = queries.declarations_for(request.user).get(pk=record.pk)
            return review_page(
                request, record, form=form, reasons=refusal.reasons if refusal else [], status=status
            )
        return super().page(request, record, declared, form, status=status, refusal=refusal)

    def form_of(self, declared: DeclaredStep, record: TargetDeclaration, *sent) -> StepForm:
        """Only the department and finance give points, the business section where the rule set has it do so."""
        opinion_only = declared.name == FIRST and not gives_points(FIRST, record)
        if opinion_only or declared.name in REFUSING and record.state not in SCORED:
            return StepForm(*sent, record=record, step=declared.details)
        return super().form_of(declared, record, *sent)

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        self.queue = queries.queue_of(request.user)
        return super().post(request, pk, step)

    def success_url(self, request: HttpRequest, record: TargetDeclaration) -> str:
        if "queue" not in request.POST:
            return record.get_absolute_url()
        following = queries.next_in_queue(self.queue, record.pk)
        if following is None:
            messages.info(request, "审核队列里的绩效目标都办完了。")
            return reverse("targets:declarations")
        return queries.review_url(following)


def gives_points(step: str, record: TargetDeclaration) -> bool:
    return step in SCORING or step == FIRST and record.rulebook().review.business_scores


def review_page(
    request: HttpRequest, record: TargetDeclaration, *, form, reasons, status: int
) -> HttpResponse:
    options = {option.name: option for option in available(record, request.user)}
    passing = services.passing_option(record, request.user)
    scored = passing is not None and gives_points(passing.name, record)
    context = record_context(request, record, forms=DeclarationStep.forms) | comment_context(request, record) | {
        "queue": queries.place_in_queue(queries.queue_of(request.user), record.pk),
        "checks": queries.check(record), "reviews": queries.reviews_of(record),
        "passing": _button(record, passing), "refusing": [
            _button(record, options[name]) for name in ("block", "send_back") if name in options
        ],
        "approving": _button(record, options.get("approve")), "form": form, "reasons": reasons,
        "dimensions": scored_dimensions(request, record) if scored else [],
        "sum": queries.total_of(record, typed_points(form)), "bands": queries.bands_of(record) if scored else [],
        "ready": queries.ready_reasons(record), "ready_opinion": record.rulebook().review.ready_opinion,
        "opinion": request.POST.get("reason", ""), "edits": request.POST.get("edits", ""),
        "opinion_error": form.errors.get("reason") if form is not None and form.is_bound else None,
        "seen": request.POST.get("seen", record.revision),
    }
    return render(request, "targets/review.html", context, status=status)


def _button(record: TargetDeclaration, option) -> dict[str, Any] | None:
    if option is None:
        return None
    url = reverse("targets:targetdeclaration_step", args=[record.pk, option.name])
    return {
        "name": option.name, "label": option.label, "allowed": option.allowed, "reasons": option.reasons, "url": url,
        "consequence": option.consequence,
    }


def typed_points(form) -> dict[str, Any]:
    return form.points if isinstance(form, ReviewForm) and form.is_bound and hasattr(form, "cleaned_data") else {}


def scored_dimensions(request: HttpRequest, record: TargetDeclaration) -> list[dict[str, Any]]:
    """The rule set's items with the field each is typed in and what was typed so far."""
    dimensions, place = queries.review_items(record), 0
    for dimension in dimensions:
        for item in dimension["items"]:
            item["field"] = f"points_{place}"
            item["value"] = request.POST.get(item["field"], "")
            place += 1
    return dimensions


def paper_context(request: HttpRequest, record: TargetDeclaration) -> dict[str, Any]:
    """The form with its comments, compared with what the person asks for."""
    choices = queries.comparisons(record)
    asked = request.POST.get("compare", request.GET.get("compare", ""))
    compare = asked if asked in choices else ""
    before = queries.earlier_content(record, compare) if compare else None
    comments = queries.field_comments(record)
    return {
        "declaration": record, "year": record.project_year, "compare": compare,
        "paper": queries.paper(record, before, queries.by_place(comments)), "field_comments": comments,
        "unsettled": sum(not comment["settled"] for comment in comments),
        "compare_choices": [
            {"url": f"?compare={key}", "label": label, "current": key == compare} for key, label in choices.items()
        ],
        "year_url": record.project_year.get_absolute_url(),
    }


def comment_context(request: HttpRequest, record: TargetDeclaration) -> dict[str, Any]:
    """``paper_context`` for a reviewer, who may add comments and settle them."""
    return paper_context(request, record) | {
        "places": queries.place_choices(record), "reviewing": True,
        "comment_on_url": reverse("targets:comment_on", args=[record.pk]),
    }
