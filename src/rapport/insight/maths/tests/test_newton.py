"""The search for a minimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.newton import minimise, search
from rapport.insight.maths.refusals import NoFit

Derivatives = tuple[float, FloatArray, FloatArray]


def valley(theta: FloatArray) -> Derivatives:
    """Rosenbrock's function: minimum 0 at (1, 1), with negative curvature on the way."""
    x, y = theta
    slope = y - x**2
    gradient = np.array([-2 * (1 - x) - 40 * x * slope, 20 * slope])
    hessian = np.array([[2 - 40 * slope + 80 * x**2, -40 * x], [-40 * x, 20.0]])
    return float((1 - x) ** 2 + 10 * slope**2), gradient, hessian


def downhill(theta: FloatArray) -> Derivatives:
    """No minimum at finite values."""
    return float(-theta.sum()), -np.ones(2), np.zeros((2, 2))


def flat_far_away(theta: FloatArray) -> Derivatives:
    """Falls to 0 for ever more slowly."""
    value = np.exp(-theta)
    return float(value.sum()), -value, np.diag(value)


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3))
def test_the_bottom_of_the_valley_is_found_from_anywhere(x: float, y: float) -> None:
    found = minimise(valley, np.array([x, y]), passes=200)
    assert found.theta.tolist() == pytest.approx([1, 1], abs=1e-6)
    assert found.slope <= 1e-9


def test_search_takes_the_best_of_the_starts() -> None:
    found = search(valley, valley, [np.array([-2.0, 2.0]), np.array([1.0, 1.0])])
    assert found.value == pytest.approx(0, abs=1e-15)
    assert found.penalty == 0


def test_search_falls_back_to_a_penalty() -> None:
    found = search(flat_far_away, flat_far_away, [np.zeros(2)])
    assert found.penalty > 0
    assert found.theta.max() < 14


def test_search_refuses_what_has_no_minimum() -> None:
    def worse(theta: FloatArray) -> Derivatives:
        value, gradient, hessian = downhill(theta)
        return 1e4 * value, 1e4 * gradient, hessian

    with pytest.raises(NoFit):
        search(worse, worse, [np.zeros(2)])
