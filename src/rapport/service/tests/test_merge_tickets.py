from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service.models import Merge, Ticket, TicketLink
from rapport.service.permissions import MERGE
from rapport.service.queries import by_number
from rapport.service.services import (
    assigning,
    checklists,
    complaints,
    links,
    merges,
    statuses,
    tickets,
    times,
    watchers,
)
from rapport.service.services.locking import MergedAway, Trashed
from rapport.service.tests.making import (
    AT,
    answered,
    differences,
    events,
    everything,
    fresh,
    snapshot,
    ticket,
    ticket_of,
    written,
)
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_everything_goes_over_and_comes_back(cast: Cast) -> None:
    ana, zoe = customer("Ana"), customer("Zoe")
    with clock.frozen(AT):
        message, other = written("Where is it?", of=ana), written("And mine?", of=zoe)
        source, target = ticket_of(message), ticket_of(other)
        tickets.tag(source, "lamp", "glass", by=SYSTEM)
        tickets.tag(target, "glass", by=SYSTEM)
        watchers.add(source, cast.bea, by=SYSTEM)
        checklists.add(source, ["Ask the carrier"], by=SYSTEM)
        times.spend(source, 5, by=SYSTEM)
        complaints.record(source, "delivery", by=SYSTEM)
        complaints.make_amends(source, "apology", by=SYSTEM)
        child, related = ticket("Child"), ticket("Related")
        links.set_parent(child, source, by=SYSTEM)
        links.link(source, related, by=SYSTEM)
        links.link(related, source, kind="caused", by=SYSTEM)
    before = {one.pk: snapshot(one) for one in (source, target, child, related)}
    with clock.frozen(AT + HOUR):
        survivor = merges.merge(source, target, by=actor(cast.ben))
    gone = snapshot(source)
    assert (gone["category"], gone["merged_into_id"], gone["threads"]) == ("closed", target.pk, [])
    after = snapshot(survivor)
    assert after["tags"] == ["glass", "lamp"]
    assert set(after["threads"]) == {message.thread_id, other.thread_id}
    assert after["watchers"] == sorted([(None, ana.pk), (cast.bea.pk, None)], key=str)
    for name in ("checklist", "times", "amends", "children", "links", "links_here", "recovery"):
        assert after[name] == before[source.pk][name], name
    assert after["waiting_since"] == AT
    with clock.frozen(AT + 2 * HOUR):
        merges.unmerge(source, by=actor(cast.ben))
    assert {key: snapshot(Ticket.objects.get(pk=key)) for key in before} == before
    assert events(source)[-2:] == ["ticket_merged", "ticket_unmerged"]
    told = EventRecord.objects.get(type="service.ticket_merged")
    assert (told.data["into"], told.data["before"]["status"]) == (target.code, str(before[source.pk]["status_id"]))


def test_the_time_in_between_stays_on_record(cast: Cast) -> None:
    with clock.frozen(AT):
        source, target = ticket("A"), ticket("B")
        tickets.set_status(source, statuses.standard("waiting"), by=SYSTEM)
    with clock.frozen(AT + HOUR):
        merges.merge(source, target, by=SYSTEM)
    with clock.frozen(AT + 2 * HOUR):
        merges.unmerge(source, by=SYSTEM)
    spans = source.spans.order_by("entered_at", "left_at").values_list("category", "entered_at")
    assert list(spans)[1:] == [("waiting", AT), ("closed", AT + HOUR), ("waiting", AT + 2 * HOUR)]


def test_the_old_number_leads_to_the_survivor_for_ever(cast: Cast) -> None:
    first, second, third = ticket("A"), ticket("B"), ticket("C")
    merges.merge(first, second, by=SYSTEM)
    merges.merge(second, third, by=SYSTEM)
    assert fresh(first).merged_into == third
    for code in ("T-1", "t-2", "3", " t3 "):
        assert by_number(code, SYSTEM) == third
    assert by_number("T-4", SYSTEM) is None
    assert by_number("T-x", SYSTEM) is None
    merges.unmerge(second, by=SYSTEM)
    assert by_number("T-1", SYSTEM) == second
    assert fresh(first).merged_into == second


def test_what_is_written_to_the_old_one_lands_in_the_survivor(cast: Cast) -> None:
    ana = customer("Ana")
    message = written(of=ana)
    source, target = ticket_of(message), ticket("Survivor", requester=ana)
    merges.merge(source, target, by=SYSTEM)
    later = written("Any news?", of=ana, thread_id=message.thread_id)
    assert ticket_of(later) == target
    assert fresh(target).waiting_since is not None
    merges.unmerge(source, by=SYSTEM)
    assert ticket_of(later) == source
    assert fresh(target).waiting_since is None


def test_the_survivor_keeps_when_it_was_answered(cast: Cast) -> None:
    ana = customer("Ana")
    with clock.frozen(AT):
        source = ticket_of(answered_at(written(of=ana), AT + HOUR, cast))
    with clock.frozen(AT + 2 * HOUR):
        message = written(of=ana)
        target = ticket_of(answered_at(message, AT + 3 * HOUR, cast))
    with clock.frozen(AT + 4 * HOUR):
        merged = merges.merge(source, target, by=SYSTEM)
    assert (merged.first_response_at, merged.answers) == (AT + 3 * HOUR, 2)
    merges.unmerge(source, by=SYSTEM)
    assert (fresh(source).first_response_at, fresh(source).answers) == (AT + HOUR, 1)
    assert (fresh(target).first_response_at, fresh(target).answers) == (AT + 3 * HOUR, 1)


def answered_at(message: Any, at: Any, cast: Cast) -> Any:
    with clock.frozen(at):
        return answered(message, by=actor(cast.alice))


def test_a_survivor_below_the_merged_one_stands_alone(cast: Cast) -> None:
    top, middle, low = ticket("Top"), ticket("Middle"), ticket("Low")
    links.set_parent(middle, top, by=SYSTEM)
    links.set_parent(low, middle, by=SYSTEM)
    before = [snapshot(one) for one in (top, middle, low)]
    merges.merge(top, low, by=SYSTEM)
    assert (fresh(middle).parent, fresh(low).parent) == (None, middle)
    merges.unmerge(top, by=SYSTEM)
    assert [snapshot(one) for one in (top, middle, low)] == before


def test_a_common_link_is_no_hindrance(cast: Cast) -> None:
    source, target, other = ticket("A"), ticket("B"), ticket("C")
    for one in (source, target):
        links.link(one, other, by=SYSTEM)
    links.link(source, target, kind="duplicate", by=SYSTEM)
    merges.merge(source, target, by=SYSTEM)
    assert TicketLink.objects.filter(ticket=target, other=other).count() == 1
    assert not TicketLink.objects.filter(ticket=target, other=target).exists()


def test_a_link_whose_place_another_took_comes_back_and_so_does_the_other(cast: Cast) -> None:
    source, target, first, second = ticket("A"), ticket("B"), ticket("C"), ticket("D")
    for one in (first, second):
        links.link(one, source, by=SYSTEM)
    links.link(second, target, by=SYSTEM)
    there = set(TicketLink.objects.values_list("pk", "ticket", "other"))
    merges.merge(source, target, by=SYSTEM)  # the link of D stays, for B has it already; that of C goes along
    merges.merge(second, first, by=SYSTEM)  # now the link of D takes the place that C's link had
    merges.unmerge(source, by=SYSTEM)
    assert TicketLink.objects.filter(ticket=first, other=source).count() == 1
    merges.unmerge(second, by=SYSTEM)
    assert set(TicketLink.objects.values_list("pk", "ticket", "other")) == there


def test_two_that_brought_the_same_tag_are_told_apart(cast: Cast) -> None:
    first, second, target = ticket("A", tags=["lamp"]), ticket("B", tags=["lamp"]), ticket("C")
    merges.merge_all(target, [second, first], by=SYSTEM)
    merges.unmerge(first, by=SYSTEM)
    assert fresh(target).tags == ["lamp"]
    merges.unmerge(second, by=SYSTEM)
    assert fresh(target).tags == []


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    first, second, third, gone = ticket("A"), ticket("B"), ticket("C"), ticket("D")
    sams = assigning.assign(ticket("Sam's"), cast.sam, by=SYSTEM)
    merges.merge(first, second, by=SYSTEM)
    tickets.trash(gone, by=SYSTEM)
    looker = Actor(kind="user", name="Ben", user_id=cast.ben.pk, grants={MERGE.name: Reach.OWN})
    before = everything(), Merge.objects.count()
    with pytest.raises(merges.IntoItself):
        merges.merge(third, third, by=SYSTEM)
    with pytest.raises(merges.IntoItself):
        merges.merge(second, first, by=SYSTEM)
    with pytest.raises(MergedAway):
        merges.merge(first, third, by=SYSTEM)
    with pytest.raises(MergedAway):
        merges.merge(third, first, by=SYSTEM)
    for source, target in ((gone, third), (third, gone)):
        with pytest.raises(Trashed):
            merges.merge(source, target, by=SYSTEM)
    with pytest.raises(merges.NotMerged):
        merges.unmerge(third, by=SYSTEM)
    with pytest.raises(Forbidden):
        merges.merge(second, third, by=actor(cast.carla))
    for source, target in ((sams, third), (third, sams)):
        with pytest.raises(OutOfReach):
            merges.merge(source, target, by=actor(cast.ben))
    with pytest.raises(OutOfReach):
        merges.merge(second, third, by=looker)
    with pytest.raises(Trashed):
        merges.merge_all(second, [third, gone], by=SYSTEM)
    assert (everything(), Merge.objects.count()) == before


def test_what_is_taken_out_twice_is_refused(cast: Cast) -> None:
    first, second = ticket("A"), ticket("B")
    merges.merge(first, second, by=SYSTEM)
    merges.unmerge(first, by=SYSTEM)
    before = everything()
    with pytest.raises(merges.NotMerged):
        merges.unmerge(first, by=SYSTEM)
    assert everything() == before
    assert merges.merge(first, second, by=SYSTEM) == second
    assert Merge.objects.filter(undone_at__isnull=True).count() == 1


def test_what_came_again_by_itself_stays_when_what_brought_it_first_is_taken_out(cast: Cast) -> None:
    brought, between, last = ticket("A"), ticket("B"), ticket("C")
    merges.merge(brought, between, by=SYSTEM)
    merges.merge(between, last, by=SYSTEM)
    merges.unmerge(brought, by=SYSTEM)
    merges.merge(brought, last, by=SYSTEM)
    merges.unmerge(between, by=SYSTEM)
    assert fresh(between).merged_into is None
    assert fresh(brought).merged_into == last


NUMBER = 4


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a seed says nothing when it is made smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(seed=401, tags=[{"y"}, {"x", "y", "z"}, set(), set()])  # a link whose place another took meanwhile
@given(seed=st.integers(0, 2**32), tags=st.lists(st.sets(st.sampled_from("xyz")), min_size=NUMBER, max_size=NUMBER))
def test_whatever_is_merged_and_in_whatever_order_undone_all_is_as_before(
    cast: Cast, seed: int, tags: list[set[str]]
) -> None:
    choose = random.Random(seed)
    made = [furnished(number, sorted(tags[number]), choose, cast) for number in range(NUMBER)]
    for one in made:
        if choose.random() < 0.5:
            links.link(one, choose.choice([other for other in made if other != one]), by=SYSTEM)
    below = choose.sample(made, 2)
    links.set_parent(below[0], below[1], by=SYSTEM)
    before = [snapshot(one) for one in made]
    for _ in range(8):
        standing = [one for one in made if fresh(one).merged_into_id is None]
        merged = [one for one in made if fresh(one).merged_into_id is not None]
        if merged and (len(standing) < 2 or choose.random() < 0.4):
            merges.unmerge(choose.choice(merged), by=SYSTEM)
        else:
            merges.merge(*choose.sample(standing, 2), by=SYSTEM)
        check_whole(made)
    rest = [one for one in made if fresh(one).merged_into_id is not None]
    for one in choose.sample(rest, len(rest)):
        merges.unmerge(one, by=SYSTEM)
        check_whole(made)
    assert differences(before, [snapshot(one) for one in made]) == [{}] * NUMBER


def furnished(number: int, tags: list[str], choose: random.Random, cast: Cast) -> Ticket:
    """Return a ticket with a chance of talk, a list, a watcher and a status of its own."""
    made = ticket_of(written(of=customer(f"Customer {number}"))) if choose.random() < 0.7 else ticket(f"No {number}")
    tickets.tag(made, *tags, by=SYSTEM)
    if choose.random() < 0.5:
        checklists.add(made, ["Look", "See"], by=SYSTEM)
    if choose.random() < 0.5:
        watchers.add(made, choose.choice([cast.ben, cast.bea]), by=SYSTEM)
    if choose.random() < 0.5:
        tickets.set_status(made, statuses.standard(choose.choice(["open", "waiting", "solved"])), by=SYSTEM)
    return fresh(made)


def check_whole(made: list[Ticket]) -> None:
    """Every merged ticket leads straight to one that stands, has no talk, and what it brought is with the survivor."""
    for one in map(fresh, made):
        if one.merged_into_id is None:
            continue
        survivor = Ticket.objects.get(pk=one.merged_into_id)
        assert survivor.merged_into_id is None
        assert not one.talk.exists()
        assert set(one.tags) <= set(survivor.tags)
