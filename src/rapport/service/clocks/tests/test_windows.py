from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.service.clocks.windows import DAY, NotHours, clock, joined, read, windows, write


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("09:00-17:00", [["09:00", "17:00"]]),
        ("9:00 – 13:00; 14.00 to 17:00", [["09:00", "13:00"], ["14:00", "17:00"]]),
        ("22:00-06:00", [["22:00", "06:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("08:00-08:00", [["08:00", "08:00"]]),
    ],
)
def test_hours_are_read_and_written(text: str, pairs: list[list[str]]) -> None:
    assert read(text) == pairs
    assert read(write(pairs)) == pairs


@pytest.mark.parametrize(
    "text", ["nine to five", "09:00", "09:60-10:00", "25:00-26:00", "24:00-06:00", "09:00-17:00-18:00"]
)
def test_what_says_no_hours_is_refused(text: str) -> None:
    with pytest.raises(NotHours):
        read(text)


def test_hours_that_touch_are_one_window() -> None:
    assert windows([["14:00", "17:00"], ["09:00", "13:00"], ["13:00", "14:00"]]) == ((540, 1020),)
    assert windows([["20:00", "02:00"], ["22:00", "24:00"]]) == ((1200, DAY + 120),)
    assert windows([["06:00", "06:00"]]) == ((360, DAY + 360),)


@given(st.lists(st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(lambda one: (one[0], one[0] + one[1]))))
def test_joined_windows_cover_the_same_minutes(several: list[tuple[int, int]]) -> None:
    found = joined(several)
    assert all(left[1] < right[0] for left, right in pairwise(found))
    assert {m for low, high in several for m in range(low, high)} == {
        m for low, high in found for m in range(low, high)
    }


@given(st.integers(0, DAY - 1), st.integers(0, DAY))
def test_any_times_come_back_as_they_were(low: int, high: int) -> None:
    pairs = [[clock(low), clock(high)]]
    assert read(write(pairs)) == pairs
