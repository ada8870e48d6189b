"""Gamma-Gamma: the published fit, the textbook formula, and what must always hold."""

from __future__ import annotations

from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths import gammagamma
from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.gammagamma import GammaGamma, Likelihood
from rapport.insight.maths.refusals import BadHistory, NoMean, TooFewRepeaters
from rapport.insight.maths.tests.published import cdnow_summary

PUBLISHED = GammaGamma(6.25, 3.74, 15.44)


def spenders(n: int, q: float = 4.0) -> tuple[IntArray, FloatArray]:
    random = np.random.default_rng(11)
    x = 1 + random.poisson(2, n)
    return x, random.gamma(6 * x) / random.gamma(q, 1 / 15, n) / x


def test_fit_of_cdnow_has_the_published_parameters() -> None:
    histories, spend = cdnow_summary()
    fitted = gammagamma.fit(histories.x, spend)
    assert fitted.model.parameters() == pytest.approx({"p": 6.248801, "q": 3.744589, "gamma": 15.447752}, abs=5e-6)
    assert fitted.log_likelihood == pytest.approx(-4055.9232, abs=5e-5)
    assert (fitted.customers, fitted.repeaters) == (2357, 946)
    assert fitted.correlation == pytest.approx(0.1139, abs=5e-5)


def test_log_likelihood_is_the_textbooks() -> None:
    x, spend = [1, 2, 7], [22.35, 11.77, 40.0]
    p, q, g = PUBLISHED.p, PUBLISHED.q, PUBLISHED.gamma
    expected = sum(
        lgamma(p * k + q)
        - lgamma(p * k)
        - lgamma(q)
        + q * log(g)
        + (p * k - 1) * log(z)
        + p * k * log(k)
        - (p * k + q) * log(k * z + g)
        for k, z in zip(x, spend, strict=True)
    )
    assert PUBLISHED.log_likelihood(np.array(x), np.array(spend)) == pytest.approx(expected, rel=1e-12)


def test_derivatives_are_those_of_the_value() -> None:
    likelihood = Likelihood(np.array([1, 2, 2, 7]), np.array([22.35, 11.77, 30.0, 40.0]))
    theta = np.log([5.0, 3.0, 12.0])
    _, gradient, hessian = likelihood.derivatives(theta)
    for i, axis in enumerate(np.eye(3) * 1e-5):
        above, below = likelihood.derivatives(theta + axis), likelihood.derivatives(theta - axis)
        assert (above[0] - below[0]) / 2e-5 == pytest.approx(gradient[i], abs=1e-7)
        assert ((above[1] - below[1]) / 2e-5).tolist() == pytest.approx(hessian[i].tolist(), abs=1e-7)


def test_mean_spend_of_somebody_without_repeat_purchase_is_everybodys() -> None:
    everybody = 6.25 * 15.44 / 2.74
    assert PUBLISHED.population_mean == pytest.approx(everybody)
    assert PUBLISHED.mean_spend(np.array([0]), np.array([np.nan]))[0] == pytest.approx(everybody)


def test_mean_spend_is_the_textbooks() -> None:
    expected = 6.25 * (15.44 + 2 * 22.35) / (6.25 * 2 + 3.74 - 1)
    assert PUBLISHED.mean_spend(np.array([2]), np.array([22.35]))[0] == pytest.approx(expected)


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0.01, 10_000))
def test_mean_spend_lies_between_the_own_and_everybodys(x: int, spend: float) -> None:
    mean = float(PUBLISHED.mean_spend(np.array([x]), np.array([spend]))[0])
    everybody = PUBLISHED.population_mean
    assert min(spend, everybody) * (1 - 1e-9) <= mean <= max(spend, everybody) * (1 + 1e-9)
    assert float(PUBLISHED.mean_square(np.array([x]), np.array([spend]))[0]) >= mean**2


def test_a_spread_without_bound_is_infinite() -> None:
    assert GammaGamma(6, 1.5, 15).mean_square(np.array([0]), np.array([0.0])).tolist() == [np.inf]


def test_mean_is_refused_where_there_is_none() -> None:
    with pytest.raises(NoMean) as refusal:
        GammaGamma(6, 0.9, 15).mean_spend(np.array([1]), np.array([5.0]))
    assert refusal.value.q == 0.9


def test_fit_finds_the_parameters_spend_was_drawn_from() -> None:
    fitted = gammagamma.fit(*spenders(5000))
    truth, errors = {"p": 6.0, "q": 4.0, "gamma": 15.0}, fitted.standard_errors()
    for name, value in fitted.model.parameters().items():
        assert abs(value - truth[name]) < 4 * errors[name]


def test_fit_in_cents_is_the_fit_in_euros() -> None:
    x, spend = spenders(3000)
    euros, cents = gammagamma.fit(x, spend), gammagamma.fit(x, spend * 100)
    assert cents.model.p == pytest.approx(euros.model.p, rel=1e-6)
    assert cents.model.gamma == pytest.approx(100 * euros.model.gamma, rel=1e-6)
    assert cents.log_likelihood == pytest.approx(euros.log_likelihood - 3000 * log(100), rel=1e-9)


def test_fit_leaves_out_who_never_came_back_or_paid_nothing() -> None:
    x, spend = spenders(400)
    more_x, more_spend = np.append(x, [0, 3, 2]), np.append(spend, [10.0, 0.0, -4.0])
    fitted = gammagamma.fit(more_x, more_spend)
    assert (fitted.customers, fitted.repeaters) == (403, 400)
    assert fitted.log_likelihood == pytest.approx(gammagamma.fit(x, spend).log_likelihood)


def test_fit_refuses_spend_without_a_mean() -> None:
    with pytest.raises(NoMean):
        gammagamma.fit(*spenders(3000, q=0.6))


def test_fit_refuses_fewer_than_100_repeaters() -> None:
    x, spend = spenders(99)
    with pytest.raises(TooFewRepeaters):
        gammagamma.fit(x, spend)


def test_fit_refuses_arrays_of_different_length() -> None:
    with pytest.raises(BadHistory):
        gammagamma.fit(np.array([1, 2]), np.array([1.0]))


def test_correlation_shows_when_spend_depends_on_frequency() -> None:
    x, spend = spenders(2000)
    assert abs(gammagamma.correlation(x, spend)) < 0.1
    assert gammagamma.correlation(x, 10 * x.astype(np.float64)) == pytest.approx(1)
    assert gammagamma.correlation(np.ones(5, np.int64), spend[:5]) == 0
