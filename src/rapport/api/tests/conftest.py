from __future__ import annotations

import pytest
from django.test import Client

from rapport.api.tests.calls import Caller
from rapport.kernel.permissions import RIGHTS
from rapport.team.models import User
from rapport.team.services import tokens
from rapport.testing.cast import Cast, actor


@pytest.fixture
def caller(cast: Cast) -> Caller:
    """Return what makes a client that calls as a user, with all scopes or the ones given."""

    def as_(user: User, *scopes: str) -> Client:
        _row, secret = tokens.issue("test", user, scopes or sorted(RIGHTS), by=actor(cast.alice))
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return as_


@pytest.fixture
def alice(cast: Cast, caller: Caller) -> Client:
    """Return a client of somebody who may do everything."""
    return caller(cast.alice)
