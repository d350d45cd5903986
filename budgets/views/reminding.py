"""催办 and 关注: a word to whoever holds a project-year, and hearing of its steps."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from budgets.views.pages import require, visible_year
from core import clock, reminders, watching
from core.batches import Batch

TOLD = 5


@login_required
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    year = visible_year(request, pk)
    return remind_and_tell(request, [year.thread()], back=year.get_absolute_url())


def remind_and_tell(request: HttpRequest, threads: Sequence[str], *, back: str) -> HttpResponse:
    require(reminders.is_upstream(request.user), "您没有催办的权限，请由主管部门或财政部门催办。")
    batch = reminders.remind_all(threads, by=request.user, at=clock.now(), text=typed(request))
    return tell_of(request, batch, back=back)


def typed(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\x00", "")[:500]


def tell_of(request: HttpRequest, batch: Batch, *, back: str) -> HttpResponse:
    if batch.done:
        messages.success(request, f"已催办 {batch.done} 项，在办人会在消息中看到。")
    if not batch.done and not batch.refused:
        messages.error(request, "没有可以催办的事项：所选项目没有人在办，或者没有办理期限。")
    for sentence in batch.sentences[:TOLD]:
        messages.error(request, sentence)
    if len(batch.sentences) > TOLD:
        messages.error(request, f"另有 {len(batch.sentences) - TOLD} 项没有催办，请打开各个项目查看原因。")
    return redirect(back)


@login_required
@require_POST
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or stop hearing of every step on the project-year."""
    year = visible_year(request, pk)
    if watching.toggle(year.thread(), by=request.user, at=clock.now()):
        messages.success(request, f"已关注{year.title()}，每办一步都会给您发消息。")
    else:
        messages.success(request, f"不再关注{year.title()}。")
    return redirect(year.get_absolute_url())
