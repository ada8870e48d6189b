"""What the tests of surveys are made of: a survey, a mailbox, a ticket that was answered and solved, and later jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message
from rapport.conversations.services import mailboxes, messages, outbox
from rapport.customers.models import Customer
from rapport.feedback.models import Invitation, Survey
from rapport.feedback.services import asking, surveys
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.jobs import react
from rapport.service.models import Ticket
from rapport.service.services import tickets
from rapport.team.models import User
from rapport.testing import builders
from rapport.testing.cast import actor

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
ASKED = AT + timedelta(hours=1, minutes=1)
_numbers = count(1)


def survey(name: str = "After service", scale: str = "csat5", *, by: Actor = SYSTEM, **values: Any) -> Survey:
    """Add a survey."""
    return surveys.add(name, scale, by=by, **values)


def mailbox() -> None:
    """Add a mailbox by which mail leaves."""
    made = mailboxes.add("help@lantern.example", by=SYSTEM, smtp_host="localhost", imap_host="localhost")
    type(made).objects.filter(pk=made.pk).update(enabled_at=clock.now())


def ana(**values: Any) -> Customer:
    """Add a customer with an address."""
    return builders.customer("Ana Lima", given_name="Ana", email="ana@lima.example", **values)


def solved(by: User, of: Customer | None = None, *, answer: bool = True, **values: Any) -> Ticket:
    """Let a customer write a mail, `by` answer it and solve the ticket; then run what follows."""
    usual: dict[str, Any] = {
        "channel": "email", "subject": "A cracked lamp", "from_address": "ana@lima.example", "from_name": "Ana Lima",
        "to": (("", "help@lantern.example"),), "message_id": f"s{next(_numbers)}@lima.example",
    }  # fmt: skip
    if of is not None:
        usual["customer_id"] = of.pk
    message = messages.receive(Incoming(text="It came cracked.", **{**usual, **values}), by=SYSTEM)
    ticket = Ticket.objects.get(talk__thread_id=message.thread_id)
    if answer:
        reply = messages.reply(message.thread, "A new one is on its way.", by=actor(by))
        Message.objects.filter(pk=reply.pk).update(send_after=clock.now())
        outbox.send(reply.pk)
    tickets.solve(ticket, by=actor(by))
    react_all()
    return Ticket.objects.get(pk=ticket.pk)


_done: set[int] = set()


def react_all() -> None:
    """Run the reactions that wait, and those that follow from them."""
    while True:
        rows = ProcrastinateJob.objects.filter(task_name="kernel.react").exclude(pk__in=_done).order_by("pk")
        jobs = [(row.pk, row.args) for row in rows]
        if not jobs:
            return
        for key, args in jobs:
            _done.add(key)
            react(**args)


def invited(ticket: Ticket) -> Invitation:
    """Return the invitation of a ticket, as the database has it."""
    return Invitation.objects.select_related("ticket", "customer", "survey", "answer").get(ticket=ticket)


def asked(by: User, **values: Any) -> Invitation:
    """Return an invitation whose mail went out an hour after the ticket was solved."""
    with clock.frozen(AT):
        ticket = solved(by, **values)
    with clock.frozen(ASKED):
        asking.send_due()
    return invited(ticket)
