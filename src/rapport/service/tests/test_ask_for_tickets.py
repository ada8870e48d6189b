from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.conditions import Ctx, matches, read, to_q
from rapport.kernel.models import CustomField
from rapport.service import queries
from rapport.service.models import StatusSpan, Ticket
from rapport.service.permissions import VIEW
from rapport.service.services import assigning, complaints, merges, tickets
from rapport.service.tests.making import AT, queue, ticket, ticket_of, written
from rapport.testing.builders import company, customer, order
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def looker(user: object, reach: Reach, mates: frozenset[object] = frozenset()) -> Actor:
    return Actor(kind="user", name="Looker", user_id=user, mates=mates, grants={VIEW.name: reach})  # type: ignore[arg-type]


def test_one_sees_as_far_as_the_right_reaches(cast: Cast) -> None:
    mine, mates, others, nobodys, secret = (ticket(name) for name in ("Mine", "Mate's", "Sam's", "Free", "Secret"))
    for row, owner in ((mine, cast.ben), (mates, cast.bea), (others, cast.sam)):
        assigning.assign(row, owner, by=SYSTEM)
    assigning.move(secret, queue("Secret", [cast.sam], private=True), by=SYSTEM)
    team = frozenset({cast.ben.pk, cast.bea.pk})
    seen = {
        Reach.OWN: {mine},
        Reach.TEAM: {mine, mates, nobodys},
        Reach.ALL: {mine, mates, others, nobodys, secret},
    }
    for reach, rows in seen.items():
        ben = looker(cast.ben.pk, reach, team)
        assert set(Ticket.objects.visible_to(ben)) == rows
        assert {span.ticket for span in StatusSpan.objects.visible_to(ben)} == rows
        assert set(queries.matching("t", ben)) <= rows
    sam = looker(cast.sam.pk, Reach.TEAM, frozenset({cast.sam.pk}))
    assert set(Ticket.objects.visible_to(sam)) == {others, nobodys, secret}
    assert not Ticket.objects.visible_to(Actor(kind="user", name="Nobody")).exists()


def test_counts_and_search_tell_no_more_than_one_sees(cast: Cast) -> None:
    ana = customer("Ana Lima")
    mine, others = ticket("Brass lamp", requester=ana), ticket("Paper lamp", requester=ana)
    assigning.assign(mine, cast.ben, by=SYSTEM)
    assigning.assign(others, cast.sam, by=SYSTEM)
    ben = looker(cast.ben.pk, Reach.OWN)
    assert queries.counters(ben, AT) == queries.Counters(mine=1, unowned=0, waiting=0, late=0)
    assert list(queries.matching("lamp", ben)) == [mine]
    assert list(queries.of_customer(ana, ben)) == [mine]
    assert queries.by_number(others.code, ben) is None
    assert queries.in_queues(ben) == {}
    assert set(queries.matching("ana lam", SYSTEM)) == {mine, others}
    assert list(queries.matching("t-2", SYSTEM)) == [others]
    assert not queries.matching("  ", SYSTEM).exists()


def test_counters_count_what_runs(cast: Cast) -> None:
    team = queue()
    message = written()
    waiting, late, done, gone = ticket_of(message), ticket(queue=team), ticket(queue=team), ticket(queue=team)
    Ticket.objects.filter(pk=late.pk).update(next_breach_at=AT)
    tickets.solve(done, by=SYSTEM)
    merges.merge(gone, late, by=SYSTEM)
    assigning.assign(waiting, cast.ben, by=SYSTEM)
    Ticket.objects.filter(pk=late.pk).update(next_breach_at=AT)
    assert queries.counters(actor(cast.ben), AT) == queries.Counters(mine=1, unowned=1, waiting=1, late=1)
    assert queries.counters(actor(cast.ben), AT - timedelta(seconds=1)).late == 0
    assert queries.in_queues(SYSTEM) == {team.pk: 1}


def test_a_closed_queue_is_listed_for_its_members_and_who_manages(cast: Cast) -> None:
    open_one, closed = queue("Open", [cast.ben]), queue("Closed", [cast.sam], private=True)
    assert set(queries.queues(actor(cast.ben))) == {open_one}
    assert set(queries.queues(actor(cast.sam))) == {open_one, closed}
    assert set(queries.queues(actor(cast.mona))) == {open_one, closed}


CONDITIONS = {
    "type is complaint": {"complaint"},
    "category is solved": {"solved"},
    "priority is high": {"complaint"},
    "tags has any (gold)": {"gold"},
    "owner is empty and queue is empty": {"complaint", "solved", "gold"},
    "opened before 2026-03-01": {"old"},
    "custom.size is M": {"gold"},
    "customer.name is Ana": {"complaint"},
    "order.number is not empty": {"complaint"},
    "recovery.cause is price": {"complaint"},
    "amends.count > 0": {"complaint"},
    "waiting_since is not empty": set(),
}


@pytest.fixture
def rows(cast: Cast) -> dict[str, Ticket]:
    CustomField.objects.create(noun="ticket", key="size", label="Size", type="choice", options=["S", "M"])
    ana = customer("Ana")
    complaint = ticket("complaint", requester=ana, priority="high", order_id=order(ana).pk)
    complaints.record(complaint, "price", by=SYSTEM)
    complaints.make_amends(complaint, "apology", by=SYSTEM)
    with clock.frozen(AT - timedelta(days=9)):
        old = assigning.assign(ticket("old"), cast.ben, by=SYSTEM)
    solved = tickets.solve(ticket("solved"), by=SYSTEM)
    gold = ticket("gold", tags=["gold"], custom={"size": "M"})
    return {row.subject: Ticket.objects.get(pk=row.pk) for row in (complaint, old, solved, gold)}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_ask_of_tickets_alike_in_the_database_and_in_memory(rows: dict[str, Ticket], text: str) -> None:
    tree, ctx = read(text, "ticket"), Ctx(zone="Europe/London", currency="GBP")
    assert {row.subject for row in Ticket.objects.filter(to_q(tree, "ticket", ctx))} == CONDITIONS[text]
    assert {name for name, row in rows.items() if matches(tree, "ticket", row, ctx)} == CONDITIONS[text]


def test_customers_are_found_by_their_tickets(rows: dict[str, Ticket]) -> None:
    from rapport.customers.models import Customer

    zoe = customer("Zoe")
    tickets.solve(ticket("done", requester=zoe), by=SYSTEM)
    ctx = Ctx(zone="Europe/London", currency="GBP")

    def found(text: str) -> set[str]:
        tree = read(text, "customer")
        return set(Customer.objects.filter(to_q(tree, "customer", ctx)).values_list("name", flat=True))

    assert found("tickets.count > 0") == {"Ana", "Zoe"}
    assert found("open_tickets.count > 0") == {"Ana"}
    assert found("tickets.type is complaint") == {"Ana"}
    assert company("Firm").name not in found("company_tickets.count > 0")
