"""A cell on its way to a reading: what was written, what stands around it, the words and days in it."""

from dataclasses import dataclass, replace

from core.notation import dates
from core.notation.reading import Reading
from core.scoring.values import Kind, Op


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`written` as found, `text` in one writing; `unit` and `year` from around the cell.

    `timely` when the indicator asks for a day.
    """

    written: str
    text: str
    unit: str = ""
    year: int | None = None
    timely: bool = False

    def having(self, text: str) -> "Cell":
        return replace(self, text=text)


def as_words(cell: Cell) -> Reading:
    return Reading(kind=Kind.QUALITATIVE, text=cell.written.strip())


def due_on(span: dates.Span, rest: str) -> Reading:
    late = span.before or "≤" in rest or "不晚于" in rest or "不迟于" in rest or "不超过" in rest
    reading = Reading(kind=Kind.DATE, op=Op.AT_MOST if late else None, date=span.due)
    return reading if span.due else reading.doubted("日期没有写年份，表上也没有年度，不能确定是哪一年。")


def without(text: str, spans: list[dates.Span]) -> str:
    for span in reversed(spans):
        text = text[: span.start] + text[span.end:]
    return text
