from __future__ import annotations

import pytest
from django.db import connection

from rapport.customers.models import Customer
from rapport.customers.queries import same_identity, search
from rapport.customers.services.indexing import reindex
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def elise() -> Customer:
    return builders.customer(
        "Élise Müller-Østergård",
        city="Straßburg",
        email="elise.m+shop@mail.example.com",
        phone="+44 113 496 0182",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "elise", "Müller", "muller ost", "oster", "strass", "ELISE.M", "elise.m+shop@mail.example.com",
        "elise.m+shop@ma", "mail", "0113 496 0182", "+44 113", "0044 113 496", "(0113) 496-0182", "1134960182",
        "441134960182", "C-1", "c-1",
    ],
)  # fmt: skip
def test_any_part_finds_them(elise: Customer, typed: str) -> None:
    builders.customer("Somebody Else", email="else@example.org", phone="+44 20 7946 0018")
    assert list(search(typed, SYSTEM)) == [elise]


def test_words_are_found_where_the_planner_would_ask_several_processes() -> None:
    first = builders.customer("Bo Berg")
    same = ", ".join(f'"{one.column}"' for one in Customer._meta.concrete_fields if one.name not in ("id", "number"))
    each = "SELECT FROM customers_customer WHERE search @@ 'bo:*'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_customer (id, number, {same}) SELECT gen_random_uuid(), 1000 + n, {same} "
            "FROM customers_customer, generate_series(1, 999) n WHERE id = %s",
            [first.pk],
        )
        cursor.execute("ANALYZE customers_customer; SET LOCAL enable_bitmapscan = off")
        for name in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size", "seq_page_cost"):
            cursor.execute(f"SET LOCAL {name} = 0")
        cursor.execute(f"EXPLAIN {each} UNION ALL {each}")
        assert cursor.fetchone()[0].startswith("Gather")
    assert search("bo ber", SYSTEM).count() == 1000


@pytest.mark.parametrize("typed", ["", "  ", "!!", "zz", "496 0183", "' | 'a':*", "a:* & !b", "\\"])
def test_nothing_is_found_for_what_is_nobody(elise: Customer, typed: str) -> None:
    assert list(search(typed, SYSTEM)) == []


def test_numbers_elsewhere_are_found_with_leading_zeros(elise: Customer) -> None:
    made = builders.customer("Shop's", email="")
    made.identities.create(
        kind="external", namespace="shop", value="00178", normal="00178", match_key="00178", created_at=made.created_at
    )
    reindex(made)
    assert list(search("00178", SYSTEM)) == [made]


def test_search_stays_within_reach(elise: Customer, cast: Cast) -> None:
    builders.customer("Elise Own", owner=cast.ben)
    nobody = actor(cast.carla)
    assert search("elise", nobody).count() == 2
    blind = type(nobody)(kind="user", name="Blind")
    assert search("elise", blind).count() == 0


def test_variants_of_the_same_line_are_the_same() -> None:
    bruno = builders.customer("Bruno", phone="+55 11 98765-4321")
    assert list(same_identity("phone", "+55 11 8765-4321", "BR", SYSTEM)) == [bruno]
    assert list(same_identity("phone", "not a number", "BR", SYSTEM)) == []
