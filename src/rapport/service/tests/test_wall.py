"""What stands on the wall: of tickets and colleagues within reach, straight from the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.conversations.models import Presence
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.permissions import Forbidden
from rapport.service.models import Agent, Queue, Ticket
from rapport.service.services import assigning, tickets
from rapport.service.tests.making import AT, answered, queue, ticket_of, written
from rapport.service.wall import AgentNow, QueueNow, Wall, wall
from rapport.team.models import User
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
MIDNIGHT = AT - timedelta(hours=10)
STATEMENTS = 9


def put(of: Queue | None, owner: User | None = None, *, ago: int = 0, **values: object) -> Ticket:
    """Let a customer write so many minutes ago; the ticket is in that queue and has that owner."""
    with clock.frozen(AT - timedelta(minutes=ago)):
        row = assigning.move(ticket_of(written(of=customer("Ana"))), of, by=SYSTEM)
        row = assigning.assign(row, owner, by=SYSTEM) if owner else row
    Ticket.objects.filter(pk=row.pk).update(**values)
    return row


@pytest.fixture
def desks(cast: Cast) -> dict[str, Queue]:
    return {"orders": queue("Orders", [cast.ben, cast.bea]), "returns": queue("Returns", [cast.sam])}


def now(user: User) -> Wall:
    with clock.frozen(AT):
        return wall(actor(user), MIDNIGHT)


def test_queues_say_who_waits_what_is_late_and_which_chats_nobody_took(cast: Cast, desks: dict[str, Queue]) -> None:
    put(desks["orders"], cast.ben, ago=50, next_breach_at=AT)
    put(desks["orders"], ago=20, next_breach_at=AT + timedelta(minutes=1))
    put(desks["orders"], ago=5, channel="email", next_breach_at=AT + timedelta(minutes=61))
    put(None, ago=90)
    put(desks["returns"], cast.sam, ago=300, deleted_at=AT)
    orders, returns, none = now(cast.alice).queues
    assert orders == QueueNow(desks["orders"].pk, "Orders", 3, AT - timedelta(minutes=50), late=1, soon=1, chats=1)
    assert returns == QueueNow(desks["returns"].pk, "Returns")
    assert returns.quiet
    assert none == QueueNow(None, "", 1, AT - timedelta(minutes=90), chats=1)
    found = now(cast.alice)
    assert (found.waiting, found.late, found.soon, found.chats) == (4, 1, 1, 2)
    assert found.oldest == AT - timedelta(minutes=90)


def test_today_counts_what_came_and_was_solved_since_midnight(cast: Cast, desks: dict[str, Queue]) -> None:
    put(desks["orders"], ago=700)
    solved = put(desks["orders"], cast.ben, ago=30)
    with clock.frozen(AT - timedelta(minutes=1)):
        tickets.solve(Ticket.objects.get(pk=solved.pk), by=SYSTEM)
    found = now(cast.alice)
    assert (found.received, found.solved) == (1, 1)


def test_colleagues_are_here_away_or_neither_with_what_they_have(cast: Cast, desks: dict[str, Queue]) -> None:
    row = put(desks["orders"], cast.ben)
    put(desks["orders"], cast.ben, channel="email")
    put(desks["orders"], cast.ben, category="waiting")
    Agent.objects.create(user=cast.ben, capacity=2)
    Agent.objects.create(user=cast.sam, away_since=AT - timedelta(days=1))
    thread = row.talk.get().thread
    for user, ago in ((cast.ben, 4), (cast.bea, 5), (cast.sam, 1)):
        Presence.objects.create(thread=thread, user=user, seen_at=AT - timedelta(minutes=ago))
    found = now(cast.alice)
    assert found.agents == (
        AgentNow("Ben Okafor", "here", 2, 1, 2),
        AgentNow("Bea Lind", "", 0, 0, None),
        AgentNow("Sam Castro", "away", 0, 0, None),
    )
    assert found.agents[0].full
    assert found.here == 1


def test_an_answer_ends_the_wait(cast: Cast, desks: dict[str, Queue]) -> None:
    with clock.frozen(AT - timedelta(minutes=9)):
        asked = written(of=customer("Ana"))
        assigning.assign(assigning.move(ticket_of(asked), desks["orders"], by=SYSTEM), cast.ben, by=SYSTEM)
    assert now(cast.alice).waiting == 1
    with clock.frozen(AT - timedelta(minutes=1)):
        answered(asked, by=actor(cast.ben))
    assert (now(cast.alice).waiting, now(cast.alice).oldest) == (0, None)


def test_it_reaches_as_far_as_its_reader(cast: Cast, desks: dict[str, Queue]) -> None:
    put(desks["orders"], cast.ben, ago=50)
    put(desks["returns"], cast.sam, ago=10)
    put(desks["returns"], ago=5)
    role = cast.ben.role

    def seen(user: User) -> tuple[int, list[str]]:
        found = now(user)
        return found.waiting, [one.name for one in found.agents]

    assert seen(cast.ben) == (3, ["Bea Lind", "Ben Okafor", "Sam Castro"])
    role.grants = {**role.grants, "service.view": "team"}
    role.save()
    assert seen(cast.ben) == (2, ["Bea Lind", "Ben Okafor"])
    role.grants = {**role.grants, "service.view": "own"}
    role.save()
    assert seen(cast.ben) == (1, ["Ben Okafor"])
    assert seen(cast.bea) == (0, ["Bea Lind"])
    role.grants = {"insight.view": "all"}
    role.save()
    with pytest.raises(Forbidden):
        now(cast.ben)


def test_nothing_of_a_customer_is_on_it(cast: Cast, desks: dict[str, Queue]) -> None:
    put(desks["orders"], cast.ben)
    assert "Ana" not in str(asdict(now(cast.alice)))


def test_it_takes_as_many_statements_as_agreed_whatever_there_is(cast: Cast, desks: dict[str, Queue]) -> None:
    for _n in range(3):
        put(desks["orders"], cast.ben)
        put(queue(members=[cast.sam]))
    who = actor(cast.alice)
    with clock.frozen(AT), CaptureQueriesContext(connection) as asked:
        wall(who, MIDNIGHT)
    assert len(asked) == STATEMENTS
