"""Money without floats: yuan in Decimal with two places, shown in 万元; every rounding goes through `half_up`."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int

FEN = Decimal("0.01")
YUAN_IN_WAN = 10_000
LIMIT_YUAN = Decimal(10) ** 16

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")


class MoneyError(ValueError):
    """What was entered is not an amount; the text is a Chinese sentence for the person who entered it."""


def half_up(value: Number, places: int = 2) -> Decimal:
    """Round to `places` decimals, ties away from zero; exact for values of any length."""
    scaled = Fraction(value) * 10**places
    units = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(f"{units if scaled >= 0 else -units}E-{places}")


def divide(numerator: Number, denominator: Number, places: int = 2) -> Decimal:
    """Divide once and round once. Multiply the numerator out first: the quotient is never rounded in between."""
    return half_up(Fraction(numerator) / Fraction(denominator), places)


def yuan(value: str | int | Decimal) -> Decimal:
    """Read an amount in yuan, "1,234.56" and full-width digits included.

    Raises: MoneyError for a float, anything that is not a number, more than two decimals, or 10^16 yuan and above.
    """
    return _amount(value, unit="元", yuan_each=1, places=2)


def from_wan(value: str | int | Decimal) -> Decimal:
    """Read an amount in 万元 into yuan. Raises: MoneyError as `yuan` does; six decimals of 万元 make two of yuan."""
    return _amount(value, unit="万元", yuan_each=YUAN_IN_WAN, places=6)


def wan_text(amount_yuan: Decimal) -> str:
    """Yuan as 万元 for reading: "1,280.00"."""
    return f"{divide(amount_yuan, YUAN_IN_WAN):,}"


def percent_text(ratio: Number, places: int = 1) -> str:
    """A ratio of 0–1 as "52.6%"."""
    return f"{half_up(Fraction(ratio) * 100, places)}%"


def share_out(total_yuan: Decimal, weights: Sequence[Number]) -> list[Decimal]:
    """Split an amount by weight to the fen; the parts add up to it. Leftover fen go to the largest remainders.

    Raises: MoneyError when a weight is negative or no weight is positive.
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise MoneyError("分摊权重须不小于 0 且至少一项大于 0，请检查各项权重后重试。")
    total = yuan(total_yuan)
    sign, fen = (-1 if total < 0 else 1), int(abs(total) / FEN)
    whole = sum(map(Fraction, weights))
    exact = [fen * Fraction(weight) / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: fen - sum(parts)]:
        parts[place] += 1
    return [sign * part * FEN for part in parts]


def _amount(value: str | int | Decimal, *, unit: str, yuan_each: int, places: int) -> Decimal:
    number = _decimal(value)
    if not number.is_finite() or abs(number) >= LIMIT_YUAN / yuan_each:
        raise MoneyError(f"金额“{value}”超出可登记的范围，请填写小于 {LIMIT_YUAN / yuan_each:,f} {unit}的数字。")
    if number != half_up(number, places):
        raise MoneyError(f"金额“{value}”的小数超过 {places} 位，请以{unit}为单位最多保留 {places} 位小数。")
    return half_up(number * yuan_each)


def _decimal(value: str | int | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise MoneyError(f"金额“{value}”不是精确的十进制数，请按文本或整数填写，例如 1,234.56。")
    text = unicodedata.normalize("NFKC", value).strip()
    if not _PLAIN_NUMBER.fullmatch(text):
        raise MoneyError(f"金额“{value}”不是数字，请填写形如 1,234.56 的数字。")
    return Decimal(text.replace(",", ""))
