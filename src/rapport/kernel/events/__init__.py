"""News: what happened, written once, read by everybody above."""

from rapport.kernel.events.publishing import EventLine, publish, publish_many
from rapport.kernel.events.reactions import REACTIONS, on, subject_of
from rapport.kernel.events.types import EVENTS, Event, EventType, event, load

__all__ = [
    "EVENTS",
    "REACTIONS",
    "Event",
    "EventLine",
    "EventType",
    "event",
    "load",
    "on",
    "publish",
    "publish_many",
    "subject_of",
]
