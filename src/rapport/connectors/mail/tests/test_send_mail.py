"""Sending over a real SMTP server."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from rapport.connectors.mail import smtp
from rapport.connectors.mail.filing import Arrival, file
from rapport.connectors.mail.tests.servers import TOKEN, USER, Dovecot, Post
from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.mail.parse import parse
from rapport.conversations.models import Delivery, Mailbox, Message
from rapport.conversations.services import mailboxes, messages, outbox
from rapport.kernel import clock, secrets
from rapport.kernel.actors import SYSTEM

pytestmark = pytest.mark.django_db

ASKED = (
    b"From: Ana Lima <ana@lima.example>\r\nTo: help@lantern.example\r\nCc: carlo@lima.example\r\nSubject: Lamp\r\n"
    b"Message-ID: <m1@lima.example>\r\nReferences: <m0@lima.example>\r\n\r\nWhere is it?\r\n.\r\nAna"
)


@pytest.fixture
def asked(box: Mailbox) -> Message:
    message = file(Arrival(ASKED, box))
    assert message is not None
    return message


def answer(asked: Message, text: str = "On its way.\n.\nBob", **values: object) -> Message:
    return messages.reply(asked.thread, text, by=SYSTEM, **values)  # type: ignore[arg-type]


def again(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_an_answer_goes_out_with_all_that_leads_back(asked: Message, post: Post, box: Mailbox) -> None:
    mailboxes.change(box, by=SYSTEM, signature="Lantern & Sons\nPorto")
    ours = answer(asked, files=(IncomingFile("bill.txt", b"12 EUR", "text/plain"),))
    assert outbox.send(ours.pk) == "sent"
    sender, recipients, raw = post.taken[0]
    assert (sender, recipients) == (USER, ("ana@lima.example", "carlo@lima.example"))
    mail = parse(raw)
    assert (mail.message_id, mail.in_reply_to) == (ours.message_id, ("m1@lima.example",))
    assert mail.references == ("m0@lima.example", "m1@lima.example")
    assert mail.subject == f"Re: Lamp [#{asked.thread.token}]"
    assert mail.text.replace("\r\n", "\n").startswith("On its way.\n.\nBob\n\n-- \nLantern & Sons\nPorto\n\nOn ")
    assert "> Where is it?" in mail.text
    assert "<p>On its way.<br>" in mail.html
    assert [(one.name, one.content.strip()) for one in mail.files] == [("bill.txt", b"12 EUR")]
    assert mail.reply_to == ()


def test_tokens_go_out_where_they_are_known_to_arrive(asked: Message, post: Post, box: Mailbox) -> None:
    Mailbox.objects.update(plus_at=clock.now())
    outbox.send(answer(asked).pk)
    sender, _recipients, raw = post.taken[0]
    mail = parse(raw)
    assert mail.subject == "Re: Lamp"
    assert mail.reply_to[0].email.startswith(f"help+t-{asked.thread.token}-")
    assert sender.startswith("help+b-")
    back = f"From: ana@lima.example\r\nTo: {mail.reply_to[0].email}\r\nMessage-ID: <m2@x>\r\n\r\nThanks".encode()
    answered = file(Arrival(back))
    assert answered is not None
    assert answered.thread_id == asked.thread_id


def test_what_comes_back_over_the_wire_finds_its_thread(asked: Message, post: Post) -> None:
    outbox.send(answer(asked).pk)
    sent = message_from_bytes(post.taken[0][2], policy=default)
    back = (
        f"From: carlo@lima.example\r\nMessage-ID: <m9@lima.example>\r\nIn-Reply-To: {sent['Message-ID']}\r\n"
        f"References: {sent['References']} {sent['Message-ID']}\r\nSubject: Re: {sent['Subject']}\r\n\r\nThank you"
    )
    answered = file(Arrival(back.encode()))
    assert answered is not None
    assert answered.thread_id == asked.thread_id
    assert file(Arrival(post.taken[0][2])) == Message.objects.get(direction="out")


def test_what_the_product_writes_says_so(asked: Message, post: Post) -> None:
    outbox.send(answer(asked, "We have your mail.", automatic=True).pk)
    mail = parse(post.taken[0][2])
    assert mail.header("auto-submitted") == "auto-generated"
    assert "<mj-" not in mail.html
    assert "We have your mail." in mail.html


@pytest.mark.parametrize(
    ("said", "state", "outcome"),
    [
        ("451 4.7.1 greylisted", "queued", "later"),
        ("554 5.7.1 spam", "failed", "refused"),
    ],
)
def test_what_the_server_says_decides(asked: Message, post: Post, said: str, state: str, outcome: str) -> None:
    post.answer = said
    ours = answer(asked)
    assert outbox.send(ours.pk) == state
    assert again(ours).error == said
    assert Delivery.objects.get().outcome == outcome
    assert post.taken == []


def test_one_refused_recipient_stops_no_other(asked: Message, post: Post) -> None:
    post.refuses["carlo@lima.example"] = "550 5.1.1 no such user"
    assert outbox.send(answer(asked).pk) == "sent"
    assert post.taken[0][1] == ("ana@lima.example",)
    assert "carlo@lima.example: 550 5.1.1 no such user" in Delivery.objects.get().detail


@pytest.mark.parametrize(("said", "state"), [("550 5.1.1 no such user", "failed"), ("450 4.2.1 busy", "queued")])
def test_when_all_are_refused_nothing_is_sent(asked: Message, post: Post, said: str, state: str) -> None:
    post.refuses |= {"ana@lima.example": said, "carlo@lima.example": said}
    assert outbox.send(answer(asked).pk) == state
    assert post.taken == []


def test_a_server_that_is_away_is_tried_again(asked: Message, post: Post) -> None:
    Mailbox.objects.update(smtp_port=1)
    ours = answer(asked)
    assert outbox.send(ours.pk) == "queued"
    assert again(ours).send_after == pytest.approx(clock.now() + timedelta(minutes=1), abs=timedelta(seconds=30))
    Mailbox.objects.update(smtp_port=post.port)
    Message.objects.filter(pk=ours.pk).update(send_after=clock.now())
    assert outbox.send(ours.pk) == "sent"
    assert len(post.taken) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_server_that_hangs_up_without_a_word_is_never_told_twice(asked: Message, post: Post, when: str) -> None:
    post.hangs_up = when
    ours = answer(asked)
    assert outbox.send(ours.pk) == "failed"
    assert "Nobody knows whether this was sent" in again(ours).error
    assert len(post.taken) == (when == "after")
    post.hangs_up = ""
    assert outbox.send(ours.pk) == "failed"
    assert len(post.taken) == (when == "after")


def test_what_the_mailbox_shows_as_sent_was_sent(asked: Message, dovecot: Dovecot, post: Post) -> None:
    from rapport.connectors.mail.gateway import MailGateway

    ours = answer(asked)
    assert MailGateway().accepted(ours) is None
    dovecot.put(f"Message-ID: <{ours.message_id}>\r\n\r\nHi".encode(), folder="Sent")
    assert MailGateway().accepted(ours) is True


def test_a_wrong_password_pauses_the_mailbox(asked: Message, post: Post, box: Mailbox) -> None:
    Mailbox.objects.update(smtp_secret=secrets.seal("wrong"))
    assert outbox.send(answer(asked).pk) == "failed"
    box.refresh_from_db()
    assert box.paused_because.startswith("535")
    assert post.taken == []


def test_a_mailbox_signs_in_by_oauth(asked: Message, post: Post, box: Mailbox) -> None:
    soon = clock.now() + timedelta(hours=1)
    Mailbox.objects.update(oauth_access=secrets.seal(TOKEN), oauth_expires_at=soon)
    assert outbox.send(answer(asked).pk) == "sent"
    Mailbox.objects.update(oauth_access=secrets.seal("old"))
    assert outbox.send(answer(asked).pk) == "failed"
    assert len(post.taken) == 1


def test_a_mailbox_that_is_off_sends_nothing(asked: Message, post: Post, box: Mailbox) -> None:
    mailboxes.switch_off(box, by=SYSTEM)
    ours = answer(asked)
    assert outbox.send(ours.pk) == "failed"
    assert again(ours).error == "The mailbox help@lantern.example does not send mail."
    assert post.taken == []


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b".\r\n..\n.a\rb", b"..\r\n...\r\n..a\r\nb\r\n"),
        (b"a\r\n", b"a\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_dots_do_not_end_a_mail(raw: bytes, sent: bytes) -> None:
    assert smtp.stuffed(raw) == sent


def formed(box: Mailbox | None, **given: str) -> Message:
    """Let somebody write by the form of the help centre."""
    said = Incoming("form", subject="Opening hours", text="Are you open on Sunday?", message_id="f1@form.invalid",
                    from_name="Eve Stone", **given)  # type: ignore[arg-type]  # fmt: skip
    return messages.receive(said, by=SYSTEM)


def test_who_wrote_by_a_form_gets_the_answer_by_mail_and_answers_into_the_same_thread(box: Mailbox, post: Post) -> None:
    written = formed(box, from_address="eve@stone.example")
    ours = answer(written, "From ten to four.")
    assert outbox.send(ours.pk) == "sent"
    _sender, recipients, raw = post.taken[0]
    mail = parse(raw)
    assert (recipients, mail.subject) == (("eve@stone.example",), f"Re: Opening hours [#{written.thread.token}]")
    back = (
        f"From: eve@stone.example\r\nTo: {USER}\r\nSubject: {mail.subject}\r\nMessage-ID: <b@stone.example>\r\n"
        f"In-Reply-To: <{mail.message_id}>\r\n\r\nThank you.\r\n"
    )
    came = file(Arrival(back.encode(), box))
    assert came is not None
    assert came.thread_id == written.thread_id


def test_who_left_no_address_in_a_form_cannot_be_answered_and_it_says_why(box: Mailbox, post: Post) -> None:
    written = formed(box)
    with pytest.raises(messages.NobodyToWriteTo):
        answer(written)
    assert Message.objects.count() == 1
    assert post.taken == []


def test_an_answer_to_a_form_says_when_no_mailbox_sends(box: Mailbox) -> None:
    mailboxes.switch_off(box, by=SYSTEM)
    ours = answer(formed(None, from_address="eve@stone.example"))
    assert outbox.send(ours.pk) == "failed"
    assert again(ours).error == "There is no mailbox that sends mail."
