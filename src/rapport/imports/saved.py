"""The mappings that people named, as profiles."""

from __future__ import annotations

from rapport.imports.models import SavedMapping
from rapport.imports.profiles import Profile, parse


def named(name: str) -> Profile | None:
    """Return the mapping of this name, None when nobody saved one."""
    row = SavedMapping.objects.filter(name=name).first()
    return parse(row.toml) if row else None


def every() -> list[Profile]:
    """Return all mappings that people named."""
    return [parse(toml) for toml in SavedMapping.objects.values_list("toml", flat=True)]


def names() -> list[str]:
    """Return what they are called."""
    return list(SavedMapping.objects.values_list("name", flat=True))
