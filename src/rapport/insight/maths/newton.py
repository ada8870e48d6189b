"""Minimising a smooth function of a few variables: damped Newton, from several starts.

The likelihoods of the purchase models give value, gradient and Hessian in one pass, and have two to
four parameters. Newton then needs about ten passes where a quasi-Newton search needs forty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.refusals import NoFit

Objective: TypeAlias = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]
"""theta -> value, gradient, Hessian."""

LONGEST_STEP = 2.0
"""In logarithms of parameters: no parameter changes by more than e² in one step."""
FLAT = 1e-9
"""A gradient (per customer) below this counts as zero."""
FAR = 14.0
"""A logarithm of a parameter beyond this has run away: there is no optimum at finite values."""
PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2)


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the search ended: point, value, gradient, Hessian, penalty used (0 when none was needed)."""

    theta: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    penalty: float = 0.0

    @property
    def slope(self) -> float:
        """The largest component of the gradient."""
        return float(np.abs(self.gradient).max())


def minimise(objective: Objective, start: FloatArray, *, flat: float = FLAT, passes: int = 60) -> Optimum:
    """Newton's method from `start`; negative curvature is turned round, steps are bounded and halved.

    Returns the best point reached within `passes` evaluations; look at `slope` to see if it settled.
    """
    theta = start
    value, gradient, hessian = objective(theta)
    step = _step(gradient, hessian)
    for _ in range(passes):
        if np.abs(gradient).max() <= flat or np.abs(step).max() < 1e-12:
            break
        tried = objective(theta + step)
        enough = value + 1e-4 * float(gradient @ step) + 1e-15 * abs(value)
        if tried[0] <= enough:
            theta = theta + step
            value, gradient, hessian = tried
            step = _step(gradient, hessian)
        else:
            step = step / 4
    return Optimum(theta, value, gradient, hessian)


def _step(gradient: FloatArray, hessian: FloatArray) -> FloatArray:
    curvature, axes = np.linalg.eigh(hessian)
    size = np.abs(curvature)
    step: FloatArray = -(axes @ ((axes.T @ gradient) / np.maximum(size, 1e-9 * size.max() + 1e-12)))
    longest = float(np.abs(step).max())
    return step * np.float64(min(1.0, LONGEST_STEP / max(longest, 1e-300)))


def search(full: Objective, coarse: Objective, starts: Sequence[FloatArray]) -> Optimum:
    """Try every start on `coarse` (a cheap version of `full`), then finish the best one on `full`.

    Accepted when the gradient of `full` vanishes at finite parameters; otherwise again with a growing
    penalty on the squares of theta. Raises NoFit when even that does not settle.
    """
    for penalty in (0.0, *PENALTIES):
        rough = [minimise(_penalised(coarse, penalty), start, flat=1e-5, passes=40) for start in starts]
        best = min(rough, key=lambda optimum: optimum.value)
        found = minimise(_penalised(full, penalty), best.theta)
        if found.slope < 1e-6 and np.abs(found.theta).max() < FAR and np.isfinite(found.value):
            return Optimum(found.theta, found.value, found.gradient, found.hessian, penalty)
    raise NoFit("no parameters found at which the likelihood is stationary")


def _penalised(objective: Objective, penalty: float) -> Objective:
    if penalty == 0.0:
        return objective

    def with_penalty(theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        value, gradient, hessian = objective(theta)
        return (
            value + penalty * float(theta @ theta),
            gradient + 2 * penalty * theta,
            hessian + 2 * penalty * np.eye(theta.size),
        )

    return with_penalty
