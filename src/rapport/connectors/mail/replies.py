"""Answers to invitations, as calendars send them (RFC 6047): they set who comes, and open no ticket."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.conversations.mail.parts import Mail
from rapport.conversations.services.people import normal_address
from rapport.kernel.actors import Actor
from rapport.meetings import ics
from rapport.meetings.models import Attendee
from rapport.meetings.services import meetings

TYPES = ("text/calendar", "application/ics")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who is invited says."""

    attendee: Attendee
    said: str
    sequence: int


def answer(mail: Mail) -> Answer | None:
    """Return the answer in a mail to an invitation of ours; of others, and by somebody else for them, there is none."""
    sender = normal_address(mail.sender.email) if mail.sender else ""
    for file in mail.files:
        if file.media_type not in TYPES and not file.name.endswith(".ics"):
            continue
        found = ics.reply(file.content)
        said = found.answers.get(sender) if found else None
        if found is None or not said:
            continue
        attendee = Attendee.objects.filter(meeting__uid=found.uid, address=sender).first()
        if attendee is not None:
            return Answer(attendee, said, found.sequence)
    return None


def note(found: Answer, *, by: Actor) -> None:
    """Note an answer."""
    meetings.answer(found.attendee, found.said, by=by, sequence=found.sequence)
