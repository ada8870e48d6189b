"""A backup holds everything, a restore brings back all of it or changes nothing."""

import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import zstandard
from psycopg import sql

from rapport.runtime import archive, backup, postgres, restore
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home
from rapport.testing.session import place
from tests.commands.conftest import Rapport, furnish

pytestmark = pytest.mark.process

FILL = """
INSERT INTO kernel_sequence (name, last) SELECT 'series-' || n, n FROM generate_series(1, 500) AS n;
"""


def rows(home: Home) -> dict[str, str]:
    """A checksum over the rows of every table."""
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        found = {}
        for table in backup.table_counts(connection):
            name = sql.Identifier(table)
            query = sql.SQL("SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {} t")
            row = connection.execute(query.format(name)).fetchone()
            assert row is not None
            found[table] = str(row[0])
    return found


def files(home: Home) -> dict[str, bytes]:
    found = {str(path.relative_to(home.files)): path.read_bytes() for path in home.files.rglob("*") if path.is_file()}
    return {**found, "key": home.secret_key_file.read_bytes()}


def execute(home: Home, statements: str) -> None:
    with postgres.database(home) as url, psycopg.connect(url) as connection:
        connection.execute(statements.encode())


@pytest.fixture(scope="module")
def used() -> Iterator[Rapport]:
    """An installation in use: an organisation, a user, rows, a file."""
    with place() as directory:
        program = furnish(directory / "used")
        done = program(
            "createadmin", "ana@example.com", "--name", "Ana", "--organisation", "Ana & Co", "--password-file", "-",
            given="a long pass phrase\n",
        )  # fmt: skip
        assert done.code == 0, done.err
        execute(program.home, FILL)
        (program.home.files / "letters").mkdir()
        (program.home.files / "letters" / "à la carte.txt").write_bytes(b"dear \xff")
        yield program


@pytest.fixture(scope="module")
def saved(used: Rapport) -> Iterator[Path]:
    with place() as directory:
        target = directory / "saved.backup"
        done = used("backup", target, "--json")
        assert done.code == 0, done.err
        assert done.answer["tables"]["kernel_sequence"] == 500
        assert done.answer["bytes"] == target.stat().st_size
        yield target


@pytest.fixture
def other() -> Iterator[Rapport]:
    with place() as directory:
        yield Rapport(directory / "other")


def test_the_round_trip_gives_the_same_rows_and_files(used: Rapport, saved: Path, other: Rapport) -> None:
    done = other("restore", saved, "--json")
    assert done.code == 0, done.err
    assert rows(other.home) == rows(used.home)
    assert files(other.home) == files(used.home)
    assert stat.S_IMODE(other.home.secret_key_file.stat().st_mode) == 0o600
    again = other("createadmin", "eva@example.com", "--name", "Eva", "--password-file", "-", given="more words here\n")
    assert (again.code, again.out) == (0, "eva@example.com can sign in.\n")


def test_only_its_owner_can_read_a_backup(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [path.name for path in saved.parent.iterdir()] == ["saved.backup"]


def test_a_backup_never_overwrites(used: Rapport, saved: Path) -> None:
    before = saved.read_bytes()
    done = used("backup", saved)
    assert (done.code, done.line) == (1, f"rapport: {saved} exists already")
    assert saved.read_bytes() == before


def test_a_backup_into_nowhere_is_refused(used: Rapport, saved: Path) -> None:
    done = used("backup", saved.parent / "missing" / "x.backup")
    assert (done.code, done.line) == (1, f"rapport: there is no directory {saved.parent / 'missing'}")


def test_an_installation_in_use_is_not_overwritten(used: Rapport, saved: Path) -> None:
    before = rows(used.home), files(used.home)
    done = used("restore", saved)
    assert (done.code, done.line) == (
        1,
        "rapport: this installation is in use; add --replace to give up what it holds",
    )
    assert (rows(used.home), files(used.home)) == before


def test_replacing_gives_up_what_is_there(used: Rapport, saved: Path) -> None:
    before = rows(used.home), files(used.home)
    execute(used.home, "DELETE FROM kernel_sequence WHERE last > 10; CREATE TABLE extra AS SELECT 1 AS one")
    (used.home.files / "later.txt").write_text("gone")
    done = used("restore", saved, "--replace", "--json")
    assert done.code == 0, done.err
    assert (rows(used.home), files(used.home)) == before


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    used: Rapport, saved: Path, tmp_path: Path, share: float, harm: str
) -> None:
    data = bytearray(saved.read_bytes())
    place_ = int(len(data) * share)
    if harm == "cut":
        del data[place_:]
    else:
        data[place_] ^= 0xFF
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(data)
    with pytest.raises(Refusal, match="damaged"):
        archive.verify(damaged)


def test_the_command_refuses_a_damaged_backup(used: Rapport, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(b"not a backup")
    before = rows(used.home), files(used.home)
    done = used("restore", damaged, "--replace")
    assert done.code == 1
    assert done.line.startswith(f"rapport: {damaged} is not a backup, or it is damaged: ")
    assert (rows(used.home), files(used.home)) == before


def rewrite(source: Path, target: Path, change: dict[str, Any]) -> None:
    """Copy a backup with another manifest, checksums and all."""
    with archive.writing(target) as writer, archive.reading(source) as members:
        for name, content in members:
            if name == archive.MANIFEST:
                manifest = {**json.loads(content.read()), **change}
                writer.add(archive.MANIFEST, json.dumps(manifest).encode())
            else:
                writer.add(name, content.read())


def test_rows_that_do_not_arrive_undo_everything(used: Rapport, saved: Path, tmp_path: Path) -> None:
    manifest = archive.verify(saved)
    manifest["tables"]["kernel_sequence"] = 501
    (used.home.files / "later.txt").write_text("kept")
    before = rows(used.home), files(used.home)
    with (
        postgres.database(used.home) as url,
        pytest.raises(Refusal, match=r"nothing was restored: .*not all rows of kernel_sequence arrived"),
    ):
        restore.restore(used.home, url, saved, manifest)
    assert (rows(used.home), files(used.home)) == before
    assert not (used.home.root / ".files.new").exists()


def test_a_dump_that_breaks_off_undoes_everything(used: Rapport, saved: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.backup"
    with archive.writing(broken) as writer, archive.reading(saved) as members:
        for name, content in members:
            data = content.read()
            writer.add(name, data[: len(data) // 2] if name.startswith("database/") else data)
    before = rows(used.home), files(used.home)
    with postgres.database(used.home) as url, pytest.raises(Refusal, match="nothing was restored: "):
        restore.restore(used.home, url, broken, archive.verify(saved))
    assert (rows(used.home), files(used.home)) == before


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"migrations": ["kernel.9999_later"], "version": "99.0"}, "the backup was made by a newer Rapport (99.0)"),
        ({"format": 2}, "has format 2; this version reads format 1"),
    ],
)
def test_a_newer_backup_is_refused(
    saved: Path, other: Rapport, tmp_path: Path, change: dict[str, Any], line: str
) -> None:
    newer = tmp_path / "newer.backup"
    rewrite(saved, newer, change)
    done = other("restore", newer)
    assert done.code == 1
    assert line in done.line
    assert rows_or_none(other.home) == {}


def rows_or_none(home: Home) -> dict[str, str]:
    try:
        return rows(home)
    except Refusal:
        return {}


def test_a_file_outside_its_place_is_refused(used: Rapport, saved: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.backup"
    with archive.writing(evil) as writer, archive.reading(saved) as members:
        for name, content in members:
            writer.add("files/../../escaped" if name.startswith("files/") else name, content.read())
    before = rows(used.home), files(used.home)
    with postgres.database(used.home) as url, pytest.raises(Refusal, match="outside its place"):
        restore.restore(used.home, url, evil, archive.verify(saved))
    assert (rows(used.home), files(used.home)) == before
    assert not (used.home.root.parent / "escaped").exists()


def test_checking_touches_nothing(saved: Path, other: Rapport) -> None:
    done = other("restore", saved, "--check")
    assert done.code == 0
    assert done.out.startswith(f"Checked {saved}: ")
    assert not other.home.root.exists()


def test_restoring_beside_a_running_instance_is_refused(used: Rapport, saved: Path) -> None:
    before = rows(used.home)
    with used.serving("--no-worker") as serving:
        done = used("restore", saved, "--replace")
        assert done.code == 1
        assert f"(process {serving.process.pid}" in done.line
        assert done.line.endswith("stop it before restoring")
        assert used("backup", saved.parent / "live.backup").code == 0
    assert rows(used.home) == before


def test_nothing_to_back_up_is_one_line(other: Rapport, tmp_path: Path) -> None:
    done = other("backup", tmp_path / "x.backup")
    assert (done.code, done.line) == (
        1,
        "rapport: there is nothing to back up: this database has no tables yet",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_member_more_than_the_manifest_knows_is_refused(saved: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.backup"
    with archive.writing(more) as writer, archive.reading(saved) as members:
        writer.add("files/extra", b"extra")
        for name, content in members:
            writer.add(name, content.read())
    with pytest.raises(Refusal, match="damaged: files/extra is not what was backed up"):
        archive.verify(more)


def test_an_interrupted_backup_leaves_no_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with archive.writing(tmp_path / "x.backup") as writer:
            writer.add("database/000000", b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_the_archive_is_an_ordinary_tar(saved: Path) -> None:
    with archive.reading(saved) as members:
        names = [name for name, _ in members]
    assert names[0] == "database/000000"
    assert names[-3:] == ["files/letters/à la carte.txt", "secret_key", "manifest.json"]
    with saved.open("rb") as file:
        plain = zstandard.ZstdDecompressor().stream_reader(file).read()
    assert plain[257:262] == b"ustar"
    manifest = archive.verify(saved)
    letter = hashlib.sha256(b"dear \xff").hexdigest()
    assert manifest["members"]["files/letters/à la carte.txt"] == {"size": 6, "sha256": letter}
