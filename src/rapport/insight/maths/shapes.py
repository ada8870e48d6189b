"""Ranks, weights that fade, estimates pulled to a mean, and how well a score tells two groups apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from rapport.insight.maths.arrays import BoolArray, FloatArray, IntArray, dot
from rapport.insight.maths.intervals import Interval, normal_quantile


def midranks(values: FloatArray | IntArray) -> FloatArray:
    """Ranks from 1, equal values sharing the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place].astype(np.float64)


def percentile_ranks(values: FloatArray | IntArray) -> FloatArray:
    """0 to 100: percent of the others that are lower, ties counting half. 50 for a single value."""
    if values.size == 1:
        return np.array([50.0])
    return 100 * (midranks(values) - 1) / max(values.size - 1, 1)


def fading(age: FloatArray, half_life: float) -> FloatArray:
    """Weights 0.5^(age / half_life); ages below 0 (not yet happened) count as 0."""
    return 0.5 ** (np.maximum(age, 0.0) / half_life)


def faded_mean(values: FloatArray, age: FloatArray, half_life: float) -> float | None:
    """Mean in which a value counts half after each half-life. None without values."""
    weight = fading(age, half_life)
    total = float(weight.sum())
    return dot(weight, values) / total if total > 0 else None


def shrunk(mean: FloatArray, n: FloatArray, everybody: float, strength: float) -> FloatArray:
    """Means of n observations pulled to everybody's mean, as if it had been seen `strength` times.

    (n·mean + strength·everybody) / (n + strength); where n is 0 the mean given does not matter.
    """
    own = np.where(n > 0, mean, everybody)
    return (n * own + strength * everybody) / np.maximum(n + strength, 1e-300)


def confidence(n: FloatArray, strength: float) -> FloatArray:
    """0 to 1: the weight that an own mean of n observations has in `shrunk`."""
    return n / np.maximum(n + strength, 1e-300)


@dataclass(frozen=True, slots=True)
class Auc:
    """Chance that somebody to whom it happened scored higher than somebody to whom it did not.

    0.5: no better than chance; interval after DeLong, cut at 0 and 1; p_value against 0.5, two-sided.
    """

    value: float
    interval: Interval
    positives: int
    negatives: int
    p_value: float


def auc(score: FloatArray | IntArray, happened: BoolArray, level: float = 0.95) -> Auc | None:
    """Area under the ROC curve with the interval of DeLong, DeLong, Clarke-Pearson (1988).

    Ranks instead of pairs: Sun and Xu (2014), so a million customers take a second. None unless there are
    at least two of each kind.
    """
    positive, negative = score[happened], score[~happened]
    m, n = int(positive.size), int(negative.size)
    if m < 2 or n < 2:
        return None
    together = midranks(np.concatenate([positive, negative]))
    above = (together[:m] - midranks(positive)) / n
    below = 1 - (together[m:] - midranks(negative)) / m
    value = float(above.mean())
    error = float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))
    half = normal_quantile(level) * error
    interval = Interval(max(value - half, 0.0), min(value + half, 1.0), level)
    if error > 0:
        p_value = 2 * float(ndtr(-abs(value - 0.5) / error))
    else:
        p_value = 1.0 if value == 0.5 else 0.0
    return Auc(value, interval, m, n, p_value)
