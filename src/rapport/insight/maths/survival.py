"""Kaplan-Meier: the share still there after some time, when many have not left yet.

Kaplan and Meier (1958), JASA 53; interval on the log-log scale (Kalbfleisch and Prentice), which stays
inside [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rapport.insight.maths.arrays import BoolArray, FloatArray, IntArray
from rapport.insight.maths.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class Survival:
    """Steps of the curve: at `time`, `left` of `at_risk` left; `share` is still there, from low to high.

    low and high are NaN once nobody is left (no interval exists there) and 1 while nobody has left.
    """

    time: FloatArray
    at_risk: IntArray
    left: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    level: float

    def at(self, time: float) -> float:
        """Share still there just after this time."""
        step = int(np.searchsorted(self.time, time, side="right"))
        return float(self.share[step - 1]) if step else 1.0

    def median(self) -> float | None:
        """First time at which half or less is still there; None when that was not reached."""
        below = np.flatnonzero(self.share <= 0.5 + 1e-12)
        return float(self.time[below[0]]) if below.size else None


def kaplan_meier(duration: FloatArray, left: BoolArray, level: float = 0.95) -> Survival:
    """The curve from how long each was seen, and whether they left then (else they are still there)."""
    if duration.shape != left.shape:
        raise ValueError("duration and left must be of one length")
    time, place = np.unique(duration, return_inverse=True)
    gone = np.bincount(place, left, time.size).astype(np.int64)
    seen = np.bincount(place, minlength=time.size)
    at_risk = (duration.size - np.cumsum(seen) + seen).astype(np.int64)
    share: FloatArray = np.cumprod(1 - gone / np.maximum(at_risk, 1)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(gone / (at_risk * (at_risk - gone)))
        error = np.sqrt(greenwood) / np.abs(np.log(share))
        width = np.exp(normal_quantile(level) * error)
        low, high = share**width, share ** (1 / width)
    nobody_left = share == 1
    low[nobody_left] = high[nobody_left] = 1.0
    return Survival(time, at_risk, gone, share, low, high, level)
