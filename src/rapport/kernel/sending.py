"""Writing what answers nothing: it goes to the database with whatever is asked next (`kernel.postgresql.waiting`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

_Statement = tuple[str, str, list[tuple[Any, Callable[[Any], Any]]]]

_inserts: dict[type[models.Model], _Statement] = {}


def send(statement: str, values: Any = None) -> None:
    """Run a statement whose answer nobody waits for; within a transaction it may be sent a little later, in order."""
    connection.send(statement, values)  # type: ignore[attr-defined]


def insert(*rows: models.Model) -> None:
    """Insert new rows that have their keys, by SQL that is written once for each model."""
    for row in rows:
        statement, places, columns = _statement(type(row))
        send(f"{statement} {places}", _values(row, columns))
        row._state.adding, row._state.db = False, connection.alias


def insert_new(rows: Sequence[models.Model]) -> bool:
    """Insert new rows of one model, and return whether none of them was there already by what must be unique."""
    if not rows:
        return True
    statement, places, columns = _statement(type(rows[0]))
    whole = f"{statement} {', '.join([places] * len(rows))} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(whole, [value for row in rows for value in _values(row, columns)])
        done: int = cursor.rowcount
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return done == len(rows)


def _statement(model: type[models.Model]) -> _Statement:
    if model not in _inserts:
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        places = ", ".join("%s::tsvector" if isinstance(field, SearchVectorField) else "%s" for field in fields)
        sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES"
        _inserts[model] = sql, f"({places})", [(field, _preparing(field)) for field in fields]
    return _inserts[model]


def _values(row: models.Model, columns: list[tuple[Any, Callable[[Any], Any]]]) -> list[Any]:
    return [_value(prepare(field.pre_save(row, True))) for field, prepare in columns]


def _preparing(field: Any) -> Callable[[Any], Any]:
    """Return what turns a value of a field into one for the database."""
    return lambda value: field.get_db_prep_save(value, connection)


def _value(value: Any) -> Any:
    """Return a value as the driver takes it: of an expression that only names a type what is in it."""
    return value.get_source_expressions()[0].value if isinstance(value, models.functions.Cast) else value
