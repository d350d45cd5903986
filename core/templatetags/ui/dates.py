"""Dates and deadlines, told from today."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import clock
from core.templatetags.ui.library import UNKNOWN, register
from core.templatetags.ui.words import icon

SOON_DAYS = 4


@register.simple_tag
def due(value: date | None, today: date | None = None, style: str = "left") -> SafeString:
    """A deadline: 逾期 N 天, 今天, 还剩 N 天; four days or less are marked. ``style="date"`` names the day."""
    if value is None:
        return mark_safe(UNKNOWN)
    today = today or clock.today()
    day = _day(value)
    days = (day - today).days
    if days < 0:
        return format_html('<span class="due late">{}逾期 {} 天</span>', icon("alarm"), -days)
    words = _today_words(value) if days == 0 else _days_words(day, days, today=today, style=style)
    if days <= SOON_DAYS:
        return format_html('<span class="due soon">{}{}</span>', icon("clock"), words)
    return format_html('<span class="due">{}</span>', words)


def _days_words(day: date, days: int, *, today: date, style: str) -> str:
    if style != "date":
        return f"还剩 {days} 天"
    return "明天" if days == 1 else _date_text(day, today=today)


def _today_words(value: date) -> str:
    return f"今天 {timezone.localtime(value):%H:%M}" if isinstance(value, datetime) else "今天"


def _day(value: date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _date_text(day: date, *, today: date) -> str:
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day:%Y-%m-%d}"


@register.filter
def cn_date(value: date | None) -> str:
    """9月20日 in the current year, 2025-09-20 in another."""
    return UNKNOWN if value is None else _date_text(_day(value), today=clock.today())


@register.filter
def cn_datetime(value: datetime | None) -> str:
    """9月10日 16:20 in the current year, 2025-09-10 16:20 in another."""
    return UNKNOWN if value is None else f"{cn_date(value)} {timezone.localtime(value):%H:%M}"


@register.filter
def weekday(value: date) -> str:
    return "星期" + "一二三四五六日"[_day(value).weekday()]
