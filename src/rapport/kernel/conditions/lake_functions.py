"""What the lake's engine (DuckDB) needs beyond Ibis to fold text and to read JSON by the same rules as the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.kernel.conditions.json_sql import DATE, MOMENT, NUMBER
from rapport.kernel.conditions.registry import Type
from rapport.kernel.folding import ALIKE, DOUBLE, LETTERS, MARKS, composed

_EASY = r"[^\x{0}-\x{337}\x{339}-\x{58f}\x{1e00}-\x{20cf}]"
_FOLDED = LETTERS | composed()
_FROM, _TO = "".join(_FOLDED) + MARKS, "".join(_FOLDED.values())
_NUMERIC = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE")


def _builtin(name: str, takes: tuple[str, ...], gives: str) -> Callable[..., Any]:
    """Return the engine's function `name` for use in expressions."""

    def one(first: Any) -> Any: ...

    def two(first: Any, second: Any) -> Any: ...

    make: Any = ibis.udf.scalar.builtin(name=name, signature=(takes, gives))
    known: Callable[..., Any] = make(one if len(takes) == 1 else two)
    return known


_strip_accents = _builtin("strip_accents", ("string",), "string")
_nfc = _builtin("nfc_normalize", ("string",), "string")
_bytes = _builtin("strlen", ("string",), "int64")
_json_text = _builtin("json_extract_string", ("string", "string"), "string")
_json_texts = _builtin("json_extract_string", ("string", "string"), "array<string>")
_json_type = _builtin("json_type", ("string", "string"), "string")
_in_zone = _builtin("timezone", ("string", "timestamp('UTC')"), "timestamp")
_instant = _builtin("make_timestamptz", ("int64",), "timestamp('UTC')")


def instant(at: dt.datetime) -> Any:
    """Return a moment as a literal, to the microsecond."""
    return _instant((at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1))


def folded(text: Any) -> Any:
    """Return a text column as it is compared (see `folding`).

    Text in ASCII is only made small. In the cased scripts the engine's own functions do the same as the table; only
    text that mixes in other scripts goes through the table, which is slow (30 µs a row).
    """
    easy = _strip_accents(_nfc(text)).lower()
    hard = _nfc(_nfc(text).translate(_FROM, _TO))
    small = ibis.cases((text.re_search(_EASY), hard), else_=easy)
    small = small.translate("".join(ALIKE), "".join(ALIKE.values()))
    for letter, pair in DOUBLE.items():
        small = small.replace(letter, pair)
    return ibis.cases((_bytes(text) == text.length(), text.lower()), else_=small)


def local_day(at: Any, zone: str) -> Any:
    """Return the local time of a column of moments."""
    return _in_zone(zone, at)


def json_column(data: Any, key: str, kind: Type) -> Any:
    """Return the value under `key` of a column of JSON objects, null when there is none of that type."""
    data = data.cast("string")
    path = f"$.{key}"
    found, sort = _json_text(data, path), _json_type(data, path)
    string = sort == "VARCHAR"
    if kind is Type.CHOICES:
        return ibis.cases((sort == "ARRAY", _json_texts(data, f"{path}[*]")))
    if kind is Type.BOOLEAN:
        return ibis.cases((sort == "BOOLEAN", found == "true"))
    if kind in {Type.NUMBER, Type.MONEY, Type.DURATION}:
        number = found.try_cast("float64")
        return ibis.cases(
            (sort.isin(_NUMERIC) & (number.abs() < 1e15), number), (string & found.re_search(NUMBER), number)
        )
    if kind is Type.DATE:
        return ibis.cases((string & found.re_search(DATE), found.try_cast("date")))
    if kind is Type.DATETIME:
        return ibis.cases((string & found.re_search(MOMENT), found.try_cast("timestamp('UTC')")))
    return ibis.cases((string, found))


def holds_any(found: ir.ArrayValue, values: tuple[Any, ...]) -> Any:
    """Return whether a list holds one of the values."""
    return ibis.or_(*(found.contains(value) for value in values))


def holds_all(found: ir.ArrayValue, values: tuple[Any, ...]) -> Any:
    """Return whether a list holds all of the values."""
    return ibis.and_(*(found.contains(value) for value in values))
