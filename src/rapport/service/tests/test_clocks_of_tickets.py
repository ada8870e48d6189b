"""Clocks on tickets. Times are hours after midnight of a Monday, in a calendar from 9 to 17 UTC on workdays.

Targets are one hour for the first answer, two for the next ones, eight for the solution.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.service.clocks.ticking import Aim
from rapport.service.models import Clock, Ticket
from rapport.service.services import calendars, clocks, tickets
from rapport.service.tests.timing import at, calendar, one, policy, put, says, seen, told
from rapport.testing import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
Dues = tuple[object, object, object, object]


@pytest.fixture
def ana() -> Customer:
    return builders.customer("Ana")


@pytest.fixture
def opened(ana: Customer) -> Callable[..., Ticket]:
    def make(hours: float = 9, **values: Any) -> Ticket:
        with clock.frozen(at(hours)):
            made = tickets.open("Lamp is broken", by=SYSTEM, requester=ana, **values)
        return Ticket.objects.get(pk=made.pk)

    return make


def dues(ticket: Ticket) -> Dues:
    row = Ticket.objects.get(pk=ticket.pk)
    return row.first_due_at, row.next_due_at, row.solve_due_at, row.next_breach_at


def test_a_new_ticket_is_due(opened: Callable[..., Ticket]) -> None:
    made = policy()
    ticket = seen(opened(), 9)
    assert ticket.policy == made
    assert dues(ticket) == (at(10), None, at(17), at(10))


def test_without_a_policy_nothing_is_due(opened: Callable[..., Ticket]) -> None:
    ticket = seen(opened(), 9)
    assert dues(ticket) == (None, None, None, None)
    assert not Clock.objects.exists()


def test_every_running_target_is_a_promise(opened: Callable[..., Ticket], ana: Customer) -> None:
    policy()
    ticket = seen(opened(), 9)
    rows = Promise.objects.order_by("due_until").values_list("customer", "what", "due_at", "kind", "source_label")
    assert list(rows) == [
        (ana.pk, f"Answer {ticket.code}: Lamp is broken", at(10), "reply", ticket.code),
        (ana.pk, f"Solve {ticket.code}: Lamp is broken", at(17), "other", ticket.code),
    ]


def test_a_public_answer_of_a_person_keeps_the_first_promise(opened: Callable[..., Ticket]) -> None:
    policy()
    ticket = seen(opened(), 9)
    says(ticket, 9)
    says(ticket, 9.2, ours=True, direction="note", state="received", sent_at=None)
    says(ticket, 9.3, ours=True, sender_kind="system")
    says(ticket, 9.4, ours=True, automatic="own")
    says(ticket, 9.45, ours=True, state="queued", sent_at=None)
    assert dues(seen(ticket, 9.4)) == (at(10), None, at(17), at(10))
    says(ticket, 9.5, ours=True)
    assert dues(seen(ticket, 9.5)) == (None, None, at(17), at(17))
    first = one(ticket, Aim.FIRST)
    assert (first.stopped_at, first.end, first.late) == (at(9.5), "met", False)
    promise = Promise.objects.get(pk=str(first.promise_id))
    assert (promise.outcome, promise.fulfilled_at) == ("kept", at(9.5))


def test_a_late_answer_is_late_and_told_once(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    ticket = seen(opened(), 9)
    says(ticket, 11, ours=True)
    seen(ticket, 11)
    seen(ticket, 12)
    first = one(ticket, Aim.FIRST)
    assert first.late
    assert Promise.objects.get(pk=str(first.promise_id)).outcome == "late"
    assert told() == [("first", 100)]


def test_the_next_answer_is_due_while_the_customer_spoke_last(opened: Callable[..., Ticket]) -> None:
    policy(solve=None)
    ticket = seen(opened(), 9)
    says(ticket, 9.5, ours=True)
    says(ticket, 10)
    says(ticket, 11)
    assert dues(seen(ticket, 11)) == (None, at(12), None, at(12))
    says(ticket, 11.5, ours=True)
    assert dues(seen(ticket, 11.5)) == (None, None, None, None)
    says(ticket, 16)
    assert dues(seen(ticket, 16)) == (None, at(24 + 10), None, at(24 + 10))
    assert list(Clock.objects.filter(aim="next").order_by("started_at").values_list("started_at", "end")) == [
        (at(10), "met"), (at(16), ""),
    ]  # fmt: skip


def test_waiting_lets_clock_and_promise_rest(opened: Callable[..., Ticket]) -> None:
    policy(first=None, following=None)
    ticket = seen(opened(), 9)
    put(ticket, "waiting", 10)
    assert dues(seen(ticket, 10)) == (None, None, None, None)
    assert Promise.objects.get().outcome == "released"
    put(ticket, "open", 15)
    assert dues(seen(ticket, 15)) == (None, None, at(24 + 14), at(24 + 14))
    promise = Promise.objects.get()
    assert (promise.outcome, promise.due_until) == ("", at(24 + 14))


def test_opened_again_the_solution_is_open_again(opened: Callable[..., Ticket]) -> None:
    policy(first=None, following=None)
    ticket = seen(opened(), 9)
    put(ticket, "solved", 12)
    seen(ticket, 12)
    assert (one(ticket, Aim.SOLVE).end, Promise.objects.get().outcome) == ("met", "kept")
    put(ticket, "open", 14)
    assert dues(seen(ticket, 14)) == (None, None, at(24 + 11), at(24 + 11))
    assert (one(ticket, Aim.SOLVE).end, Promise.objects.get().outcome) == ("", "")
    put(ticket, "solved", 24 + 12)
    seen(ticket, 24 + 12)
    assert one(ticket, Aim.SOLVE).late
    assert Promise.objects.get().outcome == "late"


def test_solved_without_an_answer_is_released_in_time_and_broken_after(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    early, late = seen(opened(), 9), seen(opened(), 9)
    put(early, "solved", 9.5)
    put(late, "solved", 11)
    seen(early, 11)
    seen(late, 11)
    outcomes = [Promise.objects.get(source_id=one.pk).outcome for one in (early, late)]
    assert outcomes == ["released", "broken"]


@pytest.mark.parametrize("gone", ["deleted_at", "merged", "spam"])
def test_merged_spam_and_trash_never_escalate(opened: Callable[..., Ticket], gone: str) -> None:
    policy()
    ticket = seen(opened(), 9)
    if gone == "deleted_at":
        Ticket.objects.filter(pk=ticket.pk).update(deleted_at=at(9.1))
    elif gone == "merged":
        Ticket.objects.filter(pk=ticket.pk).update(merged_into=opened())
    else:
        message = says(ticket, 9)
        message.thread.spam_at = at(9.1)
        message.thread.save()
    assert dues(seen(ticket, 9.1)) == (None, None, None, None)
    with clock.frozen(at(40)):
        clocks.recompute(ticket)
        clocks.warn()
    assert not EventRecord.objects.filter(type__startswith="service.clock_", subject_id=ticket.pk).exists()
    assert set(Promise.objects.filter(source_id=ticket.pk).values_list("outcome", flat=True)) == {"released"}


def test_out_of_the_trash_the_clocks_run_on(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    ticket = seen(opened(), 9)
    Ticket.objects.filter(pk=ticket.pk).update(deleted_at=at(9.1))
    seen(ticket, 9.1)
    Ticket.objects.filter(pk=ticket.pk).update(deleted_at=None)
    assert dues(seen(ticket, 9.2)) == (at(10), None, None, at(10))
    assert Promise.objects.get().outcome == ""


def test_each_level_is_told_once(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    seen(opened(), 9)
    heard = []
    for minutes in (10, 29, 30, 31, 44, 45, 46, 59, 60, 61, 200):
        with clock.frozen(at(9) + timedelta(minutes=minutes)):
            clocks.warn()
            clocks.warn()
        heard.append(len(told()))
    assert heard == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert told() == [("first", 50), ("first", 75), ("first", 100)]


def test_after_a_long_stop_of_the_worker_each_level_is_told_once(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    seen(opened(), 9)
    with clock.frozen(at(30)):
        assert clocks.warn() == 1
        assert clocks.warn() == 0
    assert told() == [("first", 50), ("first", 75), ("first", 100)]


def test_a_ticket_that_waits_is_not_warned_of(opened: Callable[..., Ticket]) -> None:
    policy(following=None)
    ticket = seen(opened(), 9)
    put(ticket, "waiting", 9.4)
    seen(ticket, 9.4)
    with clock.frozen(at(40)):
        assert clocks.warn() == 0
    assert told() == []


def test_another_policy_counts_from_the_opening_and_keeps_the_pauses(opened: Callable[..., Ticket]) -> None:
    policy(first=None, following=None)
    policy("Urgent", first=None, following=None, solve=240, condition="priority is urgent")
    ticket = seen(opened(), 9)
    put(ticket, "waiting", 10)
    put(ticket, "open", 12)
    assert dues(seen(ticket, 12))[2] == at(24 + 11)
    with clock.frozen(at(12)):
        tickets.change(Ticket.objects.get(pk=ticket.pk), by=SYSTEM, priority="urgent")
    assert dues(seen(ticket, 12))[2] == at(15)
    assert Promise.objects.get().due_until == at(15)


def test_the_first_policy_that_fits_is_the_one(opened: Callable[..., Ticket]) -> None:
    last = policy("Rest", first=300)
    by_tag = policy("Gold", first=10, condition='tags has any ("gold")')
    policy("High", first=20, condition="priority is high")
    assert seen(opened(), 9).policy == last
    assert seen(opened(tags=["gold"], priority="high"), 9).policy == by_tag
    assert dues(seen(opened(priority="high"), 9))[0] == at(9) + timedelta(minutes=20)


def test_a_policy_without_a_target_for_it_lets_the_promise_go(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    policy("Quiet", first=None, following=None, solve=None, condition="priority is low")
    ticket = seen(opened(), 9)
    with clock.frozen(at(9.1)):
        tickets.change(Ticket.objects.get(pk=ticket.pk), by=SYSTEM, priority="low")
    assert dues(seen(ticket, 9.1)) == (None, None, None, None)
    assert Promise.objects.get().outcome == "released"


def test_what_somebody_ended_by_hand_stays_ended(opened: Callable[..., Ticket]) -> None:
    policy(following=None, solve=None)
    ticket = seen(opened(), 9)
    with clock.frozen(at(9.5)):
        promises.release(Promise.objects.get(), "They called", by=SYSTEM)
    says(ticket, 11, ours=True)
    seen(ticket, 11)
    assert (Promise.objects.get().outcome, Promise.objects.get().ended_because) == ("released", "They called")


def test_told_again_nothing_changes(opened: Callable[..., Ticket]) -> None:
    policy()
    ticket = seen(opened(), 9)
    says(ticket, 9.5, ours=True)
    says(ticket, 10)
    seen(ticket, 10)
    before = [list(model.objects.order_by("pk").values()) for model in (Clock, Promise, Ticket)]
    seen(ticket, 10)
    assert [list(model.objects.order_by("pk").values()) for model in (Clock, Promise, Ticket)] == before


def test_told_together_or_one_by_one_is_the_same(opened: Callable[..., Ticket]) -> None:
    policy("Gold", first=10, condition='tags has any ("gold")')
    policy()
    several = [opened(9 + n / 10, tags=["gold"] if n % 3 == 0 else []) for n in range(8)]
    for n, ticket in enumerate(several):
        says(ticket, 9 + n / 10)
        if n % 2:
            says(ticket, 10, ours=True)
        if n % 4 == 3:
            put(ticket, "waiting", 10.5)
    Clock.objects.all().delete()
    with clock.frozen(at(11)):
        assert clocks.recompute_running() == 8
    together = [dues(ticket) for ticket in several]
    Clock.objects.all().delete()
    assert [dues(seen(ticket, 11)) for ticket in several] == together
    assert any(row[0] for row in together)


def test_after_a_holiday_everything_is_due_as_if_told_anew(opened: Callable[..., Ticket]) -> None:
    office = calendar()
    policy(first=600, following=700, solve=2000)
    several = [opened(9 + n / 10) for n in range(8)]
    for n, ticket in enumerate(several):
        if n % 2:
            says(ticket, 10, ours=True)
            says(ticket, 10.5)
        if n % 4 == 3:
            put(ticket, "waiting", 11)
        if n % 4 == 2:
            put(ticket, "waiting", 11)
            put(ticket, "open", 12)
        seen(ticket, 12)
    with clock.frozen(at(13)):
        calendars.set_day(office, at(24).date(), "Closed", by=SYSTEM)
        assert clocks.recompute_running(calendar_id=office.pk) == 8
    moved = [list(model.objects.order_by("pk").values()) for model in (Clock, Ticket)]
    promised = list(Promise.objects.order_by("pk").values_list("due_at", "due_until", "outcome"))
    for ticket in several:
        seen(ticket, 13)
    assert [list(model.objects.order_by("pk").values()) for model in (Clock, Ticket)] == moved
    assert list(Promise.objects.order_by("pk").values_list("due_at", "due_until", "outcome")) == promised
    assert dues(several[0])[0] == at(48 + 11)


@pytest.mark.django_db(transaction=True)
def test_several_batches_at_once_come_to_the_same(
    opened: Callable[..., Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = calendar()
    policy(first=600, following=700, solve=2000)
    several = [seen(opened(9 + n / 10), 12) for n in range(7)]
    monkeypatch.setattr(clocks, "BATCH", 2)
    with clock.frozen(at(13)):
        calendars.set_day(office, at(24).date(), "Closed", by=SYSTEM)
        assert clocks.recompute_running(calendar_id=office.pk) == 7
        moved = [dues(ticket) for ticket in several]
        assert clocks.recompute_running() == 7
    assert [dues(ticket) for ticket in several] == moved
    assert moved[0][0] == at(48 + 11)
    promised = Promise.objects.filter(source_id__in=[ticket.pk for ticket in several])
    assert promised.filter(due_at=at(48 + 11)).count() == 1
    assert promised.count() == 14


@pytest.mark.django_db(transaction=True)
def test_what_fails_in_one_batch_is_raised_and_nothing_of_it_stays(
    opened: Callable[..., Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = calendar()
    policy(first=600, following=700, solve=2000)
    several = [seen(opened(9 + n / 10), 12) for n in range(3)]
    before = [dues(ticket) for ticket in several]
    monkeypatch.setattr(clocks, "BATCH", 1)

    def broken(table: str, *, by: object) -> None:
        raise LookupError(table)

    monkeypatch.setattr("rapport.service.services.retiming.clocked.move_staged", broken)
    with clock.frozen(at(13)):
        calendars.set_day(office, at(24).date(), "Closed", by=SYSTEM)
        with pytest.raises(LookupError):
            clocks.recompute_running(calendar_id=office.pk)
    assert [dues(ticket) for ticket in several] == before


def test_after_longer_hours_what_is_reached_by_now_is_told(opened: Callable[..., Ticket]) -> None:
    office = calendar()
    policy(following=None, solve=None)
    ticket = seen(opened(18), 18)
    assert dues(ticket)[0] == at(24 + 10)
    with clock.frozen(at(19)):
        hours = {name: [["09:00", "22:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
        calendars.change(office, by=SYSTEM, name="Office", zone="UTC", hours=hours)
        clocks.recompute_running(calendar_id=office.pk)
    assert dues(ticket)[0] == at(19)
    assert told() == [("first", 50), ("first", 75), ("first", 100)]


def test_a_ticket_of_nobody_is_due_without_a_promise() -> None:
    policy(of=calendar())
    with clock.frozen(at(9)):
        ticket = tickets.open("Anonymous", by=SYSTEM)
    assert dues(seen(ticket, 9))[0] == at(10)
    assert not Promise.objects.exists()
