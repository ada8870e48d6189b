"""Stretches of time as sorted, disjoint, half-open pairs of whole microseconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
Stretch = tuple[int, int]


def ticks(moment: datetime) -> int:
    """Return the microseconds from 1970 to an aware moment."""
    return (moment - EPOCH) // TICK


def moment(count: int) -> datetime:
    """Return the moment that many microseconds after 1970, in UTC."""
    return EPOCH + count * TICK


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return what lies in any of the stretches; empty and reversed ones are nothing."""
    found: list[Stretch] = []
    for start, end in sorted(one for one in stretches if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def within(stretches: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    """Return what of disjoint stretches lies between two moments."""
    cut = ((max(low, start), min(high, end)) for low, high in stretches)
    return [one for one in cut if one[0] < one[1]]
