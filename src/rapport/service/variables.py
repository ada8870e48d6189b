"""Variables in canned answers and macros: {{customer.name}} stands for the name of the ticket's customer.

A text is checked when it is saved, so that a slip of the pen is told to its writer and not to a customer. Filling in is
one pass over the text: what a value contains is never read as a variable. What is missing reads as nothing, or as what
stands after a bar: {{customer.given_name|there}}.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rapport.kernel import clock, fields
from rapport.kernel.actors import Actor
from rapport.service.models import Ticket
from rapport.team.queries import organisation

_VARIABLE = re.compile(r"\{\{\s*(?P<name>[^{}|]*?)\s*(?:\|(?P<other>[^{}]*))?\}\}")
_BROKEN = re.compile(r"\{\{|\}\}")
CUSTOM = {"customer.custom.": "customer", "ticket.custom.": "ticket"}


class UnknownVariable(ValueError):
    """A text holds a variable that there is not, or braces that do not close; `name` is what was written."""

    def __init__(self, name: str, close: str = "") -> None:
        words = {"name": name, "close": close}
        told = _("There is no variable %(name)s; is %(close)s meant?") if close else _("There is no variable %(name)s.")
        super().__init__(told % words)
        self.name = name


Reader = Callable[[Ticket, Actor], Any]
READERS: Mapping[str, Reader] = {
    "customer.name": lambda ticket, by: ticket.requester and ticket.requester.name,
    "customer.given_name": lambda ticket, by: ticket.requester and _given(ticket),
    "customer.family_name": lambda ticket, by: ticket.requester and ticket.requester.family_name,
    "customer.number": lambda ticket, by: ticket.requester and ticket.requester.code,
    "customer.city": lambda ticket, by: ticket.requester and ticket.requester.city,
    "company.name": lambda ticket, by: ticket.company and ticket.company.name,
    "ticket.number": lambda ticket, by: ticket.code,
    "ticket.subject": lambda ticket, by: ticket.subject,
    "ticket.status": lambda ticket, by: ticket.status.name,
    "ticket.queue": lambda ticket, by: ticket.queue and ticket.queue.name,
    "ticket.opened": lambda ticket, by: date_format(timezone.localtime(ticket.opened_at), "DATE_FORMAT"),
    "order.number": lambda ticket, by: ticket.order and ticket.order.number,
    "product.name": lambda ticket, by: ticket.product and (ticket.product.name or ticket.product.sku),
    "agent.name": lambda ticket, by: by.name,
    "agent.given_name": lambda ticket, by: by.name.split(" ")[0],
    "owner.name": lambda ticket, by: ticket.owner and ticket.owner.name,
    "organisation.name": lambda ticket, by: organisation().name,
    "today": lambda ticket, by: date_format(clock.today(organisation().zone), "DATE_FORMAT"),
}


def check(text: str) -> None:
    """Raise `UnknownVariable` for the first variable of a text that there is not, and for braces that do not close."""
    for found in _VARIABLE.finditer(text):
        name = found["name"]
        if name not in READERS and not _is_custom(name):
            close = get_close_matches(name, READERS, n=1)
            raise UnknownVariable(name or "{{}}", close[0] if close else "")
    broken = _BROKEN.search(_VARIABLE.sub("", text))
    if broken:
        raise UnknownVariable(broken[0])


def fill(text: str, ticket: Ticket, *, by: Actor, html: bool = False) -> str:
    """Return a text with its variables filled in for a ticket that `by` answers; with `html` the values are escaped.

    A variable that was taken away since the text was saved (a custom field) reads as nothing.
    """

    def value(found: re.Match[str]) -> str:
        known = _value(found["name"], ticket, by)
        shown = str(known) if known not in (None, "", []) else (found["other"] or "").strip()
        return escape(shown) if html else shown

    return _VARIABLE.sub(value, text)


def _value(name: str, ticket: Ticket, by: Actor) -> Any:
    if name in READERS:
        return READERS[name](ticket, by)
    for prefix, noun in CUSTOM.items():
        if name.startswith(prefix):
            row = ticket if noun == "ticket" else ticket.requester
            found = row.custom.get(name.removeprefix(prefix)) if row else None
            return ", ".join(map(str, found)) if isinstance(found, list) else found
    return None


def _is_custom(name: str) -> bool:
    for prefix, noun in CUSTOM.items():
        if name.startswith(prefix):
            return fields.declared(noun).filter(key=name.removeprefix(prefix)).exists()
    return False


def _given(ticket: Ticket) -> str:
    requester = ticket.requester
    return (requester.given_name or requester.name.split(" ")[0]) if requester else ""
