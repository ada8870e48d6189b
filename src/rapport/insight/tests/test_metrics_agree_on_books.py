"""Metrics of documents, lines, refunds and money agree with plain Python over the same rows."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths import bgnbd, mbgnbd
from rapport.insight.maths.betageometric import BetaGeometric
from rapport.insight.maths.clv import MONTH, monthly_rate
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.tests.textbook import bgnbd_purchases
from rapport.insight.tests.lakes import ask, key, lake_of, noon, order, values

FIRST, LAST = date(2022, 1, 1), date(2023, 12, 31)
DAYS = st.dates(FIRST, LAST)
Row = dict[str, Any]
GONE = key(8)
MARGIN = 0.5


@st.composite
def books(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Orders with their lines and refunds; one of eight customers is in the trash."""
    tables: dict[str, list[Row]] = {"commerce_order": [], "commerce_orderline": [], "commerce_refund": []}
    for _ in range(draw(st.integers(0, 25))):
        rate = draw(st.sampled_from([1.0, 1.0, 2.0]))
        net = draw(st.integers(-50, 500)) * 10
        lines = [drawn_line(draw) for _ in range(draw(st.integers(0, 3)))]
        refunded = draw(st.sampled_from([0, 0, 0, 50, 5000]))
        one = order(
            draw(st.none() | st.integers(1, 8)),
            draw(DAYS),
            net,
            kind=draw(st.sampled_from(["sale", "sale", "sale", "credit", "adjustment"])),
            status=draw(st.sampled_from(["placed", "delivered", "cancelled"])),
            has_sale_line=any(line["quantity"] > 0 and line["unit_price_minor"] > 0 for line in lines),
            gross_minor=net + draw(st.integers(0, 100)),
            net_base_minor=round(net * rate),
            rate=rate,
            refunded_base_minor=refunded,
            lines_count=len(lines),
            country=draw(st.sampled_from(["", "GB", "BR", "DE"])),
        )
        tables["commerce_order"].append(one)
        tables["commerce_orderline"] += [{**line, "order_id": one["id"]} for line in lines]
        if refunded:
            refund = {"order_id": one["id"], "refunded_at": noon(draw(DAYS)), "amount_base_minor": refunded}
            tables["commerce_refund"].append(refund)
    return tables


def drawn_line(draw: st.DrawFn) -> Row:
    quantity, price = draw(st.integers(-2, 4)), draw(st.integers(0, 300))
    cost = draw(st.none() | st.integers(0, 200))
    return {"quantity": quantity, "unit_price_minor": price, "total_minor": quantity * price, "cost_minor": cost}


def day(row: Row, column: str = "placed_at") -> date:
    found: date = row[column].date()
    return found


def counts(row: Row) -> bool:
    """Whether an order counts as bought."""
    refunded, net = row["refunded_base_minor"], row["net_base_minor"]
    gone = refunded > 0 and refunded >= net
    return row["kind"] == "sale" and row["has_sale_line"] and row["status"] != "cancelled" and not gone


def left(row: Row, lines: list[Row]) -> float:
    """Return what an order leaves in minor units: net less cost where it is known, else the chosen share."""
    net = float(row["net_base_minor"])
    kept = (net - row["refunded_base_minor"]) / net if net else 1.0
    known = [line for line in lines if line["cost_minor"] is not None]
    total = sum(line["total_minor"] for line in lines)
    costed = sum(line["total_minor"] for line in known)
    share = (costed / total if total else 1.0) if known else 0.0
    cost = row["rate"] * sum(line["quantity"] * line["cost_minor"] for line in known)
    return kept * float(net * share - cost + net * (1 - share) * MARGIN)


def known(row: Row) -> bool:
    return row["customer_id"] is not None and row["customer_id"] != GONE


@settings(deadline=None, max_examples=20)
@given(books(), DAYS, DAYS)
def test_documents_lines_and_money_of_a_period(tables: dict[str, list[Row]], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    people = [{"id": key(n), "since": noon(FIRST), "deleted_at": noon(LAST) if n == 8 else None} for n in range(1, 9)]
    names = (
        "cancellations", "adjustments", "cancellation_lines", "lines_without_customer", "sold_lines", "sold_to_known",
        "countries", "gross_revenue", "credited", "orders_of_customers", "margin", "cltv",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), "Europe/London", customers_customer=people, **tables)
        found = values(lake, names, LAST, start, end, margin=MARGIN)
    orders, lines = tables["commerce_order"], defaultdict(list)
    for line in tables["commerce_orderline"]:
        lines[line["order_id"]].append(line)
    inside = [row for row in orders if start <= day(row) < end]
    gone = [row for row in inside if row["kind"] == "credit" or row["status"] == "cancelled"]
    sold = [
        (row, line)
        for row in inside
        if known(row)
        for line in lines[row["id"]]
        if line["quantity"] > 0 and line["unit_price_minor"] > 0
    ]
    paid_back = sum(r["amount_base_minor"] for r in tables["commerce_refund"] if start <= day(r, "refunded_at") < end)
    live = [row for row in inside if row["status"] != "cancelled"]
    firsts: dict[str, date] = {}
    for row in sorted(orders, key=day):
        if row["country"]:
            firsts.setdefault(row["country"], day(row))
    margins = [left(row, lines[row["id"]]) for row in live]

    assert found["cancellations"] == len(gone)
    assert found["adjustments"] == sum(row["kind"] == "adjustment" for row in inside)
    assert found["cancellation_lines"] == sum(row["lines_count"] for row in gone)
    assert found["lines_without_customer"] == sum(row["lines_count"] for row in inside if not row["customer_id"])
    assert found["sold_lines"] == len(sold)
    assert found["sold_to_known"] == sum(line["total_minor"] * row["rate"] for row, line in sold) / 100
    assert found["countries"] == sum(start <= when < end for when in firsts.values())
    assert found["gross_revenue"] == pytest.approx(
        sum(row["gross_minor"] * row["rate"] for row in live if row["kind"] == "sale") / 100
    )
    notes = sum(row["net_base_minor"] for row in live if row["kind"] == "credit")
    assert found["credited"] == pytest.approx((paid_back - notes) / 100)
    assert found["orders_of_customers"] == sum(known(row) and counts(row) for row in inside)
    assert found["margin"] == pytest.approx(sum(margins) / 100, abs=1e-6)
    buyers = {r["customer_id"] for r in live if known(r) and r["kind"] == "sale" and r["has_sale_line"]}
    brought = sum(left(row, lines[row["id"]]) for row in live if row["customer_id"] in buyers)
    assert found["cltv"] == (pytest.approx(brought / len(buyers) / 100, abs=1e-6) if buyers else None)


def years() -> Iterator[Row]:
    """Yield two years of orders of 220 customers who buy at rates of their own until they leave."""
    chance = random.Random(7)
    for who in range(1, 221):
        pace, until = chance.gammavariate(1.2, 0.02), chance.randrange(60, 720)
        at = float(chance.randrange(300))
        while at < min(until, 729):
            yield order(who, FIRST + timedelta(days=int(at)), round(chance.gammavariate(6, 800)))
            at += 1 + chance.expovariate(pace)


def test_the_models_say_what_their_parameters_make_of_each_customer(tmp_path: Path) -> None:
    rows = list(years())
    lake = lake_of(tmp_path, commerce_order=rows)
    alive, value = (ask(lake, name, LAST, margin=MARGIN) for name in ("p_alive", "cltv_predicted"))
    days: dict[Any, dict[date, int]] = defaultdict(dict)
    for row in rows:
        days[row["customer_id"]][day(row)] = days[row["customer_id"]].get(day(row), 0) + row["net_base_minor"]
    histories = [
        (len(of) - 1, (max(of) - min(of)).days / 7, (LAST - min(of)).days / 7,
         sum(net for when, net in of.items() if when > min(of)) / 100 / max(len(of) - 1, 1))
        for of in days.values()
    ]  # fmt: skip
    models = value.more["models"]
    model: BetaGeometric = bgnbd.BgNbd(**models["bgnbd"]["parameters"])
    p, q, gamma = (models["gamma_gamma"]["parameters"][name] for name in ("p", "q", "gamma"))
    discount = monthly_rate(0.1)
    whole = np.array([(x, round(7 * t_x), round(7 * age)) for x, t_x, age, _ in histories])
    once: BetaGeometric = mbgnbd.fit(Histories(*whole.T)).model
    chances, worths = [], []
    for x, t_x, age, mean in histories:
        one, later = (model, x - 1) if x else (once, 0)
        chances.append(1 / (1 + one.a / (one.b + later) * ((one.alpha + age) / (one.alpha + t_x)) ** (one.r + x)))
        spend = p * (gamma + x * mean) / (p * x + q - 1)
        ahead = [bgnbd_purchases(model, x, t_x, age, month * MONTH) for month in range(13)]
        steps = (ahead[k] - ahead[k - 1] for k in range(1, 13))
        worths.append(MARGIN * spend * sum(step / (1 + discount) ** k for k, step in enumerate(steps, 1)))

    assert alive.n == value.n == len(histories)
    assert value.value == pytest.approx(sum(worths) / len(worths), rel=1e-6)
    assert alive.value == pytest.approx(100 * sum(chances) / len(chances), rel=1e-6)
