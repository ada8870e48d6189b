from __future__ import annotations

import pytest

from rapport.customers.identities import BadIdentity
from rapport.customers.models import Customer, Identity, StageSpan
from rapport.customers.services import customers
from rapport.customers.services.customers import NewIdentity
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def test_a_customer_gets_a_number_a_stage_and_an_event() -> None:
    ana = customers.create(name="Ana Lima", city="Leeds", by=SYSTEM)
    assert (ana.number, ana.code, ana.label) == (1, "C-1", "Ana Lima")
    assert list(StageSpan.objects.values_list("customer", "stage", "left_at")) == [(ana.pk, "lead", None)]
    event = EventRecord.objects.get()
    assert (event.type, event.customer_id, event.data) == ("customers.created", ana.pk, {"kind": "person"})


def test_the_name_is_put_together_from_its_parts() -> None:
    assert customers.create(given_name="Ana", family_name="Lima", by=SYSTEM).name == "Ana Lima"


def test_identities_are_kept_as_given_and_in_one_true_spelling() -> None:
    given = [NewIdentity("email", " Ana@Example.COM "), NewIdentity("phone", "0113 496 0182")]
    ana = customers.create(name="Ana", identities=given, by=SYSTEM)
    found = ana.identities.order_by("kind").values_list("kind", "value", "normal", "primary")
    assert list(found) == [
        ("email", "Ana@Example.COM", "ana@example.com", True),
        ("phone", "0113 496 0182", "+441134960182", True),
    ]


def test_a_customer_without_a_name_is_called_by_the_number() -> None:
    made = customers.create(identities=[NewIdentity("external", "17850", "shop")], by=SYSTEM)
    assert made.label == "C-1"


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(customers.Nameless):
        customers.create(city="Leeds", by=SYSTEM)
    assert not Customer.objects.exists()


def test_an_address_of_somebody_else_is_refused_with_their_name(cast: Cast) -> None:
    ana = customers.create(name="Ana", identities=[NewIdentity("email", "ana@example.com")], by=SYSTEM)
    with pytest.raises(IdentityTaken) as refusal:
        customers.create(name="Eve", identities=[NewIdentity("email", "ANA@example.com")], by=SYSTEM)
    assert refusal.value.holder == ana
    assert list(Customer.objects.all()) == [ana]


def test_a_household_may_share_a_phone() -> None:
    phone = NewIdentity("phone", "+44 113 496 0182")
    for name in ("Ana", "Ben"):
        customers.create(name=name, identities=[phone], by=SYSTEM)
    assert Identity.objects.filter(match_key="441134960182").count() == 2


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(BadIdentity):
        customers.create(name="Ana", identities=[NewIdentity("email", "ana at example")], by=SYSTEM)
    assert not Customer.objects.exists()
