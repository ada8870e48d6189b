"""Free times: plain arithmetic over stretches of whole microseconds in UTC, see `service.clocks.stretches`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapport.service.clocks.stretches import Stretch, moment, ticks, union
from rapport.service.clocks.timetable import Timetable

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: a time of `length`, with `before` and `after` free around it, each `step` from opening on."""

    length: timedelta
    step: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()


def free_times(
    timetable: Timetable, wish: Wish, busy: Iterable[tuple[datetime, datetime]], *, first: datetime, last: datetime
) -> list[datetime]:
    """Return the starts in [first, last) at which the wish fits into open hours and nothing of `busy` is in its way.

    The meeting itself lies within open hours; what stays free around it need not. Starts count from the opening of each
    stretch, in elapsed time, so a day on which clocks change has no start twice and none that does not exist.
    """
    taken = union((ticks(start), ticks(end)) for start, end in busy)
    found = {start for start in _starts(timetable, wish, first, last) if _fits(start, wish, taken)}
    return [moment(one) for one in sorted(found)]


def is_free(timetable: Timetable, wish: Wish, busy: Iterable[tuple[datetime, datetime]], at: datetime) -> bool:
    """Return whether `at` is one of the free times."""
    return at in free_times(timetable, wish, busy, first=at, last=at + MICROSECOND)


def _starts(timetable: Timetable, wish: Wish, first: datetime, last: datetime) -> Iterator[int]:
    low, high, length, step = ticks(first), ticks(last), wish.length // MICROSECOND, wish.step // MICROSECOND
    for day in _days(timetable, first, last):
        for opens, closes in timetable.stretches_on(day):
            skipped = max(0, -(-(low - opens) // step))
            yield from range(opens + skipped * step, min(closes - length + 1, high), step)


def _days(timetable: Timetable, first: datetime, last: datetime) -> Iterator[date]:
    """Return the days whose stretches may reach into [first, last): one before as well, for nights."""
    day = first.astimezone(timetable.zone).date() - timedelta(days=1)
    end = last.astimezone(timetable.zone).date()
    while day <= end:
        yield day
        day += timedelta(days=1)


def _fits(start: int, wish: Wish, taken: Sequence[Stretch]) -> bool:
    low = start - wish.before // MICROSECOND
    high = start + (wish.length + wish.after) // MICROSECOND
    return not any(begin < high and low < end for begin, end in taken)
