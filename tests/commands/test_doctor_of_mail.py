"""What the doctor says of mailboxes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.commands import doctor
from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.conversations.tests.making import mailbox
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_doctor_tells_of_mailboxes_that_stopped_or_are_silent(cast: Cast) -> None:
    said = doctor.mailboxes()
    assert (said.state, said.text) == ("ok", "none set up")
    box = mailboxes.switch_on(mailbox(imap_host="imap.lantern.example"), by=SYSTEM)
    assert (doctor.mailboxes().state, doctor.mailboxes().text) == ("ok", "1 at work")
    Mailbox.objects.update(enabled_at=clock.now() - timedelta(hours=1))
    said = doctor.mailboxes()
    assert (said.state, said.text) == ("warn", "nothing was fetched for 15 minutes from help@lantern.example")
    mailboxes.pause(box, "535 wrong password", by=SYSTEM)
    said = doctor.mailboxes()
    assert (said.state, said.text) == ("bad", "help@lantern.example: 535 wrong password")
