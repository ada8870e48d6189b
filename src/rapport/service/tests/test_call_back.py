from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations.models import Message
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.service.models import Clock, Ticket
from rapport.service.services import callbacks, clocks, tickets
from rapport.service.tests.timing import at, policy, says
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.timeline.models import Activity
from rapport.timeline.services import activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def test_a_call_back_is_a_promise_that_the_call_keeps() -> None:
    ana = builders.customer("Ana")
    with clock.frozen(at(9)):
        ticket = tickets.open("Lamp is broken", by=SYSTEM, requester=ana)
        later = callbacks.promise_call(ticket, by=SYSTEM, due_at=at(16))
        made = callbacks.promise_call(ticket, by=SYSTEM, due_at=at(12), about="the lamp")
    assert (made.kind, made.what) == ("call", f"Call back about {ticket.code}: the lamp")
    with clock.frozen(at(10)):
        activities.log_call(ana, by=SYSTEM, outcome=Activity.Outcome.NO_ANSWER)
    assert not Promise.objects.exclude(outcome="").exists()
    with clock.frozen(at(13)):
        activities.log_call(ana, by=SYSTEM)
    made.refresh_from_db()
    later.refresh_from_db()
    assert (made.outcome, later.outcome) == ("late", "")
    with clock.frozen(at(16) - timedelta(seconds=1)):
        activities.log_call(ana, by=SYSTEM)
    later.refresh_from_db()
    assert later.outcome == "kept"


def test_without_a_customer_nobody_is_promised_a_call() -> None:
    ticket = tickets.open("Anonymous", by=SYSTEM)
    with pytest.raises(callbacks.NobodyToCall):
        callbacks.promise_call(ticket, by=SYSTEM, due_at=at(9))
    assert not Promise.objects.exists()


def promised(by_mail: bool = False) -> Ticket:
    """A ticket opened at nine, with a call back promised for sixteen."""
    with clock.frozen(at(9)):
        ticket = tickets.open("Lamp is broken", by=SYSTEM, requester=builders.customer("Ana"))
        if not by_mail:
            callbacks.promise_call(ticket, by=SYSTEM, due_at=at(16))
        says(ticket, 9)
    return Ticket.objects.get(pk=ticket.pk)


def clocks_of(ticket: Ticket) -> list[tuple[object, ...]]:
    return list(Clock.objects.filter(ticket=ticket).order_by("aim").values_list("aim", "end", "stopped_at", "due_at"))


@pytest.mark.parametrize("hours", [9.01, 9.99, 10, 10.01, 12, 16.99, 17, 20, 33])
def test_a_call_counts_for_the_clocks_as_a_mail_at_that_moment_does(cast: Cast, hours: float) -> None:
    policy()
    called, mailed = promised(), promised(by_mail=True)
    assert called.requester is not None
    with clock.frozen(at(hours)):
        activities.log_call(called.requester, "Explained it", by=actor(cast.ben))
        says(mailed, hours, ours=True)
        clocks.recompute(mailed)
    first = Ticket.objects.get(pk=called.pk)

    assert first.first_response_at == at(hours)
    assert clocks_of(called) == clocks_of(mailed)
    assert not Message.objects.filter(direction="out").exclude(state="sent").exists()


def test_nobody_reached_is_no_answer(cast: Cast) -> None:
    policy()
    ticket = promised()
    assert ticket.requester is not None
    before = clocks_of(ticket)
    with clock.frozen(at(9.5)):
        activities.log_call(ticket.requester, by=actor(cast.ben), outcome=Activity.Outcome.NO_ANSWER)
        activities.log_call(builders.customer("Otto"), by=actor(cast.ben))

    assert Ticket.objects.get(pk=ticket.pk).first_response_at is None
    assert clocks_of(ticket) == before
    assert not Message.objects.filter(direction="out").exists()
