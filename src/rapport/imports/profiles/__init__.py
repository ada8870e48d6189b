"""Profiles: mappings with a name, kept as TOML, for files that many people have."""

from __future__ import annotations

from rapport.imports.profiles.recognising import Match, Recognised, recognise
from rapport.imports.profiles.schema import BadProfile, Extract, Profile, Source, Through
from rapport.imports.profiles.shipped import load, names, parse

__all__ = [
    "BadProfile",
    "Extract",
    "Match",
    "Profile",
    "Recognised",
    "Source",
    "Through",
    "load",
    "names",
    "parse",
    "recognise",
]
