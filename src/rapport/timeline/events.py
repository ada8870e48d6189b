"""The news of the timeline itself: what was logged, and what an outside system reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("timeline.note_written", _("Note written"), _("{author} wrote a note"), group="notes", icon="note",
       personal=("text",))  # fmt: skip
@dataclass(frozen=True)
class NoteWritten(Event):
    """Somebody of the staff wrote a note about a customer."""

    activity_id: UUID
    author: str
    text: str


@event("timeline.call_logged", _("Call logged"), _("{author} had a call"), group="messages", icon="phone",
       personal=("text",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class CallLogged(Event):
    """Somebody of the staff called a customer, or tried to."""

    activity_id: UUID
    author: str
    text: str = ""
    outcome: str = ""
    minutes: int | None = None


@event("timeline.call_received", _("Call received"), _("called, {author} answered"), group="messages",
       icon="phone-incoming", personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class CallReceived(Event):
    """A customer called us."""

    activity_id: UUID
    author: str
    text: str = ""
    outcome: str = ""
    minutes: int | None = None


@event("timeline.call_missed", _("Call missed"), _("called, nobody answered"), group="messages",
       icon="phone-x", personal=("text",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class CallMissed(Event):
    """A customer called us and reached nobody; `outcome` says whether they left a message."""

    activity_id: UUID
    text: str = ""
    outcome: str = ""


@event("timeline.meeting_logged", _("Meeting held"), _("{author} met them"), group="messages", icon="users-group",
       personal=("text",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class MeetingLogged(Event):
    """Somebody of the staff met a customer, in person or by video."""

    activity_id: UUID
    author: str
    text: str = ""
    minutes: int | None = None


@event("timeline.activity_changed", _("Log entry changed"), _("{author} changed a log entry"), group="notes",
       icon="pencil", personal=("before",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ActivityChanged(Event):
    """The text of a note, call or meeting was changed; `before` is how it read."""

    activity_id: UUID
    author: str
    before: str


@event("timeline.activity_removed", _("Log entry removed"), _("{author} removed a log entry"), group="notes",
       icon="trash", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ActivityRemoved(Event):
    """A note, call or meeting was moved to the trash."""

    activity_id: UUID
    author: str


@event("timeline.activity_restored", _("Log entry restored"), _("{author} restored a log entry"), group="notes",
       icon="restore", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ActivityRestored(Event):
    """A note, call or meeting came back from the trash."""

    activity_id: UUID
    author: str


@event("timeline.reached_out", _("Touchpoint by the customer"), _("{name} on {channel}"), group="messages",
       icon="message", personal=("text", "extra"), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ReachedOut(Event):
    """An outside system reports that a customer did something: visited, wrote, came by."""

    channel: str
    name: str
    text: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@event("timeline.was_reached", _("Touchpoint by us"), _("{name} on {channel}"), group="messages", icon="send",
       personal=("text", "extra"), direction="out")  # fmt: skip
@dataclass(frozen=True)
class WasReached(Event):
    """An outside system reports that we did something towards a customer: wrote, called, showed."""

    channel: str
    name: str
    text: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
