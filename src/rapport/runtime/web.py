"""The web server: granian in front of the WSGI application, in a few processes that share one port."""

import argparse
import multiprocessing
import os
import sys

from rapport.runtime import database, home, lifeline

WORKERS = "RAPPORT_WEB_WORKERS"
THREADS = "RAPPORT_WEB_THREADS"
MEMORY = "RAPPORT_WEB_MEMORY"
KILL_SECONDS = 10
LONGEST_QUERY = "-c statement_timeout=60s"
"""No request may hold the database longer; jobs and commands may."""
THREAD_IDLE_SECONDS = 600


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    parser = argparse.ArgumentParser(prog="python -m rapport.runtime.web")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    arguments = parser.parse_args()
    lifeline.hold()
    os.environ.setdefault("PGOPTIONS", LONGEST_QUERY)
    server = Server(
        "rapport.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=number(WORKERS, 2),
        blocking_threads=number(THREADS, 4),
        blocking_threads_idle_timeout=THREAD_IDLE_SECONDS,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
        workers_max_rss=number(MEMORY, 600),
        log_level=LogLevels.error,
    )
    with database.kept(home.current()):
        _load()
        server.serve()
    return 0


def _load() -> None:
    """Load the pages here, where processes can be forked: those that serve share this memory, and start at once."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        import rapport.wsgi  # noqa: F401 -- loading it is all that is wanted


def number(name: str, default: int) -> int:
    """Read a whole number of at least 1 from the environment; anything else ends the process with one line."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < 1:
        sys.exit(f"{name} must be a whole number of at least 1, not {value!r}")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
