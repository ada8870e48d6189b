"""Calendar days in a zone for whole columns of moments: the offset from UTC is looked up in the zone's changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

DAY = 86_400_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2100


def local_days(moments: pa.Array, zone: str, shift: int = 0) -> pa.Array:
    """Return the days (date32) on which `moments` (timestamp[us], UTC) fall in `zone`, after adding `shift` µs."""
    changes, offsets = _offsets(zone)
    plain = moments.view(pa.int64())
    values = plain.fill_null(0).to_numpy(zero_copy_only=False) + shift
    if changes.size:
        values = values + offsets[np.searchsorted(changes, values, side="right")]
    else:
        values = values + offsets[0]
    days = np.floor_divide(values, DAY).astype(np.int32)
    mask = None if plain.null_count == 0 else plain.is_null().to_numpy(zero_copy_only=False)
    return pa.array(days, mask=mask).view(pa.date32())


@lru_cache(maxsize=8)
def _offsets(zone: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the moments at which the offset of `zone` changes, and the offsets before, between and after (µs)."""
    place = ZoneInfo(zone)
    at, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    changes, offsets = [], [_offset(at, place)]
    step = timedelta(days=7)
    while at < end:
        after = at + step
        if _offset(after, place) != offsets[-1]:
            changes.append(_microseconds(_exact(at, after, place)))
            offsets.append(_offset(after, place))
        at = after
    return np.array(changes, np.int64), np.array([offset // timedelta(microseconds=1) for offset in offsets])


def _exact(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """Return the second at which the offset changes between two moments."""
    old = _offset(before, place)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, place) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    found = at.astimezone(place).utcoffset()
    assert found is not None
    return found


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
