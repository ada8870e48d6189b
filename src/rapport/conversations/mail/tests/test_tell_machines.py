"""Which mail a machine wrote."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.conversations.mail.automatic import may_answer, of_headers, verdict
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.tests.vectors import cases

OWN = frozenset({"support@example.com"})


def _mail(*headers: str, sender: str = "Ann <ann@example.org>") -> bytes:
    lines = [f"From: {sender}", "To: support@example.com", "Subject: Lamp", *headers]
    return "\r\n".join([*lines, "", "Hello"]).encode()


@pytest.mark.parametrize("case", cases("email-threading/auto_reply.json"))
def test_headers_tell_machines(case: dict[str, Any]) -> None:
    found = of_headers({name.lower(): value for name, value in case["headers"].items()})
    mail = parse(_mail(*(f"{name}: {value}" for name, value in case["headers"].items())))
    assert found.by_machine == case["is_auto_response"]
    assert may_answer(mail, own=OWN) == case["may_send_auto_response"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: auto-generated", "auto_reply"),
        ("Auto-Submitted: No", ""),
        ("Auto-Submitted: auto-replied; owner-email=a@b", "auto_reply"),
        ("Precedence: list", "list"),
        ("Precedence: auto_reply", "auto_reply"),
        ("Precedence: first-class", ""),
        ("X-Auto-Response-Suppress: All", "auto_reply"),
        ("X-Auto-Response-Suppress: None", ""),
        ("X-Loop: yes", "auto_reply"),
        ("List-Unsubscribe: <https://l.example.org/u>", "list"),
        ("Return-Path: <>", "auto_reply"),
        ("Return-Path: <ann@example.org>", ""),
        ("X-Failed-Recipients: bob@example.org", "bounce"),
        ('Content-Type: multipart/report; boundary="x"', "bounce"),
        ("X-Rapport-Mail: automatic", "own"),
    ],
)
def test_each_header_has_its_kind(header: str, kind: str) -> None:
    mail = parse(_mail(header))
    assert verdict(mail, own=OWN).kind == kind
    assert may_answer(mail, own=OWN) == (not kind)


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("noreply@shop.example", "auto_reply"),
        ("do-not-reply@shop.example", "auto_reply"),
        ("Mail Delivery <MAILER-DAEMON@mx.example>", "bounce"),
        ("support@example.com", "own"),
        ("norely.smith@example.org", ""),
        ("bounceback.rider@example.org", ""),
    ],
)
def test_senders_tell_machines(sender: str, kind: str) -> None:
    assert verdict(parse(_mail(sender=sender)), own=OWN).kind == kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Automatic reply: Lamp", "auto_reply"),
        ("Out of Office: Lamp", "auto_reply"),
        ("Abwesenheitsnotiz: Lampe", "auto_reply"),
        ("Out of office furniture?", ""),
        ("Re: Automatic door", ""),
    ],
)
def test_subjects_tell_machines(subject: str, kind: str) -> None:
    raw = f"From: ann@example.org\r\nTo: support@example.com\r\nSubject: {subject}\r\n\r\nHello".encode()
    assert verdict(parse(raw), own=OWN).kind == kind


def test_a_list_that_is_our_own_mailbox_hides_nobody() -> None:
    through_group = parse(_mail("List-Id: <support.example.com>", "Precedence: list"))
    rewritten = parse(_mail("List-Id: <x.example.com>", "Precedence: list", "X-Original-Sender: ann@example.org"))
    assert [verdict(mail, own=OWN).kind for mail in (through_group, rewritten)] == ["", ""]


def test_a_form_that_names_the_writer_is_theirs() -> None:
    form = _mail("Reply-To: ann@example.org", sender="noreply@shop.example")
    assert verdict(parse(form), own=OWN).kind == ""
    assert verdict(parse(_mail("Reply-To: noreply@shop.example", sender="noreply@shop.example"))).kind == "auto_reply"
