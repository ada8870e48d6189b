"""Starting, watching and stopping: nothing is left behind, and nothing in the way is a traceback."""

import os
import select
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest

from rapport.runtime import database, memory, postgres
from rapport.runtime.errors import Refusal
from rapport.testing import waiting
from rapport.testing.session import place
from rapport.testing.waiting import until
from tests.commands.conftest import Rapport, Serving, furnish

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and waits on pidfd"),
]


def health(serving: Serving) -> str:
    with urllib.request.urlopen(f"{serving.ready['address']}/health", timeout=30) as answer:
        return str(answer.read(), "ascii")


def family(rapport: Rapport, serving: Serving) -> dict[int, str]:
    """Every process of the instance, the database's too."""
    server = postgres.process(rapport.home)
    assert server is not None
    members = memory.tree({serving.process.pid, server}, memory.processes())
    return {member.pid: member.command for member in members}


def await_end(pids: Iterable[int], seconds: float = 30) -> None:
    """Wait until none of these processes runs."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            assert select.select([descriptor], [], [], seconds)[0], f"process {pid} still runs"
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class Running:
    """An instance that runs for some tests, and the program on its home."""

    rapport: Rapport
    serving: Serving


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Everything runs, for all tests of this module that leave it so; on a home of its own, to be beside the others."""
    with place() as directory:
        program = furnish(directory / "home")
        with program.serving() as serving:
            yield Running(program, serving)


@pytest.fixture(scope="module")
def without_worker() -> Iterator[Running]:
    """As `running`, but without the worker, which sees to a lost database, too, while it starts."""
    with place() as directory:
        program = furnish(directory / "home")
        with program.serving("--no-worker") as serving:
            yield Running(program, serving)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_all_processes(migrated: Rapport, number: signal.Signals) -> None:
    with migrated.serving(RAPPORT_WEB_WORKERS="") as serving:
        assert health(serving) == "ok\n"
        members = family(migrated, serving)
        assert sum("rapport.runtime.web" in command for command in members.values()) == 3
        assert sum("rapport.cli worker" in command for command in members.values()) == 1
        serving.process.send_signal(number)
        out, err = serving.process.communicate(timeout=60)
    assert (serving.process.returncode, out, err) == (0, "", "")
    await_end(members)
    assert not postgres.running(migrated.home)


def test_a_second_instance_says_who_is_there(running: Running) -> None:
    second = running.rapport("serve", "--port", "0", "--json")
    assert health(running.serving) == "ok\n"
    expected = (
        f"Rapport already runs on {running.rapport.home.root} (process {running.serving.process.pid}, "
        f"{running.serving.ready['address']}); stop it before starting it again"
    )
    assert (second.code, second.line, second.answer) == (1, f"rapport: {expected}", {"error": expected})


def test_a_taken_port_is_one_line_and_starts_nothing(rapport: Rapport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = rapport("serve", "--port", str(port))
    assert done.code == 1
    assert done.line == (
        f"rapport: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port"
    )
    assert not rapport.home.postgres.exists()


def test_what_serves_shares_what_was_loaded_once(running: Running) -> None:
    members = memory.tree({running.serving.process.pid}, memory.processes())
    leader, serving = sorted((one for one in members if "rapport.runtime.web" in one.command), key=lambda one: one.pid)
    assert serving.parent == leader.pid
    assert serving.memory
    assert leader.memory
    assert serving.memory < leader.memory


def test_the_worker_stays_light_while_the_numbers_are_worked_out(running: Running) -> None:
    lake = running.rapport.home.lake / "current"
    with psycopg.connect(postgres.embedded_url(running.rapport.home), autocommit=True) as connection:
        failed = "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'"
        until(lambda: lake.exists() or connection.execute(failed).fetchone())  # the first job of a worker makes it
    assert lake.exists()
    members = family(running.rapport, running.serving)
    worker = next(pid for pid, command in members.items() if "rapport.cli worker" in command)
    loaded = Path(f"/proc/{worker}/maps").read_text("utf-8")
    assert "site-packages/pyarrow/" in loaded
    assert "duckdb" not in loaded
    assert "site-packages/scipy/" not in loaded


def test_a_killed_child_is_started_again(running: Running) -> None:
    serving, before = running.serving, family(running.rapport, running.serving)
    worker = next(pid for pid, command in before.items() if "rapport.cli worker" in command)
    os.kill(worker, signal.SIGKILL)
    assert serving.says("the worker ended").strip() == "the worker ended (signal SIGKILL); starting it again in 1 s"
    web = next(pid for pid, command in before.items() if "rapport.runtime.web" in command and is_leader(pid))
    os.kill(web, signal.SIGKILL)
    serving.says("the web server ended (signal SIGKILL)")
    await_end(pid for pid, command in before.items() if "rapport.runtime.web" in command)
    until(lambda: answers(serving))
    assert health(serving) == "ok\n"


def live(serving: Serving) -> int:
    """Return the port at which the live process answers, next to the web server's unless that was taken."""
    children = memory.tree({serving.process.pid}, memory.processes())
    words = next(child.command.split() for child in children if "rapport.runtime.live" in child.command)
    return int(words[words.index("--port") + 1])


def hears(port: int) -> bool:
    return waiting.answers(f"http://127.0.0.1:{port}/health")


def test_the_live_process_hears_the_database_again_after_either_was_lost(without_worker: Running) -> None:
    serving, home = without_worker.serving, without_worker.rapport.home
    port = live(serving)
    until(lambda: hears(port))
    server = postgres.process(home)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    serving.says("the embedded database was lost; it runs again")
    until(lambda: hears(port))
    members = family(without_worker.rapport, serving)
    process = next(pid for pid, command in members.items() if "rapport.runtime.live" in command)
    os.kill(process, signal.SIGKILL)
    serving.says("the live process ended (signal SIGKILL)")
    until(lambda: hears(port))


def test_mail_is_waited_for_only_while_a_mailbox_works(migrated: Rapport, running: Running) -> None:
    members = family(running.rapport, running.serving)
    assert not any("rapport.cli mail" in command for command in members.values())
    with migrated.serving(RAPPORT_MAIL_LISTEN="127.0.0.1:0") as serving:
        assert any("rapport.cli mail" in command for command in family(migrated, serving).values())


def is_leader(pid: int) -> bool:
    return os.getsid(pid) == pid


def answers(serving: Serving) -> bool:
    try:
        return health(serving) == "ok\n"
    except (OSError, HTTPException):  # a port that nobody has may connect to itself, and then hears its own question
        return False


def test_a_lost_database_comes_back(without_worker: Running) -> None:
    serving, home = without_worker.serving, without_worker.rapport.home
    server = postgres.process(home)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    serving.says("the embedded database was lost; it runs again")
    until(lambda: answers(serving))
    assert postgres.process(home) not in (server, None)


def test_a_killed_supervisor_leaves_nothing_running(migrated: Rapport) -> None:
    with migrated.serving() as serving:
        members = family(migrated, serving)
        serving.process.kill()
        await_end(members)
    assert not postgres.running(migrated.home)


def test_serving_without_a_worker(without_worker: Running) -> None:
    members = family(without_worker.rapport, without_worker.serving)
    assert not any("rapport.cli worker" in command for command in members.values())
    assert without_worker.rapport("worker", "--once").code == 0


def test_the_same_program_runs_on_a_server(migrated: Rapport, rapport: Rapport) -> None:
    migrated("database", "start")
    try:
        url = postgres.embedded_url(migrated.home)
        with rapport.serving(DATABASE_URL=url) as serving:
            assert health(serving) == "ok\n"
            assert serving.ready["migrations"] == []
        assert not rapport.home.postgres.exists()
    finally:
        migrated("database", "stop")


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("mysql://somewhere/x", "DATABASE_URL must look like postgresql://user:password@host:5432/name"),
        ("postgresql://ana:secret@127.0.0.1:1/x", "cannot use the database at x on 127.0.0.1:1: "),
        ("postgresql://ana:secret@no-such-host.invalid/x", "cannot use the database at x on no-such-host.invalid: "),
        ("postgresql://ana:secret@localhost:port/x", "cannot use the database at "),
    ],
)
@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "backup"])
def test_a_wrong_database_url_is_one_line(rapport: Rapport, command: str, url: str, line: str) -> None:
    done = rapport(command, DATABASE_URL=url)
    assert done.code == 1
    assert done.line.startswith(f"rapport: {line}")
    assert "secret" not in done.err


def test_a_server_too_old_is_one_line(migrated: Rapport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LEAST_VERSION", 99)
    with postgres.database(migrated.home) as url, pytest.raises(Refusal) as caught:
        database.check(url)
    host = migrated.home.postgres / "socket"
    assert str(caught.value) == f"the server at rapport on {host} is PostgreSQL 18; Rapport needs 99 or newer"


@pytest.mark.parametrize("command", ["serve", "migrate", "worker", "doctor", "backup"])
def test_a_home_that_cannot_be_is_one_line(tmp_path_factory: pytest.TempPathFactory, command: str) -> None:
    blocked = tmp_path_factory.mktemp("blocked") / "file"
    blocked.write_text("in the way")
    done = Rapport(blocked)(command)
    assert done.code == 1
    assert done.line == f"rapport: cannot use the data directory {blocked}: File exists"


def test_a_newer_database_is_not_touched(migrated: Rapport) -> None:
    with postgres.database(migrated.home) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_later', now())")
        try:
            done = migrated("migrate")
        finally:
            connection.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    assert (done.code, done.line) == (
        1,
        "rapport: the database was made by a newer Rapport (it has kernel.9999_later); install that version",
    )
