"""The indicator library: its list, one indicator with the values it has had, proposing and revising."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core import clock
from core.errors import RuleViolation
from core.views.lists import XLSX, Column, ListView, export_action, state_views
from core.views.records import record_context
from core.views.steps import StepView
from targets import queries, services
from targets.forms import SOURCES, LibraryFilter, LibraryForm
from targets.models import DepartmentIndicator, Indicator, LibraryIndicator
from targets.resources import LibraryImport, library_workbook
from targets.views.department import editable_department
from targets.views.editing import editable

State = LibraryIndicator.State
TABS = (("", "全部"), *State.choices)


class LibraryList(ListView):
    title = "指标库"
    filter_form = LibraryFilter
    default_order = ("sector", "level1", "level2", "name", "pk")
    export_name = "指标库"
    columns = (
        Column(label="指标", kind="name", value=lambda row: {"text": row.name, "sub": row.explanation}),
        Column(label="所属领域", value=lambda row: row.sector_shown, key="sector", width="cw-100"),
        Column(label="一级指标", value=lambda row: queries.short_of(row.get_level1_display()), width="cw-90"),
        Column(label="二级指标", value=lambda row: queries.short_of(row.get_level2_display()), key="level2",
               width="cw-130"),
        Column(label="方向", value=lambda row: row.get_direction_display(), width="cw-130"),
        Column(label="单位", value=lambda row: row.unit_of_measure, width="cw-100"),
        Column(label="来源", value=lambda row: row.source, width="cw-100", wide=True),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-100"),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        return queries.library_for(request.user)

    def filtered(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        rows = super().filtered(request, rows)
        state = request.GET.get("state", "")
        return rows.filter(state=state) if state in State.values else rows

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        counts = queries.library_counts(super().filtered(request, self.rows(request)))
        counts[""] = sum(counts.values())
        return {
            "views": state_views(request, TABS, counts), "actions": self.actions(request), "caption": "指标库",
        }

    def export(self, rows: QuerySet) -> HttpResponse:
        """The filtered rows in the columns of the import, so that the file can be corrected and taken in again."""
        response = HttpResponse(library_workbook(rows), content_type=XLSX)
        response.headers["Content-Disposition"] = 'attachment; filename="library.xlsx"'
        return response

    def actions(self, request: HttpRequest) -> list[dict[str, str]]:
        found = [export_action(request)]
        if LibraryImport.allowed(request.user):
            found.append({"label": "导入", "url": reverse("import", args=[LibraryImport.kind]), "icon": "upload"})
        if services.may_add(request.user):
            found.append({
                "label": "提出新指标", "url": reverse("targets:library_add"), "icon": "plus-lg", "style": "primary",
            })
        return found


class LibraryStep(StepView):
    model = LibraryIndicator


@login_required
def library_indicator(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(queries.library_for(request.user), pk=pk)
    context = record_context(request, entry, forms=LibraryStep.forms) | {
        "entry": entry, "usage": _shown_usage(entry), "lines": queries.own_lines(entry, request.user),
        "list_url": reverse("targets:library"),
        "edit_url": reverse("targets:library_edit", args=[pk]) if _may_edit(entry, request.user) else "",
    }
    return render(request, "targets/library_indicator.html", context)


def _may_edit(entry: LibraryIndicator, user) -> bool:
    return entry.state in entry.editable_states and entry.editable_by(entry, user)


def _shown_usage(entry: LibraryIndicator) -> list[dict[str, Any]]:
    return [
        {
            "year": row["year"], "projects": row["projects"], "targets": queries.shown_spread(row["targets"]),
            "actuals": queries.shown_spread(row["actuals"]),
        }
        for row in queries.usage_of(entry)
    ]


@login_required
def library_add(request: HttpRequest) -> HttpResponse:
    """A new indicator, with what a line (from 1) of a ``declaration``, or of a ``department``'s, says when in sight."""
    if not services.may_add(request.user):
        raise PermissionDenied("您没有向指标库提出指标的权限，请由单位经办人、主管部门绩效岗或财政绩效股办理。")
    form = LibraryForm(request.POST or None, initial=_initial(request))
    reasons = []
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.add_to_library(_content(form), by=request.user, at=clock.now())
        except RuleViolation as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, f"{entry.title()}已提交，目前是“{entry.state_label}”。")
            return redirect(entry)
    return _form_page(request, form, "提出新指标", reverse("targets:library"), reasons)


def _initial(request: HttpRequest) -> dict[str, Any]:
    line = request.GET.get("line", "")
    for asked, lines in (("declaration", Indicator), ("department", DepartmentIndicator)):
        declaration = request.GET.get(asked, "")
        if declaration.isdecimal() and line.isdecimal():
            found = lines.objects.visible_to(request.user).filter(declaration=declaration, position=line)
            return services.content_from(get_object_or_404(found))
    return {}


def _content(form: LibraryForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in services.LIBRARY_CONTENT}


@login_required
def library_edit(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(queries.library_for(request.user), pk=pk)
    if not entry.editable_by(entry, request.user):
        raise PermissionDenied(f"您没有修改{entry.title()}的权限。")
    shown = {name: getattr(entry, name) for name in services.LIBRARY_CONTENT}
    shown["usual_value"] = "" if entry.usual_value is None else queries.plain(entry.usual_value)
    form, reasons = LibraryForm(request.POST or None, initial=shown), []
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            services.revise_entry(
                entry, _content(form), by=request.user, at=clock.now(), seen=int(seen) if seen.isdecimal() else None
            )
        except RuleViolation as refusal:
            reasons = refusal.reasons
        else:
            return redirect(entry)
    return _form_page(request, form, f"修改{entry.title()}", entry.get_absolute_url(), reasons, seen=entry.revision)


def _form_page(
    request: HttpRequest, form: LibraryForm, title: str, cancel_url: str, reasons: list, seen: int | None = None
) -> HttpResponse:
    context = {
        "title": title, "form": form, "groups": form.groups, "submit_label": "保存指标", "cancel_url": cancel_url,
        "reasons": reasons, "seen": request.POST.get("seen", seen), "sectors": queries.sectors(), "sources": SOURCES,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "targets/library_form.html", context, status=status)


LONGEST_NAME = 120


@login_required
def suggestions(request: HttpRequest, pk: int) -> JsonResponse:
    """What the grid offers for the typed name; only to whoever may fill the declaration in."""
    found = queries.suggestions(editable(request, pk), request.GET.get("q", "")[:LONGEST_NAME])
    return JsonResponse({"suggestions": found})


@login_required
def department_suggestions(request: HttpRequest, pk: int) -> JsonResponse:
    """The same in the grid of a whole department."""
    found = queries.department_suggestions(editable_department(request, pk), request.GET.get("q", "")[:LONGEST_NAME])
    return JsonResponse({"suggestions": found})
