"""Walking through open time: what is due when, and how much has passed.

Every moment has a place on the axis of open time: how much open time lies between the start of the table and it. On
that axis a length of open time is a sum, a pause is a piece to jump over, and both directions are a search in a sorted
list. The table grows as far as it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
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
        self._sure = 0  # up to this moment the table is complete

    def add(self, start: datetime, length: timedelta, paused: Iterable[Pause] = ()) -> datetime | None:
        """Return the moment when `length` of open time outside of `paused` has passed since `start`.

        That is the earliest such moment: what ends as the doors close is due then and not when they open again. None
        when a pause without an end comes before it. Raises `TooFar`.
        """
        if length <= timedelta(0):
            return start
        begin = ticks(start)
        goal = self._place(begin) + length // TICK
        for low, high in _pauses(paused, begin):
            place = self._place(low)
            if place >= goal:
                break
            if high == NEVER:
                return None
            goal += self._place(high) - place
        return self._moment(goal, begin)

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
        begin, finish = ticks(start), ticks(end)
        if finish <= begin:
            return timedelta(0)
        passed = self._place(begin, finish)
        for low, high in within(_pauses(paused, begin), begin, finish):
            passed -= self._place(low, high)
        return passed * TICK

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

    def _place(self, start: int, end: int | None = None) -> int:
        """Return the place of a moment on the axis of open time, or how far two moments are apart on it."""
        if end is not None:
            self._cover(start, end)
            return self._place(end) - self._place(start)
        self._cover(start, start)
        found = bisect_right(self._starts, start) - 1
        if found < 0:
            return 0
        return self._before[found] + min(start, self._ends[found]) - self._starts[found]

    def _moment(self, goal: int, begin: int) -> datetime:
        """Return the earliest moment at a place that is not the start of the table."""
        while self._total() < goal:
            if self._sure - begin > CAP // TICK:
                raise TooFar(_("So much open time does not come within ten years."))
            self._cover(begin, self._sure + _CHUNK // TICK)
        found = bisect_left(self._before, goal) - 1
        return moment(self._starts[found] + goal - self._before[found])

    def _total(self) -> int:
        return self._before[-1] + self._ends[-1] - self._starts[-1] if self._starts else 0

    def _cover(self, start: int, end: int) -> None:
        """Make the table reach from before `start` to after `end`."""
        first = _day(start) - timedelta(days=3)  # nights of the day before, and any zone
        if self._first is None or first < self._first:
            self._starts, self._ends, self._before = [], [], []
            self._first = self._next = first if self._first is None else first - _CHUNK
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


def _pauses(paused: Iterable[Pause], begin: int) -> list[Stretch]:
    """Return pauses in order and disjoint, from `begin` on; one without an end ends never."""
    found = union((ticks(low), NEVER if high is None else ticks(high)) for low, high in paused)
    return within(found, begin, NEVER)
