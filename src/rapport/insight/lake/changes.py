"""The keys that the notes of one table name: single ones and spans, few enough to look up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapport.insight.lake.snapshot import Note

MOST_KEYS = 100_000
MOST_SPANS = 64


@dataclass(frozen=True, slots=True)
class Changed:
    """Keys, and spans of keys (both ends included) that do not touch each other."""

    keys: tuple[UUID, ...]
    spans: tuple[tuple[UUID, UUID], ...]

    def touches(self, low: str, high: str) -> bool:
        """Tell whether any of these lies between two keys (as hex digits, both included; "" and "": none does)."""
        if not high:
            return False
        if any(start.hex <= high and end.hex >= low for start, end in self.spans):
            return True
        place = bisect_left(self.keys, low, key=lambda key: key.hex)
        return place < len(self.keys) and self.keys[place].hex <= high

    def where(self, key: str) -> str:
        """Return the SQL condition on the column `key` that a row of these meets; they come from the database."""
        parts = [f"\"{key}\" BETWEEN '{low}' AND '{high}'" for low, high in self.spans]
        if self.keys:
            parts.append(f"\"{key}\" = ANY('{{{','.join(map(str, self.keys))}}}'::uuid[])")
        return " OR ".join(parts)


def changed(notes: Iterable[Note]) -> Changed:
    """Return the keys of some notes; where they are too many, wider spans that hold them: more is only slower."""
    notes = list(notes)
    spans = _joined(sorted((note.low, note.high) for note in notes if note.low != note.high))
    spans = _fewer(spans, MOST_SPANS)
    keys = sorted({note.low for note in notes if note.low == note.high})
    keys = _outside(keys, spans)
    if len(keys) > MOST_KEYS:
        spans = _fewer(_joined(sorted([*spans, (keys[0], keys[-1])])), MOST_SPANS)
        keys = []
    return Changed(tuple(keys), tuple(spans))


def _joined(spans: list[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Join spans that overlap; they come in order."""
    result: list[tuple[UUID, UUID]] = []
    for low, high in spans:
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return result


def _fewer(spans: list[tuple[UUID, UUID]], most: int) -> list[tuple[UUID, UUID]]:
    """Join neighbours until there are at most `most` spans, the nearest first."""
    if len(spans) <= most:
        return spans
    gaps = sorted(range(1, len(spans)), key=lambda i: spans[i][0].int - spans[i - 1][1].int)
    join = set(gaps[: len(spans) - most])
    result = [spans[0]]
    for i, span in enumerate(spans[1:], 1):
        if i in join:
            result[-1] = (result[-1][0], span[1])
        else:
            result.append(span)
    return result


def _outside(keys: list[UUID], spans: list[tuple[UUID, UUID]]) -> list[UUID]:
    """Return the keys that no span holds; both come in order."""
    result, place = [], 0
    for key in keys:
        while place < len(spans) and spans[place][1] < key:
            place += 1
        if place == len(spans) or key < spans[place][0]:
            result.append(key)
    return result
