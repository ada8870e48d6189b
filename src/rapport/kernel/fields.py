"""Custom fields: what the firm added to a noun, checked by its declared type and kept in the `custom` column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from rapport.kernel.models import CustomField
from rapport.kernel.remembered import Remembered

Value = str | int | float | bool | list[str] | dict[str, Any] | None
MAX_TEXT = 10_000
MIN_DIGITS = 4
MEASURED = frozenset({CustomField.Type.TEXT, CustomField.Type.LONG_TEXT})
BOUNDED = MEASURED | {CustomField.Type.NUMBER, CustomField.Type.PERCENT}
_PHONE = re.compile(r"\+?[\d\s().\-/]+(?:(?:ext\.?|x|#)\s*\d+)?", re.IGNORECASE)


class InvalidField(ValueError):
    """A value that its custom field does not take; `key` names the field."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


_live = Remembered(lambda: tuple(CustomField.objects.filter(archived_at__isnull=True)), CustomField)


def declared(noun: str) -> QuerySet[CustomField]:
    """Return the live custom fields of `noun` in their order."""
    return CustomField.objects.filter(noun=noun, archived_at__isnull=True)


def live(noun: str) -> list[CustomField]:
    """Return the live custom fields of `noun` as they are remembered, in their order."""
    return [field for field in _live() if field.noun == noun]


def clean(noun: str, values: Mapping[str, Any], *, partial: bool = False) -> dict[str, Value]:
    """Return `values` as JSON holds them, checked against the fields declared for `noun`.

    With `partial`, required fields may be left out. Raises `InvalidField` for the first value that does not fit.
    """
    known = {field.key: field for field in live(noun)}
    for key in values:
        if key not in known:
            raise InvalidField(key, _("There is no field %(key)s.") % {"key": key})
    result: dict[str, Value] = {}
    for key, field in known.items():
        if partial and key not in values:
            continue
        value = values.get(key, field.default)
        if value in (None, "", []):
            if field.required:
                raise InvalidField(key, _("%(label)s is needed.") % {"label": field.label})
            continue
        result[key] = checked(field, value)
    return result


def checked(field: CustomField, value: Any) -> Value:
    """Return a value as JSON holds it, of the field's type and within its bounds. Raises `InvalidField`."""
    made = _CLEANERS[CustomField.Type(field.type)](field, value)
    if field.type in BOUNDED and (field.minimum is not None or field.maximum is not None):
        _within(field, len(made) if isinstance(made, str) else made)
    return made


def _within(field: CustomField, size: Any) -> None:
    least, most = field.minimum, field.maximum
    if (least is None or size >= least) and (most is None or size <= most):
        return
    said = {"label": field.label, "least": _bound(least), "most": _bound(most)}
    if field.type in MEASURED:
        raise InvalidField(field.key, _("%(label)s must have %(least)s to %(most)s characters.") % said)
    raise InvalidField(field.key, _("%(label)s must be from %(least)s to %(most)s.") % said)


def _bound(bound: float | None) -> str:
    return "…" if bound is None else f"{bound:g}"


def _text(field: CustomField, value: Any) -> Value:
    text = str(value).replace("\x00", "").strip()
    if len(text) > MAX_TEXT:
        raise InvalidField(field.key, _("%(label)s is too long.") % {"label": field.label})
    return text


def _number(field: CustomField, value: Any) -> Value:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidField(field.key, _("%(label)s must be a number.") % {"label": field.label})
    return int(number) if number == number.to_integral_value() else float(number)


def _money(field: CustomField, value: Any) -> Value:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidField(field.key, _("%(label)s must be in whole minor units.") % {"label": field.label})
    return value


def _boolean(field: CustomField, value: Any) -> Value:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"true", "yes", "1", "on"}:
        return True
    if word in {"false", "no", "0", "off"}:
        return False
    raise InvalidField(field.key, _("%(label)s must be yes or no.") % {"label": field.label})


def _date(field: CustomField, value: Any) -> Value:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise InvalidField(field.key, _("%(label)s must be a date.") % {"label": field.label}) from error


def _datetime(field: CustomField, value: Any) -> Value:
    """A moment without an offset is taken for UTC: conditions compare moments, which need one."""
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    except ValueError as error:
        raise InvalidField(field.key, _("%(label)s must be a date and time.") % {"label": field.label}) from error


def _choice(field: CustomField, value: Any) -> Value:
    if value not in field.options:
        raise InvalidField(field.key, _("%(label)s has no such choice.") % {"label": field.label})
    return str(value)


def _choices(field: CustomField, value: Any) -> Value:
    chosen = value if isinstance(value, list) else [value]
    return [str(_choice(field, one)) for one in chosen]


def _url(field: CustomField, value: Any) -> Value:
    text = str(_text(field, value))
    if urlsplit(text).scheme not in {"http", "https"}:
        raise InvalidField(field.key, _("%(label)s must be a web address.") % {"label": field.label})
    return text


def _email(field: CustomField, value: Any) -> Value:
    try:
        return str(validate_email(str(value).strip(), check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise InvalidField(field.key, _("%(label)s must be an e-mail address.") % {"label": field.label}) from error


def _phone(field: CustomField, value: Any) -> Value:
    text = str(_text(field, value))
    if not _PHONE.fullmatch(text) or sum(char.isdigit() for char in text) < MIN_DIGITS:
        raise InvalidField(field.key, _("%(label)s must be a phone number.") % {"label": field.label})
    return text


def _rating(field: CustomField, value: Any) -> Value:
    number = _number(field, value)
    if number not in range(1, 6):
        raise InvalidField(field.key, _("%(label)s must be from 1 to 5.") % {"label": field.label})
    return number


_CLEANERS: dict[CustomField.Type, Callable[[CustomField, Any], Value]] = {
    CustomField.Type.TEXT: _text,
    CustomField.Type.LONG_TEXT: _text,
    CustomField.Type.NUMBER: _number,
    CustomField.Type.MONEY: _money,
    CustomField.Type.BOOLEAN: _boolean,
    CustomField.Type.DATE: _date,
    CustomField.Type.DATETIME: _datetime,
    CustomField.Type.CHOICE: _choice,
    CustomField.Type.CHOICES: _choices,
    CustomField.Type.URL: _url,
    CustomField.Type.EMAIL: _email,
    CustomField.Type.PHONE: _phone,
    CustomField.Type.PERCENT: _number,
    CustomField.Type.RATING: _rating,
}
