"""Primary keys: UUID version 7 (RFC 9562), which sort by the time they were made."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator

_RANDOM_BITS = 74
_PARTS = 1 << 12  # of a millisecond that its place in the id can tell
_VARIANT_AND_VERSION = (7 << 76) | (2 << 62)


def new_id(milliseconds: int | None = None) -> uuid.UUID:
    """Return a new UUIDv7. `milliseconds` since 1970 (UTC) sets its time; without it, now.

    Those of now ascend within a process: the part of the millisecond stands before the random bits (RFC 9562, 6.2,
    method 3), so that what happened in one go is told in its order.
    """
    if milliseconds is not None:
        return _compose(milliseconds, int.from_bytes(os.urandom(10)) >> (80 - _RANDOM_BITS))
    at, part = divmod(time.time_ns(), 1_000_000)
    return _compose(at, (part * _PARTS // 1_000_000) << 62 | int.from_bytes(os.urandom(8)) >> 2)


def new_ids(count: int) -> Iterator[uuid.UUID]:
    """Yield `count` UUIDv7 in ascending order; far cheaper for bulk loads than `count` calls of `new_id`.

    They share one millisecond and one random start, and differ by a counter of random steps.
    """
    at = time.time_ns() // 1_000_000
    step = int.from_bytes(os.urandom(4)) | 1
    start = int.from_bytes(os.urandom(10)) >> (81 - _RANDOM_BITS)
    for position in range(count):
        yield _compose(at, (start + position * step) & ((1 << _RANDOM_BITS) - 1))


def _compose(milliseconds: int, random: int) -> uuid.UUID:
    high, low = random >> 62, random & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | _VARIANT_AND_VERSION | (high << 64) | low)
