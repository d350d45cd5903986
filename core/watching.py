"""关注: whoever watches a matter hears of every step on it."""

from collections.abc import Sequence
from datetime import datetime

from core import comments
from core.models import Watch
from core.workflow import WorkflowRecord


def toggle(thread: str, *, by, at: datetime) -> bool:
    """Begin to watch, or stop; returns whether the person watches now. A person's own affair, kept out of the trail."""
    watch, created = Watch.objects.get_or_create(thread=thread, user=by, defaults={"since": at})
    if not created:
        watch.delete()
    return created


def is_watched(thread: str, user) -> bool:
    return Watch.objects.filter(thread=thread, user=user.pk).exists()


def tell_watchers(rows: Sequence[WorkflowRecord], label: str, *, by, at: datetime, reason: str) -> None:
    """A notice for every watcher of a row but the one who took the step; one query where nobody watches."""
    by_thread = {row.thread(): row for row in rows}
    for watch in Watch.objects.filter(thread__in=by_thread).prefetch_related("user").order_by("pk"):
        row = by_thread[watch.thread]
        if not watch.user.is_active or watch.user == by:
            continue
        if not type(row).objects.visible_to(watch.user).filter(pk=row.pk).exists():
            continue
        comments.notify(
            title=f"{row.title()}：{label}", text=reason, url=row.get_absolute_url(), recipient=watch.user, by=by, at=at
        )
