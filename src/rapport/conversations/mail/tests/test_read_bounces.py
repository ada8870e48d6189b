"""Bounces: whose address failed, and how badly."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from rapport.conversations.mail import bounces
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.tests.vectors import VECTORS, cases

FLUFL = VECTORS / "bounce-flufl"


def _by_file() -> list[Any]:
    rows = cases("bounce-flufl/expected.json", key="")
    if not isinstance(rows[0], dict):
        return [pytest.param("", set(), False, marks=rows[0].marks)]
    wanted: dict[str, set[str]] = defaultdict(set)
    passing: dict[str, bool] = defaultdict(bool)
    for row in rows:
        wanted[row["file"]] |= {address.lower() for address in row["addresses"]}
        passing[row["file"]] |= row["temporary"]
    return [pytest.param(name, wanted[name], passing[name], id=name.rpartition("/")[2]) for name in sorted(wanted)]


@pytest.mark.parametrize(("name", "wanted", "passing"), _by_file())
def test_real_bounces_name_the_addresses_that_failed(name: str, wanted: set[str], passing: bool) -> None:
    raw = (FLUFL / name).read_bytes()
    mail = parse(raw)
    found = bounces.read(mail, raw)
    assert ({failure.address for failure in found.failures} if found else set()) == wanted
    if found:
        assert bounces.looks_like(mail)
        assert any(not failure.final for failure in found.failures) == passing


def _report(action: str, status: str, diagnostic: str = "") -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example.net\r\nTo: support@example.com\r\nSubject: Undelivered Mail\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        b"Final-Recipient: rfc822; Ann@Example.org\r\n"
        + f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n".encode()
        + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <m1@example.com>\r\nSubject: Hi\r\n\r\nHi"
        + b"\r\n--b--"
    )


@pytest.mark.parametrize(
    ("action", "status", "said", "kind", "final"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", "hard", True),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", "soft", True),
        ("failed", "5.7.1", "550 5.7.1 rejected as spam", "soft", True),
        ("failed", "5.7.1", "550 5.7.1 no such user here", "hard", True),
        ("failed", "4.4.7", "timeout", "soft", True),
        ("delayed", "4.4.1", "still trying", "soft", False),
        ("failed", "5.4.4", "host unknown", "hard", True),
        ("failed", "5.3.4", "message too big", "soft", True),
    ],
)
def test_reports_are_read_field_by_field(action: str, status: str, said: str, kind: str, final: bool) -> None:
    raw = _report(action, status, said)
    found = bounces.read(parse(raw), raw)
    assert found is not None
    assert (found.kind, found.message_id) == (kind, "m1@example.com")
    failure = found.failures[0]
    assert (failure.address, failure.kind, failure.status, failure.final) == ("ann@example.org", kind, status, final)


def test_what_was_delivered_is_no_bounce() -> None:
    raw = _report("delivered", "2.0.0")
    assert bounces.read(parse(raw), raw) is None


def test_a_complaint_names_who_complained() -> None:
    raw = (
        b"From: fbl@provider.example\r\nTo: abuse@example.com\r\nSubject: complaint\r\n"
        b'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\n"
        b"Original-Rcpt-To: <ann@example.org>\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <m2@example.com>\r\n\r\nHi\r\n--b--"
    )
    found = bounces.read(parse(raw), raw)
    assert found is not None
    assert (found.kind, found.message_id) == ("complaint", "m2@example.com")
    assert [failure.address for failure in found.failures] == ["ann@example.org"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"From: a@b.c\r\n\r\nPlease send the lamp to Bob <bob@example.com>, user unknown to you."],
)
def test_what_is_no_bounce_is_none(raw: bytes) -> None:
    mail = parse(raw)
    assert not (mail.sender and bounces.looks_like(mail))
