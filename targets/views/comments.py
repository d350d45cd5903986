"""Comments on places of the form, without leaving the review page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core import clock
from core.errors import RuleViolation
from targets import queries, services
from targets.models import FieldComment, TargetDeclaration
from targets.views.review import comment_context


@login_required
@require_POST
def comment_on(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.declarations_for(request.user), pk=pk)
    place, text = request.POST.get("place", ""), request.POST.get("text", "")
    try:
        services.comment_on_place(record, place, text, by=request.user, at=clock.now())
    except RuleViolation as refusal:
        return _answer(request, record, refusal=str(refusal), place=place, text=text)
    return _answer(request, record, place=place)


@login_required
@require_POST
def settle_comment(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_object_or_404(FieldComment.objects.visible_to(request.user), pk=pk)
    record = get_object_or_404(queries.declarations_for(request.user), pk=comment.declaration_id)
    try:
        services.settle_comment(comment, by=request.user, at=clock.now())
    except RuleViolation as refusal:
        return _answer(request, record, refusal=str(refusal))
    return _answer(request, record)


def _answer(
    request: HttpRequest, record: TargetDeclaration, *, refusal: str = "", place: str = "", text: str = ""
) -> HttpResponse:
    """The list and the form anew for htmx, which keeps the points typed so far; the whole page otherwise."""
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        return redirect(queries.review_url(record.pk))
    return render(request, "targets/_comment_answer.html", comment_context(request, record) | {
        "comment_refusal": refusal, "place": place, "comment_text": text,
    })
