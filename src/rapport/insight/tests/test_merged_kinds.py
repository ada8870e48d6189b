"""The kind that somebody chose goes along with a merge, and back."""

from __future__ import annotations

import random

import pytest

from rapport.customers.models import Customer
from rapport.customers.services import merges
from rapport.insight.models import Score
from rapport.insight.services import kinds
from rapport.kernel.actors import SYSTEM
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db


def kind(of: Customer) -> str:
    return Score.objects.filter(customer=of).values_list("kind_override", flat=True).first() or ""


def chosen(name: str, what: str = "") -> Customer:
    made = customer(name)
    if what:
        kinds.choose_kind(made, kind=what, by=SYSTEM)
    return made


def test_a_chosen_kind_goes_over_where_none_was_chosen_and_comes_back(cast: Cast) -> None:
    source, survivor = chosen("Ana", "emotional"), chosen("Zoe")
    merges.merge(source, survivor, by=SYSTEM)
    assert kind(survivor) == "emotional"
    merges.unmerge(source, by=SYSTEM)
    assert (kind(source), kind(survivor)) == ("emotional", "")


def test_the_survivors_own_kind_stays(cast: Cast) -> None:
    source, survivor = chosen("Ana", "emotional"), chosen("Zoe", "value_add")
    merges.merge(source, survivor, by=SYSTEM)
    assert kind(survivor) == "value_add"
    merges.unmerge(source, by=SYSTEM)
    assert (kind(source), kind(survivor)) == ("emotional", "value_add")


def test_a_kind_chosen_since_stays(cast: Cast) -> None:
    source, survivor = chosen("Ana", "emotional"), chosen("Zoe")
    merges.merge(source, survivor, by=SYSTEM)
    kinds.choose_kind(survivor, kind="value_add", by=SYSTEM)
    merges.unmerge(source, by=SYSTEM)
    assert kind(survivor) == "value_add"


def test_it_is_taken_back_through_all_survivors_and_another_ones_comes_instead(cast: Cast) -> None:
    first, second, middle, last = chosen("A", "emotional"), chosen("B", "value_add"), chosen("C"), chosen("D")
    merges.merge(first, middle, by=SYSTEM)
    merges.merge(second, middle, by=SYSTEM)
    merges.merge(middle, last, by=SYSTEM)
    assert (kind(middle), kind(last)) == ("emotional", "emotional")
    merges.unmerge(first, by=SYSTEM)
    assert (kind(middle), kind(last)) == ("value_add", "value_add")
    merges.unmerge(second, by=SYSTEM)
    assert (kind(middle), kind(last)) == ("", "")


@pytest.mark.parametrize("seed", range(5))
def test_whoever_is_merged_and_taken_apart_in_any_order_every_kind_is_as_before(cast: Cast, seed: int) -> None:
    draw = random.Random(seed)
    people = [chosen(name, draw.choice(["", "emotional", "value_add", "advisory"])) for name in "ABCDE"]
    before = [kind(one) for one in people]
    standing, merged = list(people), []
    while len(standing) > 1:
        source, survivor = draw.sample(standing, 2)
        merges.merge(source, survivor, by=SYSTEM)
        standing.remove(source)
        merged.append(source)
    assert bool(kind(standing[0])) == any(before)
    draw.shuffle(merged)
    for source in merged:
        merges.unmerge(source, by=SYSTEM)
    assert [kind(one) for one in people] == before
