"""Allocation rounds: list, new, the page of one round, its lines, export."""

import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from budgets import services
from budgets.forms import DecideForm, LineForm, RoundForm, WaiverForm
from budgets.models import AllocationLine, AllocationRound, sees_every_line
from budgets.queries import rounds as queries
from budgets.views.pages import form_page, number, query_with, require
from core import clock
from core.access import Role
from core.money import divide
from core.views.lists import PAGE_SIZES, XLSX, harmless
from core.views.records import record_context
from core.views.steps import StepView

BY_DEPARTMENT = "departments"
HEADINGS = (
    "项目编码", "项目名称", "实施单位", "主管部门", "评价等级", "评价得分", "基数（万元）", "申报（万元）", "适用规则", "规则建议（万元）",
    "人工调整（万元）", "拟安排（万元）", "理由", "测算过程",
)
SUM_HEADINGS = (
    "主管部门", "项目数", "基数（万元）", "申报（万元）", "规则建议（万元）", "人工调整（万元）", "拟安排（万元）", "缺评价依据",
)


@login_required
def allocations(request: HttpRequest) -> HttpResponse:
    rounds = AllocationRound.objects.visible_to(request.user).select_related("fiscal_year", "base_year", "result_year")
    return render(request, "budgets/allocations.html", {
        "rounds": queries.rows_of(rounds), "may_open": request.user.holds(Role.FISCAL_BUDGET),
    })


@login_required
def allocation_new(request: HttpRequest) -> HttpResponse:
    require(request.user.holds(Role.FISCAL_BUDGET), "您没有新建预算安排轮次的权限，请由财政预算股办理。")
    form = RoundForm(request.POST or None)
    return form_page(
        request, form, title="新建预算安排轮次", submit_label="新建轮次", cancel_url=reverse("budgets:allocations"),
        crumbs=[{"label": "预算安排", "url": reverse("budgets:allocations")}],
        save=lambda: services.open_allocation_round(**form.cleaned_data, by=request.user, at=clock.now()),
        done=lambda round_: round_.get_absolute_url(),
    )


def _visible(request: HttpRequest, pk: int) -> AllocationRound:
    return get_object_or_404(
        AllocationRound.objects.visible_to(request.user).select_related(
            "fiscal_year", "base_year", "result_year", "ruleset"
        ), pk=pk,
    )


def page_size(request: HttpRequest) -> int:
    size = number(request.GET.get("size"))
    return size if size in PAGE_SIZES else 50


def _may_change(round_: AllocationRound, user) -> bool:
    return bool(round_.editable_by(round_, user)) and round_.state in round_.editable_states


@login_required
def allocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Design 10: rules and their effect, the waterfall, every line from suggestion to final amount.

    Of the whole round, or of the part that belongs to one department.
    """
    round_ = _visible(request, pk)
    seen = queries.lines_of(round_, request.user)
    department = number(request.GET.get("department"))
    lines = queries.of_department(seen, department)
    is_whole = department is None and sees_every_line(request.user)
    totals = queries.totals_of(round_ if is_whole else None, lines)
    departments = queries.by_department(seen)
    only = request.GET.get("only", "")
    page = Paginator(queries.narrowed(lines, only), page_size(request)).get_page(request.GET.get("page"))
    context = record_context(request, round_, forms=AllocationRoundStep.forms) | {
        "round": round_,
        "lines": [queries.line_row(line) for line in page.object_list],
        "page": page,
        "totals": totals,
        "effects": queries.rule_effects(lines),
        "waterfall": queries.waterfall_of(round_, lines, totals) if lines else None,
        "is_whole": is_whole,
        "departments": departments,
        "department": next((row["department"] for row in departments if row["department"].pk == department), None),
        "shows_departments": only == BY_DEPARTMENT and len(departments) > 1,
        "shows_unsettled": only == "unsettled" and _may_change(round_, request.user),
        "views": _views_of(request, lines, departments),
        "may_change": _may_change(round_, request.user),
    }
    return render(request, "budgets/allocation.html", context)


def _views_of(request: HttpRequest, lines, departments) -> list[dict[str, Any]]:
    """The tabs over the lines; where there is more than one department, their sums are one of them."""
    counts = {name: len(queries.narrowed(lines, name)) for name in ("", *queries.ONLY)}
    labels = {"": "全部", **queries.ONLY}
    if len(departments) > 1:
        counts[BY_DEPARTMENT], labels[BY_DEPARTMENT] = len(departments), "按部门"
    current = request.GET.get("only", "")
    return [
        {"label": label, "count": counts[name], "current": name == current,
         "url": query_with(request, only=name, page=None, **({"department": None} if name == BY_DEPARTMENT else {}))}
        for name, label in labels.items()
    ]


class AllocationRoundStep(StepView):
    model = AllocationRound
    forms = {"decide": DecideForm}


@login_required
def allocation_line(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """One project in the round: how the suggestion came about, and a person's amount beside it."""
    line = _line(request, pk, line_pk)
    form = LineForm(request.POST or None, initial={"changed_yuan": line.changed_yuan, "reason": line.change_reason})
    return form_page(
        request, form, template="budgets/allocation_line.html", title=line.project.name, line=line, round=line.round,
        seen=line.round.revision, waiver_form=WaiverForm(initial={"waiver": line.waiver}),
        row=queries.line_row(line), may_change=_may_change(line.round, request.user),
        cancel_url=line.round.get_absolute_url(),
        crumbs=[{"label": line.round.name, "url": line.round.get_absolute_url()}],
        save=lambda: services.change_line(
            line, **form.cleaned_data, by=request.user, at=clock.now(), seen=number(request.POST.get("seen"))
        ),
        done=lambda saved: f"{line.round.get_absolute_url()}#line-{saved.pk}",
    )


@login_required
def waive(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Free one project from the linkage, with the reason."""
    line = _line(request, pk, line_pk)
    require(
        line.round.editable_by(line.round, request.user), f"您没有调整{line.round.title()}的权限，请由财政预算股办理。"
    )
    form = WaiverForm(request.POST or None, initial={"waiver": line.waiver})

    def save() -> AllocationLine:
        if "resume" in request.POST:
            saved = services.resume_line(
                line, by=request.user, at=clock.now(), seen=number(request.POST.get("seen"))
            )
            messages.success(request, f"“{line.project.name}”已恢复挂钩，按规则建议安排。")
            return saved
        saved = services.waive_line(
            line, waiver=form.cleaned_data["waiver"], by=request.user, at=clock.now(),
            seen=number(request.POST.get("seen")),
        )
        messages.success(request, f"“{line.project.name}”已免于挂钩，按申报数安排。")
        return saved

    return form_page(
        request, form, title=f"免于挂钩：{line.project.name}", submit_label="免于挂钩", seen=line.round.revision,
        cancel_url=line.round.get_absolute_url(), save=save,
        crumbs=[{"label": line.round.name, "url": line.round.get_absolute_url()}],
        done=lambda saved: f"{line.round.get_absolute_url()}#line-{saved.pk}",
    )


@login_required
def waive_unsettled(request: HttpRequest, pk: int) -> HttpResponse:
    """Free every project without a result from the linkage at once, of one department or of all."""
    round_ = _visible(request, pk)
    require(round_.editable_by(round_, request.user), f"您没有调整{round_.title()}的权限，请由财政预算股办理。")
    department = number(request.GET.get("department"))
    lines = queries.narrowed(
        queries.of_department(queries.lines_of(round_, request.user), department), "unsettled"
    )
    form = WaiverForm(request.POST or None)

    def done(count: int) -> str:
        messages.success(request, f"{count} 个缺评价依据的项目已免于挂钩，按申报数安排。")
        return f"{round_.get_absolute_url()}?only=waived#lines"

    return form_page(
        request, form, title=f"免于挂钩：{len(lines)} 个缺评价依据的项目", submit_label="全部免于挂钩", seen=round_.revision,
        intro=f"同一个理由记在每个项目上：{'、'.join(line.project.name for line in lines)}。",
        cancel_url=f"{round_.get_absolute_url()}?only=unsettled#lines",
        crumbs=[{"label": round_.name, "url": round_.get_absolute_url()}],
        save=lambda: services.waive_unsettled(
            round_, department=department, waiver=form.cleaned_data["waiver"], by=request.user, at=clock.now(),
            seen=number(request.POST.get("seen")),
        ),
        done=done,
    )


def _line(request: HttpRequest, pk: int, line_pk: int) -> AllocationLine:
    lines = AllocationLine.objects.visible_to(request.user).select_related(
        "round__fiscal_year", "round__ruleset", "project__unit", "project__department", "basis__project_year"
    )
    return get_object_or_404(lines, pk=line_pk, round=pk)


@login_required
def allocation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines the person may see, of one department or of all, with reasons and workings; the sums by department."""
    round_ = _visible(request, pk)
    lines = queries.of_department(
        queries.lines_of(round_, request.user), number(request.GET.get("department"))
    )
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    _write_sheet(book, "逐项安排", HEADINGS, map(_export_cells, lines))
    _write_sheet(book, "按部门汇总", SUM_HEADINGS, map(_sum_cells, queries.by_department(lines)))
    book.close()
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = quote(f"{round_.name}-{clock.today():%Y%m%d}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _write_sheet(book: xlsxwriter.Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1}))
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(place, column, harmless(value))
            elif value is not None:
                sheet.write_number(place, column, value)


def _sum_cells(row: dict[str, Any]) -> list:
    totals = row["totals"]
    return [
        row["department"].name, totals.lines,
        *(_wan(amount) for amount in (
            totals.base_yuan, totals.requested_yuan, totals.suggested_yuan, totals.by_hand_yuan, totals.final_yuan
        )),
        totals.unsettled,
    ]


def _wan(amount) -> Any:
    return None if amount is None else divide(amount, 10_000)


def _export_cells(line: AllocationLine) -> list:
    project, basis = line.project, line.basis
    return [
        project.code, project.name, project.unit.name, project.department.name, basis.grade if basis else "",
        basis.score if basis else None, _wan(line.base_yuan), _wan(line.requested_yuan), line.rule_code,
        _wan(line.suggested_yuan), _wan(line.changed_yuan), _wan(line.final_yuan), line.change_reason or line.waiver,
        line.working.get("formula", ""),
    ]
