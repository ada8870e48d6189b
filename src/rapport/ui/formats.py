"""Numbers, money, dates and stretches of time as the reader writes them: their language and their zone.

Language and zone are the active ones of Django (`translation.activate`, `timezone.activate`). A missing value
reads as an en dash, never as 0.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.money import Money, Price

Number = int | float | Decimal

MISSING = "–"
MINUS = "−"
NOUNS_LARGE = frozenset({"de", "lb"})
"""Languages that write nouns with a capital wherever they stand."""


@lru_cache(maxsize=32)
def _parse(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_GB")


def locale() -> Locale:
    """Return the reader's locale. Plain English means British dates: 3 Dec, 24 hours."""
    code = get_language() or "en"
    return _parse("en-GB" if code == "en" else code)


def _short_locale() -> Locale:
    """Return the locale for words of time; international English has the shortest: 2h ago."""
    return _parse("en") if locale().language == "en" else locale()


def number(value: Number | None, digits: int | None = None) -> str:
    """Return `value` grouped, with exactly `digits` decimals (by default none for whole numbers, up to 2)."""
    if value is None:
        return MISSING
    return _number(value, digits, locale())


@lru_cache(maxsize=4096)
def _number(value: Number, digits: int | None, where: Locale) -> str:
    whole = where.decimal_formats[None].pattern.split(".")[0]  # how this language groups
    pattern = whole + ".##" if digits is None else whole[:-1] + _decimals(digits)
    return _signed(format_decimal(value, format=pattern, locale=where))


def compact(value: Number | None) -> str:
    """Return a large number in three figures or so: 16.4K, 7.31M."""
    if value is None:
        return MISSING
    return _signed(format_compact_decimal(value, fraction_digits=_few(value), locale=locale()))


def percent(value: Number | None, digits: int = 1) -> str:
    """Return the share `value` (0 to 1) in percent with `digits` decimals."""
    if value is None:
        return MISSING
    pattern = locale().percent_formats[None].pattern
    return _signed(format_percent(value, format=re.sub("0(?![,0])", _decimals(digits), pattern), locale=locale()))


def stars(value: int) -> str:
    """Return a rating of 1 to 5 as stars: ★★★☆☆."""
    return "★" * value + "☆" * (5 - value)


def signed(value: Number | None, digits: int | None = None) -> str:
    """Return `value` with its sign: +1.2, −3, 0."""
    if value is None:
        return MISSING
    text = number(value, digits)
    return f"+{text}" if value > 0 else text


def money(value: Money | Price | None, style: str = "") -> str:
    """Return an amount of money, or the price of one with all its decimals.

    `style` of an amount: "" exact, "whole" without decimals, "short" in few figures.
    """
    if isinstance(value, Price):
        amount = value.amount.normalize()
        return _signed(format_currency(amount, value.currency, locale=locale(), decimal_quantization=False))
    return MISSING if value is None else _money(value, style, locale())


@lru_cache(maxsize=4096)
def _money(value: Money, style: str, where: Locale) -> str:
    if style == "short" and abs(value.amount) >= 10_000:
        digits = _few(value.amount)
        text = format_compact_currency(value.amount, value.currency, fraction_digits=digits, locale=where)
    elif style in {"short", "whole"}:
        pattern = re.sub(r"\.0+", "", where.currency_formats["standard"].pattern)
        text = format_currency(value.amount, value.currency, pattern, locale=where, currency_digits=False)
    else:
        text = format_currency(value.amount, value.currency, locale=where)
    return _signed(text)


def day(value: date | datetime | None, style: str = "") -> str:
    """Return a day in the reader's zone: "27 Nov", with the year when it is not the present one.

    `style`: "week" adds the weekday, "full" is everything in words.
    """
    if value is None:
        return MISSING
    when = _local(value)
    plain = when.date() if isinstance(when, datetime) else when
    if style == "full":
        return format_date(plain, "full", locale=locale())
    same_year = plain.year == timezone.localtime(clock.now()).year
    skeleton = ("MMMEd" if style == "week" else "MMMd") if same_year else "yMMMd"
    return _day(plain, skeleton, locale())


@lru_cache(maxsize=4096)
def _day(value: date, skeleton: str, where: Locale) -> str:
    return str(format_skeleton(skeleton, value, locale=where))


def hour(value: datetime | None) -> str:
    """Return the time of the day in the reader's zone: 09:12."""
    if value is None:
        return MISSING
    when = timezone.localtime(value)
    return _hour(when.hour, when.minute, locale())


@lru_cache(maxsize=4096)
def _hour(hours: int, minutes: int, where: Locale) -> str:
    return format_time(time(hours, minutes), "short", locale=where)


def moment(value: datetime | None, style: str = "") -> str:
    """Return a moment in the reader's zone: the hour when it is today, else the day and the hour.

    `style`: "full" has weekday, year and zone too.
    """
    if value is None:
        return MISSING
    when = timezone.localtime(value)
    if style == "full":
        return f"{_day(when.date(), 'yMMMEd', locale())}, {hour(value)} {when.tzname()}"
    if when.date() == timezone.localtime(clock.now()).date():
        return hour(value)
    return f"{day(value)}, {hour(value)}"


def ago(value: date | datetime | None) -> str:
    """Return how long ago (or in how long) `value` is, in one unit: 20min ago, 2h ago, in 3 days."""
    if value is None:
        return MISSING
    now = timezone.localtime(clock.now())
    when = _local(value)
    delta = when - now if isinstance(when, datetime) else when - now.date()
    size = abs(delta)
    if isinstance(when, datetime) and size < timedelta(minutes=1):
        return _("now")
    if not size:
        return _("today")
    return _in_unit(delta, _unit(size), direction=True)


def duration(value: timedelta | None) -> str:
    """Return a stretch of time in one unit: 26 min, 18 h, 5 days."""
    return MISSING if value is None else _in_unit(value, _unit(abs(value)), direction=False)


Unit = Literal["year", "month", "day", "hour", "minute", "second"]

_UNITS: tuple[tuple[timedelta, Unit], ...] = (
    (timedelta(minutes=1), "second"),
    (timedelta(hours=1), "minute"),
    (timedelta(days=1), "hour"),
    (timedelta(days=100), "day"),
    (timedelta(days=730), "month"),
)


_LENGTHS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}  # fmt: skip -- as Babel counts them


def _unit(size: timedelta) -> Unit:
    """Return the unit in which `size` is still a small number that says enough."""
    return next((unit for limit, unit in _UNITS if size < limit), "year")


def _in_unit(delta: timedelta, unit: Unit, *, direction: bool) -> str:
    count = round(abs(delta) / _LENGTHS[unit])
    return _said(-count if delta < timedelta() else count, unit, direction, _short_locale())


@lru_cache(maxsize=4096)
def _said(count: int, unit: Unit, direction: bool, where: Locale) -> str:
    """Return so many units in words; below zero it is past."""
    width: Literal["narrow", "short"] = "narrow" if direction else "short"
    return format_timedelta(
        count * _LENGTHS[unit], granularity=unit, threshold=float("inf"), add_direction=direction, format=width,
        locale=where,
    )  # fmt: skip


def inside(label: object) -> str:
    """Return a label as it stands inside a sentence: with a small letter, but where nouns are written with a capital.

    So is what begins with several capitals, which is a name: "CSAT score".
    """
    text = str(label)
    if (get_language() or "").partition("-")[0] in NOUNS_LARGE or text[1:2].isupper():
        return text
    return text[:1].lower() + text[1:]


def _local(value: date | datetime) -> date | datetime:
    """Return a moment in the reader's zone; a plain day stays as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) else value


def _few(value: Number) -> int:
    """Return how many decimals leave about three figures of a number written in thousands or millions."""
    figures = len(str(abs(int(value))))
    return 0 if figures < 4 else 2 - (figures - 1) % 3


def _decimals(digits: int) -> str:
    """Return the end of a number pattern with `digits` decimals: 0, 0.0, 0.00."""
    return "0." + "0" * digits if digits else "0"


def _signed(text: str) -> str:
    """Return `text` with the true minus sign, which is as wide as a plus."""
    return text.replace("-", MINUS, 1) if text.startswith(("-", "\u200e-")) else text
