from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.permissions import Forbidden
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.timeline import queries
from rapport.timeline.models import Activity, Touch
from rapport.timeline.services import activities, touches, touchpoints

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def ana() -> Customer:
    with clock.frozen(NOON - timedelta(days=1)):
        return builders.customer("Ana")


def told(ana: Customer, **more: object) -> list[str]:
    page = queries.of_customer(ana, SYSTEM, **more)  # type: ignore[arg-type]
    return [item.type for item in page.items]


def test_the_newest_comes_first_by_when_it_happened(ana: Customer) -> None:
    with clock.frozen(NOON):
        activities.write_note(ana, "Likes tea", by=SYSTEM)
        activities.log_call(ana, "Rang", at=NOON - timedelta(hours=2), by=SYSTEM)
    assert told(ana) == ["timeline.note_written", "timeline.call_logged", "customers.created"]
    assert told(ana, group="messages") == ["timeline.call_logged"]


def test_pages_neither_skip_nor_repeat_what_happened_at_once(ana: Customer) -> None:
    with clock.frozen(NOON):
        for number in range(5):
            activities.write_note(ana, f"Note {number}", by=SYSTEM)
    texts, cursor = [], None
    for _ in range(3):
        page = queries.of_customer(ana, SYSTEM, group="notes", before=cursor, limit=2)
        texts += [item.text for item in page.items]
        cursor = page.next
    assert sorted(texts) == [f"Note {number}" for number in range(5)]
    assert cursor is None


def test_last_touch_knows_who_moved(ana: Customer) -> None:
    with clock.frozen(NOON):
        activities.log_call(ana, direction="in", by=SYSTEM)
        activities.log_call(ana, at=NOON - timedelta(hours=3), by=SYSTEM)
        activities.write_note(ana, "Not a touch", by=SYSTEM)
    touch = Touch.objects.get(customer=ana)
    assert (touch.last_at, touch.last_in_at, touch.last_out_at) == (NOON, NOON, NOON - timedelta(hours=3))


def test_touches_counted_anew_are_the_same(ana: Customer) -> None:
    with clock.frozen(NOON):
        activities.log_call(ana, direction="in", by=SYSTEM)
    before = Touch.objects.values().get(customer=ana)
    Touch.objects.all().delete()
    touches.recount_many([ana.pk])
    assert Touch.objects.values().get(customer=ana) == before


def test_what_has_not_happened_cannot_be_logged(ana: Customer) -> None:
    with clock.frozen(NOON):
        for act in (
            lambda: activities.write_note(ana, "x", at=NOON + timedelta(seconds=1), by=SYSTEM),
            lambda: touchpoints.report(ana, "web", "Visit", at=NOON + timedelta(seconds=1), by=SYSTEM),
        ):
            with pytest.raises(activities.InTheFuture):
                act()
    assert not Activity.objects.exists()
    assert told(ana) == ["customers.created"]


def test_an_empty_note_is_refused(ana: Customer) -> None:
    with pytest.raises(activities.Empty):
        activities.write_note(ana, "  ", by=SYSTEM)
    assert not Activity.objects.exists()


def test_a_note_is_rewritten_removed_and_restored(ana: Customer) -> None:
    note = activities.write_note(ana, "Likes tea", by=SYSTEM)
    activities.rewrite(note, "Likes coffee", by=SYSTEM)
    assert Activity.objects.get().text == "Likes coffee"
    activities.remove(note, by=SYSTEM)
    assert Activity.objects.get().deleted_at is not None
    activities.restore(note, by=SYSTEM)
    assert Activity.objects.get().deleted_at is None


def test_a_touchpoint_from_outside_is_on_the_timeline(ana: Customer) -> None:
    touchpoints.report(ana, "shop", "Visited the fair", text="Stand 12", inbound=True, by=SYSTEM)
    item = queries.of_customer(ana, SYSTEM).items[0]
    assert (item.sentence, item.text, item.direction) == ("Visited the fair on shop", "Stand 12", "in")


def test_a_marketer_logs_nothing(ana: Customer, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        activities.write_note(ana, "x", by=actor(cast.dora))
    assert not Activity.objects.exists()
