"""The events that conditions can ask for: their types are those of the kernel, their fields those of the dataclass.

Minor units (`total_minor`) are the money field `total`, in the currency of the event's `currency` or, when its type
has none, the organisation's.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from rapport.kernel.conditions.errors import UnknownEvent, UnknownField
from rapport.kernel.conditions.registry import Field, Label, Type, unknown
from rapport.kernel.events import EVENTS

MINOR, CURRENCY = "_minor", "currency"
_TYPES: dict[type, Type] = {
    str: Type.TEXT,
    bool: Type.BOOLEAN,
    int: Type.NUMBER,
    float: Type.NUMBER,
    Decimal: Type.NUMBER,
    datetime: Type.DATETIME,
    date: Type.DATE,
    UUID: Type.CHOICE,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """A type of event with the fields of its data."""

    name: str
    label: Label
    fields: dict[str, Field]

    def field(self, name: str) -> Field:
        """Return the field of the event's data, or raise `UnknownField`."""
        if name not in self.fields:
            raise UnknownField(unknown(name, self.fields))
        return self.fields[name]


def happening(name: str) -> Happening:
    """Return the type of event `name`, or raise `UnknownEvent`."""
    if name not in EVENTS:
        raise UnknownEvent(unknown(name, EVENTS))
    known = EVENTS[name]
    return Happening(name, known.label, _fields(name))


@cache
def _fields(name: str) -> dict[str, Field]:
    cls = EVENTS[name].cls
    hints = get_type_hints(cls)
    found: dict[str, Field] = {}
    for entry in fields(cls):
        kind = _type_of(hints[entry.name])
        if kind is Type.NUMBER and entry.name.endswith(MINOR):
            short = entry.name.removesuffix(MINOR)
            currency = CURRENCY if CURRENCY in hints else ""
            found[short] = _field(short, Type.MONEY, entry.name, currency)
        elif kind is not None:
            found[entry.name] = _field(entry.name, kind, entry.name)
    return found


def _field(name: str, kind: Type, key: str, currency: str = "") -> Field:
    label = name.removesuffix("_id").replace("_", " ").capitalize()
    return Field(name, label, kind, orm="data", inside=key, currency=currency)


def _type_of(hint: Any) -> Type | None:
    """Return the type of field for an annotation; `X | None` counts as `X`, and what has no type is no field."""
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        return _type_of(rest[0]) if len(rest) == 1 else None
    return _TYPES.get(hint)
