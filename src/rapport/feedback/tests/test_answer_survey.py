from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from rapport.conversations.models import Message
from rapport.conversations.tests.making import Wire
from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.feedback.queries import unanswered
from rapport.feedback.services import answers, invitations
from rapport.feedback.services.answers import NotWaiting, OffScale, RecordedAlready
from rapport.feedback.services.invitations import Ended
from rapport.feedback.tests.making import ASKED, AT, ana, asked, mailbox, react_all, solved, survey
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.service.models import Recovery, Ticket
from rapport.service.services import complaints, tickets
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(cast: Cast, wire: Wire) -> None:
    with clock.frozen(AT):
        mailbox()
        ana()


def events(name: str) -> list[dict[str, object]]:
    return list(EventRecord.objects.filter(type=f"feedback.{name}").order_by("id").values_list("data", flat=True))


def test_an_answer_counts_for_who_solved_it(cast: Cast) -> None:
    survey("Effort", "ces2")
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        given = invitations.answer(row, 6, text=" Easy. ", reasons=["It was quick"], by=SYSTEM)
    assert [given.kind, given.score, given.scale_low, given.scale_high, given.version] == ["ces", 6, 1, 7, "2.0"]
    given.refresh_from_db()
    assert (given.agent, given.ticket, given.text, given.reasons) == (cast.ben, row.ticket, "Easy.", ["It was quick"])
    assert given.low_is_good is False
    row.refresh_from_db()
    assert row.answered_at == given.answered_at == ASKED
    told = {"kind": "CES", "score": "6", "high": 7, "text": "Easy.", "number": row.ticket.code,
            "reasons": ["It was quick"]}  # fmt: skip
    assert events("survey_answered") == [told]
    assert events("low_score") == []


def test_the_older_question_for_effort_counts_the_other_way(cast: Cast) -> None:
    given = answers.record(Customer.objects.get(), "ces", Decimal(5), scale=(1, 5), by=SYSTEM)
    given.refresh_from_db()
    assert (given.low_is_good, given.version) == (True, "1.0")


def test_an_answer_can_be_changed_while_it_is_open(cast: Cast) -> None:
    survey()
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        invitations.answer(row, 5, by=SYSTEM)
        invitations.answer(row, 5, by=SYSTEM)
        invitations.answer(row, 4, text="Nearly", by=SYSTEM)
    assert Answer.objects.get().score == 4
    assert len(events("survey_answered")) == 1
    assert [(one["before"], one["score"]) for one in events("answer_changed")] == [("5", "4")]


@pytest.mark.parametrize("why", ["expired", "replied", "reopened"])
def test_what_is_no_longer_open_takes_no_answer(cast: Cast, why: str) -> None:
    survey()
    row = asked(cast.ben)
    at = ASKED
    with clock.frozen(ASKED):
        if why == "expired":
            at = ASKED + timedelta(days=14)
        elif why == "reopened":
            tickets.reopen(row.ticket, by=SYSTEM)
        else:
            answers.reply(invitations.answer(row, 3, by=SYSTEM), "Sorry", by=SYSTEM)
    before = list(Answer.objects.values_list("score", "answered_at"))
    with clock.frozen(at), pytest.raises(Ended) as refused:
        invitations.answer(row, 1, by=SYSTEM)
    assert refused.value.why == {"replied": "closed"}.get(why, why)
    assert list(Answer.objects.values_list("score", "answered_at")) == before


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_off_the_scale_is_refused(cast: Cast, score: int) -> None:
    survey()
    row = asked(cast.ben)
    with clock.frozen(ASKED), pytest.raises(OffScale):
        invitations.answer(row, score, by=SYSTEM)
    assert Answer.objects.get().score is None


def test_a_low_score_is_noted_and_goes_to_the_lead_with_a_promise(cast: Cast) -> None:
    survey(follow_up="note", lead=cast.mona, answer_hours=8)
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        given = invitations.answer(row, 2, text="Slow", reasons=["It took too long"], by=SYSTEM)
        react_all()
        react_all()
    assert Ticket.objects.get().owner == cast.mona
    note = Message.objects.get(direction="note")
    assert note.text == "Satisfaction (CSAT): 2 of 5\n\nIt took too long\n\nSlow"
    promise = Promise.objects.get(source_type="feedback.answer")
    assert (promise.maker, promise.due_at, promise.outcome) == (cast.mona, ASKED + timedelta(hours=8), "")
    assert given.agent == cast.ben
    with clock.frozen(ASKED + timedelta(hours=1)):
        answers.reply(given, "So sorry", by=SYSTEM)
    promise.refresh_from_db()
    assert promise.outcome == "kept"


def test_a_low_score_opens_a_ticket_that_follows(cast: Cast) -> None:
    survey(follow_up="ticket", lead=cast.mona)
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        invitations.answer(row, 1, by=SYSTEM)
        react_all()
    made = Ticket.objects.get(follows=row.ticket)
    assert (made.owner, made.requester, made.category) == (cast.mona, row.customer, "new")
    thread = made.talk.get().thread
    assert thread.messages.get().direction == "note"
    assert thread.participants.get(role="requester").address == "ana@lima.example"
    assert (
        Promise.objects.get(source_type="feedback.answer").what == f"Answer the feedback on {made.code}: {made.subject}"
    )


@pytest.mark.parametrize(("score", "follow_up"), [(3, "ticket"), (1, "none")])
def test_nothing_follows_otherwise(cast: Cast, score: int, follow_up: str) -> None:
    survey(follow_up=follow_up)
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        invitations.answer(row, score, by=SYSTEM)
        react_all()
    assert Ticket.objects.count() == 1
    assert not Promise.objects.exists()


def test_a_changed_answer_is_followed_up_once_it_is_low(cast: Cast) -> None:
    survey(follow_up="ticket")
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        for score in (5, 2, 1):
            invitations.answer(row, score, by=SYSTEM)
            react_all()
    assert Ticket.objects.filter(follows=row.ticket).count() == 1


def test_a_rating_by_another_way_answers_the_question_that_is_planned(cast: Cast) -> None:
    survey()
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        given = invitations.rate(ticket, 4, by=SYSTEM, namespace="chat")
    from rapport.feedback.services import asking

    with clock.frozen(ASKED):
        asking.send_due()
    assert [given.score, given.namespace] == [4, "survey"]
    assert not Message.objects.filter(automatic="own").exists()


def test_a_rating_without_a_survey_counts_once(cast: Cast) -> None:
    with clock.frozen(AT):
        ticket = solved(cast.ben)
        given = invitations.rate(ticket, 1, by=SYSTEM, namespace="portal", text="No")
        with pytest.raises(RecordedAlready):
            invitations.rate(ticket, 5, by=SYSTEM, namespace="portal")
    assert [given.score, given.agent, given.ticket] == [1, cast.ben, ticket]
    assert len(events("low_score")) == 1


def test_the_recovery_of_a_complaint_hears_of_the_score(cast: Cast) -> None:
    survey(scale="thumbs")
    row = asked(cast.ben)
    complaints.record(row.ticket, "delivery", by=SYSTEM)
    with clock.frozen(ASKED):
        invitations.answer(row, 1, by=SYSTEM)
    assert Recovery.objects.get().score == 100


def test_feedback_that_needs_no_reply_is_closed(cast: Cast) -> None:
    survey(follow_up="note")
    row = asked(cast.ben)
    with clock.frozen(ASKED):
        given = invitations.answer(row, 1, by=SYSTEM)
        react_all()
        assert list(unanswered(SYSTEM)) == [given]
        answers.close(given, by=SYSTEM)
        assert list(unanswered(SYSTEM)) == []
        with pytest.raises(NotWaiting):
            answers.close(given, by=SYSTEM)
    assert Promise.objects.get(source_type="feedback.answer").outcome == "released"
