"""What changed between two writings of a text, line by line and word by word. No database here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
KEPT = 3  # unchanged lines shown around a change


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line that is the same, added or removed."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison: its kind ("changed" when only some pieces differ) and its pieces."""

    kind: Literal["same", "added", "removed", "changed", "gap"]
    pieces: tuple[Piece, ...]


def compared(before: str, after: str) -> list[Line]:
    """Return what became of each line of `before` in `after`; long unchanged stretches are left out as a gap."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [Line("same", (Piece("same", text),)) for text in old[a:b]]
        elif tag == "replace" and b - a == d - c:
            lines += [_changed(x, y) for x, y in zip(old[a:b], new[c:d], strict=True)]
        else:
            lines += [Line("removed", (Piece("removed", text),)) for text in old[a:b]]
            lines += [Line("added", (Piece("added", text),)) for text in new[c:d]]
    return list(_without_long_stretches(lines))


def before_of(lines: list[Line]) -> str:
    """Return the text before, from a comparison without gaps."""
    return "\n".join(_joined(line, "added") for line in lines if line.kind != "added")


def after_of(lines: list[Line]) -> str:
    """Return the text after, from a comparison without gaps."""
    return "\n".join(_joined(line, "removed") for line in lines if line.kind != "removed")


def _joined(line: Line, without: Kind) -> str:
    return "".join(piece.text for piece in line.pieces if piece.kind != without)


def _changed(before: str, after: str) -> Line:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("added", "".join(new[c:d])))
    return Line("changed", tuple(pieces))


def _without_long_stretches(lines: list[Line]) -> Iterator[Line]:
    changes = [place for place, line in enumerate(lines) if line.kind != "same"]
    near = {place + step for place in changes for step in range(-KEPT, KEPT + 1)}
    skipping = False
    for place, line in enumerate(lines):
        if place in near or not changes:
            skipping = False
            yield line
        elif not skipping:
            skipping = True
            yield Line("gap", ())
