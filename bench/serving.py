"""Pages and API at 1,000,000 customers, 3,000,000 orders and 10,000,000 events, over HTTP.

The business of `bench.data` is made once in the home of RAPPORT_HOME and kept for the next run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from bench.requests import Call, alone, together, until
from bench.table import Row, main
from rapport.runtime import database, home, memory, prepare, web

PORT = 8931
SAMPLE = 200
WARM = 20
BARE_MS, BARE_RATE = 0.7, 2_700
"""What a bare Django view takes on the machine that the limits are meant for, and its requests/s: see `bench.bare`."""
FILTERS = ('country = "GB"', 'country = "DE"', 'stage = "customer"')


def run() -> list[Row]:
    """Measure the server with two workers, as it is started by default."""
    place = home.current()
    with database.available(place):
        prepare.django()
        prepare.migrate()
        _fill()
        asks = _asks()
        prepare.collect_static(place)
        alone_ms, together_rate = _bare(place.root)
        with served(place.root) as server:
            rows = [*_api(asks, alone_ms, together_rate), *_pages(asks)]
            return [*rows, Row.told("the web server's processes afterwards (PSS)", _megabytes(server), "MB")]


def _bare(root: Path) -> tuple[float, float]:
    """Return what the least of Django views takes here: p50 in milliseconds alone, requests/s by 8 connections."""
    calls = [Call.of("/rows", {})]
    command = [sys.executable, "-m", "bench.bare"]
    with _running(command, {"PORT": str(PORT), "RAPPORT_HOME": str(root)}, "/rows"):
        return alone(PORT, calls, 400).p50, together(PORT, calls, 250, 8).per_second


def _fill() -> None:
    from bench import data
    from rapport.customers.models import Customer

    if not Customer.objects.exists():
        data.make(data.Size(customers=1_000_000, orders=3_000_000, events=10_000_000))


def _asks() -> dict[str, list[Call]]:
    """Return the requests of each kind: real names and real customers, no two alike."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, name FROM customers_customer TABLESAMPLE SYSTEM (0.2) "
            "WHERE deleted_at IS NULL AND kind = 'person' LIMIT %s",
            [SAMPLE],
        )
        sample = cursor.fetchall()
    token, cookie = _token(), _cookie()
    api = {"Authorization": f"Bearer {token}"}
    page = {"Cookie": f"sessionid={cookie}"}
    sorts = ("name", "-value", "-created_at", "-orders")
    lists = [urlencode({"filter": text, "sort": sort}) for text in FILTERS for sort in sorts]
    views = [urlencode({"f": text, "sort": sort}) for text in FILTERS for sort in ("name", "-value", "-last_touch")]
    found = [name for _key, name in sample]
    return {
        "list": [Call.of(f"/api/v1/customers?{query}", api) for query in lists],
        "search": [Call.of(f"/api/v1/customers?{urlencode({'search': name})}", api) for name in found],
        "customer": [Call.of(f"/api/v1/customers/{key}?timeline=30", api) for key, _name in sample],
        "create": [Call.of("/api/v1/customers", api, _new(number)) for number in range(SAMPLE)],
        "list page": [Call.of(f"/customers/?{query}", page) for query in views],
        "customer page": [Call.of(f"/customers/{key}/", page) for key, _name in sample],
        "typing": [
            Call.of(f"/ui/palette/?{urlencode({'partial': '1', 'q': name[:length]})}", page)
            for name in found[:50]
            for length in (3, 5, 9)
        ],
    }


def _new(number: int) -> bytes:
    mark = uuid4().hex[:8]
    identities = [
        {"kind": "email", "value": f"bench.{mark}@example.com"},
        {"kind": "phone", "value": f"+44 1632 96{number:04}"},
    ]
    return json.dumps({"name": f"Bench {mark}", "city": "Leeds", "country": "GB", "identities": identities}).encode()


def _token() -> str:
    from rapport.kernel.actors import SYSTEM
    from rapport.kernel.permissions import RIGHTS
    from rapport.team.models import User
    from rapport.team.services import tokens

    return tokens.issue("bench", User.objects.get(email="alice@example.com"), sorted(RIGHTS), by=SYSTEM)[1]


def _cookie() -> str:
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from rapport.team.models import User

    user = User.objects.get(email="alice@example.com")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def served(root: Path) -> Iterator[int]:
    """Run the web server on the home at `root` for the length of the block; gives its process."""
    command = [sys.executable, "-m", "rapport.runtime.web", "--host", "127.0.0.1", "--port", str(PORT)]
    with _running(command, {"RAPPORT_HOME": str(root), web.WORKERS: "2"}, "/api/v1/openapi.json") as server:
        yield server


@contextmanager
def _running(command: list[str], more: dict[str, str], ready: str) -> Iterator[int]:
    """Run a server for the length of the block, from when it answers at the address `ready`; gives its process."""
    process = subprocess.Popen(command, env={**os.environ, **more})
    try:
        for _ in until(lambda: _up(ready)):
            if process.poll() is not None:
                raise RuntimeError("the web server ended")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _up(address: str) -> bool:
    try:
        alone(PORT, [Call.of(address, {})], 1)
    except (ConnectionError, RuntimeError):
        return False
    return True


def _api(asks: dict[str, list[Call]], bare_ms: float, bare_rate: float) -> list[Row]:
    """Measure the API against its limits, and against them in units of the bare view: as fast as on a usual machine."""
    limits = {"list": 5, "search": 6, "customer": 4, "create": 6}
    rows = []
    for kind, limit in limits.items():
        times = alone(PORT, asks[kind], len(asks[kind]) - WARM if kind == "create" else 400)
        rows.append(Row.below(f"API {kind}, p50 of one connection", times.p50, limit, "ms"))
        rows.append(Row.at_most(f"API {kind} against a bare view", times.p50, bare_ms, limit / BARE_MS, "ms"))
        rows.append(Row.told(f"API {kind}, p95 of one connection", times.p95, "ms"))
        rows.append(Row.told(f"API {kind}, one connection", times.per_second, "requests/s"))
    for kind in ("list", "customer"):
        times = together(PORT, asks[kind], 250, 8)
        rows.append(Row.above(f"API {kind}, 8 connections", times.per_second, 500, "requests/s"))
        rows.append(Row.told(f"API {kind}, p95 of 8 connections", times.p95, "ms"))
        part = 500 / BARE_RATE
        rows.append(Row.at_least(f"API {kind} against a bare view", times.per_second, bare_rate, part, "requests/s"))
    return rows


def _pages(asks: dict[str, list[Call]]) -> list[Row]:
    limits = {"list page": 50, "customer page": 60, "typing": 20}
    rows = []
    for kind, limit in limits.items():
        times = alone(PORT, asks[kind], 300)
        rows.append(Row.below(f"{kind}, p95 of one connection", times.p95, limit, "ms"))
        rows.append(Row.told(f"{kind}, p50 of one connection", times.p50, "ms"))
        rows.append(Row.told(f"{kind}, 8 connections", together(PORT, asks[kind], 60, 8).per_second, "requests/s"))
    return rows


def _megabytes(server: int) -> float:
    """Return the memory of the server's processes, each shared page counted once in all."""
    return sum(process.memory or 0 for process in memory.tree({server}, memory.processes())) / 1e6


if __name__ == "__main__":
    main(run, "Serving 1,000,000 customers")
