"""vCard 2.1, 3.0 and 4.0 by vobject, one card at a time; every card is a row."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import vobject

from rapport.imports.reading.blocks import Block, block_of
from rapport.imports.reading.formats import Format
from rapport.imports.reading.opening import place, taken, text, western
from rapport.imports.reading.problems import CellError, FileError, shortened

NAMES = (
    "Name",
    "Given name",
    "Family name",
    "Company",
    "Role",
    "E-mail",
    "Phone",
    "Street",
    "City",
    "Region",
    "Postcode",
    "Country",
    "Birthday",
    "Web address",
    "Tags",
    "Note",
    "UID",
)
SEPARATOR = " ::: "
_CARDS = 2000
_LONGEST_CARD = 4 * 1024 * 1024
logging.getLogger("vobject.base").setLevel(logging.CRITICAL)  # unreadable lines are left out without a log
_PICTURES = re.compile(r"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]", re.IGNORECASE)


def blocks(path: Path, form: Format, names: tuple[str, ...]) -> Iterator[Block]:
    """The cards of a file as rows under NAMES; several addresses in one cell are set apart by ` ::: `."""
    with text(path, form) as stream:
        found = _cards(stream)
        row = 1
        while True:
            cards, broken = taken(found, _CARDS, lambda _card: 1)
            if cards:
                block = _block(list(enumerate(cards, start=row)), names)
                block.place = place(stream)
                yield block
                row += len(cards)
            if broken is not None:
                raise FileError(broken.code, broken.detail, row=row)
            if not cards:
                return


def _cards(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each card with the line it begins on; pictures are left out, cards within cards stay inside."""
    card: list[str] = []
    begun = depth = size = 0
    skipping = False
    for number, line in enumerate(lines, start=1):
        mark = line.strip("\ufeff \t\r\n").upper()
        if mark == "BEGIN:VCARD":
            depth += 1
            if depth == 1:
                card, begun, size = [], number, 0
        if depth:
            skipping = (skipping and line[:1] in " \t") or bool(_PICTURES.match(line))
            if not skipping and size < _LONGEST_CARD:
                card.append(line)
                size += len(line)
        if mark == "END:VCARD" and depth:
            depth -= 1
            if not depth:
                yield begun, "".join(card)
    if depth:
        yield begun, "".join(card)


def _block(chunk: list[tuple[int, tuple[int, str]]], names: tuple[str, ...]) -> Block:
    records: list[list[str]] = []
    rows: list[int] = []
    lines: list[int] = []
    problems: list[CellError] = []
    refused: dict[int, list[str]] = {}
    for row, (line, card) in chunk:
        try:
            records.append(_cells(card))
            rows.append(row)
            lines.append(line)
        except Exception as broken:
            detail = shortened(str(broken)) or type(broken).__name__
            problems.append(CellError(row, "", shortened(card), "card", line=line, params={"detail": detail}))
            refused[row] = [shortened(card)]
    block = block_of(names, records, np.array(rows, dtype=np.int64), np.array(lines, dtype=np.int64), "utf-8")
    block.problems = problems + block.problems
    block.refused.update(refused)
    return block


def _cells(card: str) -> list[str]:
    parsed = vobject.readOne(western(card), ignoreUnreadable=True, allowQP=True)
    if parsed is None or parsed.name != "VCARD":
        raise ValueError("no card")
    name = parsed.n.value if "n" in parsed.contents else None
    given, family = (_flat(name.given), _flat(name.family)) if name else ("", "")
    address = next((entry.value for entry in parsed.contents.get("adr", [])), None)
    company = [part for part in _list(_first(parsed, "org")) if part]
    values = {
        "Name": _flat(_first(parsed, "fn")) or f"{given} {family}".strip(),
        "Given name": given,
        "Family name": family,
        "Company": company[0] if company else "",
        "Role": _flat(_first(parsed, "title")),
        "E-mail": SEPARATOR.join(_all(parsed, "email")),
        "Phone": SEPARATOR.join(number.removeprefix("tel:") for number in _all(parsed, "tel")),
        "Birthday": _birthday(_flat(_first(parsed, "bday"))),
        "Web address": _flat(_first(parsed, "url")),
        "Tags": ";".join(tag for entry in _list(_first(parsed, "categories")) for tag in entry.split(",")),
        "Note": _flat(_first(parsed, "note")),
        "UID": _flat(_first(parsed, "uid")).removeprefix("urn:uuid:"),
    }
    if address is not None:
        parts = {"Street": "street", "City": "city", "Region": "region", "Postcode": "code", "Country": "country"}
        values |= {title: _flat(getattr(address, part)) for title, part in parts.items()}
    if not any(values.values()):
        raise ValueError("it says nothing")
    return [values.get(title, "").strip() for title in NAMES]


def _first(card: Any, name: str) -> Any:
    entries = card.contents.get(name, [])
    return entries[0].value if entries else ""


def _all(card: Any, name: str) -> list[str]:
    """All values of one kind, the preferred first, each once."""
    entries = sorted(card.contents.get(name, []), key=lambda entry: not _preferred(entry))
    return list(dict.fromkeys(value for entry in entries if (value := _flat(entry.value).strip())))


def _preferred(entry: Any) -> bool:
    types = [kind.lower() for kind in entry.params.get("TYPE", [])]
    return "pref" in types or "PREF" in entry.params or "pref" in (p.lower() for p in entry.singletonparams)


def _list(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _flat(value: Any) -> str:
    return ", ".join(part for part in _list(value) if part)


def _birthday(value: str) -> str:
    """A birthday without a year (`--0415`) is no date that can be kept."""
    return "" if value.startswith("--") else value
