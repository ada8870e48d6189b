"""The queue of customers who may be one: found when somebody is added or changed, kept, answered and remembered."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rapport.customers.models import Customer, Duplicate, MatchKeys, ToCompare
from rapport.customers.permissions import MERGE, VIEW
from rapport.customers.queries import possible
from rapport.customers.services import comparing, customers, duplicates, finding, identities, merges
from rapport.customers.twins.keys import BOUNDS, Kind
from rapport.customers.twins.portrait import Portrait
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.testing.builders import company, customer
from rapport.testing.cast import Cast, actor
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PHONE = "+447911123456"


def queue() -> list[tuple[set[str], int]]:
    """The open pairs by name, with their score."""
    pairs = Duplicate.objects.open().select_related("first", "second")
    return [({one.first.name, one.second.name}, one.score) for one in pairs.order_by("-score")]


def names() -> list[set[str]]:
    return [pair for pair, _score in queue()]


def two() -> tuple[Customer, Customer]:
    """Two who are one: the same name and telephone."""
    return customer("Ana Lima", phone=PHONE), customer("Lima, Ana", phone=PHONE)


def test_who_is_added_is_compared_with_everybody(cast: Cast) -> None:
    two()
    customer("Bo Berg")
    with clock.frozen(AT):
        assert comparing.compare_noted() == 3
    pair = Duplicate.objects.get()
    assert (pair.score, pair.reasons, pair.found_at) == (80, ["phone", "name", "rare"], AT)
    assert (ToCompare.objects.count(), MatchKeys.objects.count()) == (0, 3)


def test_a_change_brings_pairs_and_takes_them_away(cast: Cast) -> None:
    ana, other = customer("Ana Lima", city="Porto"), customer("Zoe Ray", city="Porto")
    comparing.compare_noted()
    assert names() == []
    customers.change(other, name="Ana Lima", by=SYSTEM)
    comparing.compare_noted()
    assert names() == [{"Ana Lima"}]
    customers.change(ana, city="Leeds", by=SYSTEM)
    comparing.compare_noted()
    assert names() == []


def test_a_change_that_says_nothing_about_who_somebody_is_is_not_noted(cast: Cast) -> None:
    ana = customer("Ana Lima")
    comparing.compare_noted()
    customers.change(ana, tags=["vip"], by=SYSTEM)
    assert ToCompare.objects.count() == 0


def test_a_number_that_another_has_is_found(cast: Cast) -> None:
    ana, other = customer("Ana Lima", phone=PHONE), customer("A. Lima")
    comparing.compare_noted()
    made = identities.add(other, "phone", PHONE, by=SYSTEM)
    comparing.compare_noted()
    assert len(queue()) == 1
    identities.remove(other, made, by=SYSTEM)
    comparing.compare_noted()
    assert queue() == []
    assert ana.identities.count() == 1


def test_all_at_once_finds_what_one_by_one_does(cast: Cast) -> None:
    two()
    company("Lantern Ltd", city="Leeds", email="office@lantern.example")
    company("Lantern Limited", email="hello@lantern.example")
    customer("Bob Miller", postcode="LS1 4AP", birthday=date(1990, 5, 1))
    customer("Robert Miller", postcode="LS1 4AP", birthday=date(1990, 5, 1))
    comparing.compare_noted()
    one_by_one = queue()
    Duplicate.objects.all().delete()
    found = finding.compare_all()
    assert (found.customers, found.pairs) == (6, 3)
    assert queue() == one_by_one
    assert names()[0] == {"Lantern Ltd", "Lantern Limited"}


def test_a_number_that_many_share_says_nothing(cast: Cast) -> None:
    bound = BOUNDS[Kind.PHONE]
    people = [customer(f"Ana {chr(97 + n) * 4}", phone="+442079460000") for n in range(bound + 1)]
    two()
    comparing.compare_noted()
    everybody = {one.pk for one in people}
    assert not any({one.first_id, one.second_id} <= everybody for one in Duplicate.objects.all())
    with query_count() as queries:
        finding.compare([people[0].pk])
    assert queries.count < 30


def test_two_who_were_said_to_be_two_are_never_asked_about_again(cast: Cast) -> None:
    ana, other = two()
    comparing.compare_noted()
    with clock.frozen(AT):
        duplicates.keep_apart(Duplicate.objects.get(), by=actor(cast.alice))
    pair = Duplicate.objects.get()
    assert (pair.dismissed_at, pair.dismissed_by) == (AT, "Alice Young")
    customers.change(ana, city="Porto", by=SYSTEM)
    customers.change(other, city="Porto", by=SYSTEM)
    comparing.compare_noted()
    finding.compare_all()
    assert (names(), Duplicate.objects.count()) == ([], 1)
    told = EventRecord.objects.get(type="customers.kept_apart")
    assert told.data == {"one": ana.code, "other": other.code}


def test_nor_are_they_when_one_of_them_was_merged_into_another(cast: Cast) -> None:
    ana, other = two()
    comparing.compare_noted()
    duplicates.keep_apart(Duplicate.objects.get(), by=SYSTEM)
    third = customer("A. Lima")
    merges.merge(other, third, by=SYSTEM)
    comparing.compare_noted()
    finding.compare_all()
    assert names() == []
    assert third.identities.get().normal == ana.identities.get().normal


def test_an_answer_can_be_taken_back(cast: Cast) -> None:
    two()
    comparing.compare_noted()
    pair = duplicates.keep_apart(Duplicate.objects.get(), by=SYSTEM)
    duplicates.suspect(pair, by=SYSTEM)
    assert len(queue()) == 1
    assert EventRecord.objects.filter(type="customers.suspected").count() == 1


def test_a_merged_pair_is_out_of_sight_and_back_when_it_is_taken_apart(cast: Cast) -> None:
    ana, other = two()
    comparing.compare_noted()
    kept = duplicates.unite(Duplicate.objects.get(), by=SYSTEM)
    assert kept == ana
    comparing.compare_noted()
    assert (names(), Duplicate.objects.count()) == ([], 1)
    merges.unmerge(other, by=SYSTEM)
    comparing.compare_noted()
    assert len(queue()) == 1


def test_pairs_of_three_are_merged_into_the_one_who_was_there_first(cast: Cast) -> None:
    ana, _other = two()
    customer("Ana Lima", phone=PHONE)
    comparing.compare_noted()
    pairs = list(Duplicate.objects.order_by("pk"))
    assert len(pairs) == 3
    settled = 0
    for pair in pairs:
        try:
            duplicates.unite(pair, by=SYSTEM)
        except duplicates.Settled:
            settled += 1
    assert list(Customer.objects.filter(deleted_at=None)) == [ana]
    assert settled == 1


def test_who_is_in_the_trash_is_not_compared(cast: Cast) -> None:
    ana, other = two()
    customers.trash(other, by=SYSTEM)
    comparing.compare_noted()
    assert (names(), MatchKeys.objects.count()) == ([], 1)
    customers.restore(other, by=SYSTEM)
    comparing.compare_noted()
    assert len(queue()) == 1
    customers.trash(ana, by=SYSTEM)
    assert names() == []


def test_a_pair_needs_reach_over_both(cast: Cast) -> None:
    customer("Ana Lima", phone=PHONE, owner=cast.ben)
    customer("Lima, Ana", phone=PHONE, owner=cast.sam)
    comparing.compare_noted()
    pair = Duplicate.objects.get()
    own = Actor("user", "Ben", user_id=cast.ben.pk, grants={MERGE.name: Reach.OWN, VIEW.name: Reach.ALL})
    assert list(Duplicate.objects.visible_to(own)) == []
    for act in (duplicates.keep_apart, duplicates.suspect, duplicates.unite):
        with pytest.raises(OutOfReach):
            act(pair, by=own)
        with pytest.raises(Forbidden):
            act(pair, by=Actor("user", "Carla", user_id=cast.carla.pk, grants={VIEW.name: Reach.ALL}))
    pair.refresh_from_db()
    assert pair.dismissed_at is None
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_who_is_described_is_found_before_they_are_added(cast: Cast) -> None:
    ana = customer("Ana Lima", phone=PHONE, owner=cast.sam)
    comparing.compare_noted()
    described = Portrait(name="Ana Lima", city="Porto")
    assert [(one.customer, one.score) for one in possible(described, SYSTEM)] == [(ana, 49)]
    assert possible(described, SYSTEM, but=ana.pk) == []
    own = Actor("user", "Ben", user_id=cast.ben.pk, grants={VIEW.name: Reach.OWN})
    assert possible(described, own) == []


def test_what_nobody_compared_before_is_compared_as_a_whole(cast: Cast) -> None:
    two()
    ToCompare.objects.all().delete()
    assert comparing.compare_noted() == 0
    assert len(queue()) == 1
