"""What ``serve`` and ``demo`` share: one instance, a database, the tables prepared, then the supervisor."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rapport.runtime import database, home, instance, postgres
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home
from rapport.runtime.supervisor import Child, Supervisor, answers, free_port, python

LIVE = "RAPPORT_LIVE_PORT"
MAILBOXES = "SELECT FROM conversations_mailbox WHERE imap_host <> '' AND enabled_at IS NOT NULL AND paused_at IS NULL"
LOG_LIMIT = 8 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any free one (8000)")
    parser.add_argument("--live-port", type=int, default=None, help="port of the live process (the next free one)")
    parser.add_argument("--json", action="store_true", help="tell what happens as lines of JSON")


def serve(
    *,
    host: str,
    port: int,
    prepare: Sequence[str],
    worker: bool,
    live_port: int | None,
    as_json: bool,
    doing: str,
    quiet: bool = False,
    develop: bool = False,
) -> int:
    """Run ``rapport PREPARE``, then the web server and what belongs to it, until a signal; return an exit code.

    Beside it run the live process, and unless ``worker`` is False the worker, and while a mailbox wants it the mail.

    With ``quiet`` the children write to files in the home's ``logs`` instead of the terminal; with ``develop`` the
    web server is the one of development. Raises Refusal when the port is taken, another instance runs, or there is
    no database.
    """
    place = home.current()
    with instance.alone(place, doing):
        chosen = free_port(host, port)
        with database.available(place):
            prepared = _prepare(prepare)
            if isinstance(prepared, int):
                return prepared
            where = f"{f'[{host}]' if ':' in host else host}:{chosen}"
            address = f"http://{where}"
            serve_pages = python("rapport.runtime.web", "--host", host, "--port", str(chosen))
            web = python("rapport.runtime.develop", where) if develop else serve_pages
            os.environ[LIVE] = str(_live_port(host, live_port, chosen))
            supervisor = _supervisor(place, host, web, worker=worker, quiet=quiet)

            def announce() -> None:
                instance.announce(place, address)
                _announce(place, address, prepared, as_json=as_json)

            supervisor.run(lambda: answers(host, chosen), announce)
    if not as_json:
        say("Stopped.")
    return 0


def say(line: str) -> None:
    """Tell the person at the terminal one line."""
    print(line, file=sys.stderr, flush=True)


def _prepare(words: Sequence[str]) -> dict[str, Any] | int:
    """Run a command in a process of its own; return what it says in JSON, or its exit code when it failed."""
    done = subprocess.run(python("rapport.cli", *words, "--json"), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return done.returncode if done.returncode > 0 else 128 - done.returncode
    lines = done.stdout.strip().splitlines()
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return answer


def _supervisor(place: Home, host: str, web: list[str], *, worker: bool, quiet: bool) -> Supervisor:
    live = python("rapport.runtime.live", "--host", host, "--port", os.environ[LIVE])
    children = [
        Child("web server", web, _log(place, "web") if quiet else None),
        Child("live process", live, _log(place, "live") if quiet else None),
    ]
    if worker:
        mail = python("rapport.cli", "mail", "--while-needed")
        children += [
            Child("worker", python("rapport.cli", "worker"), _log(place, "worker") if quiet else None),
            Child("mail", mail, _log(place, "mail") if quiet else None, wanted=lambda: mail_wanted(place)),
        ]

    def check() -> None:
        if not database.chosen_url() and postgres.ensure(place):
            say("the embedded database was lost; it runs again")

    return Supervisor(children, say, check)


def _live_port(host: str, asked: int | None, web: int) -> int:
    """Return the port of the live process: the one asked for, else the next to the web server's, else any."""
    if asked is not None:
        return free_port(host, asked)
    try:
        return free_port(host, web + 1)
    except (Refusal, OverflowError):
        return free_port(host, 0)


def mail_wanted(place: Home) -> bool:
    """Tell whether mail is to be waited for: there is a mailbox that works, or a door of our own is set."""
    import psycopg

    if os.environ.get("RAPPORT_MAIL_LISTEN", "").strip():
        return True
    try:
        with psycopg.connect(database.url(place), connect_timeout=2) as connection:
            return connection.execute(f"{MAILBOXES} LIMIT 1").fetchone() is not None
    except psycopg.Error:
        return False


def _log(place: Home, name: str) -> Path:
    path = place.logs / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path


def _announce(place: Home, address: str, prepared: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"event": "ready", "address": address, "home": str(place.root), **prepared}), flush=True)
        return
    say(f"Rapport   {address}")
    if sign_in := prepared.get("sign_in"):
        say(f"Sign in   {sign_in['email']}   {sign_in['password']}")
    elif prepared.get("first_run"):
        say("Sign in   open the address: the first visit sets up the organisation")
    say(f"Data      {database.place(database.url(place)) if database.chosen_url() else place.root}")
    say("Stop      Ctrl-C")
