"""Mails that go out, and HTML of others on its way to the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversations.mail import cleaning, letters
from rapport.conversations.mail.automatic import may_answer, verdict
from rapport.conversations.mail.compose import NobodyToWriteTo, Outgoing, compose
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.parts import Address, File

AT = datetime(2026, 7, 6, 8, tzinfo=UTC)
US, ANN = Address("Lantern & Sons", "support@example.com"), Address("Ann", "ann@example.org")


def _written(**values: object) -> bytes:
    usual = {"sender": US, "to": (ANN,), "subject": "Lamp", "text": "Hello", "message_id": "m1@example.com", "at": AT}
    return compose(Outgoing(**{**usual, **values}))  # type: ignore[arg-type]


def test_what_is_written_is_read_back() -> None:
    files = (
        File("räd.pdf", "application/pdf", b"%PDF"),
        File("p.png", "image/png", b"P", content_id="c1", inline=True),
    )
    raw = _written(
        subject="Grüße, " * 20,
        text="Hällo\n.\nBye",
        html="<p>Hällo</p>",
        files=files,
        cc=(Address("", "bob@example.org"),),
        reply_to=Address("", "support+t-x@example.com"),
        in_reply_to="c@x",
        references=("a@x", "b@x"),
    )
    mail = parse(raw)
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("m1@example.com", ("c@x",), ("a@x", "b@x", "c@x"))
    assert (mail.sender, mail.to, mail.cc) == (US, (ANN,), (Address("", "bob@example.org"),))
    assert mail.reply_to == (Address("", "support+t-x@example.com"),)
    assert (mail.subject, mail.at, mail.html.strip()) == (("Grüße, " * 20).strip(), AT, "<p>Hällo</p>")
    assert mail.text.strip() == "Hällo\n.\nBye"
    assert sorted((file.name, file.content, file.content_id, file.inline) for file in mail.files) == [
        ("p.png", b"P", "c1", True), ("räd.pdf", b"%PDF", "", False),
    ]  # fmt: skip
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_long_chain_is_folded_and_never_encoded() -> None:
    chain = tuple(f"{'a' * 120}{number}@mail.example.org" for number in range(60))
    raw = _written(references=chain, in_reply_to="last@x")
    assert b"=?" not in raw
    assert parse(raw).references == (*chain, "last@x")


def test_a_chain_without_end_keeps_its_first_and_last() -> None:
    chain = tuple(f"{'a' * 120}{number}@mail.example.org" for number in range(400))
    kept = parse(_written(references=chain)).references
    assert kept[0] == chain[0]
    assert kept[-100:] == chain[-100:]
    assert sum(map(len, kept)) < 20_000


def test_nobody_adds_headers() -> None:
    raw = _written(
        subject="Lamp\r\nBcc: all@example.org", sender=Address("A\r\nX: y", "support@example.com"),
        message_id="m\r\nX: y@x", references=("a@x>\r\nX: y",),
    )  # fmt: skip
    message = message_from_bytes(raw, policy=default)
    assert message["X"] is None
    assert message["Bcc"] is None


def test_what_the_product_writes_itself_is_answered_by_no_machine() -> None:
    mail = parse(_written(automatic=True, unsubscribe="https://example.com/u/1", list_id="news.example.com"))
    assert mail.header("auto-submitted") == "auto-generated"
    assert mail.header("x-auto-response-suppress") == "All"
    assert mail.header("list-unsubscribe") == "<https://example.com/u/1>"
    assert mail.header("list-unsubscribe-post") == "List-Unsubscribe=One-Click"
    assert verdict(mail).kind == "own"
    assert not may_answer(mail)
    assert verdict(parse(_written())).kind == ""


def test_domains_are_written_as_servers_ask() -> None:
    raw = _written(to=(Address("", "ann@müller.example"),))
    assert b"To: ann@xn--mller-kva.example" in raw
    assert "To: jörg@example.org".encode() in _written(to=(Address("", "jörg@example.org"),))


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(NobodyToWriteTo):
        _written(to=())


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=200))
def test_any_words_can_be_written(subject: str, name: str, text: str) -> None:
    mail = parse(_written(subject=subject, sender=Address(name, "support@example.com"), text=text))
    assert mail.message_id == "m1@example.com"
    assert mail.sender is not None
    assert mail.sender.email == "support@example.com"


def test_html_of_others_does_nothing() -> None:
    evil = (
        '<p onclick="x()" style="position:fixed">Hi<script>x()</script><iframe src="//x"></iframe><form><input></form>'
        '<a href="javascript:x()">l</a><svg><script>x()</script></svg><style>p{}</style><img src=x onerror=x()></p>'
    )
    assert cleaning.clean(evil).html == '<p>Hi</p><a rel="noopener noreferrer nofollow">l</a><p></p>'


def test_pictures_wait_until_they_are_asked_for() -> None:
    page = (
        '<img src="https://t.example/p.gif" width="1" height="1">'
        '<img src=http://a.example/b.png?a=1&amp;b=2 alt="A lamp">'
        "<img src=cid:c1@x><img src='data:image/png;base64,xx'>"
    )
    found = cleaning.clean(page)
    assert found.remote_images == cleaning.images_in(found.html) == 1
    assert ' src="' not in found.html
    quiet = cleaning.shown(found.html, files={"c1@x": "/files/1"})
    assert quiet == 'A lamp<img src="/files/1" loading="lazy" referrerpolicy="no-referrer">'
    assert 'src="http://a.example/b.png?a=1&amp;b=2"' in cleaning.shown(found.html, files={}, remote=True)


@given(st.text(alphabet="<>\"'=/ imgsrcdataemo-:hp", max_size=120))
def test_cleaning_leaves_nothing_that_fetches(page: str) -> None:
    assert ' src="' not in cleaning.clean(page).html
    assert ' src="' not in cleaning.shown(cleaning.clean(page).html, files={})


def test_letters_are_laid_out() -> None:
    page = letters.laid_out(
        "Hi <Ann>", "One\n\nTwo https://x.example/?a&b.", action="Go", action_url="https://x.example/?c&d"
    )
    assert "Hi &lt;Ann&gt;" in page
    assert 'href="https://x.example/?a&amp;b"' in page
    assert 'href="https://x.example/?c&amp;d"' in page
    assert "<mj-" not in page


def test_a_letter_holds_what_it_answers() -> None:
    page = letters.letter("Yes & no", signature="Bob", quoted_html="<p>Lamp?</p>", quoted_by="Ann wrote:")
    assert "<p>Yes &amp; no</p>" in page
    assert '<blockquote type="cite"><p>Lamp?</p></blockquote>' in page


def test_a_broken_template_says_so() -> None:
    with pytest.raises(letters.BadTemplate):
        letters.render("<mjml><mj-body>")
