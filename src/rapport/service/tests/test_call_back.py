from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.service.services import callbacks, tickets
from rapport.service.tests.timing import at
from rapport.testing import builders
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
