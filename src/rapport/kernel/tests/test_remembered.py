from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.kernel.models import CustomField, Sequence
from rapport.kernel.remembered import Remembered, steady

pytestmark = pytest.mark.django_db


def test_rows_are_read_once_until_one_of_them_changes() -> None:
    reads: list[int] = []

    def read() -> dict[str, int]:
        reads.append(1)
        return dict(Sequence.objects.values_list("name", "last"))

    last = Remembered(read, Sequence)
    row = Sequence.objects.create(name="kite", last=1)
    assert last()["kite"] == 1
    assert last() is last()
    assert len(reads) == 1
    row.last = 2
    row.save()
    assert last()["kite"] == 2
    row.delete()
    assert "kite" not in last()
    assert len(reads) == 3


def test_what_was_rolled_back_is_not_remembered() -> None:
    last = Remembered(lambda: dict(Sequence.objects.values_list("name", "last")), Sequence)
    before = last()
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT here")
        Sequence.objects.create(name="kite", last=1)
        assert last()["kite"] == 1
        cursor.execute("ROLLBACK TO here")
    assert last() == before


def test_within_a_steady_block_all_is_asked_for_once() -> None:
    one = Remembered(lambda: list(Sequence.objects.all()), Sequence)
    other = Remembered(lambda: list(CustomField.objects.all()), CustomField)
    one(), other()
    with (
        CaptureQueriesContext(
            connection,
        ) as asked,
        steady(),
    ):
        one(), other(), one()
        with steady():
            other()
    assert len(asked) == 1


def test_what_reading_raises_is_raised_again() -> None:
    def read() -> int:
        raise LookupError

    never = Remembered(read, Sequence)
    for _ in range(2):
        with pytest.raises(LookupError):
            never()
