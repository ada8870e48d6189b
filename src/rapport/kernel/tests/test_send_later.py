from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from rapport.kernel.models import Sequence
from rapport.kernel.sending import insert, send

PUT = "INSERT INTO kernel_sequence (name, last) VALUES (%s, 7)"


def names() -> list[str]:
    return sorted(Sequence.objects.filter(name__startswith="later").values_list("name", flat=True))


def put(*given: str, fail: bool = False) -> None:
    """Put rows in a block of their own, which fails in the end if asked to."""
    with transaction.atomic():
        for name in given:
            send(PUT, [name])
        if fail:
            raise KeyError


def waiting() -> int:
    return len(connection.waiting.statements)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_what_was_sent_is_there_for_the_next_question() -> None:
    send(PUT, ["later 100%"])
    assert waiting() == 1
    assert names() == ["later 100%"]
    assert waiting() == 0


@pytest.mark.django_db
def test_a_row_is_inserted_as_django_inserts_it() -> None:
    insert(Sequence(name="later", last=3))
    row = Sequence.objects.get(name="later")
    assert (row.last, row._state.adding) == (3, False)


@pytest.mark.django_db
def test_an_error_shows_in_the_block_of_its_statement_and_nowhere_else() -> None:
    send(PUT, ["later 1"])
    with pytest.raises(IntegrityError):
        put("later 2", "later 1")
    send(PUT, ["later 3"])
    assert names() == ["later 1", "later 3"]


@pytest.mark.django_db
def test_what_waits_when_a_block_begins_is_not_of_that_block() -> None:
    begun = []

    def twice() -> None:
        with transaction.atomic():
            send(PUT, ["later 1"])
            send(PUT, ["later 1"])
            with transaction.atomic():
                begun.append("the inner block")

    with pytest.raises(IntegrityError):
        twice()
    assert (begun, names()) == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize("asks", [True, False])
def test_what_was_sent_in_a_block_goes_with_it(asks: bool) -> None:
    def outer() -> None:
        with transaction.atomic():
            put("later 2")
            if asks:
                assert names() == ["later 1", "later 2"]
            put("later 3", fail=True)

    send(PUT, ["later 1"])
    with pytest.raises(KeyError):
        outer()
    assert names() == ["later 1"]


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_transaction_sends_what_waits() -> None:
    put("later 1")
    assert (waiting(), names()) == (0, ["later 1"])
    with pytest.raises(IntegrityError):
        put("later 2", "later 1")
    with pytest.raises(KeyError):
        put("later 3", fail=True)
    send(PUT, ["later 4"])
    assert (waiting(), names()) == (0, ["later 1", "later 4"])


@pytest.mark.django_db
def test_copies_and_rows_of_a_long_answer_come_after_what_waits() -> None:
    send(PUT, ["later 1"])
    with connection.cursor() as cursor, cursor.copy("COPY kernel_sequence (name, last) FROM STDIN") as copy:
        copy.write_row(("later 2", 1))
    send(PUT, ["later 3"])
    with connection.cursor() as cursor:
        cursor.executemany(PUT, [["later 4"], ["later 5"]])
    send(PUT, ["later 6"])
    found = Sequence.objects.filter(name__startswith="later").values_list("name", flat=True).iterator(chunk_size=2)
    assert sorted(found) == [f"later {number}" for number in range(1, 7)]


@pytest.mark.django_db
def test_each_statement_counts_although_several_go_together(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        send(PUT, ["later 1"])
        send(PUT, ["later 2"])
        assert len(names()) == 2
