"""Conversations, articles, calls and meetings over the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.calls.services import reporting
from rapport.calls.services.reporting import Said
from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.models import Attachment, Message, Thread
from rapport.conversations.services import chats, messages, sites, threads, visitors
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.knowledge.models import Article, Version
from rapport.knowledge.services import shelves
from rapport.meetings.models import Meeting
from rapport.service.services import canned
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
Counter = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def wrote(text: str = "Where is it?", address: str = "ana@example.com", **values: object) -> Message:
    """A mail that came in."""
    return messages.receive(
        Incoming(channel="email", subject="Order", text=text, from_address=address, **values),  # type: ignore[arg-type]
        by=SYSTEM,
    )


def told() -> int:
    """How many things happened so far, those of tokens left out."""
    return EventRecord.objects.exclude(type__startswith="team.").count()


def test_a_mail_begins_a_conversation_and_is_taken_back(alice: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    body = {"subject": "Your lantern", "customer_id": str(ana.pk), "message": {"text": "It is here."}}
    made = read(send(alice, "threads", body, key="k1"))
    assert read(send(alice, "threads", body, key="k1")) == made

    thread = alice.get(f"/api/v1/threads/{made['thread_id']}").json()
    assert (thread["subject"], thread["customer_id"], thread["ticket_id"]) == ("Your lantern", str(ana.pk), None)
    assert Thread.objects.count() == 1
    assert read(send(alice, f"messages/{made['id']}/cancel", {}))["state"] == "cancelled"
    assert send(alice, f"messages/{made['id']}/cancel", {}).status_code == 409


def test_nobody_to_write_to_leaves_no_conversation_behind(alice: Client) -> None:
    before = told()
    nobody = builders.customer("Nobody")
    begun = told()
    refused = send(alice, "threads", {"subject": "A", "customer_id": str(nobody.pk), "message": {"text": "B"}})
    wrong = send(alice, "threads", {"subject": "A", "address": "no address", "message": {"text": "B"}})

    assert (refused.status_code, read(refused)["code"]) == (422, "NobodyToWriteTo")
    assert (wrong.status_code, read(wrong)["code"]) == (422, "NotAnAddress")
    assert not Thread.objects.exists()
    assert before < begun == told()


def test_a_newer_message_stops_an_answer_written_before_it(alice: Client) -> None:
    first = wrote(message_id="a@x")
    with clock.frozen(NOW + timedelta(minutes=1)):
        wrote("And when?", thread_id=first.thread_id, message_id="b@x")
    refused = send(alice, f"threads/{first.thread_id}/reply", {"text": "Tomorrow", "seen": str(first.pk)})

    assert (refused.status_code, read(refused)["code"]) == (409, "NewerMessage")
    assert not Message.objects.filter(direction="out").exists()


def test_conversations_are_listed_by_state_channel_and_customer(alice: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com")
    kept, spam = wrote(), wrote(address="eve@example.org")
    threads.mark_spam(spam.thread, by=SYSTEM)

    def ids(**asked: str) -> list[str]:
        return [one["id"] for one in alice.get("/api/v1/threads", asked).json()["items"]]

    assert ids() == ids(channel="email") == ids(customer_id=str(ana.pk)) == [str(kept.thread_id)]
    assert ids(state="spam") == [str(spam.thread_id)]
    assert ids(channel="chat") == []
    assert alice.get("/api/v1/threads", {"state": "lost"}).status_code == 422


def test_reach_binds_conversations_messages_and_files(cast: Cast, caller: Caller) -> None:
    cast.ben.role.grants = {**cast.ben.role.grants, "conversations.view": "own", "conversations.answer": "own"}
    cast.ben.role.save()
    file = IncomingFile("note.txt", b"Hello", "text/plain")
    mine, other = wrote(files=(file,)), wrote(address="eve@example.org", files=(file,))
    threads.assign(mine.thread, cast.ben, by=SYSTEM)
    before, agent = told(), caller(cast.ben)
    files = {one.message_id: one.pk for one in Attachment.objects.all()}

    assert [one["id"] for one in agent.get("/api/v1/threads").json()["items"]] == [str(mine.thread_id)]
    assert agent.get(f"/api/v1/messages/{mine.pk}").status_code == 200
    assert agent.get(f"/api/v1/attachments/{files[mine.pk]}").status_code == 200
    for url in (
        f"threads/{other.thread_id}", f"threads/{other.thread_id}/messages", f"messages/{other.pk}",
        f"attachments/{files[other.pk]}", f"chats/{other.thread_id}",
    ):  # fmt: skip
        assert agent.get(f"/api/v1/{url}").status_code == 404
    assert send(agent, f"threads/{other.thread_id}/reply", {"text": "A"}).status_code == 404
    assert send(agent, f"threads/{other.thread_id}/note", {"text": "A"}).status_code == 404
    assert caller(cast.alice, "customers.view").get("/api/v1/threads").status_code == 403
    assert send(caller(cast.carla), f"threads/{other.thread_id}/reply", {"text": "A"}).status_code == 403
    assert told() == before


def test_a_page_is_never_served_as_one(alice: Client) -> None:
    message = wrote(files=(IncomingFile("a.html", b"<html><script>1</script></html>", "text/html"),))
    answer = alice.get(f"/api/v1/attachments/{message.attachments.get().pk}")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert alice.get(f"/api/v1/attachments/{uuid4()}").status_code == 404


def test_chats_are_read(alice: Client) -> None:
    site = sites.add("Shop", by=SYSTEM)
    visitor, _token = visitors.welcome(site, by=SYSTEM)
    begun = chats.begin(visitor, "Hello?", by=SYSTEM, name="Ana", page="https://shop.example/lantern")
    listed = alice.get("/api/v1/chats").json()["items"]

    assert [(one["name"], one["page"]) for one in listed] == [("Ana", "https://shop.example/lantern")]
    assert alice.get(f"/api/v1/chats/{begun.thread_id}").json() == listed[0]


def test_a_canned_answer_is_filled_in_and_counted(cast: Cast, alice: Client) -> None:
    canned.add("Hello", "Hello {{customer.given_name|there}}", by=actor(cast.alice), shortcut="hi", scope="all")
    wrote()
    found = alice.get("/api/v1/canned-answers", {"search": "/hi"}).json()
    ticket = alice.get("/api/v1/tickets").json()["items"][0]
    url = f"canned-answers/{found[0]['id']}/fill?ticket_id={ticket['id']}"

    assert read(send(alice, url, {})) == {"text": "Hello there"}
    assert alice.get("/api/v1/canned-answers").json()[0]["used"] == 1
    assert {one["category"] for one in alice.get("/api/v1/ticket-statuses").json()} >= {"new", "open", "solved"}
    assert alice.get("/api/v1/macros").json() == []


def test_an_article_is_begun_published_found_and_withdrawn(alice: Client) -> None:
    shelf = shelves.add("Delivery", by=SYSTEM)
    body = {"category_id": str(shelf.pk), "title": "How long?", "body": "Two **days**.", "language": "en"}
    made = read(send(alice, "articles", body, key="k1"))
    assert read(send(alice, "articles", body, key="k1")) == made
    url = f"articles/{made['id']}"

    assert (made["published"], made["drafts"][0]["body"]) == ([], "Two **days**.")
    out = read(send(alice, f"{url}/publish", {"language": "en"}))
    assert (out["published"][0]["text"], out["drafts"], out["languages"][0]["state"]) == ("Two days.", [], "published")
    assert send(alice, f"{url}/publish", {"language": "en"}).status_code == 409
    saved = read(send(alice, f"{url}/draft", {"language": "en", "title": "How long?", "body": "Three."}, method="put"))
    assert (saved["published"][0]["text"], saved["drafts"][0]["body"]) == ("Two days.", "Three.")
    late = {"language": "en", "title": "A", "body": "B", "seen": "2020-01-01T00:00:00Z"}
    assert send(alice, f"{url}/draft", late, method="put").status_code == 409
    assert [one["id"] for one in alice.get("/api/v1/articles", {"search": "days"}).json()["items"]] == [made["id"]]
    assert alice.get("/api/v1/articles", {"search": "nothing"}).json()["items"] == []
    assert read(send(alice, f"{url}/withdraw", {"language": "en"}))["published"] == []
    assert [one["title"] for one in alice.get("/api/v1/article-categories").json()] == ["Delivery"]


def test_who_may_not_publish_writes_and_no_more(cast: Cast, caller: Caller) -> None:
    shelf = shelves.add("Delivery", by=SYSTEM)
    writer = caller(cast.alice, "knowledge.view", "knowledge.write")
    made = read(send(writer, "articles", {"category_id": str(shelf.pk), "title": "How long?"}))
    before = told()

    assert send(writer, f"articles/{made['id']}/publish", {"language": "en"}).status_code == 403
    assert send(caller(cast.carla), "articles", {"category_id": str(shelf.pk), "title": "A"}).status_code == 403
    assert caller(cast.carla).get(f"/api/v1/articles/{made['id']}").json()["drafts"] == []
    assert send(writer, "articles", {"category_id": str(uuid4()), "title": "A"}).status_code == 404
    assert send(writer, "articles", {"category_id": str(shelf.pk), "title": "A", "language": "xx"}).status_code == 422
    assert (told(), Article.objects.count(), Version.objects.filter(published_at=None).count()) == (before, 1, 1)


def test_calls_and_meetings_are_read_and_meetings_planned(cast: Cast, alice: Client) -> None:
    ana = builders.customer("Ana Lima", email="ana@example.com", phone="0113 496 0182")
    reporting.report(
        Said(call="c1", event="missed", direction="in", caller="0113 496 0182", started_at=NOW, ended_at=NOW), by=SYSTEM
    )
    call = alice.get("/api/v1/calls", {"customer_id": str(ana.pk)}).json()["items"][0]
    assert (call["state"], call["number"]) == ("missed", "+441134960182")
    assert alice.get(f"/api/v1/calls/{call['id']}").json() == call

    start = NOW + timedelta(days=1)
    body = {
        "title": "Show the range", "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat(),
        "guests": [{"customer_id": str(ana.pk), "address": "ana@example.com"}],
    }  # fmt: skip
    made = read(send(alice, "meetings", body, key="k1"))
    assert read(send(alice, "meetings", body, key="k1")) == made
    assert (made["organiser_id"], made["attendees"][0]["customer_id"]) == (str(cast.alice.pk), str(ana.pk))
    assert [one["id"] for one in alice.get("/api/v1/meetings", {"start": start.isoformat()}).json()["items"]] == [
        made["id"]
    ]
    backwards = {**body, "ends_at": NOW.isoformat()}
    assert send(alice, "meetings", backwards).status_code == 422
    assert send(alice, "meetings", {**body, "title": " "}).status_code == 422
    assert Meeting.objects.count() == 1
    assert read(send(alice, f"meetings/{made['id']}/cancel", {"reason": "Snow"}))["state"] == "cancelled"
    assert send(alice, f"meetings/{made['id']}/cancel", {}).status_code == 409


def test_lists_cost_the_same_however_long(alice: Client, django_assert_num_queries: Counter) -> None:
    shelf = shelves.add("Delivery", by=SYSTEM)
    one = wrote()
    costs = {"threads": 2, f"threads/{one.thread_id}/messages": 4, "articles": 4, "calls": 2, "meetings": 2, "chats": 2}
    alice.get("/api/v1/threads")  # notes when the token was last used
    for number in range(12):
        wrote(f"Again {number}", thread_id=one.thread_id, message_id=f"{number}@x")
        wrote(address=f"ana{number}@example.com")
        send(alice, "articles", {"category_id": str(shelf.pk), "title": f"Article {number}", "language": "en"})
    for url, queries in costs.items():
        with django_assert_num_queries(queries):
            assert alice.get(f"/api/v1/{url}").status_code == 200, url
