"""Orders: the list, the page, and every act of one with what its verb refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from rapport.commerce.models import Order
from rapport.commerce.services import orders
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def lines(*given: dict[str, str]) -> dict[str, str]:
    """Return the fields of the lines of an order form."""
    blank = {"sku": "", "name": "", "quantity": "1", "price": ""}
    rows = [*given, *({},) * (5 - len(given))]
    return {f"line-{at}-{key}": value for at, row in enumerate(rows) for key, value in {**blank, **row}.items()}


def test_the_list_shows_orders_newest_first_with_a_constant_number_of_queries(staff: Client) -> None:
    ana = builders.customer("Ana Lima")
    for day in (1, 3, 2):
        builders.order(ana, number=f"X-{day}", placed_at=datetime(2030, 1, day, tzinfo=UTC))
    staff.get("/orders/")
    with query_count() as few:
        shown = staff.get("/orders/").context["shown"]
    assert [row.label for row in shown.table.rows] == ["X-3", "X-2", "X-1"]
    for _number in range(10):
        builders.order(ana)
    with query_count() as many:
        staff.get("/orders/")
    assert few.count == many.count <= 17


@pytest.mark.parametrize(
    ("view", "expected"),
    [("all", {"OPEN", "SENT", "LATE", "DONE"}), ("open", {"OPEN"}), ("sent", {"SENT", "LATE"}), ("late", {"LATE"})],
)
def test_views_to_begin_with(staff: Client, view: str, expected: set[str]) -> None:
    ana = builders.customer("Ana Lima")
    builders.order(ana, number="OPEN")
    orders.ship(builders.order(ana, number="SENT"), by=SYSTEM)
    orders.ship(builders.order(ana, number="LATE", promised_on=date(2020, 1, 1)), by=SYSTEM)
    orders.deliver(builders.order(ana, number="DONE"), by=SYSTEM)
    shown = staff.get("/orders/", {"view": view}).context["shown"]

    assert {row.label for row in shown.table.rows} == expected


@pytest.mark.parametrize("typed", ["r-70", "R-7001", "#R-7001", "lima", "ana.lima@example.com"])
def test_search_by_number_and_customer(staff: Client, typed: str) -> None:
    builders.order(builders.customer("Ana Lima", email="ana.lima@example.com"), number="R-7001")
    builders.order(builders.customer("Tom Ashby"), number="R-8001")
    shown = staff.get("/orders/", {"q": typed}).context["shown"]

    assert [row.label for row in shown.table.rows] == ["R-7001"]


def test_an_order_is_placed_with_its_lines_and_its_promise(staff: Client) -> None:
    ana = builders.customer("Ana Lima")
    builders.product("LANTERN", "Paper lantern", price_minor=1250)
    sent = {
        "customer": f"{ana.code} Ana Lima", "promised_on": "2031-01-05", "shipping": "4.50", "discount": "1",
        **lines({"sku": "LANTERN", "quantity": "3"}, {"name": "Gift wrap", "price": "2"}),
    }  # fmt: skip
    answer = staff.post("/orders/add/", sent)
    made = Order.objects.get()

    assert answer.headers["Location"] == f"/orders/{made.pk}/"
    assert (made.gross_minor, made.shipping_minor, made.discount_minor) == (3 * 1250 + 200 + 450, 450, 100)
    assert [(one.sku, one.name, one.unit_price_minor) for one in made.lines.order_by("position")] == [
        ("LANTERN", "Paper lantern", Decimal(1250)), ("", "Gift wrap", Decimal(200)),
    ]  # fmt: skip
    assert Promise.objects.get(source_id=made.pk).due_on == date(2031, 1, 5)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"customer": "", **lines({"name": "x", "price": "1"})}, "customer"),
        ({"customer": "Lima", **lines({"name": "x", "price": "1"})}, "customer"),
        ({"customer": "Nobody", **lines({"name": "x", "price": "1"})}, "customer"),
        ({"customer": "C-1", **lines()}, "__all__"),
        ({"customer": "C-1", **lines({"sku": "UNKNOWN"})}, "line"),
        ({"customer": "C-1", **lines({"name": "x"})}, "line"),
        ({"customer": "C-1", **lines({"name": "x", "price": "1.0000005"})}, "line"),
        ({"customer": "C-1", **lines({"name": "x", "price": "1", "quantity": ""})}, "line"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field_and_nothing_is_placed(
    staff: Client, sent: dict[str, str], field: str
) -> None:
    first = builders.customer("Ana Lima")
    builders.customer("Bea Lima")
    if sent["customer"] == "C-1":
        sent = {**sent, "customer": first.code}
    answer = staff.post("/orders/add/", sent)

    assert answer.status_code == 422
    wrong = answer.context["form"].errors
    assert (field in wrong) if field != "line" else any(line.errors for line in answer.context["lines"])
    assert not Order.objects.exists()


def test_more_lines_keep_what_was_typed(staff: Client) -> None:
    answer = staff.post("/orders/add/", {"customer": "Ana", "more": "1", **lines({"name": "x"})})

    assert answer.status_code == 200
    assert len(answer.context["lines"]) == 10
    assert answer.context["lines"][0]["name"].value() == "x"


def test_an_order_goes_from_payment_to_refund(staff: Client) -> None:
    ana = builders.customer("Ana Lima")
    row = builders.order(ana, builders.line(quantity=2, unit_price_minor=1000), promised_on=date(2031, 1, 5))
    here = f"/orders/{row.pk}/"
    line = row.lines.get()
    for act, sent in (
        ("pay", {"amount": "20.00", "method": "card"}),
        ("ship", {"carrier": "DHL", "tracking": "123"}),
        ("deliver", {}),
        ("return", {f"line-{line.pk}": "1", "reason": "broken"}),
        ("refund", {"amount": "10.00", "reason": "broken"}),
    ):
        assert staff.get(f"{here}{act}/").status_code == 200
        assert staff.post(f"{here}{act}/", sent).headers["Location"] == here, act
    goods = row.returns.get()
    staff.post(f"{here}returns/{goods.pk}/receive/")
    row.refresh_from_db()
    goods.refresh_from_db()
    page = staff.get(here).content.decode()

    assert (row.status, row.refunded_minor, goods.received_at is not None) == ("delivered", 1000, True)
    assert Promise.objects.get().outcome == "kept"
    for text in ("£20.00", "paid in full", "DHL", "arrived", "−£10.00", "broken"):
        assert text in page


@pytest.mark.parametrize(
    ("act", "sent", "field"),
    [
        ("pay", {"amount": "x"}, "amount"),
        ("pay", {"amount": "1", "reference": "p1"}, "reference"),
        ("refund", {"amount": "99"}, "amount"),
        ("refund", {"amount": "0"}, "amount"),
        ("cancel", {"reason": "x" * 201}, "reason"),
    ],
)
def test_what_a_verb_refuses_comes_back_at_its_field(staff: Client, act: str, sent: dict[str, str], field: str) -> None:
    row = builders.order(builders.customer("Ana Lima"))
    orders.receive_payment(row, 100, by=SYSTEM, reference="p1")
    before = EventRecord.objects.count()
    answer = staff.post(f"/orders/{row.pk}/{act}/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert EventRecord.objects.count() == before


def test_a_delivered_order_is_neither_cancelled_nor_shipped(staff: Client) -> None:
    row = orders.deliver(builders.order(builders.customer("Ana Lima")), by=SYSTEM)
    before = EventRecord.objects.count()
    offered = {act.name for act in staff.get(f"/orders/{row.pk}/").context["acts"]}

    assert not offered & {"ship", "deliver", "cancel"}
    assert staff.post(f"/orders/{row.pk}/cancel/", {}).status_code == 422
    assert EventRecord.objects.count() == before


def test_acts_that_one_may_not_do_are_hidden_and_refused(client: Client, cast: Cast) -> None:
    row = builders.order(builders.customer("Ana Lima", owner=cast.sam))
    before = EventRecord.objects.count()
    for who, statuses in ((cast.carla, {403}), (cast.ben, {403, 404})):
        client.force_login(who)
        assert client.get(f"/orders/{row.pk}/").context["acts"] == []
        for act in ("pay", "ship", "deliver", "return", "refund", "cancel"):
            assert client.post(f"/orders/{row.pk}/{act}/", {"amount": "1"}).status_code in statuses
    client.force_login(cast.carla)
    assert client.get("/orders/add/").status_code == 403
    assert EventRecord.objects.count() == before


def test_an_order_beyond_reach_is_not_there(client: Client, cast: Cast) -> None:
    row = builders.order(builders.customer("Ana Lima", owner=cast.sam))
    cast.ben.role.grants = {"commerce.view": "team", "customers.view": "team"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert client.get(f"/orders/{row.pk}/").status_code == 404
    assert client.get("/orders/").context["shown"].table.rows == []
    assert client.get(f"/orders/{row.pk}/nonsense/").status_code == 404


def test_bulk_delivery_keeps_the_promises(staff: Client) -> None:
    ana = builders.customer("Ana Lima")
    rows = [builders.order(ana, promised_on=date(2031, 1, 5)) for _number in range(2)]
    orders.cancel(rows[1], by=SYSTEM)
    answer = staff.post("/orders/bulk/deliver/", {"ids": [str(row.pk) for row in rows]}, follow=True)

    assert "Marked 1 order as delivered." in answer.content.decode()
    assert "One row stayed as it was" in answer.content.decode()
    assert set(Promise.objects.values_list("outcome", flat=True)) == {"kept", "released"}
    assert clock.now() > Order.objects.get(pk=rows[0].pk).created_at
