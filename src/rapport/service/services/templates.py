"""Templates: tickets to start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock, fields
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.service.events import (
    ChecklistChanged,
    OfferEnded,
    ServiceSettingChanged,
    TicketAssigned,
    TicketChanged,
    TicketOpened,
    TicketQueued,
)
from rapport.service.models import Queue, Ticket, TicketTemplate
from rapport.service.permissions import CHANGE
from rapport.service.services import assigning, checklists, patching, sharing, tickets
from rapport.team.models import Team

NOUN = "template"
EDITABLE = frozenset({"type", "subject", "priority", "queue_id", "tags", "custom", "checklist"})


class Nameless(ValueError):
    """A template needs a name."""


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def add(name: str, *, by: Actor, scope: str = sharing.MINE, team: Team | None = None, **values: Any) -> TicketTemplate:
    """Add a template with `values` of the editable fields and return it.

    Raises `Nameless`, `patching.UnknownField`, `patching.NoSuchRow`, `fields.InvalidField`, `sharing.NoTeam`.
    """
    at = clock.now()
    row = TicketTemplate(created_at=at, updated_at=at)
    sharing.place(row, scope, team, by)
    _write(row, name, values, by)
    sharing.tell(row, NOUN, "added", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def change(template: TicketTemplate, *, by: Actor, name: str = "", **values: Any) -> TicketTemplate:
    """Set the name and `values` of a template. Raises as `add`, and `OutOfReach` for somebody else's own."""
    row = sharing.locked(template, by)
    _write(row, name or row.name, values, by)
    sharing.tell(row, NOUN, "changed", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def archive(template: TicketTemplate, *, by: Actor) -> TicketTemplate:
    """Take a template out of use. Raises `OutOfReach`, `Forbidden`."""
    row = sharing.locked(template, by)
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at", "updated_at"])
    sharing.tell(row, NOUN, "archived", by)
    return row


@verb(CHANGE, publishes=(TicketOpened, ChecklistChanged), offer=("mcp",))
def open_from(
    template: TicketTemplate, *, by: Actor, requester: Customer | None = None, subject: str = "", **values: Any
) -> Ticket:
    """Open a ticket from a template, with its checklist; what is given goes before what it says.

    Raises as `tickets.open`, and `OutOfReach` for somebody else's own template.
    """
    row = sharing.usable(TicketTemplate, template.pk, by)
    ticket = tickets.open(
        subject or row.subject,
        by=by,
        requester=requester,
        **{
            "type": row.type,
            "priority": row.priority,
            "queue": row.queue if row.queue and row.queue.archived_at is None else None,
            "tags": row.tags,
            "custom": row.custom,
            **values,
        },
    )
    if row.checklist:
        checklists.add(ticket, row.checklist, by=by.with_everything())
    return ticket


@verb(CHANGE, publishes=(TicketChanged, TicketQueued, TicketAssigned, OfferEnded, ChecklistChanged))
def apply(ticket: Ticket, template: TicketTemplate, *, by: Actor) -> Ticket:
    """Give a ticket that was opened otherwise what a template says of queue, tags, custom fields and checklist.

    Its type, priority and subject stay. Raises `OutOfReach` for somebody else's own template, and as `tickets.change`.
    """
    row = sharing.usable(TicketTemplate, template.pk, by)
    inner = by.with_everything()
    found = tickets.change(ticket, by=inner, tags=[*ticket.tags, *row.tags], custom=row.custom or None)
    if row.queue and row.queue.archived_at is None:
        found = assigning.move(found, row.queue, by=inner)
    if row.checklist:
        checklists.add(found, row.checklist, by=inner)
    return found


def _write(row: TicketTemplate, name: str, values: Mapping[str, Any], by: Actor) -> None:
    row.name = name.strip()[:120]
    if not row.name:
        raise Nameless(_("A template needs a name."))
    unknown = values.keys() - EDITABLE
    if unknown:
        raise patching.UnknownField(_("A ticket has no field %(field)s.") % {"field": ", ".join(sorted(unknown))})
    patching.check_new({key: values[key] for key in ("type", "priority") if key in values}, by)
    if values.get("queue_id") and not Queue.objects.live().filter(pk=values["queue_id"]).exists():
        raise patching.NoSuchRow(_("There is no such row for %(field)s.") % {"field": "queue"})
    for key, value in values.items():
        setattr(row, key, _clean(key, value))
    row.save()


def _clean(key: str, value: Any) -> Any:
    if key == "tags":
        return patching.clean_tags(value)
    if key == "custom":
        return fields.clean("ticket", value, partial=True)
    if key == "checklist":
        return _lines(value)
    return value


def _lines(texts: Iterable[str]) -> list[str]:
    return [text.strip()[:200] for text in texts if text.strip()]
