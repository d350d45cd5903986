"""One definition of a workbook's columns for its empty template, its export, its import and the help on the page.

A column is a django-import-export field with a heading people know, the other headings they use for it, a help line
and, where only certain words are allowed, the words. A sheet is a resource of such columns.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from import_export import fields, widgets

from core.money import MoneyError, from_wan, wan_text, yuan


class TextWidget(widgets.CharWidget):
    """Text of a limited length."""

    def __init__(self, *, most: int = 200):
        super().__init__(coerce_to_string=True)
        self.most = most

    def clean(self, value, row=None, **kwargs) -> str:
        text = str(value or "").strip()
        if len(text) > self.most:
            raise ValueError(f"有 {len(text)} 个字，超过 {self.most} 个字的上限，请删减。")
        return text


class CodeWidget(TextWidget):
    """A code kept digit for digit; a number in scientific notation has already lost digits and is refused."""

    def clean(self, value, row=None, **kwargs) -> str:
        text = super().clean(value, row, **kwargs)
        if "E+" in text.upper() and text[0].isdigit():
            raise ValueError("被表格软件存成了科学计数法，请把该列设为文本后重新填写。")
        return text


class YuanWidget(widgets.Widget):
    """An amount written in 元 (two decimals at most)."""

    def clean(self, value, row=None, **kwargs) -> Decimal:
        try:
            return yuan(str(value).strip() or "0")
        except MoneyError as error:
            raise ValueError(str(error)) from error

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else f"{value:.2f}"


class WanWidget(YuanWidget):
    """An amount written in 万元; kept in yuan."""

    def clean(self, value, row=None, **kwargs) -> Decimal:
        try:
            return from_wan(str(value).strip() or "0")
        except MoneyError as error:
            raise ValueError(str(error)) from error

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else wan_text(value).replace(",", "")


class NumberWidget(widgets.Widget):
    """A plain decimal number; blank is ``None``."""

    def __init__(self, *, places: int = 4):
        super().__init__(coerce_to_string=True)
        self.places = places

    def clean(self, value, row=None, **kwargs) -> Decimal | None:
        text = str(value).strip().replace(",", "").replace("，", "")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValueError("不是数字，请填形如 86 或 95.5 的数。") from error
        if not number.is_finite() or number != round(number, self.places):
            raise ValueError(f"小数超过 {self.places} 位，请最多保留 {self.places} 位小数。")
        return number

    def render(self, value, obj=None, **kwargs) -> str:
        if value is None:
            return ""
        whole = value == value.to_integral_value()
        return f"{value.quantize(Decimal(1))}" if whole else f"{value.normalize():f}"


class YearWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs) -> int:
        text = str(value).strip().removesuffix("年度").removesuffix("年")
        if not (text.isdecimal() and len(text) == 4):
            raise ValueError("不是年度，请填四位数字，例如 2026。")
        return int(text)

    def render(self, value, obj=None, **kwargs) -> str:
        return str(value)


class DayWidget(widgets.Widget):
    """2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日 and 20260305 are all read; blank is ``None``."""

    FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")

    def clean(self, value, row=None, **kwargs) -> date | None:
        text = str(value).strip().split(" ")[0]
        if not text:
            return None
        for form in self.FORMATS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
            except ValueError:
                continue
        raise ValueError("不是日期，请填形如 2026-03-05 的日期。")

    def render(self, value, obj=None, **kwargs) -> str:
        return value.isoformat() if value else ""


class ChoiceWidget(widgets.Widget):
    """A word of a fixed list, written as its Chinese label; ``synonyms`` lead to the same value."""

    def __init__(self, choices: type[models.TextChoices], *, synonyms: Mapping[str, str] | None = None):
        super().__init__(coerce_to_string=True)
        self.words = {label: value for value, label in choices.choices} | dict(synonyms or {})
        self.labels = dict(choices.choices)

    def clean(self, value, row=None, **kwargs) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        if text not in self.words:
            raise ValueError(f"只能填：{'、'.join(self.labels.values())}。")
        return self.words[text]

    def render(self, value, obj=None, **kwargs) -> str:
        return self.labels.get(value, "")


class YesNoWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs) -> bool:
        text = str(value or "").strip()
        if text not in ("是", "否", ""):
            raise ValueError("只能填“是”或“否”。")
        return text == "是"

    def render(self, value, obj=None, **kwargs) -> str:
        return "是" if value else "否"


class Column(fields.Field):
    """A column of a workbook. ``name`` is where the cleaned value goes; ``shown`` reads it from a record for export."""

    def __init__(
        self, heading: str, name: str, widget: widgets.Widget, *, help: str = "", required: bool = False,
        synonyms: tuple[str, ...] = (), shown: str | Callable[[Any], Any] | None = None,
    ):
        super().__init__(attribute=name, column_name=heading, widget=widget)
        self.heading = heading
        self.name = name
        self.help = help
        self.required = required
        self.synonyms = synonyms
        self.shown = shown or name

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.heading, *self.synonyms)

    @property
    def words(self) -> list[str]:
        return list(self.widget.labels.values()) if isinstance(self.widget, ChoiceWidget) else []

    def read(self, text: str) -> Any:
        """The cleaned value of a cell. Raises ``ValueError`` with a sentence."""
        if self.required and not text.strip():
            raise ValueError("是必填项，请填写。")
        return self.widget.clean(text)

    def write(self, record: Any) -> str:
        value = self.shown(record) if callable(self.shown) else _walk(record, self.shown)
        return self.widget.render(value)


def _walk(record: Any, path: str) -> Any:
    for part in path.split("__"):
        record = getattr(record, part)
    return record
