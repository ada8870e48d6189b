"""Questions that the ORM writes once and that are asked again with other values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F, QuerySet

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.search import Query
from rapport.kernel.written import KEY, MOMENT, WORDS, Written
from rapport.testing import builders
from rapport.testing.cast import hire
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db


def by_key() -> QuerySet[Customer, tuple[object, ...]]:
    return Customer.objects.filter(pk=KEY).values_list("pk", "name", "tags", "custom", "created_at")


def never() -> QuerySet[Customer, tuple[object, ...]]:
    raise AssertionError("asked in the same way, and written again")


def test_a_question_is_written_once_and_answered_with_the_values_of_each_call() -> None:
    ana, ben = builders.customer("Ana", tags=["vip"]), builders.customer("Ben")
    asked = Written()
    first = asked.rows("way", by_key, {KEY: ana.pk})
    with query_count() as queries:
        second = asked.rows("way", never, {KEY: ben.pk})
    assert queries.count == 1
    for rows, row in ((first, ana), (second, ben)):
        assert rows == [(row.pk, row.name, row.tags, row.custom, row.created_at)]


def test_rows_are_made_into_objects_as_the_orm_makes_them() -> None:
    alice = hire().alice
    for name, owner in (("Ana", alice), ("Ben", None)):
        builders.customer(name, owner=owner, tags=["vip"])
    asked = Written()

    def ask() -> QuerySet[Customer, Customer]:
        rows = Customer.objects.filter(created_at__lt=MOMENT).select_related("owner", "totals").defer("search")
        return rows.annotate(twice=F("number") * 2).order_by("name")

    found = [asked.objects("way", ask, {MOMENT: clock.now() + timedelta(days=1)}) for _ in range(2)][1]
    with query_count() as queries:
        told = [
            (one.name, one.tags, one.owner, one.totals.orders, getattr(one, "twice") - 2 * one.number)  # noqa: B009
            for one in found
        ]
    assert queries.count == 0
    assert told == [("Ana", ["vip"], alice, 0, 0), ("Ben", ["vip"], None, 0, 0)]
    assert found[0].get_deferred_fields() == {"search"}
    assert asked.objects("way", ask, {MOMENT: clock.now() - timedelta(days=1)}) == []


def test_words_are_left_open() -> None:
    ana = builders.customer("Ana Lima")
    builders.customer("Ben Okafor")
    asked = Written()
    found = [
        asked.rows("way", lambda: Customer.objects.filter(search=Query(WORDS)).values_list("pk"), {WORDS: words})
        for words in ("'lim':*", "'nobody':*", "'it''s':*")
    ]
    assert found == [[(ana.pk,)], [], []]


def test_another_way_is_written_anew() -> None:
    ana = builders.customer("Ana")
    asked = Written()
    assert asked.rows("keys", lambda: Customer.objects.values_list("pk")) == [(ana.pk,)]
    assert asked.rows("names", lambda: Customer.objects.values_list("name")) == [("Ana",)]


def test_what_nothing_can_answer_asks_nothing() -> None:
    asked = Written()
    with query_count() as queries:
        answers = [asked.rows("way", lambda: Customer.objects.none().values_list("pk")) for _ in range(2)]
    assert (answers, queries.count) == ([[], []], 0)


def test_the_oldest_way_is_forgotten() -> None:
    builders.customer("Ana")
    asked = Written(most=2)
    for way in ("one", "two", "three"):
        asked.rows(way, lambda: Customer.objects.values_list("name"))
    assert asked.rows("three", never) == [("Ana",)]
    with pytest.raises(AssertionError):
        asked.rows("one", never)


def test_any_of_many_texts_is_one_parameter() -> None:
    for name in ('He said "no"', "back\\slash", "comma, brace}", "Other"):
        builders.customer(name)
    wanted = ['He said "no"', "back\\slash", "comma, brace}", "nobody"]
    assert set(Customer.objects.filter(name__any=wanted).values_list("name", flat=True)) == set(wanted[:3])
    assert not Customer.objects.filter(name__any=[]).exists()
