"""The list of promises: what is open, due today, overdue and ended, how many were kept, and making one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.testing import builders
from rapport.testing.cast import Cast

NOON = datetime(2030, 6, 10, 12, tzinfo=UTC)
TODAY = date(2030, 6, 10)


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def owed(cast: Cast) -> None:
    """Promises of every state, seen from noon of 10 June 2030."""
    ana = builders.customer("Ana Lima")
    with clock.frozen(NOON - timedelta(days=5)):
        builders.promise(ana, "yesterday", due_on=date(2030, 6, 9))
        builders.promise(ana, "today", due_on=TODAY)
        builders.promise(ana, "this morning", due_at=NOON - timedelta(hours=2))
        builders.promise(ana, "this evening", due_at=NOON + timedelta(hours=5))
        builders.promise(ana, "tomorrow", due_on=date(2030, 6, 11))
        promises.fulfil(builders.promise(ana, "kept", due_on=TODAY), by=SYSTEM)
        promises.give_up(builders.promise(ana, "broken", due_on=date(2030, 6, 8)), "no stock", by=SYSTEM)
        promises.release(builders.promise(ana, "released", due_on=TODAY), "they changed their mind", by=SYSTEM)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("open", ["yesterday", "this morning", "this evening", "today", "tomorrow"]),
        ("today", ["this morning", "this evening", "today"]),
        ("late", ["yesterday", "this morning"]),
        ("ended", ["released", "kept", "broken"]),
    ],
)
def test_views_to_begin_with(staff: Client, owed: None, view: str, expected: list[str]) -> None:
    with clock.frozen(NOON):
        shown = staff.get("/promises/", {"view": view}).context["shown"]

    assert not shown.asked.problem
    found = [row.label for row in shown.table.rows]
    assert found == expected if view != "ended" else set(found) == set(expected)


def test_open_ones_can_be_ended_and_moved_from_the_list(staff: Client, owed: None) -> None:
    with clock.frozen(NOON):
        page = staff.get("/promises/").content.decode()

    assert page.count(">Done<") == 5 + 1
    assert page.count(">Move<") == 3


def test_how_many_were_kept(staff: Client, owed: None) -> None:
    with clock.frozen(NOON + timedelta(days=3)):
        kept = staff.get("/promises/kept/")

    assert kept.context["kept"].kept == 1
    assert kept.context["kept"].due == 7
    assert "14.3" in kept.content.decode()


def test_something_is_promised_to_somebody(staff: Client) -> None:
    ana = builders.customer("Ana Lima")
    sent = {"customer": ana.code, "what": "Call back", "kind": "call", "due_on": "2031-01-05"}
    assert staff.post("/promises/add/", sent).status_code == 302
    made = Promise.objects.get()

    assert (made.customer, made.what, made.kind, made.due_on) == (ana, "Call back", "call", date(2031, 1, 5))
    assert staff.post("/promises/add/", {**sent, "customer": "", "due_on": ""}).status_code == 422
    assert Promise.objects.count() == 1


def test_bulk_ends_are_undone(staff: Client, owed: None) -> None:
    rows = list(Promise.objects.open())
    sent = {"ids": [str(row.pk) for row in rows], "reason": "flood", "go": "1"}
    answer = staff.post("/promises/bulk/give-up/", sent, follow=True)
    assert Promise.objects.open().count() == 0
    undo = answer.context["ui"].toasts[0].undo
    staff.post(undo)

    assert Promise.objects.open().count() == 5
    assert Promise.objects.get(what="broken").outcome == "broken"


def test_a_reader_may_look_and_nothing_else(client: Client, cast: Cast, owed: None) -> None:
    client.force_login(cast.carla)
    page = client.get("/promises/").content.decode()

    assert ">Done<" not in page
    assert 'name="ids"' not in page
    assert client.get("/promises/add/").status_code == 403
    assert client.post("/promises/bulk/fulfil/", {"ids": [str(Promise.objects.all()[0].pk)]}).status_code == 403
    assert Promise.objects.open().count() == 5


def test_customers_can_be_filtered_by_what_they_are_owed(staff: Client, owed: None) -> None:
    builders.customer("Tom Ashby")
    with clock.frozen(NOON):
        for condition in ("late_promises.count >= 2", "open_promises.due = today", 'promises.outcome = "broken"'):
            shown = staff.get("/customers/", {"f": condition}).context["shown"]
            assert [row.label for row in shown.table.rows] == ["Ana Lima"], condition
