"""Tickets over the API: opened, changed, answered, merged and split; what is refused changes nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.api.v1.cursors import mark
from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message, Thread
from rapport.conversations.services import messages
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.service.models import Merge, Ticket
from rapport.service.services import assigning, macros, queues, tickets
from rapport.team.models import User
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
Counter = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def asked(subject: str = "Where is it?", text: str = "I wait.", address: str = "ana@example.com") -> Ticket:
    """A ticket that a mail from `address` opened."""
    incoming = Incoming(channel="email", subject=subject, text=text, from_address=address, from_name="Ana Lima")
    return Ticket.objects.get(talk__thread=messages.receive(incoming, by=SYSTEM).thread)


def owned(user: User) -> Ticket:
    """A ticket that `user` looks after."""
    return assigning.assign(tickets.open("Mine", by=SYSTEM), user, by=SYSTEM)


def told() -> int:
    """How many things happened so far, calls of the API itself left out."""
    return EventRecord.objects.count()


def test_a_ticket_is_opened_found_changed_solved_and_opened_again(alice: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    body = {"subject": "Bent lantern", "requester_id": str(ana.pk), "type": "problem", "tags": ["late", "Late"]}
    made = read(send(alice, "tickets", body))
    url = f"tickets/{made['id']}"

    assert (made["code"], made["category"], made["tags"], made["version"]) == (
        f"T-{made['number']}",
        "new",
        ["late"],
        1,
    )
    page = alice.get("/api/v1/tickets", {"filter": "type = problem"}).json()
    assert [one["id"] for one in page["items"]] == [made["id"]]
    assert alice.get("/api/v1/tickets", {"search": made["code"]}).json()["items"][0]["subject"] == "Bent lantern"
    changed = read(send(alice, url, {"priority": "high", "version": 1}, method="patch"))
    assert (changed["priority"], changed["version"]) == ("high", 2)
    assert read(send(alice, f"{url}/status", {"category": "solved"}))["category"] == "solved"
    again = read(send(alice, f"{url}/status", {"category": "open"}))
    assert (again["category"], again["reopened"]) == ("open", 1)


def test_two_who_change_the_same_field_are_told(alice: Client) -> None:
    ticket = tickets.open("Bent lantern", by=SYSTEM)
    assert send(alice, f"tickets/{ticket.pk}", {"priority": "high", "version": 1}, method="patch").status_code == 200
    before = told()
    refused = send(alice, f"tickets/{ticket.pk}", {"priority": "low", "version": 1}, method="patch")

    assert (refused.status_code, read(refused)["code"]) == (409, "Conflict")
    assert Ticket.objects.get().priority == "high"
    assert told() == before


def test_what_a_customer_said_opens_a_ticket_with_its_talk(alice: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    body = {"subject": "Bent", "requester_id": str(ana.pk), "text": "It is bent.", "priority": "urgent"}
    made = read(send(alice, "tickets", body, key="k1"))
    again = read(send(alice, "tickets", body, key="k1"))

    assert made == again
    assert (made["channel"], made["priority"], len(made["thread_ids"])) == ("api", "urgent", 1)
    said = alice.get(f"/api/v1/tickets/{made['id']}/messages").json()["items"]
    assert [(one["direction"], one["text"]) for one in said] == [("in", "It is bent.")]
    assert Ticket.objects.count() == 1


def test_an_answer_is_sent_once_with_its_file_and_a_note_stays_inside(alice: Client) -> None:
    ticket = asked()
    file = {"name": "invoice.txt", "content": base64.b64encode(b"Paid.").decode()}
    body = {"text": "It comes **tomorrow**.", "files": [file]}
    first = read(send(alice, f"tickets/{ticket.pk}/reply", body, key="k1"))
    again = read(send(alice, f"tickets/{ticket.pk}/reply", body, key="k1"))
    note = read(send(alice, f"tickets/{ticket.pk}/note", {"text": "She was kind."}))

    assert first == again
    assert Message.objects.filter(direction="out").count() == 1
    assert (first["state"], first["to"]) == ("queued", [{"name": "Ana Lima", "address": "ana@example.com"}])
    assert (note["direction"], note["state"]) == ("note", "received")
    got = alice.get(f"/api/v1/attachments/{first['attachments'][0]['id']}")
    assert b"".join(got.streaming_content) == b"Paid."  # type: ignore[attr-defined]
    assert got["Content-Disposition"] == 'attachment; filename="invoice.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"


def test_a_merge_is_made_and_undone(alice: Client) -> None:
    one, other = asked(), asked("Again")
    merged = read(send(alice, f"tickets/{other.pk}/merge", {"into_id": str(one.pk)}))

    assert (merged["id"], len(merged["thread_ids"])) == (str(one.pk), 2)
    assert send(alice, f"tickets/{other.pk}/reply", {"text": "Hello"}).status_code == 409
    assert send(alice, f"tickets/{one.pk}/merge", {"into_id": str(one.pk)}).status_code == 409
    apart = read(send(alice, f"tickets/{other.pk}/unmerge", {}))
    assert (apart["merged_into_id"], len(apart["thread_ids"])) == (None, 1)
    assert send(alice, f"tickets/{other.pk}/unmerge", {}).status_code == 409
    assert Merge.objects.filter(undone_at__isnull=True).count() == 0


def test_messages_are_split_off(alice: Client) -> None:
    ticket = asked()
    thread = Thread.objects.get()
    later = Incoming(
        channel="email", text="And the cups?", from_address="ana@example.com", thread_id=thread.pk, message_id="b@x"
    )
    second = messages.receive(later, by=SYSTEM)
    url = f"tickets/{ticket.pk}/split"
    made = read(send(alice, url, {"message_ids": [str(second.pk)], "subject": "Cups"}))
    before = told()

    assert (made["subject"], made["id"] != str(ticket.pk)) == ("Cups", True)
    assert Message.objects.get(pk=second.pk).thread_id != thread.pk
    assert send(alice, url, {"message_ids": [str(second.pk)]}).status_code == 422
    assert send(alice, url, {"message_ids": []}).status_code == 422
    assert told() == before


def test_a_macro_is_run_and_one_that_fails_changes_nothing(cast: Cast, alice: Client) -> None:
    ticket = tickets.open("Bent", by=SYSTEM)
    tag = macros.add("Tag", [{"do": "tag", "tags": ["bent"]}], by=actor(cast.alice), scope="all")
    say = macros.add(
        "Say", [{"do": "tag", "tags": ["said"]}, {"do": "reply", "text": "Hello"}], by=actor(cast.alice), scope="all"
    )
    assert read(send(alice, f"tickets/{ticket.pk}/macros/{tag.pk}", {}))["tags"] == ["bent"]
    before = told()
    refused = send(alice, f"tickets/{ticket.pk}/macros/{say.pk}", {})

    assert (refused.status_code, read(refused)["code"]) == (409, "StepFailed")
    assert Ticket.objects.get().tags == ["bent"]
    assert told() == before
    assert send(alice, f"tickets/{ticket.pk}/macros/{uuid4()}", {}).status_code == 404


def test_the_trash_keeps_a_ticket_until_it_is_restored(alice: Client) -> None:
    ticket = tickets.open("Bent", by=SYSTEM)
    assert alice.delete(f"/api/v1/tickets/{ticket.pk}").status_code == 204
    assert alice.get("/api/v1/tickets").json()["items"] == []
    assert send(alice, f"tickets/{ticket.pk}", {"priority": "low"}, method="patch").status_code == 409
    assert read(send(alice, f"tickets/{ticket.pk}/restore", {}))["deleted_at"] is None


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("", {"subject": " "}),
        ("", {"subject": "x" * 301}),
        ("", {"subject": "A", "type": "riddle"}),
        ("", {"subject": "A", "priority": None}),
        ("", {"subject": "A", "order_id": str(uuid4())}),
        ("", {"subject": "A", "custom": {"nothing": 1}}),
        ("", ["no", "object"]),
        ("/{id}/status", {"category": "done"}),
        ("/{id}/reply", {"text": ""}),
        ("/{id}/reply", {"text": "Hi", "files": [{"name": "a.txt", "content": "no base64!"}]}),
        ("/{id}/reply", {"text": "Hi", "files": [{"name": "a.txt", "content": ""}] * 11}),
        ("/{id}/reply", {"text": "Hi", "cc": [{"address": "x" * 300}]}),
        ("/{id}/merge", {"into_id": "not-an-id"}),
        ("/{id}/split", {"message_ids": [str(uuid4())] * 501}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(alice: Client, url: str, body: object) -> None:
    ticket = asked()
    before = told()
    refused = send(alice, f"tickets{url.format(id=ticket.pk)}", body)

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert told() == before
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "colour = 3"}, {"filter": "x" * 5000}, {"sort": "subject"}, {"cursor": "x"}, {"limit": "0"},
        {"cursor": "WzEsMl0"}, {"limit": "201"}, {"cursor": mark("soon", uuid4())}, {"cursor": mark("\x00", uuid4())},
        {"cursor": mark(3, uuid4())}, {"cursor": "W" * 5000},
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(alice: Client, query: dict[str, str]) -> None:
    answer = alice.get("/api/v1/tickets", query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_text_with_what_no_text_has_is_kept_clean(alice: Client) -> None:
    ticket = asked()
    said = read(
        send(alice, f"tickets/{ticket.pk}/reply", {"text": "<script>alert(1)</script>\u0000 {{customer.name}}"})
    )
    assert "\x00" not in said["text"]
    assert "{{customer.name}}" in said["text"]
    assert "<script>" not in Message.objects.get(pk=said["id"]).html


def test_each_reaches_as_far_as_their_right(cast: Cast, caller: Caller) -> None:
    ben, sam = owned(cast.ben), owned(cast.sam)
    agent = caller(cast.ben)
    cast.ben.role.grants = {**cast.ben.role.grants, "service.view": "team", "service.change": "own"}
    cast.ben.role.save()
    bea = owned(cast.bea)
    before = told()

    assert agent.get(f"/api/v1/tickets/{ben.pk}").status_code == 200
    assert agent.get(f"/api/v1/tickets/{bea.pk}").status_code == 200
    assert agent.get(f"/api/v1/tickets/{sam.pk}").status_code == 404
    assert {one["id"] for one in agent.get("/api/v1/tickets").json()["items"]} == {str(ben.pk), str(bea.pk)}
    assert send(agent, f"tickets/{bea.pk}", {"priority": "low"}, method="patch").status_code == 404
    assert send(agent, f"tickets/{sam.pk}", {"priority": "low"}, method="patch").status_code == 404
    assert told() == before
    assert send(agent, f"tickets/{ben.pk}", {"priority": "low"}, method="patch").status_code == 200


def test_scopes_and_rights_both_bind(cast: Cast, caller: Caller) -> None:
    ticket = asked()
    before = EventRecord.objects.exclude(type__startswith="team.").count()
    for client in (caller(cast.carla), caller(cast.alice, "service.view", "conversations.view")):
        assert client.get(f"/api/v1/tickets/{ticket.pk}").status_code == 200
        assert send(client, "tickets", {"subject": "A"}).status_code == 403
        for act, body in {
            "status": {"category": "solved"},
            "assign": {"user_id": None},
            "move": {"queue_id": None},
            "reply": {"text": "A"},
            "note": {"text": "A"},
            "merge": {"into_id": str(uuid4())},
            "unmerge": {},
            "split": {"message_ids": [str(uuid4())]},
            "restore": {},
        }.items():
            assert send(client, f"tickets/{ticket.pk}/{act}", body).status_code == 403, act
        assert client.delete(f"/api/v1/tickets/{ticket.pk}").status_code == 403
    assert caller(cast.alice, "customers.view").get("/api/v1/tickets").json()["items"] == []
    assert caller(cast.alice, "customers.view").get(f"/api/v1/tickets/{ticket.pk}").status_code == 403
    assert Client().get("/api/v1/tickets").status_code == 401
    assert EventRecord.objects.exclude(type__startswith="team.").count() == before


def test_owner_and_queue_are_given_and_taken(cast: Cast, alice: Client) -> None:
    ticket = tickets.open("Bent", by=SYSTEM)
    queue = queues.add("Parcels", by=SYSTEM, members=[cast.ben])
    assert read(send(alice, f"tickets/{ticket.pk}/move", {"queue_id": str(queue.pk)}))["queue_id"] == str(queue.pk)
    assert read(send(alice, f"tickets/{ticket.pk}/assign", {"user_id": str(cast.ben.pk)}))["owner_id"] == str(
        cast.ben.pk
    )
    before = told()
    assert send(alice, f"tickets/{ticket.pk}/assign", {"user_id": str(cast.carla.pk)}).status_code == 422
    assert send(alice, f"tickets/{ticket.pk}/assign", {"user_id": str(uuid4())}).status_code == 404
    assert send(alice, f"tickets/{ticket.pk}/move", {"queue_id": str(uuid4())}).status_code == 404
    assert told() == before
    listed = alice.get("/api/v1/queues").json()
    assert [(one["name"], one["running"]) for one in listed] == [("Parcels", 1)]


def test_pages_follow_each_other_without_gap(alice: Client) -> None:
    for number in range(5):
        with clock.frozen(NOW.replace(minute=number)):
            tickets.open(f"Ticket {number}", by=SYSTEM)
    seen: list[str] = []
    cursor = ""
    while True:
        page = alice.get("/api/v1/tickets", {"sort": "opened_at", "limit": "2", "cursor": cursor}).json()
        seen += [one["subject"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"Ticket {number}" for number in range(5)]


def test_a_list_costs_the_same_however_long(alice: Client, django_assert_num_queries: Counter) -> None:
    tickets.open("One", by=SYSTEM)
    alice.get("/api/v1/tickets")  # notes when the token was last used
    with django_assert_num_queries(2):
        alice.get("/api/v1/tickets")
    for number in range(20):
        tickets.open(f"Ticket {number}", by=SYSTEM)
    with django_assert_num_queries(2):
        alice.get("/api/v1/tickets")
