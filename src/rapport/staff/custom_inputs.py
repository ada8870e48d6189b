"""The inputs of custom fields, on whatever form they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from rapport.kernel.fields import live
from rapport.kernel.models import CustomField
from rapport.kernel.money import Money, decimals
from rapport.team.queries import organisation
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


def custom_input(field: CustomField) -> forms.Field:
    """Return the input of a custom field."""
    said: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.required}
    options = [(one, one) for one in field.options]
    match CustomField.Type(field.type):
        case CustomField.Type.LONG_TEXT:
            return forms.CharField(widget=forms.Textarea({"rows": 4}), **said)
        case CustomField.Type.NUMBER:
            return forms.DecimalField(widget=forms.NumberInput({"step": "any"}), **said)
        case CustomField.Type.MONEY:
            return MinorField(**said)
        case CustomField.Type.BOOLEAN:
            return forms.NullBooleanField(**{**said, "required": False})
        case CustomField.Type.DATE:
            return forms.DateField(widget=DateInput(), **said)
        case CustomField.Type.DATETIME:
            return MomentField(**said)
        case CustomField.Type.CHOICE:
            return forms.ChoiceField(choices=[NOTHING, *options], **said)
        case CustomField.Type.CHOICES:
            return forms.MultipleChoiceField(choices=options, widget=ManyChoices(), **said)
        case CustomField.Type.URL:
            return forms.URLField(assume_scheme="https", **said)
    return forms.CharField(**said)


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
