"""The buttons of the quality check: take the change it offers, or keep things as they are with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import clock
from core.errors import RuleViolation
from targets import services
from targets.models import TargetDeclaration
from targets.views.editing import editable, seen_on


@login_required
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding by its ``key``, or all that one check has found by its number (``all``)."""
    record = editable(request, pk)
    try:
        done = _mended(request, record)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{done}，已保存并重新检查。")
    return _back_to_the_grid(pk)


def _mended(request: HttpRequest, record: TargetDeclaration) -> str:
    acting = {"by": request.user, "at": clock.now(), "seen": seen_on(request)}
    code = request.POST.get("all", "")
    if code:
        _, count = services.mend_all(record, code, **acting)
        return f"{code}：{count} 处建议一并采用"
    _, found = services.mend(record, request.POST.get("key", ""), **acting)
    return f"{found.code}：{found.mend.label}"


@login_required
@require_POST
def keep_warning(request: HttpRequest, pk: int) -> HttpResponse:
    record = editable(request, pk)
    try:
        kept = services.keep_warning(
            record, request.POST.get("key", ""), reason=request.POST.get("reason", ""), by=request.user,
            at=clock.now(), seen=seen_on(request),
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{kept.code}：已保留并说明，审核人会看到您的理由。")
    return _back_to_the_grid(pk)


def _back_to_the_grid(pk: int) -> HttpResponse:
    return redirect(reverse("targets:edit_indicators", args=[pk]) + "#checks")
