"""The official forms: one page that offers them, empty or filled in, and the job that prints many at once."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import clock
from core.attachments import TYPES
from core.errors import RuleViolation
from core.jobs import enqueue
from core.official.bundle import OFFICIAL_BUNDLE, safe_name
from core.official.departments import departments_in_sight
from core.official.document import FormDocument
from core.official.kinds import FormKind, kind_named, registered
from core.official.paper import to_pdf
from core.official.word import to_docx
from core.official.workbook import to_xlsx

WRITERS: dict[str, Callable[[FormDocument], bytes]] = {"pdf": to_pdf, "docx": to_docx, "xlsx": to_xlsx}


@login_required
def form_list(request: HttpRequest) -> HttpResponse:
    """Every form to be downloaded empty, and those of whole departments filled in."""
    whole = [kind for kind in registered() if kind.model is None]
    year = request.session.get("year") or clock.today().year
    departments = departments_in_sight(request.user)
    return render(request, "core/official_forms.html", {
        "kinds": registered(), "whole": whole, "year": year, "departments": list(departments) if whole else [],
    })


@login_required
def empty_form(request: HttpRequest, kind: str, suffix: str) -> HttpResponse:
    found = _kind(kind, suffix)
    return _download(request, found.empty, found.file_stem(None), suffix, back=reverse("official_forms"))


@login_required
def filled_form(request: HttpRequest, kind: str, pk: int, suffix: str) -> HttpResponse:
    """``?year=`` counts for the forms of a whole department only."""
    found, year = _kind(kind, suffix), request.GET.get("year", "")
    try:
        record = found.find(request.user, pk, int(year) if year.isdecimal() else None)
    except ObjectDoesNotExist as absent:
        raise Http404("没有这份表格，或者您没有查看权限。") from absent
    back = record.get_absolute_url() if hasattr(record, "get_absolute_url") else reverse("official_forms")
    return _download(request, lambda: found.filled(record), found.file_stem(record), suffix, back=back)


def _kind(name: str, suffix: str) -> FormKind:
    kind = kind_named(name)
    if kind is None or suffix not in WRITERS:
        raise Http404("没有这种表格，请从“正式表格”页面选择。")
    return kind


def _download(
    request: HttpRequest, document: Callable[[], FormDocument], stem: str, suffix: str, *, back: str
) -> HttpResponse:
    """The file, or the page that tells which character of which cell cannot be printed."""
    try:
        content = WRITERS[suffix](replace(document(), printed_at=clock.now()))
    except RuleViolation as refusal:
        context: dict[str, Any] = {"title": stem, "reasons": refusal.reasons, "back": back}
        return render(request, "core/official_refused.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    response = HttpResponse(content, content_type=TYPES[f".{suffix}"][1])
    name = quote(safe_name(f"{stem}.{suffix}"))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@login_required
@require_POST
def bundle(request: HttpRequest, kind: str) -> HttpResponse:
    """Start the printing of the records ticked in a list."""
    found = kind_named(kind)
    if found is None or found.model is None:
        raise Http404("没有这种表格，请从“正式表格”页面选择。")
    chosen = list(dict.fromkeys(int(value) for value in request.POST.getlist("selected") if value.isdecimal()))
    if not chosen:
        messages.error(request, "没有选中任何一行，请先在清单中勾选要打包导出的记录。")
        return redirect(_page_before(request))
    job = enqueue(OFFICIAL_BUNDLE, by=request.user, at=clock.now(), params={"kind": found.name, "ids": chosen})
    return redirect("job", pk=job.pk)


def _page_before(request: HttpRequest) -> str:
    before = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if safe else reverse("official_forms")
