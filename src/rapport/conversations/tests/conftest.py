"""A gateway for e-mail that does as it is told, and files of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from rapport.conversations import gateways
from rapport.conversations.tests.making import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Let e-mail leave by a `Wire`."""
    made = Wire()
    monkeypatch.setattr(gateways, "_made", lambda name: made)
    with override_settings(GATEWAYS={"email": "wire"}):
        yield made


@pytest.fixture(autouse=True)
def files_aside(tmp_path: Path) -> Iterator[None]:
    """Keep files in a directory of the test's own."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield
