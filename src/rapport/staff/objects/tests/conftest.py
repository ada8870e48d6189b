from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from rapport.objects.tests.garage import Garage
from rapport.objects.tests.garage import garage as declared
from rapport.team.models import User
from rapport.testing.cast import Cast

Door = Callable[[User], Client]


@pytest.fixture
def garage(cast: Cast) -> Garage:
    return declared()


@pytest.fixture
def door(cast: Cast) -> Door:
    def of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return of
