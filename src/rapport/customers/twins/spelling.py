"""Names that sound or look alike: a skeleton under which spellings meet, and how alike two words are."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

ALIKE = 0.9
_SOUNDS = (
    ("sch", "s"), ("ph", "f"), ("ck", "k"), ("th", "t"), ("dt", "t"), ("tz", "z"), ("ts", "z"), ("qu", "k"),
    ("ch", "k"), ("kh", "k"), ("ks", "x"), ("ie", "i"), ("ey", "i"), ("ei", "i"), ("ai", "i"), ("ay", "i"),
    ("oe", "o"), ("ue", "u"), ("ae", "a"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("y", "i"), ("j", "i"), ("v", "f"),
    ("w", "f"), ("c", "k"), ("q", "k"), ("z", "s"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_WEAK = re.compile(r"[aeiouh]")
_LONGEST = 6


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """Return the consonants that a folded word sounds by: meyer, maier and mayer meet, as do smith and smyth."""
    for spelt, sound in _SOUNDS:
        word = word.replace(spelt, sound)
    word = _TWICE.sub(r"\1", word)
    return (word[:1] + _WEAK.sub("", word[1:]))[:_LONGEST]


def alike(one: str, other: str) -> bool:
    """Whether two folded words are spelt or sound nearly the same; short ones must be equal."""
    if one == other:
        return True
    if min(len(one), len(other)) < 3:
        return False
    if JaroWinkler.similarity(one, other) >= ALIKE:
        return True
    return one[0] == other[0] and skeleton(one) == skeleton(other) and abs(len(one) - len(other)) <= 2
