"""Match keys: who has one in common is worth comparing. Each is a number, so that a million customers fit.

A key tells by its last four bits of what kind it is. One that many share says nothing: `BOUNDS` says how many may.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from hashlib import blake2b

from rapport.customers.twins.nicknames import wholes
from rapport.customers.twins.portrait import Portrait
from rapport.customers.twins.spelling import skeleton

_BITS = 4
_SHORTEST_FIRST_WORD = 3


class Kind(IntEnum):
    """What customers have in common who share a key."""

    NUMBER = 0
    MAILBOX = 1
    PHONE = 2
    LOCAL = 3
    NAME = 4
    NAME_AND_TOWN = 5
    BIRTHDAY = 6
    NEAR = 7
    COLLEAGUE = 8
    FIRM = 9
    DOMAIN = 10
    FIRST_WORD = 11
    FIRM_NEAR = 12
    ADDRESS = 13


BOUNDS = {
    Kind.NUMBER: 30,
    Kind.MAILBOX: 30,
    Kind.PHONE: 12,
    Kind.LOCAL: 8,
    Kind.NAME: 3,
    Kind.NAME_AND_TOWN: 6,
    Kind.BIRTHDAY: 12,
    Kind.NEAR: 12,
    Kind.COLLEAGUE: 30,
    Kind.FIRM: 5,
    Kind.DOMAIN: 12,
    Kind.FIRST_WORD: 5,
    Kind.FIRM_NEAR: 8,
    Kind.ADDRESS: 8,
}
"""How many customers may share a key of a kind before it is taken as one that says nothing."""
RARE = 1 << Kind.NAME | 1 << Kind.FIRM
"""The kinds, as bits, whose bound is so low that who shares such a key has a rare name."""


def keys(of: Portrait) -> set[int]:
    """Return the match keys of a customer, as signed numbers of 64 bits."""
    return {_number(kind, text) for kind, text in (*_any(of), *(_company(of) if of.is_company else _person(of)))}


def kind_of(key: int) -> Kind:
    """Return the kind of a key."""
    return Kind(key & (2**_BITS - 1))


def _number(kind: Kind, text: str) -> int:
    digest = int.from_bytes(blake2b(f"{kind}:{text}".encode(), digest_size=8).digest(), signed=True)
    return (digest >> _BITS << _BITS) | kind


def _any(of: Portrait) -> Iterator[tuple[Kind, str]]:
    for number in of.numbers:
        yield Kind.NUMBER, f"{of.kind}|{'|'.join(number)}"
    for box in of.mailboxes:
        yield Kind.MAILBOX, f"{of.kind}|{box}"
    for phone in of.phones:
        yield Kind.PHONE, f"{of.kind}|{phone}"


def _person(of: Portrait) -> Iterator[tuple[Kind, str]]:
    for local in of.locals:
        yield Kind.LOCAL, local
    if not of.names:
        return
    joined = " ".join(of.names)
    yield Kind.NAME, joined
    if of.town:
        yield Kind.NAME_AND_TOWN, f"{joined}|{of.town}"
    for given, family in ((of.given[0], of.family[-1]), (of.family[0], of.given[-1])):
        sound = skeleton(family)
        if of.birthday:
            yield Kind.BIRTHDAY, f"{of.birthday}|{sound}"
        letters = {name[0] for name in wholes(given)}
        for letter in letters:
            if of.place:
                yield Kind.NEAR, f"{of.place}|{sound}|{letter}"
            for employer in of.employers:
                yield Kind.COLLEAGUE, f"{employer}|{sound}|{letter}"


def _company(of: Portrait) -> Iterator[tuple[Kind, str]]:
    for domain in of.domains:
        yield Kind.DOMAIN, domain
    if not of.firm:
        return
    yield Kind.FIRM, of.firm
    first = of.firm.split()[0]
    if len(first) >= _SHORTEST_FIRST_WORD:
        yield Kind.FIRST_WORD, first
        if of.place:
            yield Kind.FIRM_NEAR, f"{of.town or of.place}|{skeleton(first)}"
    if of.address:
        yield Kind.ADDRESS, of.address
