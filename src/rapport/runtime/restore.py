"""Bringing back what a backup holds: all of it or nothing."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from psycopg import sql

from rapport.runtime import archive, tools
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home

SCRIPT = ("--file=-", "--schema=public", "--no-owner", "--no-privileges")
HEADER_LINES = 60
CHECKED = b"rapport: every row is there"
# Everything of ours in the schema, whatever the version that made it, but nothing that an extension owns.
EMPTY = """
SET lock_timeout = '20s';
DO $$
DECLARE
    target record;
BEGIN
    FOR target IN
        SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) AS statement
        FROM (
            SELECT 1 AS step, 'pg_class'::regclass AS catalog, c.oid, CASE c.relkind WHEN 'v' THEN 'VIEW'
                WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                c.oid::regclass::text AS name
            FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL
            SELECT 2, 'pg_proc'::regclass, p.oid, 'ROUTINE', p.oid::regprocedure::text
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT 3, 'pg_type'::regclass, t.oid, 'TYPE', t.oid::regtype::text
            FROM pg_type t
            LEFT JOIN pg_class c ON c.oid = t.typrelid
            WHERE t.typnamespace = 'public'::regnamespace AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
        ) AS ours
        WHERE NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = ours.catalog AND d.objid = ours.oid AND d.deptype = 'e'
        )
        ORDER BY step, kind = 'SEQUENCE'
    LOOP
        EXECUTE target.statement;
    END LOOP;
END $$;
"""


def occupied(address: str, signs: Iterable[str]) -> bool:
    """Tell whether any of the tables ``signs`` exists and has a row."""
    with psycopg.connect(address) as connection:
        for table in signs:
            exists = connection.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
            if exists and exists[0] and connection.execute(
                sql.SQL("SELECT FROM public.{} LIMIT 1").format(sql.Identifier(table))
            ).fetchone() is not None:  # fmt: skip
                return True
    return False


def restore(home: Home, address: str, source: Path, manifest: dict[str, Any]) -> None:
    """Replace database and files by those of ``source``, whose ``manifest`` was verified.

    The database changes in one transaction, in which every table's rows are counted before it is committed; the
    files change places with it. Raises Refusal, with everything as it was, when anything goes wrong.
    """
    incoming, outgoing = home.root / ".files.new", home.root / ".files.old"
    for leftover in (incoming, outgoing):
        shutil.rmtree(leftover, ignore_errors=True)
    incoming.mkdir(mode=0o700)
    try:
        with _Transaction(address) as transaction:
            transaction.send(EMPTY.encode())
            key = _load(source, incoming, transaction)
            transaction.check(manifest["tables"])
            home.files.rename(outgoing)
            incoming.rename(home.files)
            try:
                transaction.commit()
            except BaseException:
                home.files.rename(incoming)
                outgoing.rename(home.files)
                raise
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    if key:
        home.replace_secret_key(key)
    shutil.rmtree(outgoing, ignore_errors=True)
    shutil.rmtree(home.lake, ignore_errors=True)
    home.prepare()


class _Transaction:
    """A psql in one transaction; unless ``commit`` is called it ends with nothing changed."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address) as connection:
            self.server_version = connection.info.server_version
        self.address = address
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in __exit__
        self._psql = subprocess.Popen(
            [tools.tool("psql", self.server_version), "--no-psqlrc", "--quiet", "--output=/dev/null"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={**tools.environment(address), "PGOPTIONS": "-c client_min_messages=warning"},
        )

    def __enter__(self) -> "_Transaction":
        self.send(b"\\set ON_ERROR_STOP 1\nBEGIN;\n")
        return self

    def __exit__(self, *_: object) -> None:
        self._psql.kill()
        self._psql.wait()
        for stream in (self._psql.stdin, self._psql.stdout, self._complaints):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()

    def send(self, text: bytes) -> None:
        """Have ``text`` executed."""
        assert self._psql.stdin is not None
        try:
            self._psql.stdin.write(text)
        except BrokenPipeError as error:
            raise self._failed() from error

    def check(self, tables: dict[str, int]) -> None:
        """Raise Refusal unless all went well so far and each of ``tables`` has as many rows as it says."""
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        self.send(b"".join(_count(table, rows) for table, rows in tables.items()))
        self.send(b"\n\\echo " + CHECKED + b"\n")
        try:
            self._psql.stdin.flush()
        except BrokenPipeError as error:
            raise self._failed() from error
        if CHECKED not in self._psql.stdout.readline():
            raise self._failed()

    def commit(self) -> None:
        """Keep what was done."""
        assert self._psql.stdin is not None
        self.send(b"COMMIT;\n")
        try:
            self._psql.stdin.close()
        except BrokenPipeError as error:
            raise self._failed() from error
        if self._psql.wait() != 0:
            raise self._failed()

    def _failed(self) -> Refusal:
        self._psql.wait()
        return Refusal(f"nothing was restored: {_last_error(self._complaints)}")


def _load(source: Path, incoming: Path, transaction: _Transaction) -> bytes | None:
    """Send the database of ``source`` to ``transaction`` and its files to ``incoming``; return the secret key."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [tools.tool("pg_restore", transaction.server_version), *SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=tools.environment(transaction.address),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process, ThreadPoolExecutor(1) as pool:
            unpacked = pool.submit(_unpack, source, incoming, process.stdin)
            try:
                _pass_on(process.stdout, transaction)
            except BaseException:
                process.kill()
                raise
            key = unpacked.result()
        if process.returncode != 0:
            raise Refusal(f"nothing was restored: {_last_error(complaints)}")
    return key


def _unpack(source: Path, incoming: Path, database: IO[bytes]) -> bytes | None:
    key = None
    try:
        with archive.reading(source) as members:
            for name, content in members:
                kind, _, rest = name.partition("/")
                if kind == "database":
                    shutil.copyfileobj(content, database, archive.PIECE)
                elif kind == "files":
                    _write(incoming, PurePosixPath(rest), content)
                elif name == "secret_key":
                    key = content.read()
        database.close()
    except BrokenPipeError:
        return None  # pg_restore ended early; its complaint says why
    finally:
        with suppress(BrokenPipeError):
            database.close()
    return key


def _write(incoming: Path, relative: PurePosixPath, content: IO[bytes]) -> None:
    if relative.is_absolute() or ".." in relative.parts:
        raise Refusal(f"the backup holds a file outside its place: {relative}")
    path = incoming / relative
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, archive.PIECE)


def _pass_on(script: IO[bytes], transaction: _Transaction) -> None:
    """Send the script on, without the settings at its beginning that an older server doesn't know."""
    for _ in range(HEADER_LINES):
        line = script.readline()
        if transaction.server_version < 170_000 and line.startswith(b"SET transaction_timeout"):
            continue
        transaction.send(line)
    while piece := script.read(archive.PIECE):
        transaction.send(piece)


def _count(table: str, rows: int) -> bytes:
    """Return a statement that fails unless ``table`` has ``rows`` rows."""
    name = '"' + table.replace('"', '""') + '"'
    text = table.replace("'", "''")
    counted = f"(SELECT count(*) FROM public.{name}) <> {rows:d}"  # noqa: S608 -- both are quoted above
    complaint = f"RAISE EXCEPTION 'not all rows of % arrived', '{text}'"
    return f"DO $check$ BEGIN IF {counted} THEN {complaint}; END IF; END $check$;\n".encode()


def _last_error(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    told = [line for line in lines if "ERROR:" in line or "FATAL:" in line or "error:" in line]
    return (told or lines or ["the reason is unknown"])[0]
