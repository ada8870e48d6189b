"""Booking: only what is free, by the rules of the kind, with whom has the fewest, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.meetings import queries
from rapport.meetings.models import Busy, Meeting, MeetingType
from rapport.meetings.services import booking, kinds, meetings
from rapport.meetings.services.meetings import Guest
from rapport.testing import builders
from rapport.testing.cast import Cast, hire

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)  # a Monday
NINE = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)  # nine o'clock in London
HALF = timedelta(minutes=30)
DAYS = ("mon", "tue", "wed", "thu", "fri")


def offered(cast: Cast, *hosts: Any, **more: Any) -> MeetingType:
    values = {
        "name": "First talk", "slug": "first-talk", "minutes": 30, "zone": "Europe/London",
        "hours": {key: [["09:00", "11:00"]] for key in DAYS}, "notice_hours": 0, **more,
    }  # fmt: skip
    return kinds.add(by=SYSTEM, hosts=hosts or (cast.ben,), **values)


def book(kind: MeetingType, at: datetime = NINE, address: str = "ana@lima.example", **more: Any) -> Meeting:
    return booking.book(kind, at, name="Ana Lima", address=address, by=SYSTEM, **more)


def free(kind: MeetingType, day: int = 5) -> list[str]:
    start = datetime(2026, 5, day, tzinfo=UTC)
    return [f"{one:%H:%M}" for one in queries.free_of_any(kind, start, start + timedelta(days=1))]


def test_a_booked_time_is_a_meeting_and_free_no_more(cast: Cast) -> None:
    kind = offered(cast, questions=["What about?"])
    with clock.frozen(NOW):
        assert free(kind) == ["08:00", "08:30", "09:00", "09:30"]
        row = book(kind, answers={"What about?": "Lamps"}, page="https://crm.example/book/mine/")
        assert free(kind) == ["08:30", "09:00", "09:30"]
        with pytest.raises(booking.Taken):
            book(kind)
    assert (row.organiser, row.starts_at, row.ends_at, row.origin) == (cast.ben, NINE, NINE + HALF, "booking")
    assert row.agenda == "What about?\nLamps"
    assert row.video_url.startswith("https://meet.jit.si/rapport-")
    assert len(row.video_url) > len("https://meet.jit.si/rapport-") + 20
    assert row.manage_url == f"https://crm.example/book/mine/{booking.token(row)}/"
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    "at", [NINE + timedelta(minutes=7), NINE - HALF, NINE + timedelta(days=4), NINE - timedelta(7)]
)
def test_a_time_that_was_never_offered_is_not_booked(cast: Cast, at: datetime) -> None:
    kind = offered(cast)
    with clock.frozen(NOW), pytest.raises(booking.Taken):
        book(kind, at)
    assert not Meeting.objects.exists()
    assert not Customer.objects.exists()


def test_notice_and_horizon(cast: Cast) -> None:
    kind = offered(cast, notice_hours=27, horizon_days=2)
    with clock.frozen(NOW):  # 27 hours later it is 10:00 in London
        assert (free(kind, 4), free(kind, 5), free(kind, 6), free(kind, 7)) == ([], ["09:00", "09:30"], [], [])


def test_what_stands_in_the_hosts_own_calendar_is_busy_unless_it_is_free(cast: Cast) -> None:
    kind = offered(cast)
    Busy.objects.create(user=cast.ben, source="x", starts_at=NINE, ends_at=NINE + HALF)
    Busy.objects.create(user=cast.ben, source="y", starts_at=NINE + HALF, ends_at=NINE + 2 * HALF, free=True)
    with clock.frozen(NOW):
        assert free(kind) == ["08:30", "09:00", "09:30"]


def test_a_meeting_that_the_host_declined_or_that_is_off_keeps_nothing(cast: Cast) -> None:
    kind = offered(cast)
    with clock.frozen(NOW):
        values: dict[str, Any] = {"by": SYSTEM, "starts_at": NINE, "ends_at": NINE + HALF, "zone": "UTC"}
        row = meetings.plan("Tea", guests=[Guest(user=cast.ben)], organiser=cast.bea, **values)
        assert "08:00" not in free(kind)
        meetings.answer(row.attendees.get(user=cast.ben), "declined", by=SYSTEM)
        assert "08:00" in free(kind)
        mine = meetings.plan("Tea", organiser=cast.ben, **values)
        assert "08:00" not in free(kind)
        meetings.cancel(mine, by=SYSTEM)
        assert "08:00" in free(kind)


def test_buffers_stand_around_it(cast: Cast) -> None:
    kind = offered(cast, buffer_before=30, buffer_after=30)
    with clock.frozen(NOW):
        book(kind, NINE + HALF)
        assert free(kind) == ["09:30"]


def test_a_day_takes_as_many_as_it_may(cast: Cast) -> None:
    kind = offered(cast, per_day=1)
    with clock.frozen(NOW):
        row = book(kind)
        assert (free(kind), len(free(kind, 6))) == ([], 4)
        assert booking.rebook(row, NINE + HALF, by=SYSTEM).starts_at == NINE + HALF


def test_of_several_hosts_it_is_who_has_the_fewest(cast: Cast) -> None:
    kind = offered(cast, cast.ben, cast.bea)
    with clock.frozen(NOW):
        rows = [book(kind), book(kind), book(kind, NINE + HALF), book(kind, NINE + HALF)]
        with pytest.raises(booking.Taken):
            book(kind)
    assert [row.organiser for row in rows] == [cast.bea, cast.ben, cast.bea, cast.ben]


def test_an_address_that_is_known_goes_to_its_customer_and_changes_nothing_of_them(cast: Cast) -> None:
    ana = builders.customer("Ana Maria Lima", email="ana@lima.example")
    before = list(Customer.objects.values())
    with clock.frozen(NOW):
        row = booking.book(offered(cast), NINE, name="Mallory", address="Ana@Lima.example", by=SYSTEM)
    assert row.attendees.get(customer=ana).name == "Mallory"
    assert list(Customer.objects.values()) == before
    assert [one.normal for one in ana.identities.all()] == ["ana@lima.example"]


def test_a_stranger_becomes_a_lead_by_the_policy(cast: Cast) -> None:
    kind = offered(cast)
    with clock.frozen(NOW):
        book(kind)
        cast.firm.policy = {"conversations": {"unknown_sender": "nobody"}}
        cast.firm.save()
        book(kind, NINE + HALF, "otto@else.example")
    lead = Customer.objects.get()
    assert (lead.name, lead.stage, lead.source) == ("Ana Lima", "lead", "booking")


def test_what_is_not_offered_is_not_booked(cast: Cast) -> None:
    kind = kinds.offer(offered(cast), offered=False, by=SYSTEM)
    with clock.frozen(NOW), pytest.raises(booking.NotOffered):
        book(kind)
    assert not Meeting.objects.exists()


def test_the_link_moves_and_cancels_its_own_meeting_alone(cast: Cast) -> None:
    kind = offered(cast)
    with clock.frozen(NOW):
        row, other = book(kind), book(kind, NINE + HALF, "otto@else.example")
        assert booking.booked_with(booking.token(row)) == row
        with pytest.raises(booking.Taken):
            booking.rebook(row, other.starts_at, by=SYSTEM)
        assert booking.rebook(row, NINE + 2 * HALF, by=SYSTEM).starts_at == NINE + 2 * HALF
        assert booking.call_off(row, by=SYSTEM).state == "cancelled"
        with pytest.raises(meetings.NotPlanned):
            booking.rebook(row, NINE, by=SYSTEM)
        plain = meetings.plan("Tea", by=SYSTEM, starts_at=NINE, ends_at=NINE + HALF, zone="UTC")
    for wrong in ("", "x", booking.token(row)[:-2], booking.token(plain)):
        with pytest.raises(booking.BadLink):
            booking.booked_with(wrong)


@pytest.fixture
def real_cast(transactional_db: None) -> Iterator[Cast]:
    yield hire()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def test_eight_at_once_book_a_time_once(real_cast: Cast) -> None:
    kind = offered(real_cast)
    start, results = threading.Barrier(8), []

    def one(number: int) -> None:
        try:
            with clock.frozen(NOW):
                start.wait()
                book(kind, address=f"guest{number}@else.example")
            results.append("booked")
        except booking.Taken:
            results.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["booked", *["taken"] * 7]
    assert Meeting.objects.count() == 1
    assert Customer.objects.count() == 1
