"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from rapport.testing.session import once

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from rapport.testing.cast import Cast

TEMPLATE = "template_rapport"
settings.register_profile("patient", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("patient")
SLOW = ("process", "browser")  # marks of what takes longest a module


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the slow modules begin first, so that in the end no process of pytest-xdist waits for another.

    By itself it begins with the modules of most tests; those with few that take minutes would come last. Kinds take
    turns, because those of one kind wait at first for the same: what is made once a run.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    slow = [[path for path, own in modules.items() if _marked(own, mark)] for mark in SLOW]
    first = [path for turn in zip_longest(*slow) for path in turn if path]
    items[:] = [item for path in dict.fromkeys([*first, *modules]) for item in modules[path]]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage more seldom, and no more among what the modules hold: that is there until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Let Python take everything apart when it ends."""
    gc.unfreeze()


def _marked(items: list[pytest.Item], mark: str) -> bool:
    return any(item.get_closest_marker(mark) for item in items)


@pytest.fixture(scope="module")
def lasting(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Give a fixture of a module a block whose rows are there for all tests of the module, and gone after them."""
    from django.core.management import call_command

    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the staff of a firm that has just been set up; see `rapport.testing.cast`."""
    from rapport.testing.cast import hire

    return hire()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Let the databases of pytest-xdist's processes be copies of one, to which the migrations are applied once."""
    from django.db import connection

    if "PYTEST_XDIST_WORKER" in os.environ:
        with django_db_blocker.unblock():
            once("template", _make_template)
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


def _make_template(mark: Path) -> None:
    from django.conf import settings
    from django.db import connection

    ours = connection.settings_dict
    name, tested = ours["NAME"], ours["TEST"]["NAME"]
    ours["TEST"]["NAME"] = TEMPLATE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    ours["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
    ours["TEST"]["NAME"] = tested
    mark.touch()
