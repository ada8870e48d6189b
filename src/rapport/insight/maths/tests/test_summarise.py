"""From transactions to histories, and equal histories collapsed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths.histories import Histories, by_x_and_age, weighted_median
from rapport.insight.maths.refusals import BadHistory
from rapport.insight.maths.summary import purchase_days, summarise
from rapport.insight.maths.tests.published import CALIBRATION_END, cdnow_sample, cdnow_summary, several

TRANSACTIONS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 40), st.integers(-500, 5000)), max_size=60)


def test_two_transactions_on_one_day_are_one_purchase() -> None:
    summary = summarise(np.array([7, 7, 7]), np.array([10, 10, 12]), np.array([100, 50, 900]), 20)
    assert summary.customer.tolist() == [7]
    assert summary.histories.x.tolist() == [1]
    assert summary.first_spend.tolist() == [150]
    assert summary.mean_repeat.tolist() == [900]


def test_days_count_from_the_first_purchase() -> None:
    summary = summarise(np.array([2, 1, 2]), np.array([15, 8, 5]), np.array([1, 2, 3]), 20)
    assert summary.customer.tolist() == [1, 2]
    assert summary.histories.t_x.tolist() == [0, 10]
    assert summary.histories.T.tolist() == [12, 15]
    assert summary.first_day.tolist() == [8, 5]
    assert summary.last_day.tolist() == [8, 15]


def test_a_purchase_today_has_no_age() -> None:
    summary = summarise(np.array([1]), np.array([20]), np.array([5]), 20)
    assert summary.histories.T.tolist() == [0]


def test_later_transactions_are_ignored() -> None:
    summary = summarise(np.array([1, 1, 2]), np.array([3, 30, 31]), np.array([5, 5, 5]), 20)
    assert summary.customer.tolist() == [1]
    assert summary.histories.x.tolist() == [0]


def test_narrow_integers_do_not_overflow() -> None:
    customer, day = np.array([2_000_000, 1, 2_000_000]), np.array([1, 30_000, 30_000])
    wide = summarise(customer, day, np.array([5, 6, 7]), 30_000)
    narrow = summarise(customer.astype(np.int32), day.astype(np.uint16), np.array([5, 6, 7], np.int32), 30_000)
    assert narrow.customer.tolist() == wide.customer.tolist() == [1, 2_000_000]
    assert narrow.histories.t_x.tolist() == wide.histories.t_x.tolist() == [0, 29_999]


def test_nothing_bought_gives_no_customers() -> None:
    nothing = np.zeros(0, np.int64)
    summary = summarise(nothing, nothing, nothing, 20)
    assert summary.customer.size == summary.histories.size == summary.mean_repeat.size == 0


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(BadHistory):
        summarise(np.array([1, 2]), np.array([1]), np.array([1]), 20)


@settings(deadline=None)
@given(TRANSACTIONS, st.integers(0, 45))
def test_a_summary_agrees_with_counting_by_hand(rows: list[tuple[int, int, int]], end: int) -> None:
    customer, day, amount = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    summary = summarise(customer, day, amount, end)
    days: dict[int, dict[int, int]] = {}
    for who, when, money in rows:
        if when <= end:
            days.setdefault(who, {}).setdefault(when, 0)
            days[who][when] += money
    assert summary.customer.tolist() == sorted(days)
    for i, who in enumerate(sorted(days)):
        first = min(days[who])
        again = [money for when, money in days[who].items() if when != first]
        assert summary.histories.x[i] == len(again)
        assert summary.histories.t_x[i] == max(days[who]) - first
        assert summary.histories.T[i] == end - first
        assert summary.first_spend[i] == days[who][first]
        assert summary.mean_repeat[i] == pytest.approx(sum(again) / len(again) if again else 0)


def test_purchase_days_after_a_day_are_counted_once_and_only_for_those_asked() -> None:
    customer, day = np.array([1, 1, 1, 3, 9]), np.array([5, 12, 12, 13, 14])
    assert purchase_days(customer, day, 10, 13, np.array([1, 2, 3])).tolist() == [1, 0, 1]


def test_cdnow_transactions_give_the_published_summary() -> None:
    published, spend = cdnow_summary()
    customer, day, cents = cdnow_sample()
    summary = summarise(customer, day, cents, CALIBRATION_END)
    assert summary.histories.x.tolist() == published.x.tolist()
    assert (summary.histories.t_x / 7).tolist() == pytest.approx(published.t_x.tolist(), abs=0.0051)
    assert (summary.histories.T / 7).tolist() == pytest.approx(published.T.tolist(), abs=0.0051)
    assert (summary.mean_repeat / 100).tolist() == pytest.approx(spend.tolist(), abs=0.0051)


@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [([-1], [0], [5]), ([1], [6], [5]), ([1], [-1], [5]), ([0], [2], [5]), ([1, 2], [1], [5])],
)
def test_a_history_that_contradicts_itself_is_refused(x: list[int], t_x: list[int], T: list[int]) -> None:
    with pytest.raises(BadHistory):
        Histories(np.array(x), np.array(t_x), np.array(T))


def test_a_history_without_a_time_is_refused() -> None:
    with pytest.raises(BadHistory):
        Histories(np.array([1]), np.array([np.nan]), np.array([5.0]))


def test_equal_histories_collapse_to_one_with_a_weight() -> None:
    collapsed = several().collapsed
    assert collapsed.x.tolist() == [0, 0, 1, 2, 7, 26]
    assert collapsed.weight.tolist() == [1, 1, 1, 2, 1, 1]
    assert collapsed.T.tolist() == [27.0, 38.86, 38.86, 38.86, 31.0, 31.0]
    assert collapsed.t_x.tolist() == [0, 0, 1.71, 30.43, 29.43, 30.86]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=80))
def test_days_and_weeks_collapse_alike(rows: list[tuple[int, int, int]]) -> None:
    x = np.array([row[0] for row in rows])
    t_x = np.where(x > 0, np.array([row[1] for row in rows]), 0)
    T = t_x + np.array([row[2] for row in rows])
    days, weeks = Histories(x, t_x, T).collapsed, Histories(x, t_x / 7, T / 7, unit=1.0).collapsed
    assert days.x.tolist() == weeks.x.tolist()
    assert days.weight.tolist() == weeks.weight.tolist()
    assert days.t_x.tolist() == pytest.approx(weeks.t_x.tolist())
    assert days.T.tolist() == pytest.approx(weeks.T.tolist())
    assert days.weight.sum() == len(rows)


def test_a_rule_of_x_and_age_is_spread_over_all_customers() -> None:
    histories = several()
    expected = (1000 * histories.x + histories.T).tolist()
    assert by_x_and_age(histories, lambda x, T: 1000 * x + T).tolist() == expected
    sparse = Histories(np.array([500_000, 2]), np.array([3, 3]), np.array([90_000, 4]))
    assert by_x_and_age(sparse, lambda x, T: x + T).tolist() == pytest.approx([500_000 + 90_000 / 7, 2 + 4 / 7])


def test_weighted_median() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])) == 2
    assert weighted_median(np.array([3.0, 1.0]), np.array([5.0, 1.0])) == 3
    assert np.isnan(weighted_median(np.array([3.0]), np.array([0.0])))
