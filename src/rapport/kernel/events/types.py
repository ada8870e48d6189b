"""Types of events: frozen dataclasses of plain values, each with the sentence that tells it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import Promise

EVENTS: dict[str, EventType] = {}
_BY_CLASS: dict[type, EventType] = {}


@dataclass(frozen=True)
class Event:
    """The base of all events; a type adds its own fields, all of them plain values that JSON can hold."""

    def as_data(self) -> dict[str, Any]:
        """Return the fields as JSON values: ids, dates and decimals as text."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _plain(value) for name, value in given if value not in (None, "")}


Kind = TypeVar("Kind", bound=type[Event])


@dataclass(frozen=True, slots=True)
class EventType:
    """What is known of a type of event.

    `sentence` is filled with the event's data ("placed order {number}"); `personal` names the fields that erasure
    empties; `group` is the filter chip of the timeline it falls under; `direction` is in, out or none: who moved.
    One that is `derived` follows from other rows by itself: whom it is about has not been changed by anybody.
    """

    name: str
    cls: type[Event]
    label: str | Promise
    sentence: str | Promise
    group: str
    icon: str
    personal: tuple[str, ...]
    timeline: bool
    webhooks: bool
    direction: str
    derived: bool = False

    @property
    def summary(self) -> str:
        """The docstring of the type."""
        return inspect.getdoc(self.cls) or ""

    def tell(self, data: Mapping[str, Any]) -> str:
        """Return the sentence of this type with `data` filled in; what is missing reads as an ellipsis."""
        return str(self.sentence).format_map(_Forgiving(data))


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def event(
    name: str,
    label: str | Promise,
    sentence: str | Promise,
    *,
    group: str = "other",
    icon: str = "point",
    personal: tuple[str, ...] = (),
    timeline: bool = True,
    webhooks: bool = True,
    direction: str = "none",
    derived: bool = False,
) -> Callable[[Kind], Kind]:
    """Register a frozen dataclass as the type of event `name` (domain.fact, past tense)."""

    def decorate(cls: Kind) -> Kind:
        if name in EVENTS:
            raise ValueError(f"the event {name} is registered twice")
        unknown = set(personal) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"{name} has no field {', '.join(sorted(unknown))}")
        kind = EventType(name, cls, label, sentence, group, icon, personal, timeline, webhooks, direction, derived)
        EVENTS[name] = _BY_CLASS[cls] = kind
        return cls

    return decorate


def type_of(happening: Event | type[Event]) -> EventType:
    """Return the registered type of an event or of its class."""
    cls = happening if isinstance(happening, type) else type(happening)
    return _BY_CLASS[cls]


def load(name: str, data: Mapping[str, Any]) -> Event:
    """Return the event of type `name` from stored `data`; values stay as JSON holds them."""
    cls = EVENTS[name].cls
    known = {field.name for field in fields(cls)}
    return cls(**{key: value for key, value in data.items() if key in known})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
