"""Undoing brings back the state before, and leaves alone what was changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rapport.commerce.models import Order
from rapport.commerce.services import orders
from rapport.customers.models import Customer, ToCompare
from rapport.customers.services import affiliations, customers, merges
from rapport.customers.services.customers import NewIdentity
from rapport.imports.services import runs
from rapport.imports.tests.conftest import Import
from rapport.imports.tests.test_import_orders import LINES
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.marketing.models import Membership
from rapport.marketing.services import members, segments
from rapport.timeline.services import activities

pytestmark = pytest.mark.django_db
State = Callable[[], dict[str, tuple[int, str]]]

RICH = (
    "Customer ID,Name,Email,Phone,City,Company,Notes,Tags,Accepts Email Marketing\n"
    "7,Ana Lima,ana@example.com,020 7946 0958,Leeds,Lima Ltd,Likes tea,gold,yes\n"
    "8,Bo Berg,bo@example.com,,York,Berg & Co,,new,no\n"
)


def test_a_fresh_import_leaves_nothing_behind(imported: Import, state: State) -> None:
    before = state()
    done = imported({"orders.csv": LINES})
    undone = runs.undo(done.run, by=SYSTEM)
    assert undone.kept == ()
    assert state() == before
    assert not ToCompare.objects.exists()
    done.run.refresh_from_db()
    assert (done.run.status, done.run.undone_at is None) == ("undone", False)


def test_what_an_import_changed_is_as_before(imported: Import, state: State) -> None:
    given = [NewIdentity("email", "ana@example.com")]
    customers.create(name="Ana", tags=["old"], identities=given, by=SYSTEM)
    imported({"orders.csv": LINES})
    before = state()
    with_customers = imported(RICH, overwrite=True)
    changed = imported({"orders.csv": LINES.replace("Candle,1,0.99", "Candle,3,0.99") + "R3,9,2021-04-01,P9,New,1,5\n"})
    assert state() != before
    assert runs.undo(changed.run, by=SYSTEM).kept == ()
    assert runs.undo(with_customers.run, by=SYSTEM).kept == ()
    assert state() == before


def test_who_came_into_a_segment_by_an_import_goes_without_a_trace(imported: Import, state: State) -> None:
    made = segments.create("Leeds", by=SYSTEM, condition="city = Leeds")
    members.settle(by=SYSTEM)
    before = state()
    done = imported(RICH)
    assert members.recompute(made, by=SYSTEM) == members.Moved(joined=1)
    assert runs.undo(done.run, by=SYSTEM).kept == ()
    assert state() == before
    assert not Membership.objects.exists()


def test_undoing_twice_is_refused(imported: Import) -> None:
    done = imported(RICH)
    runs.undo(done.run, by=SYSTEM)
    with pytest.raises(runs.NotNow):
        runs.undo(done.run, by=SYSTEM)


def test_what_people_changed_since_stays_and_is_told(imported: Import) -> None:
    done = imported(RICH)
    ana = Customer.objects.get(name="Ana Lima")
    customers.change(ana, city="Bath", by=SYSTEM)
    undone = runs.undo(done.run, by=SYSTEM)
    assert [name for _, name in undone.kept] == ["Ana Lima"]
    assert list(Customer.objects.values_list("name", "city")) == [("Ana Lima", "Bath")]
    assert set(ana.identities.values_list("kind", flat=True)) == {"external", "email", "phone"}
    assert EventRecord.objects.filter(customer_id=ana.pk, type="customers.created").count() == 1


def test_an_order_delivered_since_stays_with_its_customer(imported: Import) -> None:
    done = imported({"orders.csv": LINES})
    first = Order.objects.get(number="R1")
    orders.deliver(first, by=SYSTEM, at=clock.now())
    runs.undo(done.run, by=SYSTEM)
    assert list(Order.objects.values_list("number", "status", "lines_count")) == [("R1", "delivered", 2)]
    assert list(Customer.objects.values_list("pk", flat=True)) == [first.customer_id]


def test_a_note_since_keeps_the_customer(imported: Import) -> None:
    done = imported(RICH)
    activities.write_note(Customer.objects.get(name="Bo Berg"), "Called back", by=SYSTEM)
    runs.undo(done.run, by=SYSTEM)
    assert list(Customer.objects.values_list("name", flat=True)) == ["Bo Berg"]


def test_a_run_that_was_never_loaded_cannot_be_undone(imported: Import) -> None:
    done = imported(RICH, dry=True)
    with pytest.raises(runs.NotNow):
        runs.undo(done.run, by=SYSTEM)


def test_what_an_import_changed_and_a_merge_moved_comes_back_to_the_survivor(imported: Import) -> None:
    imported({"orders.csv": LINES})
    before = Order.objects.get(number="R1")
    source = before.customer
    assert source is not None
    changed = imported({"orders.csv": LINES.replace("Candle,1,0.99", "Candle,3,0.99")})
    survivor = customers.create(name="Zoe Ray", by=SYSTEM)
    merges.merge(source, survivor, by=SYSTEM)
    runs.undo(changed.run, by=SYSTEM)
    order = Order.objects.get(pk=before.pk)
    assert (order.customer_id, order.gross_minor) == (survivor.pk, before.gross_minor)
    kept: Any = Customer.objects.get(pk=survivor.pk)
    assert (kept.totals.orders, kept.totals.net_minor) == (1, before.gross_minor)
    merges.unmerge(source, by=SYSTEM)
    assert Order.objects.get(pk=before.pk).customer_id == source.pk


def test_a_company_that_an_import_named_is_not_brought_back_by_unmerging(imported: Import) -> None:
    firm = customers.create(kind="company", name="Lima Ltd", by=SYSTEM)
    source = customers.create(name="Ana Lima", identities=[NewIdentity("email", "ana@example.com")], by=SYSTEM)
    survivor = customers.create(name="Ana L.", by=SYSTEM)
    affiliations.join(survivor, firm, by=SYSTEM)
    done = imported("Name,Email,Company\nAna Lima,ana@example.com,Lima Ltd\n")
    assert source.employers.count() == 1
    merges.merge(source, survivor, by=SYSTEM)
    runs.undo(done.run, by=SYSTEM)
    merges.unmerge(source, by=SYSTEM)
    assert (source.employers.count(), survivor.employers.count()) == (0, 1)
