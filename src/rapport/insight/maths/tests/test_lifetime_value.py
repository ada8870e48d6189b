"""Lifetime value with its interval, and the back-test of the models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rapport.insight.maths import bgnbd, clv, gammagamma, holdout, mbgnbd, paretonbd
from rapport.insight.maths.bgnbd import BgNbd
from rapport.insight.maths.fitted import Fitted
from rapport.insight.maths.gammagamma import GammaGamma
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.refusals import TooFewRepeaters
from rapport.insight.maths.tests.published import (
    CALIBRATION_END,
    HOLDOUT_END,
    cdnow_sample,
    cdnow_summary,
    several,
)

MODEL, MONEY = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
KNOWN = Fitted(MODEL, 0.0, 7, 5, np.zeros((4, 4)))
KNOWN_MONEY = Fitted(MONEY, 0.0, 7, 5, np.zeros((3, 3)))
SPEND = np.array([0, 0, 11.77, 22.35, 22.35, 40.0, 35.0])


def test_value_is_the_discounted_sum_over_months() -> None:
    histories = several()
    value = clv.lifetime_value(KNOWN, KNOWN_MONEY, histories, SPEND, months=3, monthly_discount=0.02, margin=0.4)
    until = [np.zeros(7)] + [MODEL.purchases(histories, k * clv.MONTH) for k in (1, 2, 3)]
    bought = sum((until[k] - until[k - 1]) / 1.02**k for k in (1, 2, 3))
    expected = 0.4 * MONEY.mean_spend(histories.x, SPEND) * bought
    assert value.each.tolist() == pytest.approx(expected.tolist())
    assert value.total == pytest.approx(float(expected.sum()))


def test_value_of_the_first_cdnow_customers_with_months_of_4345_weeks() -> None:
    # customer_lifetime_value of lifetimes 0.11.3 for the same csv: 12 months, 1 % a month
    histories, spend = cdnow_summary()
    fitted, money = bgnbd.fit(histories), gammagamma.fit(histories.x, spend)
    value = clv.lifetime_value(fitted, money, histories, spend, monthly_discount=0.01, month=4.345)
    assert value.each[:2].tolist() == pytest.approx([36.27849576, 4.63746633], abs=2e-5)
    assert value.total == pytest.approx(71509.8993, abs=0.02)


def test_an_annual_rate_compounds_to_itself() -> None:
    assert (1 + clv.monthly_rate(0.15)) ** 12 == pytest.approx(1.15)


def test_value_grows_with_the_horizon_and_shrinks_with_the_discount() -> None:
    def total(months: int, discount: float) -> float:
        return clv.lifetime_value(KNOWN, KNOWN_MONEY, several(), SPEND, months=months, monthly_discount=discount).total

    assert total(6, 0.01) < total(12, 0.01) < total(12, 0.0)


def test_known_parameters_leave_only_chance() -> None:
    value = clv.lifetime_value(KNOWN, KNOWN_MONEY, several(), SPEND)
    assert value.parameters == 0
    assert value.chance > 0
    assert value.interval
    assert value.total in value.interval


def test_spend_without_variance_has_no_interval() -> None:
    wild = replace(KNOWN_MONEY, model=GammaGamma(0.5, 1.2, 15))
    value = clv.lifetime_value(KNOWN, wild, several(), SPEND)
    assert value.interval is None
    assert value.total > 0


def test_nobody_is_worth_nothing() -> None:
    nothing = np.zeros(0, np.int64)
    value = clv.lifetime_value(KNOWN, KNOWN_MONEY, Histories(nothing, nothing, nothing), np.zeros(0))
    assert (value.total, value.interval and value.interval.high) == (0, 0)


def test_chance_is_that_of_a_simulation() -> None:
    random, n, weeks = np.random.default_rng(5), 20_000, 12 * clv.MONTH
    model, money = BgNbd(1.5, 6.0, 0.9, 2.5), GammaGamma(6, 6, 25)
    rate, leaves = random.gamma(1.5, 1 / 6.0, n), random.beta(0.9, 2.5, n)
    count, there = np.zeros(n, np.int64), np.ones(n, np.bool_)
    now = random.exponential(1, n) / rate
    while (there := there & (now <= weeks)).any():
        count += there
        there = there & (random.random(n) > leaves)
        now = now + random.exponential(1, n) / rate
    spent = random.gamma(6.0 * np.maximum(count, 1)) / random.gamma(6, 1 / 25, n) * (count > 0)
    new = Histories(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64))
    value = clv.lifetime_value(
        replace(KNOWN, model=model), replace(KNOWN_MONEY, model=money), new, np.zeros(n), monthly_discount=0.0
    )
    assert value.chance == pytest.approx(float(spent.std()) * np.sqrt(n), rel=0.1)
    assert value.interval
    assert float(spent.sum()) in value.interval


def test_back_test_of_cdnow_says_how_far_the_total_is_off() -> None:
    customer, day, _ = cdnow_sample()
    test = holdout.assess(customer, day, CALIBRATION_END, HOLDOUT_END, bgnbd.fit)
    assert test.total_error == pytest.approx(-0.1215, abs=5e-5)
    assert test.mean_error < test.plain_error


@pytest.mark.parametrize(
    ("fit", "published"),
    [
        (bgnbd.fit, [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157]),
        (paretonbd.fit, [0.138, 0.599, 1.196, 1.714, 2.398, 2.907, 3.819, 6.403]),
    ],
)
def test_back_test_of_cdnow_is_the_published_one(fit: holdout.Fit, published: list[float]) -> None:
    customer, day, _ = cdnow_sample()
    test = holdout.assess(customer, day, CALIBRATION_END, HOLDOUT_END, fit)
    actual = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359]
    assert [round(group.actual, 3) for group in test.groups] == actual
    assert [round(group.predicted, 3) for group in test.groups] == pytest.approx(published, abs=1.01e-3)
    assert sum(group.customers for group in test.groups) == 2357
    assert test.mean_error < test.plain_error


def test_back_test_refuses_what_the_fit_refuses() -> None:
    with pytest.raises(TooFewRepeaters):
        holdout.assess(np.array([1, 1, 2]), np.array([1, 9, 3]), 10, 20, mbgnbd.fit)


def test_back_test_of_a_quiet_time_has_no_total_error() -> None:
    first = np.arange(300) % 50
    customer, day = np.tile(np.arange(300), 3), np.concatenate([first, first + 20, first + 90])
    test = holdout.assess(customer, day, 400, 430, mbgnbd.fit)
    assert test.total_error is None
    assert int(test.actual.sum()) == 0
    assert test.mean_error == pytest.approx(float(test.predicted.mean()))
