"""Amounts: what is read, what is refused, how it is rounded, shown and shared out."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import MoneyError, divide, from_wan, half_up, percent_text, share_out, wan_text, yuan

amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2)


@pytest.mark.parametrize(
    ("entered", "read"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("12,345,678.9", "12345678.90"),
        ("１，２３４．５６", "1234.56"),
        (" 0 ", "0.00"),
        ("-1,234.50", "-1234.50"),
        ("＋5", "5.00"),
        ("0012.500", "12.50"),
        (100, "100.00"),
        (Decimal("0.1"), "0.10"),
        (Decimal("1E+3"), "1000.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_yuan_reads(entered, read):
    assert str(yuan(entered)) == read


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        (1.5, "金额“1.5”不是精确的十进制数，请按文本或整数填写，例如 1,234.56。"),
        (True, "金额“True”不是精确的十进制数，请按文本或整数填写，例如 1,234.56。"),
        (None, "金额“None”不是精确的十进制数，请按文本或整数填写，例如 1,234.56。"),
        ("", "金额“”不是数字，请填写形如 1,234.56 的数字。"),
        ("NaN", "金额“NaN”不是数字，请填写形如 1,234.56 的数字。"),
        ("1e5", "金额“1e5”不是数字，请填写形如 1,234.56 的数字。"),
        ("12,34.00", "金额“12,34.00”不是数字，请填写形如 1,234.56 的数字。"),
        ("80万元", "金额“80万元”不是数字，请填写形如 1,234.56 的数字。"),
        ("1.234", "金额“1.234”的小数超过 2 位，请以元为单位最多保留 2 位小数。"),
        (Decimal("NaN"), "金额“NaN”超出可登记的范围，请填写小于 10,000,000,000,000,000 元的数字。"),
        (Decimal("-Infinity"), "金额“-Infinity”超出可登记的范围，请填写小于 10,000,000,000,000,000 元的数字。"),
        (10**16, "金额“10000000000000000”超出可登记的范围，请填写小于 10,000,000,000,000,000 元的数字。"),
    ],
)
def test_yuan_refuses(entered, sentence):
    with pytest.raises(MoneyError) as refusal:
        yuan(entered)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("entered", "read"), [("1,280", "12800000.00"), ("0.000001", "0.01"), ("89.974", "899740.00"), (-3, "-30000.00")]
)
def test_from_wan_reads(entered, read):
    assert str(from_wan(entered)) == read


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ("0.0000001", "金额“0.0000001”的小数超过 6 位，请以万元为单位最多保留 6 位小数。"),
        (10**12, "金额“1000000000000”超出可登记的范围，请填写小于 1,000,000,000,000 万元的数字。"),
    ],
)
def test_from_wan_refuses(entered, sentence):
    with pytest.raises(MoneyError) as refusal:
        from_wan(entered)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("12800000", "1,280.00"),
        ("2518900", "251.89"),
        ("49.99", "0.00"),
        ("50", "0.01"),
        ("-50", "-0.01"),
        ("-49.99", "0.00"),
        ("4350000000", "435,000.00"),
    ],
)
def test_wan_text(amount, shown):
    assert wan_text(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("ratio", "places", "shown"),
    [
        (Fraction(10, 12), 1, "83.3%"), (Decimal("0.498839"), 2, "49.88%"),
        (1, 0, "100%"), (Decimal("0.0005"), 1, "0.1%"),
    ],
)
def test_percent_text(ratio, places, shown):
    assert percent_text(ratio, places) == shown


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("2.345", 2, "2.35"),
        ("2.335", 2, "2.34"),
        ("-2.345", 2, "-2.35"),
        ("2.3449999999999999999999999999999999", 2, "2.34"),
        ("0.5", 0, "1"),
        ("7", 2, "7.00"),
        ("123456789012345678901234567890.125", 2, "123456789012345678901234567890.13"),
    ],
)
def test_half_up(value, places, rounded):
    assert str(half_up(Decimal(value), places)) == rounded


def test_divide_rounds_once():
    assert divide(10 * Decimal("154.74"), Decimal("310.2")) == Decimal("4.99")
    assert divide(1, 3, 4) == Decimal("0.3333")
    with pytest.raises(ZeroDivisionError):
        divide(1, 0)


@settings(deadline=None)
@given(st.fractions(min_value=-(10**9), max_value=10**9), st.integers(min_value=0, max_value=6))
def test_half_up_is_nearest_and_ties_go_away_from_zero(value, places):
    step = Fraction(1, 10**places)
    rounded = Fraction(half_up(value, places))
    assert (rounded / step).denominator == 1
    assert abs(rounded - value) <= step / 2
    if abs(rounded - value) == step / 2:
        assert abs(rounded) > abs(value)


@settings(deadline=None)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=5))
def test_half_up_agrees_with_decimal_quantize(value):
    assert half_up(value) == value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("100.00", [Decimal("0.5"), 0, Decimal("1.5")], ["25.00", "0.00", "75.00"]),
        ("10.00", [1, 2, 4], ["1.43", "2.86", "5.71"]),
        ("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("0", [3, 5], ["0.00", "0.00"]),
    ],
)
def test_share_out(total, weights, parts):
    assert [str(part) for part in share_out(Decimal(total), weights)] == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_share_out_refuses_weights_that_cannot_share(weights):
    with pytest.raises(MoneyError) as refusal:
        share_out(Decimal("10.00"), weights)
    assert str(refusal.value) == "分摊权重须不小于 0 且至少一项大于 0，请检查各项权重后重试。"


@settings(deadline=None)
@given(amounts, st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any))
def test_share_out_adds_up_and_stays_within_a_fen(total, weights):
    parts = share_out(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(total) * weight / sum(weights)) < Fraction(1, 100)
