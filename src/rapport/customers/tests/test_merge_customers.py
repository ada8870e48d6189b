from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rapport.customers.models import Affiliation, Customer, CustomerMerge, Identity, MovedRows
from rapport.customers.permissions import MERGE
from rapport.customers.queries import consent_state, search
from rapport.customers.services import affiliations, consents, customers, identities, merges
from rapport.customers.services.customers import MergedAway, Trashed
from rapport.customers.tests.merging import differences, totals, whole
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.testing.builders import answer, company, customer, order, promise
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fresh(one: Customer) -> Customer:
    return Customer.objects.get(pk=one.pk)


def everything() -> tuple[list[Any], int, int]:
    return list(Customer.objects.order_by("pk").values()), EventRecord.objects.count(), CustomerMerge.objects.count()


def test_everything_goes_over_and_comes_back(cast: Cast) -> None:
    with clock.frozen(AT):
        firm = company()
        source = customer("Ana Lima", email="ana@example.com", phone="+447911123456", company=firm, tags=["vip", "old"])
        survivor = customer("A. Lima", email="lima@example.com", company=firm, tags=["vip"], city="Porto")
        order(source, placed_at=AT - HOUR)
        order(survivor)
        promise(source, due_on=date(2026, 3, 5))
        answer(source, 4)
        consents.give(source, "email", by=SYSTEM)
    before = [whole(one) for one in (source, survivor, firm)]
    with clock.frozen(AT + HOUR):
        kept = merges.merge(source, survivor, by=actor(cast.alice))
    after = whole(survivor)
    assert kept == survivor
    assert totals(kept) == (2, 2500, AT - HOUR, AT)
    assert sorted(row["normal"] for row in after["customers.identity.customer"]) == [
        "+447911123456", "ana@example.com", "lima@example.com",
    ]  # fmt: skip
    assert {row["normal"] for row in after["customers.identity.customer"] if row["primary"]} == {
        "+447911123456", "lima@example.com",
    }  # fmt: skip
    assert kept.tags == ["vip", "old"]
    assert consent_state(kept, "email", "marketing") == "granted"
    assert Affiliation.objects.filter(company=firm).count() == 1
    for place in ("promises.promise.customer", "feedback.answer.customer", "commerce.order.customer"):
        assert [row["id"] for row in before[0][place]] == [
            row["id"] for row in after[place] if row["id"] not in {one["id"] for one in before[1][place]}
        ], place
        assert whole(source)[place] == []
    assert fresh(source).merged_into == survivor
    with clock.frozen(AT + 2 * HOUR):
        merges.unmerge(source, by=actor(cast.alice))
    assert differences(before, [whole(one) for one in (source, survivor, firm)]) == [{}, {}, {}]
    told = EventRecord.objects.get(type="customers.merged")
    assert (told.customer_id, told.subject_id) == (survivor.pk, source.pk)
    assert told.data["before"]["merged"]["tags"] == ["vip", "old"]
    assert told.data["before"]["survivor"]["city"] == "Porto"
    assert EventRecord.objects.filter(type="customers.unmerged", customer_id=survivor.pk).count() == 1


def test_who_is_merged_is_nowhere_and_found_by_the_old_number(cast: Cast) -> None:
    source, survivor = customer("Ana"), customer("Zoe")
    merges.merge(source, survivor, by=SYSTEM)
    assert list(Customer.objects.visible_to(SYSTEM).live()) == [survivor]
    assert list(Customer.objects.visible_to(SYSTEM).trashed()) == []
    assert list(search(source.code, SYSTEM)) == [survivor]
    customers.change(survivor, name="Zoe Ray", by=SYSTEM)
    assert list(search(source.code, SYSTEM)) == [survivor]
    merges.unmerge(source, by=SYSTEM)
    assert list(search(source.code, SYSTEM)) == [source]


def test_empty_is_filled_and_what_differs_is_the_survivors_unless_chosen(cast: Cast) -> None:
    source = customer("Ana", city="Porto", country="PT", language="pt", birthday=date(1990, 5, 1), source="fair")
    survivor = customer("Zoe", city="Faro", zone="Europe/Lisbon", source="shop")
    kept = merges.merge(source, survivor, by=SYSTEM, take=["source"])
    assert (kept.name, kept.city, kept.country, kept.language) == ("Zoe", "Faro", "", "pt")
    assert (kept.birthday, kept.source, kept.zone) == (date(1990, 5, 1), "fair", "Europe/Lisbon")
    merges.unmerge(source, by=SYSTEM)
    back = fresh(survivor)
    assert (back.language, back.birthday, back.source) == ("", None, "shop")


def test_an_address_is_filled_whole_where_nothing_contradicts_it(cast: Cast) -> None:
    source = customer("Ana", street="Rua 1", city="Porto", country="PT")
    survivor = customer("Zoe", country="PT")
    kept = merges.merge(source, survivor, by=SYSTEM)
    assert (kept.street, kept.city, kept.country) == ("Rua 1", "Porto", "PT")


def test_the_stage_further_along_holds_with_its_dates(cast: Cast) -> None:
    with clock.frozen(AT):
        source, survivor = customer("Ana", stage="customer"), customer("Zoe")
    with clock.frozen(AT + HOUR):
        kept = merges.merge(source, survivor, by=SYSTEM)
    with clock.frozen(AT + 2 * HOUR):
        merges.unmerge(source, by=SYSTEM)
    assert kept.stage == "customer"
    spans = survivor.stages.order_by("entered_at").values_list("stage", "entered_at", "left_at")
    assert list(spans) == [
        ("lead", AT, AT + HOUR), ("customer", AT + HOUR, AT + 2 * HOUR), ("lead", AT + 2 * HOUR, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("of_source", "of_survivor", "result"),
    [
        ("withdrawn", "granted", "withdrawn"),
        ("granted", "withdrawn", "withdrawn"),
        ("granted", "", "granted"),
        ("withdrawn", "", "withdrawn"),
        ("", "granted", "granted"),
        ("granted", "granted", "granted"),
    ],
)
def test_the_most_restrictive_consent_wins(cast: Cast, of_source: str, of_survivor: str, result: str) -> None:
    source, survivor = customer("Ana"), customer("Zoe")
    does = {"granted": consents.give, "withdrawn": consents.withdraw}
    for one, said in ((survivor, of_survivor), (source, of_source)):
        if said:
            does[said](one, "email", by=SYSTEM)
    before = [whole(one) for one in (source, survivor)]
    kept = merges.merge(source, survivor, by=SYSTEM)
    assert consent_state(kept, "email", "marketing") == result
    merges.unmerge(source, by=SYSTEM)
    assert differences(before, [whole(one) for one in (source, survivor)]) == [{}, {}]


def test_a_withdrawal_of_another_one_who_stays_goes_on_to_count(cast: Cast) -> None:
    first, second, survivor = customer("A"), customer("B"), customer("C")
    consents.give(survivor, "email", by=SYSTEM)
    for one in (first, second):
        consents.withdraw(one, "email", by=SYSTEM)
        merges.merge(one, survivor, by=SYSTEM)
    merges.unmerge(first, by=SYSTEM)
    assert consent_state(survivor, "email", "marketing") == "withdrawn"
    merges.unmerge(second, by=SYSTEM)
    assert consent_state(survivor, "email", "marketing") == "granted"


def test_what_they_allow_after_the_merge_stands(cast: Cast) -> None:
    first, second, survivor = customer("A"), customer("B"), customer("C")
    with clock.frozen(AT):
        consents.give(survivor, "email", by=SYSTEM)
        for one in (first, second):
            consents.withdraw(one, "email", by=SYSTEM)
    with clock.frozen(AT + HOUR):
        for one in (first, second):
            merges.merge(one, survivor, by=SYSTEM)
    with clock.frozen(AT + 2 * HOUR):
        consents.give(survivor, "email", by=SYSTEM)
    with clock.frozen(AT + 3 * HOUR):
        merges.unmerge(first, by=SYSTEM)
    assert consent_state(survivor, "email", "marketing") == "granted"


def test_what_came_since_stays_with_the_survivor(cast: Cast) -> None:
    source, survivor = customer("Ana", tags=["a"], city="Porto"), customer("Zoe")
    merges.merge(source, survivor, by=SYSTEM)
    later = order(survivor)
    identities.add(survivor, "email", "zoe@example.com", by=SYSTEM)
    customers.change(survivor, city="Faro", tags=["a", "new"], by=SYSTEM)
    merges.unmerge(source, by=SYSTEM)
    later.refresh_from_db()
    assert later.customer_id == survivor.pk
    assert (fresh(survivor).city, fresh(survivor).tags) == ("Faro", ["new"])
    assert (fresh(source).city, fresh(source).tags) == ("Porto", ["a"])
    assert list(survivor.identities.values_list("normal", flat=True)) == ["zoe@example.com"]


def test_chains_lead_straight_to_the_last(cast: Cast) -> None:
    first, second, third = customer("A"), customer("B"), customer("C")
    placed = order(first)
    merges.merge(first, second, by=SYSTEM)
    merges.merge(second, third, by=SYSTEM)
    assert fresh(first).merged_into == third
    merges.unmerge(first, by=SYSTEM)
    placed.refresh_from_db()
    assert (placed.customer_id, fresh(first).merged_into) == (first.pk, None)
    merges.merge(first, third, by=SYSTEM)
    merges.unmerge(second, by=SYSTEM)
    placed.refresh_from_db()
    assert placed.customer_id == third.pk


def test_companies_with_the_same_people_become_one(cast: Cast) -> None:
    old, new = company("Lima"), company("Lima & Filhas")
    both, one = customer("Both", company=old), customer("One", company=old)
    affiliations.join(both, new, by=SYSTEM, role="Boss")
    before = [whole(each) for each in (old, new, both, one)]
    merges.merge(old, new, by=SYSTEM)
    assert sorted(new.people.values_list("person__name", flat=True)) == ["Both", "One"]
    merges.unmerge(old, by=SYSTEM)
    assert differences(before, [whole(each) for each in (old, new, both, one)]) == [{}, {}, {}, {}]


def test_what_was_set_aside_follows_the_company_that_was_merged_since(cast: Cast) -> None:
    old, new = company("Lima"), company("Lima & Filhas")
    one, other = customer("One", company=old), customer("Other", company=old)
    before = [whole(each) for each in (old, new, one, other)]
    merges.merge(one, other, by=SYSTEM)
    merges.merge(old, new, by=SYSTEM)
    merges.unmerge(one, by=SYSTEM)
    assert list(one.employers.values_list("company", flat=True)) == [new.pk]
    merges.unmerge(old, by=SYSTEM)
    assert differences(before, [whole(each) for each in (old, new, one, other)]) == [{}, {}, {}, {}]


def test_a_shared_phone_number_is_there_once(cast: Cast) -> None:
    source, survivor = customer("Ana", phone="+447911123456"), customer("Zoe", phone="+447911123456")
    before = [whole(one) for one in (source, survivor)]
    merges.merge(source, survivor, by=SYSTEM)
    assert Identity.objects.count() == 1
    merges.unmerge(source, by=SYSTEM)
    assert differences(before, [whole(one) for one in (source, survivor)]) == [{}, {}]


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    first, second, third, gone = customer("A"), customer("B"), customer("C"), customer("D")
    firm = company()
    sams = customer("Sam's", owner=cast.sam)
    merges.merge(first, second, by=SYSTEM)
    customers.trash(gone, by=SYSTEM)
    looker = Actor(kind="user", name="Ben", user_id=cast.ben.pk, grants={MERGE.name: Reach.OWN})
    before = everything()
    for source, into in ((third, third), (second, first)):
        with pytest.raises(merges.IntoItself):
            merges.merge(source, into, by=SYSTEM)
    for source, into in ((first, third), (third, first)):
        with pytest.raises(MergedAway):
            merges.merge(source, into, by=SYSTEM)
    for source, into in ((gone, third), (third, gone)):
        with pytest.raises(Trashed):
            merges.merge(source, into, by=SYSTEM)
    for source, into in ((firm, third), (third, firm)):
        with pytest.raises(merges.DifferentKinds):
            merges.merge(source, into, by=SYSTEM)
    with pytest.raises(merges.NoChoice):
        merges.merge(second, third, by=SYSTEM, take=["number"])
    with pytest.raises(merges.NotMerged):
        merges.unmerge(third, by=SYSTEM)
    with pytest.raises(Forbidden):
        merges.merge(second, third, by=actor(cast.carla))
    for source, into in ((sams, third), (third, sams)):
        with pytest.raises(OutOfReach):
            merges.merge(source, into, by=actor(cast.ben))
    with pytest.raises(OutOfReach):
        merges.merge(second, third, by=looker)
    with pytest.raises(MergedAway):
        customers.restore(fresh(first), by=SYSTEM)
    with pytest.raises(MergedAway):
        customers.change(fresh(first), name="X", by=SYSTEM)
    assert everything() == before


def test_a_merge_takes_as_many_statements_for_many_rows(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(rows: int) -> int:
        source, survivor = customer(f"Ana {rows}"), customer(f"Zoe {rows}")
        for _ in range(rows):
            order(source)
        with CaptureQueriesContext(connection) as seen:
            merges.merge(source, survivor, by=SYSTEM)
        assert MovedRows.objects.get(merge__source=source, place="commerce.order.customer").keys != []
        return len(seen)

    assert statements(12) == statements(1)


NUMBER = 4


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a seed says nothing when it is made smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), tags=st.lists(st.sets(st.sampled_from("xyz")), min_size=NUMBER, max_size=NUMBER))
def test_whatever_is_merged_and_in_whatever_order_undone_all_is_as_before(
    cast: Cast, seed: int, tags: list[set[str]]
) -> None:
    choose = random.Random(seed)
    firms = [company(f"Firm {number}") for number in range(3)]
    people = [furnished(number, sorted(tags[number]), firms, choose) for number in range(NUMBER)]
    made = people + firms
    before = [whole(one) for one in made]
    for _ in range(12):
        kind = choose.choice([people, people, firms])
        stands = [one for one in kind if fresh(one).merged_into_id is None]
        merged = [one for one in kind if fresh(one).merged_into_id is not None]
        if merged and (len(stands) < 2 or choose.random() < 0.4):
            merges.unmerge(choose.choice(merged), by=SYSTEM)
        else:
            source, into = choose.sample(stands, 2)
            merges.merge(source, into, by=SYSTEM, take=choose.choice([None, ["address"], ["language", "stage"]]))
        check_whole(made)
    rest = [one for one in made if fresh(one).merged_into_id is not None]
    for one in choose.sample(rest, len(rest)):
        merges.unmerge(one, by=SYSTEM)
        check_whole(made)
    assert differences(before, [whole(one) for one in made]) == [{}] * len(made)


def furnished(number: int, tags: list[str], firms: list[Customer], choose: random.Random) -> Customer:
    """Return a person with a chance of everything that a merge moves, fills or unites."""
    made = customer(
        f"Ana {number}",
        email=f"ana{Customer.objects.count()}@example.com" if choose.random() < 0.6 else "",
        phone=choose.choice(["", "+447911123456", f"+4479111234{number}0"]),
        tags=tags,
        city=choose.choice(["", "Porto", "Faro"]),
        country=choose.choice(["", "PT"]),
        language=choose.choice(["", "pt", "en"]),
        stage=choose.choice(["lead", "customer"]),
    )
    for firm in firms:
        if choose.random() < 0.5:
            affiliations.join(made, firm, by=SYSTEM)
    if choose.random() < 0.5:
        order(made)
    for channel in ("email", "sms"):
        choose.choice([consents.give, consents.withdraw, lambda *_a, **_k: None])(made, channel, by=SYSTEM)
    return fresh(made)


def check_whole(made: list[Customer]) -> None:
    """Whoever is merged leads straight to one that stands, has nothing left, and has its tags with the survivor."""
    for one in map(fresh, made):
        if one.merged_into_id is None:
            continue
        survivor = Customer.objects.get(pk=one.merged_into_id)
        assert survivor.merged_into_id is None
        assert not one.orders.exists()
        assert not one.identities.exists()
        assert set(one.tags) <= set(survivor.tags)
        if "withdrawn" in {row.state for row in one.consents.filter(channel="email", replaced_at=None)}:
            assert consent_state(survivor, "email", "marketing") == "withdrawn"
