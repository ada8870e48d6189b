"""Answers to invitations that come back by mail set who comes, and open no ticket."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from rapport.connectors.mail.filing import Arrival, file
from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.meetings.models import Meeting
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.meetings.tests.test_plan_meeting import reply
from rapport.service.models import Ticket
from rapport.testing import builders
from rapport.testing.cast import Cast


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    return mailboxes.add("help@lanterns.example", by=SYSTEM)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    builders.customer("Ana Lima", email="ana@lima.example")
    start = clock.now() + timedelta(days=1)
    return meetings.plan(
        "About lamps", by=SYSTEM, starts_at=start, ends_at=start + timedelta(hours=1), zone="UTC",
        guests=[Guest("ana@lima.example")],
    )  # fmt: skip


def answered(
    meeting: Meeting, box: Mailbox, *, sender: str = "ana@lima.example", uid: str = "", inline: bool = True
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ana <{sender}>", box.address, "Accepted: About lamps"
    mail["Message-ID"] = f"<{sender}.{inline}@lima.example>"
    mail.set_content("Ana has accepted.")
    content = reply(uid or meeting.uid, "ana@lima.example", "ACCEPTED").decode()
    if inline:
        mail.add_alternative(content, subtype="calendar", params={"method": "REPLY"})
    else:
        mail.add_attachment(content.encode(), "application", "ics", filename="reply.ics")
    file(Arrival(mail.as_bytes(), box))


@pytest.mark.parametrize("inline", [True, False])
def test_an_answer_sets_who_comes_and_opens_no_ticket(meeting: Meeting, box: Mailbox, inline: bool) -> None:
    answered(meeting, box, inline=inline)
    assert meeting.attendees.get().answer == "accepted"
    assert not Ticket.objects.exists()


def test_nobody_answers_for_somebody_else(meeting: Meeting, box: Mailbox) -> None:
    answered(meeting, box, sender="mallory@else.example")
    assert meeting.attendees.get().answer == "waiting"
    assert Ticket.objects.count() == 1


def test_an_answer_to_an_invitation_of_others_is_a_mail_like_any(meeting: Meeting, box: Mailbox) -> None:
    answered(meeting, box, uid="somebody-elses")
    assert meeting.attendees.get().answer == "waiting"
    assert Ticket.objects.count() == 1
