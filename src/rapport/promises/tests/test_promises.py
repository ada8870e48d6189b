from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.clock import Period
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.promises.queries import due_before, kept_in
from rapport.promises.services import promises
from rapport.testing import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

DAY = date(2026, 7, 1)
LAST_SECOND = datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC)  # London is an hour ahead of UTC in July
MIDNIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)


@pytest.fixture
def ana() -> Customer:
    return builders.customer("Ana")


def types() -> list[str]:
    rows = EventRecord.objects.filter(type__startswith="promises.").order_by("recorded_at", "id")
    return list(rows.values_list("type", flat=True))


def test_a_day_is_kept_until_its_last_second(ana: Customer) -> None:
    made = promises.make(ana, "Call back", due_on=DAY, by=SYSTEM)
    assert made.due_until == MIDNIGHT
    assert promises.fulfil(made, at=LAST_SECOND, by=SYSTEM).outcome == Promise.Outcome.KEPT
    assert types() == ["promises.made", "promises.kept"]


def test_a_day_is_late_from_the_next_midnight_on(ana: Customer) -> None:
    made = promises.make(ana, "Call back", due_on=DAY, by=SYSTEM)
    assert promises.fulfil(made, at=MIDNIGHT, by=SYSTEM).outcome == Promise.Outcome.LATE
    event = EventRecord.objects.get(type="promises.late")
    assert event.data["days_late"] == 1
    assert event.at == MIDNIGHT


def test_the_day_is_that_of_the_customer() -> None:
    bruno = builders.customer("Bruno", zone="America/Sao_Paulo")
    made = promises.make(bruno, "Entrega", due_on=DAY, by=SYSTEM)
    assert made.due_until == datetime(2026, 7, 2, 3, tzinfo=UTC)


def test_a_moment_is_late_when_it_has_come(ana: Customer) -> None:
    at = datetime(2026, 7, 1, 15, tzinfo=UTC)
    made = promises.make(ana, "Call back", due_at=at, by=SYSTEM)
    assert promises.outcome_at(at - timedelta(microseconds=1), made.due_until) == "kept"
    assert promises.outcome_at(at, made.due_until) == "late"


@pytest.mark.parametrize("due", [{}, {"due_on": DAY, "due_at": MIDNIGHT}])
def test_a_promise_falls_due_once(ana: Customer, due: dict[str, object]) -> None:
    with pytest.raises(promises.NoDueDate):
        promises.make(ana, "Call back", by=SYSTEM, **due)  # type: ignore[arg-type]
    assert not Promise.objects.exists()


def test_an_open_promise_that_is_overdue_reads_as_late(ana: Customer) -> None:
    made = promises.make(ana, "Call back", due_on=DAY, by=SYSTEM)
    assert (made.state(LAST_SECOND), made.state(MIDNIGHT)) == ("open", "late")


def test_what_has_ended_cannot_end_again(ana: Customer) -> None:
    made = promises.give_up(promises.make(ana, "Call back", due_on=DAY, by=SYSTEM), "No stock", by=SYSTEM)
    acts: list[Callable[[], object]] = [
        lambda: promises.fulfil(made, by=SYSTEM),
        lambda: promises.give_up(made, "", by=SYSTEM),
        lambda: promises.release(made, "", by=SYSTEM),
        lambda: promises.move(made, due_on=DAY, by=SYSTEM),
    ]
    for act in acts:
        with pytest.raises(promises.Ended):
            act()
    assert types() == ["promises.made", "promises.broken"]
    assert Promise.objects.get().ended_because == "No stock"


def test_a_new_day_can_be_agreed_on_in_time_and_not_after(ana: Customer) -> None:
    made = promises.make(ana, "Call back", due_on=DAY, by=SYSTEM)
    with clock.frozen(LAST_SECOND):
        moved = promises.move(made, due_on=DAY + timedelta(days=2), by=SYSTEM)
    assert moved.due_until == MIDNIGHT + timedelta(days=2)
    with clock.frozen(moved.due_until), pytest.raises(promises.TooLateToMove):
        promises.move(moved, due_on=DAY + timedelta(days=9), by=SYSTEM)
    assert Promise.objects.get().due_on == DAY + timedelta(days=2)


def test_the_rate_counts_overdue_ones_as_late_and_released_ones_not_at_all(ana: Customer) -> None:
    kept, late, broken, released, _open = (promises.make(ana, "x", due_on=DAY, by=SYSTEM) for _ in range(5))
    promises.fulfil(kept, at=LAST_SECOND, by=SYSTEM)
    promises.fulfil(late, at=MIDNIGHT, by=SYSTEM)
    promises.give_up(broken, "", by=SYSTEM)
    promises.release(released, "", by=SYSTEM)
    july = Period.of_days(date(2026, 7, 1), date(2026, 7, 31), "Europe/London")
    with clock.frozen(MIDNIGHT):
        counted = kept_in(july, SYSTEM)
    assert (counted.kept, counted.late, counted.broken, counted.due) == (1, 2, 1, 4)
    assert counted.rate == 0.25


def test_no_promise_is_no_rate() -> None:
    july = Period.of_days(date(2026, 7, 1), date(2026, 7, 31), "Europe/London")
    assert kept_in(july, SYSTEM).rate is None


def test_what_is_due_comes_most_overdue_first(ana: Customer) -> None:
    later = promises.make(ana, "later", due_on=DAY, by=SYSTEM)
    sooner = promises.make(ana, "sooner", due_on=DAY - timedelta(days=1), by=SYSTEM)
    promises.make(ana, "tomorrow", due_on=DAY + timedelta(days=1), by=SYSTEM)
    assert list(due_before(DAY, "Europe/London", SYSTEM)) == [sooner, later]


ZONES = ["Europe/London", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]


@given(day=st.dates(date(1990, 1, 1), date(2060, 1, 1)), zone=st.sampled_from(ZONES), minute=st.integers(0, 1439))
def test_whatever_the_zone_the_promised_day_counts_whole(day: date, zone: str, minute: int) -> None:
    until = promises.due_until(day, None, zone)
    during = clock.day_start(day, zone) + timedelta(minutes=minute)
    if during < until:
        assert promises.outcome_at(during, until) == "kept"
    assert promises.outcome_at(until, until) == "late"
    assert timedelta(hours=23) <= until - clock.day_start(day, zone) <= timedelta(hours=25)
