"""On our own news, messages are sent when they are due; on news of customers, earlier threads find theirs."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django import app

from rapport.conversations.events import MessageQueued
from rapport.conversations.services import forgetting, recognising, sender_rules
from rapport.customers.events import CustomerCreated, CustomerPurged, IdentityAdded
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord


@on(MessageQueued)
def send_when_due(record: EventRecord, happening: MessageQueued) -> None:
    """Put the sending of a message into the queue, for the moment at which it is due."""
    due = datetime.fromisoformat(happening.send_after)
    task = app.configure_task("conversations.send", queue="conversations", schedule_at=due)
    task.defer(message=str(record.subject_id))


@on(CustomerCreated, IdentityAdded)
def recognise(record: EventRecord, happening: CustomerCreated | IdentityAdded) -> None:
    """Give threads to a customer that were begun from one of their addresses before we knew whose it was."""
    if record.customer_id:
        recognising.recognise(record.customer_id, by=SYSTEM.because_of(record.pk))


@on(CustomerPurged)
def forget_customer(record: EventRecord, happening: CustomerPurged) -> None:
    """Take every word out of the talk with a customer who is gone for good, and what we did with their mail."""
    if record.subject_id is not None:
        sender_rules.forget(record.subject_id)
        forgetting.forget(record.subject_id)
