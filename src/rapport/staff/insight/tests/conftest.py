from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from rapport.insight.lake.reader import close
from rapport.kernel import clock
from rapport.runtime.home import Home

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for all tests of a module, with its lake."""
    made = Home(tmp_path_factory.mktemp("home"))
    made.prepare()
    yield made.root
    close()


@contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Let the program be at home in `root`, and the clock stand."""
    with override_settings(HOME=Home(root)), clock.frozen(NOW):
        yield


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, so that its lake is; the clock stands at a Sunday morning."""
    settings.HOME = Home(tmp_path)
    settings.HOME.prepare()
    with clock.frozen(NOW):
        yield tmp_path
    close()
