"""A message from outside is filed once, where it belongs, for whom it is from."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from hypothesis import example, given
from hypothesis import strategies as st

from rapport.conversations.incoming import Incoming, IncomingFile, short_id
from rapport.conversations.models import Mailbox, Message, Participant, Thread, ThreadLink
from rapport.conversations.services import messages, threads
from rapport.conversations.services.placing import newest_first
from rapport.conversations.tests.making import AT, events, everything, fresh, mail, mailbox, received
from rapport.customers.models import Customer, Identity
from rapport.customers.services import customers
from rapport.kernel import clock, files
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.team.services import organisation
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def test_a_first_mail_opens_a_thread_with_its_customer(cast: Cast) -> None:
    ana = customer("Ana Lima", email="Ana@Lima.example")
    box = mailbox()
    with clock.frozen(AT):
        message = received(at=AT - timedelta(minutes=3), cc=(("Rui", "rui@lima.example"),), mailbox_id=box.pk)
    thread = message.thread
    assert (thread.channel, thread.subject, thread.customer, thread.mailbox) == ("email", "My order", ana, box)
    assert (message.direction, message.sender_kind, message.state) == ("in", "customer", "received")
    assert (message.customer, message.at, message.created_at) == (ana, AT - timedelta(minutes=3), AT)
    assert message.fresh_text == message.text == "Where is my lantern?"
    after = fresh(thread)
    assert (after.message_count, after.waiting_since, after.last_out_at) == (1, AT, None)
    assert after.last_message_at == after.last_in_at == AT - timedelta(minutes=3)
    people = Participant.objects.filter(thread=thread).order_by("id").values_list("role", "address", "customer")
    assert list(people) == [("requester", "ana@lima.example", ana.pk), ("cc", "rui@lima.example", None)]
    assert events(thread) == ["started"]
    assert events(message) == ["message_received"]
    told = EventRecord.objects.get(subject_id=message.pk)
    assert (told.customer_id, told.at) == (ana.pk, AT - timedelta(minutes=3))
    assert told.data == {
        "thread_id": str(thread.pk), "channel": "email", "subject": "My order", "text": "Where is my lantern?",
        "from_address": "ana@lima.example",
    }  # fmt: skip


def test_the_same_mail_is_filed_once(cast: Cast) -> None:
    first = received(message_id="one@lima.example")
    before = everything()
    again = received("Another text", message_id="<one@lima.example>", to=(("", "sales@lantern.example"),))
    assert again == first
    assert everything() == before


def test_a_mail_without_an_id_is_known_by_what_is_in_it(cast: Cast) -> None:
    first = received("Hello", message_id="", at=AT)
    assert first.message_id.endswith("@without-id.invalid")
    assert received("Hello", message_id="", at=AT) == first
    assert received("Hello again", message_id="", at=AT) != first
    chat = Incoming("chat", text="Hello")
    assert messages.receive(chat, by=SYSTEM) != messages.receive(chat, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_comes_twice_at_once_is_filed_once(cast: Cast) -> None:
    ready = threading.Barrier(6)
    found: list[Message] = []
    one = mail(message_id="race@lima.example")

    def file() -> None:
        try:
            ready.wait()
            found.append(messages.receive(one, by=SYSTEM))
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=file) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({message.pk for message in found}) == 1
    assert len(found) == 6
    assert (Thread.objects.count(), Message.objects.count(), Customer.objects.count()) == (1, 1, 1)
    assert EventRecord.objects.filter(type="conversations.message_received").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.mark.django_db(transaction=True)
def test_two_mails_at_once_from_somebody_new_make_one_customer(cast: Cast) -> None:
    ready = threading.Barrier(4)
    found: list[Message] = []

    def file(number: int) -> None:
        try:
            ready.wait()
            found.append(received(message_id=f"n{number}@lima.example"))
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=file, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ana = Customer.objects.get()
    assert [message.customer_id for message in found] == [ana.pk] * 4
    assert Identity.objects.get().normal == "ana@lima.example"
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def test_nobody_without_the_right_brings_anything_in(cast: Cast) -> None:
    before = everything()
    with pytest.raises(Forbidden):
        messages.receive(mail(), by=actor(cast.ben))
    assert everything() == before


def answered(**values: object) -> Message:
    """Return Ana's mail, whose thread `values` of an answer lead to."""
    mailbox()
    return received(message_id="first@lima.example")


def test_an_answer_finds_its_thread_by_references_or_in_reply_to(cast: Cast) -> None:
    first = answered()
    by_reference = received(references=("unknown@x.example", "first@lima.example", "<lost@x.example>"))
    by_answer = received(in_reply_to=("nothing@x.example", " <first@lima.example> "))
    assert by_reference.thread == by_answer.thread == first.thread
    assert fresh(first.thread).message_count == 3
    assert events(by_answer) == ["message_received"]
    assert events(first.thread) == ["started"]


def test_the_token_goes_before_references_and_references_before_the_subject(cast: Cast) -> None:
    first = answered()
    second = received(message_id="second@lima.example")
    assert second.thread != first.thread
    both = received(tokens=(second.thread.token.upper(),), references=("first@lima.example",))
    assert both.thread == second.thread
    named = received(references=("first@lima.example",), subject_tokens=(second.thread.token,))
    assert named.thread == first.thread
    subject = received(subject_tokens=(second.thread.token,))
    assert subject.thread == second.thread


def test_the_newest_reference_counts(cast: Cast) -> None:
    answered()
    second = received(message_id="second@lima.example")
    found = received(references=("first@lima.example", "second@lima.example"))
    assert found.thread == second.thread


def test_a_stranger_with_a_token_gets_a_thread_of_their_own(cast: Cast) -> None:
    first = answered()
    stranger = received(
        from_address="eve@elsewhere.example", from_name="Eve", tokens=(first.thread.token,),
        references=("first@lima.example",),
    )  # fmt: skip
    assert stranger.thread != first.thread
    link = ThreadLink.objects.get()
    assert (link.thread, link.other, link.kind) == (stranger.thread, first.thread, "related")
    assert not first.thread.participants.filter(address="eve@elsewhere.example").exists()


def test_somebody_in_copy_and_another_address_of_the_customer_get_in(cast: Cast) -> None:
    customer("Ana Lima", email="ana@lima.example").identities.create(
        kind="email", value="ana@home.example", normal="ana@home.example", match_key="ana@home.example",
        created_at=AT,
    )  # fmt: skip
    mailbox()
    first = received(message_id="first@lima.example", cc=(("Rui", "rui@lima.example"),))
    rui = received(from_address="RUI@lima.example", references=("first@lima.example",))
    home = received(from_address="ana@home.example", references=("first@lima.example",))
    assert rui.thread == home.thread == first.thread


def test_the_answer_of_a_colleague_goes_out_or_is_a_note(cast: Cast) -> None:
    first = answered()
    ids = ("first@lima.example",)
    to_ana = (("Ana", "ana@lima.example"),)
    out = received("It is on its way.", from_address=cast.ben.email, references=ids, to=to_ana, at=AT)
    assert (out.direction, out.state, out.sender_kind, out.author) == ("out", "sent", "agent", cast.ben)
    assert (out.thread, out.sent_at, events(out)) == (first.thread, AT, ["message_sent"])
    assert fresh(first.thread).waiting_since is not None  # it was written before Ana's
    note = received("Shall we refund?", from_address=cast.ben.email, references=ids)
    assert (note.direction, note.state, events(note)) == ("note", "received", ["note_added"])
    assert fresh(first.thread).message_count == 2


def test_what_we_sent_from_another_program_goes_out(cast: Cast) -> None:
    mailbox("help@lantern.example", aliases=("hello@lantern.example",))
    ana = customer("Ana Lima", email="ana@lima.example")
    sent = received(
        "Your lantern is ready.", from_address="Hello+x@lantern.example",
        to=(("", "help@lantern.example"), ("Ana", "ana@lima.example")),
    )  # fmt: skip
    assert (sent.direction, sent.state, sent.thread.customer) == ("out", "sent", ana)
    asks = Participant.objects.get(thread=sent.thread)
    assert (asks.role, asks.address) == ("requester", "ana@lima.example")
    assert fresh(sent.thread).waiting_since is None


def test_a_colleague_may_ask_too_and_becomes_no_customer(cast: Cast) -> None:
    asked = received("My screen is black.", from_address=cast.ben.email, message_id="ben@lantern.example")
    assert (asked.direction, asked.thread.customer, Customer.objects.count()) == ("in", None, 0)
    more = received("Still black.", from_address=cast.ben.email, references=("ben@lantern.example",))
    assert (more.thread, more.direction) == (asked.thread, "in")


def test_an_unknown_writer_becomes_a_lead(cast: Cast) -> None:
    message = received()
    lead = Customer.objects.get()
    assert (lead.name, lead.stage, lead.source) == ("Ana Lima", "lead", "email")
    assert message.thread.customer == message.customer == lead
    assert lead.identities.get().normal == "ana@lima.example"


def test_by_policy_an_unknown_writer_becomes_nobody_until_their_address_is_known(cast: Cast) -> None:
    organisation.change(policy={"conversations": {"unknown_sender": "nobody"}}, by=SYSTEM)
    message = received()
    assert (message.thread.customer, Customer.objects.count()) == (None, 0)
    ana = customer("Ana Lima", email="ana@lima.example")
    assert fresh(message.thread).customer == ana
    assert Message.objects.get().customer == ana
    assert "customer_set" in events(message.thread)


@pytest.mark.parametrize(
    "address", ["noreply@lima.example", "MAILER-DAEMON@lima.example", "info@lima.example", "bounce-77@lima.example"]
)
def test_an_address_of_a_function_becomes_no_customer(cast: Cast, address: str) -> None:
    message = received(from_address=address)
    assert (message.customer, Customer.objects.count()) == (None, 0)


@pytest.mark.parametrize("channel", ["chat", "portal", "api"])
def test_an_address_typed_in_a_chat_proves_nothing(cast: Cast, channel: str) -> None:
    ana = customer("Ana Lima", email="ana@lima.example")
    message = messages.receive(Incoming(channel, text="Hello", from_address="ana@lima.example"), by=SYSTEM)
    assert (message.thread.customer, message.customer) == (None, None)
    proven = messages.receive(Incoming(channel, text="Hello", customer_id=ana.pk), by=SYSTEM)
    assert (proven.thread.customer, proven.customer) == (ana, ana)
    assert Customer.objects.count() == 1


def test_a_customer_in_the_trash_is_not_made_a_second_time(cast: Cast) -> None:
    ana = customer("Ana Lima", email="ana@lima.example")
    customers.trash(ana, by=SYSTEM)
    assert received().thread.customer == ana
    assert Customer.objects.count() == 1


def test_nobody_waits_for_the_answer_to_a_machine(cast: Cast) -> None:
    first = answered()
    with clock.frozen(AT):
        reply = messages.reply(first.thread, "On its way.", by=SYSTEM)
    waits = fresh(first.thread).waiting_since
    auto = received("I am away.", automatic="auto_reply", references=(reply.message_id,))
    assert (auto.thread, events(auto)) == (first.thread, ["automatic_received"])
    assert fresh(first.thread).waiting_since == waits
    bounce = received("Unknown user", automatic="bounce", from_address="mailer-daemon@lima.example",
                      references=(reply.message_id,))  # fmt: skip
    assert bounce.thread == first.thread


def test_what_is_parked_is_told_to_nobody_until_it_is_cleared(cast: Cast) -> None:
    message = received(park=True)
    thread = message.thread
    assert thread.spam_at is not None
    assert (thread.customer, events(thread), events(message)) == (None, [], [])
    threads.clear_of_spam(thread, by=actor(cast.ben))
    assert events(thread) == ["cleared_of_spam", "started"]
    assert events(message) == ["message_received"]


def test_whoever_wrote_only_spam_goes_on_writing_spam(cast: Cast) -> None:
    first = received()
    threads.mark_spam(first.thread, by=actor(cast.ben))
    more = received("Buy lanterns!")
    assert more.thread.spam_at is not None
    assert events(more) == []
    threads.clear_of_spam(more.thread, by=actor(cast.ben))
    assert received("Buy more!").thread.spam_at is None


def test_what_was_written_before_we_began_wakes_nobody(cast: Cast) -> None:
    with clock.frozen(AT):
        message = received(historic=True, at=AT - timedelta(days=20))
    assert events(message.thread) == []
    assert events(message) == ["message_received"]
    assert EventRecord.objects.get(subject_id=message.pk).at == AT - timedelta(days=20)
    assert fresh(message.thread).waiting_since == AT - timedelta(days=20)


def test_a_message_wakes_a_thread_and_brings_it_back_from_the_trash(cast: Cast) -> None:
    first = answered()
    threads.snooze(first.thread, clock.now() + timedelta(days=1), by=SYSTEM)
    received(references=("first@lima.example",))
    assert fresh(first.thread).snoozed_until is None
    assert events(first.thread)[-1] == "woken"
    threads.trash(first.thread, by=SYSTEM)
    received(references=("first@lima.example",))
    assert fresh(first.thread).deleted_at is None
    assert events(first.thread)[-1] == "restored"


def test_a_machine_wakes_nobody(cast: Cast) -> None:
    first = answered()
    until = clock.now() + timedelta(days=1)
    threads.snooze(first.thread, until, by=SYSTEM)
    received(references=("first@lima.example",), automatic="auto_reply")
    assert fresh(first.thread).snoozed_until == until


def test_a_date_of_the_future_or_none_counts_as_now(cast: Cast) -> None:
    with clock.frozen(AT):
        assert received(at=AT + timedelta(days=400)).at == AT
        assert received(at=None).at == AT
        assert received(at=AT.replace(tzinfo=None)).at == AT


def test_the_source_and_the_files_are_kept(cast: Cast) -> None:
    message = received(
        raw=b"From: ana\r\n\r\nHello",
        files=(
            IncomingFile("../photo.png", b"\x89PNG\r\n\x1a\n...", content_id="<p1>", inline=True),
            IncomingFile("invoice.pdf.exe", b"MZ\x00", "application/pdf"),
        ),
    )
    assert files.read(message.raw) == b"From: ana\r\n\r\nHello"
    photo, program = message.attachments.order_by("id")
    assert (photo.name, photo.media_type, photo.size, photo.content_id) == ("photo.png", "image/png", 11, "p1")
    assert (photo.inline, photo.refused) == (True, "")
    assert files.read(photo.key) == b"\x89PNG\r\n\x1a\n..."
    assert (program.key, program.refused, program.size) == ("", "Programs are not taken.", 3)


def test_text_that_the_database_would_refuse_is_made_fit(cast: Cast) -> None:
    message = received("a\x00b \udce4 c", subject="s\x00" * 400, from_name="x\x00" * 300, references=("r\x00@x",) * 90)
    assert message.text == "ab ? c"
    assert (len(message.subject), message.references) == (300, ["r@x"] * 50)


def test_recipients_are_kept_once_in_small_letters_up_to_two_hundred(cast: Cast) -> None:
    many = tuple(("", f"P{number}@x.example") for number in range(300))
    message = received(to=(("A", "One@x.example"), ("B", "one@X.example"), ("", " ")), cc=many)
    assert message.to == [["A", "one@x.example"]]
    assert len(message.cc) == 200
    assert message.thread.participants.count() == 200


def test_an_unknown_channel_is_refused(cast: Cast) -> None:
    before = everything()
    with pytest.raises(ValueError, match="no channel telepathy"):
        messages.receive(Incoming("telepathy", text="…"), by=SYSTEM)
    assert everything() == before


def test_the_mailboxes_own_addresses_are_never_in_copy(cast: Cast) -> None:
    mailbox("help@lantern.example", aliases=("hello@lantern.example",))
    box = ("", "help+abc123@lantern.example")
    message = received(to=(box, ("", "HELLO@lantern.example")), cc=(("", cast.ben.email), ("", "rui@lima.example")))
    parts = message.thread.participants.order_by("id").values_list("address", flat=True)
    assert list(parts) == ["ana@lima.example", "rui@lima.example"]
    assert Mailbox.objects.count() == 1


@example("0< ")
@given(st.text(max_size=600))
def test_a_short_id_fits_and_stays_as_it_is(given_id: str) -> None:
    short = short_id(given_id)
    assert len(short) <= 250
    assert short_id(short) == short
    assert short_id(f" <{given_id}> ") == short


@given(st.lists(st.sampled_from("abcdef"), max_size=120))
def test_references_are_read_from_the_newest_each_once(ids: list[str]) -> None:
    found = newest_first(ids)
    assert len(found) == len(set(found))
    assert set(found) == set(ids[-50:])
    assert found == sorted(found, key=lambda one: -max(i for i, other in enumerate(ids) if other == one))


def test_a_connector_needs_only_the_right_to_receive(cast: Cast) -> None:
    from rapport.kernel.actors import Reach

    connector = Actor(kind="system", name="Mail", grants={"conversations.receive": Reach.ALL})
    assert messages.receive(mail(), by=connector).thread.customer == Customer.objects.get()
