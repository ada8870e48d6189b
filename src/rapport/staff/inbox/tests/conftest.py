from __future__ import annotations

import pytest
from django.test import Client

from rapport.service.models import Ticket
from rapport.service.services import queues
from rapport.staff.inbox.tests.making import wrote
from rapport.testing.cast import Cast, actor


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A ticket in a queue of Ben and Alice."""
    queue = queues.add("Help desk", by=actor(cast.alice), members=[cast.ben, cast.alice])
    queues.take_in(queue, by=actor(cast.alice), channel="email")
    return wrote()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    """The administrator, signed in."""
    client.force_login(cast.alice)
    return client
