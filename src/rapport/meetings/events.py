"""The news of meetings. The subject is the meeting; there is one record for each customer who is invited."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event

GROUP = "messages"


@event("meetings.planned", _("Meeting planned"), _("meeting planned: {title}"), group=GROUP, icon="calendar-event",
       personal=("title",))  # fmt: skip
@dataclass(frozen=True)
class MeetingPlanned(Event):
    """A meeting was planned, by a colleague or by a visitor who booked it (`booked` is "yes")."""

    title: str
    starts: str
    booked: str = ""


@event("meetings.moved", _("Meeting moved"), _("meeting moved: {title}"), group=GROUP, icon="calendar-event",
       personal=("title",))  # fmt: skip
@dataclass(frozen=True)
class MeetingMoved(Event):
    """A meeting has another time."""

    title: str
    before: str
    starts: str


@event("meetings.changed", _("Meeting changed"), _("meeting changed: {title}"), group=GROUP, icon="pencil",
       personal=("title",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MeetingChanged(Event):
    """Title, place, agenda or guests of a meeting changed."""

    title: str


@event("meetings.cancelled", _("Meeting cancelled"), _("meeting cancelled: {title}"), group=GROUP, icon="calendar-due",
       personal=("title", "reason"))  # fmt: skip
@dataclass(frozen=True)
class MeetingCancelled(Event):
    """A meeting will not take place."""

    title: str
    reason: str = ""


@event("meetings.answered", _("Invitation answered"), _("answered the invitation to {title}: {answer}"), group=GROUP,
       icon="check", personal=("title",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class InvitationAnswered(Event):
    """A customer said whether they come. `answer` is accepted, declined or tentative."""

    title: str
    answer: str


@event("meetings.missed", _("Nobody came"), _("did not come: {title}"), group=GROUP, icon="user-question",
       personal=("title", "text"))  # fmt: skip
@dataclass(frozen=True)
class MeetingMissed(Event):
    """The customer did not come."""

    title: str
    text: str = ""


@event("meetings.held", _("Meeting held and noted"), _("meeting held: {title}"), group=GROUP, icon="users-group",
       personal=("title",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MeetingHeld(Event):
    """A planned meeting took place. The log of the timeline tells what was said."""

    title: str


@event("meetings.type_changed", _("Times to book changed"), _("{what} the booking page {name}"), group="team",
       icon="calendar", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class MeetingTypeChanged(Event):
    """What can be booked was added, changed, or is no longer offered."""

    name: str
    what: str
