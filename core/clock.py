"""The one place where the time of day is read. Services take ``at`` as an argument; views and commands ask here."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()


def today() -> date:
    return timezone.localdate()
