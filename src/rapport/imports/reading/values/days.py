"""Days and moments as people and programs write them.

`03/04/05` has a meaning only within its column: each column has one order of day, month and year, found
over the column. A moment without an offset is read in the organisation's time zone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from babel import Locale

from rapport.imports.reading.formats import DateOrder
from rapport.imports.reading.values.converting import Converted, Misfit, patched, trimmed

_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})")
_COMPACT = re.compile(r"(?:19|20|21)\d{6}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NAMED = re.compile(
    r"(\d{1,2})(?:\.|st|nd|rd|th)?[\s.-]+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?[\s-]+(?:de[l]?\s+)?(\d{4}|\d{2})"
)
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,12})\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[\s-]+([^\W\d_]{3,12})\.?[\s-]+(\d{1,2})")
_TIME = re.compile(
    r"(?:T|\s+|,\s*|\s+at\s+|\s+um\s+)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*"
    r"([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}(?::?\d{2})?|[+-]\d{2})?(?:\s*\([^)]*\))?\Z",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,?\s+(?=\d)")
_ISO_DAY = r"^\d{4}-\d{2}-\d{2}$"
_ISO_MOMENT = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?$"
_SERIAL_START = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zone
_DAYS_KEPT = 4096  # one day stands in many rows, with another time in each
_FIRST_SERIAL, _LAST_SERIAL = 10000, 80000
_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "nb", "fi", "cs", "ro", "tr", "hu")
_SHOWN = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}


@cache
def _months() -> dict[str, int]:
    """Month names in sixteen languages, whole and short, without full stops."""
    names: dict[str, int] = {"sept": 9}
    for language in reversed(_LANGUAGES):
        months = Locale(language).months
        for form in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                names |= {name.lower().rstrip("."): number for number, name in months[form][width].items()}
    return names


def order_evidence(cells: Iterable[str]) -> Counter[DateOrder]:
    """For each order of day, month and year, how many cells can be read in no other."""
    found: Counter[DateOrder] = Counter()
    for cell in cells:
        numeric = _NUMERIC.match(cell.strip())
        orders = _orders(numeric) if numeric else []
        if numeric and len(orders) == 1 and int(numeric[1]) != int(numeric[3]):
            found[orders[0]] += 1
    return found


def date_order(cells: Iterable[str]) -> DateOrder:
    """The order of a column; empty when no cell tells."""
    found = order_evidence(cells)
    return max(found, key=lambda order: found[order], default="")


def _orders(numeric: re.Match[str]) -> list[DateOrder]:
    """The orders in which three numbers can be read; one stands for all that mean the same day."""
    first, second, third = int(numeric[1]), int(numeric[3]), int(numeric[4])
    if len(numeric[1]) > 2:
        return ["ymd"]
    if numeric[2] == "." or (second > 12 and first > 12):  # full stops: day first wherever they are used
        return ["dmy"]
    orders: list[DateOrder] = []
    if second <= 12 and first <= 31:
        orders.append("dmy")
    if first <= 12 and second <= 31 and (first != second or not orders):
        orders.append("mdy")
    if len(numeric[4]) <= 2 and len(numeric[1]) == 2 and third <= 31 and first > 31:
        orders.append("ymd")
    return orders


def day_and_time(cell: str, order: DateOrder, *, exact: bool = False) -> tuple[date, time | None, Any]:
    """A cell as day, time of day (None: no time) and offset (None: none written).

    Raises Misfit: date, date-impossible, date-order, date-ambiguous.
    """
    text = cell.strip()
    if _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return moment.date(), moment.time(), UTC
    if _SERIAL.fullmatch(text):
        return _serial(float(text))
    clock = _TIME.search(text)
    day = _day(text[: clock.start()] if clock else text, "ymd" if exact else order)
    if clock is None:
        return day, None, None
    return day, _time(clock), _offset(clock[6])


def _serial(days: float) -> tuple[date, time | None, None]:
    """A day as Excel counts: since 1899-12-30, the time of day as fraction."""
    if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
        raise Misfit("date")
    moment = _SERIAL_START + timedelta(seconds=round(days * 86400))
    return moment.date(), None if days.is_integer() else moment.time(), None


@lru_cache(_DAYS_KEPT)
def _day(text: str, order: DateOrder) -> date:
    text = text.strip().rstrip(",")
    if _COMPACT.fullmatch(text):
        return _real(int(text[:4]), int(text[4:6]), int(text[6:]))
    numeric = _NUMERIC.fullmatch(text)
    if numeric is not None:
        return _numeric_day(numeric, order)
    day = _named_day(text) or _named_day(_WEEKDAY.sub("", text))
    if day is not None:
        return day
    raise Misfit("date")


def _named_day(text: str) -> date | None:
    """A day whose month is a word; None when it is not written so."""
    if (named := _NAMED.fullmatch(text)) is not None:
        return _real(_year(named[3]), _month(named[2]), int(named[1]))
    if (named := _NAMED_FIRST.fullmatch(text)) is not None:
        return _real(int(named[3]), _month(named[1]), int(named[2]))
    if (named := _YEAR_FIRST.fullmatch(text)) is not None:
        return _real(int(named[1]), _month(named[2]), int(named[3]))
    return None


def _numeric_day(numeric: re.Match[str], order: DateOrder) -> date:
    possible = _orders(numeric)
    if not possible:
        raise Misfit("date-impossible")
    if len(possible) > 1 and not order:
        raise Misfit("date-ambiguous")
    same_both_ways = int(numeric[1]) == int(numeric[3]) and len(numeric[1]) <= 2
    if order and order not in possible and possible != ["ymd"] and numeric[2] != "." and not same_both_ways:
        raise Misfit("date-order", {"detail": _SHOWN[order]})
    used = order if order in possible else possible[0]
    parts = dict(zip(used, (numeric[1], numeric[3], numeric[4]), strict=True))
    return _real(_year(parts["y"]), int(parts["m"]), int(parts["d"]))


def _year(text: str) -> int:
    """Two digits are 1970 to 2069."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _month(name: str) -> int:
    month = _months().get(name.lower())
    if month is None:
        raise Misfit("date")
    return month


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Misfit("date-impossible") from None


def _time(clock: re.Match[str]) -> time:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = (clock[5] or "").lower().replace(".", "")
    if half and not 1 <= hour <= 12:
        raise Misfit("date-impossible")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, min(second, 59), int((clock[4] or "0").ljust(6, "0")[:6]))
    except ValueError:
        raise Misfit("date-impossible") from None


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0))
    if span >= timedelta(hours=24):
        raise Misfit("date-impossible")
    return timezone(-span if text[0] == "-" else span)


def days(column: pa.StringArray, order: DateOrder, latest: date | None = None) -> Converted:
    """Days as date32; the time of day is dropped. After `latest` a day is left out with a warning."""
    column = trimmed(column)

    def scalar(cell: str) -> date:
        day = day_and_time(cell, order)[0]
        if latest is not None and day > latest:
            raise Misfit("date-future", severity="warning")
        return day

    return patched(column, pc.match_substring_regex(column, _ISO_DAY), _fast_days(latest), scalar, pa.date32())


def _fast_days(latest: date | None) -> Any:
    def fast(cells: pa.StringArray) -> pa.Array | None:
        try:
            found = cells.cast(pa.date32())
        except pa.ArrowInvalid:
            return None
        return None if latest is not None and len(found) and pc.max(found).as_py() > latest else found

    return fast


def moments(column: pa.StringArray, order: DateOrder, zone: str, latest: datetime | None = None) -> Converted:
    """Moments as timestamps in UTC; without an offset they are read in `zone`, without a time as midnight there.

    After `latest` a moment is left out with a warning.
    """
    column = trimmed(column)
    place = ZoneInfo(zone)

    def scalar(cell: str) -> datetime:
        day, clock, offset = day_and_time(cell, order)
        moment = datetime.combine(day, clock or time(), offset or place).astimezone(UTC)
        if latest is not None and moment > latest:
            raise Misfit("date-future", severity="warning")
        return moment

    kind = pa.timestamp("us", "UTC")
    plain = pc.match_substring_regex(column, _ISO_MOMENT)
    return patched(column, plain, _fast_moments(zone, latest), scalar, kind)


def _fast_moments(zone: str, latest: datetime | None) -> Any:
    def fast(cells: pa.StringArray) -> pa.Array | None:
        try:
            local = cells.cast(pa.timestamp("us"))
            # A time skipped by the clocks is left to the slow path, which reads it with the old offset.
            found = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="raise")
        except (pa.ArrowInvalid, ValueError):
            return None
        found = found.cast(pa.timestamp("us", "UTC"))
        return None if latest is not None and len(found) and pc.max(found).as_py() > latest else found

    return fast
