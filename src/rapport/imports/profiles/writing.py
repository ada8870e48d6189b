"""A profile as TOML: what people download, change and give back."""

from __future__ import annotations

import json
import re
from typing import Any

from rapport.imports.profiles.schema import Profile

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(profile: Profile) -> str:
    """The profile as a TOML text that reads back as the same profile."""
    said = profile.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said = {"schema": 1, **said}
    lines = [f"{key} = {_value(said[key])}" for key in said if key not in ("files", "nouns")]
    lines += ["", "[files]"]
    lines += [f"{_key(role)} = {_value(shape)}" for role, shape in said["files"].items()]
    for extract in said.get("nouns", []):
        lines += ["", "[[nouns]]"]
        for key, value in extract.items():
            if key in ("fields", "custom", "links"):
                lines += [f"{key}.{_key(name)} = {_value(_short(source))}" for name, source in value.items()]
            else:
                lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _short(source: dict[str, Any]) -> Any:
    """A source that is only a column is written as its name."""
    if set(source) == {"column"}:
        return source["column"][0] if len(source["column"]) == 1 else source["column"]
    return source


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
