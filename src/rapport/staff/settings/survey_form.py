"""The form of a survey: whom it asks what and when, in which words, and what follows from a low score."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.conversations.models import Thread
from rapport.feedback.models import Survey
from rapport.feedback.scales import SCALES
from rapport.feedback.services.surveys import LIMITS
from rapport.feedback.wording import CHOICES, LONGEST, LONGEST_REASON, MOST_REASONS, TEXTS, standard
from rapport.service.permissions import CHANGE
from rapport.staff.settings.asking import ConditionField, written
from rapport.team.models import User
from rapport.team.queries import organisation
from rapport.ui.forms import ManyChoices

LABELS = {
    "subject": gettext_lazy("Subject of the mail"),
    "question": gettext_lazy("Question"),
    "thanks": gettext_lazy("Thanks"),
    "low": gettext_lazy("Reasons after a low score, one a line"),
    "high": gettext_lazy("Reasons after a high score, one a line"),
}
COPIED = ("name", "scale", "channels", "reopening_ends", "poor", "follow_up", "lead", *LIMITS)


class SurveyForm(forms.Form):
    """All of a survey. Words that are left empty are the usual ones of the scale, which stand there in grey."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    scale = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=Survey.Look.choices)
    condition = ConditionField(
        label=gettext_lazy("After tickets with"), help_text=gettext_lazy("Empty asks after all of them.")
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("After talk by"), choices=Thread.Channel.choices, required=False, widget=ManyChoices(),
        help_text=gettext_lazy("None chosen means any."),
    )  # fmt: skip
    delay_hours = forms.IntegerField(label=gettext_lazy("Hours after solving"), initial=1)
    remind_days = forms.IntegerField(
        label=gettext_lazy("Reminder after days"), initial=0, help_text=gettext_lazy("0 sends none.")
    )
    open_days = forms.IntegerField(label=gettext_lazy("Days in which it can be answered"), initial=14)
    rest_days = forms.IntegerField(
        label=gettext_lazy("Days between two surveys of one customer"), initial=14,
        help_text=gettext_lazy("0 lets each ticket be asked about."),
    )  # fmt: skip
    reopening_ends = forms.BooleanField(
        label=gettext_lazy("When a ticket is opened again, its question is no longer valid"),
        required=False,
        initial=True,
    )
    poor = forms.IntegerField(label=gettext_lazy("A low score is at most"), required=False)
    follow_up = forms.ChoiceField(
        label=gettext_lazy("After a low score"), choices=Survey.FollowUp.choices, initial=Survey.FollowUp.NOTE
    )
    lead = forms.ModelChoiceField(
        label=gettext_lazy("Goes to"), queryset=User.objects.none(), required=False,
        empty_label=gettext_lazy("Whoever has the ticket"),
    )  # fmt: skip
    answer_hours = forms.IntegerField(label=gettext_lazy("Promised an answer within hours"), initial=24)

    def __init__(self, data: Any = None, *, survey: Survey | None = None) -> None:
        super().__init__(data, initial=_initial(survey) if survey else None)
        able = [one.pk for one in User.objects.filter(deactivated_at__isnull=True).select_related("role")
                if CHANGE.name in one.role.grants]  # fmt: skip
        self.fields["lead"].queryset = User.objects.filter(pk__in=able).order_by("name")  # type: ignore[attr-defined]
        self.fields["poor"].help_text = _("Empty takes the usual one of the scale.")
        for name, (least, most) in LIMITS.items():
            self.fields[name].widget.attrs.update(min=least, max=most)
        scale = SCALES[survey.scale] if survey else SCALES["csat5"]
        for code, _label in settings.LANGUAGES:
            usual = standard(scale, code)
            for part in (*TEXTS, *CHOICES):
                self.fields[f"{code}_{part}"] = _words_field(part, usual[part])

    def clean(self) -> dict[str, Any]:
        """Check that reasons stand in every language in which there are any as they do in the firm's own."""
        cleaned = super().clean() or {}
        home = organisation().language
        for code, _label in settings.LANGUAGES:
            for part in CHOICES:
                said, own = cleaned.get(f"{code}_{part}"), cleaned.get(f"{home}_{part}")
                if said and len(said) != len(own or ()):
                    self.add_error(
                        f"{code}_{part}", _("As many lines as in the language of the firm, in the same order.")
                    )
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        given = self.cleaned_data
        found = {name: given[name] for name in COPIED}
        if found["poor"] is None:
            found["poor"] = SCALES[given["scale"]].poor
        words = {
            code: {part: given[f"{code}_{part}"] for part in (*TEXTS, *CHOICES)} for code, _label in settings.LANGUAGES
        }
        return {**found, "words": words, "condition": given["condition"]}

    def languages(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """Return the fields of the words by language, and whether one of them holds something or was refused."""
        found = []
        for code, label in settings.LANGUAGES:
            fields = [self[f"{code}_{part}"] for part in (*TEXTS, *CHOICES)]
            found.append((str(label), fields, any(one.value() or one.errors for one in fields)))
        return found


class LinesField(forms.CharField):
    """A list, one a line."""

    def clean(self, value: Any) -> list[str]:
        """Return the lines that hold something."""
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        kept = list(dict.fromkeys(filter(None, lines)))
        if len(kept) > MOST_REASONS or any(len(line) > LONGEST_REASON for line in kept):
            words = {"most": MOST_REASONS, "longest": LONGEST_REASON}
            raise ValidationError(_("At most %(most)s lines of %(longest)s characters, please.") % words)
        return kept


def _words_field(part: str, usual: Any) -> forms.CharField:
    if part in CHOICES:
        attrs = {"rows": 5, "placeholder": "\n".join(usual)}
        return LinesField(label=LABELS[part], required=False, widget=forms.Textarea(attrs=attrs), max_length=1000)
    return forms.CharField(
        label=LABELS[part], required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"placeholder": usual})
    )


def _initial(survey: Survey) -> dict[str, Any]:
    found = {name: getattr(survey, name) for name in COPIED}
    found["condition"] = written(survey.condition)
    for code, own in survey.words.items():
        for part, said in own.items():
            found[f"{code}_{part}"] = "\n".join(said) if part in CHOICES else said
    return found
