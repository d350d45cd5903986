"""办理期限: the task windows of a fiscal year, and longer time for single units."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from budgets import rules, services
from budgets.forms import ExtensionForm, ExtensionRequestForm, GrantForm, WindowForm
from budgets.models import ExtensionRequest, FiscalYear, TaskWindow, WindowStage
from budgets.queries import calendar
from budgets.views.pages import form_page, number, require, year_of
from core import clock
from core.views.records import record_context
from core.views.steps import StepView

REQUESTS = 50


@login_required
def windows(request: HttpRequest) -> HttpResponse:
    """Finance sees and keeps every window; a unit sees its own last days."""
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))
    chosen = year_of(request)
    year = chosen if chosen in years else calendar.year_under_way(years, today=clock.today())
    return render(request, "budgets/windows.html", {
        "years": years,
        "year": year,
        "rows": calendar.windows_of(year, request.user, today=clock.today()),
        "extensions": calendar.extensions_of(year, request.user),
        "late_filing": calendar.late_filing_label(year),
        "may_keep": rules.may_keep_windows(request.user),
        "may_extend": rules.may_extend(request.user),
        "may_open": rules.may_open_fiscal_year(request.user),
        "may_ask": calendar.asks_for(request.user).exists(),
        "own_stages": calendar.stages_of(request.user),
        "requests": list(calendar.requests_of(request.user, year=year)[:REQUESTS]) if year else [],
    })


@login_required
def window_edit(request: HttpRequest, year: int, stage: str) -> HttpResponse:
    fiscal_year = get_object_or_404(FiscalYear, pk=year)
    if stage not in WindowStage.values:
        raise Http404("没有这个环节。")
    stage = WindowStage(stage)
    require(rules.may_keep_windows(request.user), f"您没有设定{fiscal_year}办理期限的权限，请由财政绩效股办理。")
    window = TaskWindow.objects.filter(fiscal_year=fiscal_year, stage=stage).first()
    initial = {"opens_on": window.opens_on, "due_on": window.due_on} if window else {}
    form = WindowForm(request.POST or None, initial=initial)

    def done(result: tuple[TaskWindow, int]) -> str:
        kept, moved = result
        messages.success(request, f"{kept.title()}：{kept.opens_on} 至 {kept.due_on}；{moved} 项在办事项的期限随之更新。")
        return f"{reverse('budgets:windows')}?year={fiscal_year.pk}"

    return form_page(
        request, form, title=f"{fiscal_year}{stage.label}", submit_label="保存办理期限", crumbs=calendar_crumbs(),
        intro="在办事项的期限随之更新；已经给单位批准的延期不变。", cancel_url=f"{reverse('budgets:windows')}?year={fiscal_year.pk}",
        save=lambda: services.set_window(fiscal_year, stage, **form.cleaned_data, by=request.user, at=clock.now()),
        done=done,
    )


@login_required
def window_extend(request: HttpRequest, year: int, stage: str) -> HttpResponse:
    require(rules.may_extend(request.user), "您没有批准延期的权限，请由财政绩效股办理。")
    window = get_object_or_404(TaskWindow, fiscal_year=get_object_or_404(FiscalYear, pk=year), stage=stage)
    form = ExtensionForm(request.POST or None, initial={"unit": request.GET.get("unit")})

    def done(result) -> str:
        extension, moved = result
        messages.success(
            request, f"已将{extension.unit}的{window}延至 {extension.due_on}，{moved} 项在办事项的期限随之更新，并已通知该单位。"
        )
        return f"{reverse('budgets:windows')}?year={window.fiscal_year_id}"

    return form_page(
        request, form, title=f"批准延期：{window}", submit_label="批准延期", crumbs=calendar_crumbs(),
        intro=f"统一的截止日期是 {window.due_on}；延期只对选定的单位有效，并通知该单位。",
        cancel_url=f"{reverse('budgets:windows')}?year={window.fiscal_year_id}",
        save=lambda: services.extend_window(window, **form.cleaned_data, by=request.user, at=clock.now()), done=done,
    )


@login_required
def window_ask(request: HttpRequest, year: int, stage: str) -> HttpResponse:
    """A unit asks for a later last day; whoever has asked already is led to the answer."""
    window = get_object_or_404(TaskWindow, fiscal_year=get_object_or_404(FiscalYear, pk=year), stage=stage)
    units = calendar.asks_for(request.user)
    require(units.exists(), f"您没有申请{window.title()}延期的权限，请由单位经办人、单位负责人或主管部门绩效岗办理。")
    chosen = units.filter(pk=number(request.GET.get("unit"))).first() or units.first()
    pending = calendar.requests_of(request.user).filter(window=window, unit=chosen, state="applied").first()
    if pending is not None and request.method == "GET":
        messages.info(request, f"{pending.title()}已于 {pending.created_at:%Y-%m-%d} 报送，正在等待财政绩效股审核。")
        return redirect(pending)
    form = ExtensionRequestForm(request.POST or None, units=units, initial={"unit": chosen})

    def done(asked: ExtensionRequest) -> str:
        messages.success(request, f"{asked.title()}已报财政绩效股，审核结果会在消息中告知。")
        return asked.get_absolute_url()

    return form_page(
        request, form, title=f"申请延期：{window}", submit_label="报送财政审核", crumbs=calendar_crumbs(),
        intro=f"统一的截止日期是 {window.due_on}，{chosen.name}现在截止到 {window.last_day_of(chosen)}。"
              "批准后，该单位本环节在办事项的期限随之延长。",
        cancel_url=f"{reverse('budgets:windows')}?year={window.fiscal_year_id}",
        save=lambda: services.ask_for_extension(window, **form.cleaned_data, by=request.user, at=clock.now()),
        done=done,
    )


@login_required
def extension_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked for and what hangs on it; finance grants it as it is, on another day, or refuses it."""
    asked = get_object_or_404(calendar.requests_of(request.user), pk=pk)
    context = record_context(request, asked)
    return render(request, "budgets/extension_request.html", context | {
        "last_day": asked.window.last_day_of(asked.unit),
        "bound": calendar.bound_rows(asked.window, unit=asked.unit),
        "may_grant": any(step["name"] == "grant" for step in context["steps"]),
    })


class ExtensionRequestStep(StepView):
    model = ExtensionRequest
    forms = {"grant": GrantForm}


def calendar_crumbs() -> list[dict[str, str]]:
    return [{"label": "办理期限", "url": reverse("budgets:windows")}]
