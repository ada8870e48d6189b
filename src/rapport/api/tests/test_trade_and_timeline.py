from __future__ import annotations

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller, read, send
from rapport.commerce.models import Order
from rapport.promises.models import Promise
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
LINE = {"sku": "L1", "name": "Lantern", "quantity": "2", "unit_price_minor": 1250}


def test_an_order_is_placed_paid_shipped_delivered_and_refunded(alice: Client) -> None:
    ana = builders.customer("Ana")
    body = {"customer_id": str(ana.pk), "lines": [LINE], "number": "N-1", "promised_on": "2026-12-01"}
    made = read(send(alice, "orders", body))
    assert (made["gross_minor"], made["currency"], made["lines"][0]["total_minor"]) == (2500, "GBP", 2500)
    assert made["lines"][0]["unit_price_minor"] == "1250"
    url = f"orders/{made['id']}"
    assert read(send(alice, f"{url}/payments", {"amount_minor": 2500}))["status"] == "paid"
    assert read(send(alice, f"{url}/ship", {"carrier": "North"}))["status"] == "shipped"
    assert read(send(alice, f"{url}/deliver", {}))["status"] == "delivered"
    assert send(alice, f"{url}/cancel", {}).status_code == 409
    assert read(send(alice, f"{url}/refunds", {"amount_minor": 500}))["refunded_minor"] == 500
    assert send(alice, f"{url}/refunds", {"amount_minor": 5000}).status_code == 422
    assert send(alice, "orders", body).status_code == 409
    assert Order.objects.get().refunded_minor == 500
    page = alice.get("/api/v1/orders", {"customer_id": str(ana.pk)}).json()
    assert [row["number"] for row in page["items"]] == ["N-1"]


def test_an_order_without_lines_is_refused(alice: Client) -> None:
    ana = builders.customer("Ana")
    answer = send(alice, "orders", {"customer_id": str(ana.pk), "lines": []})
    assert answer.status_code == 422
    assert read(answer)["errors"][0]["where"] == "lines"
    assert not Order.objects.exists()


def test_a_promise_is_made_and_ends(alice: Client) -> None:
    ana = builders.customer("Ana")
    made = read(send(alice, "promises", {"customer_id": str(ana.pk), "what": "Call", "due_on": "2026-12-01"}))
    assert made["state"] == "open"
    assert alice.get("/api/v1/promises", {"state": "open"}).json()["items"] == [made]
    kept = read(send(alice, f"promises/{made['id']}/fulfil", {"at": "2026-12-01T23:59:59Z"}))
    assert kept["state"] == "kept"
    assert send(alice, f"promises/{made['id']}/release", {}).status_code == 409
    assert send(alice, "promises", {"customer_id": str(ana.pk), "what": "Call"}).status_code == 422
    assert Promise.objects.get().outcome == "kept"


def test_the_timeline_is_read_page_by_page(alice: Client) -> None:
    ana = builders.customer("Ana")
    for text in ("one", "two", "three"):
        assert send(alice, f"customers/{ana.pk}/notes", {"text": text}).status_code == 201
    url = f"/api/v1/customers/{ana.pk}/timeline"
    first = alice.get(url, {"group": "notes", "limit": "2"}).json()
    second = alice.get(url, {"group": "notes", "limit": "2", "cursor": first["next"]}).json()
    assert [item["text"] for item in first["items"] + second["items"]] == ["three", "two", "one"]
    assert second["next"] is None


def test_a_call_is_logged_in_its_direction(alice: Client) -> None:
    ana = builders.customer("Ana")
    told = read(send(alice, f"customers/{ana.pk}/calls", {"direction": "in", "text": "Asked"}))
    assert (told["type"], told["direction"], told["text"]) == ("timeline.call_received", "in", "Asked")


def test_an_outside_system_names_the_customer_by_address(alice: Client) -> None:
    builders.customer("Ana", email="ana@example.com", phone="0113 496 0182")
    builders.customer("Ben", phone="0113 496 0182")
    body = {"channel": "web", "name": "Visited", "identity": "ANA@example.com"}
    assert read(send(alice, "touchpoints", body))["sentence"] == "Visited on web"
    assert send(alice, "touchpoints", {**body, "identity": "eve@example.com"}).status_code == 404
    shared = {**body, "identity_kind": "phone", "identity": "+44 113 496 0182"}
    assert send(alice, "touchpoints", shared).status_code == 409


def test_a_reader_reports_nothing(cast: Cast, caller: Caller) -> None:
    body = {"channel": "web", "name": "Visited", "customer_id": str(builders.customer("Ana").pk)}
    assert send(caller(cast.carla), "touchpoints", body).status_code == 403


def test_every_metric_says_what_it_is(alice: Client) -> None:
    listed = alice.get("/api/v1/metrics").json()
    assert "repeat_purchase_rate" in {metric["name"] for metric in listed}
    assert all(metric["definition"] for metric in listed)
    assert alice.get("/api/v1/metrics/colour").status_code in (404, 503)
