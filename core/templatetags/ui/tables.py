"""Links that keep the query, sorted heads, and cells of plain data."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.templatetags.ui.dates import cn_date, cn_datetime, due
from core.templatetags.ui.figures import bar, count, dash, pct, points, score_text, wan, yuan
from core.templatetags.ui.library import UNKNOWN, register
from core.templatetags.ui.words import chip_dense, grade, icon, lamp

PAGE_SIZES = (20, 50, 100)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The present query with some parameters replaced; ``None`` or empty drops one. Starts with ``?``."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css: str = "") -> SafeString:
    """A table head that sorts by ``key``: first click from large to small, second the other way.

    The order in force is the context's ``sort`` (``key`` or ``-key``), else the query's.
    """
    current = context.get("sort") or context["request"].GET.get("sort", "")
    wanted = key if current == f"-{key}" else f"-{key}"
    state, arrow = {key: ("ascending", "caret-up-fill"), f"-{key}": ("descending", "caret-down-fill")}.get(
        current, ("none", "")
    )
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="{}">{}{}</a></th>',
        css, state, query_with(context, sort=wanted, page=None), label, icon(arrow) if arrow else "",
    )  # fmt: skip


@register.simple_tag
def page_sizes() -> tuple[int, ...]:
    """How many rows a page may show."""
    return PAGE_SIZES


@register.simple_tag
def page_links(page) -> list[int | str]:
    """The page numbers to show around the present one, long runs left out as …"""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


def _link(value: tuple[str, str]) -> SafeString:
    text, url = value
    return format_html('<a href="{}">{}</a>', url, text)


def _action(value: tuple[str, str]) -> SafeString:
    text, url = value
    return format_html('<a class="btn btn-outline btn-sm" href="{}">{}</a>', url, text)


def _bar_with_number(value: tuple) -> SafeString:
    ratio, colour, tick = (*value, None, None)[:3]
    return format_html("{}{}", bar(ratio, colour or "", tick), pct(ratio))


def _grade_cell(value: tuple[str, Decimal | None] | str) -> SafeString:
    return grade(value) if isinstance(value, str) else grade(*value)


def _tags(value: Iterable[str]) -> SafeString:
    return format_html_join(" ", '<span class="tag">{}</span>', ((word,) for word in value))


CELLS = {
    "text": dash, "num": dash, "count": count, "money": wan, "yuan": yuan, "pct": pct, "points": points,
    "score": score_text, "chip": chip_dense, "lamp": lamp, "grade": _grade_cell, "due": due,
    "due_date": lambda value: due(value, style="date"), "date": cn_date, "datetime": cn_datetime,
    "bar": _bar_with_number, "link": _link, "action": _action, "tags": _tags,
}  # fmt: skip
OWN_CLASSES = {"action": "acts", "name": "nm"}
RIGHT = {"num", "count", "money", "yuan", "pct", "points", "score", "bar"}


@register.simple_tag
def cell(kind: str, value: Any) -> Any:
    """One table cell by the ``kind`` of its column; ``None`` is “—” for every kind."""
    return UNKNOWN if value is None else CELLS[kind](value)


@register.filter
def column_class(column: Mapping[str, Any]) -> str:
    """The classes of a column's head and cells: right for figures, width, wide screens only."""
    kind = column.get("kind", "text")
    classes = (
        "num" if kind in RIGHT else OWN_CLASSES.get(kind, ""), column.get("width", ""),
        "wide-only" if column.get("wide") else "",
    )  # fmt: skip
    return " ".join(filter(None, classes))


@register.filter
def paired(first: Iterable[Any], second: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Two lists of one length side by side. Raises ValueError when their lengths differ."""
    return list(zip(first, second, strict=True))
