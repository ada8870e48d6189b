"""The trash is emptied after 30 days: who is deleted, what goes with them and what stays without a name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.customers.jobs import purge as job
from rapport.customers.models import Customer, Identity
from rapport.customers.services import customers
from rapport.customers.services.purging import KEPT, purge
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def trashed(name: str, ago: timedelta) -> Customer:
    """Return somebody who was moved to the trash so long ago."""
    with clock.frozen(NOW - ago):
        row = builders.customer(name, email=f"{name.lower()}@example.com")
        return customers.trash(row, by=SYSTEM)


def test_who_was_trashed_30_days_ago_goes_and_nobody_else(cast: Cast) -> None:
    trashed("Ana", KEPT)
    ben = trashed("Ben", KEPT - timedelta(seconds=1))
    cy = builders.customer("Cy")
    with clock.frozen(NOW):
        assert purge(by=SYSTEM) == 1
        assert purge(by=SYSTEM) == 0

    assert set(Customer.objects.all()) == {ben, cy}


def test_their_addresses_go(cast: Cast) -> None:
    trashed("Ana", KEPT)
    assert Identity.objects.filter(normal="ana@example.com").exists()
    with clock.frozen(NOW):
        job(timestamp=0)

    assert not Identity.objects.filter(normal="ana@example.com").exists()


def test_of_their_events_stays_that_something_happened(cast: Cast) -> None:
    with clock.frozen(NOW - KEPT):
        ana = builders.customer("Ana")
        customers.change(ana, by=SYSTEM, city="Porto")
        customers.trash(ana, by=SYSTEM)
    theirs = EventRecord.objects.filter(customer_id=ana.pk)
    before = theirs.count()
    assert theirs.get(type="customers.changed").data["changes"] == {"city": ["", "Porto"]}
    with clock.frozen(NOW):
        purge(by=SYSTEM)

    assert theirs.count() == before
    assert "changes" not in theirs.get(type="customers.changed").data
    assert EventRecord.objects.get(type="customers.purged").data == {"number": ana.number}


def test_only_who_may_delete_customers_empties_the_trash(cast: Cast) -> None:
    ana = trashed("Ana", KEPT)
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    with clock.frozen(NOW), pytest.raises(Forbidden):
        purge(by=actor(cast.ben))

    assert Customer.objects.filter(pk=ana.pk).exists()
