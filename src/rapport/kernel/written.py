"""Questions that are asked hundreds of times a second: the ORM writes each of them once.

For a row by its key, or a page of fifty, writing the SQL takes the ORM longer than the database needs to answer. A
question that was asked before in the same way – by somebody of the same reach, with the same filter and order – is
asked again as it was written then, with other values in the places that were left open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from rapport.kernel.planned import Planned

KEY = uuid4()
"""Stands for the key of a row in a question whose key is left open."""
TEXT = uuid4().hex
"""Stands for a text that is left open, like the key of a session."""
KEYS = f"{{{uuid4()}}}"
"""Stands for keys that are left open, an `array` of them."""
MOMENT = datetime(1, 1, 1, 1, 1, 1, uuid4().int % 1_000_000, tzinfo=UTC)
"""Stands for a moment that is left open."""
WORDS, MORE = (f"'{uuid4().hex}'" for _number in range(2))
"""Stand for words to look for, a `tsquery` each, where they are left open."""

Row = TypeVar("Row", bound=Model)


class Written:
    """The ways in which one question was asked; `most` of them are kept, the oldest is forgotten first."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._kept: dict[Hashable, _Question | None] = {}

    def rows(
        self, way: Hashable, ask: Callable[[], QuerySet[Any, Any]], values: Mapping[Any, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a question, as its `values_list()` would.

        `way` is everything that its SQL depends on, who asks among it (see `Actor.scope`); `ask` makes the queryset,
        and is called for a new way alone; `values` go where `ask` used what stands for them: `KEY`, `TEXT`, `KEYS`,
        `MOMENT`, `WORDS`, `MORE`.
        """
        question = self._question(way, ask)
        return question.answer(values or {}) if question else []

    def count(
        self, way: Hashable, ask: Callable[[], QuerySet[Any, Any]], values: Mapping[Any, Any] | None = None
    ) -> int:
        """Return how many rows a question has."""
        question = self._question(way, lambda: ask().values_list("pk"), "SELECT count(*) FROM ({}) AS found")
        return question.answer(values or {})[0][0] if question else 0

    def objects(
        self, way: Hashable, ask: Callable[[], QuerySet[Row, Row]], values: Mapping[Any, Any] | None = None
    ) -> list[Row]:
        """Return the rows of a question as objects, with those beside them that its `select_related()` names."""
        question = self._question(way, ask)
        if question is None:
            return []
        assert question.made, "asked for rows, not for values"
        return [question.made(row) for row in question.answer(values or {})]

    def _question(self, way: Hashable, ask: Callable[[], QuerySet[Any, Any]], around: str = "{}") -> _Question | None:
        if way in self._kept:
            return self._kept[way]
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[way] = made = _written(ask(), around)
        return made


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as the ORM wrote it: `left_open` are, in their order, what stands for the values to ask it with.

    The `statement` is not to be planned where the plan depends on the values, on how frequent words are. `made` is None
    where rows stay rows.
    """

    statement: Planned | str
    left_open: Sequence[Any]
    converters: Mapping[int, Any]
    made: Callable[[tuple[Any, ...]], Any] | None

    def answer(self, values: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Return the rows that the database finds, their columns as the ORM would give them."""
        given = [values[one] for one in self.left_open]
        found = _asked(self.statement, given) if isinstance(self.statement, str) else self.statement.rows(*given)
        return [_converted(row, self.converters) for row in found] if self.converters else found


def _asked(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _written(rows: QuerySet[Any, Any], around: str) -> _Question | None:
    """Return a question with its SQL, and what stands `around` that; None for one that nothing can answer."""
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    with connection.cursor() as cursor:
        whole = around.format(cursor.mogrify(sql, parameters))
        places = {cursor.mogrify("%s", [one]): one for one in (KEY, TEXT, KEYS, MOMENT, WORDS, MORE)}
    any_place = "|".join(map(re.escape, places))
    left_open = [places[text] for text in re.findall(any_place, whole)]
    statement = re.sub(any_place, "%s", whole.replace("%", "%%"))
    return _Question(
        statement if {WORDS, MORE} & set(left_open) else Planned(statement),
        left_open,
        compiler.get_converters([column for column, _sql, _alias in compiler.select]),
        _making(compiler) if compiler.klass_info else None,
    )


def _making(compiler: SQLCompiler) -> Callable[[tuple[Any, ...]], Any]:
    """Return what makes a row into an object as the ORM does, with the objects beside it and what is annotated."""
    about: Any = compiler.klass_info
    own = slice(about["select_fields"][0], about["select_fields"][-1] + 1)
    names = [column.target.attname for column, _sql, _alias in compiler.select[own]]
    beside = get_related_populators(about, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotated = compiler.annotation_col_map or {}

    def made(row: tuple[Any, ...]) -> Any:
        found = about["model"].from_db(DEFAULT_DB_ALIAS, names, row[own])
        for one in beside:
            one.populate(row, found)
        for name, place in annotated.items():
            setattr(found, name, row[place])
        return found

    return made


def _converted(row: tuple[Any, ...], converters: Mapping[int, Any]) -> tuple[Any, ...]:
    cells = list(row)
    for place, (turns, column) in converters.items():
        for turn in turns:
            cells[place] = turn(cells[place], column, connection)
    return tuple(cells)
