"""The true figures of real files, where the shared data is on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Avg, Count, Sum

from rapport.commerce.models import CustomerTotals, Order, OrderLine, Payment
from rapport.customers.models import Customer, Identity
from rapport.feedback.models import Answer
from rapport.imports.services import runs
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

SHARED = Path(__file__).parents[5] / "shared"
OLIST = sorted((SHARED / "data/olist_15k").glob("*.gz"))
RETAIL = SHARED / "data/online_retail_uci/online_retail.csv.gz"
CDNOW = SHARED / "vectors/cdnow"
ZOHO = SHARED / "data/zoho_crm_export"
State = Callable[[], dict[str, tuple[int, str]]]


@pytest.mark.skipif(not OLIST, reason="the shared data is not on this machine")
def test_olist_is_loaded_whole_again_unchanged_and_undone(state: State) -> None:
    before = state()
    run = runs.start(OLIST, by=SYSTEM)
    outcome = runs.load(run, by=SYSTEM)
    assert (run.profile, outcome.errors) == ("olist", 0)
    assert {noun: counts.created for noun, counts in outcome.counts.items()} == {
        "customer": 14_904, "product": 9_255, "order": 15_000, "line": 17_071, "payment": 15_733, "promise": 15_000,
        "review": 14_944,
    }  # fmt: skip
    outcomes = dict(Promise.objects.values_list("outcome").annotate(Count("pk")))
    assert (outcomes["kept"] + outcomes["late"], outcomes["late"]) == (14_552, 957)
    assert Order.objects.filter(status="delivered").count() == 14_552
    assert Answer.objects.aggregate(mean=Avg("score"))["mean"].quantize(1) == 4
    assert round(float(Answer.objects.aggregate(mean=Avg("score"))["mean"]), 4) == 4.0841
    assert Payment.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 239_790_456
    assert Order.objects.filter(customer=None).count() == 0
    again = runs.start(OLIST, by=SYSTEM)
    counted = runs.load(again, by=SYSTEM).counts
    assert all(counts.created == counts.updated == counts.failed == 0 for counts in counted.values())
    runs.undo(again, by=SYSTEM)
    run.refresh_from_db()
    runs.undo(run, by=SYSTEM)
    assert state() == before


@pytest.mark.skipif(not OLIST, reason="the shared data is not on this machine")
def test_olist_without_customers_and_products_loads_what_it_can() -> None:
    some = [path for path in OLIST if "customers" not in path.name and "products_dataset" not in path.name]
    run = runs.start(some, by=SYSTEM)
    outcome = runs.load(run, by=SYSTEM)
    assert {note["file"] for note in run.notes if note["code"] == "missing-part"} == {
        "customers", "products", "geolocation",
    }  # fmt: skip
    assert (outcome.counts["order"].created, outcome.counts["line"].created) == (15_000, 17_071)
    assert (outcome.counts["product"].created, Order.objects.exclude(customer=None).count()) == (9_255, 0)


@pytest.mark.skipif(not RETAIL.exists(), reason="the shared data is not on this machine")
def test_online_retail_has_its_published_figures() -> None:
    outcome = runs.load(runs.start([RETAIL], by=SYSTEM), by=SYSTEM)
    assert outcome.errors == 0
    assert OrderLine.objects.count() == 541_909
    sold = OrderLine.objects.filter(quantity__gt=0, unit_price_minor__gt=0, order__customer__isnull=False)
    assert sold.count() == 397_884
    assert sold.aggregate(sum=Sum("total_minor"))["sum"] == 891_140_790
    assert dict(Order.objects.values_list("kind").annotate(Count("pk"))) == {
        "sale": 22_061, "credit": 3_836, "adjustment": 3,
    }  # fmt: skip
    assert Order.objects.aggregate(sum=Sum("net_base_minor"))["sum"] == 974_774_793
    assert Customer.objects.count() == 4_372
    assert Identity.objects.filter(kind="external", normal="17850").count() == 1
    totals = CustomerTotals.objects.filter(orders__gt=0).aggregate(orders=Sum("orders"), customers=Count("pk"))
    assert totals == {"orders": 18_532, "customers": 4_338}


@pytest.mark.skipif(not CDNOW.exists(), reason="the shared vectors are not on this machine")
@pytest.mark.parametrize(
    ("name", "customers", "transactions"), [("CDNOW_master.txt", 23_570, 69_659), ("CDNOW_sample.txt", 2_357, 6_919)]
)
def test_plain_transactions_come_in(name: str, customers: int, transactions: int) -> None:
    outcome = runs.load(runs.start([CDNOW / name], by=SYSTEM), by=SYSTEM)
    assert (outcome.errors, outcome.counts["customer"].created, outcome.counts["order"].created) == (
        0, customers, transactions,
    )  # fmt: skip


@pytest.mark.skipif(not ZOHO.exists(), reason="the shared data is not on this machine")
def test_contacts_of_another_system_come_in_by_their_headers() -> None:
    outcome = runs.load(runs.start([ZOHO / "Contacts.csv.gz"], by=SYSTEM), by=SYSTEM)
    counts = outcome.counts["customer"]
    assert (counts.read, counts.created + counts.failed) == (1_265, 1_265)
    assert {problem.code for problem in outcome.problems} <= {"key-twice", "phone-length"}
    assert counts.created > 1_200
