"""Whose a mail really is."""

from __future__ import annotations

import pytest

from rapport.conversations.mail.forwarding import original, requester
from rapport.conversations.mail.parse import parse

OWN, STAFF = {"support@example.com"}, {"bob@example.com"}


def _who(raw: str) -> str:
    found = requester(parse(raw.encode()), own=OWN, staff=STAFF)
    return found.email if found else ""


@pytest.mark.parametrize(
    ("head", "who"),
    [
        ("From: ann@example.org", "ann@example.org"),
        ("From: ann@example.org\r\nReply-To: ann@home.example", "ann@example.org"),
        ("From: noreply@shop.example\r\nReply-To: ann@example.org", "ann@example.org"),
        ("From: noreply@shop.example", "noreply@shop.example"),
        ("From: support@example.com\r\nReply-To: ann@example.org", "ann@example.org"),
        ("From: 'Ann via Support' <support@example.com>\r\nX-Original-Sender: ann@example.org", "ann@example.org"),
        ("Reply-To: ann@example.org", "ann@example.org"),
        ("Subject: none", ""),
    ],
)
def test_the_one_who_asks_is_found(head: str, who: str) -> None:
    assert _who(f"{head}\r\n\r\nHello") == who


@pytest.mark.parametrize(
    "body",
    [
        "Can you help her?\n\n---------- Forwarded message ---------\nFrom: Ann <ann@example.org>\nDate: Mon\n\nLamp?",
        "---------- Forwarded message ----------\n> From: Ann <ann@example.org>\n> Subject: Lamp\n\nLamp?",
        "Begin forwarded message:\n\nFrom: Ann <ann@example.org>\nSubject: Lamp\n\nLamp?",
        "Von: Ann [mailto:ann@example.org]\nGesendet: Montag\nAn: Bob\nBetreff: Lampe\n\nLampe?",
    ],
)
def test_what_a_colleague_forwards_is_of_whoever_wrote_it(body: str) -> None:
    assert _who(f"From: Bob <bob@example.com>\r\nSubject: WG: Lamp\r\n\r\n{body}") == "ann@example.org"
    assert _who(f"From: eve@example.net\r\nSubject: Fwd: Lamp\r\n\r\n{body}") == "eve@example.net"


def test_an_attached_mail_is_of_whoever_wrote_it() -> None:
    raw = (
        "From: bob@example.com\r\nSubject: Fwd: Lamp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ann <ann@example.org>\r\nSubject: Lamp\r\n\r\nLamp?\r\n--b--"
    )
    assert _who(raw) == "ann@example.org"


def test_what_forwards_nothing_has_no_original() -> None:
    assert original(parse(b"From: bob@example.com\r\nSubject: Lamp\r\n\r\nFrom: nowhere\nHello")) is None
