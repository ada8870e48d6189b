"""The jobs of the kernel. A job is a row in the same database, so it commits and rolls back with its cause."""

from __future__ import annotations

from procrastinate.contrib.django import app

from rapport.kernel.events.reactions import BY_NAME
from rapport.kernel.events.types import load
from rapport.kernel.models import EventRecord


@app.task(name="kernel.react", queue="reactions")
def react(*, reaction: str, event_id: str) -> None:
    """Run one later reaction to one event."""
    record = EventRecord.objects.get(pk=event_id)
    BY_NAME[reaction].handler(record, load(record.type, record.data))
