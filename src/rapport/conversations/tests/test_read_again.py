from __future__ import annotations

import pytest

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message
from rapport.conversations.services import messages, rereading
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db

RAW = (
    b"From: Ana <ana@example.com>\r\nTo: help@shop.example\r\nSubject: Bent\r\nMessage-ID: <1@example.com>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nTwo arrived bent.\r\n\r\n"
    b"On 4 May 2026, Help wrote:\r\n> Your order is on its way.\r\n"
)


def filed(raw: bytes = RAW) -> Message:
    incoming = Incoming(
        "email", text="garbled", subject="?", from_address="ana@example.com", message_id="1@example.com", raw=raw
    )
    return messages.receive(incoming, by=SYSTEM)


def test_text_and_subject_are_taken_from_the_source_anew(cast: Cast) -> None:
    row = rereading.read_again(filed(), by=actor(cast.alice))
    assert (row.subject, row.fresh_text) == ("Bent", "Two arrived bent.")
    assert "> Your order is on its way." in row.text
    assert (row.from_address, row.message_id) == ("ana@example.com", "1@example.com")


def test_files_are_not_doubled_however_often_it_is_read(cast: Cast) -> None:
    raw = (
        b"From: ana@example.com\r\nSubject: Bent\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nSee\r\n--x\r\nContent-Type: text/plain; name=a.txt\r\n"
        b"Content-Disposition: attachment; filename=a.txt\r\n\r\nhello\r\n--x--\r\n"
    )
    row = filed(raw)
    for _ in range(2):
        rereading.read_again(row, by=actor(cast.alice))
    assert [one.name for one in row.attachments.all()] == ["a.txt"]


def test_a_message_without_a_source_stays_as_it_is(cast: Cast) -> None:
    row = filed(b"")
    with pytest.raises(rereading.NoSource):
        rereading.read_again(row, by=actor(cast.alice))
    row.refresh_from_db()
    assert row.text == "garbled"
