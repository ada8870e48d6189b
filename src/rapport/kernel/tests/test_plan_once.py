"""Statements that the server plans once for each connection."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction

from rapport.kernel.models import Sequence
from rapport.kernel.planned import Planned
from rapport.kernel.postgresql.base import MOST_PLANNED, OFTEN
from rapport.kernel.sending import send
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
PUT = "INSERT INTO kernel_sequence (name, last) VALUES (%s, 7)"


def kept() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY prepare_time")
        return [name for (name,) in cursor.fetchall()]


def put_again_and_ask(statement: Planned) -> None:
    with transaction.atomic():
        send(PUT, ["planned 0"])
        statement.row()


def in_a_block(statement: Planned) -> None:
    with transaction.atomic():
        statement.row()


def test_a_statement_answers_with_the_values_of_each_call() -> None:
    doubled = Planned("SELECT 2 * %s, %s::text, '100 %%s'")
    with query_count() as queries:
        answers = [doubled.rows(number, f"it's {number} %") for number in range(2 * OFTEN)]
    assert answers == [[(2 * number, f"it's {number} %", "100 %s")] for number in range(2 * OFTEN)]
    assert queries.count == 2 * OFTEN
    assert kept().count(doubled.name) == 1
    assert (Planned("SELECT 1").row(), Planned("SELECT 1 WHERE false").row()) == ((1,), None)


def test_what_is_asked_now_and_then_is_not_kept() -> None:
    rare = Planned("SELECT 1")
    for _ in range(OFTEN - 1):
        rare.row()
    assert rare.name not in kept()


def test_what_waits_goes_along_and_shows_its_error() -> None:
    last = Planned("SELECT last FROM kernel_sequence WHERE name = %s")
    for number in range(2 * OFTEN):
        send(PUT, [f"planned {number}"])
        assert last.row(f"planned {number}") == (7,)
    late = Planned("SELECT 1")
    for _ in range(2 * OFTEN):
        with pytest.raises(IntegrityError):
            put_again_and_ask(late)
    assert late.name not in kept()
    assert [late.row() for _ in range(2 * OFTEN)] == [(1,)] * 2 * OFTEN
    assert Sequence.objects.filter(name__startswith="planned").count() == 2 * OFTEN


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    many = [Planned(f"SELECT {number}") for number in range(MOST_PLANNED)]
    for _ in range(OFTEN):
        for one in many:
            one.row()
    many[0].row()
    Planned("SELECT -1").row()
    assert set(kept()) == {many[0].name} | {one.name for one in many[2:]}
    assert [many[1].row() for _ in range(OFTEN)] == [(1,)] * OFTEN
    assert many[1].name in kept()
    assert many[2].name not in kept()


def test_a_column_of_another_type_is_planned_for_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing AS SELECT 1 AS number")
    one = Planned("SELECT number FROM changing")
    assert [one.row() for _ in range(OFTEN)] == [(1,)] * OFTEN
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE changing ALTER number TYPE text")
    with pytest.raises(NotSupportedError):
        in_a_block(one)
    assert [one.row() for _ in range(OFTEN)] == [("1",)] * OFTEN
    assert one.name in kept()


def test_a_new_connection_plans_anew() -> None:
    fresh: Any = connection.copy()
    try:
        for _connected_again in range(2):
            fresh.connect()
            assert fresh.asked == {}
            assert [fresh.plan("planned_here", "SELECT 1") for _ in range(OFTEN)][-1]
    finally:
        fresh.close()


def test_a_connection_beside_forgets_neither_what_is_planned_nor_what_waits() -> None:
    one = Planned("SELECT 1")
    for _ in range(OFTEN):
        one.row()
    send(PUT, ["planned"])
    connection.get_new_connection(connection.get_connection_params()).close()
    assert [one.row() for _ in range(OFTEN)] == [(1,)] * OFTEN
    assert Sequence.objects.filter(name="planned").count() == 1
