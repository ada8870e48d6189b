from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rapport.insight.lake.reader import close
from rapport.kernel import clock
from rapport.runtime.home import Home

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, so that its lake is; the clock stands at a Sunday morning."""
    settings.HOME = Home(tmp_path)
    settings.HOME.prepare()
    with clock.frozen(NOW):
        yield tmp_path
    close()
