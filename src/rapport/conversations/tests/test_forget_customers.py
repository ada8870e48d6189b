"""Of who is gone for good, conversations keep that there was talk, and not a word of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Attachment, Draft, Message, Participant, Thread
from rapport.conversations.queries import search
from rapport.conversations.services import drafts, messages
from rapport.conversations.tests.making import AT, fresh, mailbox, received
from rapport.customers.models import Customer
from rapport.customers.services import customers, purging
from rapport.kernel import clock, files
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
LONG_AFTER = AT + timedelta(days=32)


def purge(name: str) -> None:
    with clock.frozen(AT):
        customers.trash(Customer.objects.get(name=name), by=SYSTEM)
    with clock.frozen(LONG_AFTER):
        assert purging.purge(by=SYSTEM) == 1


def test_of_their_threads_nothing_is_left_but_that_they_were(
    cast: Cast, django_capture_on_commit_callbacks: type
) -> None:
    mailbox()
    with clock.frozen(AT):
        asked = received(
            "My brass lantern", raw=b"the source of it", files=[IncomingFile("plan.txt", b"a plan of hers")],
            cc=[("Ben", "ben@friends.example")],
        )  # fmt: skip
        answer = messages.reply(asked.thread, "Dear Ana, no", by=actor(cast.ben), send_after=AT + timedelta(days=60))
        drafts.save(asked.thread, "Ana again", by=actor(cast.ben))
    source, plan = Message.objects.get(pk=asked.pk).raw, Attachment.objects.get().key
    before = fresh(asked.thread)
    with django_capture_on_commit_callbacks(execute=True):
        purge("Ana Lima")

    thread = fresh(asked.thread)
    assert (thread.subject, thread.customer_id) == ("Forgotten", None)
    assert (thread.message_count, thread.last_in_at, thread.token) == (
        before.message_count,
        before.last_in_at,
        before.token,
    )
    for key, state in ((asked.pk, "received"), (answer.pk, "cancelled")):
        row = Message.objects.get(pk=key)
        said = (row.from_name, row.to, row.cc, row.reply_to, row.subject, row.text, row.fresh_text, row.html, row.raw)
        assert said == ("", [], [], "", "", "Forgotten", "Forgotten", "", "")
        assert (row.state, row.customer_id, row.references) == (state, None, [])
    assert Message.objects.get(pk=asked.pk).from_address == ""
    assert Message.objects.get(pk=asked.pk).message_id == asked.message_id
    assert not Draft.objects.exists()
    people = Participant.objects.filter(user__isnull=True).values_list("role", "address", "name")
    assert list(people) == [("requester", "", "")]
    kept = Attachment.objects.get()
    assert (kept.key, kept.name, kept.size) == ("", "Forgotten", len(b"a plan of hers"))
    for gone in (source, plan):
        with pytest.raises(files.NoSuchFile):
            files.read(gone)
    assert search("brass", SYSTEM).items == []
    told = EventRecord.objects.filter(subject_id=asked.pk)
    assert told.exists()
    assert not [record for record in told if {"text", "subject", "from_address"} & record.data.keys()]


def test_a_mail_of_theirs_that_is_fetched_again_does_not_bring_them_back(cast: Cast) -> None:
    mailbox()
    with clock.frozen(AT):
        asked = received("My brass lantern", message_id="once@lima.example")
    purge("Ana Lima")
    again = received("My brass lantern", message_id="once@lima.example")
    assert again.pk == asked.pk
    assert (Message.objects.count(), Thread.objects.count()) == (1, 1)
    assert not Customer.objects.filter(name="Ana Lima").exists()


def test_talk_of_others_stays_but_for_what_they_said_in_it(
    cast: Cast, django_capture_on_commit_callbacks: type
) -> None:
    mailbox()
    same = IncomingFile("logo.txt", b"the logo of all")
    with clock.frozen(AT):
        received("Hello from Ana", message_id="a@lima.example", files=[same])
        first = received(
            "Zoe asks", from_address="zoe@zoo.example", from_name="Zoe", message_id="z@zoo.example",
            cc=[("Ana", "ana@lima.example")], files=[same],
        )  # fmt: skip
        theirs = received("Ana says", message_id="b@lima.example", references=["z@zoo.example"])
    assert theirs.thread_id == first.thread_id
    with django_capture_on_commit_callbacks(execute=True):
        purge("Ana Lima")
    assert Message.objects.get(pk=first.pk).text == "Zoe asks"
    assert Message.objects.get(pk=theirs.pk).text == "Forgotten"
    assert fresh(first.thread).subject == "My order"
    assert list(first.thread.participants.values_list("address", flat=True)) == ["zoe@zoo.example"]
    kept = Attachment.objects.get(message=first)
    assert files.read(kept.key) == b"the logo of all"
