"""Ranks, fading weights, shrinkage and the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rapport.insight.maths import shapes

SCORED = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=4, max_size=80)


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=100))
def test_midranks_are_scipys(values: list[int]) -> None:
    assert shapes.midranks(np.array(values)).tolist() == pytest.approx(stats.rankdata(values).tolist())


def test_percentile_ranks_give_ties_the_same_place() -> None:
    assert shapes.percentile_ranks(np.array([10, 20, 20, 30, 40])).tolist() == [0, 37.5, 37.5, 75, 100]
    assert shapes.percentile_ranks(np.array([7.0])).tolist() == [50]
    assert shapes.percentile_ranks(np.array([3, 3, 3])).tolist() == [50, 50, 50]
    assert shapes.percentile_ranks(np.array([])).size == 0


def test_a_weight_halves_with_each_half_life() -> None:
    assert shapes.fading(np.array([0.0, 180, 360, -5]), 180).tolist() == [1, 0.5, 0.25, 1]


def test_faded_mean_counts_the_recent_more() -> None:
    assert shapes.faded_mean(np.array([100.0, 0.0]), np.array([0.0, 180.0]), 180) == pytest.approx(200 / 3)
    assert shapes.faded_mean(np.array([]), np.array([]), 180) is None


def test_shrunk_means_move_from_everybody_to_the_own() -> None:
    shrunk = shapes.shrunk(np.array([80.0, 80, 80, np.nan]), np.array([1.0, 10, 1000, 0]), 50, 10)
    assert shrunk.tolist() == pytest.approx([52.727272, 65, 79.702970, 50])
    assert shapes.confidence(np.array([0.0, 10, 30]), 10).tolist() == [0, 0.5, 0.75]


def test_auc_with_the_interval_of_delong() -> None:
    score = np.array([0.1, 0.4, 0.35, 0.8, 0.7, 0.2, 0.9, 0.5])
    happened = np.array([0, 0, 1, 1, 1, 0, 1, 0], bool)
    auc = shapes.auc(score, happened)
    assert auc
    assert auc.value == 14 / 16
    # by hand: placements of positives 0.5 1 1 1, of negatives 1 .75 1 .75
    error = np.sqrt(np.var([0.5, 1, 1, 1], ddof=1) / 4 + np.var([1, 0.75, 1, 0.75], ddof=1) / 4)
    assert auc.interval.low == pytest.approx(0.875 - 1.959964 * error)
    assert auc.interval.high == 1
    assert (auc.positives, auc.negatives) == (4, 4)


def test_auc_of_a_constant_is_a_half() -> None:
    auc = shapes.auc(np.ones(10), np.arange(10) < 4)
    assert auc
    assert (auc.value, auc.p_value) == (0.5, 1)


def test_auc_needs_two_of_each_kind() -> None:
    assert shapes.auc(np.arange(5), np.arange(5) < 1) is None


@settings(deadline=None)
@given(SCORED)
def test_auc_is_the_share_of_pairs_in_order(scored: list[tuple[int, bool]]) -> None:
    score, happened = np.array([value for value, _ in scored]), np.array([flag for _, flag in scored])
    auc = shapes.auc(score, happened)
    if auc is None:
        assert min(happened.sum(), (~happened).sum()) < 2
        return
    difference = score[happened][:, None] - score[~happened][None, :]
    assert auc.value == pytest.approx(float(((difference > 0) + 0.5 * (difference == 0)).mean()))
    assert auc.interval.low <= auc.value + 1e-12
    assert auc.value <= auc.interval.high + 1e-12
    reverse = shapes.auc(-score, happened)
    assert reverse
    assert reverse.value == pytest.approx(1 - auc.value)
