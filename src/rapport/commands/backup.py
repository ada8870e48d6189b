"""``rapport backup``: everything into one file."""

import argparse
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rapport.runtime import database, home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, nargs="?", help="file to write (rapport-DATE-TIME.backup here)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the backup, read it back once, and say what it holds."""
    from rapport.runtime import archive, backup

    at = datetime.now(UTC)
    target = Path(arguments.file or f"rapport-{at:%Y%m%d-%H%M%S}.backup").absolute()
    place = home.current()
    with database.available(place) as address:
        manifest = backup.backup(place, address, target, at=at, version=version("rapport-crm"))
    archive.verify(target)
    print(json.dumps(answer(target, manifest)) if arguments.json else told(target, manifest))
    return 0


def answer(path: Path, manifest: dict[str, object]) -> dict[str, object]:
    """Return what the JSON answer says of a backup."""
    kept = ("version", "at", "tables")
    return {"file": str(path), "bytes": path.stat().st_size, **{name: manifest[name] for name in kept}}


def told(path: Path, manifest: dict[str, object]) -> str:
    """Return one line for a person about a backup."""
    tables = manifest["tables"]
    assert isinstance(tables, dict)
    size = path.stat().st_size / 1_000_000
    return f"{path}: {sum(tables.values()):,} rows of {len(tables)} tables, {size:,.1f} MB, of {manifest['at']}"
