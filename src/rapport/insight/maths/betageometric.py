"""What BG/NBD and MBG/NBD share: likelihood with derivatives, P(alive), purchases to come.

Both let purchases arrive at a gamma-distributed rate (shape r, rate α per week) and let a customer leave
after a purchase with a beta-distributed probability (a, b). In MBG/NBD the first purchase counts as well.
So the two differ by `shift`: 0 or 1 chances to leave before the first repeat purchase.
Sources: Fader, Hardie, Lee (2005) Marketing Science 24(2), Hardie's note 004; Batislam, Denizel,
Filiztekin (2007) International Journal of Research in Marketing 24(3).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import ClassVar, TypeVar

import numpy as np

from rapport.insight.maths import jacobi
from rapport.insight.maths.arrays import FloatArray, IntArray, dot, products
from rapport.insight.maths.fitted import ONE, Fitted, Parameters, covariance, steps
from rapport.insight.maths.histories import Collapsed, Histories, by_x_and_age
from rapport.insight.maths.newton import search

STARTS = (
    (0.0, 0.0, 0.0, 0.0),
    (-1.5, 0.0, 0.0, 1.0),
    (0.0, 2.0, -1.0, 1.0),
    (1.0, 1.0, 1.0, 2.0),
    (-1.0, -1.0, -2.0, 0.0),
)
"""Logarithms of r, α, a, b to begin from, with time scaled so that the longest history is 10."""
COARSE = 2000
"""Histories with repeat purchases that the starts are tried on."""


@dataclass(frozen=True, slots=True)
class BetaGeometric(Parameters):
    """Parameters r (shape of the purchase rate), alpha (weeks), a and b (of the chance to leave)."""

    shift: ClassVar[int]

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, histories: Histories) -> float:
        """Of all histories together; time in weeks."""
        likelihood = Likelihood(histories.collapsed, self.shift, 1.0)
        return -likelihood.value(np.log(np.array(astuple(self)))) * histories.size

    def p_alive(self, histories: Histories) -> FloatArray:
        """Probability of being still a customer at the end of observation, per customer."""
        last, age, x = histories.last, histories.age, histories.x
        log_ratio = age.take(np.log(self.alpha + age.weeks))
        log_ratio -= last.take(np.log(self.alpha + last.weeks))
        counts = np.arange(int(x.max()) + 1 if x.size else 1)
        gone = log_ratio
        gone *= (self.r + counts)[x]
        gone += self._log_odds(counts)[x]
        np.exp(np.minimum(gone, 700.0, out=gone), out=gone)
        gone += 1.0
        return np.reciprocal(gone, out=gone)

    def _log_odds(self, x: IntArray) -> FloatArray:
        """ln(a/(b+x-1)), the odds of having left at the last purchase; -inf where nobody could."""
        chances = x + self.shift
        odds = np.log(self.a) - np.log(np.maximum(self.b + chances - 1, 1e-300))
        return np.where(chances > 0, odds, -np.inf)

    def while_alive(self, x: IntArray, T: FloatArray, t: float, worth: FloatArray = ONE) -> FloatArray:
        """Purchases expected in the next t weeks of somebody who is a customer at T.

        With several `worth`, t is cut in so many equal parts, and a purchase in a part counts as much.
        """
        parts = steps(worth)

        def purchases(pu: FloatArray, p: FloatArray, k: FloatArray) -> FloatArray:
            total = np.zeros_like(pu)
            for end, by in parts:
                total += by * jacobi.purchases(end * pu, p, k)
            return total

        return self._mean(purchases, x, T, t)

    def pairs_while_alive(self, x: IntArray, T: FloatArray, t: float) -> FloatArray:
        """Mean of Y(Y-1) for the purchases Y in the next t weeks of somebody who is a customer at T."""
        return self._mean(jacobi.purchase_pairs, x, T, t)

    def _mean(self, of: jacobi.Function, x: IntArray, T: FloatArray, t: float) -> FloatArray:
        """Over the chance to leave and the rate of somebody who made x repeat purchases and is there at T."""
        count = x.astype(np.float64)
        return jacobi.expect(of, self.a, self.b + self.shift + count, t / (self.alpha + T), self.r + count)

    def purchases(self, histories: Histories, t: float) -> FloatArray:
        """E[Y(t) | x, t_x, T]: purchases expected in the next t weeks, per customer."""
        expected = by_x_and_age(histories, lambda x, T: self.while_alive(x, T, t))
        return expected * self.p_alive(histories)

    def purchases_of_new(self, t: float) -> float:
        """E[X(t)]: repeat purchases expected in the first t weeks of somebody who just bought once."""
        if t == 0:
            return 0.0
        just_bought = self.while_alive(np.zeros(1, np.int64), np.zeros(1), t)
        stays = self.b / (self.a + self.b) if self.shift else 1.0
        return stays * float(just_bought[0])


B = TypeVar("B", bound=BetaGeometric)


def fit_beta_geometric(kind: type[B], histories: Histories) -> Fitted[B]:
    """Maximum likelihood; raises TooFewRepeaters, TooLittleHistory, NoFit."""
    histories.require_enough()
    rows = histories.collapsed
    scale = 10.0 / float(rows.age.weeks.max())
    full = Likelihood(rows, kind.shift, scale)
    thin = rows.thinned(COARSE)
    coarse = full if thin is rows else Likelihood(thin, kind.shift, scale)
    best = search(full.derivatives, coarse.derivatives, [np.array(start) for start in STARTS])
    values = np.exp(best.theta)
    values[1] /= scale
    model = kind.of(values)
    return Fitted(
        model,
        model.log_likelihood(histories),
        histories.size,
        histories.repeaters,
        covariance(best, histories.size),
        best.penalty,
    )


class Likelihood:
    """Minus the mean log-likelihood of a customer as a function of ln(r, α, a, b), with derivatives.

    With n_j customers having more than j repeat purchases the gamma functions become sums of n_j·ln(r+j),
    so only what depends on a whole history is worked out per history: D, the log-odds of having left.
    LL = Σ_j n_j ln(r+j) + Σ_j m_j [ln(b+j) - ln(a+b+j)] + n r ln α - Σ (r+x) ln(α+T) + Σ ln(1 + e^D).
    """

    def __init__(self, rows: Collapsed, shift: int, scale: float) -> None:
        self.scale = scale
        self.last, self.age = rows.last.weeks * scale, rows.age.weeks * scale
        share = rows.weight / rows.weight.sum()
        self.by_age = np.bincount(rows.age.code, share, self.age.size)
        self.x_by_age = np.bincount(rows.age.code, share * rows.x, self.age.size)
        self.more_than = _more_than(rows.x, share)
        self.chances = _more_than(rows.x + shift, share)
        leave = slice(int(np.searchsorted(rows.x + shift, 1)), None)
        self.x, self.weight = rows.x[leave], share[leave]
        self.x_float = self.x.astype(np.float64)
        self.last_code, self.age_code = rows.last.code[leave], rows.age.code[leave]
        self.before = np.maximum(np.arange(int(rows.x.max()) + 1) + (shift - 1.0), 0.0)
        self.mean_x = dot(share, rows.x.astype(np.float64))

    def value(self, theta: FloatArray) -> float:
        """Minus the mean log-likelihood in unscaled time."""
        return self.derivatives(theta)[0] - self.mean_x * float(np.log(self.scale))

    def derivatives(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Minus the mean log-likelihood in scaled time, its gradient and Hessian in theta."""
        p = np.exp(theta)
        value, g, h = self._common(*p)
        more, g_left, h_left = self._left(*p)
        value, g, h = value + more, g + g_left, h + h_left
        return -value, -p * g, -(np.outer(p, p) * h + np.diag(p * g))

    def _common(self, r: float, alpha: float, a: float, b: float) -> tuple[float, FloatArray, FloatArray]:
        """The part of those who never leave."""
        n, m = self.more_than, self.chances
        rj, bj = r + np.arange(n.size), b + np.arange(m.size)
        abj, at = a + bj, alpha + self.age
        log_at, k = np.log(at), r * self.by_age + self.x_by_age
        value = n @ np.log(rj) + m @ np.log(bj / abj) + r * np.log(alpha) - k @ log_at
        g = np.array(
            [
                n @ (1 / rj) + np.log(alpha) - self.by_age @ log_at,
                r / alpha - k @ (1 / at),
                -(m @ (1 / abj)),
                m @ (1 / bj - 1 / abj),
            ]
        )
        h = np.zeros((4, 4))
        h[0, 0] = -(n @ rj**-2.0)
        h[0, 1] = h[1, 0] = 1 / alpha - self.by_age @ (1 / at)
        h[1, 1] = -r / alpha**2 + k @ at**-2.0
        h[2, 2] = h[2, 3] = h[3, 2] = m @ abj**-2.0
        h[3, 3] = h[2, 2] - m @ bj**-2.0
        return float(value), g, h

    def _left(self, r: float, alpha: float, a: float, b: float) -> tuple[float, FloatArray, FloatArray]:
        """Σ ln(1 + e^D) with its derivatives in r, α, a, b."""
        age, last = alpha + self.age, alpha + self.last
        k = self.x_float + r
        slope = np.empty((4, k.size))
        slope[0] = np.log(age)[self.age_code]
        slope[0] -= np.log(last)[self.last_code]
        inverse_age, inverse_last = (1 / age)[self.age_code], (1 / last)[self.last_code]
        np.multiply(k, inverse_age - inverse_last, out=slope[1])
        slope[2] = 1 / a
        slope[3] = (-1 / (b + self.before))[self.x]
        odds = k * slope[0]
        odds += (np.log(a) - np.log(b + self.before))[self.x]
        small = np.exp(-np.abs(odds))
        value = dot(self.weight, np.maximum(odds, 0) + np.log(1 + small))
        left = self.weight * np.where(odds >= 0, 1.0, small) / (1 + small)
        stayed_too = left * (1 - left / self.weight)
        h = products(slope, stayed_too)
        h[0, 1] += (cross := dot(left, inverse_age - inverse_last))
        h[1, 0] += cross
        h[1, 1] += dot(left * k, inverse_last**2 - inverse_age**2)
        h[2, 2] -= float(left.sum()) / a**2
        h[3, 3] += dot(left, slope[3] ** 2)
        return value, np.einsum("ij,j->i", slope, left), h


def _more_than(count: IntArray, weight: FloatArray) -> FloatArray:
    """Weight of those whose count is more than j, for j = 0, 1, …"""
    having = np.bincount(count, weight).astype(np.float64)
    at_least: FloatArray = np.cumsum(having[::-1])[::-1]
    return at_least[1:]
