"""The list of customers: what it shows, how it is filtered, sorted and paged, and whom it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.customers.services import customers
from rapport.insight.models import Score
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.team.models import Role
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

LIST = "/customers/"
QUERIES = 18


def names(client: Client, address: str = LIST) -> list[str]:
    """Return the names on a page of the list, in order."""
    shown = client.get(address).context["shown"]
    return [row.label for row in shown.table.rows]


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    """A client in which the administrator is signed in."""
    client.force_login(cast.alice)
    return client


def test_rows_show_company_relationship_promise_touch_orders_and_value(staff: Client) -> None:
    firm = builders.company("Haddad Interiors")
    noor = builders.customer("Noor Haddad", company=firm)
    builders.order(noor, builders.line(quantity=2), placed_at=clock.now() - timedelta(days=3))
    builders.promise(noor, "Call back", kind="call", due_on=clock.today("Europe/London"))
    Score.objects.create(customer=noor, index=77.4, trend=2.2, kind="advisory", as_of=clock.now())
    page = staff.get(LIST).content.decode()

    for text in ("Noor Haddad", "Haddad Interiors", ">77<", ">+2<", "Advisory", "call back today", "£25"):
        assert text in page


def test_the_number_of_queries_does_not_grow_with_the_rows(staff: Client) -> None:
    firm = builders.company()
    for number in range(4):
        builders.order(builders.customer(f"Person {number}", company=firm), promised_on=date(2031, 1, 1))
    staff.get(LIST)
    with query_count() as few:
        staff.get(LIST)
    for number in range(20):
        builders.order(builders.customer(f"Another {number}", company=firm), promised_on=date(2031, 1, 1))
    with query_count() as many:
        staff.get(LIST)

    assert few.count == many.count <= QUERIES


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-value", ["Bo", "Al", "Cy"]),
        ("value", ["Cy", "Al", "Bo"]),
        ("name", ["Al", "Bo", "Cy"]),
        ("-name", ["Cy", "Bo", "Al"]),
        ("-relationship", ["Al", "Cy", "Bo"]),
        ("relationship", ["Cy", "Al", "Bo"]),
        ("nonsense", ["Bo", "Al", "Cy"]),
    ],
)
def test_headings_sort_and_rows_without_a_value_come_last(staff: Client, sort: str, expected: list[str]) -> None:
    al, bo, cy = (builders.customer(name) for name in ("Al", "Bo", "Cy"))
    builders.order(al, builders.line(unit_price_minor=100), placed_at=datetime(2030, 1, 1, tzinfo=UTC))
    builders.order(bo, builders.line(unit_price_minor=900), placed_at=datetime(2030, 1, 2, tzinfo=UTC))
    for row, index in ((al, 80.0), (cy, 20.0)):
        Score.objects.create(customer=row, index=index, as_of=clock.now())

    assert names(staff, f"{LIST}?sort={sort}") == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('country = "Portugal"', {"Ana"}),
        ('country != "PT"', {"Ben", "Cy"}),
        ("totals.orders >= 1", {"Ben"}),
        ("not totals.orders >= 1", {"Ana", "Cy"}),
        ('tags has any ("vip")', {"Cy"}),
        ("open_promises.count >= 1", {"Ana"}),
        ('country = "PT" and open_promises.count >= 1', {"Ana"}),
        ("did commerce.order_placed within last 30 days", {"Ben"}),
    ],
)
def test_a_filter_lets_through_what_it_says(staff: Client, condition: str, expected: set[str]) -> None:
    builders.promise(builders.customer("Ana", country="PT"), due_on=date(2031, 1, 1))
    builders.order(builders.customer("Ben", country="GB"))
    builders.customer("Cy", tags=["vip"])

    assert set(names(staff, f"{LIST}?f={condition}")) == expected


def test_a_filter_that_is_not_understood_lets_nothing_through_and_says_why(staff: Client) -> None:
    builders.customer("Ana")
    answer = staff.get(LIST, {"f": "countr = 5"})

    assert answer.status_code == 422
    assert "countr" in answer.content.decode()
    assert answer.context["shown"].table.rows == []


@pytest.mark.parametrize(
    "typed", ["ana", "LIMA", "an lim", "ana.lima@ex", "020 7946", "+44 20 7946 0958", "R-7001", "C-1"]
)
def test_search_finds_any_part_of_name_address_and_number(staff: Client, typed: str) -> None:
    ana = builders.customer("Ana Lima", email="ana.lima@example.com", phone="+44 20 7946 0958")
    builders.order(ana, number="R-7001")
    builders.customer("Tom Ashby", email="tom@example.org")
    if typed == "C-1":
        typed = ana.code

    assert names(staff, f"{LIST}?q={typed.replace('+', '%2B')}") == ["Ana Lima"]


def test_pages_follow_each_other_and_say_where_they_are(staff: Client) -> None:
    for number in range(120):
        builders.customer(f"Person {number:03}")
    seen, address = [], f"{LIST}?sort=name"
    places = []
    while address:
        shown = staff.get(address).context["shown"]
        seen += [row.label for row in shown.table.rows]
        places.append((shown.page.first, shown.page.last))
        address = shown.after

    assert seen == [f"Person {number:03}" for number in range(120)]
    assert places == [(1, 50), (51, 100), (101, 120)]


def test_htmx_gets_the_list_alone(staff: Client) -> None:
    whole = staff.get(LIST).content.decode()
    part = staff.get(LIST, headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert 'id="list"' in part


def test_columns_are_shown_as_asked_and_their_totals_are_added_up(staff: Client) -> None:
    for name, price in (("Al", 100), ("Bo", 900)):
        builders.order(builders.customer(name), builders.line(unit_price_minor=price))
    shown = staff.get(LIST, {"columns": "name,value,number,nonsense"}).context["shown"]

    assert [column.key for column in shown.table.columns] == ["name", "value", "number"]
    assert [column.total for column in shown.table.columns] == ["2 of 2 shown", "£10", ""]


def test_nobody_is_led_to_the_sign_in(client: Client, cast: Cast) -> None:
    answer = client.get(LIST)

    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_somebody_without_the_right_is_refused(client: Client, cast: Cast) -> None:
    cast.carla.role.grants = {}
    cast.carla.role.save()
    client.force_login(cast.carla)

    assert client.get(LIST).status_code == 403


def test_rows_beyond_reach_do_not_show(client: Client, cast: Cast) -> None:
    Role.objects.filter(key="agent").update(grants={"customers.view": "team"})
    for owner in (cast.bea, cast.sam, None):
        builders.customer(f"Of {owner.name if owner else 'nobody'}", owner=owner)
    client.force_login(cast.ben)

    assert set(names(client)) == {"Of Bea Lind", "Of nobody"}


def test_a_reader_sees_neither_verbs_nor_export_nor_add(client: Client, cast: Cast) -> None:
    builders.customer("Ana Lima")
    client.force_login(cast.carla)
    page = client.get(LIST).content.decode()

    for hidden in ('name="ids"', "export.csv", reverse("staff:customer_add"), reverse("staff:trash")):
        assert hidden not in page


def test_columns_that_need_a_right_are_not_offered_without_it(client: Client, cast: Cast) -> None:
    Role.objects.filter(key="reader").update(grants={"customers.view": "all"})
    builders.customer("Ana Lima")
    client.force_login(cast.carla)
    shown = client.get(LIST, {"columns": "name,value,relationship", "sort": "-value"}).context["shown"]

    assert [column.key for column in shown.table.columns] == ["name"]
    assert shown.asked.sort == "-touch"


def test_the_trash_holds_what_was_moved_there_and_only_for_those_who_may(client: Client, cast: Cast) -> None:
    ana = builders.customer("Ana Lima")
    customers.trash(ana, by=SYSTEM)
    client.force_login(cast.alice)
    assert names(client) == []
    assert names(client, "/customers/trash/") == ["Ana Lima"]

    client.force_login(cast.carla)
    assert client.get("/customers/trash/").status_code == 403


def test_names_are_escaped(staff: Client) -> None:
    builders.customer("<script>alert(1)</script>", tags=["<b>"])
    page = staff.get(LIST, {"columns": "name,tags", "q": "<script>"}).content.decode()

    assert "<script>alert" not in page
    assert "<b>" not in page
