"""The outbox: hands messages over to their gateways, never one of them twice.

1. In a transaction of its own, the row is locked, becomes *sending*, and the attempt is written (`Delivery`).
2. Outside of any transaction the gateway takes the message. Just before the other side may have it, the gateway calls
   `point_of_no_return`, which is written and committed as well.
3. In a third transaction the outcome is written: sent, to be tried again, or failed.

A process may die between any two of these. While it lives it holds an advisory lock on the message, which the database
frees when the process is gone. `settle` takes up what is *sending* with nobody holding the lock, later than any gateway
may take: if the point of no return was not passed, nothing was sent and it waits again; if it was, the gateway is asked
whether the message was taken. Only "no" lets it wait again. When nobody can tell, it counts as failed with these words,
and a person decides: a customer rather misses a message, visibly, than gets it twice.

What is said to the made-up customers of the demonstration stays in the house, whatever the channel.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from rapport.conversations.events import MessageFailed, MessageSent
from rapport.conversations.gateways import (
    TIMEOUT_SECONDS,
    Gateway,
    House,
    NoGateway,
    Outgoing,
    Refused,
    TryLater,
    gateway,
)
from rapport.conversations.models import Delivery, Message, Thread
from rapport.conversations.permissions import RECEIVE
from rapport.conversations.services import lines, news
from rapport.conversations.services.counting import recount
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

State, Outcome = Message.State, Delivery.Outcome
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960))
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds to wait for the database, less than SURELY_OVER in all
SURELY_OVER = timedelta(seconds=2 * TIMEOUT_SECONDS)


def send(message_id: UUID) -> str:
    """Hand a message over, if it is due, and return the state it is in after; nothing when somebody else has it."""
    with _only_one(message_id) as mine:
        if not mine:
            return ""
        taken = _take(message_id)
        if taken is None:
            return Message.objects.filter(pk=message_id).values_list("state", flat=True).first() or ""
        message, delivery = taken
        outcome, detail = _hand_over(message, delivery)
        return _write(message, delivery, outcome, detail)


def _write(message: Message, delivery: Delivery, outcome: str, detail: str) -> str:
    """Write how an attempt ended and return the state of the message; wait for a database that starts again."""
    for seconds in PATIENCE:
        try:
            return finish(message, delivery, outcome, detail, by=SYSTEM).state
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(seconds)
    return finish(message, delivery, outcome, detail, by=SYSTEM).state


def due(at_most: int = 200) -> list[UUID]:
    """Return the messages that are due, those that wait longest first."""
    rows = Message.objects.filter(
        state=State.QUEUED, send_after__lte=clock.now(), thread__spam_at=None, thread__deleted_at=None
    ).order_by("send_after", "id")
    return list(rows.values_list("pk", flat=True)[:at_most])


def settle(at_most: int = 200) -> int:
    """Decide about messages on which a process died while it was handing them over; return how many."""
    before = clock.now() - SURELY_OVER
    rows = Message.objects.filter(state=State.SENDING).exclude(deliveries__started_at__gte=before)
    return sum(_settle(message_id) for message_id in rows.order_by("id").values_list("pk", flat=True)[:at_most])


def _settle(message_id: UUID) -> bool:
    with _only_one(message_id) as mine:
        message = Message.objects.select_related("thread").filter(pk=message_id, state=State.SENDING).first()
        if not mine or message is None:
            return False
        delivery = message.deliveries.filter(outcome="").order_by("-started_at", "-id").first()
        if delivery is None:
            return False
        outcome, detail = _ask(message, delivery)
        finish(message, delivery, outcome, detail, by=SYSTEM)
        return True


def _ask(message: Message, delivery: Delivery) -> tuple[str, str]:
    """Return what became of an attempt that nobody finished."""
    if delivery.handed_at is None:
        return Outcome.LATER, _("Interrupted before it was handed over.")
    try:
        way: Gateway = House() if message.thread.sample else gateway(message.thread.channel)
        accepted = way.accepted(message)
    except NoGateway:
        accepted = None
    except Exception as error:
        return Outcome.UNKNOWN, _unknown(str(error))
    if accepted is None:
        return Outcome.UNKNOWN, _unknown("")
    return (Outcome.ACCEPTED, "") if accepted else (Outcome.LATER, _("Interrupted; it was not taken."))


@transaction.atomic
def _take(message_id: UUID) -> tuple[Message, Delivery] | None:
    """Lock a message that is due and write that it is being sent; None when it is not to be sent now."""
    rows = Message.objects.select_for_update(of=("self",), skip_locked=True).select_related("thread__mailbox")
    message = rows.filter(pk=message_id, state=State.QUEUED, send_after__lte=clock.now()).first()
    if message is None or message.thread.spam_at or message.thread.deleted_at:
        return None
    message.state, message.attempts = State.SENDING, message.attempts + 1
    message.save(update_fields=["state", "attempts"])
    delivery = Delivery.objects.create(message=message, gateway=message.thread.channel, started_at=clock.now())
    return message, delivery


def _hand_over(message: Message, delivery: Delivery) -> tuple[str, str]:
    """Give a message to its gateway and return how that went."""

    handed: list[Delivery] = []

    def passed() -> None:
        handed.append(delivery)
        Delivery.objects.filter(pk=delivery.pk).update(handed_at=clock.now())

    try:
        way: Gateway = House() if message.thread.sample else gateway(message.thread.channel)
        return Outcome.ACCEPTED, way.send(Outgoing(message, list(message.attachments.all()), passed))
    except NoGateway:
        return Outcome.REFUSED, _("There is no way out set up for this channel.")
    except TryLater as later:
        return Outcome.LATER, str(later)
    except Refused as refused:
        return Outcome.REFUSED, str(refused)
    except Exception as error:
        return (Outcome.UNKNOWN, _unknown(str(error))) if handed else (Outcome.LATER, str(error))


@verb(RECEIVE, publishes=(MessageSent, MessageFailed))
def finish(message: Message, delivery: Delivery, outcome: str, detail: str, *, by: Actor) -> Message:
    """Write how an attempt ended, and return the message; what was decided already stays."""
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=message.thread_id)
    row = Message.objects.select_for_update(of=("self",)).select_related("thread").get(pk=message.pk)
    if row.state != State.SENDING:
        return row
    Delivery.objects.filter(pk=delivery.pk).update(outcome=outcome, detail=detail[:500], ended_at=clock.now())
    if outcome == Outcome.ACCEPTED:
        row.state, row.sent_at, row.error = State.SENT, clock.now(), ""
        row.at = row.sent_at
        row.search = lines.vector(row, row.attachments.values_list("name", flat=True))
    elif outcome == Outcome.LATER and row.attempts <= len(WAITS):
        row.state, row.error = State.QUEUED, detail[:500]
        row.send_after = clock.now() + WAITS[row.attempts - 1]
    else:
        row.state, row.error = State.FAILED, detail[:500]
    row.save(update_fields=["state", "sent_at", "at", "error", "send_after", "search"])
    recount(thread.pk)
    if row.state == State.SENT:
        news.sent(thread, row, by=by)
    elif row.state == State.FAILED:
        happening = MessageFailed(
            thread_id=thread.pk, channel=thread.channel, subject=row.subject or thread.subject, reason=row.error
        )
        publish(happening, by=by, subject=row, customer=thread.customer_id)
    return row


def _unknown(error: str) -> str:
    said = _("Nobody knows whether this was sent. Look before you send it again.")
    return f"{said} {error}".strip()


@contextmanager
def _only_one(message_id: UUID) -> Iterator[bool]:
    """Hold the advisory lock on a message while the process works on it; gives whether it was free."""
    key = message_id.int & ((1 << 63) - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:  # it ends with its session
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
