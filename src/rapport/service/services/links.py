"""Tickets that have to do with each other: links, and parents with children."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.verbs import verb
from rapport.service.events import TicketLinked
from rapport.service.models import Ticket, TicketLink
from rapport.service.permissions import CHANGE
from rapport.service.services.locking import check_standing, locked, locked_all, touch
from rapport.service.services.moving import ancestry

DEEPEST = 3
"""Levels of tickets below each other, the highest one included."""


class Itself(ValueError):
    """A ticket has nothing to do with itself."""


class Circle(ValueError):
    """The parent is the ticket itself or below it."""


class TooDeep(ValueError):
    """There would be more than three levels of tickets."""


@verb(CHANGE, publishes=(TicketLinked,), offer=("mcp",))
def link(ticket: Ticket, other: Ticket, *, by: Actor, kind: str = TicketLink.Kind.RELATED) -> TicketLink:
    """Say that a ticket is related to, a duplicate of, caused by or split off another; twice is once.

    Raises `Itself`, `ValueError` for another kind, `OutOfReach` for one that the actor cannot see, and as
    `tickets.change`.
    """
    if ticket.pk == other.pk:
        raise Itself(_("A ticket is not linked to itself."))
    row = locked(ticket)
    found = _seen(other, by)
    check_standing(found)
    kept = TicketLink.Kind(kind)
    made, new = TicketLink.objects.get_or_create(
        ticket=row, other=found, kind=kept, defaults={"created_at": clock.now()}
    )
    if new:
        _tell(row, found, kept, "added", by)
    return made


@verb(CHANGE, publishes=(TicketLinked,), offer=("mcp",))
def unlink(ticket: Ticket, other: Ticket, *, by: Actor, kind: str = TicketLink.Kind.RELATED) -> None:
    """Take a link away, from whichever of the two it was made; one that is not there is no matter."""
    row = locked(ticket)
    gone = TicketLink.objects.filter(ticket__in=[row, other], other__in=[row, other], kind=kind)
    if gone.delete()[0]:
        _tell(row, other, kind, "removed", by)


@verb(CHANGE, publishes=(TicketLinked,), offer=("bulk", "mcp"))
def set_parent(ticket: Ticket, parent: Ticket | None, *, by: Actor) -> Ticket:
    """Put a ticket below another one, or below none. Raises `Circle`, `TooDeep`, `OutOfReach` and as `link`."""
    found = _seen(parent, by) if parent else None
    rows = locked_all([ticket.pk, *([found.pk] if found else [])])
    row = rows[ticket.pk]
    check_standing(row)
    if row.parent_id == (found.pk if found else None):
        return row
    if found is not None:
        found = rows[found.pk]
        check_standing(found)
        _check_tree(row, found)
    before = row.parent
    row.parent = found
    touch(row, "parent")
    told = found or before
    if told is not None:
        _tell(row, told, "parent", "added" if found else "removed", by)
    return row


def levels_below(ticket_id: UUID) -> int:
    """Return how many levels of tickets there are below one, 0 for none; never more than the deepest."""
    found, level = [ticket_id], 0
    while level < DEEPEST:
        found = list(Ticket.objects.filter(parent_id__in=found).values_list("pk", flat=True))
        if not found:
            return level
        level += 1
    return level


def _check_tree(row: Ticket, parent: Ticket) -> None:
    """Raise `Circle` or `TooDeep` when `row` cannot come below `parent`."""
    above = ancestry(parent)
    if row.pk in above:
        raise Circle(_("%(parent)s is below %(number)s.") % {"parent": parent.code, "number": row.code})
    if len(above) + 1 + levels_below(row.pk) > DEEPEST:
        raise TooDeep(_("Tickets go three levels deep."))


def _seen(other: Ticket, by: Actor) -> Ticket:
    found = Ticket.objects.visible_to(by).filter(pk=other.pk).first()
    if found is None:
        raise OutOfReach
    return found


def _tell(row: Ticket, other: Ticket, kind: str, what: str, by: Actor) -> None:
    happening = TicketLinked(number=row.code, other=other.code, kind=kind, what=what)
    publish(happening, by=by, subject=row, customer=row.requester_id)
