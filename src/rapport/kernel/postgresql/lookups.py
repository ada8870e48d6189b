"""Comparisons that Django lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup, UUIDField
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
class AnyOf(Lookup):
    """`field__any=[…]`: like `__in`, but with one parameter however many texts there are."""

    lookup_name = "any"

    def get_prep_lookup(self) -> Any:
        """Return the texts as one array."""
        quoted = (one.replace("\\", "\\\\").replace('"', '\\"') for one in self.rhs)
        return "{" + ",".join(f'"{one}"' for one in quoted) + "}"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison with the array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::text[])", (*parameters, self.rhs)


@UUIDField.register_lookup
class AnyKey(Lookup):
    """`pk__any=[…]`: like `__in`, but with one parameter however many keys there are; they may be an array's text."""

    lookup_name = "any"

    def get_prep_lookup(self) -> Any:
        """Return the keys as one array."""
        return self.rhs if isinstance(self.rhs, str) else array(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison with the array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", (*parameters, self.rhs)


def array(keys: Iterable[UUID]) -> str:
    """Return keys as the text of an array: the driver writes one value after the other."""
    return "{" + ",".join(map(str, keys)) + "}"
