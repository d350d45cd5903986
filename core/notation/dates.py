"""Dates and periods in all common writings. A date is the latest acceptable day."""

import calendar
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

EARLIEST, LATEST = 1990, 2069
EXCEL_EPOCH = datetime.date(1899, 12, 30)

_RELATIVE = r"(?P<relative>当年|本年|今年|次年|明年|翌年|第二年|下一?年|上年|去年)度?的?"
_YEAR = rf"(?:(?P<year>(?:19|20)[0-9]{{2}}|(?<![0-9])[0-9]{{2}}(?=年))年?度?|{_RELATIVE})"
_LONG_YEAR = rf"(?:(?P<year>(?:19|20)[0-9]{{2}})年度?|{_RELATIVE})"
_ALONE = r"(?<![0-9.])"
_SHIFT = {"次": 1, "明": 1, "翌": 1, "第": 1, "下": 1, "上": -1, "去": -1}
_JOINER = r"(?:-|—+|~+|至|到|--|起至)"
_WITHIN = re.compile(r"(?:底|末)?(?:(?P<before>之前|以前|前(?![期往后提沿]))|之内|以内|内|止|为止)?")
_COMPARED = re.compile(r"(?:比|较|同|与|自|从|对比|上升到|相比于)$|^(?:以来|起(?!至)|同期|相比|水平|基础)")
_EVERY = re.compile(r"每[个]?(?:年|月|季|季度|周|学期|半年)|(?:次|当|下个?|本)月[0-9]")


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, written at `start`–`end` of the text.

    `bare` names a month, quarter or year without 底 or 末; `before` is followed by 前; `coarse` is no more than a year.
    """

    first: datetime.date | None
    last: datetime.date | None
    start: int
    end: int
    bare: bool = False
    before: bool = False
    coarse: bool = False

    @property
    def due(self) -> datetime.date | None:
        """The latest acceptable day: a bare month in front of 前 is not included."""
        if self.before and self.bare and self.first:
            return self.first - datetime.timedelta(days=1)
        return self.last


def find_dates(text: str, *, year: int | None, loose: bool = False) -> list[Span]:
    """Every date in the text, from left to right. `loose` also takes 2023.12, 6.30 and 20231231 for dates.

    A date without a year is in `year`; both days are None when there is none.
    """
    spans: list[Span] = []
    for pattern, days, bare in (*_LOOSE, *_RULES) if loose else _RULES:
        for found in pattern.finditer(text):
            if any(found.start() < span.end and span.start < found.end() for span in spans):
                continue
            if _COMPARED.search(text[: found.start()]) or _COMPARED.search(text[found.end():]):
                continue
            span = _span(found, days, bare, text, year)
            if span:
                spans.append(span)
    return sorted(spans, key=lambda span: span.start)


def find_period(text: str, *, year: int | None, loose: bool = False) -> Span | None:
    """The period (全年, 1-12月, one date to another) in the text."""
    for pattern, days in _PERIODS:
        found = pattern.search(text)
        if found:
            known = _year_of(found, year)
            first, last = days(found, known) if known else (None, None)
            if known is None or (first and last and first <= last):
                return Span(first, last, found.start(), found.end())
    dates = find_dates(text, year=year, loose=loose)
    if len(dates) == 2 and re.fullmatch(rf"起?{_JOINER}", text[dates[0].end: dates[1].start]):
        first, last = dates
        if last.first and first.first and _lacks_year(text[last.start:]):
            last = _in_year(last, first.first.year)
        if not (first.first and last.last) or first.first <= last.last:
            return Span(first.first, last.last, first.start, last.end)
    return None


def recurs(text: str) -> bool:
    """每月10日前 names no single day."""
    return bool(_EVERY.search(text))


def of_serial(number: str) -> datetime.date | None:
    """The day of an Excel serial number between 2000 and 2050."""
    if re.fullmatch(r"[34][0-9]{4}|5[0-4][0-9]{3}", number) and 36526 <= int(number) <= 54789:
        return EXCEL_EPOCH + datetime.timedelta(days=int(number))
    return None


def exists(month: int, day: int, year: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and EARLIEST <= int(digits) <= LATEST


Days = Callable[[re.Match[str], int], tuple[datetime.date | None, datetime.date | None]]


def _span(found: re.Match[str], days: Days, bare: bool, text: str, year: int | None) -> Span | None:
    end = found.end()
    part = found.groupdict().get("part")
    tail = _WITHIN.match(text, end)
    if tail:
        bare = bare and not part and not tail[0].startswith(("底", "末"))
        end = tail.end()
    named = found.groupdict()
    coarse = not any(named.get(key) for key in ("month", "day", "quarter", "half", "end"))
    known = _year_of(found, year)
    if known is None:
        return Span(None, None, found.start(), end, coarse=coarse)
    if not EARLIEST <= known <= LATEST:
        return None
    first, last = days(found, known)
    if last is None:
        return None
    return Span(first, last, found.start(), end, bare=bare, before=bool(tail and tail["before"]), coarse=coarse)


def _year_of(found: re.Match[str], default: int | None) -> int | None:
    named = found.groupdict()
    if named.get("year"):
        digits = named["year"]
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    if named.get("relative"):
        return default + _SHIFT.get(named["relative"][0], 0) if default else None
    return default


def _lacks_year(text: str) -> bool:
    return not re.match(r"(?:19|20)[0-9]{2}|[0-9]{2}年", text)


def _in_year(span: Span, year: int) -> Span:
    if not (span.first and span.last):
        return span
    shift = year - span.first.year
    last = _month_end(span.last.year + shift, span.last.month)
    if span.last.day < last.day:
        last = span.last.replace(year=span.last.year + shift)
    return Span(span.first.replace(year=year, day=1), last, span.start, span.end)


def _month_end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def _day(found: re.Match[str], year: int) -> tuple[datetime.date | None, datetime.date | None]:
    month, day = int(found["month"]), int(found["day"])
    if day > calendar.monthrange(year, month)[1]:
        return None, None
    date = datetime.date(year, month, day)
    return date, date


def _month(found: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    month, part = int(found["month"]), found.groupdict().get("part")
    last = _month_end(year, month)
    ends = {"上旬": 10, "中旬": 20, "初": 10}
    return datetime.date(year, month, 1), last.replace(day=ends[part]) if part in ends else last


def _quarter(found: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    quarter = int(found["quarter"])
    return datetime.date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)


def _half(found: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    if found["half"] == "下半年":
        return datetime.date(year, 7, 1), datetime.date(year, 12, 31)
    return datetime.date(year, 1, 1), datetime.date(year, 6, 30)


def _whole_year(found: re.Match[str], year: int) -> tuple[datetime.date, datetime.date]:
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def _months(found: re.Match[str], year: int) -> tuple[datetime.date | None, datetime.date | None]:
    first, last = int(found["first"]), int(found["last"])
    until = int(found.groupdict().get("until") or year)
    if (year, first) >= (until, last) or until > LATEST:
        return None, None
    return datetime.date(year, first, 1), _month_end(until, last)


def _quarters(found: re.Match[str], year: int) -> tuple[datetime.date | None, datetime.date | None]:
    first, last = int(found["first_quarter"]), int(found["last_quarter"])
    return (datetime.date(year, 3 * first - 2, 1), _month_end(year, 3 * last)) if first < last else (None, None)


def _years(found: re.Match[str], year: int) -> tuple[datetime.date | None, datetime.date | None]:
    last = int(found["last"])
    if not EARLIEST <= year < last <= LATEST:
        return None, None
    return datetime.date(year, 1, 1), datetime.date(last, 12, 31)


_LONG = r"(?<![0-9.])(?P<year>(?:19|20)[0-9]{2})"
_ANY_MONTH, _ANY_DAY = r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_TWO_MONTH, _TWO_DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_FIRST, _LAST = r"(?P<first>1[0-2]|0?[1-9])", r"(?P<last>1[0-2]|0?[1-9])"
_LAST_YEAR = r"(?P<last>(?:19|20)[0-9]{2})"
_END = r"(?:底|末)?"


def _compiled(*rules: tuple[str, Days, bool]) -> tuple[tuple[re.Pattern[str], Days, bool], ...]:
    return tuple((re.compile(pattern), days, bare) for pattern, days, bare in rules)


_RULES = _compiled(
    (rf"{_LONG}[-./年]{_ANY_MONTH}[-./月]{_ANY_DAY}日?(?![0-9])", _day, False),
    (rf"{_YEAR}?{_ALONE}{_ANY_MONTH}月份?{_ANY_DAY}[日号](?!线)", _day, False),
    (rf"{_LONG}{_TWO_MONTH}{_TWO_DAY}日?(?=前|以前|之前|完成)", _day, False),
    (rf"{_YEAR}?{_ALONE}{_ANY_MONTH}月份?(?P<part>上旬|中旬|下旬|底|末|初)?(?![0-9]*龄)", _month, True),
    (rf"{_LONG}[-/]{_ANY_MONTH}(?![0-9/.-])", _month, True),
    (rf"{_YEAR}?第?{_ALONE}(?P<quarter>[1-4])季度?(?!节)(?P<part>底|末)?", _quarter, True),
    (rf"{_YEAR}?[Qq](?P<quarter>[1-4])(?![0-9])", _quarter, True),
    (rf"{_YEAR}?(?P<half>上半年|下半年|年中)", _half, False),
    (r"(?<![0-9])(?P<year>[0-9]{2})(?P<end>年底|年末|年终)", _whole_year, False),
    (rf"{_LONG_YEAR}(?P<end>年?度?(?:底|末|终|内))", _whole_year, False),
    (r"(?<![0-9一两三每多])(?P<end>(?:年度?|财年)(?:底|末|终|内))", _whole_year, False),
    (rf"{_LONG}年度?", _whole_year, True),
    (r"(?P<relative>当年|本年|今年|次年|明年|翌年|下一年)度?", _whole_year, True),
)
_LOOSE = _compiled(
    (rf"{_LONG}{_TWO_MONTH}{_TWO_DAY}(?![0-9.])", _day, False),
    (rf"{_LONG}\.{_ANY_MONTH}(?![0-9.])", _month, True),
    (r"(?<![0-9./-])(?P<month>1[0-2]|[1-9])[./-](?P<day>3[01]|[12][0-9])日?(?![0-9./%-])", _day, False),
    (rf"{_LONG}(?![0-9.])$", _whole_year, True),
)
_PERIODS = tuple((re.compile(pattern), days) for pattern, days in (
    (rf"{_YEAR}?(?<![0-9.]){_FIRST}(?:月份?)?{_JOINER}{_LAST}月份?{_END}(?![0-9])", _months),
    (rf"{_LONG}\.{_FIRST}{_JOINER}(?P<until>(?:19|20)[0-9]{{2}})\.{_LAST}(?![0-9.])", _months),
    (rf"{_LONG}年度?{_JOINER}{_LAST_YEAR}年度?{_END}(?![0-9])", _years),
    (rf"{_LONG}{_JOINER}{_LAST_YEAR}(?:年度?{_END}|$)", _years),
    (rf"{_LONG_YEAR}?第?(?<![0-9.])(?P<first_quarter>[1-3]){_JOINER}第?(?P<last_quarter>[2-4])季度", _quarters),
    (rf"{_LONG_YEAR}?(?:全年度?|整年)", _whole_year),
))
