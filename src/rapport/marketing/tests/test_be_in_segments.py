"""Who is in a segment since when: rows, events, numbers by day; merges, purges and imports leave no ghosts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.customers.models import Customer
from rapport.customers.services import customers, merges, purging
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions import Ctx, matches, read, to_q
from rapport.kernel.jobs import react
from rapport.kernel.models import CustomField, EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.kernel.queueing import aside
from rapport.marketing.models import Membership, Segment
from rapport.marketing.queries import Day, days, joined_lately, left_lately, of_customer, why
from rapport.marketing.queries import members as within
from rapport.marketing.services import members, segments
from rapport.marketing.services.members import Moved
from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast, actor
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def told(of: Customer) -> list[tuple[str, str]]:
    rows = EventRecord.objects.filter(customer_id=of.pk, type__startswith="marketing.segment_").order_by("id")
    return [(row.type.removeprefix("marketing.segment_"), row.data["segment"]) for row in rows]


def british(by: Actor = SYSTEM) -> Segment:
    return segments.create("British", by=by, condition="country = GB")


def test_who_meets_the_condition_joins_and_who_does_not_leaves(cast: Cast) -> None:
    with clock.frozen(AT):
        ana, bob = customer("Ana", country="GB"), customer("Bob", country="FR")
        made = british()
        assert members.recompute(made, by=SYSTEM) == Moved(joined=1)
    with clock.frozen(AT + DAY):
        customers.change(ana, by=SYSTEM, country="PT")
        customers.change(bob, by=SYSTEM, country="GB")
        assert members.recompute(made, by=SYSTEM) == Moved(joined=1, left=1)
        assert members.recompute(made, by=SYSTEM) == Moved()
    with clock.frozen(AT + 2 * DAY):
        customers.change(ana, by=SYSTEM, country="GB")
        members.recompute(made, by=SYSTEM)
    rows = Membership.objects.order_by("since", "id").values_list("customer__name", "since", "until")
    assert list(rows) == [
        ("Ana", AT, AT + DAY), ("Bob", AT + DAY, None), ("Ana", AT + 2 * DAY, None),
    ]  # fmt: skip
    assert told(ana) == [("joined", "British"), ("left", "British"), ("joined", "British")]
    made.refresh_from_db()
    assert (made.size, made.computed_at, made.waiting) == (2, AT + 2 * DAY, False)
    assert [one.customer.name for one in joined_lately(made, SYSTEM, 9)] == ["Ana", "Bob"]
    assert [one.customer.name for one in left_lately(made, SYSTEM, 9)] == ["Ana"]
    with clock.frozen(AT + 3 * DAY):
        assert days(made) == [
            Day(date(2026, 3, 2), 1, 0, 1), Day(date(2026, 3, 3), 1, 1, 1), Day(date(2026, 3, 4), 1, 0, 2),
            Day(date(2026, 3, 5), 0, 0, 2),
        ]  # fmt: skip


def test_a_recompute_asks_as_much_for_many_as_for_few(cast: Cast) -> None:
    made = british()
    members.recompute(made, by=SYSTEM)  # the next ones find its temporary tables: a test is one transaction
    customer("Ana", country="GB")
    with query_count() as few:
        assert members.recompute(made, by=SYSTEM) == Moved(joined=1)
    for number in range(20):
        customer(f"Bob {number}", country="GB")
    with query_count() as many:
        assert members.recompute(made, by=SYSTEM) == Moved(joined=20)
    assert len([one for one in many.statements if "customers_customer" in one]) == 2  # the condition, and the size
    assert many.count == few.count


def test_segments_are_settled_from_the_ground_up_once_something_happened(cast: Cast) -> None:
    with clock.frozen(AT):
        ana = customer("Ana", country="FR")
        upper = segments.create("Upper", by=SYSTEM, condition="name = ana")
        lower = british()
        segments.change(upper, by=SYSTEM, condition="name = ana and segment = British")
        members.settle(by=SYSTEM)
        assert not Segment.objects.waiting().exists()
    with clock.frozen(AT + timedelta(minutes=4)):
        customers.change(ana, by=SYSTEM, country="GB")
    with clock.frozen(AT + timedelta(minutes=5)):
        members.keep_up(by=SYSTEM)
    assert set(Membership.objects.values_list("segment__name", "customer__name")) == {
        ("British", "Ana"), ("Upper", "Ana"),
    }  # fmt: skip
    with clock.frozen(AT + timedelta(minutes=6)), query_count() as quiet:
        members.keep_up(by=SYSTEM)
    assert not any("load_answer" in one for one in quiet.statements)  # nothing happened but that they joined
    with clock.frozen(AT + timedelta(minutes=70)):
        members.keep_up(by=SYSTEM)
        assert list(Segment.objects.values_list("computed_at", flat=True)) == [clock.now()] * 2
    lower.refresh_from_db()
    assert lower.size == 1


def test_a_dear_segment_rests(cast: Cast) -> None:
    with clock.frozen(AT):
        made = british()
        members.settle(by=SYSTEM)
    Segment.objects.update(seconds=600)
    with clock.frozen(AT + timedelta(hours=2)):
        customer("Ana", country="GB")
        members.keep_up(by=SYSTEM)
    assert not within(made, SYSTEM).exists()
    with clock.frozen(AT + timedelta(hours=4)):
        members.keep_up(by=SYSTEM)
    assert within(made, SYSTEM).count() == 1


def test_asking_twice_works_it_out_once(cast: Cast) -> None:
    made = british()
    members.settle(by=SYSTEM)
    segments.ask(made, by=actor(cast.dora))
    segments.ask(made, by=actor(cast.dora))
    assert EventRecord.objects.filter(type="marketing.segment_asked").count() == 1
    members.settle(by=SYSTEM)
    with query_count() as again:
        members.settle(by=SYSTEM)
    assert not any("load_answer" in one for one in again.statements)


def test_a_new_segment_is_worked_out_by_the_job_that_its_news_queues(cast: Cast) -> None:
    customer("Ana", country="GB")
    with aside() as waiting:
        made = british(actor(cast.dora))
    assert not within(made, SYSTEM).exists()
    (job,) = [one for one in waiting if one.arguments["reaction"].startswith("rapport.marketing.")]
    react(**job.arguments)
    assert within(made, SYSTEM).count() == 1


def test_a_condition_that_broke_leaves_everybody_where_they_are(cast: Cast) -> None:
    CustomField.objects.create(noun="customer", key="tier", label="Tier", type="text")
    ana = customer("Ana", custom={"tier": "gold"})
    made = segments.create("Gold", by=SYSTEM, condition="custom.tier = gold")
    members.recompute(made, by=SYSTEM)
    CustomField.objects.update(archived_at=AT)
    assert members.recompute(made, by=SYSTEM) == Moved()
    made.refresh_from_db()
    assert (made.problem, made.size, made.waiting) == ("There is no custom.tier.", 1, False)
    assert list(within(made, SYSTEM)) == [ana]


def test_people_are_put_into_a_chosen_list_and_taken_out(cast: Cast) -> None:
    dora = actor(cast.dora)
    ana, bob = customer("Ana"), customer("Bob")
    made = segments.create("Trade evening", by=dora)
    assert members.add(made, [ana.pk, bob.pk, ana.pk], by=dora) == 2
    assert members.add(made, [ana.pk], by=dora) == 0
    assert members.take_out(made, [bob.pk], by=dora) == 1
    assert (list(within(made, dora)), told(bob)) == (
        [ana], [("joined", "Trade evening"), ("left", "Trade evening")],
    )  # fmt: skip
    made.refresh_from_db()
    assert made.size == 1
    before = list(Membership.objects.values())
    gone = customers.trash(customer("Gone"), by=SYSTEM)
    dynamic = british()
    for act in (members.add, members.take_out):
        with pytest.raises(members.NotAList):
            act(dynamic, [ana.pk], by=dora)
        with pytest.raises(Forbidden):
            act(made, [ana.pk], by=actor(cast.ben))
    with pytest.raises(members.NotWithinReach):
        members.add(made, [ana.pk, gone.pk], by=dora)
    assert (list(Membership.objects.values()), len(told(ana)) + len(told(bob))) == (before, 3)


def test_why_somebody_is_in_a_segment_or_not(cast: Cast) -> None:
    ana = customer("Ana", country="GB")
    order(ana)
    made = segments.create("Once", by=SYSTEM, condition="country = GB and not did commerce.order_placed")
    members.recompute(made, by=SYSTEM)
    found = why(made, ana, actor(cast.carla))
    assert (found.since, found.holds) == (None, False)
    assert [(part.sentence, part.holds) for part in found.parts] == [
        ("Country is United Kingdom", True), ("Order placed: never", False),
    ]  # fmt: skip
    assert [(one.name, one.since) for one in of_customer(ana, SYSTEM)] == [("Once", None)]  # type: ignore[attr-defined]


def test_conditions_on_segments_agree_in_the_database_and_in_memory(cast: Cast) -> None:
    ana, bob = customer("Ana", country="GB"), customer("Bob", country="FR")
    members.recompute(british(), by=SYSTEM)
    context = Ctx(zone="UTC", currency="GBP", actor=SYSTEM)
    for written, expected in (
        ("segment = British", [ana]),
        ("segment != British", [bob]),
        ("segment is empty", [bob]),
        ("segment.count = 1", [ana]),
        ("segment has (segment = British and since within last 2 days)", [ana]),
    ):
        tree = read(written, "customer")
        assert list(Customer.objects.filter(to_q(tree, "customer", context))) == expected
        assert [one for one in (ana, bob) if matches(tree, "customer", one, context)] == expected


def test_a_merge_brings_its_segments_and_undoing_takes_them_back(cast: Cast) -> None:
    dora = actor(cast.dora)
    source, survivor = customer("Ana", country="GB"), customer("Ana L", country="FR")
    chosen = segments.create("Chosen", by=dora)
    both = segments.create("Both", by=dora)
    members.add(chosen, [source.pk], by=dora)
    members.add(both, [source.pk, survivor.pk], by=dora)
    made = british()
    members.recompute(made, by=SYSTEM)
    before = set(Membership.objects.values_list("segment__name", "customer__name", "until"))
    merges.merge(source, survivor, by=actor(cast.alice))
    assert {one.name for one in of_customer(survivor, dora) if one.since} == {"Both", "British", "Chosen"}  # type: ignore[attr-defined]
    survivor.refresh_from_db()
    merges.unmerge(Customer.objects.get(pk=source.pk), by=actor(cast.alice))
    assert set(Membership.objects.values_list("segment__name", "customer__name", "until")) == before


def test_who_is_deleted_for_good_is_in_no_segment(cast: Cast) -> None:
    with clock.frozen(AT):
        ana = customer("Ana", country="GB")
        members.recompute(british(), by=SYSTEM)
        customers.trash(ana, by=SYSTEM)
    with clock.frozen(AT + 31 * DAY):
        purging.purge(by=SYSTEM)
    assert not Membership.objects.exists()
    row = EventRecord.objects.get(customer_id=ana.pk, type="marketing.segment_joined")
    assert row.data == {}


CHANGE = st.tuples(st.integers(0, 5), st.sampled_from(["GB", "FR", ""]), st.sampled_from(["lead", "customer", "trash"]))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CHANGE, max_size=5), min_size=1, max_size=4))
def test_after_any_changes_the_rows_say_what_the_condition_says(
    cast: Cast, rounds: list[list[tuple[int, str, str]]]
) -> None:
    connection.cursor().execute("SAVEPOINT example")
    with clock.frozen(AT):
        people = [customer(f"Ana {number}") for number in range(6)]
        lower = segments.create("Lower", by=SYSTEM, condition="country = GB and stage = customer")
        upper = segments.create("Upper", by=SYSTEM, condition="segment != Lower and country is not empty")
    context = Ctx(zone="Europe/London", currency="GBP", actor=SYSTEM)
    for number, changes in enumerate(rounds, start=1):
        with clock.frozen(AT + number * DAY):
            for place, country, stage in changes:
                trashed = AT if stage == "trash" else None
                values = {"country": country, "deleted_at": trashed} | ({} if trashed else {"stage": stage})
                Customer.objects.filter(pk=people[place].pk).update(**values)
            Segment.objects.update(asked_at=clock.now())
            members.settle(by=SYSTEM)
        for one in (lower, upper):
            tree = read(one.text, "customer")
            wanted = Customer.objects.live().filter(to_q(tree, "customer", context))
            rows = Membership.objects.filter(segment=one, until=None).values_list("customer", flat=True)
            assert sorted(rows) == sorted(wanted.values_list("pk", flat=True))
            joined, left = (
                EventRecord.objects.filter(subject_id=one.pk, type=f"marketing.segment_{what}").count()
                for what in ("joined", "left")
            )
            assert joined - left == len(rows)
    connection.cursor().execute("ROLLBACK TO SAVEPOINT example")
