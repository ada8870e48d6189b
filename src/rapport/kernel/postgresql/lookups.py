"""Comparisons that Django lacks."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
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
