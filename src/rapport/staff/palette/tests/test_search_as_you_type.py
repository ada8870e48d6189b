"""The palette: numbers first, then names that begin with what was typed, then other words; only what one may see."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.staff.palette import sources
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.testing.queries import query_count


def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get("/ui/palette/", {"q": text, "partial": "1"}).context["groups"]
    return {group.label: [hit.label for hit in group.hits] for group in groups}


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ana", ["Ana Lima", "Tom Ananda"]),
        ("ANA L", ["Ana Lima"]),
        ("lima", ["Ana Lima"]),
        ("lima ana", ["Ana Lima"]),
        ("ananda t", ["Tom Ananda"]),
        ("muller", ["Jörg Müller"]),
        ("Müll", ["Jörg Müller"]),
        ("ana.lima@example.com", ["Ana Lima"]),
        ("020 7946 0958", ["Ana Lima"]),
        ("+44 (0)20 7946", []),
        ("442079460958", ["Ana Lima"]),
        ("zz", []),
        ("'", []),
        ("\\", []),
    ],
)
def test_customers_are_found_by_any_part(staff: Client, typed: str, expected: list[str]) -> None:
    builders.customer("Tom Ananda")
    builders.customer("Ana Lima", email="ana.lima@example.com", phone="+44 20 7946 0958")
    builders.customer("Jörg Müller")

    assert found(staff, typed).get("Customers", []) == expected


def test_the_number_of_a_customer_comes_first(staff: Client) -> None:
    rows = [builders.customer(f"Person {number}", phone=f"+44 20 7946 {number:04}") for number in range(12)]
    target = rows[3]

    assert found(staff, target.code)["Customers"] == [target.label]
    assert found(staff, str(target.number))["Customers"][0] == target.label


def test_orders_and_products_are_found_by_number_and_name(staff: Client, cast: Cast) -> None:
    ana = builders.customer("Ana Lima")
    for number in ("R-70", "R-700", "X-1"):
        builders.order(ana, builders.line(sku="LANTERN"), number=number)
    builders.product("LANTERN", "Paper lantern")

    assert found(staff, "r-70")["Orders"] == ["R-70", "R-700"]
    assert found(staff, "#R-700")["Orders"] == ["R-700"]
    assert found(staff, "lanter")["Products"] == ["Paper lantern"]
    hit = sources.products(actor(cast.alice), "lantern", 5)[0]
    orders = staff.get(hit.url).context["shown"]
    assert {row.label for row in orders.table.rows} == {"R-70", "R-700", "X-1"}


def test_pages_and_verbs_are_offered_by_name(staff: Client) -> None:
    assert "Promises" in found(staff, "promi")["Go to"]
    assert "Customer" in found(staff, "new cust")["Go to"]


def test_only_what_is_within_reach_is_found(client: Client, cast: Cast) -> None:
    theirs = builders.customer("Ana Lima", owner=cast.sam)
    builders.order(theirs, number="R-70")
    cast.ben.role.grants = {"customers.view": "own", "commerce.view": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    for typed in ("ana", theirs.code, "R-70", "lima"):
        assert "Customers" not in found(client, typed)
        assert "Orders" not in found(client, typed)

    cast.ben.role.grants = {}
    cast.ben.role.save()
    assert "Customers" not in found(client, "ana")


def test_typing_asks_few_questions(staff: Client) -> None:
    for number in range(30):
        builders.customer(f"Ana {number:02}")
    with query_count() as asked:
        hits = found(staff, "ana")["Customers"]

    assert len(hits) == 6
    assert asked.count <= 10
