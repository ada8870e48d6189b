"""RFM: recency, frequency and money of each customer as scores, equal values always with equal scores.

Score = ceil(bins · cume_dist): the share of customers at or below a value, in fifths. Splitting by rank
(ntile) would give customers with the same behaviour different scores: where half of all have one order, three
different ones. The price is that bins are uneven: the lowest scores may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray

MIN_CUSTOMERS = 25
"""Below this many customers there are no scores."""
BINS = 5


@dataclass(frozen=True, slots=True)
class Rfm:
    """Scores from 1 (worst) to `bins` (best) per customer."""

    recency: IntArray
    frequency: IntArray
    money: IntArray
    bins: int

    @property
    def cells(self) -> IntArray:
        """The three scores as one number per customer: 555 is best, 111 worst."""
        return 100 * self.recency + 10 * self.frequency + self.money

    def grid(self) -> IntArray:
        """Customers by recency (rows, 1 first) and frequency (columns, 1 first)."""
        place = (self.recency - 1) * self.bins + (self.frequency - 1)
        return np.bincount(place, minlength=self.bins**2).reshape(self.bins, self.bins).astype(np.int64)


def rfm(days_since: IntArray, orders: IntArray, net: IntArray, *, bins: int = BINS, nested: bool = False) -> Rfm | None:
    """Scores from days since the last order, number of orders and net money (refunds taken off).

    None below 25 customers. Net money of 0 or less scores 1. nested: frequency is scored among customers
    of equal recency score, and money among those of equal recency and frequency score.
    """
    if days_since.size < MIN_CUSTOMERS:
        return None
    recency = score(-days_since, bins)
    if nested:
        frequency = _within(orders, recency, bins)
        money = _within(net, recency * (bins + 1) + frequency, bins)
    else:
        frequency, money = score(orders, bins), score(net, bins)
    return Rfm(recency, frequency, np.where(net <= 0, 1, money), bins)


def score(values: IntArray | FloatArray, bins: int = BINS) -> IntArray:
    """ceil(bins · cume_dist), in whole numbers: 1 to bins, high values high."""
    if values.size == 0:
        return np.zeros(0, np.int64)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    at_most = np.cumsum(count)
    return (-(-bins * at_most // values.size))[place].astype(np.int64)


def _within(values: IntArray, group: IntArray, bins: int) -> IntArray:
    result = np.zeros(values.size, np.int64)
    for one in np.unique(group):
        members = np.flatnonzero(group == one)
        result[members] = score(values[members], bins)
    return result


QUARTILE_SEGMENTS: Mapping[str, tuple[int, ...]] = {
    "premium": (333, 334, 343, 344, 433, 434, 443, 444),
    "repeat": (143, 232, 233, 234, 243, 244, 332),
    "top_spender": (124, 133, 134, 144, 224, 313, 314, 323, 324, 413, 414, 423, 424),
    "at_risk": (122, 123, 132, 212, 214, 222, 223, 312, 322, 412, 422),
    "inactive": (111, 112, 113, 114, 211, 311, 411),
}
"""Segments of quartile scores (bins=4) as used by PyMC-Marketing."""


def segment(cells: IntArray, segments: Mapping[str, tuple[int, ...]], other: str = "other") -> list[str]:
    """Name of the segment of each cell; `other` where no segment holds it."""
    names = {cell: name for name, of in segments.items() for cell in of}
    return [names.get(int(cell), other) for cell in cells]
