"""How long the whole embedded stack takes to start again, and what it weighs when nobody asks anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.requests import Call, alone
from bench.table import Row, main
from rapport.runtime import cluster, database, memory
from rapport.runtime.home import Home


def run() -> list[Row]:
    """Start a fresh installation twice; measure the second start, and the processes after pages and after a job."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as root:
        with _served(Path(root)):
            pass
        begun = time.perf_counter()
        with _served(Path(root)) as (process, port):
            started = time.perf_counter() - begun
            alone(port, [Call.of("/setup/", {})], 40)
            _work_out_numbers(Path(root))
            weight = _megabytes(Path(root), process.pid)
    return [
        Row.below("second start of the embedded stack", started, 10, "s"),
        Row.below("memory of the idle embedded stack after a job of the numbers (PSS)", weight, 600, "MB"),
    ]


@contextmanager
def _served(root: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `rapport serve` on the home at `root` until the end of the block; gives the process and its port."""
    command = [sys.executable, "-m", "rapport.cli", "serve", "--port", "0", "--json"]
    environment = {**os.environ, "RAPPORT_HOME": str(root)}
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        yield process, int(told["address"].rpartition(":")[2])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _work_out_numbers(root: Path) -> None:
    """Let the worker work out the numbers, as after an import, and wait until it has."""
    with psycopg.connect(database.url(Home(root)), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, args) "
            "VALUES ('insight.recompute', 'insight', 'insight.refresh', '{}')"
        )
        while _number(connection, "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'insight.%'"):
            time.sleep(0.2)


def _number(connection: psycopg.Connection, question: str) -> int:
    row = connection.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


def _megabytes(root: Path, pid: int) -> float:
    """Return the memory of the supervisor, its children and the database, each shared page counted once in all."""
    postmaster = cluster.data_directory(Home(root)) / "postmaster.pid"
    roots = {pid, int(postmaster.read_text("utf-8").split("\n", 1)[0])}
    return sum(process.memory or 0 for process in memory.tree(roots, memory.processes())) / 1e6


if __name__ == "__main__":
    main(run, "Starting")
