"""The forms of a member's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import OrderLine
from rapport.customers.models import Customer

NAMES = {"en": "English", "pt": "Português", "de": "Deutsch", "fr": "Français", "es": "Español"}
REASONS = [
    ("does not fit", _("It does not fit or suit")),
    ("damaged", _("It came damaged")),
    ("not as described", _("It is not what was described")),
    ("wrong item", _("It is not what I ordered")),
    ("late", _("It came too late")),
    ("other", _("Something else")),
]


class ReturnForm(forms.Form):
    """How many of each line go back, and why."""

    reason = forms.ChoiceField(label=_("Why?"), choices=REASONS)
    words = forms.CharField(
        label=_("Anything we should know"), max_length=150, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, lines: Sequence[tuple[OrderLine, Decimal]], data: Any = None) -> None:
        super().__init__(data)
        self.lines = lines
        for line, left in lines:
            self.fields[f"line-{line.pk}"] = forms.DecimalField(
                label=line.name or line.sku,
                min_value=0,
                max_value=left,
                decimal_places=3,
                required=False,
                initial=0,
                widget=forms.NumberInput(attrs={"min": 0, "max": left.normalize(), "step": 1, "inputmode": "numeric"}),
            )

    def rows(self) -> list[tuple[OrderLine, Decimal, Any]]:
        """Return each line with how many may go back and its field."""
        return [(line, left, self[f"line-{line.pk}"]) for line, left in self.lines]

    def clean(self) -> dict[str, Any]:
        """Ask for one thing at least."""
        given = super().clean() or {}
        if not self.errors and not self.quantities():
            raise forms.ValidationError(_("Say how many of what you would like to send back."))
        return given

    def quantities(self) -> dict[UUID, Decimal]:
        """Return how many of each line go back."""
        chosen = {line.pk: self.cleaned_data.get(f"line-{line.pk}") for line, _left in self.lines}
        return {key: count for key, count in chosen.items() if count}

    def why(self) -> str:
        """Return the reason with what was added to it."""
        words = self.cleaned_data["words"].strip()
        return f"{self.cleaned_data['reason']}: {words}" if words else str(self.cleaned_data["reason"])


class PreferencesForm(forms.Form):
    """How a member likes to be spoken to."""

    language = forms.ChoiceField(
        label=_("Language"), choices=[(code, NAMES[code]) for code, _name in settings.LANGUAGES]
    )
    preferred_channel = forms.ChoiceField(
        label=_("How we should reach you"), choices=[("", _("As it comes")), *Customer.Channel.choices], required=False
    )
    quiet_from = forms.TimeField(
        label=_("Do not disturb from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the quiet hours, or none."""
        given = super().clean() or {}
        if bool(given.get("quiet_from")) != bool(given.get("quiet_to")):
            self.add_error("quiet_to", _("Quiet hours need a beginning and an end."))
        return given


class EraseForm(forms.Form):
    """Asking to be erased is said twice."""

    sure = forms.BooleanField(label=_("Yes, erase what you hold of me"))
