from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from rapport.customers.models import Customer, Identity
from rapport.customers.queries import consent_state
from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.testing.builders import answer, customer, promise
from rapport.testing.cast import Cast
from rapport.timeline.models import Activity
from rapport.timeline.services import activities

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_ten() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def row(client: Client, cast: Cast) -> Customer:
    """A customer, seen by the administrator."""
    client.force_login(cast.alice)
    return customer("Ana Lima", email="ana@example.com")


def address(name: str, *args: Any) -> str:
    return reverse(f"staff:customer_{name}", args=args)


def undo(client: Client, answered: Any) -> Any:
    """Press Undo in the newest toast that came with an answer."""
    newest = list(get_messages(answered.wsgi_request))[-1]
    return client.post(newest.extra_tags)


def test_a_note_is_written_and_taken_back(client: Client, row: Customer) -> None:
    answered = client.post(address("compose", row.pk, "note"), {"text": "Keeps the bent ones."})
    assert answered["Location"] == reverse("staff:customer", args=[row.pk])
    note = Activity.objects.get()
    assert (note.kind, note.text, note.deleted_at) == ("note", "Keeps the bent ones.", None)
    undo(client, answered)
    note.refresh_from_db()
    assert note.deleted_at == NOW


def test_a_call_is_logged_with_what_was_said(client: Client, row: Customer) -> None:
    given = {"direction": "in", "outcome": "reached", "text": "Wants a catalogue", "minutes": "7",
             "at": "2026-11-21T16:30"}  # fmt: skip
    client.post(address("compose", row.pk, "call"), given)
    call = Activity.objects.get()
    assert (call.kind, call.direction, call.minutes) == ("call", "in", 7)
    assert call.happened_at == datetime(2026, 11, 21, 16, 30, tzinfo=UTC)


def test_a_meeting_is_logged(client: Client, row: Customer) -> None:
    client.post(address("compose", row.pk, "meeting"), {"text": "At the fair", "minutes": "45"})
    assert Activity.objects.get().kind == "meeting"


def test_a_promise_for_a_day_is_made_and_taken_back(client: Client, row: Customer) -> None:
    given = {"what": "Replacement lantern", "kind": "delivery", "due_on": "2026-11-27", "due_time": ""}
    answered = client.post(address("compose", row.pk, "promise"), given)
    made = Promise.objects.get()
    assert (made.what, made.kind, made.due_on, made.maker_name) == (
        "Replacement lantern", "delivery", date(2026, 11, 27), "Alice Young",
    )  # fmt: skip
    undo(client, answered)
    made.refresh_from_db()
    assert made.outcome == "released"


def test_a_promise_for_an_hour_is_that_hour_where_its_maker_is(client: Client, row: Customer, cast: Cast) -> None:
    cast.alice.zone = "America/New_York"
    cast.alice.save()
    given = {"what": "Call back", "kind": "call", "due_on": "2026-11-27", "due_time": "15:00"}
    client.post(address("compose", row.pk, "promise"), given)
    assert Promise.objects.get().due_at == datetime(2026, 11, 27, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("note", {"text": " "}, "text"),
        ("call", {"direction": "in", "outcome": "reached", "at": "2027-01-01T10:00"}, "at"),
        ("call", {"direction": "up", "outcome": "reached"}, "direction"),
        ("meeting", {"minutes": "-1"}, "minutes"),
        ("promise", {"what": "", "kind": "call", "due_on": "2026-11-27"}, "what"),
        ("promise", {"what": "Call", "kind": "call", "due_on": "31/02"}, "due_on"),
    ],
)
def test_what_cannot_be_logged_is_told_at_its_field_and_leaves_nothing(
    client: Client, row: Customer, kind: str, given: dict[str, str], field: str
) -> None:
    answered = client.post(address("compose", row.pk, kind), given)
    assert answered.status_code == 422
    assert list(answered.context["composer"].form.errors) == [field]
    assert not Activity.objects.exists()
    assert not Promise.objects.exists()


def test_there_is_no_other_kind_of_entry(client: Client, row: Customer) -> None:
    assert client.post(address("compose", row.pk, "fax"), {}).status_code == 404


def test_a_log_entry_is_rewritten_and_reads_as_before_again(client: Client, row: Customer) -> None:
    note = activities.write_note(row, "Bent.", by=SYSTEM)
    assert client.get(address("log", row.pk, note.pk)).status_code == 200
    answered = client.post(address("log", row.pk, note.pk), {"text": "Two are bent."})
    page = client.get(reverse("staff:customer", args=[row.pk])).content.decode()
    assert "Two are bent." in page
    assert "edited" in page
    assert client.post(address("log", row.pk, note.pk), {"text": ""}).status_code == 422
    undo(client, answered)
    note.refresh_from_db()
    assert note.text == "Bent."


def test_a_removed_entry_leaves_the_timeline_and_comes_back(client: Client, row: Customer) -> None:
    note = activities.write_note(row, "A slip of the hand.", by=SYSTEM)
    answered = client.post(address("log_remove", row.pk, note.pk))
    assert "A slip of the hand." not in client.get(reverse("staff:customer", args=[row.pk])).content.decode()
    undo(client, answered)
    assert "A slip of the hand." in client.get(reverse("staff:customer", args=[row.pk])).content.decode()


def test_the_entry_of_another_customer_is_not_here(client: Client, row: Customer) -> None:
    note = activities.write_note(customer("Tom Ashby"), "Not yours.", by=SYSTEM)
    assert client.post(address("log_remove", row.pk, note.pk)).status_code == 404
    note.refresh_from_db()
    assert note.deleted_at is None


def test_a_promise_is_kept_and_opened_again(client: Client, row: Customer) -> None:
    made = promise(row, due_on=date(2026, 11, 30))
    answered = client.post(address("promise_fulfil", row.pk, made.pk), {"next": "/?whose=mine"})
    assert answered["Location"] == "/?whose=mine"
    made.refresh_from_db()
    assert made.outcome == "kept"
    undo(client, answered)
    made.refresh_from_db()
    assert (made.outcome, made.fulfilled_at) == ("", None)


def test_nobody_is_led_to_another_site(client: Client, row: Customer) -> None:
    made = promise(row, due_on=date(2026, 11, 30))
    answered = client.post(address("promise_fulfil", row.pk, made.pk), {"next": "https://elsewhere.example/"})
    assert answered["Location"] == reverse("staff:customer", args=[row.pk])


@pytest.mark.parametrize(("act", "outcome"), [("release", "released"), ("give-up", "broken")])
def test_a_promise_ends_with_a_reason(client: Client, row: Customer, act: str, outcome: str) -> None:
    made = promise(row, due_on=date(2026, 11, 30))
    page = address("promise", row.pk, made.pk, act)
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    made.refresh_from_db()
    assert made.outcome == ""
    client.post(page, {"reason": "The customer changed her mind."})
    made.refresh_from_db()
    assert (made.outcome, made.ended_because) == (outcome, "The customer changed her mind.")


def test_a_promise_is_moved_only_before_it_is_due(client: Client, row: Customer) -> None:
    made, late = promise(row, due_on=date(2026, 11, 30)), promise(row, due_on=date(2026, 11, 20))
    client.post(address("promise", row.pk, made.pk, "move"), {"due_on": "2026-12-04", "due_time": ""})
    made.refresh_from_db()
    assert made.due_on == date(2026, 12, 4)
    answered = client.post(address("promise", row.pk, late.pk, "move"), {"due_on": "2026-12-04", "due_time": ""})
    assert answered.status_code == 422
    late.refresh_from_db()
    assert late.due_on == date(2026, 11, 20)


def test_a_promise_does_not_end_twice(client: Client, row: Customer) -> None:
    made = promise(row, due_on=date(2026, 11, 30))
    for _time in range(2):
        assert client.post(address("promise_fulfil", row.pk, made.pk)).status_code == 302
    assert client.post(address("promise", row.pk, made.pk, "release"), {"reason": "x"}).status_code == 422
    made.refresh_from_db()
    assert made.outcome == "kept"


def test_an_address_is_added_removed_and_put_back(client: Client, row: Customer) -> None:
    given = {"identity-kind": "phone", "identity-value": "0113 496 0182", "identity-label": "work"}
    added = client.post(address("identity_add", row.pk), given)
    phone = row.identities.get(kind="phone")
    assert (phone.normal, phone.label) == ("+441134960182", "work")
    removed = client.post(address("identity_remove", row.pk, phone.pk))
    assert not row.identities.filter(kind="phone").exists()
    undo(client, removed)
    back = row.identities.get(kind="phone")
    assert (back.normal, back.label) == ("+441134960182", "work")
    gone = address("identity_remove", row.pk, phone.pk)
    assert (client.post(gone).status_code, added.status_code) == (404, 302)


def test_an_address_that_cannot_be_or_is_somebody_elses_is_refused_at_its_field(client: Client, row: Customer) -> None:
    customer("Tom Ashby", email="tom@example.com")
    for value in ("nonsense", "tom@example.com"):
        given = {"identity-kind": "email", "identity-value": value, "identity-label": ""}
        answered = client.post(address("identity_add", row.pk), given)
        assert answered.status_code == 422
        form = next(one.context["identity_form"] for one in answered.context["left"] if one.panel.name == "facts")
        assert list(form.errors) == ["value"]
    assert [one.normal for one in Identity.objects.filter(customer=row)] == ["ana@example.com"]


def test_consent_is_given_and_withdrawn(client: Client, row: Customer) -> None:
    given = {
        "consent-channel": "email",
        "consent-topic": "marketing",
        "consent-state": "give",
        "consent-proof": "asked",
    }
    client.post(address("consent", row.pk), given)
    assert consent_state(row, "email", "marketing") == "granted"
    client.post(address("consent", row.pk), {**given, "consent-state": "withdraw"})
    assert consent_state(row, "email", "marketing") == "withdrawn"
    assert client.post(address("consent", row.pk), {**given, "consent-channel": "pigeon"}).status_code == 422


def test_feedback_is_answered_once_it_says_something(client: Client, row: Customer) -> None:
    given = answer(row, 2, text="The box was crushed again.")
    page = address("feedback", row.pk, given.pk)
    assert "The box was crushed again." in client.get(page).content.decode()
    assert client.post(page, {"text": ""}).status_code == 422
    assert client.post(page, {"text": "So sorry.", "next": "/"})["Location"] == "/"
    assert Answer.objects.get().replied_at == NOW


@pytest.mark.parametrize(
    ("name", "args"),
    [("compose", ("note",)), ("identity_add", ()), ("consent", ()), ("trash", ()), ("restore", ())],
)
def test_a_reader_changes_nothing(client: Client, row: Customer, cast: Cast, name: str, args: tuple[str, ...]) -> None:
    client.force_login(cast.carla)
    assert client.post(address(name, row.pk, *args), {"text": "x"}).status_code == 403
    assert not Activity.objects.exists()
    row.refresh_from_db()
    assert row.deleted_at is None


def test_a_promise_of_yesterday_can_be_too_late(client: Client, row: Customer) -> None:
    made = promise(row, due_at=NOW + timedelta(hours=1))
    with clock.frozen(NOW + timedelta(hours=2)):
        client.post(address("promise_fulfil", row.pk, made.pk))
    made.refresh_from_db()
    assert made.outcome == "late"
