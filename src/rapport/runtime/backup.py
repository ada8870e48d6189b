"""Writing everything an installation holds into one file, from one moment, while it may be in use."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from rapport.runtime import archive, tools
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

DUMP = ("--format=custom", "--compress=0", "--schema=public", "--no-owner", "--no-privileges")
LAST = "last-backup.json"


@dataclass(frozen=True, slots=True)
class Last:
    """The file of a backup and when it was begun."""

    file: str
    at: datetime


def backup(home: Home, address: str, target: Path, *, at: datetime, version: str) -> dict[str, Any]:
    """Write database, uploaded files and secret key to ``target``; return the manifest.

    ``at`` and ``version`` (of the program) are noted in it. Raises Refusal when ``target`` exists, or no program
    to dump this server is there.
    """
    if target.exists():
        raise Refusal(f"{target} exists already")
    if not target.parent.is_dir():
        raise Refusal(f"there is no directory {target.parent}")
    with _snapshot(address) as (connection, snapshot), archive.writing(target) as writer:
        manifest = {
            "format": archive.FORMAT,
            "version": version,
            "at": at.isoformat(timespec="seconds"),
            "server": connection.info.server_version,
            "tables": table_counts(connection),
            "migrations": _migrations(connection),
        }
        with _dump(address, snapshot, connection.info.server_version) as stream:
            for number, piece in enumerate(_pieces(stream)):
                writer.add(f"database/{number:06}", piece)
        for path in sorted(path for path in home.files.rglob("*") if path.is_file() and not path.is_symlink()):
            writer.add_file(f"files/{path.relative_to(home.files).as_posix()}", path)
        writer.add_file("secret_key", home.secret_key_file)
        manifest["members"] = dict(writer.members)
        writer.add(archive.MANIFEST, json.dumps(manifest, indent=1).encode())
    _remember(home, Last(str(target), at))
    return manifest


def last(home: Home) -> Last | None:
    """Return the last backup that was made of this home."""
    try:
        told = json.loads((home.root / LAST).read_text("utf-8"))
        return Last(told["file"], datetime.fromisoformat(told["at"]))
    except (OSError, ValueError, KeyError):
        return None


def _remember(home: Home, made: Last) -> None:
    draft = home.root / f".{LAST}"
    draft.write_text(json.dumps({"file": made.file, "at": made.at.isoformat()}), "utf-8")
    draft.replace(home.root / LAST)


def table_counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many rows each table of the schema ``public`` has.

    Raises Refusal when there is none.
    """
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    if not names:
        raise Refusal("there is nothing to back up: this database has no tables yet")
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


@contextmanager
def _snapshot(address: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Give a connection that sees one moment, and the name by which pg_dump sees the same."""
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, str(row[0])


@contextmanager
def _dump(address: str, snapshot: str, server_version: int) -> Iterator[IO[bytes]]:
    """Give what pg_dump writes; raises Refusal at the end when it failed."""
    command: list[str | Path] = [tools.tool("pg_dump", server_version), *DUMP, f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=tools.environment(address))
        assert process.stdout is not None
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        if code != 0:
            complaints.seek(0)
            lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
            raise Refusal(f"pg_dump failed: {lines[-1] if lines else f'exit code {code}'}")


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(archive.PIECE):
        yield piece


def _migrations(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in rows]
