"""Values in the text form: how they are read off the words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import ValidationError

from rapport.kernel.conditions import values
from rapport.kernel.conditions.errors import ConditionError, NotUnderstood, WrongValue
from rapport.kernel.conditions.lexing import Token
from rapport.kernel.conditions.values import UNITS

_DAY_UNITS = frozenset({"day", "week", "month", "quarter", "year"})
_WHICH = {"last": "previous", "this": "this", "next": "following"}
RESERVED = frozenset(
    {"and", "or", "not", "everything", "did", "has", "where", "any", "all", "times", "time", "exactly", "to"}
    | {"within", "between", "in", "is", "on", "before", "after", "contains", "starts", "ends", "with", "empty"}
    | {"anniversary", "at", "least", "most"}
)


STARTS = frozenset({"and", "or", "not", "did", "everything"})
"""What can stand where a field does, and so can't be the name of one."""


class Words:
    """The words still to be read."""

    def __init__(self, found: list[Token], zone: str) -> None:
        self.tokens = found
        self.zone = ZoneInfo(zone)
        self.index = 0

    @property
    def next(self) -> Token:
        """The next word."""
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        """Return a later word, or the end."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.next
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def took(self, *wanted: str) -> bool:
        """Go past the words or signs `wanted` when all of them come next."""
        for ahead, text in enumerate(wanted):
            token = self.peek(ahead)
            if token.word != text and (token.sort != "sign" or token.text != text):
                return False
        self.index += len(wanted)
        return True

    def need(self, wanted: str) -> None:
        """Go past `wanted`, or raise `NotUnderstood`."""
        if not self.took(wanted):
            raise self.wrong(_("“%(wanted)s” is missing") % {"wanted": wanted})

    def wrong(self, message: str) -> NotUnderstood:
        """Return the error that `message` says of the next word."""
        found = self.next
        if found.sort == "end":
            return NotUnderstood(_("%(problem)s at the end.") % {"problem": message}, found.at)
        return NotUnderstood(
            _("%(problem)s before “%(found)s”.") % {"problem": message, "found": found.text[:40]}, found.at
        )


def built(words: Words, at: int, make: Callable[[], Any]) -> Any:
    """Return the value that `make` makes; what it refuses becomes an error at its place."""
    try:
        return make()
    except ConditionError:
        raise
    except (ValidationError, ValueError) as error:
        raise WrongValue(
            _("“%(text)s” is no value.") % {"text": words.tokens[words.index - 1].text[:40]}, at
        ) from error


def single(words: Words) -> values.Single:
    """Read one value that is not a period."""
    token = words.take()
    at = token.at
    if token.sort == "text":
        return cast("str", built(words, at, lambda: _text(token.string())))
    if token.sort == "number" or (token.text == "-" and words.next.sort == "number"):
        return _number(words, token)
    if token.sort == "day":
        return cast("values.Day", built(words, at, lambda: values.Day(on=date.fromisoformat(token.text))))
    if token.sort == "moment":
        return cast("values.Instant", built(words, at, lambda: _instant(words, token.text)))
    if token.word and token.word not in RESERVED:
        return _word(words, token)
    words.index -= 1 if token.sort != "end" else 0
    raise words.wrong(_("A value is missing"))


def _text(raw: str) -> str:
    if len(raw) > values.MAX_TEXT:
        raise ValueError("too long")
    return values.storable(raw)


def _number(words: Words, token: Token) -> values.Single:
    sign = -1 if token.text == "-" else 1
    digits = words.take().text if sign < 0 else token.text
    amount = built(words, token.at, lambda: values.number(sign * Decimal(digits)))
    after = words.next
    unit = _unit(after.word)
    if unit:
        words.take()
        return cast("values.Length", built(words, token.at, lambda: values.Length(n=amount, unit=cast("Any", unit))))
    if after.sort == "word" and len(after.text) == 3 and after.text.isascii() and after.text.isupper():
        words.take()
        return cast("values.Amount", built(words, token.at, lambda: values.Amount(amount=amount, currency=after.text)))
    return cast("int | Decimal", amount)


def _instant(words: Words, text: str) -> values.Instant:
    at = datetime.fromisoformat(text)
    return values.Instant(at=at if at.tzinfo else at.replace(tzinfo=words.zone))


def _word(words: Words, token: Token) -> values.Single:
    word = token.word
    if word in {"true", "yes", "false", "no"}:
        return word in {"true", "yes"}
    if word == "me":
        return values.Me()
    if word == "my" and words.took("team"):
        return values.MyTeam()
    if word in {"yesterday", "tomorrow"}:
        return values.Today(shift=-1 if word == "yesterday" else 1)
    if word in {"today", "now"}:
        return _relative(words, word, token.at)
    return cast("str", built(words, token.at, lambda: _text(token.text)))


def _relative(words: Words, word: str, at: int) -> values.Today | values.Now:
    sign = 1 if words.took("+") else -1 if words.took("-") else 0
    if sign == 0:
        return values.Today() if word == "today" else values.Now()
    shift, unit = _counted(words)
    make = values.Today if word == "today" else values.Now
    return cast("values.Today", built(words, at, lambda: make(shift=sign * shift, unit=cast("Any", unit))))


def _counted(words: Words) -> tuple[int, str]:
    count = whole(words)
    unit = _unit(words.next.word)
    if not unit:
        raise words.wrong(_("A unit, such as days, is missing"))
    words.take()
    return count, unit


def whole(words: Words) -> int:
    """Read a whole number."""
    if words.next.sort != "number" or "." in words.next.text:
        raise words.wrong(_("A whole number is missing"))
    return int(words.take().text[:12])


def _unit(word: str) -> str:
    name = word.removesuffix("s")
    return name if name in UNITS else ""


def period(words: Words) -> values.Period:
    """Read a period: last 7 days, next month, this week, 30 days, 2024-01-01 to today."""
    at = words.next.at
    word = words.next.word
    if word in _WHICH:
        words.take()
        if words.next.sort != "number":
            unit = _unit(words.next.word)
            if unit not in _DAY_UNITS:
                raise words.wrong(_("A number or a unit, such as month, is missing"))
            words.take()
            return values.Calendar(which=cast("Any", _WHICH[word]), unit=cast("Any", unit))
        if word == "this":
            raise words.wrong(_("A unit, such as month, is missing"))
        return _rolling(words, values.Next if word == "next" else values.Last, at)
    if words.next.sort == "number":
        return _rolling(words, values.Last, at)
    start = moment(words)
    words.need("to")
    return values.Span(start=start, end=moment(words))


def _rolling(words: Words, make: type[values.Last] | type[values.Next], at: int) -> values.Last | values.Next:
    count, unit = _counted(words)
    return cast("values.Last", built(words, at, lambda: make(n=count, unit=cast("Any", unit))))


def moment(words: Words) -> values.Moment:
    """Read a day or a moment."""
    at = words.next.at
    found = single(words)
    if not isinstance(found, values.MOMENTS):
        raise WrongValue(_("A day or a moment is needed here, such as 2024-05-31 or today."), at)
    return found
