from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rapport.commerce.models import CustomerTotals, Order, Product
from rapport.commerce.queries import by_number, totals_of
from rapport.commerce.services import orders, products, returns
from rapport.commerce.services.orders import NewLine
from rapport.customers.models import Customer
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.promises.models import Promise
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def ana() -> Customer:
    return builders.customer("Ana")


def test_an_order_adds_up(ana: Customer) -> None:
    lines = [NewLine("L1", Decimal("1.5"), 333), NewLine("L2", Decimal(2), 500, discount_minor=100)]
    order = orders.place(ana, lines, discount_minor=50, tax_minor=200, shipping_minor=300, by=SYSTEM)
    assert [line.total_minor for line in order.lines.order_by("position")] == [500, 900]
    assert (order.gross_minor, order.net_minor, order.net_base_minor) == (1900, 1350, 1350)
    assert totals_of(ana).net_minor == 1350
    assert totals_of(ana).orders == 1


def test_an_order_in_another_currency_keeps_the_rate_of_its_day(ana: Customer) -> None:
    order = orders.place(ana, [NewLine("L1", Decimal(1), 1000)], currency="JPY", rate=Decimal("0.0053"), by=SYSTEM)
    assert (order.net_minor, order.net_base_minor) == (1000, 530)
    with pytest.raises(orders.RateMissing):
        orders.place(ana, [NewLine("L1", Decimal(1), 1000)], currency="USD", by=SYSTEM)
    assert Order.objects.count() == 1


def test_an_order_needs_a_line(ana: Customer) -> None:
    with pytest.raises(orders.NoLines):
        orders.place(ana, [], by=SYSTEM)
    assert not Order.objects.exists()


def test_a_number_is_given_once_per_shop(ana: Customer) -> None:
    builders.order(ana, number="7", namespace="north")
    builders.order(ana, number="7", namespace="south")
    with pytest.raises(orders.NumberTaken):
        builders.order(ana, number="7", namespace="north")
    assert list(by_number("7", SYSTEM).values_list("namespace", flat=True).order_by("namespace")) == ["north", "south"]


def test_the_delivery_day_is_a_promise_that_the_delivery_keeps(ana: Customer) -> None:
    order = builders.order(ana, promised_on=date(2026, 7, 1))
    promise = Promise.objects.get()
    assert (promise.kind, promise.due_on, promise.source_id) == ("delivery", date(2026, 7, 1), order.pk)
    orders.deliver(order, at=datetime(2026, 7, 1, 22, tzinfo=UTC), by=SYSTEM)
    promise.refresh_from_db()
    assert promise.outcome == "kept"


def test_an_agent_who_may_not_change_promises_still_delivers(ana: Customer, cast: Cast) -> None:
    order = builders.order(ana, promised_on=date(2026, 7, 1))
    ben = actor(cast.ben)
    ben = type(ben)(
        kind="user",
        name=ben.name,
        id=ben.id,
        user_id=ben.user_id,
        grants={"commerce.change": ben.grants["commerce.change"]},
        mates=ben.mates,
    )
    orders.deliver(order, by=ben)
    assert Promise.objects.get().outcome == "late"


def test_a_delivered_order_can_neither_be_shipped_nor_cancelled(ana: Customer) -> None:
    order = orders.deliver(builders.order(ana), by=SYSTEM)
    for act in (lambda: orders.ship(order, by=SYSTEM), lambda: orders.cancel(order, by=SYSTEM)):
        with pytest.raises(orders.NotOpen):
            act()
    assert Order.objects.get().status == "delivered"
    assert not order.shipments.exists()


def test_a_cancelled_order_counts_no_more_and_releases_its_promise(ana: Customer) -> None:
    order = builders.order(ana, promised_on=date(2026, 7, 1))
    orders.cancel(order, reason="Changed her mind", by=SYSTEM)
    assert (totals_of(ana).orders, totals_of(ana).net_minor) == (0, 0)
    assert Promise.objects.get().outcome == "released"
    assert EventRecord.objects.get(type="commerce.order_cancelled").data["reason"] == "Changed her mind"


def test_an_order_is_paid_when_all_is_there(ana: Customer) -> None:
    order = builders.order(ana)
    orders.receive_payment(order, 1000, method="card", by=SYSTEM)
    assert Order.objects.get().status == "placed"
    orders.receive_payment(order, 250, method="card", by=SYSTEM)
    assert Order.objects.get().status == "paid"
    with pytest.raises(orders.NumberTaken):
        orders.receive_payment(order, 250, reference="p1", by=SYSTEM)
    assert order.payments.count() == 2


def test_a_refund_has_its_own_date_and_never_exceeds_the_order(ana: Customer) -> None:
    order = builders.order(ana)
    at = datetime(2026, 8, 1, tzinfo=UTC)
    made = returns.refund(order, 250, reason="Bent", at=at, by=SYSTEM)
    assert (made.refunded_at, totals_of(ana).net_minor) == (at, 1000)
    for amount in (0, -5, 1001):
        with pytest.raises(returns.TooMuch):
            returns.refund(order, amount, by=SYSTEM)
    assert Order.objects.get().refunded_minor == 250


def test_no_more_comes_back_than_was_ordered(ana: Customer) -> None:
    order = builders.order(ana, builders.line(quantity=3))
    line = order.lines.get()
    made = returns.ask(order, {line.pk: Decimal(2)}, reason="Bent", by=SYSTEM)
    with pytest.raises(returns.TooMany):
        returns.ask(order, {line.pk: Decimal(2)}, by=SYSTEM)
    assert order.returns.get() == made
    received = returns.receive(order, made, by=SYSTEM).received_at
    assert returns.receive(order, made, by=SYSTEM).received_at == received


def test_a_reader_refunds_nothing(ana: Customer, cast: Cast) -> None:
    order = builders.order(ana)
    with pytest.raises(Forbidden):
        returns.refund(order, 100, by=actor(cast.carla))
    assert not order.refunds.exists()


def test_everybody_has_totals_from_the_start(ana: Customer) -> None:
    totals = CustomerTotals.objects.get(customer=ana)
    assert (totals.orders, totals.net_minor, totals.last_at) == (0, 0, None)


def test_a_product_has_its_number_to_itself() -> None:
    lantern = products.add("L1", name="Lantern", price_minor=1250, currency="GBP", by=SYSTEM)
    with pytest.raises(products.NumberTaken):
        products.add("L1", name="Other", by=SYSTEM)
    products.change(lantern, name="Paper lantern", by=SYSTEM)
    assert list(Product.objects.values_list("sku", "name")) == [("L1", "Paper lantern")]
