"""Whole numbers, decimal numbers and money.

`1.234` is a thousand in Berlin and a fraction in Boston. Each column has one decimal mark, found over the
column; a cell that contradicts it is an error, never a wrong number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from babel.numbers import list_currencies

from rapport.imports.reading.values.converting import Converted, Misfit, by_value, patched, trimmed

Mark = Literal["", ".", ","]

LARGEST_MINOR = 10**15
_SIGNS = ["R$", "US$", "A$", "AU$", "C$", "CA$", "HK$", "NZ$", "S$", "MX$", "kr.", "kr", "Fr.", "Fr", "Rs.", "Rs", "zł"]
_SIGNS += ["Kč", "Ft", "lei", "лв", "руб.", "руб", *"$€£¥₹₽₺₩₪฿₫₴₦₱₡₲₵"]
_BODY = r"(\d[\d.,'’\s]*|[.,]\d+)"
_SPREADSHEET = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_SPACES = re.compile(r"[\s'’]")
_GROUPED = {
    "": re.compile(r"\d+"),
    ".": re.compile(r"\d{1,3}(?:\.\d{2,3})*\.\d{3}"),
    ",": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}"),
}
_SPACED = re.compile(r"\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d*)?|\d+(?:[.,]\d*)*|[.,]\d+")


@cache
def _amount() -> re.Pattern[str]:
    """How an amount is written; made for the first one, because it takes a fifth of a second."""
    sign = f"(?:{'|'.join(map(re.escape, [*_SIGNS, *sorted(list_currencies())]))})?"
    return re.compile(rf"([+-]?)\s*{sign}\s*([+-]?)\s*{_BODY}\s*(-?)\s*{sign}")


def evidence(cells: Iterable[str]) -> tuple[int, int]:
    """How many cells can only be read with a decimal point, and how many only with a decimal comma."""
    point = comma = 0
    for cell in cells:
        mark = _mark_of(cell)
        point += mark == "."
        comma += mark == ","
    return point, comma


def decimal_mark(cells: Iterable[str]) -> Mark:
    """The decimal mark of a column; empty when no cell tells."""
    point, comma = evidence(cells)
    return "" if point == comma == 0 else "." if point >= comma else ","


def _mark_of(cell: str) -> Mark:
    """The decimal mark that a cell must have: empty when it has none or could have either."""
    body = "".join(character for character in cell if character in "0123456789.,")
    last = max(body.rfind("."), body.rfind(","))
    if last < 0:
        return ""
    mark: Mark = "." if body[last] == "." else ","
    other: Mark = "," if mark == "." else "."
    if other in body[:last]:
        return mark
    if body.count(mark) > 1:
        return other
    whole, fraction = body[:last], body[last + 1 :]
    ambiguous = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return "" if ambiguous else mark


def number(cell: str, mark: Mark) -> Decimal:
    """One amount as written by a person, currency signs and grouping allowed.

    `(5)` and `5-` are negative. Raises Misfit: amount, amount-style, amount-ambiguous, amount-spreadsheet.
    """
    text = cell.replace("\u2212", "-").replace("\u2013", "-").strip()
    if _SPREADSHEET.fullmatch(text):
        raise Misfit("amount-spreadsheet")
    negative = text.startswith("(") and text.endswith(")")
    found = _amount().fullmatch(text[1:-1].strip() if negative else text)
    if found is None or not _SPACED.fullmatch(found[3].strip()):
        raise Misfit("amount")
    signs = [found[1], found[2], found[4], "-" if negative else ""].count("-")
    if signs > 1:
        raise Misfit("amount")
    value = Decimal(_plain(_SPACES.sub("", found[3]), mark))
    return -value if signs else value


def _plain(body: str, mark: Mark) -> str:
    """Digits with a decimal point, from digits with grouping and either mark."""
    own = _mark_of(body)
    if not mark:
        if own == "" and ("." in body or "," in body):
            raise Misfit("amount-ambiguous")
        mark = own
    elif own and own != mark:
        raise Misfit("amount-style", {"detail": mark})
    whole, _, fraction = body.partition(mark) if mark else (body, "", "")
    group = "" if whole.isdigit() or not whole else "," if mark == "." else "."
    if (whole and not _GROUPED[group].fullmatch(whole)) or (fraction and not fraction.isdigit()):
        raise Misfit("amount")
    return f"{whole.replace(group, '') if group else whole or '0'}.{fraction or '0'}"


def integers(column: pa.StringArray, mark: Mark = "") -> Converted:
    """Whole numbers as int64; `12.0` is one, `12.5` is not."""
    column = trimmed(column)
    plain = pc.match_substring_regex(column, r"^-?\d{1,15}$")
    return patched(column, plain, lambda cells: cells.cast(pa.int64()), lambda cell: _whole(cell, mark), pa.int64())


def _whole(cell: str, mark: Mark) -> int:
    try:
        value = number(cell, mark or ".")
    except Misfit as misfit:
        raise Misfit("integer") from misfit
    if value != value.to_integral_value():
        raise Misfit("integer")
    if abs(value) > LARGEST_MINOR:
        raise Misfit("number-range")
    return int(value)


def decimals(column: pa.StringArray, mark: Mark, places: int = 6) -> Converted:
    """Decimal numbers as decimal128(20, `places`), for quantities and unit prices."""
    column = trimmed(column)
    kind = pa.decimal128(20, places)

    def scalar(cell: str) -> Decimal:
        value = number(cell, mark)
        if abs(value) >= Decimal(10) ** (19 - places):
            raise Misfit("number-range")
        return round(value, places)

    shown = mark or "."
    plain = pc.match_substring_regex(column, _plain_pattern(mark, places))
    return patched(column, plain, lambda cells: _pointed(cells, shown).cast(kind), scalar, kind)


def minor_units(column: pa.StringArray, mark: Mark, exponent: int, currency: str = "") -> Converted:
    """Money as int64 in the smallest unit; `exponent` is the number of decimals that the currency has.

    An amount with more decimals (other than zeros) is an error.
    """
    column = trimmed(column)

    def scalar(cell: str) -> int:
        value = number(cell, mark).scaleb(exponent)
        if value != value.to_integral_value():
            raise Misfit("amount-fraction", {"detail": currency})
        if abs(value) > LARGEST_MINOR:
            raise Misfit("number-range")
        return int(value)

    def fast(cells: pa.StringArray) -> pa.Array:
        # Exact: 15 digits at most, so that the error of the product stays far below one half.
        return pa.array(np.rint(_pointed(cells, mark or ".").cast(pa.float64()).to_numpy() * 10**exponent), pa.int64())

    plain = pc.match_substring_regex(column, _plain_pattern(mark, exponent))
    return patched(column, plain, fast, scalar, pa.int64())


def _plain_pattern(mark: Mark, places: int) -> str:
    """Cells with nothing to think about: digits, and the column's mark with a fraction."""
    if not mark or not places:
        return r"^-?\d{1,12}$"
    return rf"^-?\d{{1,12}}(?:{re.escape(mark)}\d{{1,{min(places, 6)}}})?$"


def _pointed(cells: pa.StringArray, mark: str) -> pa.StringArray:
    return cells if mark == "." else pc.replace_substring(cells, mark, ".")


def scores(column: pa.StringArray, lowest: int, highest: int) -> Converted:
    """Scores as int64 from `lowest` to `highest`; `4/5` and `4.0` are read as 4."""

    def scalar(cell: str) -> int:
        try:
            value = _whole(re.sub(rf"\s*/\s*{highest}$", "", cell), ".")
        except Misfit:
            raise Misfit("score", {"detail": f"{lowest} to {highest}"}) from None
        if not lowest <= value <= highest:
            raise Misfit("score", {"detail": f"{lowest} to {highest}"})
        return value

    return by_value(column, scalar, pa.int64())
