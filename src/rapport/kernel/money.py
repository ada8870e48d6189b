"""Money as whole minor units and a currency code (ISO 4217). No floating point anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.numbers import format_currency, get_currency_precision, is_currency

FINEST = Decimal("0.0001")
"""The finest part of a minor unit that a price can have."""


class MoneyError(ValueError):
    """An amount or a currency that cannot be."""


def decimals(currency: str) -> int:
    """Return how many decimals `currency` has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def check_currency(code: str) -> str:
    """Return `code` in capitals, or raise `MoneyError` when it is not an ISO 4217 code."""
    code = code.strip().upper()
    if not is_currency(code):
        raise MoneyError(f"{code or 'an empty code'} is not a currency")
    return code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of `minor` units (cents, pence, yen) of `currency`."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Return `amount` major units of `currency`, rounded half up to its minor unit."""
        code = check_currency(currency)
        try:
            scaled = Decimal(amount).scaleb(decimals(code))
            return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), code)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise MoneyError(f"{amount} is not an amount") from error

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def converted(self, rate: Decimal, currency: str) -> Money:
        """Return this amount in `currency` at `rate` (units of `currency` for one of this one)."""
        return Money.of(self.amount * rate, currency)

    def text(self, locale: str = "en") -> str:
        """Return the amount as people of `locale` write it."""
        return format_currency(self.amount, self.currency, locale=locale)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"cannot add {other.currency} to {self.currency}")


@dataclass(frozen=True, slots=True)
class Price:
    """What one of something costs: `minor` units of `currency` with up to four decimals, as screws cost 0.1 pence."""

    minor: Decimal
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Price:
        """Return `amount` major units of `currency`, rounded half up to a ten-thousandth of its minor unit."""
        code = check_currency(currency)
        try:
            scaled = Decimal(amount).scaleb(decimals(code))
            return cls(scaled.quantize(FINEST, rounding=ROUND_HALF_UP), code)
        except InvalidOperation as error:
            raise MoneyError(f"{amount} is not an amount") from error

    @property
    def amount(self) -> Decimal:
        """The price in major units."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))
