"""Pareto/NBD: customers buy at a gamma-distributed rate and leave at a gamma-distributed rate.

Schmittlein, Morrison, Colombo (1987) Management Science 33(1); Fader and Hardie's note 009 ("A Note on
Deriving the Pareto/NBD Model"). Leaving does not wait for a purchase, so P(alive) of one-time buyers
falls with time. The likelihood's integral over the moment of leaving is taken by Gauss-Legendre nodes and
kept in logarithms, so that hundreds of purchases do not underflow.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import gammaln, hyperu, polygamma, psi

from rapport.insight.maths.arrays import FloatArray, IntArray, dot, products
from rapport.insight.maths.fitted import ONE, Fitted, Parameters, covariance, steps
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.newton import search

STARTS = (
    (0.0, 0.0, 0.0, 0.0),
    (-0.5, 1.0, -0.5, 1.0),
    (-1.0, 0.0, 0.0, 2.0),
    (0.5, 1.0, -1.0, 0.0),
    (1.0, 2.0, 1.0, 3.0),
)
"""Logarithms of r, α, s, β to begin from, with time scaled so that the longest history is 10."""
COARSE = 1000
"""Histories with repeat purchases that the starts are tried on."""
NODES = 32
"""Moments of leaving per history."""
CHUNK = 4096
"""Histories worked on at once."""


@dataclass(frozen=True, slots=True)
class ParetoNbd(Parameters):
    """Parameters r and alpha (weeks) of the purchase rate, s and beta (weeks) of the rate of leaving."""

    r: float
    alpha: float
    s: float
    beta: float

    def log_likelihood(self, histories: Histories) -> float:
        """Of all histories together; time in weeks."""
        rows = histories.collapsed
        likelihood = Likelihood(rows.x, rows.t_x, rows.T, rows.weight)
        return -likelihood.derivatives(np.log(np.array(astuple(self))))[0] * histories.size

    def p_alive(self, histories: Histories) -> FloatArray:
        """Probability of being still a customer at the end of observation, per customer."""
        result = np.empty(histories.size)
        last, age = histories.last, histories.age
        for start in range(0, histories.size, CHUNK):
            rows = slice(start, start + CHUNK)
            x, t_x, T = histories.x[rows], last.weeks[last.code[rows]], age.weeks[age.code[rows]]
            left, alive = self._log_left(x, t_x, T), self._log_stayed(x, T)
            result[rows] = 1 / (1 + np.exp(np.minimum(left - alive, 700.0)))
        return result

    def _log_stayed(self, x: IntArray, T: FloatArray) -> FloatArray:
        return -(self.r + x) * np.log(self.alpha + T) - self.s * np.log(self.beta + T)

    def _log_left(self, x: IntArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        y, log_width = moments(x, t_x, T)
        inner = np.log(self.s) - (self.r + x)[:, None] * np.log(self.alpha + y)
        inner -= (self.s + 1) * np.log(self.beta + y)
        inner += log_width
        top = inner.max(axis=1)
        with np.errstate(invalid="ignore"):
            total = np.exp(inner - top[:, None]).sum(axis=1)
        return np.where(np.isneginf(top), -np.inf, top + np.log(np.maximum(total, 1e-300)))

    def while_alive(self, x: IntArray, T: FloatArray, t: float, worth: FloatArray = ONE) -> FloatArray:
        """Purchases expected in the next t weeks of somebody who is a customer at T.

        With several `worth`, t is cut in so many equal parts, and a purchase in a part counts as much.
        """
        span = np.zeros(T.size)
        for end, by in steps(worth):
            span += by * _power_integral(1 - self.s, np.log1p(end * t / (self.beta + T)))
        return (self.r + x) * (self.beta + T) / (self.alpha + T) * span

    def pairs_while_alive(self, x: IntArray, T: FloatArray, t: float) -> FloatArray:
        """Mean of Y(Y-1) for the purchases Y in the next t weeks of somebody who is a customer at T.

        The squared rate has mean k(k+1)/(α+T)²; the squared time that remains, up to t, has mean
        2 ∫ v ((β+T)/(β+T+v))^s dv over [0, t].
        """
        here = self.beta + T
        grown = np.log1p(t / here)
        squared = here**2 * (_power_integral(2 - self.s, grown) - _power_integral(1 - self.s, grown))
        k = self.r + x
        return 2 * k * (k + 1) / (self.alpha + T) ** 2 * squared

    def purchases(self, histories: Histories, t: float) -> FloatArray:
        """E[Y(t) | x, t_x, T]: purchases expected in the next t weeks, per customer."""
        T = histories.age.take(histories.age.weeks)
        return self.while_alive(histories.x, T, t) * self.p_alive(histories)

    def purchases_of_new(self, t: float) -> float:
        """E[X(t)]: repeat purchases expected in the first t weeks of somebody who just bought once."""
        return float(self.while_alive(np.zeros(1, np.int64), np.zeros(1), t)[0])

    def discounted(self, histories: Histories, rate: float) -> FloatArray:
        """DERT: purchases still to come, for ever, discounted continuously at `rate` a week."""
        T = histories.age.take(histories.age.weeks)
        ahead = rate ** (self.s - 1) * (self.beta + T) ** self.s * hyperu(self.s, self.s, rate * (self.beta + T))
        expected: FloatArray = (self.r + histories.x) / (self.alpha + T) * ahead * self.p_alive(histories)
        return expected


def _power_integral(power: float, grown: FloatArray) -> FloatArray:
    """∫ w^(power-1) dw over [1, e^grown]."""
    return grown if abs(power) < 1e-9 else np.expm1(power * grown) / power


_NODE, _WEIGHT = np.polynomial.legendre.leggauss(NODES)


def moments(x: IntArray, t_x: FloatArray, T: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Moments of leaving between t_x and T, and the logarithms of their weights, one row per history.

    The more purchases, the faster the integrand falls after t_x, so the nodes are spaced
    logarithmically from a distance that shrinks with x. They do not depend on the parameters.
    """
    span = T - t_x
    near = np.maximum((t_x + 0.1 * T) / (x + 1.0), 1e-9)
    reach = np.log1p(span / near)
    ahead = (0.5 * reach)[:, None] * (1 + _NODE)
    y = t_x[:, None] + near[:, None] * np.expm1(ahead)
    with np.errstate(divide="ignore"):
        log_width = np.log(0.5 * reach * near)[:, None] + ahead + np.log(_WEIGHT)
    return y, log_width


def fit(histories: Histories) -> Fitted[ParetoNbd]:
    """Fit by maximum likelihood; raises TooFewRepeaters, TooLittleHistory, NoFit."""
    histories.require_enough()
    rows = histories.collapsed
    scale = 10.0 / float(rows.T.max())
    full = Likelihood(rows.x, rows.t_x * scale, rows.T * scale, rows.weight)
    thin = rows.thinned(COARSE)
    coarse = full if thin is rows else Likelihood(thin.x, thin.t_x * scale, thin.T * scale, thin.weight)
    best = search(full.derivatives, coarse.derivatives, [np.array(start) for start in STARTS])
    values = np.exp(best.theta)
    values[[1, 3]] /= scale
    model = ParetoNbd.of(values)
    return Fitted(
        model,
        model.log_likelihood(histories),
        histories.size,
        histories.repeaters,
        covariance(best, histories.size),
        best.penalty,
    )


class Likelihood:
    """Minus the mean log-likelihood as a function of ln(r, α, s, β), with derivatives.

    A history's likelihood is a sum of positive terms: still a customer, or left at one of the moments.
    With π the terms' shares, gradient and Hessian of its logarithm are means and covariances under π.
    """

    def __init__(self, x: IntArray, t_x: FloatArray, T: FloatArray, weight: FloatArray) -> None:
        self.x, self.t_x, self.T = x, t_x, T
        self.weight = weight / weight.sum()

    def derivatives(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Minus the mean log-likelihood, its gradient and Hessian in theta."""
        p = np.exp(theta)
        r, alpha, s, beta = p
        count = np.bincount(self.x, self.weight)
        k = r + np.arange(count.size)
        value = float(count @ gammaln(k) - gammaln(r) + r * np.log(alpha) + s * np.log(beta))
        g = np.array([count @ psi(k) - psi(r) + np.log(alpha), r / alpha, np.log(beta), s / beta])
        h = np.zeros((4, 4))
        h[0, 0] = count @ polygamma(1, k) - polygamma(1, r)
        h[0, 1] = h[1, 0] = 1 / alpha
        h[2, 3] = h[3, 2] = 1 / beta
        h[1, 1], h[3, 3] = -r / alpha**2, -s / beta**2
        for start in range(0, self.x.size, CHUNK):
            part = self._part(slice(start, start + CHUNK), r, alpha, s, beta)
            value, g, h = value + part[0], g + part[1], h + part[2]
        return -value, -p * g, -(np.outer(p, p) * h + np.diag(p * g))

    def _part(self, rows: slice, r: float, alpha: float, s: float, beta: float) -> tuple[float, FloatArray, FloatArray]:
        """Logarithm of the sum of terms of some histories, weighted and summed, with derivatives."""
        x, t_x, T, weight = self.x[rows], self.t_x[rows], self.T[rows], self.weight[rows]
        y, log_width = moments(x, t_x, T)
        y = np.concatenate([T[:, None], y], axis=1)
        left = np.ones(y.shape[1])
        left[0] = 0.0
        k = (r + x)[:, None]
        log_a, log_b = np.log(alpha + y), np.log(beta + y)
        term = -k * log_a - (s + left) * log_b
        term[:, 1:] += log_width + np.log(s)
        top = term.max(axis=1)
        np.exp(term - top[:, None], out=term)
        total = term.sum(axis=1)
        term /= total[:, None]
        near_a, near_b = 1 / (alpha + y), 1 / (beta + y)
        slope = np.stack([-log_a, -k * near_a, left / s - log_b, -(s + left) * near_b])
        mean = np.einsum("irj,rj->ir", slope, term)
        share = term * weight[:, None]
        h = products(slope.reshape(4, -1), share.ravel()) - products(mean, weight)
        h[0, 1] -= (cross := float((near_a * share).sum()))
        h[1, 0] -= cross
        h[1, 1] += float((k * near_a**2 * share).sum())
        h[2, 2] -= float((left * share).sum()) / s**2
        h[2, 3] -= (cross := float((near_b * share).sum()))
        h[3, 2] -= cross
        h[3, 3] += float(((s + left) * near_b**2 * share).sum())
        return dot(weight, top + np.log(total)), np.einsum("ij,j->i", mean, weight), h
