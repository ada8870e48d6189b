"""How figures are said: the value in its unit, its interval, n, target and the rule, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.kernel.money import Money
from rapport.ui import formats
from rapport.ui.components.charts import PERCENT, PLAIN, currency

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure, Span

HOUR, DAY = 60, 24 * 60
MANY = 1_000
"""From so many on, n says enough about how sure a share is."""


def value(number: float | None, unit: str, code: str = "", *, short: bool = True) -> str:
    """Return a value of a metric in words; "" for one that is not known."""
    if number is None:
        return ""
    if unit == "money":
        return formats.money(Money.of(Decimal(str(round(number, 4))), code), "short" if short else "")
    if unit == "%":
        return formats.percent(number / 100)
    if unit == "days":
        return ngettext("%(n)s day", "%(n)s days", round(number)) % {"n": formats.number(number, 1)}
    if unit == "minutes":
        return minutes(number)
    if unit == "times":
        return f"{formats.number(number, 1)} ×"
    if unit == "points":
        return formats.signed(number, 1)
    if unit == "count":
        return formats.compact(number) if short and abs(number) >= 1_000_000 else formats.number(round(number))
    return formats.number(number, 2)


def minutes(number: float) -> str:
    """Return minutes in words, in the unit that says enough: 8 min, 3.5 h, 2.1 days."""
    if number < HOUR:
        return _("%(n)s min") % {"n": formats.number(round(number))}
    if number < 2 * DAY:
        return _("%(n)s h") % {"n": formats.number(number / HOUR, 1)}
    return value(number / DAY, "days")


def of(figure: Figure, *, short: bool = True) -> str:
    """Return the value of a figure in words; "" for one that is not known."""
    return value(figure.value, figure.unit, figure.currency, short=short)


def interval(figure: Figure, *, short: bool = True) -> str:
    """Return the interval of a figure in words, "" without one."""
    if figure.interval is None:
        return ""
    low = value(figure.interval.low, figure.unit, figure.currency, short=short)
    high = value(figure.interval.high, figure.unit, figure.currency, short=short)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def change(figure: Figure) -> tuple[float | None, str]:
    """Return how a figure changed from the last whole step but one to the last, and the unit to say it in.

    Shares and scores change in points; money, counts and days in percent of what they were.
    """
    whole = [point.value for point in figure.trend if not point.partial]
    if len(whole) < 2 or whole[-1] is None or whole[-2] is None:
        return None, ""
    if figure.unit in {"%", "points", "score"}:
        return round(whole[-1] - whole[-2], 1) + 0.0, ""
    if whole[-2] <= 0:
        return None, ""
    return round(100 * (whole[-1] / whole[-2] - 1), 1) + 0.0, " %"


def note(figure: Figure) -> str:
    """Return what has to be said beside a figure: refusal, or interval, n and target."""
    if figure.refused:
        return figure.refused
    parts = []
    if figure.target is not None:
        parts.append(_("target %(value)s") % {"value": value(figure.target, figure.unit, figure.currency)})
    if said := interval(figure):
        parts.append(said)
    if (slow := figure.more.get("p90")) is not None:
        parts.append(_("9 of 10 within %(value)s") % {"value": value(slow, figure.unit, figure.currency)})
    if figure.unit != "count":
        parts.append(_("n %(n)s") % {"n": formats.number(figure.n)})
    if not figure.enough:
        parts.append(_("too few to rely on"))
    if figure.partial:
        parts.append(_("still running"))
    return " · ".join(parts)


def span(period: Span) -> str:
    """Return a period in words: its first and its last day."""
    from datetime import timedelta

    last = formats.day(period.end - timedelta(days=1))
    if period.start is None:
        return _("everything up to %(day)s") % {"day": last}
    return _("%(first)s to %(last)s") % {"first": formats.day(period.start), "last": last}


def number_format(figure: Figure) -> Mapping[str, object]:
    """Return the format of a figure's values in charts."""
    if figure.unit == "money":
        return currency(figure.currency)
    return PERCENT if figure.unit == "%" else PLAIN
