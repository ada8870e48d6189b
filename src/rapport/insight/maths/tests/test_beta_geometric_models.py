"""BG/NBD and MBG/NBD: the published figures, the textbook formulas, and what must always hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rapport.insight.maths import bgnbd, mbgnbd
from rapport.insight.maths.betageometric import BetaGeometric, Likelihood
from rapport.insight.maths.bgnbd import BgNbd
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.mbgnbd import MbgNbd
from rapport.insight.maths.refusals import TooFewRepeaters, TooLittleHistory
from rapport.insight.maths.summary import summarise
from rapport.insight.maths.tests import textbook
from rapport.insight.maths.tests.published import CALIBRATION_END, cdnow_sample, cdnow_summary, drawn, one, several

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
FITTED = BgNbd(0.242593, 4.413532, 0.792886, 2.425754)
POSITIVE = st.floats(0.05, 20)
MODELS = st.builds(
    lambda kind, r, alpha, a, b: kind(r, alpha, a, b),
    st.sampled_from([BgNbd, MbgNbd]),
    POSITIVE,
    POSITIVE,
    POSITIVE,
    POSITIVE,
)
HISTORY = st.builds(
    lambda x, t_x, more: one(x, t_x if x else 0.0, (t_x if x else 0.0) + more),
    st.integers(0, 60),
    st.floats(0.1, 150),
    st.floats(0, 100),
)


def test_bgnbd_of_cdnow_has_the_published_parameters() -> None:
    histories, _ = cdnow_summary()
    fitted = bgnbd.fit(histories)
    assert astuple(fitted.model) == pytest.approx((0.242593, 4.413532, 0.792886, 2.425754), abs=2e-6)
    assert fitted.log_likelihood == pytest.approx(-9582.4256, abs=5e-5)
    assert (fitted.customers, fitted.repeaters, fitted.penalty) == (2357, 946, 0)
    assert PUBLISHED.log_likelihood(histories) == pytest.approx(-9582.4268, abs=5e-5)


def test_mbgnbd_of_cdnow_has_the_published_parameters() -> None:
    histories, _ = cdnow_summary()
    fitted = mbgnbd.fit(histories)
    assert astuple(fitted.model) == pytest.approx((0.524838, 6.182992, 0.891356, 1.613999), abs=2e-6)
    assert fitted.log_likelihood == pytest.approx(-9582.1327, abs=5e-5)


def test_bgnbd_of_cdnow_transactions_rounds_to_the_published_parameters() -> None:
    fitted = bgnbd.fit(summarise(*cdnow_sample(), CALIBRATION_END).histories)
    assert {name: round(value, 3) for name, value in fitted.model.parameters().items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert round(fitted.log_likelihood, 1) == -9582.4


@pytest.mark.parametrize(
    ("t", "expected"), [(0, 0), (0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437)]
)
def test_purchases_of_a_new_customer_are_the_published_ones(t: float, expected: float) -> None:
    assert round(FITTED.purchases_of_new(t), 4) == expected


def test_purchases_in_78_weeks_are_the_published_ones_but_for_their_cut_series() -> None:
    # The published 1.8576 is what 150 terms of the series give; all of it gives 1.8580.
    assert round(FITTED.purchases_of_new(78), 4) == 1.8580


def test_next_purchases_of_the_first_customer_are_the_published_ones() -> None:
    assert round(float(PUBLISHED.purchases(one(2, 30.43, 38.86), 39)[0]), 3) == 1.226


def test_mbgnbd_lets_a_new_customer_leave_at_once() -> None:
    model = MbgNbd(0.524838, 6.182992, 0.891356, 1.613999)
    stays = model.b / (model.a + model.b)
    assert model.p_alive(one(0, 0, 0))[0] == pytest.approx(stays)
    assert model.purchases(one(0, 0, 0), 30)[0] == pytest.approx(model.purchases_of_new(30))
    assert float(model.p_alive(one(0, 0, 100))[0]) < float(model.p_alive(one(0, 0, 10))[0]) < stays


def test_bgnbd_takes_everybody_with_one_purchase_for_alive() -> None:
    assert PUBLISHED.p_alive(one(0, 0, 500)).tolist() == [1]


def test_somebody_who_bought_today_is_allowed() -> None:
    assert PUBLISHED.purchases(one(0, 0, 0), 39)[0] == pytest.approx(PUBLISHED.purchases_of_new(39))


@pytest.mark.parametrize("model", [PUBLISHED, MbgNbd(0.525, 6.183, 0.891, 1.614), BgNbd(3, 0.5, 12, 0.3)])
def test_log_likelihood_is_the_textbooks(model: BetaGeometric) -> None:
    histories = several()
    expected = sum(
        textbook.beta_geometric_likelihood(model, int(x), float(t_x), float(T))
        for x, t_x, T in zip(histories.x, histories.t_x, histories.T, strict=True)
    )
    assert model.log_likelihood(histories) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("t", [1.0, 39.0, 200.0])
def test_purchases_are_the_textbooks(t: float) -> None:
    histories = several()
    expected = [
        textbook.bgnbd_purchases(PUBLISHED, int(x), float(t_x), float(T), t)
        for x, t_x, T in zip(histories.x, histories.t_x, histories.T, strict=True)
    ]
    assert PUBLISHED.purchases(histories, t).tolist() == pytest.approx(expected, rel=1e-9)


def test_a_of_exactly_one_is_no_special_case() -> None:
    near, exact = BgNbd(0.3, 5, 1 + 1e-7, 2.5), BgNbd(0.3, 5, 1.0, 2.5)
    assert exact.purchases(several(), 40).tolist() == pytest.approx(near.purchases(several(), 40).tolist(), rel=1e-6)


@pytest.mark.parametrize("shift", [0, 1])
def test_derivatives_are_those_of_the_value(shift: int) -> None:
    likelihood = Likelihood(several().collapsed, shift, 0.25)
    theta = np.log([0.4, 2.0, 0.7, 1.9])
    _, gradient, hessian = likelihood.derivatives(theta)
    for i, axis in enumerate(np.eye(4) * 1e-5):
        above, below = likelihood.derivatives(theta + axis), likelihood.derivatives(theta - axis)
        assert (above[0] - below[0]) / 2e-5 == pytest.approx(gradient[i], abs=1e-8)
        assert ((above[1] - below[1]) / 2e-5).tolist() == pytest.approx(hessian[i].tolist(), abs=1e-8)


@settings(deadline=None)
@given(MODELS, HISTORY, st.floats(0.1, 100))
def test_alive_is_a_probability_and_purchases_grow_with_time(
    model: BetaGeometric, history: Histories, t: float
) -> None:
    alive = float(model.p_alive(history)[0])
    assert 0 <= alive <= 1
    soon, later = float(model.purchases(history, t)[0]), float(model.purchases(history, 2 * t)[0])
    assert 0 <= soon <= later * (1 + 1e-9)
    rate = (model.r + int(history.x[0])) / (model.alpha + float(history.T[0]))
    assert soon <= alive * rate * t * (1 + 1e-6)


@settings(deadline=None)
@given(MODELS, HISTORY, st.floats(1, 100))
def test_waiting_longer_makes_alive_less_likely(model: BetaGeometric, history: Histories, longer: float) -> None:
    waited = one(int(history.x[0]), float(history.t_x[0]), float(history.T[0]) + longer)
    assert float(model.p_alive(waited)[0]) <= float(model.p_alive(history)[0]) + 1e-12


@settings(deadline=None)
@given(MODELS, HISTORY, st.floats(0.5, 60))
def test_purchases_vary_at_least_as_much_as_their_mean_allows(
    model: BetaGeometric, history: Histories, t: float
) -> None:
    T = history.age.take(history.age.weeks)
    mean, pairs = model.while_alive(history.x, T, t), model.pairs_while_alive(history.x, T, t)
    assert float(pairs[0] + mean[0] - mean[0] ** 2) >= -1e-9 * float(mean[0] ** 2)


@settings(deadline=None, max_examples=10)
@given(st.floats(0.2, 2), st.floats(2, 10), st.floats(0.2, 2), st.floats(1, 4))
def test_pairs_of_purchases_are_those_of_a_simulation(r: float, alpha: float, a: float, b: float) -> None:
    model, random, n, t = BgNbd(r, alpha, a, b), np.random.default_rng(1), 40_000, 10.0
    rate, leaves = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    count, now = np.zeros(n), random.exponential(1, n) / rate
    there = np.ones(n, np.bool_)
    while (there := there & (now <= t)).any():
        count += there
        there = there & (random.random(n) > leaves)
        now = now + random.exponential(1, n) / rate
    zero, T = np.zeros(1, np.int64), np.zeros(1)
    mean = float(model.while_alive(zero, T, t)[0])
    pairs = float(model.pairs_while_alive(zero, T, t)[0])
    assume(mean > 0.05)
    seen = count * (count - 1)
    assert count.mean() == pytest.approx(mean, abs=6 * count.std() / np.sqrt(n))
    assert seen.mean() == pytest.approx(pairs, abs=6 * seen.std() / np.sqrt(n))


def test_worth_by_part_of_the_time_adds_up() -> None:
    x, T = np.array([0, 3, 12]), np.array([0.0, 20.0, 31.0])
    worth = np.array([0.9, 0.8, 0.7])
    ends = [PUBLISHED.while_alive(x, T, t) for t in (10.0, 20.0, 30.0)]
    expected = 0.9 * ends[0] + 0.8 * (ends[1] - ends[0]) + 0.7 * (ends[2] - ends[1])
    assert PUBLISHED.while_alive(x, T, 30.0, worth).tolist() == pytest.approx(expected.tolist())


def test_fit_finds_the_parameters_customers_were_drawn_from() -> None:
    fitted = bgnbd.fit(drawn(6000))
    errors = fitted.standard_errors()
    truth = {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 2.5}
    for name, value in fitted.model.parameters().items():
        assert abs(value - truth[name]) < 4 * errors[name] + 0.15 * truth[name]
    assert fitted.penalty == 0


def test_fit_does_not_depend_on_the_unit_of_time_or_the_order() -> None:
    histories = drawn(1500)
    shuffle = np.random.default_rng(3).permutation(histories.size)
    weeks = Histories(histories.x[shuffle], histories.t_x[shuffle] / 7, histories.T[shuffle] / 7, unit=1.0)
    first, second = bgnbd.fit(histories), bgnbd.fit(weeks)
    assert first.model.parameters() == pytest.approx(second.model.parameters(), rel=1e-6)
    assert first.log_likelihood == pytest.approx(second.log_likelihood, rel=1e-10)


@pytest.mark.parametrize("fit", [bgnbd.fit, mbgnbd.fit])
def test_fit_refuses_fewer_than_100_repeaters(fit: Callable[[Histories], object]) -> None:
    with pytest.raises(TooFewRepeaters) as refusal:
        fit(several())
    assert (refusal.value.found, refusal.value.needed) == (5, 100)


def test_fit_refuses_a_history_shorter_than_two_gaps() -> None:
    n = np.ones(200, np.int64)
    with pytest.raises(TooLittleHistory) as refusal:
        bgnbd.fit(Histories(n, 30 * n, 45 * n))
    assert refusal.value.observed == pytest.approx(45 / 7)
    assert refusal.value.needed == pytest.approx(60 / 7)


def test_nobody_is_predicted_as_nothing() -> None:
    nobody = Histories(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert PUBLISHED.p_alive(nobody).size == 0
    assert PUBLISHED.purchases(nobody, 10).size == 0
