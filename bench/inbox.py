"""The inbox at 1,000,000 threads and 5,000,000 messages: its lists, one thread, and what was said where.

The talk of inbox.sql is made once in a home of its own inside that of RAPPORT_HOME, and kept for the next run. Every
figure is the 95th percentile of the queries as a page asks them, in one process, without drawing the page.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import apart
from bench.table import Row
from rapport.runtime import database, home, prepare

THREADS = 1_000_000
SAMPLE = 200
PAGES = 6
LISTS, OPEN, SEARCH = 60.0, 80.0, 150.0
STATEMENTS = Path(__file__).with_suffix(".sql")
TABLES = (
    "customers_customer", "conversations_thread", "conversations_message", "conversations_participant",
)  # fmt: skip


def run() -> list[Row]:
    """Measure in a process of its own, whose home is kept."""
    return apart.run_in(home.current().root / "inbox", "bench.inbox")


def here() -> list[Row]:
    """Measure lists, threads and searches as an agent who may see everything, and as one who may see their team's."""
    with database.available(home.current()):
        prepare.django()
        prepare.migrate()
        _fill()
        from rapport.conversations import queries

        everybody, team = _actors()
        keys, words = _keys(), _words()
        return [
            Row.below("a list of the inbox", _p95(_lists(everybody)), LISTS, "ms"),
            Row.below("the same for one team", _p95(_lists(team)), LISTS, "ms"),
            Row.below("how many are in each list", _p95([lambda: queries.counters(everybody)] * 10), LISTS, "ms"),
            Row.below("open a thread", _p95(_threads(everybody, keys)), OPEN, "ms"),
            Row.below("search all messages", _p95(_searches(everybody, words)), SEARCH, "ms"),
            Row.below("the same for one team", _p95(_searches(team, words)), SEARCH, "ms"),
        ]


def _fill() -> None:
    from bench import data
    from rapport.conversations.models import Thread
    from rapport.team.models import Organisation

    if Thread.objects.exists():
        return
    if not Organisation.objects.exists():
        data.staff()
    with data.without_indexes(TABLES):
        for part in STATEMENTS.read_text("utf-8").split(data.MARK)[1:]:
            name, statement = part.split("\n", 1)
            data.run(name.strip(), statement.strip().replace("{threads}", str(THREADS)))
    data.run("vacuum", f"VACUUM (ANALYZE) {', '.join(TABLES)}")


def _actors() -> tuple[Any, Any]:
    from rapport.kernel.actors import Actor, Reach
    from rapport.team.models import User
    from rapport.team.queries import mates

    user = User.objects.get(email="staff1@example.com")
    grants = {"conversations.view": Reach.ALL}
    of_team = {"conversations.view": Reach.TEAM}
    every = Actor("user", user.name, id=user.pk, user_id=user.pk, grants=grants)
    return every, Actor("user", user.name, id=user.pk, user_id=user.pk, grants=of_team, mates=mates(user.pk))


def _lists(actor: Any) -> list[Callable[[], object]]:
    """Return what turns the pages of each list."""
    from rapport.conversations import queries

    def turn(view: str) -> Iterable[Callable[[], object]]:
        at: list[Any] = [None]

        def page() -> None:
            at[0] = queries.inbox(actor, view, after=at[0]).next

        return [page] * PAGES

    return [page for view in queries.VIEWS for page in turn(view)]


def _threads(actor: Any, keys: list[Any]) -> list[Callable[[], object]]:
    from rapport.conversations import queries

    return [lambda key=key: queries.talk(queries.thread(actor, key), actor) for key in keys]  # type: ignore[misc]


def _searches(actor: Any, words: list[str]) -> list[Callable[[], object]]:
    from rapport.conversations import queries

    return [lambda text=text: queries.search(text, actor) for text in words]  # type: ignore[misc]


def _keys() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM conversations_thread TABLESAMPLE SYSTEM (0.1) LIMIT %s", [SAMPLE])
        return [row[0] for row in cursor.fetchall()]


def _words() -> list[str]:
    """Return what people type: words of messages, frequent and rare, their beginnings, and two of them together."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT fresh_text FROM conversations_message TABLESAMPLE SYSTEM (0.1) LIMIT %s", [SAMPLE])
        texts = [row[0].split() for row in cursor.fetchall()]
    chance = random.Random(42)
    found = []
    for number, said in enumerate(texts):
        one, other = chance.sample(said, 2)
        found.append((one, f"{one} {other}", one[:6], f"writer{chance.randrange(100_000)}")[number % 4])
    return found


def _p95(calls: list[Callable[[], object]]) -> float:
    """Return the 95th percentile of how long `calls` take, in milliseconds, after one of them was made in vain."""
    calls[0]()
    times = []
    for call in calls:
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[int(len(times) * 0.95) - 1]


if __name__ == "__main__":
    apart.serve(here, run, "The inbox at 1,000,000 threads and 5,000,000 messages")
