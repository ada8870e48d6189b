"""Columns of the custom fields that a firm added to a noun: shown, sorted by, exported and changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Field, FloatField, TextField
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rapport.kernel.fields import live
from rapport.kernel.models import CustomField
from rapport.kernel.money import Money
from rapport.staff.listing.nouns import OWN, Column, Edit, Look, Plain, Sort
from rapport.ui import formats
from rapport.ui.components import leaves

Kind = CustomField.Type
Values = Callable[[Any], Mapping[str, Any]]
NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.RATING)
UNSORTED = (Kind.LONG_TEXT, Kind.CHOICES)


def columns(noun: str, of: Values, edit: Callable[[CustomField], Edit] | None = None) -> list[Column]:
    """Return a column for each live custom field of `noun`; `of` gives the values of a row of the list."""
    return [_column(field, of, edit) for field in live(noun)]


def _column(field: CustomField, of: Values, edit: Callable[[CustomField], Edit] | None) -> Column:
    kind = Kind(field.type)
    return Column(
        f"{OWN}{field.key}",
        field.label,
        lambda row, look: cell(field, of(row).get(field.key), look),
        lambda row, look: plain(field, of(row).get(field.key), look),
        "num" if kind in NUMBERS else "",
        sort=None if kind in UNSORTED else Sort(f"{OWN}{field.key}", optional=True, expression=_expression(field)),
        clip=kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.URL},
        shown=False,
        edit=edit(field) if edit is not None else None,
    )


def _expression(field: CustomField) -> Combinable:
    """Return what rows are sorted by: numbers by size, everything else by its text (days are written year first)."""
    text = KeyTextTransform(field.key, "custom")
    output: Field[Any, Any] = FloatField() if field.type in NUMBERS else TextField()
    return Cast(text, output)


def cell(field: CustomField, value: Any, look: Look) -> object:
    """Return how a value is shown in its cell."""
    if value in (None, "", []):
        return leaves.EMPTY
    match Kind(field.type):
        case Kind.DATE:
            return leaves.when(date.fromisoformat(str(value)), "day")
        case Kind.DATETIME:
            return leaves.when(datetime.fromisoformat(str(value)), "moment")
        case Kind.CHOICE:
            return leaves.pill(value)
        case Kind.CHOICES:
            pills = "".join(leaves.pill(one) for one in value)
            return format_html('<span class="row-tight">{}</span>', SafeString(pills))
    if leads := href(field, value):
        words = str(value).split("://")[-1]
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', leads, words)
    return said(field, value, look.currency)


def said(field: CustomField, value: Any, currency: str) -> str:
    """Return a value that is there in words; amounts are in `currency`."""
    match Kind(field.type):
        case Kind.BOOLEAN:
            return _("Yes") if value else _("No")
        case Kind.NUMBER:
            return formats.number(value)
        case Kind.PERCENT:
            return formats.percent(value / 100, 0 if value == int(value) else 2)
        case Kind.RATING:
            return formats.stars(int(value))
        case Kind.MONEY:
            return formats.money(Money(int(value), currency))
        case Kind.DATE:
            return formats.day(date.fromisoformat(str(value)))
        case Kind.DATETIME:
            return formats.moment(datetime.fromisoformat(str(value)))
        case Kind.CHOICES:
            return ", ".join(value)
    return str(value)


def href(field: CustomField, value: Any) -> str:
    """Return where a value leads: to its page, a mail or a call; "" for most."""
    before = {Kind.URL: "", Kind.EMAIL: "mailto:", Kind.PHONE: "tel:"}.get(Kind(field.type))
    return "" if before is None else f"{before}{value}"


def plain(field: CustomField, value: Any, look: Look) -> Plain:
    """Return a value as an export holds it."""
    if value in (None, "", []):
        return None
    match Kind(field.type):
        case Kind.MONEY:
            return Money(int(value), look.currency).amount
        case Kind.NUMBER | Kind.PERCENT | Kind.RATING:
            return value if isinstance(value, int | float) else str(value)
        case Kind.BOOLEAN:
            return _("Yes") if value else _("No")
        case Kind.CHOICES:
            return ", ".join(value)
    return str(value)
