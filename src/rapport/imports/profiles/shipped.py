"""The profiles that come with Rapport, and those that people write."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from rapport.imports.profiles.schema import BadProfile, Profile


@cache
def names() -> tuple[str, ...]:
    """The names of the shipped profiles, the most particular first."""
    found = {entry.name.removesuffix(".toml") for entry in files(__package__).iterdir() if entry.name.endswith(".toml")}
    return tuple(sorted(found, key=lambda name: (name.startswith("generic"), name)))


@cache
def _shipped(name: str) -> Profile:
    return parse((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def load(name_or_path: str) -> Profile:
    """A shipped profile by its name, or one that somebody wrote, by the path of its TOML file.

    Raises BadProfile.
    """
    if name_or_path in names():
        return _shipped(name_or_path)
    path = Path(name_or_path)
    if path.suffix != ".toml":
        raise BadProfile(f"There is no profile {name_or_path}. There are: {', '.join(names())}.")
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as refused:
        raise BadProfile(f"{path} cannot be read: {refused.strerror}") from None
    except UnicodeDecodeError:
        raise BadProfile(f"{path} is not UTF-8") from None


def parse(text: str) -> Profile:
    """The profile in a TOML text. Raises BadProfile with the place of what is wrong."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise BadProfile(f"The mapping is not TOML: {broken}") from None
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadProfile(f"The mapping is wrong at {place or 'the top'}: {first['msg']}") from None
