"""A mail as it is shown: its HTML in a frame that runs nothing, its pictures when asked for, its source."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from rapport.conversations.models import Delivery, Message
from rapport.conversations.services import messages
from rapport.kernel import clock
from rapport.service.models import Ticket
from rapport.staff.inbox.tests.making import HTML, here, wrote_html
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def page(client: Client, message: Message, **asked: str) -> tuple[str, str]:
    answer = client.get(reverse("staff:inbox_framed", args=[message.pk]), asked)
    return answer.content.decode(), answer["Content-Security-Policy"]


def test_the_frame_runs_nothing_and_fetches_nothing_from_outside(alice: Client) -> None:
    html, policy = page(alice, wrote_html())
    assert "<b>bent</b>" in html
    assert "alert(1)" not in html
    assert "far.example" not in html
    assert "Logo" in html
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "img-src 'self'" in policy
    assert "https:" not in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    answer = alice.get(reverse("staff:inbox_framed", args=[Message.objects.get().pk]))
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_what_a_mail_quotes_is_folded(alice: Client) -> None:
    html, _policy = page(alice, wrote_html())
    assert "<summary>Show what it quotes</summary><blockquote>Your order is on its way.</blockquote></details>" in html


def test_pictures_from_outside_are_fetched_once_they_are_asked_for(alice: Client) -> None:
    message = wrote_html()
    html, policy = page(alice, message, pictures="1")
    assert 'src="https://far.example/a.png"' in html
    assert "img-src 'self' http: https:" in policy
    alice.post(reverse("staff:inbox_pictures", args=[message.pk]))
    assert "far.example" in page(alice, message)[0]
    alice.post(reverse("staff:inbox_pictures", args=[message.pk]), {"hide": "yes"})
    assert "far.example" not in page(alice, message)[0]


def test_a_picture_within_the_text_is_shown_and_nothing_else_is(alice: Client) -> None:
    message = wrote_html()
    file = message.attachments.get()
    where = reverse("staff:inbox_picture", args=[file.pk])
    assert f'src="{where}"' in page(alice, message)[0]
    answer = alice.get(where)
    assert (answer["Content-Type"], answer["Content-Security-Policy"]) == ("image/png", "default-src 'none'; sandbox")
    assert "attachment" not in answer.get("Content-Disposition", "")
    type(file).objects.update(media_type="text/html")
    assert alice.get(where).status_code == 404


def test_the_talk_shows_a_laid_out_mail_in_its_frame_and_a_plain_one_as_text(alice: Client, ticket: Ticket) -> None:
    assert "<iframe" not in alice.get(here(ticket)).content.decode()
    laid_out = Ticket.objects.get(talk__thread=wrote_html().thread_id)
    shown = alice.get(here(laid_out)).content.decode()
    assert "<iframe" in shown
    assert "Pictures from outside are not fetched" in shown
    asked = alice.get(here(laid_out), {"pictures": str(Message.objects.get(html__gt="").pk)}).content.decode()
    assert "?pictures=1" in asked
    assert "Pictures from outside are not fetched" not in asked


def test_the_original_is_shown_saved_and_read_once_more(alice: Client) -> None:
    message = wrote_html()
    shown = alice.get(reverse("staff:inbox_source", args=[message.pk])).content.decode()
    assert "x-odd" in shown
    assert "From: ana@example.com" in shown
    saved = alice.get(reverse("staff:inbox_save", args=[message.pk]))
    assert saved["Content-Type"] == "message/rfc822"
    assert saved["Content-Disposition"].startswith("attachment;")
    alice.post(reverse("staff:inbox_read_again", args=[message.pk]))
    message.refresh_from_db()
    assert (message.html, message.text) == ("", "Two arrived bent.")


def test_how_the_sending_of_an_answer_went_is_told(alice: Client, ticket: Ticket, cast: Cast) -> None:
    alice.post(here(ticket, "inbox_reply"), {"text": "On its way."})
    row = Message.objects.get(direction="out")
    Delivery.objects.create(message=row, gateway="email", started_at=clock.now(), outcome="refused", detail="550 no")
    Message.objects.filter(pk=row.pk).update(state="failed", error="550 no")
    shown = alice.get(reverse("staff:inbox_source", args=[row.pk])).content.decode()
    assert "550 no" in shown
    assert "Send again" in shown
    alice.post(reverse("staff:inbox_resend", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "queued"


def test_whoever_may_not_see_the_talk_gets_nothing_of_it(client: Client, cast: Cast, alice: Client) -> None:
    message = wrote_html()
    file = message.attachments.get()
    client.logout()
    for name, key in (("framed", message.pk), ("source", message.pk), ("save", message.pk), ("picture", file.pk)):
        assert client.get(reverse(f"staff:inbox_{name}", args=[key])).status_code == 302
    client.force_login(cast.alice)
    assert client.get(reverse("staff:inbox_framed", args=[uuid4()])).status_code == 404


def test_marks_of_an_answer_become_html_and_its_words_stay_plain(alice: Client, ticket: Ticket) -> None:
    alice.post(here(ticket, "inbox_reply"), {"text": "We are **sorry**."})
    sent = Message.objects.get(direction="out")
    assert (sent.text, sent.html) == ("We are **sorry**.", "<p>We are <strong>sorry</strong>.</p>")
    assert messages.recipients(sent.thread) == ([["", "ana@example.com"]], [])
    assert HTML not in sent.html


def test_an_answer_goes_only_to_whom_it_names(alice: Client, ticket: Ticket, cast: Cast) -> None:
    from rapport.conversations.models import Thread
    from rapport.conversations.services import people

    thread = Thread.objects.get()
    people.copy(thread, "boss@example.com", by=actor(cast.alice))
    assert "boss@example.com" in alice.get(here(ticket)).content.decode()
    given = {"text": "For you alone.", "to": "Ana Lima <ana@example.com>", "cc": "", "bcc": "log@example.org"}
    alice.post(here(ticket, "inbox_reply"), given)
    sent = Message.objects.get(direction="out")
    assert (sent.to, sent.cc, sent.bcc) == ([["Ana Lima", "ana@example.com"]], [], [["", "log@example.org"]])
    alice.post(here(ticket, "inbox_reply"), {"text": "For all."})
    assert Message.objects.filter(direction="out").order_by("-created_at")[0].cc == [["", "boss@example.com"]]


def test_an_answer_from_an_address_that_is_not_ours_is_refused(alice: Client, ticket: Ticket) -> None:
    answer = alice.post(here(ticket, "inbox_reply"), {"text": "Hi", "sender": "ceo@elsewhere.example"})
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="out").exists()
