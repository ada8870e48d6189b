"""Measure everything in one run: `make bench`, or `make bench ARGS="cltv serving"` for some of it.

The tables also go into docs/build/performance.md when all was measured, or with --write.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.table import Row, figure, show

PARTS = {
    "cltv": "Customer value against lifetimes",
    "starting": "Starting and idle memory",
    "lake": "Lake refresh",
    "dashboard": "Dashboard against hand-written DuckDB",
    "importing": "Importing 1,000,000 customers and 1,000,000 order lines",
    "mail": "Inbound mail",
    "inbox": "The inbox at 1,000,000 threads and 5,000,000 messages",
    "clocks": "Clocks of 100,000 tickets after a calendar changed",
    "chat": "Live chat",
    "serving": "Serving 1,000,000 customers, 3,000,000 orders, 10,000,000 events",
}
HEAD = "| what | ours | theirs | unit | ratio | limit | |\n|---|---:|---:|---|---:|---|---|"
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "build" / "performance.md"


def main() -> int:
    """Run the parts that were asked for, print their tables, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)} (all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/build/performance.md")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    os.environ.setdefault("RAPPORT_HOME", str(ROOT / ".home" / "bench"))
    measured: dict[str, list[Row]] = {}
    for part in chosen.parts or PARTS:
        load = os.getloadavg()[0]
        measured[part] = importlib.import_module(f"bench.{part}").run()
        if chosen.write or not chosen.parts:
            PAGE.write_text(kept(PAGE.read_text("utf-8"), PARTS[part], section(measured[part], load)), "utf-8")
    if chosen.json:
        print(json.dumps({part: [asdict(row) for row in rows] for part, rows in measured.items()}, indent=1))
    else:
        for part, rows in measured.items():
            show(rows, PARTS[part])
    return 0 if all(row.ok for rows in measured.values() for row in rows) else 1


def section(rows: list[Row], load: float) -> str:
    """Return when and where the rows were measured, and their table; load: how busy the machine was before."""
    when = f"Measured on {datetime.now(UTC):%Y-%m-%d}, {_machine()}, load {load:.1f} before it began.\n"
    return "\n".join([when, HEAD, *(_line(row) for row in rows)])


def kept(page: str, title: str, text: str) -> str:
    """Return the page with `text` under the heading `title`, all else as it was; a new heading goes before the last."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    new = f"## {title}\n\n{text}\n\n"
    places = [at for at, part in enumerate(parts) if part.startswith(f"## {title}\n")]
    if places:
        parts[places[0]] = new
    else:
        parts.insert(len(parts) - 1, new)
    return "".join(parts)


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}×"
    verdict = "" if not row.limit else "reached" if row.ok else "**missed**"
    cells = (row.name, figure(row.ours), figure(row.theirs), row.unit, ratio, row.limit, verdict)
    return f"| {' | '.join(cells)} |"


def _machine() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} cores, {pages:.0f} GB of memory, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
