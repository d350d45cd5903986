"""One view for every list: what one may see, filtered, sorted, paged, added up and exported with the same filter."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import quote

import xlsxwriter
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from core.money import divide

PAGE_SIZES = (20, 50, 100)
MOST_DIGITS = 18
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONEY_KINDS = {"money"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Column:
    """``value(row)`` gives plain data for the cell of that ``kind`` (components/_table.html).

    ``sort`` is a field to order by.
    """

    label: str
    value: Callable[[Any], Any]
    kind: str = "text"
    key: str = ""
    sort: str = ""
    width: str = ""
    wide: bool = False


class ListView(LoginRequiredMixin, View):
    """Subclasses give ``title``, ``columns``, ``rows(request)`` and, if wanted, a filter form and views."""

    title: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    filter_form: ClassVar[type[forms.Form] | None] = None
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)
    template = "core/list.html"
    export_name: ClassVar[str] = "导出"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.sorted(request, self.filtered(request, self.rows(request)))
        if request.GET.get("export") == "xlsx":
            return self.export(rows)
        page = Paginator(rows, self.page_size(request)).get_page(request.GET.get("page"))
        context = {
            "title": self.title,
            "columns": [
                {"label": column.label, "kind": column.kind, "key": column.key, "width": column.width,
                 "wide": column.wide}
                for column in self.columns
            ],
            "rows": [self.row(record) for record in self.with_extras(page.object_list)],
            "page": page,
            "totals": self.totals(rows),
            "filter_form": self.bound_filter(request),
            "clear_url": request.path,
        } | self.extra(request, rows)
        return render(request, self.template, context)

    def rows(self, request: HttpRequest) -> QuerySet:
        """Everything the person may see, with its related rows."""
        raise NotImplementedError

    def bound_filter(self, request: HttpRequest) -> forms.Form | None:
        return self.filter_form(request.GET or None) if self.filter_form else None

    def filtered(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        """A filter form has ``apply(rows) -> rows``.

        What is not understood is shown at its field and filters nothing.
        """
        form = self.bound_filter(request)
        return form.apply(rows) if form is not None and form.is_bound and form.is_valid() else rows

    def sorted(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        wanted = request.GET.get("sort", "")
        by_key = {column.key: column.sort or column.key for column in self.columns if column.key}
        field = by_key.get(wanted.removeprefix("-"))
        if field is None:
            return rows.order_by(*self.default_order)
        return rows.order_by(("-" if wanted.startswith("-") else "") + field, "pk")

    def page_size(self, request: HttpRequest) -> int:
        size = request.GET.get("size", "")
        return int(size) if size.isdecimal() and int(size) in PAGE_SIZES else 50

    def with_extras(self, records: Sequence) -> Sequence:
        """Add to the records of one page what takes a query of its own, in a fixed number of queries."""
        return records

    def row(self, record: Any) -> dict[str, Any]:
        return {
            "id": record.pk,
            "url": self.url_of(record),
            "cells": [column.value(record) for column in self.columns],
            "amount_yuan": self.amount_of(record),
        }

    def url_of(self, record: Any) -> str:
        return record.get_absolute_url()

    def amount_of(self, record: Any) -> Decimal | None:
        return None

    def totals(self, rows: QuerySet) -> list[Any] | None:
        """One value a column for the whole filter, ``None`` where there is nothing to add up."""
        return None

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        return {}

    def export(self, rows: QuerySet) -> HttpResponse:
        """The filtered rows as a workbook: money in 万元, text never read as a formula."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("清单")
        heading = book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1})
        columns = [column for column in self.columns if column.kind != "action"]
        for place, column in enumerate(columns):
            unit = "（万元）" if column.kind in MONEY_KINDS else ""
            sheet.write_string(0, place, f"{column.label}{unit}", heading)
        for number, record in enumerate(self.with_extras(list(rows)), start=1):
            for place, column in enumerate(columns):
                _write(sheet, number, place, column, column.value(record))
        book.close()
        response = HttpResponse(buffer.getvalue(), content_type=XLSX)
        name = f"{self.export_name}-{timezone.localdate():%Y%m%d}.xlsx"
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return response


def _write(sheet, row: int, place: int, column: Column, value: Any) -> None:
    plain = value[0] if isinstance(value, tuple) else value
    if isinstance(plain, dict):
        plain = plain.get("text", "")
    if plain is None or plain == "":
        return
    if column.kind in MONEY_KINDS:
        sheet.write_number(row, place, divide(plain, 10_000))
    elif isinstance(plain, (Decimal, int)) and not isinstance(plain, bool):
        sheet.write_number(row, place, plain)
    elif isinstance(plain, datetime):
        sheet.write_string(row, place, f"{timezone.localtime(plain):%Y-%m-%d %H:%M}")
    elif isinstance(plain, date):
        sheet.write_string(row, place, plain.isoformat())
    else:
        sheet.write_string(row, place, harmless(str(plain)))


def export_action(request: HttpRequest) -> dict[str, str]:
    """The head's button for the workbook of exactly what the list shows now."""
    query = request.GET.copy()
    query["export"] = "xlsx"
    return {"label": "导出", "url": f"?{query.urlencode()}", "icon": "download"}


def ticked(request: HttpRequest) -> list[int]:
    """The numbers of the ticked rows; what is no number, or longer than any number of a row, is left out."""
    return [int(value) for value in request.POST.getlist("selected") if value.isdecimal() and len(value) <= MOST_DIGITS]


def state_views(
    request: HttpRequest, tabs: Sequence[tuple[str, str]], counts: Mapping[str, int],
) -> list[dict[str, Any]]:
    """A list's tabs of states (value, label) with their counts; the other filters stay as they are."""
    current, query = request.GET.get("state", ""), request.GET.copy()
    query.pop("page", None)
    views = []
    for value, label in tabs:
        query["state"] = value
        views.append({
            "label": label, "url": f"?{query.urlencode()}", "count": counts.get(value, 0), "current": value == current,
        })
    return views


def harmless(text: str) -> str:
    """Text that a spreadsheet program would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
