"""Orders with lines, payments, deliveries, promises and reviews from files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rapport.commerce.models import CustomerTotals, Order, OrderLine, Payment, Product, Refund, Shipment
from rapport.customers.models import Customer, Identity
from rapport.feedback.models import Answer
from rapport.imports.tests.conftest import Import
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise

pytestmark = pytest.mark.django_db

LINES = (
    "Order Number,Customer ID,Order Date,SKU,Product Name,Quantity,Unit Price\n"
    'R1,7,2021-03-01 10:00,P1,Lantern,2,"1,234.50"\n'
    "R1,7,2021-03-01 10:00,P2,Candle,1,0.99\n"
    "R2,8,2021-03-02 11:00,P1,Lantern,1,1234.50\n"
)
PROMISES = """
schema = 1
name = "promised"
label = "Promised"
currency = "GBP"
[files]
orders = { columns = ["number", "promised"] }
[[nouns]]
noun = "order"
file = "orders"
fields.number = "number"
fields.customer_external = "customer"
fields.placed_at = "placed"
fields.promised_on = "promised"
fields.delivered_at = "delivered"
fields.total = "total"
"""


def test_customers_are_known_since_their_first_order(imported: Import) -> None:
    imported(LINES)
    since = Customer.objects.order_by("since").values_list("since", flat=True)
    assert list(since) == [datetime(2021, 3, 1, 10, tzinfo=UTC), datetime(2021, 3, 2, 11, tzinfo=UTC)]


def test_lines_make_orders_products_and_customers(imported: Import) -> None:
    done = imported(LINES)
    assert [done.counts(noun)[:2] for noun in ("order", "line", "product", "customer")] == [
        (2, 2),
        (3, 3),
        (2, 2),
        (2, 2),
    ]
    order = Order.objects.get(number="R1")
    assert (order.gross_minor, order.net_minor, order.net_base_minor, order.lines_count, order.currency) == (
        246999, 246999, 246999, 2, "GBP",
    )  # fmt: skip
    assert order.placed_at == datetime(2021, 3, 1, 10, tzinfo=UTC)
    assert Identity.objects.get(customer=order.customer).normal == "7"
    line = OrderLine.objects.get(order=order, position=1)
    assert (line.sku, line.quantity, line.unit_price_minor, line.total_minor) == (
        "P1",
        Decimal(2),
        Decimal(123450),
        246900,
    )
    assert (line.product.name if line.product else "") == "Lantern"
    totals = CustomerTotals.objects.get(customer=order.customer)
    assert (totals.orders, totals.net_minor) == (1, 246999)
    placed = EventRecord.objects.get(type="commerce.order_placed", subject_id=order.pk)
    assert (placed.at, placed.data["total"], placed.data["lines"]) == (order.placed_at, "£2,469.99", 2)


def test_a_product_lends_no_customer_its_name(imported: Import) -> None:
    imported(LINES)
    assert list(Customer.objects.values_list("name", flat=True)) == ["", ""]


def test_the_same_orders_again_change_nothing(imported: Import) -> None:
    imported(LINES)
    again = imported(LINES)
    for noun, read in (("order", 2), ("line", 3), ("product", 2), ("customer", 2)):
        assert again.counts(noun) == (read, 0, 0, read, 0)
    assert EventRecord.objects.filter(cause_id=again.run.pk).count() == 0


def test_an_order_that_changed_gets_its_new_lines(imported: Import) -> None:
    imported(LINES)
    again = imported(LINES.replace("Candle,1,0.99", "Candle,3,0.99"))
    assert again.counts("order") == (2, 0, 1, 1, 0)
    assert again.counts("line") == (3, 0, 2, 1, 0)
    order = Order.objects.get(number="R1")
    assert (order.gross_minor, list(order.lines.order_by("position").values_list("quantity", flat=True))) == (
        247197, [Decimal(2), Decimal(3)],
    )  # fmt: skip
    changed = EventRecord.objects.get(type="commerce.order_changed")
    assert changed.data["before"]["gross_minor"] == 246999


def test_amounts_and_days_that_do_not_fit_refuse_their_row_alone(imported: Import) -> None:
    done = imported(
        "Order Number,Customer ID,Order Date,SKU,Quantity,Unit Price\n"
        'R1,7,13/02/2021,P1,1,"1.234,56"\n'
        "R2,7,31/02/2021,P1,1,10.00\n"
        "R3,7,14/02/2021,P1,one,10.00\n"
        "R4,7,14/02/2021,P1,1,10.00\n"
        "R5,7,14/02/2021,P1,1,11.00\n"
    )
    assert done.problems == [
        ("amount-style", 2, "Unit Price"),
        ("date-impossible", 3, "Order Date"),
        ("amount", 4, "Quantity"),
    ]
    assert list(Order.objects.order_by("number").values_list("number", flat=True)) == ["R4", "R5"]


def test_lines_of_unknown_orders_are_said(imported: Import) -> None:
    done = imported({"items.csv": "Order Number,SKU,Quantity,Unit Price\nR9,P1,1,10.00\n"})
    assert done.counts("line") == (1, 0, 0, 0, 1)
    assert [(p.code, p.row, p.value) for p in done.outcome.problems] == [("order-unknown", 2, "R9")]


def test_lines_that_come_later_complete_their_order(imported: Import) -> None:
    imported({"orders.csv": "Order Number,Customer ID,Order Date,Total\nR1,7,2021-03-01,12.00\n"})
    done = imported({"items.csv": "Order Number,SKU,Quantity,Unit Price\nR1,P1,1,10.00\n"})
    assert done.counts("line") == (1, 1, 0, 0, 0)
    assert Order.objects.get().lines.count() == 1


@pytest.mark.parametrize(
    ("delivered", "outcome"),
    [
        ("2021-06-10 23:30:00", "kept"),
        ("2021-06-11 00:30:00", "late"),
        ("", ""),
    ],
)
def test_a_promised_day_is_kept_until_it_ends_in_its_zone(imported: Import, delivered: str, outcome: str) -> None:
    file = f"number,customer,placed,promised,delivered,total\nR1,7,2021-06-01 09:00:00,2021-06-10,{delivered},10.00\n"
    done = imported({"orders.csv": file}, PROMISES)
    assert done.counts("promise") == (1, 1, 0, 0, 0)
    promise = Promise.objects.get()
    assert (promise.outcome, promise.due_on, promise.zone, promise.what) == (
        outcome, date(2021, 6, 10), "Europe/London", "Order R1 delivered",
    )  # fmt: skip
    assert promise.due_until == datetime(2021, 6, 10, 23, tzinfo=UTC)
    assert promise.customer == Customer.objects.get()


def test_a_delivery_that_comes_later_ends_the_promise(imported: Import) -> None:
    file = "number,customer,placed,promised,delivered,total\nR1,7,2021-06-01,2021-06-10,{},10.00\n"
    imported({"orders.csv": file.format("")}, PROMISES)
    done = imported({"orders.csv": file.format("2021-06-12")}, PROMISES)
    assert (done.counts("order"), done.counts("promise")) == ((1, 0, 1, 0, 0), (1, 0, 1, 0, 0))
    late = EventRecord.objects.get(type="promises.late")
    assert (late.data["days_late"], Order.objects.get().status) == (2, "delivered")


def test_every_row_of_a_shopify_order_is_a_line_of_it(imported: Import) -> None:
    header = (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,"
    )
    header += "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,"
    header += "Payment Method,Refunded Amount,Cancelled at,Id\n"
    first = (
        "#1001,ana@example.com,paid,2026-05-01 10:05:00 +0200,fulfilled,2026-05-02 09:00:00 +0200,GBP,30.00,5.00,7.00,"
    )
    first += "42.00,3.00,2026-05-01 10:00:00 +0200,2,Lantern,10.00,'0012,Ana Lima,card,4.00,,1\n"
    second = "#1001,ana@example.com,,,,,,,,,,,,1,Candle,13.00,P2,,,,,\n"
    done = imported({"orders.csv": header + first + second}, "shopify_orders")
    assert done.outcome.problems == []
    order = Order.objects.get()
    assert (order.number, order.namespace, order.placed_at) == (
        "#1001", "shopify", datetime(2026, 5, 1, 8, tzinfo=UTC),
    )  # fmt: skip
    assert (order.gross_minor, order.discount_minor, order.tax_minor, order.shipping_minor, order.net_minor) == (
        4500, 300, 700, 500, 3000,
    )  # fmt: skip
    assert (order.status, order.refunded_minor, order.lines.count()) == ("shipped", 400, 2)
    assert list(order.lines.order_by("position").values_list("sku", "total_minor")) == [("0012", 2000), ("P2", 1300)]
    assert (Payment.objects.get().amount_minor, Refund.objects.get().amount_minor) == (4200, 400)
    assert (order.customer.name if order.customer else "") == "Ana Lima"
    assert imported({"orders.csv": header + first + second}, "shopify_orders").counts("order") == (1, 0, 0, 1, 0)


def test_orders_in_another_currency_take_the_rate_that_is_given(imported: Import) -> None:
    file = "Order Number,Customer ID,Order Date,Total,Currency\nR1,7,2021-03-01,100.00,EUR\nR2,7,2021-03-01,5000,JPY\n"
    done = imported({"orders.csv": file}, settings={"rates": {"EUR": "0.85"}})
    orders = {order.number: order for order in Order.objects.all()}
    assert (orders["R1"].gross_minor, orders["R1"].net_base_minor) == (10000, 8500)
    assert (orders["R2"].gross_minor, orders["R2"].currency) == (5000, "JPY")
    assert [note["detail"] for note in done.run.notes if note["code"] == "rate-missing"] == ["JPY"]


def test_transactions_become_orders_told_apart_by_day(imported: Import) -> None:
    file = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"
    file += " 00002 19970112  5   77.00\n"
    done = imported({"CDNOW_master.txt": file})
    assert (done.run.profile, done.counts("order"), done.counts("customer")) == (
        "generic_transactions", (3, 3, 0, 0, 0), (2, 2, 0, 0, 0),
    )  # fmt: skip
    assert list(Order.objects.order_by("number").values_list("number", "gross_minor")) == [
        ("00001/19970101/1", 1177), ("00002/19970112/1", 1200), ("00002/19970112/2", 7700),
    ]  # fmt: skip
    assert imported({"CDNOW_master.txt": file}).counts("order") == (3, 0, 0, 3, 0)


def test_parcels_say_when_an_order_left_and_arrived(imported: Import) -> None:
    imported({"orders.csv": "Order Number,Customer ID,Order Date,Total\nR1,7,2021-03-01,12.00\n"})
    file = "Order Number,Carrier,Tracking Number,Shipped at,Delivered at\nR1,DHL,X1,2021-03-02,2021-03-04\n"
    done = imported({"parcels.csv": file})
    assert done.counts("delivery") == (1, 1, 0, 0, 0)
    order = Order.objects.get()
    assert (order.status, Shipment.objects.get().tracking) == ("delivered", "X1")
    assert imported({"parcels.csv": file}).counts("delivery") == (1, 0, 0, 1, 0)


def test_reviews_find_their_order_and_customer(imported: Import) -> None:
    imported(LINES)
    file = "Review ID,Order Number,Rating,Comment,Review Date\n"
    file += "V1,R1,4,Fine,2021-03-09\nV2,R1,6,,2021-03-09\nV3,R9,5,,2021-03-09\n"
    done = imported({"reviews.csv": file})
    assert done.counts("review") == (3, 2, 0, 0, 1)
    assert done.problems == [("score", 3, "Rating")]
    first = Answer.objects.get(external="V1")
    assert (first.score, first.scale_high, first.order, first.customer) == (
        Decimal(4), 5, Order.objects.get(number="R1"), Order.objects.get(number="R1").customer,
    )  # fmt: skip
    assert Answer.objects.get(external="V3").order is None


def test_a_file_of_products_says_how_they_are(imported: Import) -> None:
    imported(LINES)
    done = imported(
        {"products.csv": "SKU,Product Name,Category,Price\nP1,Big lantern,Light,1300.00\nP3,Wick,Light,1\n"}
    )
    assert done.counts("product") == (2, 1, 1, 0, 0)
    lantern = Product.objects.get(sku="P1")
    assert (lantern.name, lantern.category, lantern.price_minor, lantern.currency) == (
        "Big lantern",
        "Light",
        130000,
        "GBP",
    )


def test_a_price_below_a_penny_is_a_price(imported: Import) -> None:
    file = "Order number,SKU,Quantity,Unit price,Date\nS1,SCREW,5000,0.001,2021-03-01\nS2,GIFT,1,0,2021-03-01\n"
    assert imported(file, profile="generic_orders").counts("line") == (2, 2, 0, 0, 0)
    screws = OrderLine.objects.get(sku="SCREW")
    assert (screws.unit_price_minor, screws.total_minor) == (Decimal("0.1"), 500)
    assert dict(Order.objects.values_list("number", "has_sale_line")) == {"S1": True, "S2": False}
    assert imported(file, profile="generic_orders").counts("line") == (2, 0, 0, 2, 0)
