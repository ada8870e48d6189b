from __future__ import annotations

import pytest

from rapport.customers.services import customers, merges
from rapport.kernel.actors import SYSTEM
from rapport.service.services import watchers
from rapport.service.tests.making import fresh, ticket, ticket_of, written
from rapport.testing.builders import company, customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_tickets_and_talk_go_along_and_come_back(cast: Cast) -> None:
    source, survivor = customer("Ana", email="ana@example.com"), customer("Zoe")
    message = written("Where is it?", of=source)
    asked = ticket_of(message)
    merges.merge(source, survivor, by=SYSTEM)
    message.refresh_from_db()
    message.thread.refresh_from_db()
    assert (fresh(asked).requester, message.customer, message.thread.customer) == (survivor, survivor, survivor)
    merges.unmerge(source, by=SYSTEM)
    message.refresh_from_db()
    message.thread.refresh_from_db()
    assert (fresh(asked).requester, message.customer, message.thread.customer) == (source, source, source)


def test_who_watches_twice_watches_once(cast: Cast) -> None:
    source, survivor = customer("Ana"), customer("Zoe")
    seen, other = ticket("Seen by both"), ticket("Seen by one")
    for one, who in ((seen, source), (seen, survivor), (other, source)):
        watchers.add(one, who, by=SYSTEM)
    merges.merge(source, survivor, by=SYSTEM)
    assert [list(one.watchers.values_list("customer", flat=True)) for one in (seen, other)] == [[survivor.pk]] * 2
    merges.unmerge(source, by=SYSTEM)
    assert set(seen.watchers.values_list("customer", flat=True)) == {source.pk, survivor.pk}
    assert list(other.watchers.values_list("customer", flat=True)) == [source.pk]


def test_the_tickets_of_a_company_go_along(cast: Cast) -> None:
    old, new = company("Lima"), company("Lima & Filhas")
    asked = ticket("Ours", requester=customer("Ana", company=old), company=old)
    merges.merge(old, new, by=SYSTEM)
    assert fresh(asked).company == new
    merges.unmerge(old, by=SYSTEM)
    assert fresh(asked).company == old


def test_a_survivor_in_the_trash_is_restored_first(cast: Cast) -> None:
    source, survivor = customer("Ana"), customer("Zoe")
    merges.merge(source, survivor, by=SYSTEM)
    customers.trash(survivor, by=SYSTEM)
    with pytest.raises(customers.Trashed):
        merges.unmerge(source, by=SYSTEM)
    customers.restore(survivor, by=SYSTEM)
    merges.unmerge(source, by=SYSTEM)
