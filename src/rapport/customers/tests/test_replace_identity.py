"""Another address or number in the place of one."""

from __future__ import annotations

import pytest

from rapport.customers.identities import BadIdentity
from rapport.customers.queries import search
from rapport.customers.services import identities
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing import builders

pytestmark = pytest.mark.django_db


def test_the_new_one_is_the_primary_one_though_there_are_older_ones() -> None:
    ana = builders.customer("Ana", email="ana@example.com")
    identities.add(ana, "email", "lima@example.org", by=SYSTEM)
    made = identities.replace(ana, ana.identities.get(primary=True), "ana@example.net", by=SYSTEM)

    assert made.primary
    assert list(ana.identities.order_by("normal").values_list("normal", "primary")) == [
        ("ana@example.net", True), ("lima@example.org", False),
    ]  # fmt: skip
    assert list(search("ana@example.net", SYSTEM)) == [ana]
    assert list(search("ana@example.com", SYSTEM)) == []
    told = EventRecord.objects.filter(customer_id=ana.pk).order_by("-id").values_list("type", flat=True)[:2]
    assert list(told) == ["customers.identity_added", "customers.identity_removed"]


def test_one_that_the_customer_has_already_takes_the_place() -> None:
    ana = builders.customer("Ana", email="ana@example.com")
    second = identities.add(ana, "email", "lima@example.org", by=SYSTEM)
    assert identities.replace(ana, ana.identities.get(primary=True), "Lima@Example.org", by=SYSTEM) == second
    assert ana.identities.get().primary


def test_the_same_in_another_spelling_is_no_change() -> None:
    ana = builders.customer("Ana", email="ana@example.com")
    there = ana.identities.get()
    before = EventRecord.objects.count()
    assert identities.replace(ana, there, "ANA@example.com", by=SYSTEM) == there
    assert EventRecord.objects.count() == before


def test_what_is_no_address_or_another_customers_is_refused_and_nothing_changes() -> None:
    ana, _ben = builders.customer("Ana", email="ana@example.com"), builders.customer("Ben", email="ben@example.com")
    before = EventRecord.objects.count()
    for value, error in (("nonsense", BadIdentity), ("ben@example.com", identities.IdentityTaken)):
        with pytest.raises(error):
            identities.replace(ana, ana.identities.get(), value, by=SYSTEM)
    assert ana.identities.get().normal == "ana@example.com"
    assert EventRecord.objects.count() == before
