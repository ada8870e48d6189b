"""kill -9 of whoever fetches, of whoever sends and of the database, at any moment: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from rapport.connectors.mail.tests.servers import PASSWORD, USER, Dovecot, Post
from rapport.runtime import cluster, postgres, tools
from rapport.runtime.home import Home
from rapport.testing.cast import Cast
from rapport.testing.session import place
from rapport.testing.waiting import until

ROUNDS, DATABASE_KILLS = 102, 4  # two processes die in every round
MAILS, ANSWERS = 90, 60
pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


class Victim:
    """The process whose children are killed."""

    def __init__(self, home: Home) -> None:
        environment = {**os.environ, "RAPPORT_HOME": str(home.root), "DATABASE_URL": postgres.embedded_url(home)}
        command = [sys.executable, "-m", "rapport.connectors.mail.tests.victim"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        self.answers: list[Any] = []
        assert self._line() == ["ready"]

    def begin(self, order: str, **values: Any) -> int:
        """Let a child do something and return its number."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([order, values]) + "\n")
        self.process.stdin.flush()
        while (line := self._line())[0] != "child":
            self.answers.append(line)
        return int(line[1])

    def finish(self, order: str, **values: Any) -> Any:
        """Let a child do something, and return what it says in the end. Fails when it failed."""
        self.begin(order, **values)
        self.answers.clear()
        kind, said = self._line()
        assert kind == "done", said
        return said

    def settle(self) -> None:
        """Wait until no child is left that could still say something."""
        me = self.process.pid
        until(lambda: not Path(f"/proc/{me}/task/{me}/children").read_text().strip())

    def _line(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process of the victims ended"
        return json.loads(line)


@pytest.fixture
def home(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Return a home with a database of its own, made like that of the tests, whose commits are on the disk."""
    monkeypatch.setenv("RAPPORT_DATABASE_OPTIONS", "fsync=off,full_page_writes=off")
    with place() as root:
        made = Home(root / "home")
        with postgres.database(made) as address:
            _copy(address)
            yield made


def _copy(address: str) -> None:
    said = connection.settings_dict
    host = said["HOST"] or settings.DATABASES["default"]["HOST"]
    ours = f"host={host} dbname={said['NAME']} user={said['USER']}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    dumped = subprocess.run(
        [tools.tool("pg_dump", version), "--no-owner", "--schema=public"], env=tools.environment(ours), check=True,
        capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [tools.tool("psql", version), "--quiet", "--no-psqlrc"], env=tools.environment(address), check=True,
        input=re.sub(rb"(?m)^CREATE SCHEMA public;$", b"", dumped.stdout), capture_output=True,
    )  # fmt: skip


def _kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def _kill_database(home: Home) -> None:
    number = postgres.process(home)
    assert number is not None
    everybody = [number, *map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())]
    for one in everybody:
        _kill(one)
    until(lambda: not any(map(_alive, everybody)))
    # where nobody fetches the dead, their numbers seem to be taken, and these files with them
    (cluster.data_directory(home) / "postmaster.pid").unlink(missing_ok=True)
    (cluster.socket_directory(home) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    assert postgres.ensure(home)


def _alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _incoming(number: int) -> bytes:
    return (
        f"From: Buyer {number} <b{number}@buyers.example>\r\nTo: {USER}\r\nSubject: Lamp {number}\r\n"
        f"Message-ID: <in{number}@buyers>\r\n\r\nWhere is lamp {number}?\r\n"
    ).encode()


def test_kills_lose_nothing_and_do_nothing_twice(home: Home, dovecot: Dovecot, post: Post) -> None:
    chance = random.Random()
    victim = Victim(home)
    box = victim.finish(
        "set_up", imap_port=dovecot.port, smtp_port=post.port, user=USER, password=PASSWORD, count=ANSWERS
    )
    longest = _life(victim, box, dovecot)
    kills, ahead = 0, 60.0
    dovecot.put(*map(_incoming, range(2, MAILS)))
    database_dies = set(chance.sample(range(ROUNDS), DATABASE_KILLS))
    for turn in range(ROUNDS):
        ahead += 1_000.0
        both = [victim.begin("fetch", box=box), victim.begin("send", ahead=ahead)]
        time.sleep(chance.uniform(0, longest))
        if turn in database_dies:
            _kill_database(home)
            kills += 1
        for one in both:
            _kill(one)
            kills += 1
    assert kills >= 200
    victim.settle()
    for _ in range(8):
        ahead += 100_000.0
        victim.finish("fetch", box=box)
        victim.finish("send", ahead=ahead)
    _check(victim.finish("report"), post)
    victim.process.kill()
    victim.process.wait()


def _life(victim: Victim, box: str, dovecot: Dovecot) -> float:
    """Return how many seconds a child lives at most: about as long as it takes here and now to file a mail or two."""
    dovecot.put(*map(_incoming, range(2)))
    began = time.monotonic()
    assert victim.finish("fetch", box=box) == 2
    return time.monotonic() - began


def _check(found: dict[str, Any], post: Post) -> None:
    assert found["filed"] == sorted(["first@buyers", *(f"in{number}@buyers" for number in range(MAILS))])
    assert found["told"] == MAILS + 1
    assert found["told_twice"] == []
    names = [re.findall(rb"(?m)^Message-ID: <(.*)>\r$", raw)[0].decode() for _from, _to, raw in post.taken]
    taken = Counter(names)
    assert not [name for name, times in taken.items() if times > 1]
    assert len(found["sent"]) == ANSWERS
    for name, state, error in found["sent"]:
        assert state in ("sent", "failed")
        if state == "sent":
            assert taken[name] == 1
        else:
            assert error.startswith("Nobody knows whether this was sent.")
