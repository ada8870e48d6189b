"""What happens when several do it at once: real threads, each with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import connection

from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.permissions import OutOfReach
from rapport.service.models import Merge, Offer, Queue, Ticket
from rapport.service.services import agents, assigning, merges, patching, routing, tickets
from rapport.service.services.locking import MergedAway
from rapport.service.tests.making import fresh, queue, ticket
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs() -> object:
    """Leave no job behind: the tables of the queue are not Django's, so nobody else empties them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Do all acts at the same moment, each in a thread, and return what each gave or raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait(timeout=20)
        try:
            return act()
        except (ValueError, OutOfReach) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_many_who_take_a_ticket_one_gets_it(cast: Cast) -> None:
    made = ticket()
    people: list[Actor] = [actor(one) for one in (cast.alice, cast.mona, cast.ben, cast.bea, cast.sam)]
    got = at_once([lambda who=who: assigning.take(made, by=who) for who in people])  # type: ignore[misc]
    assert sum(isinstance(one, assigning.Taken | OutOfReach) for one in got) == len(people) - 1
    winner = next(one for one in got if isinstance(one, Ticket))
    assert fresh(made).owner_id == winner.owner_id


def test_tickets_that_come_at_once_never_share_the_last_free_place(cast: Cast) -> None:
    for user in (cast.ben, cast.bea):
        agents.change(user, capacity=2, by=SYSTEM)
    first = queue("First", [cast.ben, cast.bea], "least_busy")
    second = queue("Second", [cast.bea, cast.ben], "round_robin")
    tickets.open("Before the race", by=SYSTEM, queue=None)
    at_once([lambda where=where: ticket(queue=where) for where in [first, second] * 4])  # type: ignore[misc]
    owners = Counter(Ticket.objects.filter(queue__isnull=False).values_list("owner__name", flat=True))
    assert owners == {"Ben Okafor": 2, "Bea Lind": 2, None: 4}
    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 10))


def test_one_ticket_that_many_route_gets_one_owner(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea, cast.sam])
    made = [ticket(queue=team) for _ in range(4)]
    Queue.objects.update(mode="round_robin")
    acts: list[Callable[[], object]] = [lambda one=one: routing.route(one, by=SYSTEM) for one in made]  # type: ignore[misc]
    at_once([*acts, *acts, routing.offer_waiting])
    for one in made:
        assert fresh(one).owner_id is not None
        assert one.offers.count() == 1
    assert Offer.objects.count() == 4


def test_an_offer_that_lapses_while_it_is_accepted_is_one_of_both(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin", offer_minutes=1)
    made = ticket(queue=team)
    mine = fresh(made).owner
    assert mine is not None
    Offer.objects.update(lapses_at=made.opened_at)
    at_once([lambda: routing.accept(made, by=actor(mine)), lambda: routing.lapse(made, by=SYSTEM)])
    first = made.offers.order_by("offered_at").first()
    assert first is not None
    kept = fresh(made).owner == mine
    assert first.end == ("accepted" if kept else "lapsed")
    assert made.offers.filter(ended_at__isnull=True).count() == (0 if kept else 1)


def test_two_who_change_one_field_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    made = ticket()
    got = at_once(
        [lambda value=value: tickets.change(made, priority=value, version=1, by=SYSTEM) for value in ("low", "high")]  # type: ignore[misc]
    )
    conflict = next(one for one in got if isinstance(one, patching.Conflict))
    assert conflict.fields["priority"][0] == fresh(made).priority
    assert fresh(made).version == 2


def test_two_tickets_that_are_merged_into_each_other_at_once_leave_one(cast: Cast) -> None:
    one, two = ticket("One"), ticket("Two")
    got = at_once([lambda: merges.merge(one, two, by=SYSTEM), lambda: merges.merge(two, one, by=SYSTEM)])
    assert sum(isinstance(result, merges.IntoItself | MergedAway) for result in got) == 1
    assert Ticket.objects.standing().count() == 1
    assert Merge.objects.count() == 1
    with suppress(merges.NotMerged):
        merges.unmerge(one, by=SYSTEM)
