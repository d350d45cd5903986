"""Budgets of the three years, adjustments during the year, and payments."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from budgets.models import FundSource
from budgets.services import adjust_budget
from config.sample_county.county import County, cut
from core.money import from_wan

DELIVERIES = {2025: ("2025-12-31",), 2026: ("2026-07-31", "2026-08-31", "2026-10-31")}
SOURCES = {source.label: source.value for source in FundSource}


def import_budget(county: County, year: int) -> None:
    name = f"budget-{year}.xlsx"
    county.take_in("budget", county.workbook(name), name=name, by=county.budget(), day=f"{year - 1}-09-10")
    county.forget_years()


def adjust_budgets(county: County, *, after: str, until: str) -> None:
    """The adjustments without new targets, dated later than ``after`` and not later than ``until``."""
    for place, line in enumerate(county.story.other_adjustments()):
        if after < line["调整日期"] <= until:
            adjust_budget(
                county.years[int(line["年度"]), line["项目编码"]], source=SOURCES[line["资金来源"]],
                amount_yuan=from_wan(line["调整金额(万元)"]), document_no=line["文号"],
                adjusted_on=date.fromisoformat(line["调整日期"]), reason=line["调整原因"], by=county.budget(),
                at=county.moment(line["调整日期"], place),
            )


def import_spending(county: County, year: int, *, delivery: str) -> None:
    """The payments of a year after the delivery before and up to the day ``delivery``, as treasury hands them over."""
    name, last = f"spending-{year}.xlsx", date.fromisoformat(delivery)
    earlier = [day for day in DELIVERIES[year] if day < delivery]
    first = date.fromisoformat(earlier[-1]) if earlier else date(year - 1, 12, 31)
    content = county.workbook(name)
    if len(DELIVERIES[year]) > 1:
        content = cut(content, lambda line: _is_between(line, first, last))
    county.take_in("spending", content, name=f"支付明细-截至{delivery}.xlsx", by=county.budget(), day=delivery)


def _is_between(line: Mapping[str, Any], first: date, last: date) -> bool:
    return first < line["支付日期"].date() <= last
