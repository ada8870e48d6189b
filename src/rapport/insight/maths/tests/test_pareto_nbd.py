"""Pareto/NBD: the published figures, the textbook formulas, underflow, and what must always hold."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from rapport.insight.maths import paretonbd
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.paretonbd import Likelihood, ParetoNbd
from rapport.insight.maths.refusals import TooFewRepeaters
from rapport.insight.maths.tests import textbook
from rapport.insight.maths.tests.published import cdnow_summary, one, several

BTYD = ParetoNbd(0.5534, 10.5802, 0.6061, 11.6562)
MODELS = st.builds(ParetoNbd, *[st.floats(0.05, 20)] * 4)


def test_fit_of_cdnow_has_the_published_parameters() -> None:
    histories, _ = cdnow_summary()
    fitted = paretonbd.fit(histories)
    assert astuple(fitted.model) == pytest.approx((0.553275, 10.577612, 0.606214, 11.667919), abs=1e-5)
    assert fitted.log_likelihood == pytest.approx(-9594.9739, abs=5e-5)


def test_the_best_customer_is_the_published_one() -> None:
    best = one(26, 30.86, 31)
    assert BTYD.p_alive(best)[0] == pytest.approx(0.99792, abs=5e-6)
    assert BTYD.purchases(best, 52)[0] == pytest.approx(25.4549, abs=5e-5)


def test_many_purchases_do_not_underflow() -> None:
    fewer, more = BTYD.log_likelihood(one(132, 200, 200)), BTYD.log_likelihood(one(133, 200, 200))
    assert np.isfinite([fewer, more]).all()
    alive = [float(BTYD.p_alive(one(x, 200, 200))[0]) for x in (132, 133)]
    purchases = [float(BTYD.purchases(one(x, 200, 200), 1)[0]) for x in (132, 133)]
    assert abs(alive[1] - alive[0]) < 0.05
    assert abs(purchases[1] - purchases[0]) < 0.05


@pytest.mark.parametrize("model", [BTYD, ParetoNbd(2, 0.3, 5, 40), ParetoNbd(0.1, 8, 1.0, 0.5)])
def test_log_likelihood_is_the_textbooks(model: ParetoNbd) -> None:
    histories = several()
    expected = sum(
        textbook.pareto_likelihood(model, int(x), float(t_x), float(T))
        for x, t_x, T in zip(histories.x, histories.t_x, histories.T, strict=True)
    )
    assert model.log_likelihood(histories) == pytest.approx(expected, rel=1e-8)


def test_derivatives_are_those_of_the_value() -> None:
    rows = several().collapsed
    likelihood = Likelihood(rows.x, rows.t_x, rows.T, rows.weight)
    theta = np.log([0.5, 9.0, 0.7, 12.0])
    _, gradient, hessian = likelihood.derivatives(theta)
    for i, axis in enumerate(np.eye(4) * 1e-5):
        above, below = likelihood.derivatives(theta + axis), likelihood.derivatives(theta - axis)
        assert (above[0] - below[0]) / 2e-5 == pytest.approx(gradient[i], abs=1e-8)
        assert ((above[1] - below[1]) / 2e-5).tolist() == pytest.approx(hessian[i].tolist(), abs=1e-8)


@settings(deadline=None)
@given(MODELS, st.integers(0, 60), st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 100))
def test_alive_is_a_probability_and_purchases_grow_with_time(
    model: ParetoNbd, x: int, t_x: float, more: float, t: float
) -> None:
    history = one(x, t_x if x else 0, (t_x if x else 0) + more)
    assert 0 <= float(model.p_alive(history)[0]) <= 1
    soon, later = float(model.purchases(history, t)[0]), float(model.purchases(history, 2 * t)[0])
    assert 0 <= soon <= later * (1 + 1e-9)


def test_who_bought_today_is_alive() -> None:
    assert BTYD.p_alive(one(3, 20, 20))[0] == pytest.approx(1)


def test_s_of_exactly_one_is_no_special_case() -> None:
    near, exact = ParetoNbd(0.5, 10, 1 + 1e-7, 11), ParetoNbd(0.5, 10, 1.0, 11)
    assert exact.purchases(several(), 40).tolist() == pytest.approx(near.purchases(several(), 40).tolist(), rel=1e-5)


@settings(deadline=None)
@given(MODELS, st.floats(0, 40), st.floats(1, 60))
def test_pairs_of_purchases_come_from_the_squared_time_that_remains(model: ParetoNbd, T: float, t: float) -> None:
    here = model.beta + T
    squared, _ = quad(lambda v: 2 * v * (here / (here + v)) ** model.s, 0, t)
    k = model.r + 4
    expected = k * (k + 1) / (model.alpha + T) ** 2 * squared
    assert model.pairs_while_alive(np.array([4]), np.array([T]), t)[0] == pytest.approx(expected, rel=1e-6)


def test_discounted_purchases_are_those_of_the_integral() -> None:
    history, rate = one(2, 30.43, 38.86), 0.0027
    here = BTYD.beta + 38.86
    ahead, _ = quad(lambda v: np.exp(-rate * v) * (here / (here + v)) ** BTYD.s, 0, np.inf, limit=500)
    expected = (BTYD.r + 2) / (BTYD.alpha + 38.86) * ahead * float(BTYD.p_alive(history)[0])
    assert BTYD.discounted(history, rate)[0] == pytest.approx(expected, rel=1e-6)


def test_fit_refuses_fewer_than_100_repeaters() -> None:
    with pytest.raises(TooFewRepeaters):
        paretonbd.fit(several())


def test_customers_are_predicted_alike_alone_and_in_a_crowd() -> None:
    histories = several()
    rows = np.tile(np.arange(7), 1000)
    crowd = Histories(histories.x[rows], histories.t_x[rows], histories.T[rows], 1.0)
    assert BTYD.p_alive(crowd)[-7:].tolist() == pytest.approx(BTYD.p_alive(histories).tolist())
