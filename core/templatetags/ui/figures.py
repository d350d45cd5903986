"""Money, rates, scores, counts, file sizes, and the bar beside a rate."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import money
from core.templatetags.ui.library import UNKNOWN, register

SIZES = ((1024 * 1024, "MB"), (1024, "KB"))
FILE_ICONS = {
    "xlsx": "file-earmark-excel", "xls": "file-earmark-excel", "csv": "file-earmark-excel",
    "docx": "file-earmark-word", "doc": "file-earmark-word", "pdf": "file-earmark-pdf",
    "png": "file-earmark-image", "jpg": "file-earmark-image", "jpeg": "file-earmark-image",
    "zip": "file-earmark-zip",
}  # fmt: skip


def _minus(text: str) -> str:
    return text.replace("-", "−")


@register.filter
def wan(yuan: Decimal | None) -> str:
    """Yuan as 万元, e.g. 1,280.00."""
    return UNKNOWN if yuan is None else _minus(money.wan_text(yuan))


@register.filter
def yuan(value: Decimal | None) -> str:
    """Yuan as 元, e.g. 12,800,000.00."""
    return UNKNOWN if value is None else _minus(f"{money.half_up(value):,}")


@register.filter
def pct(ratio: Decimal | None) -> str:
    """A ratio of 0–1 as 52.6%."""
    return UNKNOWN if ratio is None else _minus(money.percent_text(ratio))


@register.filter
def points(ratio: Decimal | None) -> str:
    """A difference of two ratios as 14.1 个百分点."""
    return UNKNOWN if ratio is None else _minus(f"{money.half_up(Fraction(ratio) * 100, 1)} 个百分点")


@register.filter("score")
def score_text(value: Decimal | None) -> str:
    """A score with two decimals, e.g. 84.60."""
    return UNKNOWN if value is None else _minus(f"{money.half_up(value)}")


@register.filter
def count(value: int | None) -> str:
    """A whole number with thousands, e.g. 1,204."""
    return UNKNOWN if value is None else _minus(f"{value:,}")


@register.filter
def dash(value: Any) -> Any:
    """The value, or “—” when there is none; zero is a value."""
    return UNKNOWN if value is None or value == "" else value


@register.filter
def file_size(size: int | None) -> str:
    """Bytes as 86 KB or 3.2 MB."""
    if size is None:
        return UNKNOWN
    for unit, name in SIZES:
        if size >= unit:
            places = 1 if name == "MB" else 0
            return f"{money.divide(size, unit, places)} {name}"
    return f"{size} B"


@register.filter
def file_icon(name: str) -> str:
    """The icon name for a file name."""
    return FILE_ICONS.get(name.rpartition(".")[2].lower(), "file-earmark")


@register.simple_tag
def bar(
    ratio: Decimal | None = None, lamp: str = "", tick: Decimal | None = None, wide: bool = False,
    percent: int | None = None,
) -> SafeString:  # fmt: skip
    """A bar in a cell: filled to ``ratio`` (0–1, or ``percent`` 0–100), ticked at 序时进度; none for the unknown.

    It says nothing without the number beside it, so screen readers skip it.
    """
    if ratio is None and percent is None:
        return mark_safe("")
    filled = _share(ratio) if percent is None else f"{percent}%"
    mark = ""
    if tick is not None:
        mark = format_html('<rect class="k" x="{}" y="0" width="2" height="14"/>', _share(tick))
    return format_html(
        '<svg class="mb {}" aria-hidden="true"><rect class="t" y="3" width="100%" height="8"/>'
        '<rect class="v" y="3" width="{}" height="8"/>{}</svg>',
        f"{lamp} {'w' if wide else ''}".strip(), filled, mark,
    )  # fmt: skip


def _share(ratio: Decimal) -> str:
    return money.percent_text(min(max(Fraction(ratio), Fraction(0)), Fraction(1)))
