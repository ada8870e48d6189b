"""Finding the colleagues whom a text names with an @: by first name, full name, or the address they sign in with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapport.kernel.search import fold

_AT = re.compile(r"(?<![\w@.])@(?=\w)")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be named."""

    id: UUID
    name: str
    address: str


def find(text: str, people: Iterable[Person]) -> list[UUID]:
    """Return the ids of `people` named in `text`, in the order in which they are named first.

    The longest name that fits counts. What two people share, such as a first name, names neither of them.
    """
    names = _names(people)
    longest_first = sorted(names, key=len, reverse=True)
    folded = fold(text)
    found: list[UUID] = []
    for at in _AT.finditer(folded):
        for name in longest_first:
            if folded.startswith(name, at.end()) and not _goes_on(folded, at.end() + len(name)):
                if names[name] not in found:
                    found.append(names[name])
                break
    return found


def _names(people: Iterable[Person]) -> dict[str, UUID]:
    said = [(name, person.id) for person in people for name in _said_as(person)]
    counted = Counter(name for name, _ in said)
    return {name: person for name, person in said if counted[name] == 1}


def _said_as(person: Person) -> set[str]:
    """Return all that names one person, folded."""
    name, address = fold(person.name).strip(), fold(person.address).strip()
    first = name.split(" ", 1)[0]
    return {said for said in (name, first, address, address.partition("@")[0]) if said}


def _goes_on(text: str, position: int) -> bool:
    """Return whether the word that ends before `position` goes on there."""
    rest = text[position : position + 2]
    return bool(rest) and (rest[0].isalnum() or rest[0] == "_" or (rest[0] in "@.-" and rest[1:].isalnum()))
