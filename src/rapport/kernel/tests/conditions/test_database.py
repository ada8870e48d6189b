"""What PostgreSQL is asked: values as parameters, bare comparisons that indexes serve, and no longer than allowed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from rapport.kernel.conditions import Ctx, TooSlow, catalogue, limited, read, to_q
from rapport.kernel.conditions.catalogue import events
from rapport.kernel.conditions.tree import Op
from rapport.kernel.tests.conditions.test_checking import NOBODY, WEIGHER
from rapport.testing.ground.models import Maker, Thing

pytestmark = pytest.mark.django_db
CTX = Ctx(now=datetime(2024, 5, 15, 12, tzinfo=UTC))


def asked(typed: str) -> tuple[str, tuple[object, ...]]:
    """Return the WHERE of a condition and its parameters."""
    query = Thing._default_manager.filter(to_q(read(typed, "thing"), "thing", CTX)).query
    sql, params = query.sql_with_params()
    return sql.split(" WHERE ", 1)[1], params


def test_values_are_parameters() -> None:
    where, params = asked('name = "x\'); DROP TABLE t; --" and size = 3')
    assert where == '(kernel_fold("ground_thing"."name") = %s AND "ground_thing"."size" = %s)'
    assert params == ("x'); drop table t; --", 3)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("colour = red", '"ground_thing"."colour" = %s'),
        ("colour != red", '(("ground_thing"."colour" = %s)) IS NOT TRUE'),
        ("not colour != red", '"ground_thing"."colour" = %s'),
        ("size between 1 and 3", '("ground_thing"."size" >= %s AND "ground_thing"."size" <= %s)'),
        ("not (size > 1 or active = yes)",
         '((("ground_thing"."size" > %s)) IS NOT TRUE AND (("ground_thing"."active" = %s)) IS NOT TRUE)'),
        ("name starts with \"50%\"", 'kernel_fold("ground_thing"."name")::text LIKE %s'),
        ("maker.name = x", 'kernel_fold("ground_maker"."name") = %s'),
    ],
)  # fmt: skip
def test_comparisons_stay_bare_unless_negated(typed: str, where: str) -> None:
    assert asked(typed)[0] == where


def test_negated_existence_can_be_an_anti_join() -> None:
    where, _params = asked("not did ground.polished within 7 days")
    assert where.startswith("NOT (EXISTS(")
    with connection.cursor() as cursor:
        query = Thing._default_manager.filter(to_q(read("not parts.state = new", "thing"), "thing", CTX)).query
        cursor.execute(f"EXPLAIN {query.sql_with_params()[0]}", query.sql_with_params()[1])
        assert "Anti Join" in "\n".join(row[0] for row in cursor.fetchall())


def test_counting_stops_when_it_knows() -> None:
    assert asked("parts.count >= 3")[0].endswith("LIMIT 1 OFFSET 2)")


def test_queries_that_take_too_long_are_stopped_and_the_limit_lifted() -> None:
    Maker._default_manager.create(name="before")
    with pytest.raises(TooSlow), limited(0.05):
        _write_and_wait()
    assert [maker.name for maker in Maker._default_manager.all()] == ["before"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")


def _write_and_wait() -> None:
    Maker._default_manager.create(name="inside")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_stricter_limit_stays() -> None:
    with transaction.atomic(), limited(5):
        with pytest.raises(TooSlow), limited(0.05), limited(60), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        with limited(1), connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("1s",)
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("5s",)


def test_catalogue_lists_what_the_actor_may_ask(declared: None) -> None:
    paths = [choice.path for choice in catalogue("thing", NOBODY)]
    assert "weight" not in paths
    assert {"name", "custom.tier", "maker.name", "parts.count", "parts.state"} <= set(paths)
    weight = next(choice for choice in catalogue("thing", WEIGHER) if choice.path == "weight")
    assert weight.inputs == {
        Op.EQ: "number", Op.LT: "number", Op.LE: "number", Op.GT: "number", Op.GE: "number",
        Op.BETWEEN: "two number", Op.IN: "several number", Op.EMPTY: "nothing",
    }  # fmt: skip


def test_catalogue_lists_events_with_their_fields() -> None:
    polished = next(event for event in events("thing") if event.name == "ground.polished")
    assert [choice.path for choice in polished.fields] == [
        "cloth", "strokes", "grams", "by_hand", "on", "until", "tool_id", "cost", "currency",
    ]  # fmt: skip
    assert events("part") == []
