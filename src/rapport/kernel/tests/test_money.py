from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.money import Money, MoneyError, Price


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "EUR", 1235),
        ("12.344", "EUR", 1234),
        ("-0.005", "EUR", -1),
        ("1200", "JPY", 1200),
        ("1.2345", "KWD", 1235),
    ],
)
def test_an_amount_is_rounded_half_up_to_its_minor_unit(amount: str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"), [("12", "XXQ"), ("", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR"), ("1,5", "EUR")]
)
def test_what_is_no_amount_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        Money.of(amount, currency)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(MoneyError, match="cannot add USD to EUR"):
        Money(1, "EUR") + Money(1, "USD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_major_units_and_back_lose_nothing(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).amount, currency) == Money(minor, currency)


def test_a_conversion_minds_the_decimals_of_both() -> None:
    assert Money(1000, "EUR").converted(Decimal("160.5"), "JPY") == Money(1605, "JPY")
    assert Money(1605, "JPY").converted(Decimal(1) / Decimal("160.5"), "EUR") == Money(1000, "EUR")


def test_money_reads_as_its_country_writes_it() -> None:
    assert Money(123456, "GBP").text("en_GB") == "£1,234.56"
    assert Money(123456, "EUR").text("de") == "1.234,56\N{NO-BREAK SPACE}€"


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("0.001", "GBP", "0.1"), ("12.50", "GBP", "1250"), ("0.00000055", "JPY", "0")]
)
def test_a_price_keeps_fractions_of_the_minor_unit(amount: str, currency: str, minor: str) -> None:
    assert Price.of(amount, currency) == Price(Decimal(minor), currency)


def test_what_is_no_price_is_refused() -> None:
    with pytest.raises(MoneyError):
        Price.of("1,5", "EUR")
