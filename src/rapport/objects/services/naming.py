"""The names of types and links: the key that conditions and addresses use, and the prefix of numbers."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from rapport.kernel import search

MAX_KEY = 30
TAKEN_PREFIXES = frozenset({"A", "C", "R", "T"})
"""What articles, customers, orders and tickets are called by."""


class Nameless(ValueError):
    """It needs a name."""


class NameTaken(ValueError):
    """There is one of this name already."""


class BadPrefix(ValueError):
    """A prefix is one to six letters that nothing else is called by."""


def key_for(name: str) -> str:
    """Return the key that a name gives: "Service contract" service_contract, "3D print" o_3d_print."""
    key = re.sub(r"[^a-z0-9]+", "_", search.fold(name)).strip("_")[:MAX_KEY].rstrip("_")
    if not key or not key[0].isalpha():
        key = f"o_{key}"[:MAX_KEY].rstrip("_")
    return key


def prefix_for(name: str, taken: frozenset[str]) -> str:
    """Return a prefix that is free: the first letters of a name, as few as do."""
    letters = re.sub(r"[^A-Z]", "", search.fold(name).upper()) or "X"
    for length in range(1, min(len(letters), 5) + 1):
        if letters[:length] not in taken | TAKEN_PREFIXES:
            return letters[:length]
    number = 2
    while f"{letters[:4]}{number}" in taken:
        number += 1
    return f"{letters[:4]}{number}"


def checked_prefix(prefix: str) -> str:
    """Return a prefix that somebody chose in capitals. Raises `BadPrefix`."""
    made = prefix.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,5}", made) or made in TAKEN_PREFIXES:
        raise BadPrefix(_("Take up to six letters and digits that nothing else begins with."))
    return made


def named(text: str, length: int) -> str:
    """Return a name without needless space, cut to `length`. Raises `Nameless`."""
    made = " ".join(text.split())[:length].strip()
    if not made:
        raise Nameless(_("It needs a name."))
    return made
