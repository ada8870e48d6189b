"""The embedded PostgreSQL server of a home: its address, and who starts and stops it.

Every process that uses the server holds a shared lock while it does; the last one to let go stops the server,
also when the one that started it was killed. ``start`` by hand keeps it running until ``stop``.
"""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from rapport.runtime import cluster, locks
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

START_SECONDS = 60
STOP_SECONDS = 60


def embedded_url(home: Home) -> str:
    """Return the address of the embedded database, running or not; starts and writes nothing."""
    host = quote(str(cluster.socket_directory(home)), safe="/")
    return f"postgresql://{cluster.ROLE}@/{cluster.DATABASE}?host={host}"


def running(home: Home) -> bool:
    """Tell whether the server of this home accepts connections."""
    try:
        lines = (cluster.data_directory(home) / "postmaster.pid").read_text("utf-8").splitlines()
    except OSError:
        return False
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(cluster.socket_directory(home) / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def process(home: Home) -> int | None:
    """Return the number of the server's main process when it runs on this machine."""
    if not running(home):
        return None
    return int((cluster.data_directory(home) / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])


def start(home: Home) -> bool:
    """Start the server and keep it running until ``stop``; return False when it ran already.

    Raises Refusal when it can't be started.
    """
    home.prepare()
    with locks.held(_door(home)):
        _keep(home).touch()
        return _start(home)


def stop(home: Home) -> bool:
    """Stop the server whoever uses it; return False when none ran."""
    if not home.run.is_dir():
        return False
    with locks.held(_door(home)):
        _keep(home).unlink(missing_ok=True)
        return _stop(home)


@contextmanager
def database(home: Home) -> Iterator[str]:
    """Have the server running for the length of the block; gives its address.

    It is started when it isn't running, and stopped afterwards when nobody else uses it.
    """
    home.prepare()
    with locks.held(_door(home)):
        _start(home)
        using = locks.take(_users(home), shared=True)
    try:
        yield embedded_url(home)
    finally:
        _leave(home, using)


def ensure(home: Home) -> bool:
    """Start the server again when it is gone, inside ``database``; return True when it was gone."""
    with locks.held(_door(home)):
        return _start(home)


def _leave(home: Home, using: int | None) -> None:
    with locks.held(_door(home)):
        if using is not None:
            locks.release(using)
        alone = locks.take(_users(home), wait=False)
        if alone is None:
            return
        try:
            if not _keep(home).exists():
                _stop(home)
        finally:
            locks.release(alone)


def _start(home: Home) -> bool:
    if running(home):
        return False
    account = cluster.prepare(home)
    log = home.postgres / "server.log"
    before = log.stat().st_size if log.exists() else 0
    try:
        cluster.run(
            account, "pg_ctl", "start", "--silent", "--wait", f"--timeout={START_SECONDS}",
            "--log", log, "--pgdata", cluster.data_directory(home),
        )  # fmt: skip
    except Refusal as error:
        raise Refusal(f"the embedded database does not start: {_cause(log, before) or error}") from error
    return True


def _stop(home: Home) -> bool:
    """Ask the server to end its sessions and stop; the file with its number vanishes when it has."""
    number = process(home)
    if number is None:
        return False
    os.kill(number, signal.SIGINT)
    limit = time.monotonic() + STOP_SECONDS
    while (cluster.data_directory(home) / "postmaster.pid").exists():
        if time.monotonic() > limit:
            raise Refusal(f"the embedded database (process {number}) does not stop; see {home.postgres}/server.log")
        time.sleep(0.02)
    return True


def _cause(log: Path, before: int) -> str:
    """Return the last complaint the server wrote to its log after position ``before``."""
    try:
        with log.open("rb") as file:
            file.seek(before if log.stat().st_size >= before else 0, os.SEEK_SET)
            lines = file.read(100_000).decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    told = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return told[-1].split(": ", 1)[-1].strip() if told else ""


def _door(home: Home) -> Path:
    return home.run / "database.lock"


def _users(home: Home) -> Path:
    return home.run / "database.users"


def _keep(home: Home) -> Path:
    return home.run / "database.keep"
