"""The inputs of custom fields, on whatever form they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from rapport.kernel.fields import live
from rapport.kernel.models import CustomField
from rapport.kernel.money import Money, decimals
from rapport.team.queries import organisation
from rapport.ui import formats
from rapport.ui.forms import DateInput, ManyChoices, MomentInput

PREFIX = "custom_"
NOTHING = ("", "–")


class MinorField(forms.DecimalField):
    """An amount in the firm's currency, typed in its major unit; the value is whole minor units, or None."""

    def __init__(self, **more: Any) -> None:
        self.currency = organisation().currency
        number = forms.NumberInput({"step": "any", "inputmode": "decimal"})
        super().__init__(max_digits=18, decimal_places=decimals(self.currency), widget=number, **more)

    def prepare_value(self, value: Any) -> Any:
        """Return stored minor units as they are typed."""
        return Money(value, self.currency).amount if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return the minor units; raises `ValidationError`."""
        amount: Decimal | None = super().clean(value)
        return None if amount is None else Money.of(amount, self.currency).minor


class MomentField(forms.DateTimeField):
    """A day and an hour in the reader's zone; a stored moment is ISO text."""

    widget = MomentInput

    def prepare_value(self, value: Any) -> Any:
        """Return a stored moment as it is typed."""
        if isinstance(value, str):
            try:
                stored = datetime.fromisoformat(value)
            except ValueError:
                return value
            return timezone.localtime(stored).replace(tzinfo=None) if stored.tzinfo else value
        return super().prepare_value(value)


Said = dict[str, Any]


def _number(field: CustomField, said: Said) -> forms.Field:
    return forms.DecimalField(widget=forms.NumberInput({"step": "any"}), **said)


def _rating(field: CustomField, said: Said) -> forms.Field:
    stars = [(number, formats.stars(number)) for number in range(1, 6)]
    return forms.TypedChoiceField(choices=[NOTHING, *stars], coerce=int, empty_value=None, **said)


def _choice(field: CustomField, said: Said) -> forms.Field:
    return forms.ChoiceField(choices=[NOTHING, *((one, one) for one in field.options)], **said)


def _choices(field: CustomField, said: Said) -> forms.Field:
    offered = [(one, one) for one in field.options]
    return forms.MultipleChoiceField(choices=offered, widget=ManyChoices(), **said)


_INPUTS: dict[CustomField.Type, Callable[[CustomField, Said], forms.Field]] = {
    CustomField.Type.TEXT: lambda field, said: forms.CharField(**said),
    CustomField.Type.LONG_TEXT: lambda field, said: forms.CharField(widget=forms.Textarea({"rows": 4}), **said),
    CustomField.Type.NUMBER: _number,
    CustomField.Type.PERCENT: _number,
    CustomField.Type.MONEY: lambda field, said: MinorField(**said),
    CustomField.Type.BOOLEAN: lambda field, said: forms.NullBooleanField(**{**said, "required": False}),
    CustomField.Type.DATE: lambda field, said: forms.DateField(widget=DateInput(), **said),
    CustomField.Type.DATETIME: lambda field, said: MomentField(**said),
    CustomField.Type.CHOICE: _choice,
    CustomField.Type.CHOICES: _choices,
    CustomField.Type.RATING: _rating,
    CustomField.Type.URL: lambda field, said: forms.URLField(assume_scheme="https", **said),
    CustomField.Type.EMAIL: lambda field, said: forms.EmailField(**said),
    CustomField.Type.PHONE: lambda field, said: forms.CharField(
        max_length=40, widget=forms.TextInput({"type": "tel"}), **said
    ),
}


def custom_input(field: CustomField) -> forms.Field:
    """Return the input of a custom field."""
    said = {"label": field.label, "help_text": field.help, "required": field.required, "initial": field.default}
    return _INPUTS[CustomField.Type(field.type)](field, said)


def custom_inputs(noun: str) -> dict[str, forms.Field]:
    """Return the inputs of the custom fields of a noun in their order, by the names they have on a form."""
    return {f"{PREFIX}{field.key}": custom_input(field) for field in live(noun)}


def custom_values(cleaned: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return what was put into custom inputs by the keys of their fields, as the verbs take it."""
    return {name.removeprefix(PREFIX): plain(cleaned[name]) for name in names}


def custom_initial(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what custom inputs begin with, by their names."""
    return {f"{PREFIX}{key}": value for key, value in stored.items()}


def plain(value: Any) -> Any:
    """Return what an input came to as the verbs take it: days and moments are ISO text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
