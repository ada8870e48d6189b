"""The values a condition can hold: plain ones, and those that only a context turns into one (today, me).

Plain values are text, whole or decimal numbers and booleans; a list of values is a tuple. Everything else is a small
frozen model with a `kind`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Strict,
    Tag,
    model_validator,
)

MAX_TEXT = 500
MAX_LIST = 500
MAX_SHIFT = 40_000
FIRST_YEAR, LAST_YEAR = 1000, 9000

Unit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
DayUnit = Literal["day", "week", "month", "quarter", "year"]
LengthUnit = Literal["second", "minute", "hour", "day", "week"]
UNITS: tuple[str, ...] = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
CLOCK_UNITS = frozenset({"second", "minute", "hour"})


def number(raw: Any) -> int | Decimal:
    """Return a finite number of at most 15 digits, 6 of them decimals: int when whole, else Decimal.

    Raises `ValueError` for anything else, so that every engine can hold it exactly.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise ValueError("not a number")
    exact = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not exact.is_finite() or abs(exact) >= 10**15:
        raise ValueError("numbers have at most 15 digits")
    if exact == exact.to_integral_value():
        return int(exact)
    exact = exact.normalize()
    digits = exact.as_tuple()
    if len(digits.digits) > 15 or not isinstance(digits.exponent, int) or digits.exponent < -6:
        raise ValueError("numbers have at most 15 digits, 6 of them decimals")
    return exact


def storable(raw: str) -> str:
    """Return `raw`, or raise `ValueError` when no database can hold it: a NUL, half a surrogate pair."""
    if "\x00" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
        raise ValueError("text holds a character that can't be stored")
    return raw


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _in_utc(at: datetime) -> datetime:
    _within_years(at.date())
    return at.astimezone(UTC)


def _json_number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)


Number = Annotated[int | Decimal, BeforeValidator(number), PlainSerializer(_json_number, when_used="json")]
Text = Annotated[str, Strict(), Field(max_length=MAX_TEXT), AfterValidator(storable)]
Shift = Annotated[int, Strict(), Field(ge=-MAX_SHIFT, le=MAX_SHIFT)]
Count = Annotated[int, Strict(), Field(ge=1, le=MAX_SHIFT)]


class Frozen(BaseModel):
    """A model that is a value: equal by content, hashable, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Me(Frozen):
    """The user who looks."""

    kind: Literal["me"] = "me"


class MyTeam(Frozen):
    """The users of the teams of the user who looks, that user included."""

    kind: Literal["my_team"] = "my_team"


class Day(Frozen):
    """A day of the calendar."""

    kind: Literal["day"] = "day"
    on: Annotated[date, AfterValidator(_within_years)]


class Instant(Frozen):
    """A moment in time, with its zone."""

    kind: Literal["instant"] = "instant"
    at: Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Moved(Frozen):
    """A moment moved by some units; moved by none, its unit says nothing and becomes the usual one."""

    shift: Shift = 0

    @model_validator(mode="before")
    @classmethod
    def _no_idle_unit(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("shift", 0) == 0:
            return {key: value for key, value in raw.items() if key != "unit"}
        return raw


class Today(Moved):
    """The day it is, in the zone of who looks, moved by some units."""

    kind: Literal["today"] = "today"
    unit: DayUnit = "day"


class Now(Moved):
    """The moment it is, moved by some units."""

    kind: Literal["now"] = "now"
    unit: Unit = "hour"


class Amount(Frozen):
    """An amount of a currency, in major units (12.50 GBP)."""

    kind: Literal["amount"] = "amount"
    amount: Number
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Length(Frozen):
    """A length of time."""

    kind: Literal["length"] = "length"
    n: Annotated[int, Strict(), Field(ge=0, le=10**9)]
    unit: LengthUnit


class Last(Frozen):
    """The n units up to and with today; minutes and hours up to now."""

    kind: Literal["last"] = "last"
    n: Count
    unit: Unit


class Next(Frozen):
    """The n units from today on, today included; minutes and hours from now on."""

    kind: Literal["next"] = "next"
    n: Count
    unit: Unit


class Calendar(Frozen):
    """A whole unit of the calendar: the one before, this one, or the one after."""

    kind: Literal["calendar"] = "calendar"
    which: Literal["previous", "this", "following"]
    unit: DayUnit


Moment: TypeAlias = Annotated[Day | Instant | Today | Now, Field(discriminator="kind")]


class Span(Frozen):
    """From one moment to another, both included; a day counts whole."""

    kind: Literal["span"] = "span"
    start: Moment
    end: Moment


Period: TypeAlias = Annotated[Last | Next | Calendar | Span, Field(discriminator="kind")]


def _sort(raw: Any) -> str:
    """Return the tag under which pydantic reads a value."""
    if isinstance(raw, bool):
        return "boolean"
    if isinstance(raw, int | float | Decimal):
        return "number"
    if isinstance(raw, str):
        return "text"
    if isinstance(raw, list | tuple):
        return "list"
    kind = raw.get("kind") if isinstance(raw, dict) else getattr(raw, "kind", None)
    return str(kind)


_One = (
    Annotated[Text, Tag("text")]
    | Annotated[bool, Strict(), Tag("boolean")]
    | Annotated[Number, Tag("number")]
    | Annotated[Me, Tag("me")]
    | Annotated[MyTeam, Tag("my_team")]
    | Annotated[Day, Tag("day")]
    | Annotated[Instant, Tag("instant")]
    | Annotated[Today, Tag("today")]
    | Annotated[Now, Tag("now")]
    | Annotated[Amount, Tag("amount")]
    | Annotated[Length, Tag("length")]
)
Single = Annotated[_One, Discriminator(_sort)]
Value = Annotated[
    _One
    | Annotated[Last, Tag("last")]
    | Annotated[Next, Tag("next")]
    | Annotated[Calendar, Tag("calendar")]
    | Annotated[Span, Tag("span")]
    | Annotated[tuple[Single, ...], Field(max_length=MAX_LIST), Tag("list")],
    Discriminator(_sort),
]
MOMENTS = (Day, Instant, Today, Now)
PERIODS = (Last, Next, Calendar, Span)
