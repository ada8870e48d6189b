"""Checklists: what is to be done before a ticket is solved."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import ChecklistChanged
from rapport.service.models import ChecklistItem, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services.locking import locked


class NothingToDo(ValueError):
    """A point of a checklist needs words."""


class NotOnList(ValueError):
    """The point is not on the list of this ticket."""


@verb(CHANGE, publishes=(ChecklistChanged,), offer=("mcp",))
def add(ticket: Ticket, texts: Iterable[str], *, by: Actor) -> list[ChecklistItem]:
    """Add points at the end of a ticket's list and return them. Raises `NothingToDo` and as `tickets.change`."""
    row = locked(ticket)
    wanted = [text.strip()[:200] for text in texts if text.strip()]
    if not wanted:
        raise NothingToDo(_("Say what there is to do."))
    last = row.checklist.aggregate(last=Max("position"))["last"] or 0
    made = [
        ChecklistItem.objects.create(ticket=row, position=position, text=text)
        for position, text in enumerate(wanted, start=last + 1)
    ]
    for item in made:
        _tell(row, item, "added", by)
    return made


@verb(CHANGE, publishes=(ChecklistChanged,), offer=("mcp",))
def tick(ticket: Ticket, item: ChecklistItem, *, by: Actor) -> ChecklistItem:
    """Mark a point as done; one that is done stays as it is. Raises `NotOnList` and as `tickets.change`."""
    row, point = _point(ticket, item)
    if point.done_at is None:
        point.done_at, point.done_by_id = clock.now(), by.user_id
        point.save(update_fields=["done_at", "done_by"])
        _tell(row, point, "done", by)
    return point


@verb(CHANGE, publishes=(ChecklistChanged,), offer=("mcp",))
def untick(ticket: Ticket, item: ChecklistItem, *, by: Actor) -> ChecklistItem:
    """Mark a point as not done after all. Raises `NotOnList` and as `tickets.change`."""
    row, point = _point(ticket, item)
    if point.done_at is not None:
        point.done_at = point.done_by = None
        point.save(update_fields=["done_at", "done_by"])
        _tell(row, point, "undone", by)
    return point


@verb(CHANGE, publishes=(ChecklistChanged,))
def remove(ticket: Ticket, item: ChecklistItem, *, by: Actor) -> None:
    """Take a point off the list. Raises `NotOnList` and as `tickets.change`."""
    row, point = _point(ticket, item)
    point.delete()
    _tell(row, point, "removed", by)


def _point(ticket: Ticket, item: ChecklistItem) -> tuple[Ticket, ChecklistItem]:
    row = locked(ticket)
    found = row.checklist.filter(pk=item.pk).first()
    if found is None:
        raise NotOnList(_("This is not on the list of %(number)s.") % {"number": row.code})
    return row, found


def _tell(row: Ticket, item: ChecklistItem, what: str, by: Actor) -> None:
    happening = ChecklistChanged(number=row.code, text=item.text, what=what)
    publish(happening, by=by, subject=row, customer=row.requester_id)
