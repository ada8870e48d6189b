from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.commerce.models import Order, Return
from rapport.commerce.services import orders
from rapport.conversations.models import Attachment, Message
from rapport.customers.models import Customer, Member
from rapport.customers.queries import consent_state
from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.service.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(ana: Customer) -> Order:
    """Ana's order of two lanterns, delivered."""
    row = Order.objects.get(customer=ana)
    orders.ship(row, by=SYSTEM)
    return orders.deliver(row, by=SYSTEM)


def test_the_overview_says_what_is_under_way(as_ana: Client) -> None:
    page = as_ana.get("/my/").content.decode()
    for words in ("Hello Ana", "S-1001", "A cracked lamp", "Call Ana back"):
        assert words in page


def test_an_order_says_where_it_is_and_what_may_go_back(as_ana: Client, delivered: Order) -> None:
    page = as_ana.get(f"/my/orders/{delivered.pk}/").content.decode()
    assert "£25.00" in page
    assert page.count("p-done") == 4
    assert "Send something back" in page


def test_something_is_sent_back_once(as_ana: Client, delivered: Order) -> None:
    line = delivered.lines.get()
    address = f"/my/orders/{delivered.pk}/return/"
    given = {f"line-{line.pk}": "2", "reason": "damaged", "words": "bent"}
    for refused in ({**given, f"line-{line.pk}": "3"}, {**given, f"line-{line.pk}": "0"}, {**given, "reason": "x"}):
        assert as_ana.post(address, refused).status_code == 422
    assert not Return.objects.exists()
    assert as_ana.post(address, given).status_code == 302
    made = Return.objects.get()
    assert (made.reason, made.lines.get().quantity) == ("damaged: bent", Decimal(2))
    event = EventRecord.objects.get(type="commerce.return_asked")
    assert (event.actor_kind, event.via, event.actor_name) == ("member", "portal", "Ana Lima")
    assert as_ana.get(address).status_code == 404


def test_what_is_not_on_its_way_cannot_go_back(as_ana: Client, ana: Customer) -> None:
    assert as_ana.get(f"/my/orders/{Order.objects.get(customer=ana).pk}/return/").status_code == 404


def test_a_member_answers_closes_and_rates(as_ana: Client, ana: Customer) -> None:
    ticket = Ticket.objects.get(requester=ana)
    here = f"/my/messages/{ticket.pk}/"
    assert as_ana.post(f"{here}rate/", {"score": "5"}).status_code == 404
    assert as_ana.post(f"{here}answer/", {"text": " "}).status_code == 422
    assert as_ana.post(f"{here}answer/", {"text": "And the box was wet."}).status_code == 302
    assert list(Message.objects.order_by("at", "id").values_list("text", flat=True)) == [
        "It came cracked.", "And the box was wet.",
    ]  # fmt: skip
    assert as_ana.post(f"{here}close/").status_code == 302
    assert Ticket.objects.get().category == "solved"
    assert as_ana.post(f"{here}rate/", {"score": "7"}).status_code == 422
    for score in ("4", "1"):
        assert as_ana.post(f"{here}rate/", {"score": score, "words": "Quick."}).status_code == 302
    answer = Answer.objects.get()
    assert (answer.kind, answer.score, answer.scale_high, answer.text) == ("csat", Decimal(4), 5, "Quick.")
    as_ana.post(f"{here}answer/", {"text": "It cracked again."})
    assert Ticket.objects.get().category == "open"


def test_a_file_goes_in_and_comes_out_as_a_download(as_ana: Client, ana: Customer) -> None:
    given = {
        "about": "problem", "subject": "Broken", "text": "See the picture.",
        "enclosed": SimpleUploadedFile("note.txt", b"a plain note", "text/plain"),
    }  # fmt: skip
    assert as_ana.post("/help/ask/", given).status_code == 302
    row = Attachment.objects.get()
    answer = as_ana.get(f"/my/messages/files/{row.pk}/")
    assert b"".join(answer.streaming_content) == b"a plain note"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_a_member_says_which_order_it_is_about(as_ana: Client, ana: Customer) -> None:
    row = Order.objects.get(customer=ana)
    as_ana.post("/help/ask/", {"about": "complaint", "subject": "Late", "text": "It is late.", "order": str(row.pk)})
    ticket = Ticket.objects.get(subject="Late")
    assert (ticket.order, ticket.type, ticket.requester) == (row, "complaint", ana)


def test_preferences_and_consent_are_kept_with_their_proof(as_ana: Client, ana: Customer) -> None:
    given = {"language": "pt", "preferred_channel": "phone", "quiet_from": "21:00", "quiet_to": "08:00"}
    assert as_ana.post("/my/details/", {**given, "quiet_to": ""}).status_code == 422
    assert as_ana.post("/my/details/", given).status_code == 302
    ana.refresh_from_db()
    assert (ana.language, ana.preferred_channel, ana.quiet_from) == ("pt", "phone", time(21))
    assert as_ana.post("/my/details/consent/", {"allowed": ["email", "post"]}).status_code == 302
    assert as_ana.post("/my/details/consent/", {"allowed": ["post"]}).status_code == 302
    states = [consent_state(ana, channel, "marketing") for channel in ("email", "phone", "post")]
    assert states == ["withdrawn", "", "granted"]
    assert {one.proof for one in ana.consents.all()} == {"said so in the portal"}
    assert as_ana.post("/my/details/consent/", {"allowed": ["telepathy"]}).status_code == 400


def test_whether_one_is_asked_how_it_went_is_seen_and_changed(as_ana: Client, ana: Customer) -> None:
    asked = b'name="asked" value="yes" checked'
    assert asked in as_ana.get("/my/details/").content
    as_ana.post("/my/details/asking/", {"asked": "yes"})
    assert not ana.consents.exists()
    for _again in range(2):
        assert as_ana.post("/my/details/asking/").status_code == 302
    assert consent_state(ana, "email", "feedback") == "withdrawn"
    assert asked not in as_ana.get("/my/details/").content
    as_ana.post("/my/details/asking/", {"asked": "yes"})
    assert consent_state(ana, "email", "feedback") == "granted"
    assert [(one.state, one.proof) for one in ana.consents.order_by("at", "id")] == [
        ("withdrawn", "said so in the portal"), ("granted", "said so in the portal"),
    ]  # fmt: skip


def test_my_data_is_all_there_in_one_file(as_ana: Client, ana: Customer) -> None:
    answer = as_ana.get("/my/details/data.json")
    assert "my-data.json" in answer.headers["Content-Disposition"]
    data = answer.json()
    assert data["held_by"] == "Lantern & Sons"
    assert data["you"]["name"] == "Ana Lima"
    assert [one["value"] for one in data["reached_by"]] == ["ana@lima.example", "+44 113 496 0182"]
    assert [one["number"] for one in data["orders"]] == ["S-1001"]
    assert [one["what"] for one in data["promises"]] == ["Call Ana back"]
    assert [said["text"] for talk in data["messages"] for said in talk["messages"]] == ["It came cracked."]
    assert "customers.created" in {one["what"] for one in data["what_happened"]}
    assert EventRecord.objects.filter(type="customers.data_taken", customer_id=ana.pk).count() == 1


def test_a_wish_to_be_erased_becomes_a_promise(as_ana: Client, ana: Customer) -> None:
    assert as_ana.post("/my/details/erase/", {}).status_code == 422
    for _again in range(2):
        assert as_ana.post("/my/details/erase/", {"sure": "on"}).status_code == 302
    made = Promise.objects.get(what__startswith="Erase")
    assert made.due_on == (clock.now() + timedelta(days=30)).date()
    assert Member.objects.get().erasure_asked_at is not None
    assert EventRecord.objects.filter(type="customers.erasure_asked").count() == 1
