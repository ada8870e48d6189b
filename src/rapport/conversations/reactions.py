"""On our own news, messages are sent when due, open pages are told; on news of customers, threads find theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from rapport.conversations import topics
from rapport.conversations.events import (
    AutomaticReceived,
    MessageBounced,
    MessageCancelled,
    MessageFailed,
    MessageQueued,
    MessageReceived,
    MessageSent,
    NoteAdded,
    ThreadCustomerSet,
)
from rapport.conversations.models import Chat, Message, Participant, Thread, Visitor
from rapport.conversations.services import chats, forgetting, recognising, sender_rules, visitors
from rapport.customers.events import CustomerCreated, CustomerPurged, IdentityAdded
from rapport.customers.following import follow
from rapport.kernel import live, queueing
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord
from rapport.timeline.services import moving

for _model in (Thread, Message, Participant, Visitor):
    follow(_model, "customer")


@on(MessageQueued)
def send_when_due(record: EventRecord, happening: MessageQueued) -> None:
    """Put the sending of a message into the queue, for the moment at which it is due."""
    due = datetime.fromisoformat(happening.send_after)
    queueing.defer("conversations.send", queue="conversations", due=due, message=str(record.subject_id))


@on(CustomerCreated, IdentityAdded)
def recognise(record: EventRecord, happening: CustomerCreated | IdentityAdded) -> None:
    """Give threads to a customer that were begun from one of their addresses before we knew whose it was."""
    if record.customer_id and recognising.waiting(record.customer_id):
        recognising.recognise(record.customer_id, by=SYSTEM.because_of(record.pk))


@on(ThreadCustomerSet)
def read_with_them(record: EventRecord, happening: ThreadCustomerSet) -> None:
    """What was said in a thread stands on the timeline of whomever it is with, from its first word on.

    What others wrote in it, such as those in copy, stays on theirs.
    """
    if record.customer_id is None or record.subject_id is None:
        return
    ours = ~Q(direction=Message.Direction.IN) | Q(customer_id=record.customer_id)
    said = Message.objects.filter(ours, thread_id=record.subject_id).values_list("pk", flat=True)
    before = UUID(str(happening.before_id)) if happening.before_id else None
    moving.follow([record.subject_id, *said], before=before, to=record.customer_id)


@on(CustomerPurged)
def forget_customer(record: EventRecord, happening: CustomerPurged) -> None:
    """Take every word out of the talk with a customer who is gone for good, and what we did with their mail."""
    if record.subject_id is not None:
        sender_rules.forget(record.subject_id)
        visitors.forget(record.subject_id)
        forgetting.forget(record.subject_id)


@on(MessageReceived)
def move_to_mail(record: EventRecord, happening: MessageReceived) -> None:
    """A chat whose address answers by mail is that customer's from then on."""
    if happening.channel != Thread.Channel.CHAT:
        return
    message = Message.objects.select_related("customer").exclude(raw="").filter(pk=str(record.subject_id)).first()
    chat = Chat.objects.select_related("thread").filter(thread_id=happening.thread_id).first() if message else None
    if message and chat:
        chats.move_to_mail(chat, message, by=SYSTEM.because_of(record.pk))


@on(
    MessageReceived, AutomaticReceived, MessageSent, MessageQueued, MessageCancelled, MessageFailed, MessageBounced,
    NoteAdded,
)  # fmt: skip
def tell_pages(
    record: EventRecord,
    happening: MessageReceived
    | AutomaticReceived
    | MessageSent
    | MessageQueued
    | MessageCancelled
    | MessageFailed
    | MessageBounced
    | NoteAdded,
) -> None:
    """Let the open pages know that something was said: those of the staff, and in a chat the visitor's."""
    thread = UUID(str(happening.thread_id))
    told = [live.DESK]
    if isinstance(happening, MessageReceived | MessageSent) and happening.channel == Thread.Channel.CHAT:
        told.append(topics.visitor(thread))
    live.tell(told, "said", thread)
