"""Checks of an installation, each one line: how it is, and what to do when it is not well."""

import os
import shutil
import stat
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg

from rapport.runtime import backup, database, instance, memory, postgres
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home
from rapport.runtime.supervisor import free_port

State = Literal["ok", "warn", "bad"]
MB = 1_000_000
ROOM_NEEDED, ROOM_WANTED = 500 * MB, 2_000 * MB
SLOW_MILLISECONDS = 20.0
HEARTBEAT_SECONDS = 60
LONG_WAIT = timedelta(minutes=10)
MEMORY_SHARE = 0.5
BACKUP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``advice`` says what to do unless ``state`` is ok."""

    name: str
    state: State
    text: str
    advice: str = ""


def of_machine(home: Home) -> Iterator[Finding]:
    """Yield what can be seen without a database."""
    yield Finding("python", "ok", sys.version.split()[0])
    yield _permissions(home)
    yield _disk(home)
    yield _secret_key(home)
    yield _address(home)
    yield _memory(home)
    yield _backup(home)


def of_database(home: Home, address: str) -> Iterator[Finding]:
    """Yield what a connection tells."""
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=database.CONNECT_SECONDS) as connection:
            yield _server(connection, address)
            if not _exists(connection, "procrastinate_workers"):
                yield Finding("migrations", "bad", "the database has no tables yet", "run `rapport migrate`")
                return
            yield _workers(connection, home)
            yield _waiting(connection)
            yield _failed(connection)
    except psycopg.Error as error:
        text = f"{database.place(address)}: {database.first_line(error)}"
        yield Finding("database", "bad", text, "start the server, or correct DATABASE_URL")


def of_settings() -> Iterator[Finding]:
    """Yield what the settings and the code tell; Django must be loaded and the database must answer."""
    from django.conf import settings

    yield _migrations()
    if settings.DEBUG:
        yield Finding("debug", "warn", "RAPPORT_DEBUG is on: pages show the source", "unset it in production")
    if os.environ.get("RAPPORT_SMTP_HOST", "").strip():
        yield Finding("mail", "ok", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    else:
        yield Finding("mail", "warn", "not configured: no mail is sent", "set RAPPORT_SMTP_HOST")


def _permissions(home: Home) -> Finding:
    mode = stat.S_IMODE(home.root.stat().st_mode)
    if mode & 0o066:
        advice = f"chmod go-rw {home.root}"
        return Finding("data directory", "bad", f"{home.root} is open to other accounts ({mode:03o})", advice)
    return Finding("data directory", "ok", str(home.root))


def _disk(home: Home) -> Finding:
    usage = shutil.disk_usage(home.root)
    state: State = "bad" if usage.free < ROOM_NEEDED else "warn" if usage.free < ROOM_WANTED else "ok"
    text = f"{usage.free / 1e9:,.1f} GB free of {usage.total / 1e9:,.1f} GB"
    return Finding("disk", state, text, "" if state == "ok" else "free some space or move RAPPORT_HOME")


def _secret_key(home: Home) -> Finding:
    if os.environ.get("RAPPORT_SECRET_KEY"):
        return Finding("secret key", "ok", "from RAPPORT_SECRET_KEY")
    home.secret_key()
    mode = stat.S_IMODE(home.secret_key_file.stat().st_mode)
    if mode & 0o077:
        text = f"{home.secret_key_file} can be read by others ({mode:03o})"
        return Finding("secret key", "bad", text, f"chmod 600 {home.secret_key_file}")
    return Finding("secret key", "ok", "readable by its owner only")


def _address(home: Home) -> Finding:
    running = instance.running(home)
    if running is None:
        try:
            free_port("127.0.0.1", 8000)
        except Refusal:
            return Finding("web server", "warn", "not running; port 8000 is taken", "run `rapport serve --port …`")
        return Finding("web server", "warn", "not running; port 8000 is free", "run `rapport serve`")
    if not running.address:
        return Finding("web server", "warn", f"process {running.pid} is starting", "ask again in some seconds")
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(_local(running.address) + "/health", timeout=10) as answer:  # noqa: S310
            answer.read()
    except (OSError, urllib.error.URLError) as error:
        advice = f"see {home.logs} or the terminal of process {running.pid}"
        return Finding("web server", "bad", f"{running.address} does not answer: {error}", advice)
    milliseconds = (time.perf_counter() - began) * 1000
    return Finding("web server", "ok", f"{running.address} answers in {milliseconds:.0f} ms")


def _local(address: str) -> str:
    """Return an address that can be asked from here for one that says "everywhere"."""
    parts = urlsplit(address)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(parts.hostname or "", "")  # noqa: S104
    return f"{parts.scheme}://{host}:{parts.port}" if host else address


def _memory(home: Home) -> Finding:
    running = instance.running(home)
    roots = {pid for pid in (running.pid if running else None, postgres.process(home)) if pid}
    members = memory.tree(roots, memory.processes())
    if not members:
        return Finding("memory", "ok", "nothing runs")
    total = sum(member.memory or 0 for member in members)
    available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    text = f"{total / MB:,.0f} MB in {len(members)} processes, of {available / MB:,.0f} MB"
    if total > available * MEMORY_SHARE:
        return Finding("memory", "warn", text, "fewer RAPPORT_WEB_WORKERS, or a larger machine")
    return Finding("memory", "ok", text)


def _backup(home: Home) -> Finding:
    last = backup.last(home)
    if last is None:
        return Finding("backup", "warn", "none was made here", "run `rapport backup` daily, and keep it elsewhere")
    days = (datetime.now(UTC) - last.at).days
    text = f"{last.file}, {days} days old"
    if days > BACKUP_DAYS:
        return Finding("backup", "warn", text, "run `rapport backup` daily, and keep it elsewhere")
    return Finding("backup", "ok", text)


def _server(connection: psycopg.Connection[Any], address: str) -> Finding:
    times = sorted(_timed(lambda: connection.execute("SELECT 1").fetchone()) for _ in range(9))
    version, milliseconds = connection.info.server_version, times[4] * 1000
    size = _value(connection, "SELECT pg_database_size(current_database())")
    where = database.place(address) if database.chosen_url() else "embedded"
    text = f"PostgreSQL {version // 10_000}.{version % 10_000}, {where}, {size / MB:,.0f} MB, {milliseconds:.1f} ms"
    if version < database.LEAST_VERSION * 10_000:
        return Finding("database", "bad", text, f"PostgreSQL {database.LEAST_VERSION} or newer is needed")
    if milliseconds > SLOW_MILLISECONDS:
        return Finding("database", "warn", text, "every question takes this long: bring the server nearer")
    return Finding("database", "ok", text)


def _workers(connection: psycopg.Connection[Any], home: Home) -> Finding:
    alive = _value(
        connection,
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
        HEARTBEAT_SECONDS,
    )
    if alive:
        return Finding("worker", "ok", f"{alive} running")
    advice = "see its log" if instance.running(home) else "run `rapport serve` or `rapport worker`"
    return Finding("worker", "warn", "none runs: jobs wait", advice)


def _waiting(connection: psycopg.Connection[Any]) -> Finding:
    row = connection.execute(
        "SELECT count(*), min(coalesce(job.scheduled_at, event.at)) FROM procrastinate_jobs job"
        " LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = job.id) event ON true"
        " WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()"
    ).fetchone()
    count, since = row or (0, None)
    if since is not None and datetime.now(UTC) - since > LONG_WAIT:
        text = f"{count} wait, the oldest since {since:%Y-%m-%d %H:%M} UTC"
        return Finding("jobs waiting", "warn", text, "start a worker, or see what it does")
    return Finding("jobs waiting", "ok", str(count))


def _failed(connection: psycopg.Connection[Any]) -> Finding:
    count = _value(connection, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    if count:
        return Finding("jobs failed", "warn", str(count), "see the worker's log for the reasons")
    return Finding("jobs failed", "ok", "none")


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from rapport.runtime.prepare import refuse_newer

    executor = MigrationExecutor(connection)
    try:
        refuse_newer(executor)
    except Refusal as refusal:
        return Finding("migrations", "bad", str(refusal), "install the newer version")
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Finding("migrations", "bad", f"{len(missing)} not applied", "run `rapport migrate`")
    return Finding("migrations", "ok", "all applied")


def _exists(connection: psycopg.Connection[Any], table: str) -> bool:
    return _value(connection, "SELECT to_regclass(%s) IS NOT NULL", table) is True


def _value(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query.encode(), values or None).fetchone()
    return row[0] if row else None


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
