"""A home and a database for one run of the tests.

A pytest plugin, named in pyproject.toml because the settings are read before any conftest.py. Every run gets
a new directory and a server of its own, shared by the processes of pytest-xdist, and leaves nothing behind.
``DATABASE_URL`` in the environment is used instead of a server of its own; ``RAPPORT_TEST_HOME`` names a
directory that is kept, so that ``--reuse-db`` finds its database again.

Applying all migrations to an empty database takes many seconds. So a run does that once for each purpose, and what
needs such a database gets a copy: see `once`.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rapport.runtime import home, locks, postgres

KEPT = "RAPPORT_TEST_HOME"
SHARED = "RAPPORT_TEST_SHARED"
FAST = "fsync=off,full_page_writes=off,synchronous_commit=off"

_open = ExitStack()


@contextmanager
def place() -> Iterator[Path]:
    """Give a directory for homes with a database, gone after the block.

    pytest's own are no good: every run of pytest closes them to the account that the database runs as for root.
    """
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a directory that the processes of this run share, filled by `make` at the first call of any of them."""
    shared = Path(os.environ[SHARED])
    made = shared / name
    with locks.held(shared / f"{name}.lock"):
        if not made.exists():
            draft = shared / f"{name}.new"
            make(draft)
            draft.rename(made)
    return made


def _choose_home() -> None:
    os.environ["RAPPORT_TESTING"] = "1"
    os.environ["RAPPORT_DATABASE_OPTIONS"] = FAST
    os.environ[SHARED] = str(_open.enter_context(place()))
    os.environ[home.VARIABLE] = os.environ.get(KEPT) or str(Path(os.environ[SHARED]) / "home")


def _keep_what_is_compiled() -> None:
    """Let Python keep its byte code, of this process and those it starts: else each compiles for five seconds."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _first() -> bool:
    return "PYTEST_XDIST_WORKER" not in os.environ


_keep_what_is_compiled()
if _first():
    _choose_home()


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Start the server, unless another one is named."""
    if _first() and not os.environ.get("DATABASE_URL"):
        _open.enter_context(postgres.database(home.current()))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server and remove the home."""
    _open.close()
