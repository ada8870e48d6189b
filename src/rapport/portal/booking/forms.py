"""The form by which a visitor books."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.customers.identities import BadIdentity, phone
from rapport.meetings.models import MeetingType
from rapport.team.queries import home_country


class BookForm(forms.Form):
    """Who comes, and what the host would like to know before."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The invitation goes there."),
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("The number at which we call you"), max_length=40, widget=forms.TextInput({"autocomplete": "tel"})
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput())  # people leave it empty, programs do not

    def __init__(self, *args: Any, kind: MeetingType, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.questions = list(enumerate(kind.questions))
        if kind.place_kind != MeetingType.Place.PHONE:
            del self.fields["phone"]
        if known:
            del self.fields["name"], self.fields["email"]
        for number, question in self.questions:
            self.fields[f"q{number}"] = forms.CharField(
                label=question, required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
            )

    def clean_phone(self) -> str:
        """Refuse what nobody can call."""
        given: str = self.cleaned_data["phone"]
        try:
            return phone(given, home_country() or None).value
        except BadIdentity as refusal:
            raise forms.ValidationError(_("This is no phone number. Write it with its country, as +44 …")) from refusal

    def answers(self) -> dict[str, str]:
        """Return what was answered to each question."""
        return {question: self.cleaned_data[f"q{number}"].strip() for number, question in self.questions}
