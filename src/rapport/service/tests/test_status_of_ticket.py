from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.permissions import Forbidden
from rapport.service.models import Queue, Status, Ticket
from rapport.service.services import agents, assigning, ending, links, statuses, tickets
from rapport.service.tests.making import AT, events, everything, fresh, queue, ticket
from rapport.team.services import organisation
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def history(of: Ticket) -> list[tuple[str, float, float | None]]:
    """Return category, hours from AT to its beginning and to its end of each span."""
    rows = of.spans.order_by("entered_at", "id")
    return [
        (row.category, (row.entered_at - AT) / HOUR, (row.left_at - AT) / HOUR if row.left_at else None) for row in rows
    ]


def test_history_has_no_gaps() -> None:
    with clock.frozen(AT):
        made = ticket()
    with clock.frozen(AT + HOUR):
        tickets.set_status(made, statuses.standard("waiting"), by=SYSTEM)
    with clock.frozen(AT + 3 * HOUR):
        tickets.solve(made, by=SYSTEM)
    with clock.frozen(AT + 4 * HOUR):
        tickets.reopen(made, by=SYSTEM)
    assert history(made) == [("new", 0, 1), ("waiting", 1, 3), ("solved", 3, 4), ("open", 4, None)]
    assert events(made) == ["ticket_opened", "status_changed", "ticket_solved", "ticket_reopened"]
    row = fresh(made)
    assert (row.solved_at, row.closed_at, row.reopened) == (None, None, 1)


def test_what_is_solved_and_then_closed_was_solved_when_it_was_solved() -> None:
    with clock.frozen(AT):
        made = ticket()
        tickets.solve(made, by=SYSTEM)
    with clock.frozen(AT + DAY):
        closed = tickets.close(made, by=SYSTEM)
    assert (closed.solved_at, closed.closed_at) == (AT, AT + DAY)


def test_a_moment_before_the_running_span_is_moved_to_its_beginning() -> None:
    with clock.frozen(AT):
        made = ticket()
        tickets.solve(made, at=AT - HOUR, by=SYSTEM)
    assert history(made) == [("new", 0, 0), ("solved", 0, None)]


def test_what_is_solved_stays_solved_and_the_same_status_changes_nothing() -> None:
    made = tickets.solve(ticket(), by=SYSTEM)
    before = everything()
    tickets.solve(made, by=SYSTEM)
    tickets.set_status(made, made.status, by=SYSTEM)
    assert everything() == before


def test_words_of_ones_own_solve_too() -> None:
    shipped = statuses.add("Replacement sent", "solved", by=SYSTEM)
    solved = tickets.solve(ticket(), status=shipped, by=SYSTEM)
    assert (solved.status, solved.category) == (shipped, "solved")


def test_what_does_not_fit_is_refused(cast: Cast) -> None:
    made, done = ticket(), tickets.solve(ticket("Done"), by=SYSTEM)
    old = statuses.archive(statuses.add("On hold", "waiting", by=SYSTEM), by=SYSTEM)
    before = everything()
    with pytest.raises(tickets.WrongStatus):
        tickets.solve(made, status=statuses.standard("open"), by=SYSTEM)
    with pytest.raises(tickets.WrongStatus):
        tickets.reopen(done, status=statuses.standard("closed"), by=SYSTEM)
    with pytest.raises(tickets.WrongStatus):
        tickets.set_status(made, old, by=SYSTEM)
    with pytest.raises(tickets.NotEnded):
        tickets.reopen(made, by=SYSTEM)
    with pytest.raises(Forbidden):
        tickets.solve(made, by=actor(cast.carla))
    assert everything() == before


def test_within_the_days_of_the_firm_a_ticket_opens_again_and_not_after() -> None:
    organisation.change(policy={"service": {"reopen_days": 3}}, by=SYSTEM)
    with clock.frozen(AT):
        first, second = (tickets.solve(ticket(), by=SYSTEM) for _ in range(2))
    with clock.frozen(AT + 3 * DAY - timedelta(microseconds=1)):
        assert tickets.reopen(first, by=SYSTEM).category == "open"
    before = everything()
    with clock.frozen(AT + 3 * DAY):
        with pytest.raises(tickets.TooOld):
            tickets.reopen(second, by=SYSTEM)
        with pytest.raises(tickets.TooOld):
            tickets.set_status(second, statuses.standard("waiting"), by=SYSTEM)
    assert everything() == before


def test_an_owner_who_is_there_keeps_what_is_opened_again(cast: Cast) -> None:
    made = assigning.assign(ticket(), cast.ben, by=SYSTEM)
    assert tickets.reopen(tickets.solve(made, by=SYSTEM), by=SYSTEM).owner == cast.ben


def test_an_owner_who_is_away_leaves_it_to_the_queue(cast: Cast) -> None:
    made = assigning.assign(ticket(queue=queue()), cast.ben, by=SYSTEM)
    tickets.solve(made, by=SYSTEM)
    agents.go_away(cast.ben, by=SYSTEM)
    Queue.objects.update(mode="round_robin")
    made.queue.memberships.create(user=cast.bea)  # type: ignore[union-attr]
    assert tickets.reopen(made, by=SYSTEM).owner == cast.bea


def test_closing_takes_the_children_along_when_told() -> None:
    top, middle, low, done = ticket("Top"), ticket("Middle"), ticket("Low"), ticket("Done")
    links.set_parent(middle, top, by=SYSTEM)
    links.set_parent(low, middle, by=SYSTEM)
    links.set_parent(done, top, by=SYSTEM)
    tickets.close(done, by=SYSTEM)
    tickets.close(top, with_children=True, by=SYSTEM)
    assert set(Ticket.objects.values_list("category", flat=True)) == {"closed"}
    assert events(done).count("ticket_closed") == 1


def test_what_stayed_solved_is_closed_by_itself() -> None:
    with clock.frozen(AT):
        old, again = (tickets.solve(ticket(), by=SYSTEM) for _ in range(2))
        tickets.reopen(again, by=SYSTEM)
    with clock.frozen(AT + DAY):
        young = tickets.solve(ticket(), by=SYSTEM)
    with clock.frozen(AT + 14 * DAY):
        assert ending.close_solved() == 1
        assert ending.close_solved() == 0
    assert [fresh(one).category for one in (old, again, young)] == ["closed", "open", "solved"]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(Status.Category.values), st.integers(0, 90)), max_size=8))
def test_whatever_happens_history_is_whole(moves: list[tuple[str, int]]) -> None:
    Ticket.objects.all().delete()
    at = AT
    with clock.frozen(at):
        made = ticket()
    for category, minutes in moves:
        at += timedelta(minutes=minutes)
        with clock.frozen(at):
            tickets.set_status(made, statuses.standard(category), by=SYSTEM)
    spans = list(made.spans.order_by("entered_at", "left_at"))
    assert spans[0].entered_at == AT
    assert all(one.left_at == two.entered_at for one, two in pairwise(spans))
    assert [span.left_at for span in spans].count(None) == 1
    row = fresh(made)
    assert row.category == next(span.category for span in spans if span.left_at is None)
    assert (row.solved_at is not None) == row.ended
    assert (row.closed_at is not None) == (row.category == "closed")


def test_a_status_is_added_renamed_and_archived(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        statuses.add("On hold", "waiting", by=actor(cast.ben))
    made = statuses.add(" On hold ", "waiting", by=SYSTEM)
    assert (made.name, made.category) == ("On hold", "waiting")
    with pytest.raises(statuses.NameTaken):
        statuses.add("On hold", "open", by=SYSTEM)
    assert statuses.change(made, name="Held", position=9, by=SYSTEM).position == 9
    with pytest.raises(statuses.LastOne):
        statuses.archive(made, by=SYSTEM)
    statuses.add("Waits for parts", "waiting", by=SYSTEM)
    assert statuses.archive(made, by=SYSTEM).archived_at is not None
    assert statuses.standard("waiting").name == "Waits for parts"
