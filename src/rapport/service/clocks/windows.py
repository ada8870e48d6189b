"""Windows: open hours of one day on the clock of its zone, in whole minutes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

DAY = 24 * 60
Window = tuple[int, int]
"""Minutes after midnight from which and until which it is open; past 1,440 is the next day."""

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
_PART = re.compile(r"\s*(\d{1,2}[:.]\d{2})\s*(?:-|–|—|to)\s*(\d{1,2}[:.]\d{2})\s*")


class NotHours(ValueError):
    """A text does not say from when until when it is open."""


def minute(text: str) -> int:
    """Return the minutes after midnight of a time such as 9:30, 09:30 or 24:00. Raises `NotHours`."""
    found = _CLOCK.fullmatch(text.strip())
    hours, minutes = (int(found[1]), int(found[2])) if found else (99, 99)
    if minutes > 59 or hours * 60 + minutes > DAY:
        raise NotHours(_("%(text)s is no time of day; write 09:00 or 24:00.") % {"text": text or "?"})
    return hours * 60 + minutes


def window(start: str, end: str) -> Window:
    """Return the window between two times; an end that is not after its start is on the next day."""
    low, high = minute(start), minute(end)
    if low == DAY:
        raise NotHours(_("A day cannot open at 24:00."))
    return low, high if high > low else high + DAY


def windows(pairs: Iterable[Sequence[str]]) -> tuple[Window, ...]:
    """Return the windows of pairs of times, in order, with those that touch or overlap made one."""
    return joined(window(*pair) for pair in pairs)


def joined(several: Iterable[Window]) -> tuple[Window, ...]:
    """Return windows in order, with those that touch or overlap made one."""
    found: list[Window] = []
    for low, high in sorted(several):
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return tuple(found)


def read(text: str) -> list[list[str]]:
    """Return the pairs of times of a line such as `09:00-13:00, 14:00-17:00`; of an empty one none.

    Raises `NotHours` with the part that cannot be read.
    """
    pairs = []
    for part in re.split(r"[,;\n]", text):
        if not part.strip():
            continue
        found = _PART.fullmatch(part)
        if not found:
            raise NotHours(_("“%(part)s” says no hours; write 09:00-17:00.") % {"part": part.strip()})
        window(found[1], found[2])
        pairs.append([clock(minute(found[1])), clock(minute(found[2]))])
    return pairs


def write(pairs: Iterable[Sequence[str]]) -> str:
    """Return the line that `read` reads."""
    return ", ".join(f"{start}–{end}" for start, end in pairs)


def clock(minutes: int) -> str:
    """Return minutes after midnight as 09:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
