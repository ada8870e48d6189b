"""Text is compared without regard to case and accents, by one rule that Python, PostgreSQL and DuckDB all follow.

1. Compose (Unicode NFC after removing the combining marks U+0300–U+036F and U+0483–U+0489 from the decomposed form):
   "É" becomes "E", "й" becomes "и". Marks of other scripts stay, for there they are letters, and so does U+0338, which
   only signs have: "≠" is not "=".
2. Small letters: Latin, Greek, Cyrillic, Armenian and full-width Latin ones, one for one; "ς" is "σ".
3. Letters that are not accented but alike: ß ss, æ ae, œ oe, þ th, ø o, đ d, ð d, ł l, ħ h, ŧ t, ŋ n, ı i.

Only code points older than any Unicode table in use take part, so versions do not matter.
"""

from __future__ import annotations

import unicodedata

from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable

_CASED = (range(0x80, 0x590), range(0x1E00, 0x2000), range(0xFF21, 0xFF3B))
_MARKS = (range(0x300, 0x338), range(0x339, 0x370), range(0x483, 0x48A))
ALIKE = {"ς": "σ", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i"}
DOUBLE = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}


def _letters() -> dict[str, str]:
    """Return each letter that decomposition leaves alone with the one small letter it becomes."""
    table = {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    for code in (code for span in _CASED for code in span):
        letter = chr(code)
        small = letter.lower()
        if unicodedata.normalize("NFD", letter) == letter and small != letter and len(small) == 1:
            table[letter] = small
    # "ẞ" and its like become a small letter first, which may itself be one of those that are alike
    return {letter: ALIKE.get(small, small) for letter, small in table.items()} | ALIKE


LETTERS = _letters()
MARKS = "".join(chr(code) for span in _MARKS for code in span)
_NO_MARKS = dict.fromkeys(map(ord, MARKS))
_SMALL = str.maketrans(LETTERS)


def fold(text: str) -> str:
    """Return `text` as it is compared: "Škoda GROẞ" becomes "skoda gross"."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text).translate(_NO_MARKS)
    small = unicodedata.normalize("NFC", bare).translate(_SMALL)
    for letter, pair in DOUBLE.items():
        small = small.replace(letter, pair)
    return small


def composed() -> dict[str, str]:
    """Return every accented letter of the cased scripts with its folded form, one character each."""
    table = {}
    for code in (code for span in _CASED for code in span):
        letter = chr(code)
        if letter not in MARKS and unicodedata.normalize("NFC", letter) == letter:
            folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", letter).translate(_NO_MARKS))
            folded = folded.translate(_SMALL)
            if folded != letter:
                table[letter] = folded
    return table


def function_sql() -> tuple[str, str]:
    """Return the SQL that makes PostgreSQL's `kernel_fold(text)`, immutable and so fit for indexes, and its undoing.

    Text in ASCII, and text that is ASCII once its accents are gone, never meets the long table of letters. The second
    function is called by its schema, because indexes are built with no schema but the system's in sight.
    """
    marks = "[\u0300-\u0337\u0339-\u036f\u0483-\u0489]+"
    small = f"translate(s, '{''.join(LETTERS)}', '{''.join(LETTERS.values())}')"
    for letter, pair in DOUBLE.items():
        small = f"replace({small}, '{letter}', '{pair}')"
    head = "language sql immutable strict parallel safe as $$ select case when octet_length(s) = length(s)"
    bare = f"normalize(regexp_replace(normalize(s, NFD), '{marks}', '', 'g'), NFC)"
    # The outer one is not strict, so that PostgreSQL puts its body in the place of each call: five times as fast.
    inlined = head.replace(" strict", "")
    make = (
        f"create or replace function public.kernel_fold_letters(s text) returns text {head}"
        f' then lower(s collate "C") else {small} end $$;\n'
        f"create or replace function public.kernel_fold(s text) returns text {inlined}"
        f' then lower(s collate "C") else public.kernel_fold_letters({bare}) end $$;'
    )
    return make, "drop function kernel_fold(text); drop function kernel_fold_letters(text);"


class Fold(Func):
    """`kernel_fold` over a text expression: use it in indexes so that text filters find them."""

    function = "kernel_fold"
    arity = 1

    def __init__(self, expression: Combinable | str) -> None:
        super().__init__(F(expression) if isinstance(expression, str) else expression, output_field=TextField())
