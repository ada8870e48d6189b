"""sBG: how long customers on a contract stay, from how many renewed so far.

Fader and Hardie (2007) "How to Project Customer Retention", Journal of Interactive Marketing 21(1):76-90;
the value of a customer who renewed: Fader and Hardie (2010), Marketing Science 29(1).
Each customer leaves at a renewal with a fixed chance of their own; the chances are beta-distributed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, hyp2f1

from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.fitted import Fitted, Parameters, covariance
from rapport.insight.maths.newton import search
from rapport.insight.maths.refusals import BadHistory, NoFit

STARTS = ((0.0, 0.0), (-0.5, 1.0), (1.0, 2.0), (2.0, 1.0), (-2.0, -2.0))
"""Logarithms of α and β to begin from."""


@dataclass(frozen=True, slots=True)
class Sbg(Parameters):
    """Parameters alpha and beta of the chance to leave at a renewal."""

    alpha: float
    beta: float

    def survival(self, t: FloatArray) -> FloatArray:
        """S(t): share still there after t renewals."""
        stays: FloatArray = np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta))
        return stays

    def retention(self, t: FloatArray) -> FloatArray:
        """r(t): share of those there after t-1 renewals who make renewal t, t ≥ 1."""
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def renewals_to_come(self, renewals: int, discount: float) -> float:
        """DERL: expected payments still to come of somebody in their `renewals`-th contract.

        The next payment is due now; `discount` is the rate per contract period (> 0).
        """
        n = renewals
        share = (self.beta + n - 1) / (self.alpha + self.beta + n - 1)
        return float(share * hyp2f1(1, self.beta + n, self.alpha + self.beta + n, 1 / (1 + discount)))


def fit(cohorts: Sequence[Sequence[float]]) -> Fitted[Sbg]:
    """Fit by maximum likelihood to one or more cohorts, each the numbers [at start, after 1 renewal, …].

    Raises BadHistory when a cohort grows or has no renewal yet, NoFit when nobody or everybody left.
    """
    lost, stayed = _counts(cohorts)
    if lost.sum() == 0 or stayed.sum() == 0:
        raise NoFit("a retention model needs customers who left and customers who stayed")
    size = sum(float(cohort[0]) for cohort in cohorts)
    t = np.arange(lost.size)

    def objective(theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        p = np.exp(theta)
        alpha, beta = p
        both, stay = alpha + beta + t, beta + t
        at_risk = lost + stayed
        value = lost.sum() * np.log(alpha) + stayed @ np.log(stay) - at_risk @ np.log(both)
        shared, bend = at_risk @ (1 / both), at_risk @ both**-2.0
        g = np.array([lost.sum() / alpha - shared, stayed @ (1 / stay) - shared])
        h = np.full((2, 2), bend)
        h[0, 0] -= lost.sum() / alpha**2
        h[1, 1] -= stayed @ stay**-2.0
        return -float(value) / size, -p * g / size, -(np.outer(p, p) * h + np.diag(p * g)) / size

    best = search(objective, objective, [np.array(start) for start in STARTS])
    model = Sbg.of(np.exp(best.theta))
    return Fitted(
        model,
        -objective(best.theta)[0] * size,
        round(size),
        round(float(stayed[0])),
        covariance(best, size),
        best.penalty,
    )


def _counts(cohorts: Sequence[Sequence[float]]) -> tuple[FloatArray, FloatArray]:
    """Lost and stayed at the first, second, … renewal over all cohorts."""
    longest = max((len(cohort) for cohort in cohorts), default=0) - 1
    if longest < 1:
        raise BadHistory("a cohort needs its size and at least one renewal")
    lost, stayed = np.zeros(longest), np.zeros(longest)
    for cohort in cohorts:
        active = np.asarray(cohort, dtype=np.float64)
        gone = active[:-1] - active[1:]
        if active.size == 0 or bool((gone < 0).any()) or active[-1] < 0:
            raise BadHistory("a cohort cannot grow")
        lost[: gone.size] += gone
        stayed[: gone.size] += active[1:]
    return lost, stayed
