"""How well a purchase model foretells: fitted up to a day, compared with what came after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.fitted import Fitted, PurchaseModel
from rapport.insight.maths.histories import DAY, Histories
from rapport.insight.maths.summary import Summary, purchase_days, summarise

Fit: TypeAlias = Callable[[Histories], Fitted[PurchaseModel]]

LAST_GROUP = 7
"""Customers with this many repeat purchases or more are one group."""


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with `x` repeat purchases before the day (the last group: or more), means per customer."""

    x: int
    customers: int
    actual: float
    predicted: float


@dataclass(frozen=True, slots=True)
class Holdout:
    """A back-test of a purchase model.

    actual, predicted: purchases per customer after the day; total_error: predicted over actual total
    minus 1 (None when nothing was bought); mean_error: mean absolute error per customer;
    plain_error: the same for the guess that everybody goes on at their rate so far.
    """

    fitted: Fitted[PurchaseModel]
    summary: Summary
    actual: IntArray
    predicted: FloatArray
    total_error: float | None
    mean_error: float
    plain_error: float
    groups: tuple[Group, ...]


def assess(
    customer: IntArray,
    day: IntArray,
    split_day: int,
    end_day: int,
    fit: Fit,
) -> Holdout:
    """Fit on transactions up to `split_day`, predict until `end_day`, compare.

    customer, day: as for `summarise`; fit: bgnbd.fit, mbgnbd.fit or paretonbd.fit. Raises what fit raises.
    """
    summary = summarise(customer, day, np.zeros(day.size, np.int64), split_day)
    histories = summary.histories
    fitted = fit(histories)
    actual = purchase_days(customer, day, split_day, end_day, summary.customer)
    predicted = fitted.model.purchases(histories, (end_day - split_day) * DAY)
    rate = histories.x / np.maximum(histories.T, 1)
    total = int(actual.sum())
    return Holdout(
        fitted,
        summary,
        actual,
        predicted,
        float(predicted.sum()) / total - 1 if total else None,
        float(np.abs(predicted - actual).mean()),
        float(np.abs(rate * (end_day - split_day) - actual).mean()),
        _groups(histories.x, actual, predicted),
    )


def _groups(x: IntArray, actual: IntArray, predicted: FloatArray) -> tuple[Group, ...]:
    group = np.minimum(x, LAST_GROUP)
    count = np.bincount(group, minlength=LAST_GROUP + 1)
    bought = np.bincount(group, actual, LAST_GROUP + 1)
    foretold = np.bincount(group, predicted, LAST_GROUP + 1)
    return tuple(Group(k, int(n), float(bought[k] / n), float(foretold[k] / n)) for k, n in enumerate(count) if n)
