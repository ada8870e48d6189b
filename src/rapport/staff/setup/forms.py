"""The form of the first run."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.kernel.money import MoneyError
from rapport.staff import choices
from rapport.staff.refusals import told_by
from rapport.team.models import User
from rapport.team.services import organisation
from rapport.team.services.organisation import Founder, UnknownLanguage, UnknownZone


class FirstRunForm(forms.Form):
    """The organisation and its first administrator."""

    name = forms.CharField(label=_("Organisation"), max_length=120)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=choices.countries,
        help_text=_("Phone numbers without a + are read as dialled here."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=choices.currencies, help_text=_("Totals and metrics are told in it.")
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones, help_text=_("Days begin and end in it."))
    language = forms.ChoiceField(label=_("Language"), choices=choices.languages)
    your_name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "minlength": 10}),
        help_text=_("At least 10 characters. A few words are better than one with signs."),
    )

    firm_fields = ("name", "country", "currency", "zone", "language")
    founder_fields = ("your_name", "email", "password")

    @property
    def firm(self) -> list[forms.BoundField]:
        """The fields about the organisation."""
        return [self[name] for name in self.firm_fields]

    @property
    def founder(self) -> list[forms.BoundField]:
        """The fields about the administrator."""
        return [self[name] for name in self.founder_fields]

    def set_up(self) -> User | None:
        """Set the organisation up and return its administrator, or None after telling what was refused."""
        given = self.cleaned_data
        refusals = {
            MoneyError: "currency",
            UnknownZone: "zone",
            UnknownLanguage: "language",
            ValidationError: "password",
        }
        with told_by(self, refusals):
            _firm, user = organisation.set_up(
                given["name"],
                currency=given["currency"],
                zone=given["zone"],
                language=given["language"],
                country=given["country"],
                founder=Founder(given["your_name"], given["email"], given["password"]),
            )
            return user
        return None
