"""Opening a fiscal year from the last one's set-up: what would come over, then one act in the background."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from budgets import rules
from budgets.queries import opening
from budgets.tasks import OPEN_FISCAL_YEAR
from budgets.views.pages import number, require
from core import clock, jobs

SHOWN = 200


@login_required
def open_fiscal_year(request: HttpRequest) -> HttpResponse:
    require(rules.may_open_fiscal_year(request.user), "您没有开启年度的权限，请由财政预算股或绩效股办理。")
    year = number(request.POST.get("year")) or opening.next_year()
    if year is None:
        messages.error(request, "还没有任何年度，请先由系统管理员建立第一个年度。")
        return redirect("budgets:windows")
    plan = opening.plan_of(year)
    if request.method == "POST" and not plan.reasons:
        job = jobs.enqueue(
            OPEN_FISCAL_YEAR, by=request.user, at=clock.now(),
            params={"year": year, "expected": number(request.POST.get("expected"))},
        )
        return redirect("job", job.pk)
    for reason in plan.reasons:
        messages.error(request, reason.sentence)
    return render(request, "budgets/open_year.html", {
        "plan": plan, "shown": plan.carried[:SHOWN], "crumbs": [{"label": "办理期限", "url": reverse("budgets:windows")}],
    }, status=409 if plan.reasons else 200)
