"""Journey stages: who is where since when, and how customers move."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rapport.insight import journey
from rapport.insight.lake.reader import Lake
from rapport.insight.tests.lakes import key, lake_of, noon, order, scope_of

TODAY = date(2023, 12, 31)
START = date(2023, 1, 1)


def days(number: int) -> date:
    return START + timedelta(days=number)


def person(number: int, since: date = START) -> dict[str, Any]:
    return {"id": key(number), "kind": "person", "since": noon(since)}


def path(lake: Lake, as_of: date = TODAY, **rules: Any) -> list[tuple[str, int, int | None]]:
    """Return stage, day entered and day left of the first customer, counted from the start."""
    rows = lake.list(journey.spans(scope_of(lake, as_of, **rules)))
    mine = sorted((row for row in rows if row["customer_id"] == key(1)), key=lambda row: row["entered"])
    return [(row["stage"], (row["entered"] - START).days, row["left"] and (row["left"] - START).days) for row in mine]


def test_known_without_an_order_is_acquisition(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, customers_customer=[person(1)])

    assert path(lake) == [("acquisition", 0, None)]


def test_a_first_order_is_onboarded_until_it_arrives(tmp_path: Path) -> None:
    bought = order(1, days(10), delivered_at=noon(days(14)))
    lake = lake_of(tmp_path, customers_customer=[person(1)], commerce_order=[bought])

    assert path(lake, days(100)) == [("acquisition", 0, 10), ("onboarding", 10, 14), ("post_purchase", 14, None)]


def test_the_second_order_is_a_purchase_and_silence_ends_in_a_lapse(tmp_path: Path) -> None:
    orders = [order(1, days(10)), order(1, days(60))]
    lake = lake_of(tmp_path, customers_customer=[person(1)], commerce_order=orders)

    assert path(lake) == [
        ("acquisition", 0, 10),
        ("onboarding", 10, 40),
        ("post_purchase", 40, 60),
        ("purchase", 60, 74),
        ("post_purchase", 74, 240),
        ("lapsed", 240, None),
    ]


def test_long_intervals_lapse_later(tmp_path: Path) -> None:
    orders = [order(1, days(10)), order(1, days(110))]
    lake = lake_of(tmp_path, customers_customer=[person(1)], commerce_order=orders)

    assert path(lake)[-1] == ("post_purchase", 124, None)
    assert path(lake, lapse_factor=2)[-1] == ("lapsed", 310, None)


def test_who_recommends_us_is_an_advocate_until_they_say_otherwise(tmp_path: Path) -> None:
    def answer(day: int, score: float) -> dict[str, Any]:
        return {
            "customer_id": key(1), "kind": "nps", "score": score, "scale_low": 0, "scale_high": 10,
            "answered_at": noon(days(day)),
        }  # fmt: skip

    orders = [order(1, days(10), delivered_at=noon(days(12)))]
    lake = lake_of(
        tmp_path, customers_customer=[person(1)], commerce_order=orders, feedback_answer=[answer(20, 9), answer(90, 3)]
    )

    assert path(lake, days(150)) == [
        ("acquisition", 0, 10),
        ("onboarding", 10, 12),
        ("post_purchase", 12, 20),
        ("advocacy", 20, 90),
        ("post_purchase", 90, None),
    ]


def test_who_became_known_after_the_first_order_is_not_acquired_again(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, customers_customer=[person(1, days(50))], commerce_order=[order(1, days(10))])

    assert path(lake, days(60)) == [("onboarding", 10, 40), ("post_purchase", 40, None)]


def test_moves_are_counted_with_the_time_before_them(tmp_path: Path) -> None:
    orders = [order(1, days(10)), order(2, days(20)), order(2, days(30))]
    lake = lake_of(tmp_path, customers_customer=[person(1), person(2)], commerce_order=orders)
    rows = lake.list(journey.flows(scope_of(lake, days(100))))
    found = {(row["source"], row["target"]): (row["moves"], row["days"]) for row in rows}

    assert found == {
        ("acquisition", "onboarding"): (2, 15),
        ("onboarding", "post_purchase"): (1, 30),
        ("onboarding", "purchase"): (1, 10),
        ("purchase", "post_purchase"): (1, 14),
    }
