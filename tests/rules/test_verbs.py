"""A verb checks the right, is one transaction, and announces only what it declares."""

from __future__ import annotations

import pytest
from django.db import connection

from rapport.customers.events import CustomerCreated, CustomerTrashed
from rapport.customers.identities import BadIdentity
from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE
from rapport.customers.services import customers
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.events import publish
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.kernel.verbs import VERBS, Undeclared, verb
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def state() -> tuple[int, int]:
    return Customer.objects.count(), EventRecord.objects.count()


def test_a_verb_needs_an_actor(cast: Cast) -> None:
    with pytest.raises(TypeError, match="needs by=actor"):
        customers.create(name="Ana")  # type: ignore[call-arg]


def test_without_the_right_nothing_happens(cast: Cast) -> None:
    before = state()
    with pytest.raises(Forbidden) as refusal:
        customers.create(name="Ana", by=actor(cast.carla))
    assert refusal.value.right is CHANGE
    assert state() == before


def test_out_of_reach_reads_as_not_there(cast: Cast) -> None:
    mine = customers.create(name="Ana", by=SYSTEM, owner_id=cast.sam.pk)
    before = state()
    with pytest.raises(OutOfReach):
        customers.change(mine, name="Eve", by=actor(cast.ben))
    assert state() == before
    assert Customer.objects.get(pk=mine.pk).name == "Ana"


def test_reach_over_the_team_covers_mates_and_what_nobody_owns(cast: Cast) -> None:
    of_bea = customers.create(name="Bea's", by=SYSTEM, owner_id=cast.bea.pk)
    of_sam = customers.create(name="Sam's", by=SYSTEM, owner_id=cast.sam.pk)
    of_nobody = customers.create(name="Nobody's", by=SYSTEM)
    ben = actor(cast.ben)
    assert set(Customer.objects.visible_to(ben, CHANGE)) == {of_bea, of_nobody}
    assert set(Customer.objects.visible_to(ben)) == {of_bea, of_sam, of_nobody}


def test_reach_over_ones_own_covers_no_more(cast: Cast) -> None:
    own = customers.create(name="Ben's", by=SYSTEM, owner_id=cast.ben.pk)
    customers.create(name="Nobody's", by=SYSTEM)
    ben = Actor(kind="user", name="Ben", user_id=cast.ben.pk, grants={CHANGE.name: Reach.OWN})
    assert list(Customer.objects.visible_to(ben, CHANGE)) == [own]


def test_what_fails_in_the_middle_leaves_nothing(cast: Cast) -> None:
    before = state()
    with pytest.raises(customers.UnknownField):
        customers.create(name="Ana", colour="red", by=SYSTEM)
    with pytest.raises(BadIdentity):
        customers.create(name="Ana", identities=[customers.NewIdentity("email", "not an address")], by=SYSTEM)
    assert state() == before


def test_an_undeclared_event_undoes_the_verb(cast: Cast) -> None:
    @verb(CHANGE)
    def whisper(customer: Customer, *, by: Actor) -> None:
        Customer.objects.filter(pk=customer.pk).update(name="Changed")
        publish(CustomerTrashed(), by=by, subject=customer)

    ana = customers.create(name="Ana", by=SYSTEM)
    before = state()
    try:
        with pytest.raises(Undeclared, match="CustomerTrashed"):
            whisper(ana, by=SYSTEM)
    finally:
        del VERBS[next(name for name in VERBS if name.endswith(".whisper"))]
    assert state() == before
    assert Customer.objects.get(pk=ana.pk).name == "Ana"


@pytest.mark.django_db(transaction=True)
def test_an_event_is_published_inside_a_transaction_only() -> None:
    assert not connection.in_atomic_block
    with pytest.raises(RuntimeError, match="inside the transaction"):
        publish(CustomerCreated(kind="person"), by=SYSTEM)
