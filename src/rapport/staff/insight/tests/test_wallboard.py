"""The page on the wall: fresh, without anything of customers, and only for those who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.services import assigning
from rapport.service.tests.making import AT, queue, ticket_of, written
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def waiting(cast: Cast) -> None:
    """Ana has been waiting for five hours, and somebody was content today."""
    with clock.frozen(AT - timedelta(hours=5)):
        assigning.move(ticket_of(written(of=customer("Ana Secret"), subject="Secret lamp")), queue("Orders"), by=SYSTEM)
    for number, score in enumerate((5, 2)):
        Answer.objects.create(
            customer=customer("Bo Secret"), ticket=ticket_of(written()), kind="csat", score=score, scale_low=1,
            scale_high=5, external=str(number), asked_at=AT, answered_at=AT, created_at=AT,
        )  # fmt: skip


def shown(client: Client) -> Any:
    with clock.frozen(AT):
        return client.get(reverse("staff:wallboard"))


def test_it_says_how_service_stands(client: Client, cast: Cast, waiting: None) -> None:
    client.force_login(cast.alice)
    page = shown(client)
    assert page.context["queues"][0][1:] == ("Orders", "5 hr", "bad")
    assert (page.context["said"].share, page.context["said"].n) == (0.5, 2)
    text = page.content.decode()
    assert "50%" in text
    assert "Secret" not in text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in text


def test_satisfaction_takes_the_right_to_feedback(client: Client, cast: Cast, waiting: None) -> None:
    cast.carla.role.grants = {"insight.view": "all", "service.view": "all"}
    cast.carla.role.save()
    client.force_login(cast.carla)
    assert shown(client).context["said"] is None


@pytest.mark.parametrize("right", ["insight.view", "service.view"])
def test_without_either_right_it_is_refused(client: Client, cast: Cast, right: str) -> None:
    cast.carla.role.grants = {right: "all"}
    cast.carla.role.save()
    client.force_login(cast.carla)
    assert shown(client).status_code == 403


def test_nobody_sees_it_without_signing_in(client: Client, cast: Cast) -> None:
    assert shown(client).status_code == 302


def test_it_hears_of_the_inbox_or_looks_for_itself(client: Client, cast: Cast, settings: Any) -> None:
    client.force_login(cast.alice)
    settings.LIVE_PORT, settings.LIVE_URL = 8001, ""
    assert '<rapport-live stream="http://testserver:8001/?pass=' in shown(client).content.decode()
    settings.LIVE_PORT = None
    assert '<rapport-live stream="" renew' in shown(client).content.decode()


def test_an_inbox_without_the_live_process_looks_for_itself(client: Client, cast: Cast, settings: Any) -> None:
    client.force_login(cast.alice)
    settings.LIVE_PORT, settings.LIVE_URL = None, ""
    assert '<rapport-live stream=""' in client.get(reverse("staff:inbox")).content.decode()


def test_the_database_is_asked_as_seldom_as_agreed(client: Client, cast: Cast, waiting: None) -> None:
    client.force_login(cast.alice)
    shown(client)
    with CaptureQueriesContext(connection) as asked:
        shown(client)
    assert len(asked) <= QUERIES
