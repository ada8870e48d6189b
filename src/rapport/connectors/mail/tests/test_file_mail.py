"""From the bytes of a mail to a message in its thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import override_settings

from rapport.connectors.mail.filing import Arrival, file
from rapport.connectors.mail.loops import may_answer_by_itself
from rapport.connectors.mail.signing import signer
from rapport.conversations import queries
from rapport.conversations.mail.cleaning import Cleaned, clean
from rapport.conversations.mail.tokens import PROBE, RETURN, THREAD
from rapport.conversations.models import Attachment, Mailbox, Message, Thread, ThreadLink
from rapport.conversations.services import mailboxes, messages
from rapport.customers.models import Identity
from rapport.kernel import clock, files
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.testing.cast import Cast

AT = datetime(2026, 7, 6, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(cast: Cast, tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path), clock.frozen(AT):
        mailboxes.add("help@lantern.example", by=SYSTEM, aliases=("sales@lantern.example",))
        yield


def box() -> Mailbox:
    return Mailbox.objects.get()


def raw(*headers: str, body: str = "Where is my lamp?", name: str = "m1@lima.example", sender: str = "") -> bytes:
    head = [f"From: {sender or 'Ana Lima <ana@lima.example>'}", f"Message-ID: <{name}>", *headers]
    usual = {"To": "help@lantern.example", "Subject": "Lamp", "Date": "Mon, 6 Jul 2026 09:00:00 +0200"}
    head += [f"{key}: {value}" for key, value in usual.items() if not any(one.startswith(f"{key}:") for one in headers)]
    return "\r\n".join([*head, "", body]).encode()


def filed(*headers: str, mailbox: Mailbox | None = None, recipients: tuple[str, ...] = (), **values: str) -> Message:
    message = file(Arrival(raw(*headers, **values), mailbox or box(), recipients))
    assert message is not None
    return message


def answered(message: Message) -> Message:
    """Return our answer to `message`, as if it had been sent."""
    ours = messages.reply(message.thread, "It is on its way.", by=SYSTEM)
    Message.objects.filter(pk=ours.pk).update(state="sent", sent_at=AT, send_after=AT)
    ours.refresh_from_db()
    return ours


def test_a_mail_opens_a_thread_and_is_kept_as_it_came() -> None:
    message = filed(body="Where is my lamp?\r\n\r\n-- \r\nAna")
    assert (message.from_address, message.from_name, message.subject) == ("ana@lima.example", "Ana Lima", "Lamp")
    assert (message.fresh_text, message.at) == ("Where is my lamp?", datetime(2026, 7, 6, 7, tzinfo=UTC))
    assert message.thread.mailbox == box()
    assert message.thread.customer is not None
    assert files.read(message.raw) == raw(body="Where is my lamp?\r\n\r\n-- \r\nAna")


def test_the_same_mail_is_filed_once_whatever_way_it_comes() -> None:
    other = mailboxes.add("shop@lantern.example", by=SYSTEM)
    first, again = filed(mailbox=Mailbox.objects.order_by("created_at").first()), filed(mailbox=other)
    assert first.pk == again.pk
    without_id = raw().replace(b"Message-ID: <m1@lima.example>\r\n", b"")
    one, two = file(Arrival(b"Received: by a\r\n" + without_id)), file(Arrival(b"Received: by b\r\n" + without_id))
    assert one is not None
    assert two is not None
    assert one.pk == two.pk
    assert Message.objects.count() == 2


@pytest.mark.parametrize("header", ["References", "In-Reply-To"])
def test_an_answer_finds_its_thread(header: str) -> None:
    first = filed()
    ours = answered(first)
    again = filed(f"{header}: <other@x> <{ours.message_id}>", name="m2@lima.example")
    assert again.thread_id == first.thread_id


def test_an_answer_to_the_signed_address_finds_its_thread() -> None:
    first = filed()
    to = signer().address(THREAD, first.thread.token, "help@lantern.example")
    again = filed(f"To: {to}", name="m2@lima.example")
    envelope = filed(name="m3@lima.example", recipients=(to,))
    guessed = filed(f"To: help+t-{first.thread.token}-aaaaaaaaaaaaaaaa@lantern.example", name="m4@lima.example")
    assert again.thread_id == envelope.thread_id == first.thread_id != guessed.thread_id


def test_an_answer_with_the_mark_in_its_subject_finds_its_thread() -> None:
    first = filed()
    again = filed(f"Subject: AW: Lamp [#nope12] [#{first.thread.token.upper()}]", name="m2@lima.example")
    assert again.thread_id == first.thread_id


def test_a_stranger_with_a_token_gets_a_thread_of_their_own_beside_it() -> None:
    first = filed()
    to = signer().address(THREAD, first.thread.token, "help@lantern.example")
    strange = filed(f"To: {to}", f"References: <{first.message_id}>", name="m2@x", sender="eve@elsewhere.example")
    assert strange.thread_id != first.thread_id
    link = ThreadLink.objects.get()
    assert (link.thread_id, link.other_id) == (strange.thread_id, first.thread_id)
    assert Message.objects.filter(thread=first.thread).count() == 1


def test_whoever_was_in_copy_is_no_stranger() -> None:
    first = filed("Cc: Carlo <carlo@lima.example>")
    again = filed(f"In-Reply-To: <{first.message_id}>", name="m2@x", sender="carlo@lima.example")
    assert again.thread_id == first.thread_id


def test_what_a_colleague_forwards_is_of_whoever_wrote_it(cast: Cast) -> None:
    body = "Can you help?\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ana <ana@lima.example>\r\n\r\nLamp?"
    message = filed("Subject: Fwd: Lamp", sender=cast.alice.email, body=body)
    assert (message.from_address, message.direction) == ("ana@lima.example", "in")


def test_an_automatic_answer_is_attached_and_wakes_nobody() -> None:
    first = filed()
    ours = answered(first)
    away = filed(f"In-Reply-To: <{ours.message_id}>", "Auto-Submitted: auto-replied", name="m2@x")
    assert (away.thread_id, away.automatic) == (first.thread_id, "auto_reply")
    assert Thread.objects.get().waiting_since is None
    assert not may_answer_by_itself(away)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (("Auto-Submitted: auto-generated",), "auto_reply"),
        (("Precedence: bulk",), "list"),
        (("X-Rapport-Mail: automatic",), "own"),
    ],
)
def test_what_machines_begin_is_parked(headers: tuple[str, ...], kind: str) -> None:
    message = filed(*headers)
    assert message.automatic == kind
    assert message.thread.spam_at is not None


def test_what_our_own_address_sends_opens_nothing_that_anybody_must_answer() -> None:
    message = filed(sender="sales@lantern.example")
    assert (message.direction, message.automatic) == ("out", "own")
    assert message.thread.waiting_since is None


def test_whoever_writes_faster_than_a_person_is_parked() -> None:
    made = [filed(name=f"m{number}@lima.example") for number in range(21)]
    assert [message.automatic for message in made] == [""] * 20 + ["auto_reply"]
    assert made[-1].thread.spam_at is not None


def bounce_of(ours: Message, address: str, status: str = "5.1.1", name: str = "b1@mx") -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: help@lantern.example\r\nMessage-ID: <{name}>\r\n"
        "Subject: Undelivered\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\n"
        f"Status: {status}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{ours.message_id}>\r\n\r\nx\r\n--b--"
    ).encode()


def test_a_bounce_marks_the_message_and_the_address() -> None:
    first = filed()
    ours = answered(first)
    arrival = Arrival(bounce_of(ours, "ana@lima.example"), box())
    message = file(arrival)
    again = file(arrival)
    assert message is not None
    assert again == message
    assert (message.thread_id, message.automatic) == (first.thread_id, "bounce")
    ours.refresh_from_db()
    assert ours.state == "bounced"
    assert Identity.objects.get(normal="ana@lima.example").invalid_at == AT


def test_a_full_mailbox_is_no_dead_address() -> None:
    ours = answered(filed())
    file(Arrival(bounce_of(ours, "ana@lima.example", "5.2.2"), box()))
    ours.refresh_from_db()
    assert ours.state == "sent"
    assert Identity.objects.get(normal="ana@lima.example").invalid_at is None


def test_nobody_declares_an_address_dead_that_we_did_not_write_to() -> None:
    first = filed("Cc: carlo@lima.example")
    ours = answered(first)
    filed(name="m5@x", sender="bob@else.example")
    file(Arrival(bounce_of(ours, "bob@else.example"), box()))
    ours.message_id = "guessed@x"
    file(Arrival(bounce_of(ours, "ana@lima.example", name="b2@mx"), box()))
    assert not Identity.objects.exclude(invalid_at=None).exists()


def test_a_bounce_in_its_own_words_is_known_by_its_address() -> None:
    ours = answered(filed())
    to = signer().address(RETURN, ours.pk.hex, "help@lantern.example")
    words = (
        "From: postmaster@mx.example\r\nMessage-ID: <b@mx>\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\r\n\r\n<ana@lima.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n"
    )
    message = file(Arrival(words.encode(), box(), (to,)))
    assert message is not None
    assert (message.automatic, message.thread_id) == ("bounce", ours.thread_id)
    assert Identity.objects.get(normal="ana@lima.example").invalid_at == AT


def test_what_cannot_be_read_is_kept_and_shown() -> None:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(400))
    message = file(Arrival(b"From: ana@lima.example\r\nSubject: Deep\r\n" + opened.encode(), box()))
    assert message is not None
    assert message.from_address == "ana@lima.example"
    assert message.text.startswith("This mail could not be read. This is its source.\n\nFrom: ana@lima.example")
    assert files.read(message.raw).startswith(b"From: ana@lima.example\r\nSubject: Deep")
    empty = file(Arrival(b"", box()))
    assert empty is not None
    assert empty.thread.mailbox == box()


def test_files_and_pictures_are_kept_apart() -> None:
    body = (
        '--b\r\nContent-Type: text/html\r\n\r\n<p>Look</p><img src="cid:c1"><img src="https://t.example/x.gif">\r\n'
        "--b\r\nContent-Type: text/plain; name=note.txt\r\nContent-ID: <c1>\r\n"
        "Content-Disposition: attachment\r\n\r\nA lamp.\r\n--b--"
    )
    message = filed("Content-Type: multipart/related; boundary=b", body=body)
    assert message.html == '<p>Look</p><img data-cid="c1"><img data-remote="https://t.example/x.gif">'
    assert message.text == "Look"
    kept = Attachment.objects.get()
    assert (kept.name, kept.content_id, files.read(kept.key)) == ("note.txt", "c1", b"A lamp.")


def test_our_own_probe_says_that_what_is_behind_a_plus_arrives() -> None:
    to = signer().address(PROBE, box().pk.hex, "help@lantern.example")
    assert file(Arrival(raw(f"To: {to}"), box())) is None
    assert box().plus_at == AT
    assert not Message.objects.exists()


def test_nothing_is_answered_by_itself_without_end() -> None:
    first = filed()
    assert may_answer_by_itself(first)
    for _ in range(2):
        messages.reply(first.thread, "Thank you.", by=SYSTEM, automatic=True)
    assert not may_answer_by_itself(first)
    second, third = filed(name="m2@x"), filed(name="m3@x")
    assert may_answer_by_itself(second)
    messages.reply(second.thread, "Thank you.", by=SYSTEM, automatic=True)
    assert not may_answer_by_itself(third)


def test_a_machine_is_never_answered_by_itself() -> None:
    form = filed("Reply-To: noreply@shop.example", name="m2@x")
    assert not may_answer_by_itself(form)
    assert not may_answer_by_itself(filed(name="m3@x", sender="noreply@shop.example"))


def test_a_mail_that_breaks_what_reads_it_is_filed_as_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(html: str) -> Cleaned:
        if html:
            raise RecursionError("a defect")
        return clean(html)

    monkeypatch.setattr("rapport.conversations.mail.saying.cleaning.clean", broken)
    message = filed("Content-Type: text/html", body="Where is my lamp?")
    assert (message.message_id, message.from_address) == ("m1@lima.example", "ana@lima.example")
    assert message.text.startswith("This mail could not be read. This is its source.")
    assert "Where is my lamp?" in message.text
    assert files.read(message.raw) == raw("Content-Type: text/html", body="Where is my lamp?")
    assert [row.thread_id for row in queries.search("lamp", SYSTEM).items] == [message.thread_id]
    assert [line.thread.pk for line in queries.inbox(SYSTEM, "unassigned").items] == [message.thread_id]


def test_a_mail_on_which_something_else_breaks_is_parked_where_the_staff_see_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*values: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr("rapport.service.services.arrivals.open_for", broken)
    message = filed()
    assert message.thread.spam_at is not None
    assert [line.thread.pk for line in queries.inbox(SYSTEM, "spam").items] == [message.thread_id]
    assert not Ticket.objects.exists()


def test_when_the_database_is_away_nothing_is_filed_and_whoever_brings_the_mail_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*values: object, **named: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("rapport.connectors.mail.filing.messages.receive", away)
    with pytest.raises(OperationalError):
        filed()
    assert not Message.objects.exists()
