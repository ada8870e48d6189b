"""How what was done to a ticket is taken back, from the event that it left."""

from __future__ import annotations

from rapport.conversations.events import ThreadMarkedSpam, ThreadSnoozed
from rapport.conversations.models import Thread
from rapport.conversations.services import threads
from rapport.kernel.actors import Actor
from rapport.kernel.events import Event
from rapport.kernel.events.types import type_of
from rapport.kernel.models import EventRecord
from rapport.service.events import (
    StatusChanged,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketMerged,
    TicketQueued,
    TicketReopened,
    TicketSolved,
    TicketTrashed,
)
from rapport.service.models import Queue, Ticket
from rapport.service.services import assigning, merges, tickets
from rapport.team.models import User

CUSTOM = "custom."


def unchange(event: EventRecord, actor: Actor) -> None:
    """Put back what a change replaced."""
    if not _is(event, TicketChanged):
        return
    old = {key: before for key, (before, _after) in event.data["changes"].items()}
    custom = {key.removeprefix(CUSTOM): value for key, value in old.items() if key.startswith(CUSTOM)}
    plain = {key: value for key, value in old.items() if not key.startswith(CUSTOM)}
    tickets.change(_ticket(event), by=actor, custom=custom or None, **plain)


def unassign(event: EventRecord, actor: Actor) -> None:
    """Give a ticket back to whoever had it."""
    if _is(event, TicketAssigned):
        before = event.data.get("before_id")
        assigning.assign(_ticket(event), User.objects.get(pk=before) if before else None, by=actor)


def unmove(event: EventRecord, actor: Actor) -> None:
    """Put a ticket back into the queue where it was, and give it back to an owner who lost it by that."""
    unassign(event, actor)
    if _is(event, TicketQueued):
        queue = Queue.objects.filter(name=event.data.get("before") or None, archived_at__isnull=True).first()
        assigning.move(_ticket(event), queue, by=actor)


def unset(event: EventRecord, actor: Actor) -> None:
    """Give a ticket the status that it had before."""
    if _is(event, StatusChanged, TicketSolved, TicketClosed, TicketReopened):
        ticket = _ticket(event)
        spans = list(ticket.spans.select_related("status").order_by("-entered_at", "-id")[:2])
        if len(spans) == 2:
            tickets.set_status(ticket, spans[1].status, by=actor)


def unmerge(event: EventRecord, actor: Actor) -> None:
    """Take a merged ticket out again."""
    if _is(event, TicketMerged):
        merges.unmerge(_ticket(event), by=actor)


def wake(event: EventRecord, actor: Actor) -> None:
    """Wake a thread that was laid to rest."""
    if _is(event, ThreadSnoozed):
        threads.wake(_thread(event), by=actor)


def unspam(event: EventRecord, actor: Actor) -> None:
    """Say that a thread is no spam after all."""
    if _is(event, ThreadMarkedSpam):
        threads.clear_of_spam(_thread(event), by=actor)


def restore(event: EventRecord, actor: Actor) -> None:
    """Take a ticket out of the trash."""
    if _is(event, TicketTrashed):
        tickets.restore(_ticket(event), by=actor)


def _is(event: EventRecord, *kinds: type[Event]) -> bool:
    """Return whether an event is one of these: what a verb did may have led to others as well."""
    return event.type in {type_of(kind).name for kind in kinds}


def _ticket(event: EventRecord) -> Ticket:
    return Ticket.objects.get(pk=str(event.subject_id))


def _thread(event: EventRecord) -> Thread:
    return Thread.objects.get(pk=str(event.subject_id))
