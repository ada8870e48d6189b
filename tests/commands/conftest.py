"""The program as a process of its own, on a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rapport.runtime.home import Home
from rapport.testing.session import FAST, once, place

FOREIGN = ("DATABASE_URL", "RAPPORT_TESTING", "RAPPORT_TEST_HOME", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What its last line says in JSON."""
        return json.loads(self.out.strip().splitlines()[-1])

    @property
    def line(self) -> str:
        """The one line it wrote to standard error."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


class Rapport:
    """The program on one home.

    One process serves its pages, where ``RAPPORT_WEB_WORKERS`` does not ask for others (empty: as many as usual): each
    takes as long to start as everything else together.
    """

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.environment = {
            **kept,
            "RAPPORT_HOME": str(root),
            "RAPPORT_DATABASE_OPTIONS": FAST,
            "RAPPORT_WEB_WORKERS": "1",
        }

    def command(self, *words: str | Path) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-m", "rapport.cli", *map(str, words)]

    def __call__(self, *words: str | Path, given: str = "", **environment: str) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*words),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={**self.environment, **environment},
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def serving(self, *words: str, **environment: str) -> "Iterator[Serving]":
        """Run ``serve`` on a free port until the block ends."""
        process = subprocess.Popen(
            self.command("serve", "--port", "0", "--json", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environment, **environment},
        )
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            yield Serving(process, json.loads(line))
        finally:
            process.terminate()
            process.communicate()


@dataclass(frozen=True)
class Serving:
    """A running ``rapport serve`` and what it said when it was ready."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    def says(self, text: str) -> str:
        """Wait for a line of standard error that contains ``text``."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return line
        raise AssertionError(f"it ended without saying {text!r}")


def migrate(root: Path) -> None:
    """Bring the empty home at ``root`` up to date, as ``rapport migrate`` does for whoever is new."""
    done = Rapport(root)("migrate", "--json")
    assert done.code == 0, done.err
    assert done.answer["first_run"]
    assert done.answer["static"]


def furnish(root: Path) -> Rapport:
    """Give the program on a new home at ``root`` whose database has its tables: a copy of one made once a run."""
    subprocess.run(["cp", "-a", once("migrated", migrate), root], check=True)
    return Rapport(root)


@pytest.fixture
def rapport() -> Iterator[Rapport]:
    """The program on an empty home."""
    with place() as directory:
        yield Rapport(directory / "home")


@pytest.fixture(scope="module")
def migrated() -> Iterator[Rapport]:
    """The program on a home whose database has its tables; shared by the tests of a module."""
    with place() as directory:
        yield furnish(directory / "home")
