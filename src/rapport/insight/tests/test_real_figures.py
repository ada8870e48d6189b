"""The true figures of real data come out, to the last digit; without the data there is nothing to test."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rapport.insight.lake.reader import Lake
from rapport.insight.tests.lakes import ask, lake_of, order

SHARED = Path(__file__).parents[5] / "shared"
RETAIL = SHARED / "data/online_retail_uci/online_retail.csv.gz"
OLIST = SHARED / "data/olist_15k"
CDNOW = SHARED / "vectors/cdnow/CDNOW_sample.txt"
BRAZIL = ZoneInfo("America/Sao_Paulo")
LAST_SALE = date(2011, 12, 9)


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    invoices: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(RETAIL):
        invoices[row["InvoiceNo"]].append(row)
    orders = [invoice(number, lines) for number, lines in invoices.items()]
    return lake_of(tmp_path_factory.mktemp("retail"), commerce_order=orders)


def invoice(number: str, lines: list[dict[str, str]]) -> dict[str, Any]:
    cents = [Decimal(line["Quantity"]) * Decimal(line["UnitPrice"]) * 100 for line in lines]
    net = int(sum(cents, Decimal(0)).quantize(Decimal(1)))
    customer = lines[0]["CustomerID"].removesuffix(".0")
    at = datetime.fromisoformat(lines[0]["InvoiceDate"]).replace(tzinfo=UTC)
    return {
        **order(int(customer) if customer else None, at.date(), net),
        "kind": {"C": "credit", "A": "adjustment"}.get(number[0], "sale"),
        "placed_at": at,
        "lines_count": len(lines),
        "country": lines[0]["Country"],
        "has_sale_line": any(int(line["Quantity"]) > 0 and Decimal(line["UnitPrice"]) > 0 for line in lines),
    }


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("lines", 541_909, 25_900),
        ("documents", 25_900, 25_900),
        ("cancellations", 3_836, 3_836),
        ("cancellation_lines", 9_288, 3_836),
        ("adjustments", 3, 3),
        ("lines_without_customer", 135_080, 3_710),
        ("customers", 4_372, 4_372),
        ("buyers", 4_338, 4_338),
        ("repeat_buyers", 2_845, 2_845),
        ("orders_of_customers", 18_532, 18_532),
        ("countries", 38, 38),
        ("revenue", 9_747_747.93, 25_900),
    ],
)
def test_online_retail(retail: Lake, metric: str, value: float, n: int) -> None:
    found = ask(retail, metric, LAST_SALE)

    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.n == n


def test_online_retail_repeat_purchase_rate(retail: Lake) -> None:
    found = ask(retail, "repeat_purchase_rate", LAST_SALE)

    assert found.value is not None
    assert round(found.value, 2) == 65.58
    assert found.interval
    assert (round(found.interval.low, 2), round(found.interval.high, 2)) == (64.16, 66.98)


@pytest.fixture(scope="module")
def olist(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    def read(name: str) -> Iterator[dict[str, str]]:
        return rows_of(OLIST / f"olist_{name}_dataset.csv.gz")

    people: dict[str, int] = {}
    of_order = {row["customer_id"]: row["customer_unique_id"] for row in read("customers")}
    orders = []
    for row in read("orders"):
        person = people.setdefault(of_order[row["customer_id"]], len(people) + 1)
        delivered = row["order_delivered_customer_date"] if row["order_status"] == "delivered" else ""
        orders.append(
            {
                **order(person, date(2017, 1, 1)),
                "placed_at": moment(row["order_purchase_timestamp"]),
                "delivered_at": moment(delivered) if delivered else None,
                "promised_on": date.fromisoformat(row["order_estimated_delivery_date"][:10]),
            }
        )
    reviews = [
        {"kind": "review", "score": float(row["review_score"]), "answered_at": moment(row["review_answer_timestamp"])}
        for row in read("order_reviews")
    ]
    promises = [
        {
            "due_until": datetime.combine(row["promised_on"] + timedelta(days=1), datetime.min.time(), BRAZIL),
            "fulfilled_at": row["delivered_at"],
            "outcome": "late" if late(row) else "kept",
        }
        for row in orders
        if row["delivered_at"]
    ]
    root = tmp_path_factory.mktemp("olist")
    return lake_of(root, BRAZIL.key, commerce_order=orders, feedback_answer=reviews, promises_promise=promises)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRAZIL)


def late(row: dict[str, Any]) -> bool:
    found: bool = row["delivered_at"].astimezone(BRAZIL).date() > row["promised_on"]
    return found


def test_olist_deliveries_against_promises(olist: Lake) -> None:
    for metric in ("on_time_delivery", "kept_promises"):
        found = ask(olist, metric, date(2019, 1, 1))
        assert found.n == 14_552
        assert found.value == pytest.approx(100 * (1 - 957 / 14_552))
    assert ask(olist, "broken_promises", date(2019, 1, 1)).value == 957


def test_olist_people_and_reviews(olist: Lake) -> None:
    assert ask(olist, "customers", date(2019, 1, 1)).value == 14_904
    score = ask(olist, "review_score", date(2019, 1, 1))
    assert score.value is not None
    assert round(score.value, 4) == 4.0841


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    if not CDNOW.exists():
        pytest.skip(f"{CDNOW.name} is not on this machine")
    orders = []
    for line in CDNOW.read_text("ascii").splitlines():
        _master, customer, day, _units, amount = line.split()
        on = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
        orders.append(order(int(customer), on, int(Decimal(amount) * 100)))
    return lake_of(tmp_path_factory.mktemp("cdnow"), commerce_order=orders)


def test_cdnow_parameters_are_those_published(cdnow: Lake) -> None:
    found = ask(cdnow, "cltv_predicted", date(1997, 9, 30))
    purchases, spend = found.more["models"]["bgnbd"], found.more["models"]["gamma_gamma"]

    assert purchases["customers"] == 2_357
    rounded = {name: round(value, 3) for name, value in purchases["parameters"].items()}
    assert rounded == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert purchases["log_likelihood"] == pytest.approx(-9582.4256, abs=5e-3)
    assert spend["repeaters"] == 946
    rounded = {name: round(value, 2) for name, value in spend["parameters"].items()}
    assert rounded == {"p": 6.25, "q": 3.74, "gamma": 15.44}
    # From the purchases themselves; the published summary rounds mean spend to two decimals and gives -4055.9232.
    assert spend["log_likelihood"] == pytest.approx(-4055.9177, abs=5e-4)


def test_cdnow_time_held_back_is_foretold_better_than_by_going_on(cdnow: Lake) -> None:
    held = ask(cdnow, "cltv_predicted", date(1998, 6, 30)).more["holdout"]

    assert held["mean_error"] < held["plain_error"]
    assert abs(held["total_error"]) < 0.1


def test_few_repeaters_are_refused_with_the_reason(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, commerce_order=[order(n, date(2023, 1, n)) for n in range(1, 9)])
    found = ask(lake, "cltv_predicted", date(2023, 12, 31))

    assert found.value is None
    assert found.refused == "Only 0 customers bought on a second day; a model needs 100."
