"""Text, yes and no, choices and lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from rapport.imports.reading.values.converting import Converted, Fault, Misfit, by_value, trimmed

_SPACES = re.compile(r"[ \t\u00a0]+")
_QUOTED_FORMULA = r'^="([^"]*)"$'
_YES = frozenset(
    {"yes", "y", "true", "t", "1", "1.0", "on", "x", "✓", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "s"}
    | {
        "sim",
        "sì",
        "verdadero",
        "verdadeiro",
        "vero",
        "tak",
        "ano",
        "igen",
        "evet",
        "да",
        "subscribed",
        "opt-in",
        "opted in",
    }
)
_NO = frozenset(
    {"no", "n", "false", "f", "0", "0.0", "off", "nein", "falsch", "non", "faux", "não", "nao", "falso", "nee", "nie"}
    | {"ne", "nem", "hayır", "нет", "unsubscribed", "not subscribed", "opt-out", "opted out"}
)
SEPARATORS = (" ::: ", ";", "|", "\n")


def texts(column: pa.StringArray, longest: int = 0, *, lines: bool = False) -> Converted:
    """Text without white space around it; empty cells are null.

    `="00123"`, by which spreadsheets keep leading zeros, is unwrapped. What looks like a formula is kept
    and said. `longest` is the number of characters that fit (0: any), `lines` keeps line breaks.
    """
    column = trimmed(column)
    faults: list[Fault] = []
    if pc.any(pc.starts_with(column, "=")).as_py():
        column = pc.replace_substring_regex(column, _QUOTED_FORMULA, r"\1")
        formulas = pc.starts_with(column, "=")
        faults += [Fault(i, Misfit("formula", severity="warning")) for i in _true(formulas)]
    if not lines:
        column = pc.replace_substring_regex(column, r"[\s\x{a0}]+", " ")
    if longest:
        sizes = pc.utf8_length(column)
        for index in _true(pc.greater(sizes, longest)):
            faults.append(Fault(index, Misfit("too-long", {"found": sizes[index].as_py(), "wanted": longest})))
        column = pc.utf8_slice_codeunits(column, 0, longest)
    return Converted(pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column), faults)


def _true(mask: pa.BooleanArray) -> list[int]:
    return [int(index) for index in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()]


def booleans(column: pa.StringArray) -> Converted:
    """Yes and no in many languages as booleans."""

    def scalar(cell: str) -> bool:
        folded = cell.lower()
        if folded in _YES:
            return True
        if folded in _NO:
            return False
        raise Misfit("boolean")

    return by_value(column, scalar, pa.bool_())


def choices(column: pa.StringArray, known: Mapping[str, str]) -> Converted:
    """Cells as the values of `known`, whose keys are folded spellings. Raises nothing; unknown is a fault."""

    return by_value(column, lambda cell: _chosen(cell, known), pa.string())


def several(column: pa.StringArray, known: Mapping[str, str]) -> Converted:
    """Cells of several choices as lists of the values of `known`, each once; one that is unknown is a fault."""

    def scalar(cell: str) -> list[str]:
        parts = [cell] if cell.lower() in known else split(cell, (*SEPARATORS, ","))
        return list(dict.fromkeys(_chosen(part, known) for part in parts))

    return by_value(column, scalar, pa.list_(pa.string()))


def _chosen(cell: str, known: Mapping[str, str]) -> str:
    chosen = known.get(_SPACES.sub(" ", cell.lower()))
    if chosen is None:
        raise Misfit("choice", {"detail": ", ".join(dict.fromkeys(known.values()))})
    return chosen


def addresses(column: pa.StringArray, longest: int) -> Converted:
    """Web addresses, those without a scheme taken for https."""

    def scalar(cell: str) -> str:
        address = cell if "://" in cell else f"https://{cell}"
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or "." not in parts.netloc or " " in address or len(address) > longest:
            raise Misfit("url")
        return address

    return by_value(column, scalar, pa.string())


def split(cell: str, separators: Sequence[str] = SEPARATORS) -> list[str]:
    """The parts of a cell that holds several values, by the first separator that stands in it."""
    for separator in separators:
        if separator in cell:
            return [part.strip() for part in cell.split(separator) if part.strip()]
    return [cell.strip()] if cell.strip() else []


def lists(column: pa.StringArray, separators: Sequence[str] = (" ::: ", ";", ",", "|", "\n")) -> Converted:
    """Lists of text, each part once; marks of address books (`* myContacts`) are taken off."""

    def scalar(cell: str) -> list[str]:
        parts = (part.strip("\"'[] ").removeprefix("* ").strip() for part in split(cell, separators))
        return list(dict.fromkeys(part[:60] for part in parts if part))

    return by_value(column, scalar, pa.list_(pa.string()), empty=frozenset({""}))
