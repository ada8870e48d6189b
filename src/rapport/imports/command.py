"""``rapport import``: customers, orders and more from files; the same in the browser is on the page Imports."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapport.runtime import database, home, prepare
from rapport.runtime.errors import Refusal

if TYPE_CHECKING:
    from rapport.imports.models import ImportRun
    from rapport.imports.services.runs import Outcome
    from rapport.kernel.actors import Actor

_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="CSV (also .gz), workbook or vCard")
    parser.add_argument("--profile", default="", help="name of a mapping, custom_KEY, or a TOML file (recognised)")
    parser.add_argument("--dry-run", action="store_true", help="check all rows and change nothing")
    parser.add_argument("--overwrite", action="store_true", help="replace what customers have by what the file says")
    parser.add_argument("--undo", metavar="RUN", help="take back an earlier import")
    parser.add_argument("--errors", metavar="FILE", help="write the refused rows to a CSV file")
    parser.add_argument("--rate", action="append", default=[], metavar="CUR=RATE", help="units of our currency for one")
    parser.add_argument("--decimal", choices=[".", ","], help="decimal mark of amounts (decided by the columns)")
    parser.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], help="order of days like 03/04/05")
    parser.add_argument("--delimiter", help="what sets cells apart (found out)")
    parser.add_argument("--encoding", help="encoding of the file (found out)")
    parser.add_argument("--sheet", help="sheet of a workbook (the first with rows)")
    parser.add_argument(
        "--country", help="where phone numbers without + are dialled (the mapping's, the organisation's)"
    )
    parser.add_argument("--remember", metavar="NAME", help="keep the mapping under a name, for files that look alike")
    parser.add_argument("--list", action="store_true", help="list the mappings that there are")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Import, check or undo; return 0 when every row went in, 3 when some did not."""
    if not arguments.files and not arguments.undo and not arguments.list:
        raise Refusal("name the files to import")
    place = home.current()
    with database.available(place):
        prepare.django()
        prepare.migrate()
        if arguments.list:
            return _list(as_json=arguments.json)
        return _undo(arguments) if arguments.undo else _import(arguments)


def _list(*, as_json: bool) -> int:
    from rapport.imports.sets import profile_names

    names = profile_names(_actor())
    print(json.dumps(names) if as_json else "\n".join(names))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from rapport.imports.profiles import BadProfile
    from rapport.imports.services import mappings, runs
    from rapport.imports.starting import at_home

    by = _actor()
    settings = _settings(arguments)
    paths = [Path(name) for name in arguments.files]
    try:
        at_home(paths, arguments.profile, settings, by)
        row = runs.start(paths, by=by, profile=arguments.profile, overwrite=arguments.overwrite, settings=settings)
        if arguments.remember:
            mappings.remember(row, arguments.remember, by=by)
    except (BadProfile, mappings.BadName, runs.NothingToImport) as error:
        raise Refusal(str(error)) from error
    began = time.monotonic()
    with _Bar(quiet=arguments.json) as bar:
        outcome = (runs.check if arguments.dry_run else runs.load)(row, by=by, tell=bar.tell)
    row.refresh_from_db()
    if arguments.errors:
        from rapport.imports.refused import write_refused

        write_refused(row, Path(arguments.errors))
    seconds = time.monotonic() - began
    if arguments.json:
        print(json.dumps(_as_data(row, outcome, seconds, dry=arguments.dry_run)))
    else:
        _show(row, outcome, seconds, dry=arguments.dry_run)
    return 3 if outcome.errors else 0


def _undo(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from rapport.imports.models import ImportRun
    from rapport.imports.services import runs

    try:
        row = ImportRun.objects.get(pk=arguments.undo)
        with _Bar(quiet=arguments.json) as bar:
            undone = runs.undo(row, by=_actor(), tell=bar.tell)
    except (ImportRun.DoesNotExist, ValidationError):
        raise Refusal(f"there is no import {arguments.undo}") from None
    except runs.NotNow as error:
        raise Refusal(str(error)) from error
    kept = [{"id": str(key), "name": name} for key, name in undone.kept]
    if arguments.json:
        print(json.dumps({"run": str(row.pk), "undone": True, "kept": kept}))
        return 0
    print("The state before the import is back.")
    if kept:
        print(f"{len(kept)} rows were changed since and stay: {', '.join(k['name'] or k['id'] for k in kept[:_SHOWN])}")
    return 0


def _actor() -> Actor:
    from rapport.kernel.actors import Actor

    return Actor(kind="import", name="rapport import", via="command", everything=True)


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    said = {name: getattr(arguments, name) for name in ("decimal", "delimiter", "encoding", "sheet", "country")}
    said["date_order"] = arguments.date_order
    settings: dict[str, Any] = {name: value for name, value in said.items() if value}
    if settings.get("delimiter") in ("\\t", "tab"):
        settings["delimiter"] = "\t"
    rates = dict(pair.split("=", 1) for pair in arguments.rate if "=" in pair)
    return {**settings, "rates": {code.upper(): rate for code, rate in rates.items()}} if rates else settings


def _problems(row: ImportRun, outcome: Outcome) -> list[dict[str, Any]]:
    from rapport.imports.messages import message

    names = [file["name"] for file in row.files]
    return [
        {
            "file": names[problem.file] if problem.file < len(names) else "",
            "row": problem.row,
            "line": problem.line or None,
            "column": problem.column,
            "value": problem.value,
            "code": problem.code,
            "severity": problem.severity,
            "message": message(problem.code, problem.params, problem.value),
        }
        for problem in outcome.problems
    ]


def _as_data(row: ImportRun, outcome: Outcome, seconds: float, *, dry: bool) -> dict[str, Any]:
    return {
        "run": str(row.pk),
        "dry_run": dry,
        "profile": row.profile,
        "status": row.status,
        "rows": outcome.read,
        "seconds": round(seconds, 3),
        "counts": row.counts,
        "errors": outcome.errors,
        "warnings": outcome.warnings,
        "problems": _problems(row, outcome),
        "notes": row.notes,
    }


def _show(row: ImportRun, outcome: Outcome, seconds: float, *, dry: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from rapport.imports.messages import message

    console = Console()
    table = Table("", "read", "created", "updated", "unchanged", "failed", box=None, pad_edge=False)
    for noun, counts in row.counts.items():
        table.add_row(noun, *(f"{counts[name]:,}" for name in ("read", "created", "updated", "unchanged", "failed")))
    console.print(table)
    for problem in _problems(row, outcome)[:_SHOWN]:
        place = f"{problem['file']}, row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
        console.print(f"{problem['severity']}: {place}: {problem['message']}  {problem['value']}", highlight=False)
    if outcome.errors + outcome.warnings > _SHOWN:
        console.print(f"… {outcome.errors:,} errors and {outcome.warnings:,} warnings in all")
    for note in row.notes:
        said = message(note["code"], note, note.get("value", ""))
        console.print(f"note: {note.get('file', '')}: {said}".replace(": : ", ": "), highlight=False)
    done = "Checked, nothing was changed" if dry else f"Loaded; undo with: rapport import --undo {row.pk}"
    console.print(f"{outcome.read:,} rows in {seconds:.1f} s with the mapping {row.profile}. {done}", highlight=False)


class _Bar:
    """A progress line on the terminal; none when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, transient=True, disable=quiet)
        self._task = self._bar.add_task("reading", total=1)

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._bar.stop()

    def tell(self, step: str, rows: int, share: float) -> None:
        said = f"{step}, {rows:,} rows" if rows else step
        self._bar.update(self._task, description=said, completed=share, total=1 if share else None)
