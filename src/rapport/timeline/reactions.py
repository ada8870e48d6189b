"""On every fact of a customer that somebody did: note when they were last in touch."""

from __future__ import annotations

from rapport.kernel.events import EVENTS, Event, on
from rapport.kernel.models import EventRecord
from rapport.timeline.services import touches


def note_touch(record: EventRecord, happening: Event) -> None:
    """Note that the customer of an event was in touch."""
    if record.customer_id:
        touches.note(record.customer_id, record.at, EVENTS[record.type].direction)


on(*(kind.cls for kind in EVENTS.values() if kind.direction != "none"))(note_touch)
