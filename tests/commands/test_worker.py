"""The worker takes up what a killed one left, and gives memory back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from rapport.runtime import worker

ran: list[int] = []


@app.task(name="tests.note")
def note(*, number: int) -> None:
    """Remember that it ran."""
    ran.append(number)


def run(*, once: bool) -> int:
    """Run the worker in a thread, because browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(worker.run, once=once).result()


@pytest.fixture(autouse=True)
def nothing_ran(transactional_db: None) -> None:
    """Begin with nothing remembered."""
    ran.clear()


def test_once_runs_what_waits_and_ends() -> None:
    note.defer(number=1)
    note.defer(number=2)
    assert run(once=True) == 0
    assert sorted(ran) == [1, 2]
    assert left() == []


def test_a_job_of_a_killed_worker_is_taken_up() -> None:
    note.defer(number=3)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id"
        )
        killed = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [killed])
    assert run(once=True) == 0
    assert ran == [3]
    assert left() == []


def test_an_idle_worker_that_holds_much_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(worker.MEMORY, "100")
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(worker, "resident", lambda: 101 * 1024 * 1024)
    assert run(once=False) == 0


def test_the_memory_of_a_process_is_told_in_bytes() -> None:
    assert 10_000_000 < worker.resident() < 10_000_000_000 or not Path("/proc/self/statm").exists()


def left() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs")
        return [status for (status,) in cursor.fetchall()]
