"""Reporting calls: one call is one entry of the log, what was missed waits and is promised a call back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.calls.models import Call, Extension
from rapport.calls.services import reporting, switchboard
from rapport.calls.services.reporting import Said
from rapport.conversations.models import Message
from rapport.customers.events import CustomerPurged
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import publish
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.promises.models import Promise
from rapport.service.models import Ticket
from rapport.team.services import users
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.timeline.models import Activity
from rapport.timeline.services import activities

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ANA = "+44 113 496 0182"
LINE = "+441134960100"


def said(event: str, call: str = "c1", **more: Any) -> Said:
    values = {"direction": "in", "caller": "+441134960182", "called": LINE, "started_at": AT, **more}
    return Said(call=call, event=event, **values)


def told(event: str, call: str = "c1", **more: Any) -> Call:
    return reporting.report(said(event, call, **more), by=SYSTEM)


@pytest.fixture
def ana(cast: Cast) -> Customer:
    return builders.customer("Ana Lima", phone=ANA)


def test_an_answered_call_is_one_entry_of_the_log(cast: Cast, ana: Customer) -> None:
    told("ringing")
    told("answered", agent="BEN@example.com", answered_at=AT + timedelta(seconds=8))
    with clock.frozen(AT + timedelta(hours=1)):
        call = told("ended", ended_at=AT + timedelta(seconds=130), transcript="About the lamp.")
    entry = Activity.objects.get()
    assert (entry.customer, entry.kind, entry.direction, entry.outcome) == (ana, "call", "in", "reached")
    assert (entry.minutes, entry.text, entry.author, entry.happened_at) == (3, "About the lamp.", cast.ben, AT)
    assert (call.customer, call.agent, call.activity, call.state) == (ana, cast.ben, entry, "ended")
    assert (call.number, call.line, call.length) == ("+441134960182", LINE, timedelta(seconds=122))
    assert not Ticket.objects.exists()
    assert not Promise.objects.exists()
    assert not Message.objects.exists()
    record = EventRecord.objects.get(type="timeline.call_received")
    assert (record.customer_id, record.actor_name) == (ana.pk, "Ben Okafor")


def test_the_same_report_twice_changes_nothing(cast: Cast, ana: Customer) -> None:
    with clock.frozen(AT + timedelta(hours=1)):
        for _twice in range(2):
            told("missed", ended_at=AT + timedelta(seconds=20))
    assert (Call.objects.count(), Activity.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert (Ticket.objects.count(), Promise.objects.count()) == (1, 1)


def test_reports_out_of_order_do_not_take_a_call_back_in_time(cast: Cast, ana: Customer) -> None:
    told("ended", answered_at=AT, ended_at=AT + timedelta(minutes=1))
    call = told("ringing")
    assert (call.state, call.ended_at) == ("ended", AT + timedelta(minutes=1))
    assert Activity.objects.get().outcome == "reached"


def test_a_missed_call_waits_in_the_inbox_and_a_call_back_is_promised(cast: Cast, ana: Customer) -> None:
    with clock.frozen(AT + timedelta(minutes=1)):
        call = told("missed", ended_at=AT + timedelta(seconds=20))
    ticket, promise = Ticket.objects.get(), Promise.objects.get()
    assert (ticket.requester, ticket.subject, ticket.channel) == (ana, "Missed call", "phone")
    assert (promise.kind, promise.customer, promise.source_id) == ("call", ana, ticket.pk)
    assert promise.due_at == AT + timedelta(seconds=20, hours=4)
    assert (call.promise, call.thread) == (promise, ticket.talk.get().thread)
    assert Activity.objects.get().outcome == "no_answer"
    assert EventRecord.objects.filter(type="timeline.call_missed").count() == 1


def test_a_voicemail_after_the_missed_call_adds_its_words_to_the_same_entry(cast: Cast, ana: Customer) -> None:
    told("missed", ended_at=AT)
    told("voicemail", ended_at=AT, transcript="Please call me.", recording_url="https://pbx.example/r/1")
    entry = Activity.objects.get()
    assert (entry.outcome, entry.text) == ("left_message", "Please call me.")
    texts = list(Message.objects.order_by("created_at").values_list("text", flat=True))
    assert texts == [
        "Called, and nobody answered. +441134960182",
        "Left a voicemail. +441134960182\n\nPlease call me.",
    ]
    assert (Ticket.objects.count(), Promise.objects.count()) == (1, 1)
    assert Call.objects.get().recording_url == "https://pbx.example/r/1"


def test_who_rings_three_times_has_one_ticket_and_is_called_back_once(cast: Cast, ana: Customer) -> None:
    for name in ("c1", "c2", "c3"):
        told("missed", name, ended_at=AT)
    assert (Call.objects.count(), Activity.objects.count(), Message.objects.count()) == (3, 3, 3)
    assert (Ticket.objects.count(), Promise.objects.count()) == (1, 1)


def test_calling_back_keeps_the_promise(cast: Cast, ana: Customer) -> None:
    told("missed", ended_at=AT)
    with clock.frozen(AT + timedelta(hours=2)):
        out = {"direction": "out", "caller": LINE, "called": ANA, "started_at": AT + timedelta(hours=1)}
        told("ended", "c2", answered_at=AT + timedelta(hours=1), ended_at=AT + timedelta(hours=1, minutes=2), **out)
    promise = Promise.objects.get()
    assert (promise.outcome, promise.fulfilled_at) == ("kept", AT + timedelta(hours=1))


def test_a_call_back_that_nobody_answered_keeps_nothing(cast: Cast, ana: Customer) -> None:
    told("missed", ended_at=AT)
    out = {"direction": "out", "caller": LINE, "called": ANA}
    told("ended", "c2", ended_at=AT + timedelta(hours=1), **out)
    assert Promise.objects.get().outcome == ""
    assert Activity.objects.get(direction="out").outcome == "no_answer"


@pytest.mark.parametrize("number", ["anonymous", "", "+44 20 7946 0999"])
def test_a_stranger_waits_in_the_inbox_without_a_customer(cast: Cast, ana: Customer, number: str) -> None:
    call = told("missed", caller=number, ended_at=AT)
    assert (call.customer, call.activity, call.promise) == (None, None, None)
    assert Ticket.objects.get().requester is None
    assert Customer.objects.count() == 1


def test_a_number_written_otherwise_is_the_same_customer(cast: Cast) -> None:
    rosa = builders.customer("Rosa", phone="+55 11 98765-4321")
    assert told("missed", caller="+55 11 8765-4321").customer == rosa


def test_of_two_with_a_number_it_is_who_was_in_touch_last(cast: Cast, ana: Customer) -> None:
    otto = builders.customer("Otto", phone=ANA)
    activities.log_call(ana, by=SYSTEM)
    assert told("missed").customer == ana
    activities.log_call(otto, by=SYSTEM)
    assert told("missed", "c2").customer == otto


def test_the_colleague_is_known_by_the_extension_until_they_leave(cast: Cast, ana: Customer) -> None:
    switchboard.seat("12", cast.ben, by=SYSTEM)
    assert told("ringing", extension="12").agent == cast.ben
    users.deactivate(cast.ben, by=SYSTEM)
    assert not Extension.objects.exists()
    assert told("ringing", "c2", extension="12").agent is None


def test_an_extension_has_one_colleague(cast: Cast) -> None:
    switchboard.seat("12", cast.ben, by=SYSTEM)
    with pytest.raises(switchboard.ExtensionTaken):
        switchboard.seat("12", cast.bea, by=SYSTEM)
    assert Extension.objects.get().user == cast.ben


def test_nothing_of_a_call_stays_when_its_customer_is_gone(cast: Cast, ana: Customer) -> None:
    told("missed")
    told("missed", "c2", caller="+442079460999")
    publish(CustomerPurged(number=ana.number), by=SYSTEM, subject=ana)
    assert list(Call.objects.values_list("provider_id", flat=True)) == ["c2"]


def test_only_those_with_the_right_report_and_connect(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        reporting.report(said("missed"), by=actor(cast.ben))
    with pytest.raises(Forbidden):
        switchboard.rotate(by=actor(cast.ben))
    assert not Call.objects.exists()
    assert not switchboard.keys()


def test_calls_are_seen_by_who_reaches_the_customer(cast: Cast) -> None:
    cast.ben.role.grants["calls.view"] = "own"
    cast.ben.role.save()
    told("missed", caller=builders.customer("Eve", phone="+442079460111", owner=cast.ben).identities.get().normal)
    told("missed", "c2", caller=builders.customer("Lea", phone="+442079460222", owner=cast.bea).identities.get().normal)
    assert [one.provider_id for one in Call.objects.visible_to(actor(cast.ben))] == ["c1"]


@pytest.mark.parametrize("dial", ["javascript:alert({number})", "http://x.example/{number}", "tel:", "tel:{number} x"])
def test_a_number_leads_to_a_telephone_alone(cast: Cast, dial: str) -> None:
    with pytest.raises(switchboard.NotDialled):
        switchboard.set_up(dial=dial, call_back_hours=4, by=SYSTEM)
    assert switchboard.switchboard().dial == "tel:{number}"


def test_the_former_secret_works_for_a_day(cast: Cast) -> None:
    with clock.frozen(AT):
        first = switchboard.rotate(by=SYSTEM)
        second = switchboard.rotate(by=SYSTEM)
        assert switchboard.keys() == [second, first]
        assert first not in switchboard.switchboard().former
    with clock.frozen(AT + timedelta(hours=24)):
        assert switchboard.keys() == [second]
