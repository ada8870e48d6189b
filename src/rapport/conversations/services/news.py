"""Telling what came: the events of threads and messages, made in one place from their rows."""

from __future__ import annotations

from typing import Any

from rapport.conversations.events import (
    AutomaticReceived,
    MessageQueued,
    MessageReceived,
    MessageSent,
    NoteAdded,
    ThreadStarted,
)
from rapport.conversations.models import Message, Thread
from rapport.conversations.services.lines import excerpt
from rapport.kernel.actors import Actor
from rapport.kernel.events import Event, EventLine, publish, publish_many

ARRIVALS: tuple[type[Event], ...] = (ThreadStarted, MessageReceived, AutomaticReceived)


def started(thread: Thread, *, by: Actor, by_customer: bool = False, automatic: str = "") -> None:
    """Tell that a thread was opened."""
    happening = ThreadStarted(
        channel=thread.channel,
        subject=thread.subject,
        mailbox_id=thread.mailbox_id,
        by_customer="yes" if by_customer else "",
        automatic=automatic,
    )
    publish(happening, by=by, subject=thread, customer=thread.customer_id)


def received(thread: Thread, message: Message, *, by: Actor) -> None:
    """Tell that a message came in from a person, or from a machine."""
    customer = message.customer_id or thread.customer_id
    publish(_arrival(thread, message), by=by, subject=message, customer=customer, at=message.at)


def of_the_past(thread: Thread, message: Message, *, by: Actor) -> None:
    """Put a message on the timeline that was written before we began, without waking anybody."""
    happening = _departure(thread, message) if message.direction == "out" else _arrival(thread, message)
    customer = message.customer_id or thread.customer_id
    line = EventLine(type(happening), happening.as_data(), message.pk, customer, message.at)
    publish_many([line], subject_type=message._meta.label_lower, by=by, count=1)


def _arrival(thread: Thread, message: Message) -> MessageReceived | AutomaticReceived:
    said: dict[str, Any] = {
        "thread_id": thread.pk,
        "channel": thread.channel,
        "subject": message.subject or thread.subject,
        "text": excerpt(message),
        "from_address": message.from_address,
    }
    if message.automatic:
        return AutomaticReceived(**said, automatic=message.automatic)
    return MessageReceived(**said)


def queued(thread: Thread, message: Message, *, by: Actor) -> None:
    """Tell that a message waits to be sent."""
    happening = MessageQueued(
        thread_id=thread.pk,
        channel=thread.channel,
        subject=message.subject or thread.subject,
        text=excerpt(message),
        send_after=message.send_after.isoformat() if message.send_after else "",
        automatic=message.automatic,
    )
    publish(happening, by=by, subject=message, customer=thread.customer_id)


def sent(thread: Thread, message: Message, *, by: Actor) -> None:
    """Tell that a message was handed over."""
    publish(_departure(thread, message), by=by, subject=message, customer=thread.customer_id, at=message.sent_at)


def _departure(thread: Thread, message: Message) -> MessageSent:
    return MessageSent(
        thread_id=thread.pk,
        channel=thread.channel,
        subject=message.subject or thread.subject,
        text=excerpt(message),
        author_id=message.author_id,
        automatic=message.automatic,
    )


def noted(thread: Thread, message: Message, *, by: Actor) -> None:
    """Tell the staff that a note was added."""
    happening = NoteAdded(thread_id=thread.pk, subject=thread.subject, text=excerpt(message))
    publish(happening, by=by, subject=message, customer=thread.customer_id)
