"""The command line itself."""

import subprocess
import sys

import pytest

from rapport import cli
from rapport.runtime.errors import Refusal
from rapport.runtime.failures import FULL_DISK, OneLine, clear_line, database_lost
from tests.commands.conftest import Rapport


def test_help_lists_every_command_and_loads_no_framework() -> None:
    code = (
        "import sys; from rapport import cli; print(cli.overview().format_help());"
        "assert not {'django', 'psycopg', 'granian'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name, (_, line) in cli.COMMANDS.items():
        assert name in done.stdout
        assert line in done.stdout


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: rapport")


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    assert ended.value.code == 2
    assert "invalid choice: 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_takes_json_and_tells_its_options(name: str) -> None:
    parser = cli.parser(name)
    assert "--json" in parser.format_help()
    assert all(action.help for action in parser._actions)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Refusal("so it is"), "so it is"),
        (OSError(28, "No space left on device"), FULL_DISK),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (ValueError("a bug"), None),
    ],
)
def test_what_lies_outside_is_one_line(error: Exception, line: str | None) -> None:
    assert clear_line(error) == line


def test_a_full_disk_behind_another_error_is_found() -> None:
    import psycopg.errors
    from django.db import OperationalError

    outer = OperationalError("could not extend file")
    outer.__cause__ = psycopg.errors.DiskFull("could not extend file")
    assert clear_line(outer) == FULL_DISK


def test_a_lost_connection_is_one_line() -> None:
    import psycopg

    error = psycopg.OperationalError("server closed the connection unexpectedly\n\tThis probably means")
    assert clear_line(error) == (
        "the database was lost or cannot be reached: server closed the connection unexpectedly"
    )


@pytest.mark.process
def test_a_wrong_setting_is_one_line(rapport: Rapport) -> None:
    done = rapport("migrate", RAPPORT_DEBUG="perhaps")
    assert (done.code, done.line) == (1, "rapport: a setting is wrong: RAPPORT_DEBUG must be 0 or 1")


def test_the_log_of_a_lost_database_is_one_line() -> None:
    import logging

    import psycopg

    error = psycopg.OperationalError("the connection is lost\nand more")
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/",), (type(error), error, None)
    )
    assert OneLine().filter(record) is True
    assert (record.getMessage(), record.exc_info) == (
        "Internal Server Error: /: the database was lost or cannot be reached: the connection is lost",
        None,
    )


def test_a_bug_keeps_its_traceback_in_the_log() -> None:
    import logging

    error = ValueError("a bug")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (ValueError, error, None))
    assert OneLine().filter(record) is True
    assert record.exc_info == (ValueError, error, None)


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        ("OperationalError", True),
        ("AdminShutdown", True),
        ("ConnectionFailure", True),
        ("QueryCanceled", False),
        ("DeadlockDetected", False),
        ("UniqueViolation", False),
    ],
)
def test_only_a_broken_connection_is_a_lost_database(error: str, lost: bool) -> None:
    import psycopg.errors

    kind = getattr(psycopg.errors, error, None) or getattr(psycopg, error)
    assert database_lost(kind("so")) is lost
