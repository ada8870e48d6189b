from __future__ import annotations

import pytest

from rapport.kernel.tests.conditions.ground_data import Ground, make_ground


@pytest.fixture
def ground(db: None) -> Ground:
    """Things with all that belongs to them, in the database and in a lake."""
    return make_ground()
