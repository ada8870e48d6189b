"""The same program on a PostgreSQL server of another version, which may come and go."""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from rapport.runtime import account, cluster
from rapport.runtime.supervisor import free_port
from rapport.testing.session import place
from tests.commands.conftest import Rapport

pytestmark = pytest.mark.process
OLDER = cluster.programs().parent.parent / "pginstall" / "bin"  # PostgreSQL 16, in the same package
PASSWORD = "not a secret"


@dataclass(frozen=True)
class Server:
    """A server on a port of this machine, with a database `rapport` of its own role."""

    data: Path
    port: int
    owner: account.Account

    @property
    def url(self) -> str:
        return f"postgresql://rapport:not%20a%20secret@127.0.0.1:{self.port}/rapport"

    def run(self, program: str, *words: str | Path) -> None:
        subprocess.run(
            [OLDER / program, *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            user=self.owner.uid if self.owner.other else None,
            group=self.owner.gid if self.owner.other else None,
            extra_groups=[] if self.owner.other else None,
        )

    def start(self) -> None:
        self.run("pg_ctl", "start", "--wait", "--silent", "--pgdata", self.data, "--log", self.data / "log")

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--silent", "--pgdata", self.data, "--mode", "immediate")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if not OLDER.is_dir():
        pytest.skip("the older server is not in the package")
    with place() as directory:
        owner = account.database_account(directory / "server")
        owner.own(directory / "server")
        owner.open_way(directory / "server" / "data")
        owner.open_tree(OLDER.parent)
        made = Server(directory / "server" / "data", free_port("127.0.0.1", 0), owner)
        made.run(
            "initdb", "--pgdata", made.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"
        )
        with (made.data / "postgresql.conf").open("a") as file:
            file.write(
                f"listen_addresses = '127.0.0.1'\nport = {made.port}\nunix_socket_directories = ''\nfsync = off\n"
            )
        made.start()
        administrator = f"postgresql://postgres@127.0.0.1:{made.port}/postgres"
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE rapport LOGIN PASSWORD '{PASSWORD}'".encode())
            connection.execute("CREATE DATABASE rapport OWNER rapport")
        yield made
        made.stop()


def test_a_business_moves_from_the_embedded_database_to_a_server_and_back(
    server: Server, migrated: Rapport, rapport: Rapport, tmp_path: Path
) -> None:
    there, back = tmp_path / "there.backup", tmp_path / "back.backup"
    counts = migrated("backup", there, "--json").answer["tables"]
    moved = rapport("restore", there, "--json", DATABASE_URL=server.url)
    assert moved.code == 0, moved.err
    assert rapport("backup", back, "--json", DATABASE_URL=server.url).answer["tables"] == counts
    assert not rapport.home.postgres.exists()
    returned = rapport("restore", back, "--json")
    assert returned.code == 0, returned.err
    assert returned.answer["tables"] == counts


def test_a_lost_server_is_said_and_comes_back(server: Server, rapport: Rapport) -> None:
    assert rapport("migrate", DATABASE_URL=server.url).code == 0
    with rapport.serving(DATABASE_URL=server.url) as serving:
        address = f"{serving.ready['address']}/accounts/login/"
        assert status(address) == 200
        server.stop()
        try:
            assert status(address) == 503
            assert status(f"{serving.ready['address']}/health") == 503
            line = serving.says("Service Unavailable: /accounts/login/: ")
            assert "the database was lost or cannot be reached" in line
        finally:
            server.start()
        assert status(address) == 200


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
