"""Allocation rounds: list, new, the page of one round, its lines, export."""

import io
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
from budgets.models import AllocationLine, AllocationRound
from budgets.queries import rounds as queries
from budgets.views.pages import form_page, number, require
from core import clock
from core.access import Role
from core.money import divide
from core.views.lists import PAGE_SIZES, XLSX, harmless
from core.views.records import record_context
from core.views.steps import StepView

HEADINGS = (
    "项目编码", "项目名称", "实施单位", "主管部门", "评价等级", "评价得分", "基数（万元）", "申报（万元）", "适用规则", "规则建议（万元）",
    "人工调整（万元）", "拟安排（万元）", "理由", "测算过程",
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
    """Design 10: rules and their effect, the waterfall, every line from suggestion to final amount."""
    round_ = _visible(request, pk)
    lines = queries.lines_of(round_, request.user)
    totals = queries.totals_of(round_, lines)
    only = request.GET.get("only", "")
    page = Paginator(queries.narrowed(lines, only), page_size(request)).get_page(request.GET.get("page"))
    context = record_context(request, round_, forms=AllocationRoundStep.forms) | {
        "round": round_,
        "lines": [queries.line_row(line) for line in page.object_list],
        "page": page,
        "totals": totals,
        "effects": queries.rule_effects(lines),
        "waterfall": queries.waterfall_of(round_, lines, totals) if lines else None,
        "views": [
            {"label": label, "url": f"?only={name}#lines" if name else f"{request.path}#lines", "current": name == only,
             "count": len(queries.narrowed(lines, name))}
            for name, label in {"": "全部", **queries.ONLY}.items()
        ],
        "may_change": _may_change(round_, request.user),
    }
    return render(request, "budgets/allocation.html", context)


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


def _line(request: HttpRequest, pk: int, line_pk: int) -> AllocationLine:
    lines = AllocationLine.objects.visible_to(request.user).select_related(
        "round__fiscal_year", "round__ruleset", "project__unit", "project__department", "basis__project_year"
    )
    return get_object_or_404(lines, pk=line_pk, round=pk)


@login_required
def allocation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines the person may see, with reasons and workings."""
    round_ = _visible(request, pk)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("逐项安排")
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1}))
    for number_, line in enumerate(queries.lines_of(round_, request.user), start=1):
        for place, value in enumerate(_export_cells(line)):
            if isinstance(value, str):
                sheet.write_string(number_, place, harmless(value))
            elif value is not None:
                sheet.write_number(number_, place, value)
    book.close()
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = quote(f"{round_.name}-{clock.today():%Y%m%d}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _export_cells(line: AllocationLine) -> list:
    def wan(amount):
        return None if amount is None else divide(amount, 10_000)

    project, basis = line.project, line.basis
    return [
        project.code, project.name, project.unit.name, project.department.name, basis.grade if basis else "",
        basis.score if basis else None, wan(line.base_yuan), wan(line.requested_yuan), line.rule_code,
        wan(line.suggested_yuan), wan(line.changed_yuan), wan(line.final_yuan), line.change_reason or line.waiver,
        line.working.get("formula", ""),
    ]
