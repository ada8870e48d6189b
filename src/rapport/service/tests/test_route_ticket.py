from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service.models import Intake, Offer, Queue, QueueMember, Ticket
from rapport.service.services import agents, assigning, queues, routing, statuses, tickets
from rapport.service.tests.making import AT, events, everything, fresh, queue, ticket
from rapport.team.models import User
from rapport.team.services import users
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def owner(of: Ticket) -> User | None:
    return fresh(of).owner


def test_what_comes_into_a_queue_goes_round(cast: Cast) -> None:
    team = queue("Help", [cast.ben, cast.bea], "round_robin")
    got = []
    for number in range(4):
        with clock.frozen(AT + number * MINUTE):
            got.append(ticket(queue=team).owner)
    assert got[0] != got[1]
    assert got[:2] == got[2:]
    made = Ticket.objects.get(number=1)
    assert events(made) == ["ticket_opened", "ticket_assigned"]
    told = EventRecord.objects.get(subject_id=made.pk, type="service.ticket_assigned")
    assert told.data["why"] == "round_robin"


def test_by_hand_means_that_it_waits(cast: Cast) -> None:
    assert ticket(queue=queue(members=[cast.ben])).owner is None


def test_the_least_busy_gets_the_next_one(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="least_busy")
    assigning.assign(ticket(), cast.ben, by=SYSTEM)
    waiting = assigning.assign(ticket(), cast.bea, by=SYSTEM)
    tickets.set_status(waiting, statuses.standard("waiting"), by=SYSTEM)
    assert ticket(queue=team).owner == cast.bea


def test_nobody_gets_more_than_they_can_take(cast: Cast) -> None:
    agents.change(cast.ben, capacity=2, by=SYSTEM)
    team = queue(members=[cast.ben], mode="round_robin")
    made = [ticket(queue=team) for _ in range(3)]
    assert [owner(one) for one in made] == [cast.ben, cast.ben, None]
    tickets.solve(made[0], by=SYSTEM)
    assert routing.offer_waiting() == 1
    assert owner(made[2]) == cast.ben
    assert routing.offer_waiting() == 0


def test_skills_of_the_queue_and_of_the_tags_are_needed(cast: Cast) -> None:
    agents.change(cast.ben, skills=["lamps"], by=SYSTEM)
    agents.change(cast.bea, skills=["lamps", "french"], by=SYSTEM)
    team = queue(members=[cast.ben, cast.bea, cast.sam], mode="least_busy", skills=["lamps"])
    assert ticket(queue=team, tags=["skill:french"]).owner == cast.bea
    assert ticket(queue=team).owner == cast.ben
    assert ticket(queue=team, tags=["skill:greek"]).owner is None


def test_the_last_agent_of_the_customer_comes_first(cast: Cast) -> None:
    ana = customer("Ana")
    assigning.assign(ticket(requester=ana), cast.bea, by=SYSTEM)
    team = queue(members=[cast.ben, cast.bea], mode="least_busy", last_agent_first=True)
    assert ticket(queue=team, requester=ana).owner == cast.bea
    assert ticket(queue=team, requester=customer("Zoe")).owner == cast.ben
    agents.go_away(cast.bea, by=SYSTEM)
    assert ticket(queue=team, requester=ana).owner == cast.ben


def test_with_nobody_there_it_waits_for_whoever_comes_back(cast: Cast) -> None:
    team = queue(members=[cast.ben], mode="round_robin")
    with clock.frozen(AT):
        agents.go_away(cast.ben, until=AT + 60 * MINUTE, because="Lunch", by=actor(cast.ben))
        first, second = ticket("First", queue=team), ticket("Second", queue=team)
        assert routing.offer_waiting([team.pk]) == 0
    with clock.frozen(AT + 60 * MINUTE):
        assert routing.offer_waiting([team.pk]) == 2
    assert [owner(first), owner(second)] == [cast.ben, cast.ben]


def test_coming_back_by_hand_is_told_once(cast: Cast) -> None:
    agents.go_away(cast.ben, by=actor(cast.ben))
    assert agents.come_back(cast.ben, by=actor(cast.ben)).away_since is None
    agents.come_back(cast.ben, by=actor(cast.ben))
    assert EventRecord.objects.filter(type="service.agent_back").count() == 1


def test_an_offer_that_nobody_accepts_goes_on_and_comes_round_again(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin", offer_minutes=5)
    with clock.frozen(AT):
        made = ticket(queue=team)
    first = owner(made)
    with clock.frozen(AT + 5 * MINUTE - timedelta(seconds=1)):
        assert routing.lapse_due() == 0
    with clock.frozen(AT + 5 * MINUTE):
        assert routing.lapse_due() == 1
        assert routing.lapse_due() == 0
    second = owner(made)
    assert {first, second} == {cast.ben, cast.bea}
    with clock.frozen(AT + 10 * MINUTE):
        assert routing.lapse_due() == 1
    assert owner(made) == first
    assert list(made.offers.order_by("offered_at").values_list("end", flat=True)) == ["lapsed", "lapsed", ""]


def test_the_only_one_who_let_it_lapse_is_asked_again_after_a_rest(cast: Cast) -> None:
    team = queue(members=[cast.ben], mode="round_robin", offer_minutes=5)
    with clock.frozen(AT):
        made = ticket(queue=team)
    with clock.frozen(AT + 5 * MINUTE):
        routing.lapse_due()
        assert owner(made) is None
        assert routing.offer_waiting() == 0
    with clock.frozen(AT + 10 * MINUTE):
        assert routing.offer_waiting() == 1


def test_what_is_accepted_stays(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin", offer_minutes=5)
    with clock.frozen(AT):
        made = ticket(queue=team)
        mine = fresh(made).owner
        assert mine is not None
        routing.accept(made, by=actor(mine))
    with clock.frozen(AT + 60 * MINUTE):
        assert routing.lapse_due() == 0
    assert owner(made) == mine
    assert Offer.objects.get().end == "accepted"


def test_what_is_passed_on_goes_to_the_next_one(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin", offer_minutes=5)
    made = ticket(queue=team)
    first = fresh(made).owner
    assert first is not None
    other = cast.bea if first == cast.ben else cast.ben
    before = everything()
    with pytest.raises(routing.NotOffered):
        routing.pass_on(made, by=actor(other))
    assert everything() == before
    assert routing.pass_on(made, by=actor(first)).owner == other


def test_nothing_is_taken_twice(cast: Cast) -> None:
    made = assigning.take(ticket(), by=actor(cast.ben))
    before = everything()
    with pytest.raises(assigning.Taken) as taken:
        assigning.take(made, by=actor(cast.bea))
    assert taken.value.owner == cast.ben
    assigning.take(made, by=actor(cast.ben))
    with pytest.raises(assigning.CannotWork):
        assigning.take(made, by=SYSTEM)
    assert everything() == before


def test_only_who_may_work_gets_work(cast: Cast) -> None:
    made = ticket()
    users.deactivate(cast.bea, by=SYSTEM)
    before = everything()
    for who in (cast.carla, cast.bea):
        with pytest.raises(assigning.CannotWork):
            assigning.assign(made, who, by=SYSTEM)
        with pytest.raises(assigning.CannotWork):
            queues.add("Help", members=[who], by=SYSTEM)
    with pytest.raises(Forbidden):
        assigning.assign(made, cast.ben, by=actor(cast.carla))
    assert everything() == before
    assert not Queue.objects.exists()


def test_whoever_left_gets_nothing(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin")
    users.deactivate(cast.ben, by=SYSTEM)
    assert {ticket(queue=team).owner for _ in range(3)} == {cast.bea}


def test_a_ticket_leaves_who_is_not_of_its_new_queue(cast: Cast) -> None:
    ours, theirs = queue(members=[cast.ben, cast.bea]), queue(members=[cast.sam])
    made = assigning.assign(ticket(queue=ours), cast.ben, by=SYSTEM)
    moved = assigning.move(made, theirs, by=SYSTEM)
    assert (moved.queue, moved.owner) == (theirs, None)
    again = assigning.move(assigning.assign(moved, cast.ben, by=SYSTEM), ours, by=SYSTEM)
    assert (again.queue, again.owner) == (ours, cast.ben)
    before = everything()
    assigning.move(again, ours, by=SYSTEM)
    assert everything() == before
    queues.archive(theirs, by=SYSTEM)
    with pytest.raises(assigning.QueueGone):
        assigning.move(again, theirs, by=SYSTEM)


def test_moving_into_a_queue_that_routes_finds_an_owner(cast: Cast) -> None:
    made = ticket()
    assert assigning.move(made, queue(members=[cast.sam], mode="round_robin"), by=SYSTEM).owner == cast.sam


def test_a_queue_in_use_is_not_archived(cast: Cast) -> None:
    team = queue("Help", [cast.ben])
    made = ticket(queue=team)
    with pytest.raises(queues.InUse):
        queues.archive(team, by=SYSTEM)
    tickets.close(made, by=SYSTEM)
    assert queues.archive(team, by=SYSTEM).archived_at is not None
    queue("Help")
    with pytest.raises(queues.NameTaken):
        queues.restore(team, by=SYSTEM)


def test_queues_are_of_those_who_manage_and_what_is_wrong_is_refused(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        queues.add("Help", by=actor(cast.ben))
    for values in ({"colour": "red"}, {"mode": "dice"}, {"offer_minutes": 0}):
        with pytest.raises(queues.UnknownField):
            queues.add("Help", by=SYSTEM, **values)
    assert not Queue.objects.exists()


def test_members_who_stay_keep_their_turn(cast: Cast) -> None:
    team = queue(members=[cast.ben, cast.bea], mode="round_robin")
    ticket(queue=team)
    before = QueueMember.objects.get(given_at__isnull=False)
    queues.set_members(team, [before.user, cast.sam], by=SYSTEM)
    assert set(team.memberships.values_list("user_id", "given_at")) == {
        (before.user_id, before.given_at), (cast.sam.pk, None),
    }  # fmt: skip


def test_talk_comes_into_the_queue_of_its_channel(cast: Cast) -> None:
    chat, rest = queue("Chat"), queue("Rest")
    queues.take_in(chat, channel="chat", by=SYSTEM)
    assert queues.queue_for("email") is None
    everything_else = queues.take_in(rest, by=SYSTEM)
    assert (queues.queue_for("chat"), queues.queue_for("email")) == (chat, rest)
    with pytest.raises(queues.IntakeTaken):
        queues.take_in(rest, channel="chat", by=SYSTEM)
    with pytest.raises(queues.UnknownField):
        queues.take_in(rest, channel="pigeon", by=SYSTEM)
    queues.drop_intake(everything_else, by=SYSTEM)
    assert Intake.objects.count() == 1
    assert queues.queue_for("email") is None


def test_a_colleague_is_sent_away_by_themselves_or_by_who_manages(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        agents.go_away(cast.bea, by=actor(cast.ben))
    assert agents.go_away(cast.bea, by=actor(cast.mona)).away(clock.now())
    with clock.frozen(AT), pytest.raises(agents.BackBefore):
        agents.go_away(cast.ben, until=AT, by=actor(cast.ben))


def test_a_closed_queue_is_seen_by_its_members(cast: Cast) -> None:
    secret = queue(members=[cast.sam], private=True)
    made = ticket(queue=secret)
    with pytest.raises(OutOfReach):
        assigning.take(made, by=actor(cast.ben))
    assert assigning.take(made, by=actor(cast.sam)).owner == cast.sam
