from __future__ import annotations

import pytest

from rapport.objects.tests.garage import Garage
from rapport.objects.tests.garage import garage as declared


@pytest.fixture
def garage(db: None) -> Garage:
    return declared()
