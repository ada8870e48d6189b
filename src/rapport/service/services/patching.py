"""Field-level patches of a ticket: what may be set, what changed, and what two people changed at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.kernel import fields
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Door
from rapport.kernel.models import EventRecord
from rapport.service.models import Ticket

EDITABLE = frozenset({"type", "subject", "priority", "requester_id", "company_id", "order_id", "product_id", "tags"})
AT_OPENING = frozenset({"type", "priority", "channel", "order_id", "product_id", "sample"})
CHOICES = {"type": Ticket.Type, "priority": Ticket.Priority}
ROWS: dict[str, type[Any]] = {
    "requester_id": Customer,
    "company_id": Customer,
    "order_id": Order,
    "product_id": Product,
}
CUSTOM = "custom."


class UnknownField(ValueError):
    """A field that a ticket does not have, that a verb of its own changes, or a value that it does not take."""


class NoSuchRow(ValueError):
    """The customer, order or product is not there, or not within the actor's reach."""


class Conflict(ValueError):
    """Somebody else changed the same fields meanwhile.

    `fields` maps each to (what stands there now, what was to be written); `version` is the ticket's now.
    """

    def __init__(self, version: int, both: Mapping[str, tuple[Any, Any]]) -> None:
        super().__init__(_("Somebody else changed %(fields)s meanwhile.") % {"fields": ", ".join(sorted(both))})
        self.version = version
        self.fields = dict(both)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return tags without blanks around them, each once (whatever its case), in their order."""
    found: dict[str, str] = {}
    for tag in tags:
        plain = " ".join(str(tag).split())[:60]
        if plain:
            found.setdefault(plain.casefold(), plain)
    return list(found.values())


def check_new(values: Mapping[str, Any], by: Actor) -> None:
    """Raise `UnknownField` or `NoSuchRow` for values that a new ticket cannot have."""
    _check_names(values, AT_OPENING)
    _check_values(values, by)


def apply(row: Ticket, values: Mapping[str, Any], custom: Mapping[str, Any] | None, by: Actor) -> dict[str, list[Any]]:
    """Set values on a locked ticket and return what changed: field → [old, new] as JSON holds it.

    Custom fields are named `custom.<key>`. Raises `UnknownField`, `NoSuchRow`, `fields.InvalidField`.
    """
    _check_names(values, EDITABLE)
    wanted = {**values}
    if "tags" in wanted:
        wanted["tags"] = clean_tags(wanted["tags"])
    if "subject" in wanted:
        wanted["subject"] = str(wanted["subject"]).strip()[:300]
    differing = {key: new for key, new in wanted.items() if getattr(row, key) != new}
    _check_values(differing, by)
    changes = {key: [_plain(getattr(row, key)), _plain(new)] for key, new in differing.items()}
    for key, new in differing.items():
        setattr(row, key, new)
    if custom is not None:
        changes |= _apply_custom(row, custom)
    return changes


def check_version(row: Ticket, version: int, changes: Mapping[str, list[Any]]) -> None:
    """Raise `Conflict` when a field of `changes` was changed after `version`, to something else than is wanted now."""
    if row.version == version:
        return
    news = EventRecord.objects.filter(
        subject_id=row.pk, type="service.ticket_changed", data__version__gt=version
    ).values_list("data__changes", flat=True)
    touched = {name for changed in news for name in (changed or {})}
    both = {name: (old, new) for name, (old, new) in changes.items() if name in touched}
    if both:
        raise Conflict(row.version, both)


def columns(changes: Mapping[str, Any]) -> list[str]:
    """Return the columns to save for changes."""
    return sorted({"custom" if name.startswith(CUSTOM) else name.removesuffix("_id") for name in changes})


def summary(changes: Mapping[str, Any]) -> str:
    """Return in words what changed."""
    labels = []
    for key in changes:
        if key.startswith(CUSTOM):
            labels.append(key.removeprefix(CUSTOM))
        else:
            labels.append(str(getattr(Ticket._meta.get_field(key.removesuffix("_id")), "verbose_name", key)))
    return _("changed %(fields)s") % {"fields": ", ".join(labels)}


def _apply_custom(row: Ticket, given: Mapping[str, Any]) -> dict[str, list[Any]]:
    cleaned = fields.clean("ticket", given, partial=True)
    before = dict(row.custom)
    row.custom = {**{key: value for key, value in before.items() if key not in given}, **cleaned}
    return {
        f"{CUSTOM}{key}": [before.get(key), row.custom.get(key)]
        for key in given
        if before.get(key) != row.custom.get(key)
    }


def _check_names(values: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = values.keys() - known
    if unknown:
        raise UnknownField(_("A ticket has no field %(field)s.") % {"field": ", ".join(sorted(unknown))})


def _check_values(values: Mapping[str, Any], by: Actor) -> None:
    for key, choices in CHOICES.items():
        if key in values and values[key] not in choices.values:
            raise UnknownField(_("There is no %(field)s %(value)s.") % {"field": key, "value": values[key]})
    for key, model in ROWS.items():
        wanted = values.get(key)
        door: Door[Any] = model.objects.visible_to(by)
        if wanted is not None and not door.filter(pk=wanted).exists():
            raise NoSuchRow(_("There is no such row for %(field)s.") % {"field": key.removesuffix("_id")})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
