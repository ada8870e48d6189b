"""Cells as text, both ways: what a grid shows of a value, and the value of what somebody typed or pasted.

A choice is read by its words as by its value, a number as the reader's language writes it, a day as ISO writes it or as
the reader's language does. What is shown is read back as the same value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.folding import fold
from rapport.staff.listing.nouns import Edit
from rapport.ui import formats

NO_SUCH = gettext_lazy("“%(typed)s” is none of the choices.")
NUMERIC = (forms.IntegerField, forms.FloatField, forms.DecimalField)
TRUE, FALSE = ("true", "1", "x", "✓"), ("false", "0")
OUTER = re.compile(r"^[^\d\-−.,]+|[^\d.,]+$")  # a currency's sign or a unit around a number


class CellText:
    """How the values of one column are written and read; made once for all cells of a request."""

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self.field = edit.field()

    @property
    def number(self) -> bool:
        """Whether the values are numbers."""
        return isinstance(self.field, NUMERIC)

    @property
    def options(self) -> list[str]:
        """The words to choose from, [] where anything may be written; "" is nothing."""
        if isinstance(self.field, forms.MultipleChoiceField):
            return []
        if isinstance(self.field, forms.NullBooleanField | forms.BooleanField):
            return ["", _("Yes"), _("No")]
        found = [words for words in self._words.values() if words]
        return found if self.field.required or not found else ["", *found]

    @cached_property
    def _rows(self) -> dict[str, Any]:
        """The rows of a choice among rows, by their keys."""
        if not isinstance(self.field, forms.ModelChoiceField):
            return {}
        return {str(one.pk): one for one in self.field.queryset or ()}

    @cached_property
    def _words(self) -> dict[str, str]:
        """The words of each value of a choice."""
        if isinstance(self.field, forms.ModelChoiceField):
            return {key: self.field.label_from_instance(one) for key, one in self._rows.items()}
        if isinstance(self.field, forms.ChoiceField):
            return {str(key): str(words) if key else "" for key, words in _flat(self.field.choices)}
        return {}

    def of(self, row: Any) -> str:
        """Return the cell of a row as text."""
        return self.text(self.edit.value(row))

    def text(self, value: Any) -> str:
        """Return a value as text."""
        value = self.field.prepare_value(value)
        if value is None or value == "":
            return ""
        if isinstance(self.field, forms.ModelChoiceField):
            return self._row_text(str(value))
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, list | tuple):
            return ", ".join(self._words.get(str(one), str(one)) for one in value)
        if self.number and isinstance(value, int | float | Decimal | str):
            return str(value).replace(".", _point())
        return self._words.get(str(value)) or _moment(self.field, value)

    def _row_text(self, key: str) -> str:
        """Return the words of a chosen row; of one that may not be chosen any more as well."""
        if key not in self._words:
            assert isinstance(self.field, forms.ModelChoiceField)
            assert self.field.queryset is not None
            gone = self.field.queryset.model._base_manager.filter(pk=key).first()
            self._words[key] = self.field.label_from_instance(gone) if gone else ""
        return self._words[key]

    def read(self, typed: str) -> Any:
        """Return the value of what was typed. Raises `ValidationError`."""
        typed, field = typed.strip(), self.field
        if isinstance(field, forms.ModelChoiceField):
            return self._row(typed)
        if isinstance(field, forms.MultipleChoiceField):
            return field.clean([self._key(one.strip()) for one in typed.split(",") if one.strip()])
        if isinstance(field, forms.ChoiceField):
            return field.clean(self._key(typed))
        if isinstance(field, forms.NullBooleanField | forms.BooleanField):
            return _truth(typed)
        if self.number:
            return field.clean(_plain_number(typed))
        return field.clean(typed)

    def _row(self, typed: str) -> Any:
        if not typed:
            if self.field.required:
                raise ValidationError(self.field.error_messages["required"])
            return None
        if typed == getattr(self.field, "empty_label", None):
            return None
        key = self._key(typed)
        if key not in self._rows:
            raise ValidationError(NO_SUCH, params={"typed": typed})
        return self._rows[key]

    def _key(self, typed: str) -> str:
        """Return the value whose words, or which itself, was typed, whatever its capitals and accents."""
        wanted = fold(typed)
        found = [key for key, words in self._words.items() if typed in {key, words}]
        found += [key for key, words in self._words.items() if wanted and wanted in {fold(words), fold(key)}]
        if not found and typed:
            raise ValidationError(NO_SUCH, params={"typed": typed})
        return found[0] if found else ""


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    """Yield key and words of each choice, those within groups too."""
    for key, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield key, words


def _point() -> str:
    return str(get_decimal_symbol(formats.locale()))


def _plain_number(typed: str) -> str:
    """Return a number as a form takes it from one as the reader's language writes it; what is none stays as it is."""
    bare = OUTER.sub("", typed).replace("−", "-")
    with suppress(NumberFormatError):
        return str(parse_decimal(bare, locale=formats.locale(), strict=True))
    return bare or typed


def _truth(typed: str) -> bool | None:
    word = fold(typed)
    if not word:
        return None
    for truth, words in ((True, (fold(_("Yes")), "yes", *TRUE)), (False, (fold(_("No")), "no", *FALSE))):
        if word in words:
            return truth
    raise ValidationError(NO_SUCH, params={"typed": typed})


def _moment(field: forms.Field, value: Any) -> str:
    """Return a day or a moment as ISO writes it, a moment in the reader's zone; anything else as it is."""
    if isinstance(field, forms.DateTimeField):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return f"{timezone.localtime(moment) if moment.tzinfo else moment:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
