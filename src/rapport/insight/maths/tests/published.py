"""Data and figures published elsewhere, and customers drawn from known parameters, for the tests."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.histories import Histories

VECTORS = Path(__file__).parents[6] / "shared" / "vectors"
ABSENT = "the published data are not beside the repository"

CALIBRATION_END = date(1997, 9, 30).toordinal()
HOLDOUT_END = date(1998, 6, 30).toordinal()


def survey_cases(kind: str) -> list[Any]:
    """Cases of the survey vectors as parameters, or one skipped parameter."""
    path = VECTORS / "survey-metrics" / "expected.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=ABSENT))]
    return list(json.loads(path.read_text())[kind])


def cdnow_summary() -> tuple[Histories, FloatArray]:
    """Calibration summary of the 2,357 customers (weeks, two decimals) with mean repeat spend in dollars."""
    path = VECTORS / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
    if not path.exists():
        pytest.skip(ABSENT)
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    return Histories(table[:, 1].astype(np.int64), table[:, 2], table[:, 3], unit=1.0), table[:, 4]


def cdnow_sample() -> tuple[IntArray, IntArray, IntArray]:
    """Transactions of the 2,357 customers: customer, day, cents."""
    path = VECTORS / "cdnow" / "CDNOW_sample.txt"
    if not path.exists():
        pytest.skip(ABSENT)
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    customer = np.array([int(row[1]) for row in rows])
    day = np.array([date.fromisoformat(row[2]).toordinal() for row in rows])
    return customer, day, np.array([round(float(row[4]) * 100) for row in rows])


def one(x: int, t_x: float, T: float) -> Histories:
    """One customer, in weeks."""
    return Histories(np.array([x]), np.array([float(t_x)]), np.array([float(T)]), unit=1.0)


def several() -> Histories:
    """A few different customers, in weeks."""
    return Histories(
        np.array([0, 0, 1, 2, 2, 7, 26]),
        np.array([0.0, 0.0, 1.71, 30.43, 30.43, 29.43, 30.86]),
        np.array([38.86, 27.0, 38.86, 38.86, 38.86, 31.0, 31.0]),
        unit=1.0,
    )


def drawn(size: int, days: int = 400, seed: int = 7) -> Histories:
    """Customers of a BG/NBD shop: r 0.5, α 6 weeks, a 0.9, b 2.5, who came on any of the days."""
    random = np.random.default_rng(seed)
    age = random.integers(0, days, size)
    rate, leaves = random.gamma(0.5, 1 / 6, size) / 7, random.beta(0.9, 2.5, size)
    x, last = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for i in range(size):
        now = random.exponential(1 / rate[i])
        while now <= age[i]:
            if int(now) > last[i]:
                x[i], last[i] = x[i] + 1, int(now)
            if random.random() < leaves[i]:
                break
            now += random.exponential(1 / rate[i])
    return Histories(x, last, age)
