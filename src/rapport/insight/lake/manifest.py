"""Which files make up the lake as of when: a small JSON file per state, and one that names the current state.

A reader holds a shared lock on the manifest it reads by, so that the writer removes only files nobody can need.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from rapport.runtime import locks

CURRENT = "current"


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file: `rows` in it, how many of them are `dead`, and the range of their keys (hex, sorts)."""

    name: str
    rows: int
    low: str = ""
    high: str = ""
    dead: int = 0


@dataclass(frozen=True, slots=True)
class TableState:
    """The files of a table. `graves` names the Parquet file of dead places: (file, row)."""

    files: tuple[File, ...]
    graves: str = ""

    @property
    def rows(self) -> int:
        """How many rows are alive."""
        return sum(file.rows - file.dead for file in self.files)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the lake: complete, and never changed. `as_of` is when it was made."""

    token: UUID
    as_of: datetime
    zone: str
    schema: str
    tables: dict[str, TableState] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        """Names of all files this state needs."""
        names = {file.name for table in self.tables.values() for file in table.files}
        return names | {table.graves for table in self.tables.values() if table.graves}


def path_of(root: Path, token: UUID | str) -> Path:
    """Return where the manifest of `token` lives."""
    return root / f"manifest-{token}.json"


def answer_path(root: Path, token: UUID | str, key: str) -> Path:
    """Return where an answer worked out from the state `token` is kept; it goes when the state is no longer current."""
    return root / f"answer-{token}-{key}.json"


def save(root: Path, manifest: Manifest) -> None:
    """Write `manifest` beside the others; readers don't see it until `switch`."""
    data = {**asdict(manifest), "token": str(manifest.token), "as_of": manifest.as_of.isoformat()}
    write_whole(path_of(root, manifest.token), json.dumps(data))


def load(root: Path, token: UUID | str) -> Manifest | None:
    """Read the manifest of `token`; None when there is none."""
    try:
        data = json.loads(path_of(root, token).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    tables = {
        name: TableState(tuple(File(**file) for file in state["files"]), state["graves"])
        for name, state in data["tables"].items()
    }
    return Manifest(UUID(data["token"]), datetime.fromisoformat(data["as_of"]), data["zone"], data["schema"], tables)


def switch(root: Path, token: UUID, as_of: datetime) -> None:
    """Make the manifest of `token` the current one, true as of `as_of`, at one stroke."""
    write_whole(root / CURRENT, f"{token} {as_of.isoformat()}")


def current(root: Path) -> tuple[str, datetime | None]:
    """Return the token of the current state and as of when it is true; empty and None when there is no lake."""
    try:
        token, as_of = (root / CURRENT).read_text("utf-8").split()
    except (FileNotFoundError, ValueError):
        return "", None
    return token, datetime.fromisoformat(as_of)


def hold_current(root: Path) -> tuple[Manifest, int] | None:
    """Return the current manifest and a lock that keeps its files; `locks.release` lets go. None without a lake."""
    for _attempt in range(10):
        token, _as_of = current(root)
        if not token:
            return None
        path = path_of(root, token)
        if not path.exists():
            continue
        lock = locks.take(path, shared=True)
        manifest = load(root, token)
        if lock is not None and manifest is not None and current(root)[0] == token:
            return manifest, lock
        if lock is not None:
            locks.release(lock)
    return None


def sweep(root: Path) -> None:
    """Remove the manifests nobody reads by, and the files no manifest needs."""
    token, used = current(root)[0], {CURRENT}
    for path in root.glob("manifest-*.json"):
        name = path.stem.removeprefix("manifest-")
        lock = None if name == token else locks.take(path, wait=False)
        if lock is not None:
            path.unlink(missing_ok=True)
            locks.release(lock)
            continue
        kept = load(root, name)
        used |= {path.name} | (kept.used if kept else set())
    for path in root.glob("answer-*.json"):
        if not path.name.startswith(f"answer-{token}-"):
            path.unlink(missing_ok=True)
    for path in root.iterdir():
        if path.is_file() and path.name not in used and path.suffix in {".parquet", ".new"}:
            path.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there in full or not at all, also after a crash."""
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
