"""The embedded server starts from nothing, is shared, and stops with its last user."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rapport.runtime import cluster, locks, postgres
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home
from rapport.testing.session import place

USE_UNTIL_TOLD = """
import sys
from collections.abc import Iterator
from pathlib import Path
from rapport.runtime import postgres
from rapport.runtime.home import Home
from rapport.testing.session import place
with postgres.database(Home(Path(sys.argv[1]))):
    print("ready", flush=True)
    sys.stdin.read()
"""


def _answer(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_user, current_setting('fsync')").fetchone()


@pytest.fixture
def directory() -> Iterator[Path]:
    with place() as made:
        yield made


@pytest.fixture
def home(directory: Path) -> Home:
    return Home(directory / "home")


def test_naming_the_address_writes_nothing(home: Home) -> None:
    assert postgres.embedded_url(home).startswith("postgresql://rapport@/rapport?host=/")
    assert not home.root.exists()


def test_the_server_starts_from_nothing_and_stops(home: Home) -> None:
    with postgres.database(home) as url:
        assert postgres.running(home)
        assert _answer(url) == ("rapport", "off")
    assert not postgres.running(home)


def test_what_was_written_is_there_after_a_restart(home: Home) -> None:
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]


def test_words_with_accents_are_folded_to_lower_case(home: Home) -> None:
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT lower('ÁÉÑ'), to_tsvector('AÇÃO')::text").fetchone()
    assert row == ("áéñ", "'ação':1")


def test_another_process_keeps_the_server_running(home: Home) -> None:
    with postgres.database(home):
        other = subprocess.Popen(
            [sys.executable, "-c", USE_UNTIL_TOLD, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
    assert postgres.running(home)
    other.communicate()
    assert not postgres.running(home)


def test_a_killed_user_does_not_keep_the_server_running(home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USE_UNTIL_TOLD, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    assert postgres.running(home)
    with postgres.database(home):
        pass
    assert not postgres.running(home)


def test_a_server_started_by_hand_runs_until_it_is_stopped(home: Home) -> None:
    assert postgres.start(home) is True
    assert postgres.start(home) is False
    with postgres.database(home):
        pass
    assert postgres.running(home)
    assert postgres.stop(home) is True
    assert postgres.stop(home) is False
    assert not postgres.running(home)


def test_a_lost_server_is_started_again(home: Home) -> None:
    with postgres.database(home) as url:
        assert postgres.ensure(home) is False
        postgres.stop(home)
        assert postgres.ensure(home) is True
        assert _answer(url) == ("rapport", "off")


def test_a_long_path_gets_a_short_socket(directory: Path) -> None:
    home = Home(directory / ("long" * 40))
    assert cluster.socket_directory(home).parent == Path("/tmp")
    with postgres.database(home) as url:
        assert _answer(url) == ("rapport", "off")
        assert stat.S_IMODE(cluster.socket_directory(home).stat().st_mode) == 0o700
    cluster.socket_directory(home).rmdir()


def test_a_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / ("long" * 40))
    directory = cluster.socket_directory(home)
    directory.symlink_to(tmp_path)
    try:
        with pytest.raises(Refusal, match="belongs to another account"):
            postgres.start(home)
    finally:
        directory.unlink()
    assert not cluster.data_directory(home).exists()


def test_a_broken_cluster_says_why_in_one_line(home: Home) -> None:
    with postgres.database(home):
        pass
    (cluster.data_directory(home) / "global" / "pg_control").unlink()
    with pytest.raises(Refusal, match=r"the embedded database does not start: .*pg_control") as caught:
        postgres.start(home)
    assert "\n" not in str(caught.value)


def test_half_a_cluster_is_made_anew(home: Home) -> None:
    home.prepare()
    (home.postgres / "data-new").mkdir(parents=True)
    (home.postgres / "data-new" / "PG_VERSION").write_text("18")
    with postgres.database(home) as url:
        assert _answer(url) == ("rapport", "off")


def test_the_memory_of_the_server_can_be_chosen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cluster.SHARED_MEMORY, "64")
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW shared_buffers").fetchone() == ("64MB",)


def test_the_data_is_closed_to_other_accounts(home: Home) -> None:
    with postgres.database(home):
        pass
    assert stat.S_IMODE(home.postgres.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.root.stat().st_mode) & 0o066 == 0
    owner = home.postgres.stat().st_uid
    assert owner == os.geteuid() if os.geteuid() else owner != 0


def test_a_lock_is_free_again_when_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = locks.take(path)
    assert first is not None
    assert locks.take(path, wait=False) is None
    assert locks.take(path, shared=True, wait=False) is None
    locks.release(first)
    with locks.held(path):
        assert locks.take(path, wait=False) is None
