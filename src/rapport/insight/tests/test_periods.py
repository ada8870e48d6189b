"""Steps of time for trends."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.periods import month_start, steps, windows

DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))


def test_a_month_is_followed_by_the_next() -> None:
    assert month_start(date(2023, 12, 31)) == date(2023, 12, 1)
    assert month_start(date(2023, 12, 31), 1) == date(2024, 1, 1)
    assert month_start(date(2024, 1, 15), -13) == date(2022, 12, 1)


def test_a_year_has_its_months_as_steps() -> None:
    found = steps(Span(date(2023, 1, 1), date(2024, 1, 1)), date(2020, 1, 1))

    assert len(found) == 12
    assert found[0] == Span(date(2023, 1, 1), date(2023, 2, 1))
    assert found[-1] == Span(date(2023, 12, 1), date(2024, 1, 1))


def test_a_month_stands_beside_the_months_before() -> None:
    found = steps(Span(date(2023, 3, 1), date(2023, 4, 1)), date(2022, 12, 10))

    assert [span.start for span in found] == [date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)]


def test_all_time_shows_the_last_24_months() -> None:
    found = steps(Span(None, date(2024, 1, 1)), date(2010, 1, 1))

    assert len(found) == 24
    assert found[-1].end == date(2024, 1, 1)


def test_the_windows_of_a_state_end_with_the_period() -> None:
    span = Span(date(2023, 1, 15), date(2024, 1, 15))
    found = windows(span, date(2020, 1, 1))

    assert found[-1] == span
    assert found[-2].end == date(2024, 1, 1)
    assert all(window.days == 365 for window in found)


@given(DAYS, st.integers(1, 2000), DAYS)
def test_steps_follow_each_other_without_a_gap(start: date, days: int, first: date) -> None:
    found = steps(Span(start, start + timedelta(days=days)), first)

    assert found
    for one, after in pairwise(found):
        assert one.end == after.start
    assert found[-1].end >= start + timedelta(days=days)
