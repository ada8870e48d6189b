"""Confidence intervals of proportions, means, medians and net promoter scores.

Quantiles come from scipy.special; nothing here is simulated. A function returns None where no interval
exists (no data), never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt

import numpy as np
from scipy.special import bdtr, bdtrik, ndtr, ndtri, stdtrit

from rapport.insight.maths.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high, both included, at a level of confidence (0.95 = 95 %)."""

    low: float
    high: float
    level: float = 0.95

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def scaled(self, factor: float) -> Interval:
        """Both ends times a positive factor, e.g. 100 for percent."""
        return Interval(self.low * factor, self.high * factor, self.level)


def normal_quantile(level: float = 0.95) -> float:
    """z of a two-sided interval at this level: 1.959964 for 95 %."""
    return float(ndtri(0.5 + level / 2))


def wilson(successes: float, n: float, level: float = 0.95) -> Interval | None:
    """Wilson's score interval of a proportion, in shares (0 to 1). None when n is 0.

    Wilson (1927), JASA 22. Always inside [0, 1] and always around the observed share.
    """
    if n <= 0:
        return None
    if not 0 <= successes <= n:
        raise ValueError("successes must lie between 0 and n")
    z = normal_quantile(level)
    share, weight = successes / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return Interval(min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share), level)


def nps_variance(promoters: float, detractors: float, n: float) -> float:
    """Variance of one answer, with promoters +1, passives 0, detractors -1: p + d - (p - d)²."""
    p, d = promoters / n, detractors / n
    return max(p + d - (p - d) ** 2, 0.0)


def nps_wald(promoters: float, detractors: float, n: float, level: float = 0.95) -> Interval | None:
    """Wald's interval of a net promoter score, in points (-100 to 100). None when n is 0.

    Too narrow when n is small (of width 0 when all agree): shown beside, not instead of, the adjusted one.
    """
    if n <= 0:
        return None
    score = 100 * (promoters - detractors) / n
    half = 100 * normal_quantile(level) * sqrt(nps_variance(promoters, detractors, n) / n)
    return Interval(score - half, score + half, level)


def nps_adjusted_wald(promoters: float, detractors: float, n: float, level: float = 0.95) -> Interval | None:
    """Adjusted Wald interval of a net promoter score, in points. None when n is 0.

    Three answers are added: 3/4 promoter, 3/4 detractor, 3/2 passive (Rocks 2016, The American
    Statistician 70(4)). Not cut off at ±100, and with few answers that all agree it may leave out the score.
    """
    return nps_wald(promoters + 0.75, detractors + 0.75, n + 3, level) if n > 0 else None


@dataclass(frozen=True, slots=True)
class Change:
    """Difference of two waves: later minus earlier, in points, with interval, z and two-sided p-value."""

    points: float
    interval: Interval
    z: float
    p_value: float
    significant: bool


def nps_change(
    earlier: tuple[float, float, float], later: tuple[float, float, float], level: float = 0.95
) -> Change | None:
    """Did a net promoter score change? Each wave is (promoters, detractors, n). None when one is empty.

    z is the difference over the root of the summed variances. Where all answers of both waves agree those
    are 0, and the variances of the adjusted interval stand in, for no handful of answers is certain.
    """
    if earlier[2] <= 0 or later[2] <= 0:
        return None
    points = 100 * (_score(later) - _score(earlier)) + 0.0
    variance = _score_variance(*earlier) + _score_variance(*later)
    if variance == 0:
        variance = sum(_score_variance(p + 0.75, d + 0.75, n + 3) for p, d, n in (earlier, later))
    error = 100 * sqrt(variance)
    half = normal_quantile(level) * error
    p_value = 2 * float(ndtr(-abs(points) / error))
    interval = Interval(points - half, points + half, level)
    return Change(points, interval, points / error, p_value, p_value < 1 - level)


def _score(wave: tuple[float, float, float]) -> float:
    return (wave[0] - wave[1]) / wave[2]


def _score_variance(promoters: float, detractors: float, n: float) -> float:
    return nps_variance(promoters, detractors, n) / n


def mean_t(values: FloatArray, level: float = 0.95) -> Interval | None:
    """Student's interval of a mean, in the unit of the values. None below two values."""
    n = int(values.size)
    if n < 2:
        return None
    return mean_t_from(float(values.mean()), float(values.std(ddof=1)), n, level)


def mean_t_from(mean: float, deviation: float, n: int, level: float = 0.95) -> Interval | None:
    """Student's interval from mean, standard deviation (n - 1) and n. None below two values."""
    if n < 2:
        return None
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * deviation / sqrt(n)
    return Interval(mean - half, mean + half, level)


def median_interval(values: FloatArray, level: float = 0.95) -> Interval | None:
    """Interval of a median between two order statistics, without assuming a distribution.

    The k-th smallest and k-th largest value, k as large as the binomial distribution allows. None when
    there are too few values for the level (fewer than 6 at 95 %).
    """
    n, tail = int(values.size), (1 - level) / 2
    if n == 0 or bdtr(0, n, 0.5) > tail:
        return None
    k = floor(float(bdtrik(tail, n, 0.5))) + 1
    while bdtr(k, n, 0.5) <= tail:
        k += 1
    while bdtr(k - 1, n, 0.5) > tail:
        k -= 1
    ordered = np.partition(values, [k - 1, n - k])
    return Interval(float(ordered[k - 1]), float(ordered[n - k]), level)


def rounded(value: float, digits: int = 0) -> float:
    """The value as it is shown: rounded once, half away from zero, never -0."""
    scale = 10.0**digits
    nearest = floor(abs(value) * scale + 0.5 + 1e-9) / scale
    return nearest if value > 0 else 0.0 - nearest
