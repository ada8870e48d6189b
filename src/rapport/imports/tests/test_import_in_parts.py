"""Customers merged in parts, while the next rows are being read, come out as if they were merged at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest
from django.db import connection

from rapport.customers import searching
from rapport.customers.models import Customer
from rapport.customers.services import customers
from rapport.customers.services.customers import NewIdentity
from rapport.imports import loading
from rapport.imports.ahead import Ahead
from rapport.imports.reading import delimited
from rapport.imports.seen import Seen
from rapport.imports.services import runs
from rapport.imports.tests.conftest import Import
from rapport.kernel import bulk
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing.queries import query_count

State = Callable[[], dict[str, tuple[int, str]]]
HEADER = "Customer ID,Name,Email,Phone,City\n"


@pytest.fixture(params=["rebuilding", "adding"])
def in_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Parts of two rows or so, with the indexes built afterwards or kept."""
    monkeypatch.setattr(loading, "_PART", 2)
    monkeypatch.setattr(delimited, "_CHUNK", 60)
    monkeypatch.setattr(bulk, "_MANY", 1 if request.param == "rebuilding" else 10**9)
    return str(request.param)


def _rows(*numbers: int) -> str:
    return "".join(f"{n},Name {n},n{n}@example.com,+44 20 7946 0{n:03},Leeds\n" for n in numbers)


def _indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        # PostgreSQL writes the casts of a condition in another way after each round; they mean the same.
        return sorted(re.sub(r"::[a-z ]+(\[\])?|[()]", "", row[0]) for row in cursor.fetchall())


def _constraints() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"""
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_all_come_in_and_the_tables_are_as_they_were(imported: Import, in_parts: str) -> None:
    indexes, constraints = _indexes(), _constraints()
    done = imported(HEADER + _rows(*range(1, 12)))
    assert done.counts("customer") == (11, 11, 0, 0, 0)
    assert sorted(Customer.objects.values_list("number", flat=True)) == list(range(1, 12))
    assert EventRecord.objects.filter(type="customers.created").count() == 11
    assert set(_indexes()) ^ set(indexes) == set()
    assert set(_constraints()) ^ set(constraints) == set()
    assert imported(HEADER + _rows(*range(1, 12))).counts("customer") == (11, 0, 0, 11, 0)


@pytest.mark.django_db
def test_a_key_of_an_earlier_part_names_its_row(imported: Import, in_parts: str) -> None:
    done = imported(HEADER + _rows(*range(1, 9)) + "99,Again,n2@example.com,,\n" + _rows(10, 11))
    assert done.counts("customer") == (11, 10, 0, 0, 1)
    (problem,) = done.outcome.problems
    assert (problem.code, problem.row, problem.value, dict(problem.params)) == (
        "key-twice", 10, "n2@example.com", {"first": 3},
    )  # fmt: skip


@pytest.mark.django_db
def test_customers_without_numbers_meet_over_parts(imported: Import, in_parts: str) -> None:
    done = imported(HEADER + ",Ana Lima,,,Leeds\n" + _rows(*range(2, 9)) + ",Ana Lima,,,Leeds\n")
    assert done.counts("customer") == (9, 8, 0, 0, 1)
    assert [(p.code, p.row, p.params["first"]) for p in done.outcome.problems] == [("same-customer", 10, 2)]


@pytest.mark.django_db
def test_known_customers_are_filled_in_any_part(imported: Import, in_parts: str) -> None:
    for number in (3, 8):
        customers.create(name="", identities=[NewIdentity("email", f"n{number}@example.com")], by=SYSTEM)
    done = imported(HEADER + _rows(*range(1, 12)))
    assert done.counts("customer") == (11, 9, 2, 0, 0)
    assert Customer.objects.filter(name="Name 8", city="Leeds").count() == 1


@pytest.mark.django_db
def test_parts_are_undone_together(imported: Import, in_parts: str, state: State) -> None:
    before = state()
    done = imported(HEADER + _rows(*range(1, 12)))
    runs.undo(done.run, by=SYSTEM)
    assert state() == before


def _identities(*pairs: tuple[int, str]) -> pa.Table:
    return pa.table({
        "seq": pa.array([seq for seq, _ in pairs], pa.int64()),
        "kind": pa.array(["email" for _ in pairs], pa.string()),
        "normal": pa.array([normal for _, normal in pairs], pa.string()),
    })  # fmt: skip


def test_calls_new_only_what_was_never_seen() -> None:
    seen = Seen()
    assert seen.all_new([_identities((1, "a"), (2, "b"))], 2)
    assert not seen.all_new([_identities((3, "c"))], 2), "one customer has no key"
    assert not seen.all_new([_identities((4, "d"), (5, "d"))], 2), "twice in one block"
    assert not seen.all_new([_identities((6, "a"))], 1), "seen in the first block"
    assert all(seen.all_new([_identities((n, f"x{n}"))], 1) for n in range(10, 40))
    assert not seen.all_new([_identities((99, "x12"))], 1), "still known after parts were put together"


def test_reads_ahead_in_order_and_passes_errors_on() -> None:
    with Ahead(range(50)) as items:
        assert list(items) == list(range(50))
    with pytest.raises(ZeroDivisionError), Ahead(1 // (2 - n) for n in range(3)) as broken:
        list(broken)


def test_stops_reading_when_nobody_takes_any_more() -> None:
    taken = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(1)
            yield 1

    with Ahead(endless()) as items:
        next(items)
    assert len(taken) < 20


def test_documents_of_a_block_have_the_terms_of_each_alone() -> None:
    ana = [("email", "ana.m@example.com"), ("phone", "+442079460958"), ("external", "17850")]
    people = [
        ("Ana Müller", "São Paulo", ana),
        ("O'Neil \\ Sons", "", [("handle", "Ana_M"), ("email", "o'neil@example.com")]),
        ("", "", [("phone", "+12")]),
    ]
    documents = searching.Documents(len(people))
    documents.add_text([name for name, _, _ in people])
    documents.add_text([city for _, city, _ in people])
    for position, (_, _, identities) in enumerate(people):
        for kind, normal in identities:
            documents.add_identities(kind, [position], [normal])
    for literal, (name, city, identities) in zip(documents.literals(), people, strict=True):
        alone = searching.document(name, 7, city, identities)
        assert set(literal.strip("'").split("' '")) == set(alone.strip("'").split("' '")) - {"c-7"}


@pytest.mark.django_db
def test_foreign_keys_are_checked_by_plans_for_what_came_in(imported: Import, in_parts: str) -> None:
    with query_count() as queries:
        imported(HEADER + _rows(1, 2, 3, 4))
    new = [place for place, text in enumerate(queries.statements) if text == "DISCARD PLANS"]
    written = [place for place, text in enumerate(queries.statements) if "INSERT INTO customers_identity" in text]
    assert new
    assert new[-1] > written[-1]
