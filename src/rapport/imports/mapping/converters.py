"""Which converter a type of field takes, with the settings of its column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.customers import identities
from rapport.customers.identities import BadIdentity, Normal
from rapport.imports.mapping.targets import Target
from rapport.imports.profiles.schema import Source
from rapport.imports.reading.formats import DateOrder
from rapport.imports.reading.values import amounts, days, places, words
from rapport.imports.reading.values.amounts import Mark
from rapport.imports.reading.values.converting import Converted, Fault, Misfit, by_value


@dataclass(frozen=True)
class Setting:
    """The field, and what its column has in common."""

    target: Target
    source: Source
    mark: Mark
    order: DateOrder
    currency: str
    country: str
    zone: str
    latest: datetime


def convert(kind: str, cells: pa.StringArray, exact: pa.BooleanArray | None, setting: Setting) -> Converted:
    """The cells as values of a type. Cells that a workbook stores as numbers (`exact`) have a decimal point."""
    run = _CONVERTERS[kind]
    if exact is None or kind not in ("integer", "decimal", "money") or setting.mark == ".":
        return run(cells, setting)
    written = run(cells, setting)
    stored = run(cells, Setting(**{**setting.__dict__, "mark": "."}))
    mask = exact.to_pylist()
    faults = [fault for fault in written.faults if not mask[fault.place]]
    faults += [fault for fault in stored.faults if mask[fault.place]]
    return Converted(pc.if_else(exact, stored.values, written.values), faults)


def _texts(cells: pa.StringArray, setting: Setting) -> Converted:
    return words.texts(cells, setting.target.longest)


def _notes(cells: pa.StringArray, setting: Setting) -> Converted:
    return words.texts(cells, setting.target.longest, lines=True)


def _keys(cells: pa.StringArray, setting: Setting) -> Converted:
    """Numbers and codes: `536365.0` is `536365`, which a data frame has turned into a fraction."""
    found = words.texts(cells, setting.target.longest)
    return Converted(pc.replace_substring_regex(found.values, r"^(\d+)\.0+$", r"\1"), found.faults)


def _moments(cells: pa.StringArray, setting: Setting) -> Converted:
    latest = setting.latest if setting.target.past else None
    return days.moments(cells, setting.order, setting.zone, latest)


def _days(cells: pa.StringArray, setting: Setting) -> Converted:
    return days.days(cells, setting.order, setting.latest.date() if setting.target.past else None)


def _money(cells: pa.StringArray, setting: Setting) -> Converted:
    exponent = places.exponent(setting.currency)
    return amounts.minor_units(cells, setting.mark, exponent, setting.currency)


def _choices(cells: pa.StringArray, setting: Setting) -> Converted:
    return words.choices(cells, {choice.lower(): choice for choice in setting.target.choices})


def _several(cells: pa.StringArray, setting: Setting) -> Converted:
    return words.several(cells, {choice.lower(): choice for choice in setting.target.choices})


def _scores(cells: pa.StringArray, setting: Setting) -> Converted:
    return amounts.scores(cells, setting.source.low, setting.source.high)


def _identity(normal: Callable[[str, Setting], Normal], *, match_key: bool = False) -> Callable[..., Converted]:
    def run(cells: pa.StringArray, setting: Setting) -> Converted:
        def scalar(cell: str) -> str:
            try:
                found = normal(cell, setting)
            except BadIdentity as bad:
                raise Misfit(bad.code, {"detail": bad.message}) from None
            return found.match_key if match_key else found.value

        return by_value(cells, scalar, pa.string())

    return run


_CONVERTERS: dict[str, Callable[[pa.StringArray, Setting], Converted]] = {
    "text": _texts,
    "note": _notes,
    "key": _keys,
    "integer": lambda cells, setting: amounts.integers(cells, setting.mark),
    "decimal": lambda cells, setting: amounts.decimals(cells, setting.mark),
    "money": _money,
    "date": _days,
    "moment": _moments,
    "boolean": lambda cells, setting: words.booleans(cells),
    "country": lambda cells, setting: places.countries(cells),
    "language": lambda cells, setting: places.languages(cells),
    "currency": lambda cells, setting: places.currencies(cells),
    "list": lambda cells, setting: words.lists(cells),
    "score": _scores,
    "choice": _choices,
    "choices": _several,
    "url": lambda cells, setting: words.addresses(cells, setting.target.longest),
    "email": _identity(lambda cell, _setting: identities.email(cell)),
    "external": _identity(lambda cell, _setting: identities.external(cell)),
    "handle": _identity(lambda cell, _setting: identities.handle(cell)),
    "phone": _identity(lambda cell, setting: identities.phone(cell, setting.country or None), match_key=True),
}


def checked(made: Converted, check: Callable[[Any], Any]) -> Converted:
    """Return a typed column with what `check` makes of each value, null where it refuses one, which is then a fault."""
    kept: dict[Any, Any] = {None: None}
    refused: dict[Any, str] = {}
    values = made.values.to_pylist()
    for value in dict.fromkeys(values):
        if value is not None:
            try:
                check(value)
            except ValueError as error:
                refused[value] = str(error)
            kept[value] = None if value in refused else value
    if not refused:
        return made
    faults = [
        Fault(at, Misfit("unfit", {"why": refused[value]})) for at, value in enumerate(values) if value in refused
    ]
    return Converted(pa.array([kept[value] for value in values], made.values.type), [*made.faults, *faults])
