"""Walking through open time: what is due when, and how much has passed.

Every moment has a place on the axis of open time: how much open time lies between the start of the table and it. On
that axis a length of open time is a sum, a pause is a piece to jump over, and both directions are a search in a sorted
list. The table grows as far as it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from rapport.service.clocks.stretches import TICK, Stretch, moment, ticks, union, within
from rapport.service.clocks.timetable import Timetable

Pause = tuple[datetime, datetime | None]
"""From when until when a clock stands still; without an end it still does."""

CAP = timedelta(days=3660)
"""How far a walk goes at most; a calendar that is hardly ever open would else be walked for ever."""
NEVER = ticks(datetime(9999, 1, 1, tzinfo=UTC))
_CHUNK = timedelta(days=128)


class TooFar(ValueError):
    """So much open time does not come within ten years."""


class OpenTime:
    """The open time of a timetable, from some day on."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # open microseconds before each stretch
        self._first: date | None = None
        self._next = date.min  # the first day that is not in the table
        self._from, self._sure = NEVER, 0  # between these moments the table is complete

    def add(self, start: datetime, length: timedelta, paused: Iterable[Pause] = ()) -> datetime | None:
        """Return the moment when `length` of open time outside of `paused` has passed since `start`.

        That is the earliest such moment: what ends as the doors close is due then and not when they open again. None
        when a pause without an end comes before it. Raises `TooFar`.
        """
        found = self.due(ticks(start), length // TICK, gaps(paused))
        return None if found is None else moment(found)

    def due(self, start: int, length: int, gaps: Sequence[Stretch]) -> int | None:
        """Return the same as `add` in microseconds since 1970; `gaps` are sorted and disjoint, and may end `NEVER`."""
        return self.dues(start, (length,), gaps)[0]

    def dues(self, start: int, lengths: Sequence[int], gaps: Sequence[Stretch]) -> list[int | None]:
        """Return the same for several lengths, the shortest first: each gap is looked up once."""
        found: list[int | None] = []
        base, passed, left = self._place(start), 0, iter(gaps)
        low, high = _after(left, start)
        for length in lengths:
            if length <= 0:
                found.append(start)
                continue
            while (place := self._place(low) if low < NEVER else NEVER) < base + length + passed:
                if high >= NEVER:
                    return found + [None] * (len(lengths) - len(found))
                passed += self._place(high) - place
                low, high = _after(left, start)
            found.append(self._moment(base + length + passed, start))
        return found

    def subtract(self, end: datetime, length: timedelta) -> datetime:
        """Return the latest moment from which `length` of open time passes until `end`. Raises `TooFar`."""
        if length <= timedelta(0):
            return end
        finish, wanted = ticks(end), length // TICK
        back = 2 * length + timedelta(days=14)
        self._cover(finish, finish)
        while (goal := self._place(finish) - wanted) < 0:
            if back > CAP:
                raise TooFar(_("So much open time does not lie within ten years."))
            self._cover(finish - back // TICK, finish)
            back *= 2
        found = bisect_right(self._before, goal) - 1
        return moment(self._starts[found] + goal - self._before[found])

    def elapsed(self, start: datetime, end: datetime, paused: Iterable[Pause] = ()) -> timedelta:
        """Return how much open time outside of `paused` lies between two moments; none when `end` is earlier."""
        return self.passed(ticks(start), ticks(end), gaps(paused)) * TICK

    def passed(self, start: int, end: int, gaps: Sequence[Stretch]) -> int:
        """Return the same as `elapsed` in microseconds; `gaps` are sorted and disjoint."""
        if end <= start:
            return 0
        return self._between(start, end) - sum(self._between(low, high) for low, high in within(gaps, start, end))

    def periods(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open stretches from `start` on, up to ten years ahead."""
        begin = at = ticks(start)
        self._cover(begin, begin)
        while True:
            found = bisect_right(self._ends, at)
            if found < len(self._ends) - 1 or (found < len(self._ends) and self._sure > begin + CAP // TICK):
                at = self._ends[found]
                yield moment(max(self._starts[found], begin)), moment(at)
            elif self._sure > begin + CAP // TICK:
                return
            else:  # the last stretch may still become longer
                self._grow(self._next + _CHUNK)

    def is_open(self, at: datetime) -> bool:
        """Return whether it is open at a moment."""
        return self.opens(at) == at

    def opens(self, at: datetime) -> datetime | None:
        """Return `at` when it is open then, else the next moment at which it opens; None within ten years."""
        now = ticks(at)
        self._cover(now, now)
        while (found := bisect_right(self._ends, now)) == len(self._ends):
            if self._sure > now + CAP // TICK:
                return None
            self._grow(self._next + _CHUNK)
        return max(at, moment(self._starts[found]))

    def _between(self, start: int, end: int) -> int:
        self._cover(start, end)
        return self._place(end) - self._place(start)

    def _place(self, at: int) -> int:
        """Return the place of a moment on the axis of open time."""
        self._cover(at, at)
        found = bisect_right(self._starts, at) - 1
        if found < 0:
            return 0
        return self._before[found] + min(at, self._ends[found]) - self._starts[found]

    def _moment(self, goal: int, begin: int) -> int:
        """Return the earliest moment at a place that is not the start of the table."""
        while self._total() < goal:
            if self._sure - begin > CAP // TICK:
                raise TooFar(_("So much open time does not come within ten years."))
            self._cover(begin, self._sure + _CHUNK // TICK)
        found = bisect_left(self._before, goal) - 1
        return self._starts[found] + goal - self._before[found]

    def _total(self) -> int:
        return self._before[-1] + self._ends[-1] - self._starts[-1] if self._starts else 0

    def _cover(self, start: int, end: int) -> None:
        """Make the table reach from before `start` to after `end`."""
        if self._from <= start and end <= self._sure:
            return
        first = _day(start) - timedelta(days=3)  # nights of the day before, and any zone
        if self._first is None or first < self._first:
            self._starts, self._ends, self._before = [], [], []
            self._first = self._next = first if self._first is None else first - _CHUNK
            self._from = ticks(datetime.combine(self._first + timedelta(days=3), time.min, UTC))
            self._grow(max(_day(end), _day(self._sure)) + _CHUNK)
        elif end > self._sure:
            self._grow(_day(end) + _CHUNK)

    def _grow(self, until: date) -> None:
        while self._next < until:
            for stretch in self.timetable.stretches_on(self._next):
                self._append(stretch)
            self._next += timedelta(days=1)
        self._sure = ticks(datetime.combine(self._next, time.min, UTC) - timedelta(days=2))

    def _append(self, stretch: Stretch) -> None:
        """Add a stretch that begins after all that are there, or make the last one longer."""
        start, end = stretch
        if self._starts and start <= self._ends[-1]:
            self._ends[-1] = max(end, self._ends[-1])
            return
        self._before.append(self._total())
        self._starts.append(start)
        self._ends.append(end)


def _day(at: int) -> date:
    return moment(at).date()


def gaps(paused: Iterable[Pause]) -> list[Stretch]:
    """Return pauses in order and disjoint; one without an end ends `NEVER`."""
    return union((ticks(low), NEVER if high is None else ticks(high)) for low, high in paused)


def _after(left: Iterator[Stretch], start: int) -> Stretch:
    """Return what of the next gap lies after `start`; after the last one comes none that ever begins."""
    for low, high in left:
        if high > start:
            return max(low, start), high
    return NEVER, NEVER
