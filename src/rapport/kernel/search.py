"""Search by any word of a name, an address or a number, over `tsvector` columns with a GIN index.

Words are folded here rather than in the database, which may lack the `unaccent` extension: "Müller" is found by
"muller", and the last word of a query is a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from rapport.kernel import folding

_WORD = re.compile(r"\w+")
MAX_WORDS = 8


def fold(text: str) -> str:
    """Return `text` as it is searched: "Müller" → "muller".

    As conditions compare it, and further without the marks of all scripts and with ligatures and wide letters plain.
    """
    if text.isascii():
        return text.lower()
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFKD", folding.fold(bare.casefold()))


def words(text: str) -> list[str]:
    """Return the folded words of `text` in order."""
    return _WORD.findall(fold(text))


def document(*parts: str | None, also: Iterable[str] = ()) -> str:
    """Return a `tsvector` literal with every word of `parts`, and the terms of `also` whole."""
    found = {word for part in parts if part for word in words(part)}
    found.update(term for term in also if term)
    return literal(sorted(found))


def literal(terms: Iterable[str]) -> str:
    """Return the `tsvector` literal of these terms."""
    return " ".join([f"'{_quoted(term)}'" for term in terms if term])


def stored(text: str) -> Cast:
    """Return the expression that stores `text`, a `tsvector` literal, in a search column."""
    return Cast(Value(text, output_field=TextField()), SearchVectorField())


class Query(SearchQuery):
    """A `tsquery` as it is written, of which all `parts` must match; the database's own parser splits addresses."""

    def __init__(self, *parts: str) -> None:
        self.parts = parts
        self.text = " & ".join(parts)
        super().__init__(self.text, config="simple", search_type="raw")

    def as_sql(  # type: ignore[override]
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, list[str]]:
        """Return the literal as a parameter; a list, as this version of Django takes parameters."""
        return "%s::tsquery", [self.text]


def query(text: str) -> Query | None:
    """Return the query for what was typed: all words, each of them a prefix; None when there is no word in it."""
    found = words(text)[:MAX_WORDS]
    return Query(*(starts(word) for word in found)) if found else None


def starts(term: str) -> str:
    """Return the part of a query that matches terms starting with `term`."""
    return f"'{_quoted(term)}':*"


def _quoted(term: str) -> str:
    if "'" not in term and "\\" not in term:
        return term
    return term.replace("\\", "\\\\").replace("'", "''")
