"""Where a reference counts, and in which order."""

from __future__ import annotations

import pytest

from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.parts import Address
from rapport.conversations.mail.tests.vectors import cases
from rapport.conversations.mail.threading import ATTACHMENT, BODY, EVERYWHERE, REFERENCES, Clue, clues, follow
from rapport.conversations.mail.tokens import RETURN, THREAD, Signer, in_subject, with_token

SIGNER = Signer(b"a key of the tests")
TOKEN, OURS = "k3f9x2m7qw4z", "0123.k3f9x2m7qw4z@example.com"
MARK = f"[#{TOKEN}]"
PLACES = {
    "none": frozenset[str](),
    "references": frozenset({REFERENCES}),
    "body": frozenset({BODY}),
    "attachment": frozenset({ATTACHMENT}),
    "all": EVERYWHERE,
}


def _attached(kind: str, content: str) -> tuple[str, str]:
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: {kind}\r\n"
        f'Content-Disposition: attachment; filename="a"\r\n\r\n{content}\r\n--b--'
    )
    return 'Content-Type: multipart/mixed; boundary="b"\r\n', body


def _written(where: str) -> bytes:
    headers, body = "", "Hello"
    subject = f"Re: Lamp {MARK}" if where == "subject" else "Lamp"
    html = "Content-Type: text/html\r\n"
    if where == "references":
        headers = f"References: <a@b> <{OURS}> <c@d>\r\n"
    elif where == "in_reply_to":
        headers = f"In-Reply-To: <x@y> <{OURS}>\r\n"
    elif where == "body_text":
        body = f"about {MARK}, please"
    elif where == "body_inside_longer_word":
        body = f"about abc{MARK}def"
    elif where == "body_html_visible":
        headers, body = html, f"<p>about <b>{MARK}</b></p>"
    elif where == "body_html_attribute":
        headers, body = html, f'<p title="{MARK}"><a href="https://a.example/{MARK}">about</a></p>'
    elif where == "attachment_text_plain":
        headers, body = _attached("text/plain", f"about {MARK}")
    elif where == "attachment_html_content":
        headers, body = _attached("text/html", f"<p>{MARK}</p>")
    elif where == "attachment_html_attribute":
        headers, body = _attached("text/html", f'<p title="{MARK}">x</p>')
    elif where == "attachment_image":
        headers, body = _attached("image/png", MARK)
    return f"From: ann@example.org\r\nSubject: {subject}\r\n{headers}\r\n{body}".encode()


@pytest.mark.parametrize("case", cases("email-threading/cases.json", key="matrix"))
def test_references_count_where_they_are_looked_for(case: dict[str, str]) -> None:
    found = follow(
        parse(_written(case["reference_in"])),
        SIGNER,
        by_token=lambda value: "thread" if value == TOKEN else None,
        by_message_id=lambda value: "thread" if value == OURS else None,
        look_in=PLACES[case["search_in"]],
    )
    assert ("append" if found else "new_ticket") == case["result"]


def test_clues_come_in_the_order_of_trust() -> None:
    to = SIGNER.address(THREAD, "abc123", "support@example.com")
    raw = (
        f"From: a@b.example\r\nTo: {to.upper()}\r\nReferences: <old@x> <new@x>\r\nIn-Reply-To: <one@x> <two@x>\r\n"
        "Subject: Re: [#nope99] and [#K3F9x2m7qw4z]\r\n\r\nHi"
    )
    assert list(clues(parse(raw.encode()), SIGNER)) == [
        Clue("token", "abc123"),
        Clue("reference", "new@x"),
        Clue("reference", "old@x"),
        Clue("in_reply_to", "one@x"),
        Clue("in_reply_to", "two@x"),
        Clue("subject", "nope99"),
        Clue("subject", "k3f9x2m7qw4z"),
    ]


def test_a_second_unknown_mark_does_no_harm() -> None:
    raw = f"From: a@b.example\r\nSubject: Re: [#unknown] {MARK}\r\n\r\nHi".encode()
    found = follow(
        parse(raw), SIGNER, by_token=lambda value: value if value == TOKEN else None, by_message_id=lambda _: None
    )
    assert found == (Clue("subject", TOKEN), TOKEN)


def test_tokens_are_signed_and_each_for_its_purpose() -> None:
    token = SIGNER.token(THREAD, "Abc123")
    assert SIGNER.value(THREAD, token.upper()) == "abc123"
    assert SIGNER.value(RETURN, token) == ""
    assert Signer(b"another key").value(THREAD, token) == ""
    assert SIGNER.value(THREAD, token.replace("abc123", "abc124")) == ""
    address = SIGNER.address(THREAD, "abc123", "support+sales@example.com")
    assert address == f"support+{token}@example.com"
    assert SIGNER.values_in(THREAD, [Address("", address), Address("", "a+b@c.d"), Address("", address)]) == ("abc123",)
    with pytest.raises(ValueError, match="no token"):
        SIGNER.token(THREAD, "a b")


def test_marks_in_subjects_are_whole_words() -> None:
    assert in_subject("Re: [#abc1] x[#abc2] [#abc3]y ([#abc4]) [#ABC1]") == ("abc1", "abc4")
    assert with_token("Re: Lamp", "abc1") == "Re: Lamp [#abc1]"
    assert with_token("Re: Lamp [#ABC1]", "abc1") == "Re: Lamp [#ABC1]"
