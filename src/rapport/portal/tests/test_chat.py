"""What the chat's frame may ask for, and what it is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.conversations import signed
from rapport.conversations.models import Chat, ChatSite, Message, Thread, Visitor
from rapport.conversations.services import chats, messages, sites, visitors
from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.service.models import Ticket
from rapport.service.services import calendars, desks, queues, tickets
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
ASKED = [{"key": "q1", "label": "Your e-mail", "kind": "email", "required": False, "options": []}]


@pytest.fixture
def site(cast: Cast) -> ChatSite:
    return sites.add("Shop", by=SYSTEM, origins=["https://shop.example"], questions=ASKED)


class Frame:
    """A browser's frame: it keeps the token that it is given."""

    def __init__(self, site: ChatSite) -> None:
        self.base, self.client, self.token = f"/chat/{site.key}/", Client(enforce_csrf_checks=True), ""

    def post(self, what: str, **given: Any) -> Any:
        answer = self.client.post(self.base + what, given, content_type="application/json", headers=self.headers())
        if answer.status_code == 200:
            self.token = answer.json().get("token", self.token)
        return answer

    def now(self) -> Any:
        return self.client.get(f"{self.base}now/", headers=self.headers()).json()

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@pytest.fixture
def frame(site: ChatSite) -> Frame:
    return Frame(site)


def counted() -> tuple[int, ...]:
    return Thread.objects.count(), Message.objects.count(), Visitor.objects.count(), EventRecord.objects.count()


def test_the_frame_is_shown_by_its_sites_alone_and_sets_no_cookie(site: ChatSite, client: Client) -> None:
    answer = client.get(f"/chat/{site.key}/")
    assert answer.status_code == 200
    assert "frame-ancestors https://shop.example 'self';" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert answer.cookies == {}
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_site_that_is_off_or_unknown_has_no_chat(site: ChatSite, client: Client) -> None:
    sites.switch(site, on=False, by=SYSTEM)
    assert client.get(f"/chat/{site.key}/").status_code == 404
    assert client.get("/chat/nothing/now/").status_code == 404


def test_a_chat_opens_a_ticket_in_the_queue_of_its_site(site: ChatSite, frame: Frame) -> None:
    queue = queues.add("Web", by=SYSTEM)
    desks.set_desk(site, queue=queue, by=SYSTEM)
    answer = frame.post("say/", text="Hello", **{"q-q1": "ana@lima.example"}, page="https://shop.example/a")
    assert answer.status_code == 200
    assert [one["text"] for one in answer.json()["said"]] == ["Hello"]
    ticket = Ticket.objects.get()
    assert (ticket.queue, ticket.channel, ticket.requester) == (queue, "chat", None)
    assert answer.json()["chat"]["place"] == "You are number 1 in the queue."
    assert Chat.objects.get().address == "ana@lima.example"
    assert frame.now()["said"] == answer.json()["said"]
    assert answer.cookies == {}


def test_without_its_token_nobody_sees_or_says_anything_in_a_chat(site: ChatSite, frame: Frame) -> None:
    frame.post("say/", text="Hello")
    other = Frame(site)
    other.token = "x" * 43
    before = counted()
    assert other.now()["said"] == []
    assert other.post("act/", act="end").status_code == 404
    assert counted() == before


def test_a_signed_visitor_gets_the_ticket_and_the_rating_of_a_customer(site: ChatSite, frame: Frame) -> None:
    customer = builders.customer("Ana Lima", email="ana@lima.example")
    frame.post("say/", text="Hello")
    claims = {"email": "ana@lima.example", "exp": clock.now().timestamp() + 60}
    token = signed.write(sites.secrets_of(site)[0], claims)
    assert frame.post("identify/", token=token).json()["verified"] is True
    ticket = Ticket.objects.get()
    assert ticket.requester == customer
    tickets.solve(ticket, by=SYSTEM)
    assert frame.now()["chat"]["ended"] is True
    assert frame.post("act/", act="rate", score="5", comment="Quick").status_code == 200
    given = Answer.objects.get()
    assert (given.customer, given.score, given.namespace) == (customer, Decimal(5), "chat")


@pytest.mark.parametrize("token", ["", "a.b.c", signed.write("wrong", {"email": "ana@lima.example", "exp": 9e9})])
def test_a_wrong_signature_changes_nothing(site: ChatSite, frame: Frame, token: str) -> None:
    frame.post("say/", text="Hello")
    before = counted()
    assert frame.post("identify/", token=token).status_code == 403
    assert counted() == before


def test_somebody_else_in_the_same_browser_begins_anew(site: ChatSite, frame: Frame) -> None:
    secret, until = sites.secrets_of(site)[0], clock.now().timestamp() + 60
    frame.post("identify/", token=signed.write(secret, {"email": "ana@lima.example", "exp": until}))
    frame.post("say/", text="Hers")
    answer = frame.post("identify/", token=signed.write(secret, {"email": "bob@reed.example", "exp": until}))
    assert answer.json()["said"] == []
    assert Visitor.objects.count() == 2


@pytest.mark.parametrize(
    ("what", "given", "status"),
    [
        ("say/", {"text": " "}, 422), ("act/", {"act": "rate", "score": "9"}, 422), ("act/", {"act": "fly"}, 400),
        ("act/", {"act": "address", "address": "nobody"}, 422), ("act/", {"act": "transcript"}, 422),
        ("act/", {"act": ["here"]}, 400), ("say/", {"text": {"a": 1}}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(frame: Frame, what: str, given: dict[str, Any], status: int) -> None:
    frame.post("say/", text="Hello")
    before = counted()
    assert frame.post(what, **given).status_code == status
    assert counted() == before


def test_nobody_begins_chats_without_end(site: ChatSite) -> None:
    answers = [Frame(site).post("say/", text="Hello").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_file_is_given_to_the_chat_alone_and_a_note_to_nobody(site: ChatSite, frame: Frame, cast: Cast) -> None:
    frame.post("say/", text="Hello")
    sent = SimpleUploadedFile("a.txt", b"words")
    answer = frame.client.post(f"{frame.base}say/", {"text": "", "files": sent}, headers=frame.headers())
    url = answer.json()["said"][-1]["files"][0]["url"]
    assert b"".join(frame.client.get(url)) == b"words"
    assert frame.client.get(url.partition("?")[0]).status_code == 404
    assert frame.client.get(url[:-1] + "!").status_code == 404
    thread = Thread.objects.get()
    messages.note(thread, "Careful", by=actor(cast.alice))
    assert "Careful" not in str(frame.now())


def test_office_hours_say_when_we_are_back(site: ChatSite, frame: Frame) -> None:
    hours = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = calendars.add("Office", "Europe/London", hours, by=SYSTEM)
    desks.set_desk(site, calendar=calendar, by=SYSTEM)
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    with clock.frozen(monday + timedelta(hours=10)):
        assert frame.now()["open"] is True
    with clock.frozen(monday + timedelta(days=4, hours=18)):
        assert desks.opening(site) == desks.Opening(False, monday + timedelta(days=7, hours=9))
        assert frame.now()["line"].startswith("We are back ")


def test_who_is_blocked_is_told_so(frame: Frame, cast: Cast) -> None:
    frame.post("say/", text="Hello")
    visitors.block(Visitor.objects.get(), by=actor(cast.alice))
    before = counted()
    assert frame.post("say/", text="Again").json() == {"error": "You cannot write here at the moment."}
    assert counted() == before


def test_leaving_and_reading_are_noted(frame: Frame) -> None:
    frame.post("say/", text="Hello")
    assert frame.post("act/", act="leave").status_code == 204
    assert Chat.objects.get().present_at is None
    assert frame.post("act/", act="here", reading=True, page="https://shop.example/b").status_code == 204
    chat = Chat.objects.get()
    assert chat.present(clock.now())
    assert [one.page for one in chat.visitor.visits.all()] == ["https://shop.example/b"]


def test_after_the_end_the_next_message_begins_another(frame: Frame) -> None:
    frame.post("say/", text="Hello")
    frame.post("act/", act="end")
    frame.post("say/", text="One more thing")
    assert Chat.objects.count() == 2
    assert [one["text"] for one in frame.now()["said"]] == ["Hello", "One more thing"]
    assert chats.seen_by_visitor(Chat.objects.latest("created_at")).count() == 1


def test_choices_of_the_staff_are_offered_and_those_of_a_visitor_are_words(frame: Frame, cast: Cast) -> None:
    frame.post("say/", text="Which?\n[Red] [Blue]")
    written = messages.reply(Thread.objects.get(), "These two.\n[Red] [Blue]", by=actor(cast.alice))
    chats.hand_over(written)
    said = [(one["text"], one["choices"]) for one in frame.now()["said"]]
    assert said == [("Which?\n[Red] [Blue]", []), ("These two.", ["Red", "Blue"])]
