"""Metrics of surveys come to the published figures, over the lake and for service by ticket alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rapport.insight.maths.tests.published import survey_cases
from rapport.insight.metrics.figures import Figure
from rapport.insight.metrics.run import Ask, figure, named
from rapport.insight.policy import Policy
from rapport.insight.tests.lakes import ZONE, key, lake_of, noon

DAY = date(2024, 4, 3)
Rows = list[dict[str, Any]]


def answers(kind: str, scores: list[int], low: int, high: int, **values: Any) -> Rows:
    """Return answers of a customer each, about a ticket of theirs."""
    return [
        {
            "id": key(1000 + n), "kind": kind, "customer_id": key(n), "ticket_id": key(500 + n), "score": float(score),
            "scale_low": low, "scale_high": high, "asked_at": noon(DAY), "answered_at": noon(DAY), **values,
        }
        for n, score in enumerate(scores, 1)
    ]  # fmt: skip


def found(root: Path, name: str, rows: Rows) -> Figure:
    """Return the figure of a metric over these answers, of which one was never given."""
    unanswered = {**answers("nps", [0], 0, 10)[0], "id": key(1), "customer_id": key(900), "score": None}
    asked = {**unanswered, **({"kind": rows[0]["kind"]} if rows else {}), "answered_at": None}
    tickets = [
        {"id": row["ticket_id"], "requester_id": row["customer_id"], "channel": "email", "tags": [],
         "opened_at": noon(DAY)}
        for row in rows
    ]  # fmt: skip
    lake = lake_of(root, ZONE, feedback_answer=[*rows, asked], service_ticket=tickets)
    return figure(lake, named(name), Ask(DAY, trend=False), policy=Policy(), currency="GBP")


@pytest.mark.parametrize("case", survey_cases("nps"))
def test_nps_of_the_published_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    given = [10] * case.get("promoters", 0) + [7] * case.get("passives", 0) + [3] * case.get("detractors", 0)
    nps = found(tmp_path, "nps", answers("nps", given, 0, 10))

    assert nps.n == case["n"]
    assert nps.value == (None if case["nps"] is None else pytest.approx(case["nps"], abs=1e-6))
    if case["n"]:
        assert nps.interval is not None
        assert (nps.interval.low, nps.interval.high) == pytest.approx(case["adjusted_wald95"], abs=1e-5)


def test_nps_of_every_score_once(tmp_path: Path) -> None:
    nps = found(tmp_path, "nps", answers("nps", list(range(11)), 0, 10))
    assert (nps.more["promoters"], nps.more["detractors"]) == (2, 7)
    assert nps.value == pytest.approx(-45.454545, abs=1e-6)


@pytest.mark.parametrize("name", ["csat", "service_csat"])
@pytest.mark.parametrize("case", survey_cases("csat"))
def test_csat_of_the_published_cases(tmp_path: Path, name: str, case: dict[str, Any]) -> None:
    csat = found(tmp_path, name, answers("csat", case["responses"], 1, case["scale"]))
    assert csat.n == len(case["responses"])
    assert csat.value == pytest.approx(case["top2box"], abs=1e-6)


@pytest.mark.parametrize("name", ["ces", "service_ces"])
@pytest.mark.parametrize("case", survey_cases("ces"))
def test_ces_of_the_published_cases(tmp_path: Path, name: str, case: dict[str, Any]) -> None:
    ces = found(tmp_path, name, answers("ces", case["responses"], 1, case["scale"]))
    assert ces.n == len(case["responses"])
    assert ces.value == pytest.approx(case["mean"], abs=1e-6)


@pytest.mark.parametrize("case", survey_cases("ces"))
def test_who_found_it_easy_in_the_published_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    easy = found(tmp_path, "ces_easy", answers("ces", case["responses"], 1, case["scale"]))
    assert easy.value == pytest.approx(case["pct_easy_5_7"])


@pytest.mark.parametrize("case", survey_cases("cli"))
def test_cli_of_the_published_cases_on_0_to_100(tmp_path: Path, case: dict[str, Any]) -> None:
    rows = answers("cli", list(case["answers"].values()), 1, 6)
    cli = found(tmp_path, "cli", [{**row, "customer_id": key(1)} for row in rows])
    assert cli.n == 1
    assert cli.value == pytest.approx(100 * (case["cli_raw"] - 1) / 5)
