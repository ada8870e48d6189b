"""The doors at which servers hand mail over themselves: SMTP and the web."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.connectors.mail import door, webhook
from rapport.connectors.mail.tests.servers import free_port
from rapport.conversations.models import Mailbox, Message
from rapport.conversations.services import mailboxes
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast

MAIL = b"From: ana@lima.example\r\nSubject: Lamp\r\nMessage-ID: <m1@lima>\r\n\r\nWhere is it?\r\n.\r\nAna\r\n"


@pytest.fixture
def box(cast: Cast, files_aside: None) -> Mailbox:
    return mailboxes.add("help@lantern.example", by=SYSTEM, aliases=("sales@lantern.example",))


@pytest.fixture
def opened(box: Mailbox) -> Iterator[Controller]:
    controller = door.open_door("127.0.0.1", free_port())
    try:
        yield controller
    finally:
        controller.stop()


@pytest.fixture
def server(opened: Controller) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", opened.port, timeout=20) as server:
        yield server


@pytest.mark.django_db(transaction=True)
def test_the_door_files_what_is_for_us(server: smtplib.SMTP, box: Mailbox) -> None:
    server.sendmail("ana@lima.example", ["Sales+x@lantern.example"], MAIL)
    server.sendmail("ana@lima.example", ["help@lantern.example"], MAIL)
    message = Message.objects.get()
    assert (message.subject, message.thread.mailbox) == ("Lamp", box)
    assert message.text.splitlines() == ["Where is it?", ".", "Ana"]


@pytest.mark.django_db(transaction=True)
def test_the_door_takes_nothing_for_others(server: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        server.sendmail("ana@lima.example", ["ana@elsewhere.example"], MAIL)
    assert refused.value.recipients["ana@elsewhere.example"][0] == 550
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_door_says_so_when_it_could_not_file(server: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(door, "_file", broken)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            server.sendmail("ana@lima.example", ["help@lantern.example"], MAIL)
    assert refused.value.smtp_code == 451
    server.sendmail("ana@lima.example", ["help@lantern.example"], MAIL)
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_the_web_door_files_raw_mail(box: Mailbox, client: Client) -> None:
    address = webhook.address_of(box)
    first = client.post(address, MAIL, content_type="message/rfc822")
    form = client.post(address, {"body-mime": MAIL.decode()})
    upload = client.post(address, {"email": SimpleUploadedFile("mail", MAIL)})
    assert [answer.status_code for answer in (first, form, upload)] == [200, 200, 200]
    message = Message.objects.get()
    assert first.json() == form.json() == upload.json() == {"message": str(message.pk)}
    assert message.thread.mailbox == box


@pytest.mark.django_db
def test_the_web_door_is_shut_to_strangers(box: Mailbox, client: Client) -> None:
    address = webhook.address_of(box)
    wrong = address[:-2] + ("a/" if address[-2] != "a" else "b/")
    assert client.post(wrong, MAIL, content_type="message/rfc822").status_code == 404
    assert client.post("/mail/inbound/x/", MAIL, content_type="message/rfc822").status_code == 404
    assert client.get(address).status_code == 405
    assert client.post(address, b"", content_type="message/rfc822").status_code == 400
    assert not Message.objects.exists()
