"""Metrics of customers, answers, promises and deliveries agree with plain Python over the same rows."""

from __future__ import annotations

import math
import re
import statistics
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.metrics.rfm import SEGMENTS
from rapport.insight.metrics.run import METRICS
from rapport.insight.tests.lakes import ask, key, lake_of, noon, order

FIRST, LAST = date(2022, 1, 1), date(2023, 12, 31)
DAYS = st.dates(FIRST, LAST)
Row = dict[str, Any]


def near(value: float | None) -> Any:
    return value if value is None else pytest.approx(value)


def share(hits: int, of: int) -> Any:
    return near(100 * hits / of if of else None)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(DAYS, st.booleans()), max_size=10), st.lists(st.tuples(st.integers(0, 9), DAYS), max_size=25),
       DAYS, DAYS)  # fmt: skip
def test_who_is_known_and_who_bought(
    people: list[tuple[date, bool]], bought: list[tuple[int, date]], one: date, other: date
) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    rows = [
        {"id": key(n + 1), "since": noon(since), "deleted_at": noon(LAST) if gone else None}
        for n, (since, gone) in enumerate(people)
    ]
    orders = [order(n + 1, on) for n, on in bought if n < len(people)]
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), customers_customer=rows, commerce_order=orders)
        found = {name: ask(lake, name, LAST, start, end).value for name in ("customers", "buyers", "repeat_buyers")}
    live = {n for n, (_, gone) in enumerate(people) if not gone}
    counts: dict[int, int] = defaultdict(int)
    for n, on in bought:
        if n in live and start <= on < end:
            counts[n] += 1

    assert found["customers"] == sum(people[n][0] < end for n in live)
    assert found["buyers"] == len(counts)
    assert found["repeat_buyers"] == sum(count > 1 for count in counts.values())


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(DAYS, st.integers(1, 4), st.integers(-20, 100)), min_size=20, max_size=40))
def test_customers_by_recency_frequency_and_money(people: list[tuple[date, int, int]]) -> None:
    orders = [order(who, last, net) for who, (last, many, net) in enumerate(people, 1) for _ in range(many)]
    with tempfile.TemporaryDirectory() as folder:
        found = ask(lake_of(Path(folder), commerce_order=orders), "rfm", LAST)

    def fifth(values: list[float], value: float) -> int:
        return math.ceil(5 * sum(one <= value for one in values) / len(values))

    lasts, many, nets = ([float(v) for v in column] for column in zip(
        *((last.toordinal(), often, often * net) for last, often, net in people), strict=True))  # fmt: skip
    cells: dict[str, int] = defaultdict(int)
    for last, often, net in zip(lasts, many, nets, strict=True):
        cells[f"{fifth(lasts, last)}{fifth(many, often)}{fifth(nets, net) if net > 0 else 1}"] += 1
    if len(people) < 25:
        assert found.value is None
        assert found.refused
        return
    assert found.more["cells"] == dict(cells)
    champions = sum(count for cell, count in cells.items() if cell[0] in "45" and cell[1] in "45")
    assert found.value == share(champions, len(people))
    assert sum(part["customers"] for part in found.more["segments"]) == len(people)
    assert len(found.more["segments"]) == len(SEGMENTS)


SCALES = {
    "review": [(1, 5), (1, 10)],
    "csat": [(1, 5), (1, 7), (0, 1)],
    "ces": [(1, 7), (1, 5)],
    "cli": [(0, 10), (1, 6)],
}


@st.composite
def answers(draw: st.DrawFn) -> Row:
    kind = draw(st.sampled_from([*SCALES]))
    low, high = draw(st.sampled_from(SCALES[kind]))
    given_on = draw(st.none() | DAYS)
    return {
        "kind": kind, "scale_low": low, "scale_high": high, "customer_id": key(draw(st.integers(1, 3))),
        "score": None if given_on is None else float(draw(st.integers(low, high))),
        "answered_at": given_on and noon(given_on), "asked_at": draw(st.none() | DAYS.map(noon)),
    }  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.lists(answers(), max_size=30), st.booleans(), DAYS, DAYS)
def test_what_customers_say(rows: list[Row], asked_csat: bool, one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    rows = rows if asked_csat else [row for row in rows if row["kind"] != "csat"]
    three = [{**row, "answered_at": noon(date(2023, 3, 3))} for row in rows if row["kind"] == "cli" and row["score"]][
        :3
    ]
    rows = [*rows, *({**row, "customer_id": key(4)} for row in three)]
    names = ("csat", "review_score", "ces", "ces_easy", "cli", "response_rate")
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), feedback_answer=rows)
        found = {name: ask(lake, name, LAST, start, end) for name in names}

    def of(kind: str, *scale: int) -> list[float]:
        return [row["score"] for row in inside if row["kind"] == kind and scale in ((), scale_of(row))]

    def scale_of(row: Row) -> tuple[int, int]:
        return row["scale_low"], row["scale_high"]

    inside = [row for row in rows if row["answered_at"] and start <= row["answered_at"].date() < end]
    surveyed = any(row["kind"] == "csat" and row["score"] is not None for row in rows)
    rated = [
        r for r in inside if r["kind"] == ("csat" if surveyed else "review") and (surveyed or scale_of(r) == (1, 5))
    ]
    loyal = defaultdict(list)
    for row in inside:
        if row["kind"] == "cli":
            low, high = scale_of(row)
            loyal[row["customer_id"], row["answered_at"]].append(100 * (row["score"] - low) / (high - low))
    threes = [statistics.fmean(shares) for shares in loyal.values() if len(shares) == 3]
    asked = [row for row in rows if row["asked_at"] and start <= row["asked_at"].date() < end]

    easy = of("ces", 1, 7)
    assert found["ces_easy"].value == share(sum(score >= 5 for score in easy), len(easy))
    tops = [r["score"] >= r["scale_high"] - (r["scale_high"] - r["scale_low"] > 1) for r in rated]
    assert found["csat"].value == share(sum(tops), len(rated))
    for name, scores in (("review_score", of("review", 1, 5)), ("ces", of("ces", 1, 7)), ("cli", threes)):
        assert found[name].n == len(scores)
        assert found[name].value == near(statistics.fmean(scores) if scores else None)
    assert found["response_rate"].value == share(sum(row["answered_at"] is not None for row in asked), len(asked))


@st.composite
def deliveries(draw: st.DrawFn) -> Row:
    placed = draw(DAYS)
    ahead = st.none() | st.integers(0, 40).map(lambda days: placed + timedelta(days=days))
    delivered, status = draw(ahead), draw(st.sampled_from(["delivered", "delivered", "cancelled"]))
    return order(1, placed, status=status, promised_on=draw(ahead), delivered_at=delivered and noon(delivered),
                 kind=draw(st.sampled_from(["sale", "sale", "credit"])))  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.lists(deliveries(), max_size=20), DAYS, DAYS)
def test_what_arrived_when(rows: list[Row], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), commerce_order=rows)
        on_time, days = (ask(lake, name, LAST, start, end) for name in ("on_time_delivery", "delivery_days"))
    sales = [
        row
        for row in rows
        if row["kind"] == "sale" and row["delivered_at"] and start <= row["delivered_at"].date() < end
    ]
    promised = [row for row in sales if row["promised_on"] and row["status"] != "cancelled"]
    took = [(row["delivered_at"] - row["placed_at"]).days for row in sales]

    in_time = sum(row["delivered_at"].date() <= row["promised_on"] for row in promised)
    assert on_time.value == share(in_time, len(promised))
    assert days.n == len(took)
    assert days.value == near(statistics.median(took) if took else None)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(DAYS, st.sampled_from(["kept", "late", "broken", "released", ""])), max_size=20), DAYS, DAYS)
def test_promises_that_were_not_kept(rows: list[tuple[date, str]], one: date, other: date) -> None:
    start, end = min(one, other), max(one, other) + timedelta(days=1)
    promises = [{"due_until": noon(on), "outcome": outcome, "fulfilled_at": None} for on, outcome in rows]
    with tempfile.TemporaryDirectory() as folder:
        found = ask(lake_of(Path(folder), promises_promise=promises), "broken_promises", LAST, start, end)

    assert found.value == sum(start <= on < end and outcome in ("late", "broken", "") for on, outcome in rows)


def test_every_metric_is_worked_out_in_another_way_too() -> None:
    told = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    elements = {name for name, metric in METRICS.items() if metric.group == "relationship"}  # one function for all

    assert {"relationship", "trust"} <= elements
    assert [name for name in METRICS if name not in elements and not re.search(f'"{name}"', told)] == []
