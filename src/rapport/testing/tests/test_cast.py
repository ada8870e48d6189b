from __future__ import annotations

from datetime import date

from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, VIEW
from rapport.testing import builders
from rapport.testing.cast import Cast, actor


def test_agents_change_what_their_team_owns_and_see_everything(cast: Cast) -> None:
    theirs = builders.customer("Noor Haddad", owner=cast.bea)
    nobodys = builders.customer("Tom Ashby")
    elsewhere = builders.customer("Ida Berg", owner=cast.sam)
    ben = actor(cast.ben)

    assert set(Customer.objects.visible_to(ben, CHANGE)) == {theirs, nobodys}
    assert set(Customer.objects.visible_to(ben, VIEW)) == {theirs, nobodys, elsewhere}


def test_builders_go_through_the_verbs(cast: Cast) -> None:
    firm = builders.company("Haddad Interiors")
    noor = builders.customer("Noor Haddad", email="noor@example.com", phone="+44 20 7946 0958", company=firm)
    placed = builders.order(noor, builders.line(quantity=3), promised_on=date(2030, 1, 5))
    builders.promise(noor, due_on=date(2030, 1, 1))
    builders.answer(noor, 4)

    assert placed.net_minor == 3750
    assert noor.identities.count() == 2
    assert noor.promises.count() == 2
    assert noor.employers.get().company == firm
    assert noor.answers.get().score == 4
