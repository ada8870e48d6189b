"""The answer to a survey: a score, reasons to choose from, and words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.feedback.scales import Scale
from rapport.feedback.services.invitations import LONGEST_TEXT
from rapport.feedback.wording import Words


class SurveyForm(forms.Form):
    """What a customer answers; the score must be one of the scale, reasons those that are offered."""

    score = forms.TypedChoiceField(
        label=_("Your answer"), coerce=int, error_messages={"required": _("Please choose an answer.")}
    )
    reasons = forms.MultipleChoiceField(label=_("What made it so?"), required=False)
    text = forms.CharField(
        label=_("Anything else that you would like to tell us?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TEXT}),
    )

    def __init__(self, scale: Scale, said: Words, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["score"].choices = [(one, str(one)) for one in scale.scores]  # type: ignore[attr-defined]
        self.fields["reasons"].choices = list(said.reasons().items())  # type: ignore[attr-defined]
