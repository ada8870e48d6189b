"""What makes a message findable, and the query for what somebody typed.

Words are folded in Python as everywhere (`kernel.search`). Each message also carries the month it is of, so that a
search reads the newest months first and seldom all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from rapport.kernel import search

MAX_CHARACTERS = 60_000
MAX_WORD = 64
MAX_TERMS = 4_000
SHORTEST_PREFIX = 3


def document(*texts: str, addresses: Iterable[str], at: datetime) -> str:
    """Return the `tsvector` literal of a message: the words of `texts`, its `addresses` whole, and its month.

    Words of more than 64 letters are none that anybody looks for; the database would refuse the longest of them.
    """
    terms = {month(at)}
    for text in texts:
        terms.update(word for word in search.words(text[:MAX_CHARACTERS]) if len(word) <= MAX_WORD)
        if len(terms) > MAX_TERMS:
            break
    for address in addresses:
        folded = search.fold(address).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        terms.update(part for part in (folded, *search.words(folded)) if len(part) <= MAX_WORD)
    return search.document(also=terms)


def month(at: datetime) -> str:
    """Return the term that says in which month (UTC) something was: ``@2026-11``, which is no word anybody types."""
    moment = at.astimezone(UTC)
    return f"@{moment.year:04}-{moment.month:02}"


def months(newest: datetime, oldest: datetime) -> list[str]:
    """Return the terms of all months from that of `newest` back to that of `oldest`."""
    year, number = newest.astimezone(UTC).year, newest.astimezone(UTC).month
    terms, last = [f"@{year:04}-{number:02}"], month(oldest)
    while terms[-1] > last:
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
        terms.append(f"@{year:04}-{number:02}")
    return terms


def query(text: str, *, of_months: Iterable[str] = (), last: bool = True) -> search.Query | None:
    """Return the query for what was typed: all words, the last as a beginning; None when there is no word in it.

    A beginning of one or two letters is taken as a whole word, and so are all words but the last: the index has to read
    every message in which a word begins so, however few of them are wanted. Without `last`, that word is left out.
    """
    found = search.words(text)[: search.MAX_WORDS]
    if not found:
        return None
    parts = [*(_exact(word) for word in found[:-1]), *([_beginning(found[-1])] if last else [])]
    some = " | ".join(_exact(term) for term in of_months)
    return search.Query(" & ".join([*parts, *([f"({some})"] if some else [])]))


def last_of_several(text: str) -> search.Query | None:
    """Return the query for the last of the words that were typed; None when there are fewer than two."""
    found = search.words(text)[: search.MAX_WORDS]
    return search.Query(_beginning(found[-1])) if len(found) > 1 else None


def _beginning(word: str) -> str:
    return search.starts(word) if len(word) >= SHORTEST_PREFIX else _exact(word)


def _exact(term: str) -> str:
    return search.starts(term).removesuffix(":*")
