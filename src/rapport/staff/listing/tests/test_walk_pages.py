"""Pages by key: every row once, in order, in both directions, whichever way they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.commerce.models import CustomerTotals
from rapport.customers.models import Customer
from rapport.kernel.ids import new_id
from rapport.staff.listing.counting import Expected
from rapport.staff.listing.keyset import BadCursor, Cursor, Order
from rapport.staff.listing.walking import Page, page

AT = datetime(2030, 1, 1, tzinfo=UTC)
SMALL = Expected(table=100, asked=50)
LARGE = Expected(table=1_000_000, asked=500_000, cost=1e9)
FEW = Expected(table=1_000_000, asked=3, cost=1.0)
NUMBERS = count(1)
BY_VALUE = Order(Customer, "totals__net_minor", optional=True, falling=True)


def customer(number: int, name: str = "") -> Customer:
    return Customer(id=new_id(), number=number, name=name, since=AT, created_at=AT, updated_at=AT)


def store(values: Sequence[int | None]) -> dict[UUID, int | None]:
    """Store one customer for each value; None has no totals at all."""
    rows = [customer(next(NUMBERS)) for _value in values]
    Customer.objects.bulk_create(rows)
    CustomerTotals.objects.bulk_create(
        CustomerTotals(customer=row, net_minor=value)
        for row, value in zip(rows, values, strict=True)
        if value is not None
    )
    return {row.pk: value for row, value in zip(rows, values, strict=True)}


def expected_order(values: dict[UUID, int | None], *, falling: bool) -> list[UUID]:
    sign = -1 if falling else 1
    valued = sorted((value, key) for key, value in values.items() if value is not None)
    missing = sorted(key for key, value in values.items() if value is None)
    return [key for _value, key in valued[::sign]] + missing[::sign]


def walk(order: Order, known: Expected, size: int) -> Iterator[Page]:
    """Yield the pages from the first to the last."""
    shown = page(Customer.objects.all(), order, known, size=size)
    yield shown
    while shown.after is not None:
        shown = page(Customer.objects.all(), order, known, after=order.read(shown.after.text()), size=size)
        yield shown


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.integers(-3, 3), max_size=23),
    size=st.integers(1, 7),
    falling=st.booleans(),
    known=st.sampled_from([SMALL, LARGE, FEW]),
)
def test_pages_hold_every_row_once_in_order_and_lead_back(
    values: list[int | None], size: int, falling: bool, known: Expected
) -> None:
    Customer.objects.all().delete()
    stored = store(values)
    order = Order(Customer, "totals__net_minor", optional=True, falling=falling)
    pages = list(walk(order, known, size))

    assert [key for one in pages for key in one.ids] == expected_order(stored, falling=falling)
    assert [one.first for one in pages if one.ids] == list(range(1, len(values) + 1, size))
    assert pages[0].before is None
    for earlier, later in pairwise(pages):
        assert later.before is not None
        back = page(Customer.objects.all(), order, known, before=order.read(later.before.text()), size=size)
        assert (back.ids, back.first) == (earlier.ids, earlier.first)
        assert back.after is not None


@pytest.mark.django_db
def test_a_filter_that_hangs_together_with_the_order_still_fills_the_page() -> None:
    stored = store([1] * 400 + [0] * 40)
    rows = Customer.objects.filter(totals__net_minor=0)
    shown = page(rows, BY_VALUE, Expected(table=1_000_000, asked=300_000, cost=1e6), size=20)

    assert len(shown.ids) == 20
    assert {stored[key] for key in shown.ids} == {0}


@pytest.mark.django_db
def test_a_page_goes_on_where_rows_were_added_and_deleted() -> None:
    stored = store([50, 40, 30, 20, 10])
    first = page(Customer.objects.all(), BY_VALUE, SMALL, size=2)
    assert first.after is not None
    store([45])
    Customer.objects.filter(pk=first.ids[0]).delete()
    second = page(Customer.objects.all(), BY_VALUE, SMALL, after=first.after, size=2)

    assert [stored[key] for key in second.ids] == [30, 20]


@pytest.mark.parametrize("text", ["", "x", "eyJ4IjoxfQ", "W10", "WyJub3QgYSBudW1iZXIiLCJ4eCIsMV0", "é"])
def test_a_cursor_of_another_order_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        BY_VALUE.read(text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("created_at", AT + timedelta(microseconds=7)),
        ("name", "Ólafur „x“"),
        ("number", 2**40),
        ("totals__net_minor", None),
    ],
)
def test_a_cursor_comes_back_as_it_was(path: str, value: object) -> None:
    order = Order(Customer, path, optional=True, falling=False)
    cursor = Cursor(value, new_id(), 50)

    assert order.read(cursor.text()) == cursor
