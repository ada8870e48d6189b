"""What every benchmark returns, and how it is printed: a table for people, JSON for machines."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from rich.console import Console
from rich.table import Table

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    ours: our figure in `unit`; theirs: the other's, measured in the same run, None where the limit is an
    absolute one; ratio: ours over theirs; limit: what is asked, in words ("≤ 0.33×", "≥ 500 /s");
    ok: whether it was reached.
    """

    name: str
    ours: float
    theirs: float | None
    ratio: float | None
    limit: str
    unit: str
    ok: bool

    @classmethod
    def at_most(cls, name: str, ours: float, theirs: float, limit: float, unit: str = "s") -> Row:
        """Ours may be at most `limit` times theirs (times, sizes)."""
        ratio = ours / theirs
        return cls(name, ours, theirs, ratio, f"≤ {limit:.3g}×", unit, ratio <= limit)

    @classmethod
    def at_least(cls, name: str, ours: float, theirs: float, limit: float, unit: str) -> Row:
        """Ours must be at least `limit` times theirs (rates)."""
        ratio = ours / theirs
        return cls(name, ours, theirs, ratio, f"≥ {limit:.3g}×", unit, ratio >= limit)

    @classmethod
    def below(cls, name: str, ours: float, limit: float, unit: str) -> Row:
        """Ours may be at most `limit`, whatever others need."""
        return cls(name, ours, None, None, f"≤ {limit:g} {unit}", unit, ours <= limit)

    @classmethod
    def above(cls, name: str, ours: float, limit: float, unit: str) -> Row:
        """Ours must be at least `limit`, whatever others reach."""
        return cls(name, ours, None, None, f"≥ {limit:g} {unit}", unit, ours >= limit)

    @classmethod
    def told(cls, name: str, ours: float, unit: str) -> Row:
        """A figure that nothing is asked of."""
        return cls(name, ours, None, None, "", unit, ok=True)


def show(rows: Iterable[Row], title: str, console: Console | None = None) -> None:
    """Print the rows as a table."""
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for heading in ("ours", "theirs", "unit", "ratio", "limit"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in rows:
        verdict = "" if not row.limit else "[green]ok[/green]" if row.ok else "[bold red]missed[/bold red]"
        ratio = "" if row.ratio is None else f"{row.ratio:.3g}×"
        table.add_row(row.name, figure(row.ours), figure(row.theirs), row.unit, ratio, row.limit, verdict)
    (console or Console()).print(table)


def figure(value: float | None) -> str:
    """Three significant figures below a thousand, whole numbers with separators above."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def as_json(rows: Sequence[Row]) -> str:
    """The rows as a JSON list of objects."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)


def fastest(work: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of so many runs."""
    return timed(work, times)[0]


def timed(work: Callable[[], R], times: int) -> tuple[float, R]:
    """Seconds of the fastest of so many runs, one at least, and what the last one gave."""
    start = time.perf_counter()
    result = work()
    best = time.perf_counter() - start
    for _ in range(times - 1):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main(run: Callable[[], list[Row]], title: str) -> None:
    """Command line of one benchmark: prints the table, or JSON with --json; ends with 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    wants_json = parser.parse_args().json
    rows = run()
    if wants_json:
        print(as_json(rows))
    else:
        show(rows, title)
    sys.exit(0 if all(row.ok for row in rows) else 1)
