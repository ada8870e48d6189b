"""Statements that the server plans once for each connection."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from rapport.kernel.models import Sequence
from rapport.kernel.planned import Planned
from rapport.kernel.postgresql.base import MOST_PLANNED
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
        send(PUT, ["planned"])
        statement.row()


def test_a_statement_answers_with_the_values_of_each_call() -> None:
    doubled = Planned("SELECT 2 * $1::int, $2::text")
    with query_count() as queries:
        answers = [doubled.rows(2, "it's"), doubled.rows(3, "50 %")]
    assert (answers, queries.count) == ([[(4, "it's")], [(6, "50 %")]], 2)
    assert (Planned("SELECT 1").row(), Planned("SELECT 1 WHERE false").row()) == ((1,), None)
    assert kept().count(doubled.name) == 1


def test_what_waits_goes_along_and_shows_its_error() -> None:
    last = Planned("SELECT last FROM kernel_sequence WHERE name = $1")
    send(PUT, ["planned"])
    assert last.row("planned") == (7,)
    never = Planned("SELECT 1")
    with pytest.raises(IntegrityError):
        put_again_and_ask(never)
    assert never.name not in kept()
    assert (never.row(), Sequence.objects.filter(name="planned").count()) == ((1,), 1)


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    many = [Planned(f"SELECT {number}") for number in range(MOST_PLANNED)]
    for one in many:
        one.row()
    many[0].row()
    late = Planned("SELECT -1")
    late.row()
    assert set(kept()) == {many[0].name, late.name} | {one.name for one in many[2:]}
    assert many[1].row() == (1,)


def test_a_new_connection_plans_anew() -> None:
    one = Planned("SELECT 1")
    one.row()
    connection.planned["planned_by_another"] = None  # type: ignore[attr-defined]
    connection.get_new_connection(connection.get_connection_params()).close()
    assert connection.planned == {}  # type: ignore[attr-defined]
    connection.planned.update(dict.fromkeys(kept()))  # type: ignore[attr-defined]
    assert one.row() == (1,)
