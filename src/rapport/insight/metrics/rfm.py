"""RFM: when customers last bought, how often and for how much, each scored from 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.insight.maths.arrays import IntArray
from rapport.insight.maths.rfm import MIN_CUSTOMERS, Rfm
from rapport.insight.maths.rfm import rfm as scored
from rapport.insight.metrics.customers import CUSTOMERS
from rapport.insight.metrics.figures import Outcome
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

SEGMENTS: tuple[tuple[str, Any, int, int, int, int], ...] = (
    ("champions", _("Champions"), 4, 5, 4, 5),
    ("loyal", _("Loyal"), 3, 5, 3, 5),
    ("promising", _("Promising"), 4, 5, 1, 2),
    ("attention", _("Need attention"), 3, 3, 1, 2),
    ("at_risk", _("At risk"), 1, 2, 3, 5),
    ("asleep", _("Asleep"), 1, 2, 1, 2),
)
"""Named parts of the grid: recency from, to, and frequency from, to; a cell belongs to the first that holds it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Every customer who bought in the period, in one order: ids, last day, orders, worth (minor units), scores."""

    customers: pa.Array
    days_since: IntArray
    orders: IntArray
    worth: IntArray
    scores: Rfm | None


def each_customer(scope: Scope) -> Scored:
    """Score the customers who bought in the period."""
    rows = scope.purchases
    if scope.span.start:
        rows = rows.filter(rows.on >= scope.span.start)
    rows = rows.filter(rows.on < scope.span.end)
    grouped = rows.group_by("customer_id").aggregate(
        days_since=rows.on.max(), orders=rows.count(), worth=rows.worth.sum().cast("int64")
    )
    found = scope.lake.arrow(grouped.mutate(days_since=-grouped.days_since.epoch_days().cast("int64")))
    since, orders, worth = (found.column(name).to_numpy() for name in ("days_since", "orders", "worth"))
    since = since + scope.as_of.toordinal() - EPOCH
    customers = found.column("customer_id").combine_chunks()
    return Scored(customers, since, orders, worth, scored(since, orders, worth))


EPOCH = 719_163
"""Ordinal of 1970-01-01."""


@metric(
    "rfm",
    _("RFM"),
    definition=_(
        "Customers who bought in the period by recency, frequency and money, each scored 1 to 5 by fifths; equal "
        "values have equal scores. The value is the share of champions: recency and frequency 4 or 5."
    ),
    source="Hughes 1994; score = ceil(5 · cume_dist)",
    unit="%",
    how="model",
    kind="model",
    min_n=MIN_CUSTOMERS,
    drill=CUSTOMERS,
    group="loyalty",
)
def rfm(scope: Scope) -> Outcome:
    """The grid of recency by frequency with customers and worth, and the named segments."""
    found = each_customer(scope)
    n = int(found.orders.size)
    scores = found.scores
    if scores is None:
        return Outcome(None, n, refused=gettext("RFM needs %(n)s customers who bought.") % {"n": MIN_CUSTOMERS})
    grid = scores.grid()
    place = (scores.recency - 1) * 5 + (scores.frequency - 1)
    worth = np.bincount(place, found.worth, 25).reshape(5, 5) / scope.minor
    segments = _segments(grid, worth)
    champions = next(part["customers"] for part in segments if part["name"] == "champions")
    cells, count = np.unique(scores.cells, return_counts=True)
    more = {
        "grid": grid.tolist(),
        "worth": np.round(worth, 2).tolist(),
        "segments": segments,
        "cells": {str(cell): int(many) for cell, many in zip(cells, count, strict=True)},
    }
    return Outcome(100.0 * champions / n, n, more=more)


def _segments(grid: IntArray, worth: Any) -> list[dict[str, Any]]:
    result = []
    for name, label, *ends in SEGMENTS:
        inside = [(r, f) for r in range(5) for f in range(5) if _segment_of(r + 1, f + 1) == name]
        result.append(
            {
                "name": name,
                "label": str(label),
                "customers": int(sum(grid[r, f] for r, f in inside)),
                "worth": round(float(sum(worth[r, f] for r, f in inside)), 2),
                "recency": ends[:2],
                "frequency": ends[2:],
            }
        )
    return result


def _segment_of(recency: int, frequency: int) -> str:
    for name, _label, r_low, r_high, f_low, f_high in SEGMENTS:
        if r_low <= recency <= r_high and f_low <= frequency <= f_high:
            return name
    return ""
