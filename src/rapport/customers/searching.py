"""What makes a customer findable, and the query for what somebody typed.

A phone number is indexed without its plus, and once more without its country code, so that it is found either way.
A whole address has a mark before it: without one, who looks for "ana" would walk through every address beginning so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from rapport.customers.identities.phone_plans import calling_code_length
from rapport.kernel import search

MIN_DIGITS = 4
WHOLE = "@"
"""Stands before an address that is indexed whole."""
_LIKE_A_PHONE = re.compile(r"\+?[\d\s().\-/]+")
_NOT_DIGITS = re.compile(r"\D+")


def terms(kind: str, normal: str) -> list[str]:
    """Return the search terms of one identity: an address whole and by its words, a phone by its digits."""
    if kind == "phone":
        return _of_phone(normal)
    if kind == "email":
        local, _at, domain = normal.rpartition("@")
        return [WHOLE + normal, *search.words(local), *search.words(domain.rpartition(".")[0])]
    return [search.fold(normal), *search.words(normal)]


def document(
    name: str, number: int, city: str, identities: Iterable[tuple[str, str]], merged: Iterable[int] = ()
) -> str:
    """Return the `tsvector` literal of a customer; `identities` are pairs of kind and normal spelling.

    merged: the numbers of those who were merged into this one, by which it is found as well.
    """
    also = [f"c-{one}" for one in (number, *merged)]
    for kind, normal in identities:
        also += terms(kind, normal)
    return search.document(name, city, also=also)


class Documents:
    """The search documents of many customers at once, without the numbers that they will get.

    The terms are those of `document`, a term now and then twice, which the database drops. Words of names and
    domains, which come again and again, are worked out once.
    """

    def __init__(self, count: int) -> None:
        self._parts: list[list[str]] = [[] for _ in range(count)]
        self._words: dict[str, str] = {}

    def add_text(self, texts: Iterable[str | None]) -> None:
        """Add the words of one text of each customer, in their order."""
        for parts, text in zip(self._parts, texts, strict=True):
            if text:
                parts.append(self._words_of(text))

    def add_identities(self, kind: str, customers: Iterable[int], normals: Iterable[str]) -> None:
        """Add the terms of identities of one kind; `customers` are positions."""
        if kind == "email":
            made: Iterable[str] = map(self._of_email, normals)
        else:
            of_kind = _of_phone if kind == "phone" else partial(terms, kind)
            made = (search.literal(of_kind(normal)) for normal in normals)
        for customer, literal in zip(customers, made, strict=True):
            self._parts[customer].append(literal)

    def literals(self) -> list[str]:
        """Return the `tsvector` literals, in the customers' order."""
        return [" ".join(parts) for parts in self._parts]

    def _of_email(self, normal: str) -> str:
        local, _at, domain = normal.rpartition("@")
        own = search.literal([WHOLE + normal, *search.words(local)])
        return f"{own} {self._words_of(domain.rpartition('.')[0])}"

    def _words_of(self, text: str) -> str:
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = search.literal(search.words(text))
        return found


def _of_phone(normal: str) -> list[str]:
    digits = normal[1:] if normal[1:].isdecimal() else _NOT_DIGITS.sub("", normal)
    code = calling_code_length(digits)
    return [digits, digits[code:]] if len(digits) - code >= MIN_DIGITS else [digits]


def is_number(text: str) -> bool:
    """Return whether what was typed looks like a phone number, or the beginning of one."""
    return bool(_LIKE_A_PHONE.fullmatch(text.strip()))


def query(text: str) -> search.Query | None:
    """Return the query for a name, an address or a number in any format; None when there is nothing to look for."""
    typed = text.strip()
    if "@" in typed:
        whole = search.fold(typed)
        # A handle or a number in another system may have the sign as well.
        return search.Query(f"{search.starts(WHOLE + whole.lstrip(WHOLE))} | {search.starts(whole)}")
    digits = _NOT_DIGITS.sub("", typed)
    if len(digits) >= MIN_DIGITS and _LIKE_A_PHONE.fullmatch(typed):
        forms = {digits, digits.lstrip("0") or digits}
        return search.Query(" | ".join(search.starts(form) for form in sorted(forms)))
    if re.fullmatch(r"[cC]-\d+", typed):
        return search.Query(search.starts(typed.lower()))
    return search.query(typed)
