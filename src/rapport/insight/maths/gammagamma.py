"""Gamma-Gamma: how much a customer spends in one purchase, from what they spent so far.

Fader, Hardie, Lee (2005) RFM and CLV, JMR 42(4):415-430; Hardie's note 025. Each purchase is gamma
distributed with shape p around the customer's own mean; the means vary over customers (q, γ). It takes
spend to be independent of frequency: look at `correlation` of the fit, above 0.2 it is not.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import gammaln, polygamma, psi

from rapport.insight.maths.arrays import FloatArray, IntArray, dot
from rapport.insight.maths.fitted import Fitted, Parameters, covariance
from rapport.insight.maths.histories import MIN_REPEATERS
from rapport.insight.maths.newton import search
from rapport.insight.maths.refusals import BadHistory, NoMean, TooFewRepeaters

STARTS = ((0.0, 0.7, 0.7), (1.5, 1.2, 0.5), (1.0, 1.0, -1.0), (-0.5, 0.5, 1.5), (2.5, 1.5, -2.0))
"""Logarithms of p, q, γ to begin from, with spend scaled to a mean of 1."""
COARSE = 2000
"""Customers that the starts are tried on."""


@dataclass(frozen=True, slots=True)
class GammaGamma(Parameters):
    """Parameters p (shape of one purchase), q and gamma (of the means; gamma in the unit of spend)."""

    p: float
    q: float
    gamma: float

    def log_likelihood(self, x: IntArray, spend: FloatArray) -> float:
        """Of the mean spends of all customers with x > 0 and spend > 0."""
        x, spend = _usable(x, spend)
        value, _, _ = Likelihood(x, spend).derivatives(np.log(np.array(astuple(self))))
        return -value * x.size

    @property
    def population_mean(self) -> float:
        """Mean spend per purchase over all customers, in the unit of spend. Raises NoMean if q ≤ 1."""
        if self.q <= 1:
            raise NoMean(self.q)
        return self.p * self.gamma / (self.q - 1)

    def mean_spend(self, x: IntArray, spend: FloatArray) -> FloatArray:
        """E[M | x, z̄]: mean spend per purchase to expect of each customer, in the unit of spend.

        x: repeat purchases; spend: mean of those purchases (ignored where x = 0). Raises NoMean if q ≤ 1.
        """
        weight = self._weight(x)
        return (1 - weight) * self.population_mean + weight * np.where(x > 0, spend, 0.0)

    def _weight(self, x: IntArray) -> FloatArray:
        """How much a customer's own mean counts against that of all."""
        own = self.p * x
        return own / (own + self.q - 1)

    def mean_square(self, x: IntArray, spend: FloatArray) -> FloatArray:
        """E[M² | x, z̄]; infinite where p x + q ≤ 2."""
        beyond = self.p * x + self.q - 2
        with np.errstate(divide="ignore"):
            ratio = np.where(beyond > 0, (beyond + 1) / beyond, np.inf)
        return self.mean_spend(x, spend) ** 2 * ratio


def fit(x: IntArray, spend: FloatArray) -> Fitted[GammaGamma]:
    """Fit by maximum likelihood to customers with x > 0 and spend > 0; the others are left out.

    x: repeat purchases; spend: mean value of those purchases, in any unit (gamma comes in that unit).
    Raises TooFewRepeaters, NoFit, NoMean.
    """
    customers = int(x.size)
    x, spend = _usable(x, spend)
    if x.size < MIN_REPEATERS:
        raise TooFewRepeaters(int(x.size), MIN_REPEATERS)
    unit = float(spend.mean())
    full = Likelihood(x, spend / unit)
    every = -(-x.size // COARSE)
    coarse = full if every == 1 else Likelihood(x[::every], spend[::every] / unit)
    best = search(full.derivatives, coarse.derivatives, [np.array(start) for start in STARTS])
    values = np.exp(best.theta)
    values[2] *= unit
    model = GammaGamma.of(values)
    if model.q <= 1:
        raise NoMean(model.q)
    likelihood = -(full.derivatives(best.theta)[0] + np.log(unit)) * x.size
    return Fitted(
        model,
        float(likelihood),
        customers,
        int(x.size),
        covariance(best, x.size),
        best.penalty,
        correlation(x, spend),
    )


def correlation(x: IntArray, spend: FloatArray) -> float:
    """Pearson's correlation of repeat purchases and mean spend; 0 when one of them never varies."""
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(spend) == 0:
        return 0.0
    return float(np.corrcoef(x, spend)[0, 1])


def _usable(x: IntArray, spend: FloatArray) -> tuple[IntArray, FloatArray]:
    if x.shape != spend.shape or x.ndim != 1:
        raise BadHistory("x and spend must be one-dimensional and of one length")
    keep = (x > 0) & (spend > 0)
    return x[keep], spend[keep].astype(np.float64, copy=False)


class Likelihood:
    """Minus the mean log-likelihood as a function of ln(p, q, γ), with derivatives.

    Gamma functions are worked out per different x; per customer remains ln(x z̄ + γ).
    """

    def __init__(self, x: IntArray, spend: FloatArray) -> None:
        n = x.size
        count = np.bincount(x)
        self.x = np.flatnonzero(count).astype(np.float64)
        self.share = count[np.flatnonzero(count)] / n
        self.each_x = x.astype(np.float64)
        self.total = self.each_x * spend
        log_spend = np.log(spend)
        self.mean_log = float(log_spend.mean())
        self.constant = dot(self.each_x, log_spend) / n + float(self.share @ (self.x * np.log(self.x)))

    def derivatives(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Minus the mean log-likelihood, its gradient and Hessian in theta."""
        p, q, gamma = values = np.exp(theta)
        x, share, n = self.x, self.share, self.total.size
        px, sum_px = p * x, p * x + q
        reach = self.total + gamma
        log_reach, near = np.log(reach), 1 / reach
        x_log, x_near = dot(self.each_x, log_reach) / n, dot(self.each_x, near) / n
        m_log, m_near = log_reach.mean(), near.mean()
        square = near * near
        bend = (p * dot(self.each_x, square) + q * square.sum()) / n
        value = share @ (gammaln(sum_px) - gammaln(px)) - gammaln(q) + q * np.log(gamma) - self.mean_log
        value += p * self.constant - p * x_log - q * m_log
        psi_sum, tri_sum = psi(sum_px), polygamma(1, sum_px)
        gradient = np.array(
            [
                share @ (x * (psi_sum - psi(px))) + self.constant - x_log,
                share @ psi_sum - psi(q) + np.log(gamma) - m_log,
                q / gamma - p * x_near - q * m_near,
            ]
        )
        pq = share @ (x * tri_sum)
        hessian = np.array(
            [
                [share @ (x * x * (tri_sum - polygamma(1, px))), pq, -x_near],
                [pq, share @ tri_sum - polygamma(1, q), 1 / gamma - m_near],
                [-x_near, 1 / gamma - m_near, bend - q / gamma**2],
            ]
        )
        second = np.outer(values, values) * hessian + np.diag(values * gradient)
        return -float(value), -values * gradient, -second
