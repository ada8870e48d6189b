from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rapport.kernel import clock


def test_the_clock_stops() -> None:
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    with clock.frozen(at):
        assert clock.now() == at
        assert clock.today("Europe/Berlin") == date(2026, 3, 29)
        assert clock.today("America/Sao_Paulo") == date(2026, 3, 28)


def test_a_stopped_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"), clock.frozen(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)):
        pass


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_its_zone_makes_it(day: date, hours: int) -> None:
    length = clock.day_end(day, "Europe/Berlin") - clock.day_start(day, "Europe/Berlin")
    assert length == timedelta(hours=hours)


def test_a_period_is_half_open() -> None:
    period = clock.Period.of_days(date(2026, 1, 1), date(2026, 1, 31), "UTC")
    assert datetime(2026, 1, 1, tzinfo=UTC) in period
    assert datetime(2026, 2, 1, tzinfo=UTC) not in period


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        clock.Period(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
