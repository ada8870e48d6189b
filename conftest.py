"""Fixtures that every test may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rapport.testing.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the staff of a firm that has just been set up; see `rapport.testing.cast`."""
    from rapport.testing.cast import hire

    return hire()
