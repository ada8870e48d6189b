from __future__ import annotations

from datetime import time, timedelta

import pytest

from rapport.conversations.models import Message
from rapport.conversations.tests.making import Wire
from rapport.customers.models import Customer
from rapport.customers.services import consents, customers, purging
from rapport.feedback.models import Answer, Invitation
from rapport.feedback.quiet import after_quiet
from rapport.feedback.services import asking, invitations, surveys
from rapport.feedback.tests.making import ASKED, AT, ana, asked, invited, mailbox, react_all, solved, survey
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import parse
from rapport.kernel.models import EventRecord
from rapport.service.models import Ticket
from rapport.service.services import links, merges, tickets
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(cast: Cast, wire: Wire) -> None:
    with clock.frozen(AT):
        mailbox()
        ana()


def test_a_solved_ticket_is_asked_about_once_it_is_due(cast: Cast) -> None:
    made = survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        asking.send_due()
    row = invited(ticket)
    assert (row.survey, row.agent, row.due_at, row.sent_at) == (made, cast.ben, AT + timedelta(hours=1), None)
    assert not Answer.objects.exists()
    with clock.frozen(ASKED):
        asking.send_due()
        asking.send_due()
    row = invited(ticket)
    assert (row.sent_at, row.closes_at, row.remind_at) == (ASKED, ASKED + timedelta(days=14), None)
    blank = Answer.objects.get()
    assert (blank.kind, blank.score, blank.asked_at, blank.answered_at) == ("csat", None, ASKED, None)
    assert (blank.ticket, blank.agent, row.answer) == (ticket, cast.ben, blank)
    mail = Message.objects.get(automatic="own")
    assert (mail.to, mail.cc, mail.subject) == (
        [["Ana Lima", "ana@lima.example"]],
        [],
        f"How did we do? ({ticket.code})",
    )
    assert all(f"/{n}/" in mail.html for n in range(1, 6))
    assert "http" not in mail.text
    assert EventRecord.objects.filter(type="feedback.survey_sent").count() == 1


def test_a_customer_is_asked_in_their_language(cast: Cast) -> None:
    survey(words={"de": {"question": "Alles gut, {name}?"}})
    customer = Customer.objects.get()
    customers.change(customer, by=SYSTEM, language="de")
    row = asked(cast.ben)
    assert row.language == "de"
    assert "Alles gut, Ana?" in Message.objects.get(automatic="own").html


def test_those_who_do_not_answer_are_reminded_once(cast: Cast) -> None:
    survey(remind_days=3)
    row = asked(cast.ben)
    later = ASKED + timedelta(days=3)
    for at in (later - timedelta(minutes=1), later, later + timedelta(days=1)):
        with clock.frozen(at):
            asking.send_due()
    row.refresh_from_db()
    assert (row.reminded_at, row.remind_at) == (later, None)
    assert Message.objects.filter(automatic="own").count() == 2
    assert Answer.objects.count() == 1


def test_a_ticket_that_is_opened_again_is_not_asked_about_until_it_is_solved_again(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        tickets.reopen(ticket, by=SYSTEM)
    row = Invitation.objects.get()
    assert row.dropped_because == "reopened"
    with clock.frozen(ASKED):
        asking.send_due()
        assert not Answer.objects.exists()
        tickets.solve(ticket, by=SYSTEM)
        react_all()
    assert Invitation.objects.standing().get().due_at == ASKED + timedelta(hours=1)


@pytest.mark.parametrize(("ends", "because"), [(True, "reopened"), (False, "")])
def test_opening_again_ends_a_question_if_the_survey_says_so(cast: Cast, ends: bool, because: str) -> None:
    survey(reopening_ends=ends)
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        tickets.reopen(row.ticket, by=SYSTEM)
    row.refresh_from_db()
    assert row.dropped_because == because
    assert Answer.objects.exists() is not ends


def test_nobody_is_asked_about_what_no_person_answered(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        solved(cast.ben, answer=False)
    assert not Invitation.objects.exists()


def test_what_is_closed_without_being_solved_is_asked_about_too(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        tickets.reopen(ticket, by=SYSTEM)
    with clock.frozen(AT + timedelta(minutes=5)):
        tickets.close(ticket, by=SYSTEM)
        react_all()
    assert Invitation.objects.standing().count() == 1


def test_nobody_is_asked_about_a_duplicate(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        first = solved(cast.ben)
        tickets.reopen(first, by=SYSTEM)
        other = tickets.open("The same", by=SYSTEM)
        links.link(first, other, by=SYSTEM, kind="duplicate")
        tickets.solve(first, by=SYSTEM)
        react_all()
    assert not Invitation.objects.standing().exists()


@pytest.mark.parametrize("gone", ["merge", "trash"])
def test_nobody_is_asked_about_a_ticket_that_is_gone(cast: Cast, gone: str) -> None:
    survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        if gone == "merge":
            merges.merge(ticket, tickets.open("The other", by=SYSTEM), by=SYSTEM)
        else:
            tickets.trash(ticket, by=SYSTEM)
    assert Invitation.objects.get().dropped_because == "gone"


def _refuses() -> None:
    customer = Invitation.objects.get().customer
    consents.withdraw(customer, "email", by=SYSTEM, topic="feedback")


def _moves() -> None:
    Invitation.objects.get().customer.identities.filter(kind="email").update(invalid_at=AT)


def _pauses() -> None:
    surveys.pause(Invitation.objects.get().survey, by=SYSTEM)  # type: ignore[arg-type]


@pytest.mark.parametrize(("happens", "because"), [(_refuses, "refused"), (_moves, "no_address"), (_pauses, "removed")])
def test_nobody_is_asked_who_is_not_to_be(cast: Cast, happens: object, because: str) -> None:
    survey()
    with clock.frozen(AT):
        solved(cast.ben)
        happens()  # type: ignore[operator]
    with clock.frozen(ASKED):
        asking.send_due()
    assert Invitation.objects.get().dropped_because == because
    assert not Answer.objects.exists()
    assert not Message.objects.filter(automatic="own").exists()


def test_a_customer_is_not_asked_too_often(cast: Cast) -> None:
    survey(rest_days=14)
    asked(cast.ben)
    with clock.frozen(AT + timedelta(days=13)):
        second = solved(cast.ben, message_id="again@lima.example")
    with clock.frozen(ASKED + timedelta(days=13)):
        asking.send_due()
    assert invited(second).dropped_because == "rests"


def test_a_survey_waits_for_the_end_of_the_quiet_hours(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        customers.change(ticket.requester, by=SYSTEM, quiet_from=time(8), quiet_to=time(18), zone="Europe/Berlin")  # type: ignore[arg-type]
    with clock.frozen(ASKED):
        asking.send_due()
    row = invited(ticket)
    assert (row.sent_at, row.due_at) == (None, AT.replace(hour=16))


@pytest.mark.parametrize(
    ("hour", "start", "end", "expected"),
    [
        (23, 22, 7, 31),
        (3, 22, 7, 7),
        (12, 22, 7, 12),
        (12, 9, 17, 17),
        (18, 9, 17, 18),
        (12, 9, 9, 12),
        (22, 22, 7, 31),
    ],
)
def test_quiet_hours_end(hour: int, start: int, end: int, expected: int) -> None:
    day = AT.replace(hour=0)
    assert after_quiet(day + timedelta(hours=hour), time(start), time(end), "UTC") == day + timedelta(hours=expected)


def test_the_first_survey_that_fits_asks(cast: Cast) -> None:
    survey("Chats", channels=["chat"])
    survey("Complaints", condition=parse("type = complaint"))
    survey("Questions", "ces2", condition=parse("type = question"))
    survey("Others", "nps")
    with clock.frozen(AT):
        row = invited(solved(cast.ben))
    assert (row.survey.name if row.survey else "", row.scale) == ("Questions", "ces2")


def test_a_customer_who_goes_for_good_leaves_scores_alone(cast: Cast) -> None:
    survey()
    row = asked(cast.ben)

    with clock.frozen(ASKED):
        invitations.answer(row, 2, text="Secret words", by=SYSTEM)
        customers.trash(row.customer, by=SYSTEM)
    with clock.frozen(ASKED + timedelta(days=31)):
        purging.purge(by=SYSTEM)
    answer = Answer.objects.get()
    assert [answer.score, answer.text, answer.customer] == [2, "", None]
    assert not Invitation.objects.exists()
    assert Ticket.objects.exists()
