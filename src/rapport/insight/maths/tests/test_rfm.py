"""RFM scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths.rfm import QUARTILE_SEGMENTS, rfm, score, segment
from rapport.insight.maths.summary import summarise
from rapport.insight.maths.tests.published import CALIBRATION_END, cdnow_sample


def test_equal_values_have_equal_scores() -> None:
    assert score(np.array([1, 1, 1, 1, 1, 1, 2, 3, 4, 5])).tolist() == [3, 3, 3, 3, 3, 3, 4, 4, 5, 5]


def test_different_values_fall_into_fifths() -> None:
    assert score(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_nobody_has_no_scores() -> None:
    assert score(np.zeros(0, np.int64)).size == 0


def test_recent_is_good_and_rich_is_good() -> None:
    days, orders, net = np.arange(25), np.arange(25)[::-1] + 1, np.arange(25)[::-1] * 100 + 1
    scores = rfm(days, orders, net)
    assert scores
    assert scores.cells[0] == 555
    assert scores.cells[-1] == 111


def test_nothing_or_less_spent_scores_one() -> None:
    net = np.array([-5, 0] + [100] * 28)
    scores = rfm(np.arange(30), np.ones(30, np.int64), net)
    assert scores
    assert scores.money.tolist() == [1, 1] + [5] * 28


def test_fewer_than_25_customers_have_no_scores() -> None:
    assert rfm(np.arange(24), np.arange(24), np.arange(24)) is None


def test_nested_frequency_is_scored_among_equal_recency() -> None:
    days = np.repeat([1, 2], 25)
    orders = np.concatenate([np.arange(1, 26), np.arange(101, 126)])
    scores = rfm(days, orders, orders, nested=True)
    assert scores
    assert scores.frequency[:25].tolist() == scores.frequency[25:].tolist()


def test_grid_counts_everybody_once() -> None:
    scores = rfm(np.arange(40), np.arange(40) % 7, np.arange(40) + 1)
    assert scores
    assert scores.grid().sum() == 40
    assert scores.grid().shape == (5, 5)


def test_one_time_buyers_of_cdnow_share_one_frequency_score() -> None:
    customer, day, amount = cdnow_sample()
    histories = summarise(customer, day, amount, CALIBRATION_END).histories
    frequency = score(histories.x + 1)
    assert set(frequency[histories.x == 0].tolist()) == {3}
    assert set(frequency.tolist()) == {3, 4, 5}


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=200), st.integers(2, 5))
def test_scores_rise_with_the_value_and_the_best_has_the_best(values: list[int], bins: int) -> None:
    array = np.array(values)
    scores = score(array, bins)
    order = np.argsort(array, kind="stable")
    assert bool((np.diff(scores[order]) >= 0).all())
    assert scores[int(np.argmax(array))] == bins
    assert scores.min() >= 1
    for value in set(values):
        assert len(set(scores[array == value].tolist())) == 1


def test_segments_of_quartiles_do_not_overlap() -> None:
    cells = [cell for of in QUARTILE_SEGMENTS.values() for cell in of]
    assert len(cells) == len(set(cells)) == 46


@pytest.mark.parametrize(("cell", "name"), [(444, "premium"), (111, "inactive"), (424, "top_spender"), (242, "other")])
def test_a_cell_has_the_name_of_its_segment(cell: int, name: str) -> None:
    assert segment(np.array([cell]), QUARTILE_SEGMENTS) == [name]
