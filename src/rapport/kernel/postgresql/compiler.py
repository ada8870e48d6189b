"""Writing SQL: Django's, with short cuts for what is written most, the columns of whole rows.

What Django works out for each query about the columns of a model is the same every time. It is kept by the model, and a
column in any other place is written without asking twice whether there is a particular way for this database.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import compiler
from django.db.backends.postgresql.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.db.models.expressions import Col

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

_ALL: tuple[frozenset[str], bool] = (frozenset(), True)  # how a query says that it leaves no column out
_rows: dict[tuple[Any, bool], list[Any]] = {}


class SQLCompiler(compiler.SQLCompiler):
    """Django's, but that it remembers the columns of whole rows."""

    def get_select(self, with_col_aliases: bool = False) -> Any:
        """Return what is selected, as Django does."""
        query, model = self.query, self.query.model
        plain = query.default_cols and not (query.select_related or query.annotations or query.extra_select)
        if not plain or query.selected is not None or query.deferred_loading != _ALL or not _is_own(query):
            return super().get_select(with_col_aliases)
        columns = _rows.get((model, with_col_aliases))
        if columns is None:
            columns = _rows[model, with_col_aliases] = super().get_select(with_col_aliases)[0]
        return list(columns), {"model": model, "select_fields": list(range(len(columns)))}, {}

    def compile(self, node: Any) -> Any:
        """Return the SQL and the parameters of an expression; most of them are columns."""
        if type(node) is Col and node.alias:
            return f"{self.quote_name_unless_alias(node.alias)}.{self.quote_name_unless_alias(node.target.column)}", []
        return super().compile(node)

    def quote_name_unless_alias(self, name: Any) -> str:
        """Return a name as SQL has it; one that was asked for before as it was then."""
        return self.quote_cache.get(name) or super().quote_name_unless_alias(name)


def _is_own(query: Any) -> bool:
    """Return whether a query reads a plain table of its model under the table's own name."""
    options = query.model._meta
    return not options.parents and query.get_initial_alias() == options.db_table
