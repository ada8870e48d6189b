from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from rapport.kernel.numbering import ahead, next_number, take


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


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_ahead_are_used_and_the_rest_is_given_back() -> None:
    first = next_number("kite")
    with ahead("kite", "lamp"):
        assert next_number("kite") == first + 1
        assert next_number("kite") == first + 2
    assert next_number("kite") == first + 3
    assert next_number("lamp") == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_ahead_is_not_given_back_once_others_went_on() -> None:
    with ahead("kite"):
        assert take("kite") == range(2, 3)
    assert next_number("kite") == 3


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_taken_ahead() -> None:
    with ahead("kite"):
        assert next_number("kite") == 1
    assert next_number("kite") == 2
