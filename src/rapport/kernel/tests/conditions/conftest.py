from __future__ import annotations

import pytest

from rapport.kernel.tests.conditions.ground_data import Ground, declare, make_ground


@pytest.fixture
def ground(db: None) -> Ground:
    """Things with all that belongs to them, in the database and in a lake."""
    return make_ground()


@pytest.fixture
def declared(db: None) -> None:
    """The custom fields of things."""
    declare()
