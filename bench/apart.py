"""Measuring in a process of its own, in a home made for the run and thrown away after it, or in one that is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench.table import Row, main

HERE = "--here"


def run(module: str) -> list[Row]:
    """Return the rows that `module` measures in a home of its own, see `serve`."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as place:
        return run_in(Path(place) / "home", module)


def run_in(root: Path, module: str) -> list[Row]:
    """Return the rows that `module` measures in the home at `root`, which stays as it is then."""
    environment = {**os.environ, "RAPPORT_HOME": str(root)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", module, HERE]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return [Row(**row) for row in json.loads(told.stdout.splitlines()[-1])]


def serve(here: Callable[[], list[Row]], measure: Callable[[], list[Row]], title: str) -> None:
    """Be the main program of a module: measure in the home that is here for `run`, else apart and show the table."""
    if HERE in sys.argv:
        print(json.dumps([asdict(row) for row in here()]))
    else:
        main(measure, title)
