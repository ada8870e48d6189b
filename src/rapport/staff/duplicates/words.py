"""What speaks for a pair, in words."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.customers.twins.judging import SIGNS


def reasons(codes: Iterable[str]) -> str:
    """Return the reasons as a phrase: same name, same phone number, but different birthdays."""
    return ", ".join(str(SIGNS[code].label) for code in codes if code in SIGNS)
