"""Values and periods in words, in the language that is active and the zone of the context."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rapport.kernel.conditions import values
from rapport.kernel.conditions.moments import Ctx
from rapport.kernel.conditions.registry import Field, Type
from rapport.kernel.money import Money


def said(value: Any, field: Field, ctx: Ctx) -> str:
    """Return a value of a condition in words: the label of a choice, money and dates as people write them."""
    match value:
        case tuple():
            return listed([said(one, field, ctx) for one in value])
        case bool():
            return _("yes") if value else _("no")
        case str() | int() if field.type in {Type.CHOICE, Type.CHOICES}:
            return _label(value, field)
        case str():
            return f"“{value}”" if value != value.strip() or not value else value
        case int() | Decimal() if field.type is Type.MONEY:
            return _money(Decimal(value), ctx.currency)
        case int() | Decimal():
            return formats.localize(value)
        case values.Amount():
            return _money(Decimal(value.amount), value.currency)
        case values.Me():
            return _("me")
        case values.MyTeam():
            return _("my team")
        case values.Length():
            return counted(value.n, value.unit)
    return moment(value, ctx)


def listed(words: Sequence[str]) -> str:
    """Return words as people list them: "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def moment(value: Any, ctx: Ctx) -> str:
    """Return a day or a moment in words."""
    match value:
        case values.Day():
            return formats.date_format(value.on, "DATE_FORMAT")
        case values.Instant():
            return formats.date_format(value.at.astimezone(ZoneInfo(ctx.zone)), "DATETIME_FORMAT")
        case values.Today() | values.Now():
            return _relative(value)
    raise AssertionError(f"{value!r} is no value of a condition")


def _relative(value: values.Today | values.Now) -> str:
    if isinstance(value, values.Today) and value.unit == "day" and abs(value.shift) <= 1:
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[value.shift]
    if value.shift == 0:
        return _("now")
    length = counted(abs(value.shift), value.unit)
    return _("%(length)s ago") % {"length": length} if value.shift < 0 else _("in %(length)s") % {"length": length}


def period(value: Any, ctx: Ctx) -> str:
    """Return a period in words, with its preposition: "in the last 7 days", "this month", "from … to …"."""
    match value:
        case values.Last():
            return _("in the last %(length)s") % {"length": counted(value.n, value.unit)}
        case values.Next():
            return _("in the next %(length)s") % {"length": counted(value.n, value.unit)}
        case values.Calendar():
            return _calendar(value)
        case values.Span():
            return _("from %(start)s to %(end)s") % {
                "start": moment(value.start, ctx),
                "end": moment(value.end, ctx),
            }
    raise AssertionError(f"{value!r} is no period")


def _calendar(value: values.Calendar) -> str:
    return {
        ("previous", "day"): _("yesterday"),
        ("this", "day"): _("today"),
        ("following", "day"): _("tomorrow"),
        ("previous", "week"): _("last week"),
        ("this", "week"): _("this week"),
        ("following", "week"): _("next week"),
        ("previous", "month"): _("last month"),
        ("this", "month"): _("this month"),
        ("following", "month"): _("next month"),
        ("previous", "quarter"): _("last quarter"),
        ("this", "quarter"): _("this quarter"),
        ("following", "quarter"): _("next quarter"),
        ("previous", "year"): _("last year"),
        ("this", "year"): _("this year"),
        ("following", "year"): _("next year"),
    }[value.which, value.unit]


def counted(n: int, unit: str) -> str:
    """Return a number of units in words: "3 weeks"."""
    template = {
        "second": ngettext("%(n)s second", "%(n)s seconds", n),
        "minute": ngettext("%(n)s minute", "%(n)s minutes", n),
        "hour": ngettext("%(n)s hour", "%(n)s hours", n),
        "day": ngettext("%(n)s day", "%(n)s days", n),
        "week": ngettext("%(n)s week", "%(n)s weeks", n),
        "month": ngettext("%(n)s month", "%(n)s months", n),
        "quarter": ngettext("%(n)s quarter", "%(n)s quarters", n),
        "year": ngettext("%(n)s year", "%(n)s years", n),
    }[unit]
    return template % {"n": formats.localize(n)}


def found(value: Any, field: Field, ctx: Ctx, currency: str = "") -> str:
    """Return a value as it was found on a thing in words; money is in minor units of `currency`."""
    if field.type is Type.MONEY:
        return Money(int(value), currency or ctx.currency).text(get_language() or "en")
    if field.type is Type.DURATION:
        return counted(int(value), "second")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(value.astimezone(ZoneInfo(ctx.zone)), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if field.type in {Type.CHOICE, Type.CHOICES}:
        return _label(value, field)
    return str(formats.localize(value)) if isinstance(value, int | float | Decimal) else str(value)


def _label(value: Any, field: Field) -> str:
    return next((label for key, label in field.options() if str(key) == str(value)), str(value))


def _money(amount: Decimal, currency: str) -> str:
    return Money.of(amount, currency).text(get_language() or "en")
