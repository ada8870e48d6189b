"""What makes a customer findable, and the query for what somebody typed.

A phone number is indexed without its plus, and without its first one, two and three digits, so that it is found with
or without its country code whatever that code's length is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapport.kernel import search

MIN_DIGITS = 4
_LIKE_A_PHONE = re.compile(r"\+?[\d\s().\-/]+")
_NOT_DIGITS = re.compile(r"\D+")


def terms(kind: str, normal: str) -> list[str]:
    """Return the search terms of one identity: an address whole and by its words, a phone by its digits."""
    if kind == "phone":
        digits = _NOT_DIGITS.sub("", normal)
        return [digits[cut:] for cut in range(4) if len(digits) - cut >= MIN_DIGITS]
    if kind == "email":
        local, _at, domain = normal.rpartition("@")
        return [normal, *search.words(local), *search.words(domain.rpartition(".")[0])]
    return [search.fold(normal), *search.words(normal)]


def document(name: str, number: int, city: str, identities: Iterable[tuple[str, str]]) -> str:
    """Return the `tsvector` literal of a customer; `identities` are pairs of kind and normal spelling."""
    return _literal(name, city, identities, [f"c-{number}"])


def words(name: str, city: str, identities: Iterable[tuple[str, str]]) -> str:
    """Return the `tsvector` literal of a customer who has no number yet."""
    return _literal(name, city, identities, [])


def _literal(name: str, city: str, identities: Iterable[tuple[str, str]], also: list[str]) -> str:
    for kind, normal in identities:
        also += terms(kind, normal)
    return search.document(name, city, also=also)


def query(text: str) -> search.Query | None:
    """Return the query for a name, an address or a number in any format; None when there is nothing to look for."""
    typed = text.strip()
    if "@" in typed:
        return search.Query(search.starts(search.fold(typed)))
    digits = _NOT_DIGITS.sub("", typed)
    if len(digits) >= MIN_DIGITS and _LIKE_A_PHONE.fullmatch(typed):
        forms = {digits, digits.lstrip("0") or digits}
        return search.Query(" | ".join(search.starts(form) for form in sorted(forms)))
    if re.fullmatch(r"[cC]-\d+", typed):
        return search.Query(search.starts(typed.lower()))
    return search.query(typed)
