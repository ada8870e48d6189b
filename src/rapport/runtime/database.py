"""Which database this process uses: a PostgreSQL server named by ``DATABASE_URL``, or the embedded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rapport.runtime import postgres
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

VARIABLE = "DATABASE_URL"
LEAST_VERSION = 15
CONNECT_SECONDS = 5


def chosen_url() -> str | None:
    """Return ``DATABASE_URL``, or None when the embedded database is meant."""
    return os.environ.get(VARIABLE, "").strip() or None


def url(home: Home) -> str:
    """Return the address of the database; starts nothing."""
    return chosen_url() or postgres.embedded_url(home)


@contextmanager
def available(home: Home) -> Iterator[str]:
    """Have a database for the length of the block; gives its address.

    The embedded one is started when needed and stopped by its last user; a server is only checked. Raises Refusal
    when there is none, or when it is too old.
    """
    home.prepare()
    chosen = chosen_url()
    if chosen:
        check(chosen)
        yield chosen
        return
    with postgres.database(home) as embedded:
        yield embedded


@contextmanager
def kept(home: Home) -> Iterator[None]:
    """Keep the embedded database running for the length of the block; a server is not even asked."""
    if chosen_url():
        yield
        return
    with postgres.database(home):
        yield


def check(address: str) -> int:
    """Connect once to ``address``; return the server's version as in ``server_version_num`` (180004 for 18.4).

    Raises Refusal with the reason when that fails, or when the server is older than ``LEAST_VERSION``.
    """
    import psycopg

    if not address.startswith(("postgresql://", "postgres://")):
        raise Refusal(f"{VARIABLE} must look like postgresql://user:password@host:5432/name")
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
    except (psycopg.Error, ValueError) as error:
        raise Refusal(f"cannot use the database at {place(address)}: {first_line(error)}") from error
    if version < LEAST_VERSION * 10_000:
        raise Refusal(
            f"the server at {place(address)} is PostgreSQL {version // 10_000}; Rapport needs {LEAST_VERSION} or newer"
        )
    return version


def place(address: str) -> str:
    """Return where the database is, in words without the password: ``name on host``."""
    import psycopg.conninfo

    try:
        parts = psycopg.conninfo.conninfo_to_dict(address)
    except psycopg.Error:
        return VARIABLE
    host, port = parts.get("host") or "localhost", parts.get("port")
    return f"{parts.get('dbname') or parts.get('user') or ''} on {host}{f':{port}' if port else ''}"


def first_line(error: BaseException) -> str:
    """Return the first line of what ``error`` says, without the driver's repetitions."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "FATAL:" in line] or lines or [type(error).__name__]
    text = told[0].rsplit("FATAL:", 1)[-1].strip()
    return text.removeprefix("connection failed: ")
