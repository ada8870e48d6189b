"""The jobs of conversations: sending what waits, waking what rests."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from rapport.conversations.services import chats, outbox, threads
from rapport.kernel.actors import SYSTEM


@app.task(name="conversations.send", queue="conversations")
def send(*, message: str) -> None:
    """Send one message, when it is due."""
    outbox.send(UUID(message))


@app.periodic(cron="* * * * *")
@app.task(name="conversations.every_minute", queue="conversations", queueing_lock="conversations.every_minute")
def every_minute(timestamp: int) -> None:
    """Decide about what was interrupted, send what is due, mail what visitors missed, wake what rests."""
    outbox.settle()
    for message_id in outbox.due():
        outbox.send(message_id)
    chats.mail_missed()
    threads.wake_due(by=SYSTEM)
