"""The arithmetic of orders: pure, in whole minor units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rapport.kernel.money import decimals


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to, in minor units: net = gross - discount - tax - shipping."""

    gross_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int

    @property
    def net_minor(self) -> int:
        """What is left of gross without discount, tax and shipping."""
        return self.gross_minor - self.discount_minor - self.tax_minor - self.shipping_minor


def line_total(quantity: Decimal, unit_price_minor: Decimal | int, discount_minor: int = 0) -> int:
    """Return what a line adds up to: quantity times price, rounded half up, less its discount."""
    product = (quantity * unit_price_minor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(product) - discount_minor


def totals(lines: Iterable[int], *, discount_minor: int = 0, tax_minor: int = 0, shipping_minor: int = 0) -> Totals:
    """Return the totals of an order whose lines add up to `lines`, with shipping and tax on top of them."""
    gross = sum(lines) + tax_minor + shipping_minor
    return Totals(gross, discount_minor, tax_minor, shipping_minor)


def in_base(minor: int, currency: str, base: str, rate: Decimal) -> int:
    """Return `minor` units of `currency` in minor units of `base`; `rate` is units of base for one of currency."""
    if currency == base and rate == 1:
        return minor
    shift = decimals(base) - decimals(currency)
    return int((Decimal(minor) * rate).scaleb(shift).quantize(Decimal(1), rounding=ROUND_HALF_UP))
