"""What is fresh in a mail, what is quoted and what is a signature."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversations.mail.bodies import text_from
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.quoting import split, unquoted
from rapport.conversations.mail.signatures import signature_from
from rapport.conversations.mail.tests.vectors import VECTORS, cases

TALON = VECTORS / "mailgun-talon"
SIGNED = sorted((TALON / "signature" / "emails" / "stripped").glob("*_body"))


@pytest.mark.parametrize("case", cases("mailgun-talon/plain_text_pairs.json"))
def test_the_answer_is_told_from_what_it_quotes(case: dict[str, str]) -> None:
    most_lines = 1 if case["test"] == "test_too_many_lines" else 1_000
    assert unquoted(case["input"], most_lines=most_lines)[0] == case["reply"]


@pytest.mark.parametrize("case", cases("mailgun-talon/fixture_expectations.json"))
def test_the_mails_of_real_programs_are_told_apart(case: dict[str, Any]) -> None:
    content = (TALON / case["file"]).read_bytes()
    if case["part"] == "html":
        answer = unquoted(text_from(content.decode("utf-8", "replace")), sure=True)[0]
        assert "".join(answer.split()) == case["reply_without_whitespace"]
    else:
        assert unquoted(parse(content).text)[0].strip() == case["reply"]


@pytest.mark.skipif(not TALON.exists(), reason="the shared vectors are not on this machine")
@pytest.mark.parametrize(
    ("name", "answer"), [("OLK_SRC_BODY_SECTION.html", "Reply"), ("reply-separated-by-hr.html", "Hi\nthere\nBob")]
)
def test_the_pages_of_real_programs_are_told_apart(name: str, answer: str) -> None:
    assert unquoted(text_from((TALON / name).read_text("utf-8")), sure=True)[0] == answer


@pytest.mark.skipif(not TALON.exists(), reason="the shared vectors are not on this machine")
def test_a_quote_that_follows_its_introduction_at_once_is_told_apart() -> None:
    mail = parse((TALON / "reply-quotations-share-block.eml").read_bytes())
    parts = split(mail.text, sender="Joe Doe")
    assert parts.fresh.startswith("Hi Katharine.")
    assert parts.fresh.endswith("hearing from you soon.")
    assert parts.signature == "Joe XXX"
    assert parts.quoted.endswith("New Booking Inquiry")


@pytest.mark.parametrize("path", SIGNED, ids=lambda path: path.name)
def test_signatures_are_found(path: Any) -> None:
    sender = path.with_name(path.name.replace("_body", "_sender")).read_text("utf-8").strip()
    signature = path.with_name(path.name.replace("_body", "_signature")).read_text("utf-8").strip()
    assert signature_from(path.read_text("utf-8"), sender).strip() == signature


@pytest.mark.parametrize(
    ("text", "fresh", "signature"),
    [
        ("It works.\n\n-- \nAnn\n+44 20 7946 0000", "It works.", "-- \nAnn\n+44 20 7946 0000"),
        ("Yes please\n\nMit freundlichen Grüßen\nAnna Schmidt", "Yes please", "Mit freundlichen Grüßen\nAnna Schmidt"),
        ("Where is it?\n\nSent from my iPhone", "Where is it?", "Sent from my iPhone"),
        ("Thanks", "Thanks", ""),
        ("Thanks!\nBob", "Thanks!", "Bob"),
        ("Thanks for the lamp. It broke after a day, and I would like my money back.", "", ""),
    ],
)
def test_a_signature_never_takes_the_mail_with_it(text: str, fresh: str, signature: str) -> None:
    parts = split(text, sender="Bob")
    assert (parts.fresh, parts.signature) == (fresh or text, signature)


@pytest.mark.parametrize(
    "text",
    [
        "We go by train.\nFrom: Berlin\nTo: Rome\nDate: 3 May\nCan you deliver there?",
        "Please quote:\n> two lamps\nand send them",
        "> first question\nyes\n\n> second question\nno",
    ],
)
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert split(text).fresh == text


def test_a_mail_that_is_all_quote_is_shown_whole() -> None:
    text = "On 1 May 2026 at 10:00, Bob wrote:\n> one\n> two\n> three"
    assert split(text).fresh == text


def test_an_unknown_language_is_told_by_its_form() -> None:
    text = "Jah, palun.\n\n3. mail 2026 kell 10:14 kirjutas klienditugi nii:\n> Kas soovite?\n> Vastake."
    assert split(text).fresh == "Jah, palun."


@given(st.text(max_size=400), st.text(alphabet="ab \n>", max_size=200))
def test_nothing_raises_and_something_is_always_shown(text: str, quoted: str) -> None:
    whole = f"{text}\n\nOn 1 May 2026 at 10:00, Bob <bob@example.com> wrote:\n{quoted}"
    assert split(whole).fresh
    page = text_from(f"<div>{text}</div><blockquote>{quoted}</blockquote>")
    assert bool(split(page, sure=True).fresh) == bool(page.strip())


def test_long_lines_take_no_time() -> None:
    text = "On " * 40_000 + "\n" + "- " * 50_000 + "\n" + "1/1/2026 " * 20_000 + "\n" + "From: " * 10_000
    assert split(text).fresh
