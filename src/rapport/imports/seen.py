"""Which numbers and addresses a file has held so far, in eight bytes for each."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_MOST_PARTS = 8
Hashes = np.ndarray[tuple[int], np.dtype[np.int64]]


class Seen:
    """The keys of customers seen so far, as hashes: what is called new is new, the rest has to be looked at."""

    def __init__(self) -> None:
        self._parts: list[Hashes] = []

    def all_new(self, tables: list[pa.Table], customers: int) -> bool:
        """Whether every one of so many customers has a key, and no key stands twice, here or before.

        `tables` are rows of the stage of identities; phones are no keys.
        """
        hashes, rows = [], []
        for table in tables:
            for kind in table["kind"].unique().to_pylist():
                if kind != "phone":
                    normals = table["normal"].to_pylist()
                    hashes.append(np.fromiter((hash((kind, normal)) for normal in normals), np.int64, len(normals)))
                    rows.append(table["seq"].to_numpy())
        every = np.sort(np.concatenate(hashes)) if hashes else np.empty(0, dtype=np.int64)
        keyed = len(np.unique(np.concatenate(rows))) if rows else 0
        new = bool(np.all(every[1:] != every[:-1])) and not any(_overlap(part, every) for part in self._parts)
        self._keep(every)
        return new and keyed == customers

    def _keep(self, hashes: Hashes) -> None:
        self._parts.append(hashes)
        if len(self._parts) > _MOST_PARTS:
            self._parts = [np.sort(np.concatenate(self._parts))]


def _overlap(part: Hashes, hashes: Hashes) -> bool:
    if not len(part) or not len(hashes):
        return False
    places = np.minimum(np.searchsorted(part, hashes), len(part) - 1)
    return bool(np.any(part[places] == hashes))
