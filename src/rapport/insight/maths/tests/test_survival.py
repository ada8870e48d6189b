"""Kaplan-Meier curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths.survival import kaplan_meier


def test_curve_of_the_leukaemia_patients() -> None:
    # Freireich and others (1963), 6-MP group; shares as in Kalbfleisch and Prentice
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.array(weeks, float), np.array(relapsed, bool))
    assert curve.at(5) == 1
    assert [round(curve.at(week), 4) for week in (6, 7, 10, 13, 16, 22, 23)] == [
        0.8571,
        0.8067,
        0.7529,
        0.6902,
        0.6275,
        0.5378,
        0.4482,
    ]
    assert curve.median() == 23
    week_23 = int(np.flatnonzero(curve.time == 23)[0])
    assert (curve.low[week_23], curve.high[week_23]) == pytest.approx((0.1881, 0.6801), abs=5e-5)


def test_nobody_left_is_certain_so_far() -> None:
    curve = kaplan_meier(np.array([3.0, 5.0]), np.array([False, False]))
    assert curve.share.tolist() == [1, 1]
    assert curve.low.tolist() == [1, 1]
    assert curve.median() is None


def test_everybody_left_has_no_interval_at_the_end() -> None:
    curve = kaplan_meier(np.array([3.0, 5.0]), np.array([True, True]))
    assert curve.share.tolist() == [0.5, 0]
    assert np.isnan(curve.low[-1])


def test_nobody_at_all() -> None:
    assert kaplan_meier(np.array([]), np.array([], bool)).at(10) == 1


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="one length"):
        kaplan_meier(np.array([1.0]), np.array([], bool))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=80))
def test_curve_falls_and_lies_inside_its_interval(seen: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(np.array([float(time) for time, _ in seen]), np.array([left for _, left in seen]))
    assert bool((np.diff(curve.share) <= 1e-12).all())
    known = ~np.isnan(curve.low)
    assert bool((curve.low[known] <= curve.share[known] + 1e-12).all())
    assert bool((curve.high[known] >= curve.share[known] - 1e-12).all())
    assert bool((curve.low[known] >= 0).all())
    assert bool((curve.high[known] <= 1).all())
