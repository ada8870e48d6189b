"""The firm's own fields as targets of columns: cells become values of the declared type, or errors of their rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa

from rapport.imports.mapping.targets import Noun, Target, Type
from rapport.imports.profiles.schema import BadProfile, Profile, header_key
from rapport.kernel import fields
from rapport.kernel.models import CustomField

NOUNS: tuple[Noun, ...] = ("customer", "product", "order")
PREFIX = "custom."
LINKS = "links."
Targets = Mapping[Noun, Mapping[str, Target]]

_TYPES: Mapping[str, Type] = {
    CustomField.Type.TEXT: "text",
    CustomField.Type.LONG_TEXT: "note",
    CustomField.Type.NUMBER: "decimal",
    CustomField.Type.MONEY: "money",
    CustomField.Type.BOOLEAN: "boolean",
    CustomField.Type.DATE: "date",
    CustomField.Type.DATETIME: "moment",
    CustomField.Type.CHOICE: "choice",
    CustomField.Type.CHOICES: "choices",
    CustomField.Type.URL: "url",
    CustomField.Type.EMAIL: "text",
    CustomField.Type.PHONE: "text",
    CustomField.Type.PERCENT: "decimal",
    CustomField.Type.RATING: "decimal",
}
_CHECKED = frozenset({CustomField.Type.EMAIL, CustomField.Type.PHONE, CustomField.Type.RATING})


def targets(more: Iterable[Noun] = ()) -> Targets:
    """The custom fields in use by noun and key, of `more` nouns too.

    A column means one by its label, its key or `custom:` and the key.
    """
    return {noun: {field.key: _target(field) for field in fields.live(noun)} for noun in (*NOUNS, *more)}


def _target(field: CustomField) -> Target:
    return Target(
        name=f"{PREFIX}{field.key}",
        type=_TYPES[field.type],
        label=field.label,
        headers=tuple(header_key(name) for name in (field.label, field.key, f"custom {field.key}")),
        longest=fields.MAX_TEXT,
        required=field.required,
        choices=tuple(field.options),
        check=partial(_checked, field) if field.type in _CHECKED or _bounded(field) else None,
    )


def _bounded(field: CustomField) -> bool:
    return field.minimum is not None or field.maximum is not None


def _checked(field: CustomField, value: Any) -> Any:
    return fields.checked(field, _plain(value))


def refuse_unknown(profile: Profile, known: Targets) -> None:
    """Raise BadProfile when a mapping names a custom field that there is not."""
    for extract in profile.nouns:
        unknown = sorted(set(extract.custom) - set(known.get(extract.noun, {})))
        if unknown:
            raise BadProfile(f"There is no custom field {', '.join(unknown)} of {extract.noun}.")


def gathered(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns of a noun with those of custom fields as one, `custom`, and those of links as one, `links`.

    Each is a JSON object by keys, null where all are empty.
    """
    found = dict(columns)
    for prefix in (PREFIX, LINKS):
        own = {name.removeprefix(prefix): found.pop(name) for name in columns if name.startswith(prefix)}
        if own:
            rows = zip(*(column.to_pylist() for column in own.values()), strict=True)
            found[prefix[:-1]] = pa.array([_json(zip(own, row, strict=True)) for row in rows], pa.string())
    return found


def _json(pairs: Iterable[tuple[str, Any]]) -> str | None:
    filled = {key: _plain(value) for key, value in pairs if value not in (None, [])}
    return json.dumps(filled, ensure_ascii=False) if filled else None


def _plain(value: Any) -> Any:
    """A value as `kernel.fields` keeps it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
