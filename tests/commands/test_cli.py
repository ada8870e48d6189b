"""The command line itself."""

import subprocess
import sys

import pytest

from rapport import cli
from rapport.runtime.errors import Refusal
from rapport.runtime.failures import FULL_DISK, clear_line
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
