"""Pieces that official forms have in common: amounts in 万元, points, merged levels, dates as people write them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.official.document import Align, Cell, Row, label, number, text

BLANK_DATE = "　　年　月　日"
NOT_GIVEN = "—"
Line = tuple[str, str, Row]
LINE_TO_FILL = "　"


def wan(amount_yuan: Decimal | None) -> Decimal | None:
    """Yuan as 万元, exact."""
    return None if amount_yuan is None else amount_yuan.scaleb(-4)


def money(amount_yuan: Decimal | None, *, blank: str = "", colspan: int = 1, bold: bool = False) -> Cell:
    """An amount in 万元; the workbook keeps every fen."""
    return number(wan(amount_yuan), blank=blank, colspan=colspan, bold=bold)


def points(value: Decimal | None, *, blank: str = "", bold: bool = False, colspan: int = 1) -> Cell:
    """Points as people write them: whole ones without decimals."""
    places = 0 if value is None or value == value.to_integral_value() else 2
    return number(value, places=places, blank=blank, align=Align.CENTER, bold=bold, colspan=colspan)


def score(value: Decimal | None, *, blank: str = "", bold: bool = False, colspan: int = 1) -> Cell:
    return number(value, blank=blank, align=Align.CENTER, bold=bold, colspan=colspan)


def centred(value: str = "", *, colspan: int = 1, rowspan: int = 1) -> Cell:
    return text(value, colspan=colspan, rowspan=rowspan, align=Align.CENTER)


def blank_cells(count: int) -> Row:
    """Cells to be filled in by hand, as high as a line of writing."""
    return (text(LINE_TO_FILL), *(text() for _ in range(count - 1)))


def room(value: str, *, colspan: int, lines: int = 2) -> Cell:
    """A text, or room to write one by hand."""
    return text(value or "\n".join([LINE_TO_FILL] * lines), colspan=colspan)


def plain(value: Decimal) -> str:
    """A figure without needless zeros."""
    return f"{value.quantize(Decimal(1))}" if value == value.to_integral_value() else f"{value.normalize():f}"


def with_points(name: str, value: Decimal | None) -> str:
    """A heading with the points of its group below it: 产出指标（40分）."""
    return f"{name}\n（{'　' if value is None else plain(value)}分）"


def grouped(lines: Sequence[Line], *, second_colspan: int = 1) -> list[Row]:
    """Rows behind two levels of merged labels: equal neighbours share one, a new first level begins a new second."""
    rows = []
    for place, (first, second, cells) in enumerate(lines):
        before = lines[place - 1][:2] if place else None
        row = list(cells)
        if before != (first, second):
            row.insert(0, label(second, colspan=second_colspan, rowspan=_run(lines, place, 2)))
        if before is None or before[0] != first:
            row.insert(0, label(first, rowspan=_run(lines, place, 1)))
        rows.append(tuple(row))
    return rows


def _run(lines: Sequence[Line], place: int, levels: int) -> int:
    """How many lines from this one on share its first one or two labels."""
    count = 1
    while place + count < len(lines) and lines[place + count][:levels] == lines[place][:levels]:
        count += 1
    return count


def long_date(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else BLANK_DATE


def year_label(year: int | None, more: str = "") -> str:
    return f"（{year or '　　　　'}年度{more}）"
