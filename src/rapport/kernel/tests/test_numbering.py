from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from rapport.kernel.numbering import next_number, take


@pytest.mark.django_db
def test_numbers_follow_each_other() -> None:
    assert [next_number("quote"), next_number("quote")] == [1, 2]
    assert list(take("quote", 3)) == [3, 4, 5]
    assert next_number("invoice") == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_get_the_same_number() -> None:
    got: list[int] = []

    def draw() -> None:
        for _ in range(20):
            with transaction.atomic():
                got.append(next_number("quote"))
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 81))
