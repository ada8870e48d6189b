"""Confidence intervals: published values, edges, and what every interval must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rapport.insight.maths import intervals
from rapport.insight.maths.intervals import Interval

COUNTS = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).filter(any)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60).map(np.array)


def ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe (1998), Statistics in Medicine 17: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    for successes, n, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]:
        interval = intervals.wilson(successes, n)
        assert interval is not None
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_is_none() -> None:
    assert intervals.wilson(0, 0) is None


def test_wilson_refuses_more_successes_than_tries() -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        intervals.wilson(3, 2)


@settings(deadline=None)
@given(st.integers(1, 10_000), st.data())
def test_wilson_contains_the_share_and_stays_inside(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    interval = intervals.wilson(successes, n)
    assert interval is not None
    assert successes / n in interval
    assert 0 <= interval.low < interval.high <= 1


def test_wilson_narrows_with_more_answers_and_widens_with_the_level() -> None:
    few, many, sure = intervals.wilson(8, 10), intervals.wilson(800, 1000), intervals.wilson(8, 10, 0.99)
    assert few
    assert many
    assert sure
    assert many.high - many.low < few.high - few.low < sure.high - sure.low


def test_nps_intervals_of_500_answers() -> None:
    wald, adjusted = intervals.nps_wald(290, 85, 500), intervals.nps_adjusted_wald(290, 85, 500)
    assert wald
    assert adjusted
    assert ends(wald) == pytest.approx((34.313678, 47.686322), abs=1e-6)
    assert ends(adjusted) == pytest.approx((34.086205, 47.424730), abs=1e-6)


def test_nps_variance_of_a_half_a_third_and_a_sixth_is_five_ninths() -> None:
    assert intervals.nps_variance(162, 54, 324) == pytest.approx(5 / 9, abs=1e-12)


def test_nps_intervals_of_nothing_are_none() -> None:
    assert intervals.nps_wald(0, 0, 0) is None
    assert intervals.nps_adjusted_wald(0, 0, 0) is None


@settings(deadline=None)
@given(COUNTS)
def test_wald_contains_the_score_and_adjusted_wald_is_never_of_width_zero(counts: tuple[int, int, int]) -> None:
    promoters, _, detractors = counts
    n = sum(counts)
    wald = intervals.nps_wald(promoters, detractors, n)
    adjusted = intervals.nps_adjusted_wald(promoters, detractors, n)
    assert wald
    assert adjusted
    assert 100 * (promoters - detractors) / n in wald
    assert adjusted.high > adjusted.low


def test_change_of_two_waves_uses_the_summed_variances() -> None:
    change = intervals.nps_change((290, 85, 500), (330, 80, 500))
    assert change
    assert change.points == pytest.approx(9.0)
    assert change.z == pytest.approx(9.0 / (100 * np.sqrt((0.5819 + 0.57) / 500)))
    assert change.p_value == pytest.approx(2 * stats.norm.sf(change.z))
    assert not change.significant
    assert 0 in change.interval


def test_change_of_the_same_wave_is_nothing() -> None:
    change = intervals.nps_change((5, 2, 10), (5, 2, 10))
    assert change
    assert (change.points, change.z, change.p_value, change.significant) == (0, 0, 1, False)
    assert str(change.points) == "0.0"


def test_change_between_two_single_answers_is_not_certain() -> None:
    change = intervals.nps_change((0, 1, 1), (1, 0, 1))
    assert change
    assert change.points == 200
    assert np.isfinite(change.z)


def test_change_from_an_empty_wave_is_none() -> None:
    assert intervals.nps_change((0, 0, 0), (1, 0, 1)) is None


def test_interval_of_a_mean_is_students() -> None:
    interval = intervals.mean_t(np.array([4.0, 5.0, 6.0, 9.0]))
    low, high = stats.t.interval(0.95, 3, loc=6.0, scale=np.sqrt(14 / 3) / 2)
    assert interval
    assert ends(interval) == pytest.approx((low, high))
    assert intervals.mean_t(np.array([4.0])) is None


@settings(deadline=None)
@given(VALUES)
def test_interval_of_a_mean_contains_the_mean(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    interval = intervals.mean_t(values)
    assert (interval is None) == (values.size < 2)
    if interval:
        assert interval.low - 1e-6 <= float(values.mean()) <= interval.high + 1e-6


@pytest.mark.parametrize(("n", "k"), [(6, 1), (8, 1), (9, 2), (20, 6), (25, 8), (50, 18), (100, 40)])
def test_median_lies_between_the_order_statistics_of_the_tables(n: int, k: int) -> None:
    values = np.arange(1.0, n + 1)
    assert intervals.median_interval(values[::-1]) == Interval(k, n + 1 - k)


def test_median_of_five_values_has_no_interval() -> None:
    assert intervals.median_interval(np.arange(5.0)) is None
    assert intervals.median_interval(np.array([])) is None


@settings(deadline=None)
@given(st.integers(6, 3000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_median_interval_is_the_narrowest_that_covers(n: int, level: float) -> None:
    interval = intervals.median_interval(np.arange(1.0, n + 1), level)
    tail = (1 - level) / 2
    if interval is None:
        assert stats.binom.cdf(0, n, 0.5) > tail
    else:
        k = int(interval.low)
        assert stats.binom.cdf(k - 1, n, 0.5) <= tail + 1e-12
        assert stats.binom.cdf(k, n, 0.5) > tail - 1e-12


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(-0.3, 0, "0.0"), (-0.0, 0, "0.0"), (0.5, 0, "1.0"), (-0.5, 0, "-1.0"), (41.25, 1, "41.3"), (2.675, 2, "2.68")],
)
def test_a_value_is_shown_rounded_once_and_never_as_minus_zero(value: float, digits: int, shown: str) -> None:
    assert str(intervals.rounded(value, digits)) == shown
