"""Payments of 2025 and of January to October 2026, by source; above the budget in two told cases only."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from samples.county.budgets import BudgetRow, budget_rows, flagship, spent_wan
from samples.county.fates import SUSPENDED
from samples.county.tables import dice, rows

LAST_DAY = {2025: date(2025, 12, 26), 2026: date(2026, 10, 30)}
LAST_PAYMENT_OF_SUSPENDED = date(2026, 8, 14)
FEN = Decimal("0.01")
WAN = Decimal(10000)


@dataclass(frozen=True)
class Payment:
    day: date
    year: int
    code: str
    name: str
    source: str
    amount_yuan: Decimal
    payee: str
    summary: str


@cache
def payments(year: int) -> tuple[Payment, ...]:
    """In order of day and project."""
    made = [payment for row in budget_rows().values() if row.year == year for payment in _of_row(row)]
    return tuple(
        sorted(made, key=lambda payment: (payment.day, payment.code, payment.source, -payment.amount_yuan))
    )


def spending_sheet(year: int) -> list[list[object]]:
    return [
        [
            f"支字{year}-{number:06d}",
            payment.day,
            payment.code,
            payment.name,
            payment.source,
            payment.amount_yuan,
            payment.payee,
            payment.summary,
        ]
        for number, payment in enumerate(payments(year), start=1)
    ]


def paid_until(year: int, code: str, last_day: date) -> Decimal:
    """Net payments in 元 up to and including the day."""
    return sum(
        (item.amount_yuan for item in payments(year) if item.code == code and item.day <= last_day),
        Decimal("0.00"),
    )


def _of_row(row: BudgetRow) -> list[Payment]:
    roll = dice("payments", row.year, row.project.code)
    total = spent_wan(row) * WAN
    if not total:
        return []
    pieces: list[tuple[str, Decimal]] = []
    count = _count(roll, total)
    for source, amount in _by_source(row, total):
        pieces.extend((source, part) for part in _split(roll, amount, max(1, int(count * amount / total))))
    days = _days(roll, row, len(pieces))
    if row.project == flagship() and row.year == 2026:
        pieces, days = _flagship_2026(row)
    made = [_payment(row, roll, day, source, part) for day, (source, part) in zip(days, pieces, strict=True)]
    return _with_refund(row, roll, made)


def _by_source(row: BudgetRow, total: Decimal) -> list[tuple[str, Decimal]]:
    """Carried-over money first, then the others in proportion; what exceeds the budget falls on 财政拨款."""
    carried = min(row.carryover_wan * WAN, total)
    rest = total - carried
    new_money = (row.fiscal_wan + row.other_wan) * WAN
    other = min((rest * row.other_wan * WAN / new_money).quantize(FEN), row.other_wan * WAN)
    shares = [("上年结转", carried), ("其他资金", other), ("财政拨款", rest - other)]
    return [(source, amount) for source, amount in shares if amount]


def _count(roll: Random, total: Decimal) -> int:
    if total < 300000:
        return roll.randint(4, 5)
    if total < 2000000:
        return roll.randint(5, 9)
    return roll.randint(8, 15)


def _split(roll: Random, amount: Decimal, count: int) -> list[Decimal]:
    weights = [roll.randint(60, 160) for _ in range(count)]
    parts = [(amount * weight / sum(weights)).quantize(Decimal(100)) for weight in weights[:-1]]
    parts = [part.quantize(FEN) for part in parts if part]
    return [*parts, amount - sum(parts, Decimal("0.00"))]


def _days(roll: Random, row: BudgetRow, count: int) -> list[date]:
    """Working days, the pieces spread evenly with some scatter, the last one close to the last day."""
    first, last = date(row.year, 2, 10), LAST_DAY[row.year]
    if row.year == 2026 and row.project.name == SUSPENDED:
        last = LAST_PAYMENT_OF_SUSPENDED
    span = (last - first).days
    days = []
    for place in range(1, count + 1):
        offset = span * place // count - roll.randint(0, max(span // (count + 1), 1))
        days.append(_working_day(first + timedelta(days=max(offset, 0)), last))
    return sorted(days)


def _working_day(day: date, last: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day if day <= last else last


def _payment(row: BudgetRow, roll: Random, day: date, source: str, amount: Decimal) -> Payment:
    choices = [cells for cells in rows("payees") if cells[0] == row.project.sector]
    payee, summary = choices[min(roll.randrange(len(choices) + 1), len(choices) - 1)][1:]
    if roll.random() < 0.5:
        payee, summary = choices[0][1:]
    number = str(max(int(row.project.quantity) // 10, roll.randint(12, 60)))
    fill = {"m": day.month, "n": number}
    return Payment(
        day,
        row.year,
        row.project.code,
        row.project.name,
        source,
        amount,
        payee.format(**fill),
        summary.format(**fill),
    )


def _with_refund(row: BudgetRow, roll: Random, made: list[Payment]) -> list[Payment]:
    """Every thirtieth project or so overpaid once and had the surplus returned: the sum stays as it was."""
    if (
        dice("refund", row.year, row.project.code).randint(1, 24) != 1
        or len(made) < 4
        or row.project == flagship()
    ):
        return made
    place = roll.randint(0, len(made) - 3)
    wrong = made[place]
    surplus = max((wrong.amount_yuan / 20).quantize(Decimal(100)), Decimal(100)).quantize(FEN)
    paid = Payment(
        wrong.day,
        wrong.year,
        wrong.code,
        wrong.name,
        wrong.source,
        wrong.amount_yuan + surplus,
        wrong.payee,
        wrong.summary,
    )
    day = _working_day(wrong.day + timedelta(days=roll.randint(9, 20)), LAST_DAY[row.year])
    back = Payment(
        day, wrong.year, wrong.code, wrong.name, wrong.source, -surplus, wrong.payee, "多付款项退回"
    )
    return [*made[:place], paid, *made[place + 1 :], back]


def _flagship_2026(row: BudgetRow) -> tuple[list[tuple[str, Decimal]], list[date]]:
    """673.28 万元 in 16 payments by the end of August, 867.84 万元 in 18 by the end of October."""
    until_august, total = Decimal("6732800.00"), spent_wan(row) * WAN
    parts = _split(dice("flagship"), until_august - row.carryover_wan * WAN, 15)
    pieces = [("上年结转", row.carryover_wan * WAN), *(("财政拨款", part) for part in parts)]
    later = (total - until_august) / 2
    first_half = later.quantize(Decimal(100)).quantize(FEN)
    pieces += [("财政拨款", first_half), ("财政拨款", total - until_august - first_half)]
    months = (2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 10)
    days = (12, 10, 24, 9, 23, 8, 15, 26, 5, 16, 26, 10, 24, 6, 14, 28, 22, 23)
    return pieces, [date(2026, month, day) for month, day in zip(months, days, strict=True)]
