"""Fetching mail from a real IMAP server."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from rapport.connectors.mail import imap, watching
from rapport.connectors.mail.connections import try_out
from rapport.connectors.mail.tests.servers import PASSWORD, TOKEN, USER, Dovecot, Post, Provider
from rapport.conversations.models import Mailbox, MailFolder, Message
from rapport.conversations.services import mailboxes
from rapport.kernel import clock, secrets
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.permissions import Forbidden

pytestmark = pytest.mark.django_db


def mail(number: int, **values: str) -> bytes:
    said = {
        "From": "Ana <ana@lima.example>",
        "To": USER,
        "Subject": f"Lamp {number}",
        "Message-ID": f"<m{number}@lima>",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in {**said, **values}.items())
    return f"{head}\r\nWhere is lamp {number}?\r\n".encode()


def subjects() -> list[str]:
    return list(Message.objects.order_by("created_at", "id").values_list("subject", flat=True))


def test_new_mail_is_filed_once_in_its_order(box: Mailbox, dovecot: Dovecot) -> None:
    dovecot.put(*(mail(number) for number in range(25)))
    assert imap.fetch(box) == 25
    assert subjects() == [f"Lamp {number}" for number in range(25)]
    assert imap.fetch(box) == 0
    dovecot.put(mail(25))
    assert imap.fetch(box) == 1
    with dovecot.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["SEEN"]) == []
    box.refresh_from_db()
    assert box.checked_at is not None


def test_only_the_last_days_are_looked_through_at_the_start(box: Mailbox, dovecot: Dovecot) -> None:
    now = clock.now()
    dovecot.put(mail(1), at=now - timedelta(days=40))
    dovecot.put(mail(2), at=now - timedelta(days=10))
    dovecot.put(mail(3))
    assert imap.fetch(box) == 2
    assert subjects() == ["Lamp 2", "Lamp 3"]


def test_mail_from_before_we_began_wakes_nobody(box: Mailbox, dovecot: Dovecot) -> None:
    from rapport.kernel.models import EventRecord

    dovecot.put(mail(1), at=clock.now() - timedelta(days=3))
    assert imap.fetch(box) == 1
    assert not EventRecord.objects.filter(type="conversations.started").exists()


def test_new_numbers_do_no_harm(box: Mailbox, dovecot: Dovecot) -> None:
    dovecot.put(mail(1), mail(2), mail(3))
    imap.fetch(box)
    before = MailFolder.objects.get()
    dovecot.renumber()
    dovecot.put(mail(4))
    imap.fetch(box)
    after = MailFolder.objects.get()
    assert after.uidvalidity != before.uidvalidity
    assert subjects() == ["Lamp 1", "Lamp 2", "Lamp 3", "Lamp 4"]
    assert imap.fetch(box) == 0


def test_one_mail_in_two_mailboxes_is_one_message(box: Mailbox, dovecot: Dovecot, post: Post) -> None:
    other = mailboxes.add(
        "sales@lantern.example", by=SYSTEM, secret=PASSWORD, imap_host="127.0.0.1", imap_port=dovecot.port,
        imap_security="none",
    )  # fmt: skip
    mailboxes.switch_on(other, by=SYSTEM)
    dovecot.put(mail(1))
    dovecot.put(mail(1), mail(2), user="sales@lantern.example")
    watching.look_into_all()
    assert subjects() == ["Lamp 1", "Lamp 2"]


def test_what_is_deleted_meanwhile_stops_nothing(box: Mailbox, dovecot: Dovecot) -> None:
    dovecot.put(mail(1), mail(2))
    with imap.connection(box) as client:
        folder = imap._chosen(client, box, "INBOX")
        uids = imap._new(client, box, folder)
        with dovecot.client() as mine:
            mine.select_folder("INBOX")
            mine.delete_messages(uids[:1])
            mine.expunge()
        assert imap._file_all(client, box, folder, uids, by=SYSTEM) == 1
    assert subjects() == ["Lamp 2"]
    assert imap.fetch(box) == 0


def test_a_mail_that_cannot_be_read_stops_no_other(box: Mailbox, dovecot: Dovecot) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(400))
    dovecot.put(b"From: ana@lima.example\r\n" + nested.encode(), b"\r\n\xff\xfe", mail(3))
    assert imap.fetch(box) == 3
    assert subjects()[2] == "Lamp 3"


def test_a_wrong_password_pauses_the_mailbox_and_says_why(box: Mailbox) -> None:
    mailboxes.change(box, by=SYSTEM, secret="wrong")
    box.refresh_from_db()
    assert imap.fetch(box) == 0
    box.refresh_from_db()
    assert box.paused_at is not None
    assert "Authentication failed" in box.paused_because
    assert watching.look_into_all() == 0


def test_a_server_that_is_away_pauses_nothing(box: Mailbox, dovecot: Dovecot) -> None:
    Mailbox.objects.update(imap_port=1)
    box.refresh_from_db()
    with pytest.raises(imap.Away):
        imap.fetch(box)
    assert watching.look_into_all() == 0
    box.refresh_from_db()
    assert box.working


def test_a_mailbox_signs_in_by_oauth(box: Mailbox, dovecot: Dovecot, provider: Provider) -> None:
    mailboxes.change(
        box, by=SYSTEM, oauth_provider="here", oauth_client_id="rapport", oauth_secret="s",
        oauth_refresh=provider.refresh, oauth_token_url=f"http://127.0.0.1:{provider.port}/token",
    )  # fmt: skip
    box.refresh_from_db()
    dovecot.put(mail(1))
    assert imap.fetch(box) == 1
    box.refresh_from_db()
    assert secrets.unseal(box.oauth_access) == TOKEN
    assert imap.fetch(box) == 0
    assert provider.asked == [
        {"grant_type": "refresh_token", "refresh_token": provider.refresh, "client_id": "rapport", "client_secret": "s"}
    ]


@pytest.mark.parametrize(("status", "paused"), [(400, True), (503, False)])
def test_a_provider_that_gives_no_token_is_told_from_one_that_is_away(
    box: Mailbox, provider: Provider, status: int, paused: bool
) -> None:
    mailboxes.change(box, by=SYSTEM, oauth_refresh="old", oauth_token_url=f"http://127.0.0.1:{provider.port}/token")
    box.refresh_from_db()
    provider.status = status
    watching.look_into_all()
    box.refresh_from_db()
    assert (box.paused_at is not None) == paused


def test_settings_are_tried_out(box: Mailbox, dovecot: Dovecot, post: Post) -> None:
    dovecot.put(mail(1))
    found = try_out(box, by=SYSTEM)
    assert found.good
    assert (found.incoming, found.outgoing, found.messages) == ("", "", 1)
    assert set(found.folders) == {"INBOX", "Sent"}
    assert not Message.objects.exists()
    Mailbox.objects.update(secret=secrets.seal("wrong"), smtp_port=1)
    box.refresh_from_db()
    bad = try_out(box, by=SYSTEM)
    assert not bad.good
    assert "Authentication failed" in str(bad.incoming)
    assert "refused" in str(bad.outgoing)
    with pytest.raises(Forbidden):
        try_out(box, by=Actor(kind="user", name="Nobody"))


def test_a_probe_that_arrives_says_that_tokens_do(box: Mailbox, dovecot: Dovecot, post: Post) -> None:
    assert try_out(box, by=SYSTEM, probe=True).good
    dovecot.put(post.taken[0][2])
    assert imap.fetch(box) == 0
    box.refresh_from_db()
    assert box.plus_at is not None
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_watcher_files_what_comes_while_it_waits(box: Mailbox, dovecot: Dovecot, monkeypatch: Any) -> None:
    came, stop = threading.Event(), threading.Event()
    original = imap.fetch_with

    def told(*args: Any, **kwargs: Any) -> int:
        filed = original(*args, **kwargs)
        if Message.objects.count() == 2:
            came.set()
        return filed

    monkeypatch.setattr(imap, "fetch_with", told)
    dovecot.put(mail(1))
    watcher = threading.Thread(target=watching.watch, args=(box.pk, stop))
    watcher.start()
    try:
        dovecot.put(mail(2))
        assert came.wait(20)
    finally:
        stop.set()
        watcher.join(20)
    assert subjects() == ["Lamp 1", "Lamp 2"]
    assert not watcher.is_alive()
    connection.close()


def test_the_moment_of_arrival_is_that_of_the_server() -> None:
    began = datetime(2026, 7, 6, 8, tzinfo=UTC)
    assert imap._before(datetime(2026, 7, 6, 7, 54, tzinfo=UTC), began)
    assert not imap._before(datetime(2026, 7, 6, 7, 56, tzinfo=UTC), began)
    assert not imap._before(None, began)
