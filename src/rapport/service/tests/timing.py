"""What tests of clocks share: a calendar and policies, and talk in the threads of a ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from rapport.conversations.models import Message, Thread
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import parse
from rapport.kernel.models import EventRecord
from rapport.service.clocks.ticking import Aim
from rapport.service.models import Calendar, Clock, SlaPolicy, Status, Ticket, TicketThread
from rapport.service.services import calendars, clocks, policies, statuses, tickets

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
OFFICE = {name: [["09:00", "17:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
_tokens = count(1)


def at(hours: float) -> datetime:
    """Return the moment so many hours after midnight of a Monday."""
    return MONDAY + timedelta(hours=hours)


def calendar(name: str = "Office") -> Calendar:
    """Add a calendar that is open from 9 to 17 UTC on workdays."""
    return calendars.add(name, "UTC", OFFICE, by=SYSTEM)


def policy(
    name: str = "Standard",
    *,
    first: int | None = 60,
    following: int | None = 120,
    solve: int | None = 480,
    condition: str = "",
    of: Calendar | None = None,
) -> SlaPolicy:
    """Add a policy with the same minutes for every priority; without a condition it is the one for all others."""
    minutes = {Aim.FIRST: first, Aim.NEXT: following, Aim.SOLVE: solve}
    return policies.add(
        name,
        of or Calendar.objects.first() or calendar(),
        dict.fromkeys(Ticket.Priority.values, minutes),
        by=SYSTEM,
        condition=parse(condition) if condition else None,
        fallback=not condition,
    )


def says(ticket: Ticket, hours: float, *, ours: bool = False, **values: object) -> Message:
    """Let the customer, or a person of the staff, say something in the talk of a ticket."""
    thread = Thread.objects.filter(ticket_thread__ticket=ticket).first()
    if thread is None:
        thread = Thread.objects.create(
            channel="email", token=f"t{next(_tokens)}", last_message_at=at(hours), created_at=at(hours)
        )
        TicketThread.objects.create(ticket=ticket, thread=thread, added_at=at(hours))
    given: dict[str, object] = {"direction": "in", "sender_kind": "customer", "state": "received"}
    if ours:
        given = {"direction": "out", "sender_kind": "agent", "state": "sent", "sent_at": at(hours)}
    return Message.objects.create(thread=thread, at=at(hours), created_at=at(hours), **{**given, **values})


def put(ticket: Ticket, category: str, hours: float) -> Ticket:
    """Give a ticket the first status of a category at a time."""
    with clock.frozen(at(hours)):
        return tickets.set_status(
            Ticket.objects.get(pk=ticket.pk), statuses.standard(Status.Category(category)), by=SYSTEM
        )


def seen(ticket: Ticket, hours: float) -> Ticket:
    """Tell the clocks of a ticket at a time, and return its row."""
    with clock.frozen(at(hours)):
        clocks.recompute(ticket)
    return Ticket.objects.get(pk=ticket.pk)


def told(kind: str = "service.clock_") -> list[tuple[str, object]]:
    """Return aim and level of every warning, 100 for a target that was missed."""
    rows = EventRecord.objects.filter(type__startswith=kind).order_by("recorded_at", "id")
    return [(row.data["aim"], row.data.get("level", 100)) for row in rows]


def one(ticket: Ticket, aim: Aim) -> Clock:
    """Return the one clock of a kind."""
    return Clock.objects.get(ticket=ticket, aim=aim)
