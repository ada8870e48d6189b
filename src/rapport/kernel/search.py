"""Search by any word of a name, an address or a number, over `tsvector` columns with a GIN index.

Words are folded here rather than in the database, which may lack the `unaccent` extension: "Müller" is found by
"muller", and the last word of a query is a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_SPECIAL_LETTERS = re.compile("[ßøđłæœðþ]")
_WORD = re.compile(r"\w+")
MAX_WORDS = 8


def fold(text: str) -> str:
    """Return `text` in small letters without accents: "Müller" → "muller"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(_SPECIAL) if _SPECIAL_LETTERS.search(plain) else plain


def words(text: str) -> list[str]:
    """Return the folded words of `text` in order."""
    return _WORD.findall(fold(text))


def document(*parts: str | None, also: Iterable[str] = ()) -> str:
    """Return a `tsvector` literal with every word of `parts`, and the terms of `also` whole."""
    found = {word for part in parts if part for word in words(part)}
    found.update(term for term in also if term)
    return " ".join(f"'{_quoted(term)}'" for term in sorted(found))


def query(text: str) -> SearchQuery | None:
    """Return the query for what was typed: all words, each of them a prefix; None when there is no word in it."""
    found = words(text)[:MAX_WORDS]
    if not found:
        return None
    return SearchQuery(" & ".join(f"'{word}':*" for word in found), search_type="raw", config="simple")


def _quoted(term: str) -> str:
    return term.replace("\\", "\\\\").replace("'", "''")
