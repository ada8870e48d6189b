"""sBG: published parameters, survival, retention and residual value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths import sbg
from rapport.insight.maths.refusals import BadHistory, NoFit
from rapport.insight.maths.sbg import Sbg

# Fader and Hardie (2007), table 1: customers of 1,000 still there after 0 to 7 renewals
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@pytest.mark.parametrize(("cohort", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)])
def test_fit_has_the_published_parameters(cohort: list[float], alpha: float, beta: float) -> None:
    fitted = sbg.fit([cohort])
    assert (round(fitted.model.alpha, 3), round(fitted.model.beta, 3)) == (alpha, beta)
    assert fitted.customers == 1000


def test_survival_of_regular_customers_is_foretold_to_a_point_and_a_half() -> None:
    model = sbg.fit([REGULAR]).model
    observed = [0.223, 0.207, 0.194, 0.183, 0.173]
    assert model.survival(np.arange(8.0, 13.0)).tolist() == pytest.approx(observed, abs=0.015)


@pytest.mark.parametrize(
    ("alpha", "beta", "published"),
    [(3.80, 15.20, [3.31, 3.45, 3.59, 3.72, 3.84]), (1 / 15, 4 / 15, [7.68, 9.46, 9.86, 10.06, 10.19])],
)
def test_renewals_to_come_are_the_published_ones(alpha: float, beta: float, published: list[float]) -> None:
    model = Sbg(alpha, beta)
    assert [round(model.renewals_to_come(renewals, 0.1), 2) for renewals in range(1, 6)] == published


def test_renewals_to_come_are_the_discounted_sum_of_survival() -> None:
    model, later = Sbg(0.668, 3.806), np.arange(3.0, 2000.0)
    expected = float((model.survival(later) / model.survival(np.array([2.0])) / 1.1 ** (later - 3)).sum())
    assert model.renewals_to_come(3, 0.1) == pytest.approx(expected, rel=1e-9)


def test_cohorts_of_different_length_are_fitted_together() -> None:
    both = sbg.fit([HIGH_END, HIGH_END[:4]])
    assert both.customers == 2000
    assert both.model.alpha == pytest.approx(sbg.fit([HIGH_END]).model.alpha, rel=0.3)


@settings(deadline=None)
@given(st.floats(0.05, 20), st.floats(0.05, 20))
def test_retention_rises_and_multiplies_to_survival(alpha: float, beta: float) -> None:
    model, t = Sbg(alpha, beta), np.arange(1.0, 13.0)
    retention = model.retention(t)
    assert bool((np.diff(retention) > 0).all())
    assert np.cumprod(retention).tolist() == pytest.approx(model.survival(t).tolist(), rel=1e-9)


@pytest.mark.parametrize("cohort", [[100, 100, 100], [100, 0]])
def test_fit_refuses_a_cohort_in_which_nobody_or_everybody_left(cohort: list[float]) -> None:
    with pytest.raises(NoFit):
        sbg.fit([cohort])


@pytest.mark.parametrize("cohorts", [[], [[100]], [[100, 110]], [[100, -5]], [[100, 50], []]])
def test_fit_refuses_cohorts_that_are_none(cohorts: list[list[float]]) -> None:
    with pytest.raises(BadHistory):
        sbg.fit(cohorts)
