"""Metrics over the lake agree with plain Python over the same rows."""

from __future__ import annotations

import statistics
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.tests.lakes import ask, key, lake_of, noon, order

FIRST, LAST = date(2022, 1, 1), date(2023, 12, 31)
DAYS = st.dates(FIRST, LAST)
ORDERS = st.lists(
    st.builds(
        order,
        st.none() | st.integers(1, 8),
        DAYS,
        st.integers(-500, 5000),
        kind=st.sampled_from(["sale", "sale", "sale", "credit", "adjustment"]),
        status=st.sampled_from(["placed", "delivered", "cancelled"]),
        has_sale_line=st.sampled_from([True, True, False]),
        refunded_base_minor=st.sampled_from([0, 0, 100, 5000]),
        lines_count=st.integers(1, 5),
    ),
    max_size=40,
)
Order = dict[str, Any]


def sale(row: Order) -> bool:
    refunded = row["refunded_base_minor"]
    gone = refunded > 0 and refunded >= row["net_base_minor"]
    return row["kind"] == "sale" and row["has_sale_line"] and row["status"] != "cancelled" and not gone


def day(row: Order) -> date:
    found: date = row["placed_at"].date()
    return found


def bought(orders: list[Order]) -> dict[Any, list[date]]:
    found = defaultdict(list)
    for row in orders:
        if sale(row) and row["customer_id"]:
            found[row["customer_id"]].append(day(row))
    return found


def close(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) < 1e-6 * max(1.0, abs(expected))


@settings(deadline=None, max_examples=25)
@given(ORDERS, DAYS, DAYS)
def test_counts_and_sums_of_a_period(orders: list[Order], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    inside = [row for row in orders if start <= day(row) < end]
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), commerce_order=orders)
        value = {name: ask(lake, name, LAST, start, end).value for name in ("documents", "lines", "revenue", "orders")}
        average = ask(lake, "average_order_value", LAST, start, end).value
    sales = [row for row in inside if sale(row)]
    worths = [row["net_base_minor"] - row["refunded_base_minor"] for row in sales]

    assert value["documents"] == len(inside)
    assert value["lines"] == sum(row["lines_count"] for row in inside)
    assert close(value["revenue"], sum(r["net_base_minor"] for r in inside if r["status"] != "cancelled") / 100)
    assert value["orders"] == len(sales)
    assert close(average, statistics.fmean(worths) / 100 if worths else None)


@settings(deadline=None, max_examples=25)
@given(ORDERS, DAYS, st.integers(1, 500), st.integers(30, 400))
def test_who_stayed_and_who_left(orders: list[Order], start: date, days: int, active_days: int) -> None:
    end = min(start + timedelta(days=days), LAST + timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), commerce_order=orders)
        found = {
            name: ask(lake, name, LAST, start, end, active_days=active_days)
            for name in ("retention", "churn", "early_loss", "reactivated", "active_customers", "new_customers")
        }
    each = bought(orders)
    window = timedelta(days=active_days)
    before = {who for who, when in each.items() if any(start - window <= d < start for d in when)}
    after = {who for who, when in each.items() if any(end - window <= d < end for d in when)}
    new = {who for who, when in each.items() if start <= min(when) < end}
    older = {who for who, when in each.items() if min(when) < start}

    assert close(found["retention"].value, 100 * len(before & after) / len(before) if before else None)
    assert close(found["churn"].value, 100 * len(before - after) / len(before) if before else None)
    assert close(found["early_loss"].value, 100 * len(new - after) / len(new) if new else None)
    assert found["reactivated"].value == len((older - before) & after)
    assert found["active_customers"].value == len(after)
    assert found["new_customers"].value == len(new)


@settings(deadline=None, max_examples=25)
@given(ORDERS, DAYS, DAYS)
def test_who_came_back(orders: list[Order], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), commerce_order=orders)
        rate = ask(lake, "repeat_purchase_rate", LAST, start, end)
        gaps = ask(lake, "days_between_orders", LAST, start, end)
        early = ask(lake, "early_repeat_rate", LAST, start, end)
    each = bought(orders)
    counts = [sum(start <= d < end for d in when) for when in each.values()]
    buyers = [count for count in counts if count]
    between = [
        (later - earlier).days
        for when in each.values()
        for earlier, later in zip(sorted(set(when)), sorted(set(when))[1:], strict=False)
        if start <= later < end
    ]
    old = [
        sorted(when)
        for when in each.values()
        if start <= min(when) < end and min(when) + timedelta(90) <= LAST + timedelta(1)
    ]
    soon = [when for when in old if len(when) > 1 and (when[1] - when[0]).days <= 90]

    assert close(rate.value, 100 * sum(count >= 2 for count in buyers) / len(buyers) if buyers else None)
    assert rate.n == len(buyers)
    assert close(gaps.value, statistics.median(between) if between else None)
    assert close(early.value, 100 * len(soon) / len(old) if old else None)


def month(on: date) -> int:
    return on.year * 12 + on.month


@settings(deadline=None, max_examples=20)
@given(ORDERS)
def test_the_cohort_triangle(orders: list[Order]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = ask(lake_of(Path(folder), commerce_order=orders), "cohorts", LAST).more.get("cohorts", [])
    members = defaultdict(list)
    for when in bought(orders).values():
        members[month(min(when))].append({month(d) for d in when})

    assert {month(date.fromisoformat(row["start"])): row["size"] for row in found} == {
        cohort: len(of) for cohort, of in members.items()
    }
    for row in found:
        cohort = month(date.fromisoformat(row["start"]))
        assert row["active"] == [sum(cohort + k in of for of in members[cohort]) for k in range(len(row["active"]))]
        later = [sum(max(of) >= cohort + k for of in members[cohort]) for k in range(len(row["active"]))]
        assert row["kept_later"] == [round(100 * one / row["size"], 2) for one in later]


PROMISES = st.lists(
    st.fixed_dictionaries(
        {
            "due_until": DAYS.map(noon),
            "fulfilled_at": st.none() | DAYS.map(noon),
            "outcome": st.sampled_from(["kept", "late", "broken", "released", ""]),
        }
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=20)
@given(PROMISES, DAYS)
def test_kept_promises(rows: list[dict[str, Any]], as_of: date) -> None:
    for row in rows:
        if row["outcome"] not in {"kept", "late"}:
            row["fulfilled_at"] = None
    with tempfile.TemporaryDirectory() as folder:
        found = ask(lake_of(Path(folder), promises_promise=rows), "kept_promises", as_of)
    due = [row for row in rows if row["due_until"].date() <= as_of and row["outcome"] != "released"]
    kept = [
        row
        for row in due
        if row["outcome"] == "kept" and (row["fulfilled_at"] is None or row["fulfilled_at"].date() <= as_of)
    ]

    assert found.n == len(due)
    assert close(found.value, 100 * len(kept) / len(due) if due else None)


ANSWERS = st.lists(
    st.builds(
        lambda who, score, when: {
            "kind": "nps", "customer_id": who and key(who), "score": float(score), "scale_low": 0, "scale_high": 10,
            "answered_at": noon(when),
        },
        st.none() | st.integers(1, 5), st.integers(0, 10), DAYS,
    ),
    max_size=30,
    unique_by=lambda row: (row["customer_id"], row["answered_at"]) if row["customer_id"] else id(row),
)  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(ANSWERS, DAYS, DAYS)
def test_nps_takes_the_latest_answer_of_each(rows: list[dict[str, Any]], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        found = ask(lake_of(Path(folder), feedback_answer=rows), "nps", LAST, start, end)
    inside = [row for row in rows if start <= row["answered_at"].date() < end]
    latest = {row["customer_id"]: row for row in sorted(inside, key=lambda r: r["answered_at"]) if row["customer_id"]}
    counted = [*latest.values(), *(row for row in inside if not row["customer_id"])]
    promoters = sum(row["score"] >= 9 for row in counted)
    detractors = sum(row["score"] <= 6 for row in counted)

    assert found.n == len(counted)
    assert close(found.value, 100 * (promoters - detractors) / len(counted) if counted else None)
