from __future__ import annotations

import pytest
from django.test import Client

from rapport.conversations.tests.conftest import wire
from rapport.conversations.tests.making import Wire
from rapport.customers.queries import consent_state
from rapport.feedback import tokens
from rapport.feedback.models import Answer, Invitation
from rapport.feedback.services import answers, surveys
from rapport.feedback.tests.making import mailbox, survey
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.portal.surveys import views
from rapport.portal.tests.conftest import browser, joined
from rapport.service.models import Ticket
from rapport.service.services import tickets
from rapport.testing import builders
from rapport.testing.cast import Cast

__all__ = ["wire"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast, wire: Wire) -> Invitation:
    """An invitation that was just mailed."""
    builders.customer("Ana Lima", given_name="Ana", email="ana@lima.example")
    mailbox()
    survey(delay_hours=0)
    from datetime import timedelta

    from rapport.feedback.services import asking
    from rapport.feedback.tests.making import invited, solved

    ticket = solved(cast.ben)
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        asking.send_due()
    return invited(ticket)


def page(row: Invitation, more: str = "") -> str:
    return f"/rate/{tokens.token(row.pk)}/{more}"


def test_looking_at_every_link_of_the_mail_changes_nothing(client: Client, row: Invitation) -> None:
    before = EventRecord.objects.count()
    for score in range(1, 6):
        text = client.get(page(row, f"{score}/"))
        assert text.status_code == 200
        assert f'value="{score}" class="{"p-low" if score < 3 else "p-high"}" required checked' in text.content.decode()
        assert client.head(page(row, f"{score}/")).status_code == 200
    assert client.get(page(row, "stop/")).status_code == 200
    assert Answer.objects.get().answered_at is None
    assert EventRecord.objects.count() == before


def test_sending_counts_and_can_be_changed(client: Client, row: Invitation) -> None:
    reply = client.post(page(row), {"score": "2", "reasons": ["It took too long"], "text": "Two weeks!"})
    assert (reply.status_code, reply["Location"]) == (302, page(row, "thanks/"))
    answer = Answer.objects.get()
    assert [answer.score, answer.reasons, answer.text] == [2, ["It took too long"], "Two weeks!"]
    assert EventRecord.objects.get(type="feedback.survey_answered").actor_name == "Ana Lima"
    assert "2 of 5" in client.get(page(row, "thanks/")).content.decode()
    assert "Two weeks!" in client.get(page(row)).content.decode()
    assert client.post(page(row), {"score": "4"}).status_code == 302
    assert Answer.objects.get().score == 4


@pytest.mark.parametrize("given", [{}, {"score": "6"}, {"score": "x"}, {"score": "2", "reasons": ["Made up"]}])
def test_what_is_not_offered_is_refused(client: Client, row: Invitation, given: dict[str, object]) -> None:
    assert client.post(page(row), given).status_code == 422
    assert Answer.objects.get().answered_at is None


def test_a_link_that_is_broken_or_over_says_so(client: Client, row: Invitation) -> None:
    assert client.get("/rate/s-123-abc/").status_code == 404
    assert "does not work" in client.get("/rate/nonsense/4/").content.decode()
    with clock.frozen(row.closes_at):  # type: ignore[arg-type]
        over = client.post(page(row), {"score": "4"})
    assert (over.status_code, "time to answer is over" in over.content.decode()) == (410, True)
    tickets.reopen(row.ticket, by=SYSTEM)
    again = client.get(page(row, "5/"))
    assert (again.status_code, "still on it" in again.content.decode()) == (410, True)
    assert not Answer.objects.exists()


def test_an_answer_that_was_replied_to_stays(client: Client, row: Invitation) -> None:
    client.post(page(row), {"score": "4"})
    answers.reply(Answer.objects.get(), "Thanks", by=SYSTEM)
    assert client.post(page(row), {"score": "1"}).status_code == 410
    assert Answer.objects.get().score == 4
    assert client.get(page(row, "thanks/")).status_code == 200


def test_whoever_guesses_is_stopped(client: Client, row: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MISSES_AN_HOUR", 2)
    monkeypatch.setattr(views, "ANSWERS_AN_HOUR", 1)
    assert [client.get("/rate/nonsense/").status_code for _ in range(3)] == [404, 404, 429]
    assert [client.post(page(row), {"score": score}).status_code for score in "45"] == [302, 429]
    assert Answer.objects.get().score == 4


def test_a_customer_can_say_that_they_want_no_such_mail(client: Client, row: Invitation) -> None:
    assert client.post(page(row, "stop/")).status_code == 200
    assert consent_state(row.customer, "email", "feedback") == "withdrawn"
    row.refresh_from_db()
    assert row.dropped_because == "refused"


def test_the_page_speaks_the_language_in_which_was_asked(client: Client, row: Invitation) -> None:
    Invitation.objects.update(language="de")
    assert '<html lang="de"' in client.get(page(row)).content.decode()
    client.cookies["django_language"] = "fr"
    assert '<html lang="fr"' in client.get(page(row)).content.decode()


def test_a_survey_that_is_gone_leaves_its_links_working(client: Client, row: Invitation) -> None:
    surveys.remove(row.survey, by=SYSTEM)  # type: ignore[arg-type]
    assert client.post(page(row), {"score": "5"}).status_code == 302


def test_a_member_answers_on_the_page_of_the_ticket(row: Invitation) -> None:
    mine = browser(joined(row.customer))
    address = f"/my/messages/{row.ticket.pk}/"
    assert row.survey is not None
    assert "How satisfied are you" in mine.get(address).content.decode()
    assert mine.post(f"{address}rate/", {"score": "5"}).status_code == 302
    assert [Answer.objects.get().score, Ticket.objects.get().category] == [5, "solved"]
    assert page(row) in mine.get(address).content.decode()
