"""Addresses of rows, for pages that show hundreds of them: each pattern is resolved once."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

NOBODY = UUID(int=0)


def address(name: str, key: UUID, *args: str) -> str:
    """Return what `reverse(name, args=[*args, key])` does, a hundred times as fast."""
    before, after = _around(name, args, get_script_prefix())
    return f"{before}{key}{after}"


@cache
def _around(name: str, args: tuple[str, ...], prefix: str) -> tuple[str, str]:
    """Return what stands before and after the key in the address `name`, on a site that begins with `prefix`."""
    before, _key, after = reverse(name, args=[*args, NOBODY]).partition(str(NOBODY))
    return before, after
