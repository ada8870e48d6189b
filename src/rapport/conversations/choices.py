"""Answers to choose from with a click: the last line of a message, when it is nothing but [these] [ones].

They are plain words of the message, so texts, macros and rules offer them too, and a mail or a transcript reads well.
"""

from __future__ import annotations

import re

MOST = 6
LONGEST = 60
_LINE = re.compile(rf"(?:\[[^\[\]\n]{{1,{LONGEST}}}\][ \t]*){{1,{MOST}}}")
_ONE = re.compile(r"\[([^\[\]]+)\]")


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a message without its choices, and the choices; none when there is nothing to choose for."""
    before, _break, last = text.rstrip().rpartition("\n")
    if not before.strip() or not _LINE.fullmatch(last.strip()):
        return text, ()
    found = tuple(dict.fromkeys(one.strip() for one in _ONE.findall(last) if one.strip()))
    return (before.rstrip(), found) if found else (text, ())
