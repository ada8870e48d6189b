"""Questions that are asked hundreds of times a second: the ORM writes each of them once.

For a row by its key, or a page of fifty, writing the SQL takes the ORM longer than the database needs to answer. A
question that was asked before in the same way – by somebody of the same reach, with the same filter and order – is
asked again as it was written then, with other values in the places that were left open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

KEY = uuid4()
"""Stands for the key of a row in a question whose key is left open."""
WORDS, MORE = (f"'{uuid4().hex}'" for _number in range(2))
"""Stand for words to look for, a `tsquery` each, where they are left open."""

Row = TypeVar("Row", bound=Model)
_Statement = tuple[str, Sequence[Any], dict[int, Any]]


class Written:
    """The ways in which one question was asked; `most` of them are kept, the oldest is forgotten first."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._kept: dict[Hashable, _Statement | None] = {}

    def rows(
        self, way: Hashable, ask: Callable[[], QuerySet[Any, Any]], values: Mapping[Any, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a question, as its `values_list()` would.

        `way` is everything that its SQL depends on, who asks among it (see `Actor.scope`); `ask` makes the queryset,
        and is called for a new way alone; `values` go where `ask` used what stands for them: `KEY`, `WORDS`, `MORE`.
        """
        if way in self._kept:
            known = self._kept[way]
        else:
            known = self._keep(way, _written(ask()))
        return _answered(known, values or {}) if known else []

    def objects(
        self,
        model: type[Row],
        way: Hashable,
        ask: Callable[[], QuerySet[Row, Row]],
        values: Mapping[Any, Any] | None = None,
    ) -> list[Row]:
        """Return the answer to a question for whole rows of a model."""
        names = [field.attname for field in model._meta.concrete_fields]
        return [model.from_db(connection.alias, names, row) for row in self.rows(way, ask, values)]

    def _keep(self, way: Hashable, statement: _Statement | None) -> _Statement | None:
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[way] = statement
        return statement


def _written(rows: QuerySet[Any, Any]) -> _Statement | None:
    """Return SQL, parameters and what turns columns into values; None for a question that nothing can answer."""
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    return sql, parameters, compiler.get_converters([column for column, _sql, _alias in compiler.select])


def _answered(statement: _Statement, values: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
    sql, parameters, converters = statement
    filled = [values.get(one, one) if isinstance(one, UUID | str) else one for one in parameters]
    with connection.cursor() as cursor:
        cursor.execute(sql, filled)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [_converted(row, converters) for row in found] if converters else found


def _converted(row: tuple[Any, ...], converters: Mapping[int, Any]) -> tuple[Any, ...]:
    cells = list(row)
    for place, (turns, column) in converters.items():
        for turn in turns:
            cells[place] = turn(cells[place], column, connection)
    return tuple(cells)
