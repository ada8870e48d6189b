"""What the tests of service are made of: tickets, queues with members, talk that comes in, and what to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message
from rapport.conversations.services import messages, outbox
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.models import EventRecord
from rapport.service.models import Queue, Ticket, TicketLink
from rapport.service.services import queues, talk, tickets
from rapport.team.models import User

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
_numbers = count(1)


def ticket(subject: str = "The lamp is broken", *, by: Actor = SYSTEM, **values: Any) -> Ticket:
    """Open a ticket."""
    return tickets.open(subject, by=by, **values)


def queue(name: str = "", members: Iterable[User] = (), mode: str = "manual", **values: Any) -> Queue:
    """Add a queue of these members."""
    return queues.add(name or f"Queue {next(_numbers)}", by=SYSTEM, members=members, mode=mode, **values)


def written(text: str = "Where is my lamp?", *, of: Customer | None = None, **values: Any) -> Message:
    """Let a customer write in the chat, which opens a ticket or goes on with one (`thread_id`)."""
    usual: dict[str, Any] = {"channel": "chat", "subject": "My lamp", "message_id": f"c{next(_numbers)}@chat.example"}
    if of is not None:
        usual["customer_id"] = of.pk
    return messages.receive(Incoming(text=text, **{**usual, **values}), by=SYSTEM)


def answered(message: Message, text: str = "It is on its way.", *, by: Actor) -> Message:
    """Answer in the thread of a message and let the answer leave."""
    made = messages.reply(message.thread, text, by=by)
    Message.objects.filter(pk=made.pk).update(send_after=clock.now())
    outbox.send(made.pk)
    return Message.objects.get(pk=made.pk)


def ticket_of(message: Message) -> Ticket:
    """Return the ticket whose talk a message is in, as the database has it."""
    found = talk.of(Message.objects.get(pk=message.pk).thread_id)
    assert found is not None
    return Ticket.objects.get(pk=found.pk)


def fresh(of: Ticket) -> Ticket:
    """Return a ticket as the database has it."""
    return Ticket.objects.get(pk=of.pk)


def events(of: Ticket) -> list[str]:
    """Return the types of the events about a ticket, in their order."""
    rows = EventRecord.objects.filter(subject_id=of.pk).order_by("recorded_at", "id")
    return [name.removeprefix("service.") for name in rows.values_list("type", flat=True)]


def everything() -> tuple[Any, ...]:
    """Return all tickets and how many events there are, to see that nothing changed."""
    rows = Ticket.objects.order_by("pk").values_list(
        "pk", "version", "status_id", "owner_id", "queue_id", "tags", "subject"
    )
    return tuple((*row[:5], tuple(row[5]), row[6]) for row in rows), EventRecord.objects.count()


def snapshot(of: Ticket) -> dict[str, Any]:
    """Return everything about a ticket that un-merging puts back, to compare."""
    row = fresh(of)
    plain = ("subject", "status_id", "category", "owner_id", "queue_id", "requester_id", "parent_id", "merged_into_id",
             "first_response_at", "answers", "waiting_since", "solved_at", "closed_at", "deleted_at")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "tags": list(row.tags),
        "threads": _ids(row.talk.values_list("thread_id", flat=True)),
        "checklist": _ids(row.checklist.values_list("pk", flat=True)),
        "times": _ids(row.times.values_list("pk", flat=True)),
        "amends": _ids(row.amends.values_list("pk", flat=True)),
        "watchers": sorted(row.watchers.values_list("user_id", "customer_id"), key=str),
        "links": sorted(TicketLink.objects.filter(ticket=row).values_list("other_id", "kind"), key=str),
        "links_here": sorted(TicketLink.objects.filter(other=row).values_list("ticket_id", "kind"), key=str),
        "children": _ids(row.children.values_list("pk", flat=True)),
        "recovery": hasattr(row, "recovery"),
    }


def _ids(rows: Iterable[UUID]) -> list[UUID]:
    return sorted(rows)


def differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, tuple[Any, Any]]]:
    """Return for each snapshot what is different after it: name → (before, after)."""
    return [
        {name: (one[name], two[name]) for name in one if one[name] != two[name]}
        for one, two in zip(before, after, strict=True)
    ]
