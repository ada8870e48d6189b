"""The nine elements: exact values on small evidence, and what must always hold."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.elements.catalogue import ELEMENTS, MEASURES, PRIOR, weights
from rapport.insight.elements.compute import evidence, means, scores
from rapport.insight.elements.measures import JUDGES
from rapport.insight.elements.score import scored
from rapport.insight.lake.reader import Lake
from rapport.insight.tests.lakes import key, lake_of, noon, order, scope_of

TODAY = date(2023, 12, 31)


def worked_out(lake: Lake, as_of: date = TODAY, **rules: Any) -> dict[int, dict[str, Any]]:
    """Return the scores by customer."""
    scope = scope_of(lake, as_of, **rules)
    rows = lake.held(evidence(scope), ("test", as_of))
    found = scores(rows, means(rows, scope), dict(scope.policy.weights))
    return {row["customer_id"].int: row for row in lake.list(found)}


def promise(customer: int, due: date, fulfilled: date | None, outcome: str = "", **values: Any) -> dict[str, Any]:
    return {
        "customer_id": key(customer),
        "kind": "delivery",
        "due_until": noon(due),
        "fulfilled_at": fulfilled and noon(fulfilled),
        "outcome": outcome,
        **values,
    }


def people(*numbers: int, **values: Any) -> list[dict[str, Any]]:
    return [{"id": key(number), "kind": "person", "since": noon(date(2020, 1, 1)), **values} for number in numbers]


def test_every_measure_has_a_judge() -> None:
    assert JUDGES.keys() == MEASURES.keys()
    assert {one.element for one in MEASURES.values()} == ELEMENTS.keys()


def test_a_kept_promise_of_today_leans_on_the_mean_of_the_firm(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        customers_customer=people(1, 2),
        promises_promise=[promise(1, TODAY, TODAY, "kept"), promise(2, TODAY, None, "broken")],
    )
    found = worked_out(lake)
    mean = 0.5

    assert found[1]["v_trust_promises_kept"] == pytest.approx(100 * (1 + PRIOR * mean) / (1 + PRIOR))
    assert found[2]["v_trust_promises_kept"] == pytest.approx(100 * (0 + PRIOR * mean) / (1 + PRIOR))
    assert found[1]["c_trust_promises_kept"] == pytest.approx(1 / (1 + PRIOR))
    assert found[1]["trust"] == found[1]["v_trust_promises_kept"]


def test_older_evidence_counts_half_after_the_half_life(tmp_path: Path) -> None:
    day = TODAY - timedelta(days=180)
    lake = lake_of(
        tmp_path,
        customers_customer=people(1),
        promises_promise=[promise(1, day, day, "kept"), promise(1, TODAY, None, "broken")],
    )
    found = worked_out(lake)[1]

    assert found["w_trust_promises_kept"] == pytest.approx(1.5)
    assert found["s_trust_promises_kept"] == pytest.approx(0.5)


def test_evidence_older_than_the_window_is_none(tmp_path: Path) -> None:
    day = TODAY - timedelta(days=365)
    lake = lake_of(tmp_path, customers_customer=people(1), promises_promise=[promise(1, day, day, "kept")])

    assert worked_out(lake)[1]["trust"] is None


def test_late_promises_fall_with_lateness_and_count_by_size(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        customers_customer=people(1),
        promises_promise=[
            promise(1, TODAY - timedelta(days=7), TODAY, "late", weight=2),
            promise(1, TODAY, TODAY, "kept"),
        ],
    )
    found = worked_out(lake)[1]
    half = 0.5 ** (7 / 180)

    assert found["s_trust_promises_kept"] == pytest.approx(2 * half * 0.25 + 1)
    assert found["w_trust_promises_kept"] == pytest.approx(2 * half + 1)


def test_without_evidence_everything_but_the_profile_is_unknown(tmp_path: Path) -> None:
    found = worked_out(lake_of(tmp_path, customers_customer=people(1)))[1]

    assert {name: found[name] for name in ELEMENTS if name != "understanding"} == {
        name: None for name in ELEMENTS if name != "understanding"
    }
    assert found["index"] == found["understanding"] == 0


def test_the_profile_counts_what_is_known(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        customers_customer=people(1, name="Ana", city="Porto", country="PT", language="pt", birthday=date(1990, 1, 1)),
        customers_identity=[
            {"customer_id": key(1), "kind": "email", "created_at": noon(TODAY)},
            {"customer_id": key(1), "kind": "phone", "created_at": noon(TODAY), "invalid_at": noon(TODAY)},
        ],
    )

    assert worked_out(lake)[1]["s_understanding_profile"] == pytest.approx(6)
    assert worked_out(lake)[1]["understanding"] == pytest.approx(100 * 6 / 9)


def test_calls_in_quiet_hours_and_after_opting_out_hurt_respect(tmp_path: Path) -> None:
    def call(customer: int, at: datetime) -> dict[str, Any]:
        return {"customer_id": key(customer), "kind": "call", "direction": "out", "happened_at": at}

    lake = lake_of(
        tmp_path,
        customers_customer=[
            *people(1, quiet_from=time(21), quiet_to=time(8), zone="Asia/Tokyo", preferred_channel="email"),
            *people(2, preferred_channel="phone"),
        ],
        customers_consent=[
            {"customer_id": key(1), "channel": "phone", "state": "withdrawn", "at": noon(date(2023, 6, 1))}
        ],
        timeline_activity=[
            call(1, datetime(2023, 12, 30, 13, tzinfo=UTC)),
            call(1, datetime(2023, 12, 30, 2, tzinfo=UTC)),
            call(2, datetime(2023, 12, 30, 13, tzinfo=UTC)),
        ],
    )
    found = worked_out(lake)
    one = 0.5 ** (1 / 180)

    assert found[1]["s_respect_quiet_hours"] == pytest.approx(one)
    assert found[1]["w_respect_quiet_hours"] == pytest.approx(2 * one)
    assert found[2]["n_respect_quiet_hours"] == 0
    assert found[1]["s_respect_consent"] == 0
    assert found[2]["s_respect_consent"] == pytest.approx(one)
    assert found[1]["s_respect_preferred_channel"] == 0
    assert found[2]["respect"] > found[1]["respect"]


def test_more_calls_a_week_than_the_cap_are_pressure(tmp_path: Path) -> None:
    calls = [
        {"customer_id": key(1), "kind": "call", "direction": "out", "happened_at": noon(TODAY) + timedelta(minutes=n)}
        for n in range(6)
    ]
    found = worked_out(lake_of(tmp_path, customers_customer=people(1), timeline_activity=calls), contact_cap=4)[1]

    assert found["n_respect_pressure"] == 6
    assert found["s_respect_pressure"] == pytest.approx(4)


def test_feedback_answered_in_time_is_responsive(tmp_path: Path) -> None:
    def review(customer: int, given: date, replied: date | None, score: float = 1) -> dict[str, Any]:
        return {
            "customer_id": key(customer), "kind": "review", "score": score, "text": "Broken",
            "asked_at": noon(given), "answered_at": noon(given), "replied_at": replied and noon(replied),
        }  # fmt: skip

    day = TODAY - timedelta(days=30)
    lake = lake_of(
        tmp_path,
        customers_customer=people(1, 2, 3),
        feedback_answer=[
            review(1, day, day + timedelta(days=1)),
            review(2, day, None),
            review(3, TODAY - timedelta(days=3), None),
        ],
    )
    found = worked_out(lake)

    assert found[1]["s_responsiveness_replies"] == pytest.approx(0.5 ** (30 / 180))
    assert found[2]["s_responsiveness_replies"] == 0
    assert found[3]["n_responsiveness_replies"] == 0
    assert found[3]["responsiveness"] is None


def test_the_index_is_the_mean_of_the_elements_by_confidence(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        customers_customer=people(1, name="Ana"),
        promises_promise=[promise(1, TODAY, TODAY, "kept")],
    )
    found = worked_out(lake)[1]
    heavy = {e: found[f"conf_{e}"] for e in ELEMENTS}
    mean = sum(w * found[e] for e, w in heavy.items() if found[e] is not None) / sum(heavy.values())

    assert found["index"] == pytest.approx(mean)
    assert found["confidence"] == pytest.approx(sum(heavy.values()) / 9)
    assert heavy["trust"] == pytest.approx(3 * 0.25 / 4)


def test_an_element_without_weight_does_not_count(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        customers_customer=people(1, name="Ana"),
        promises_promise=[promise(1, TODAY, TODAY, "kept")],
    )
    found = worked_out(lake, weights={"understanding": 0})[1]

    assert found["index"] == pytest.approx(found["trust"])


def test_weights_fall_back_to_what_is_registered() -> None:
    assert weights({})["trust.promises_kept"] == 3
    assert weights({"trust.promises_kept": 5})["trust.promises_kept"] == 5
    assert weights({"trust": -1})["trust"] == 0


def test_those_who_bought_more_lately_and_more_often_are_more_loyal(tmp_path: Path) -> None:
    orders = [order(1, TODAY - timedelta(days=30 * n), 5000) for n in range(10)]
    orders += [order(2, TODAY - timedelta(days=300), 1000), order(3, TODAY - timedelta(days=100), 2000)]
    found = worked_out(lake_of(tmp_path, commerce_order=orders))

    assert found[1]["loyalty"] > found[3]["loyalty"] > found[2]["loyalty"]
    assert found[1]["profitability"] > found[3]["profitability"] > found[2]["profitability"]
    assert found[1]["b_usual"] == pytest.approx(30)


def test_an_overdue_customer_is_at_risk_with_what_they_bring_in_a_year(tmp_path: Path) -> None:
    orders = [order(1, TODAY - timedelta(days=90 + 20 * n), 1000) for n in range(5)]
    orders += [order(2, TODAY - timedelta(days=5 + 20 * n), 1000) for n in range(5)]
    lake = lake_of(tmp_path, commerce_order=orders)
    found = {row["customer_id"].int: row for row in lake.list(scored(scope_of(lake, TODAY)))}

    assert found[1]["at_risk"] == pytest.approx(5000 / 170 * 365)
    assert found[2]["at_risk"] is None
    assert found[1]["stage"] == "post_purchase"


PROMISED = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 500), st.sampled_from(["kept", "late", "broken"]), st.integers(0, 40)),
    min_size=1,
    max_size=20,
)


@settings(deadline=None, max_examples=15)
@given(PROMISED)
def test_elements_stay_between_0_and_100_and_kept_promises_help(rows: list[tuple[int, int, str, int]]) -> None:
    def made(outcome: str, who: int, ago: int, late: int) -> dict[str, Any]:
        due = TODAY - timedelta(days=ago)
        done = due + timedelta(days=late if outcome == "late" else 0)
        return promise(who, due, done if outcome != "broken" else None, outcome)

    with tempfile.TemporaryDirectory() as folder:
        rows_made = [made(outcome, who, ago, late) for who, ago, outcome, late in rows]
        before = worked_out(lake_of(Path(folder), customers_customer=people(1, 2, 3, 4), promises_promise=rows_made))
    with tempfile.TemporaryDirectory() as folder:
        more = [*rows_made, promise(1, TODAY, TODAY, "kept")]
        after = worked_out(lake_of(Path(folder), customers_customer=people(1, 2, 3, 4), promises_promise=more))

    for row in (*before.values(), *after.values()):
        assert row["trust"] is None or -1e-9 <= row["trust"] <= 100 + 1e-9
    if before[1]["trust"] is not None:
        assert after[1]["trust"] >= before[1]["trust"] - 1e-9
