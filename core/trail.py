"""The audit trail of one matter, as far as one person may read it."""

from collections import defaultdict

from django.apps import apps
from django.db import models

from core.models import AuditEntry


def trail_of(thread: str, user) -> models.QuerySet[AuditEntry]:
    """Everything that was written about a matter, the newest first.

    Who does not see the whole county reads only what is about records they may see, and what they did themselves.
    """
    entries = AuditEntry.objects.filter(thread=thread)
    if user.sight.everything:
        return entries
    about: dict[str, set[int]] = defaultdict(set)
    for label, number in entries.order_by().values_list("model", "object_id").distinct():
        about[label].add(number)
    readable = models.Q(actor_id=user.pk)
    for label, numbers in about.items():
        rows = apps.get_model(label).objects
        if hasattr(rows, "visible_to"):
            seen = rows.visible_to(user).filter(pk__in=numbers).values("pk")
            readable |= models.Q(model=label, object_id__in=seen)
    return entries.filter(readable)
