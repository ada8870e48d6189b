"""The forms of the customer page: what is logged, what is promised, how a customer is reached and what they allow."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer, Identity
from rapport.promises.models import Promise
from rapport.timeline.models import Activity
from rapport.ui.forms import Choices, DateInput, MomentInput


@lru_cache(maxsize=64)
def _blank(form: type[forms.Form], prefix: str, language: str) -> SafeString:
    return mark_safe(str(form(prefix=prefix)))  # a form renders itself escaped


def blank(form: type[forms.Form], prefix: str) -> SafeString:
    """Return a form that nobody has filled in yet, as HTML; it is always the same, so it is rendered once."""
    return _blank(form, prefix, get_language() or "en")


class TimeInput(forms.TimeInput):
    """An hour, picked as the browser does."""

    input_type = "time"


class NoteForm(forms.Form):
    """A note about a customer."""

    text = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea({"rows": 3}))


class CallForm(forms.Form):
    """A call with a customer."""

    direction = forms.ChoiceField(
        label=_("Who called?"), choices=Activity.Direction, initial=Activity.Direction.OUT, widget=Choices(in_row=True)
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Activity.Outcome, initial=Activity.Outcome.REACHED, widget=Choices(in_row=True)
    )
    text = forms.CharField(
        label=_("What was said"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 3})
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1_440, required=False)
    at = forms.DateTimeField(label=_("When"), required=False, widget=MomentInput(), help_text=_("Empty means now."))

    field_order = ("direction", "outcome", "text", "minutes", "at")


class MeetingForm(forms.Form):
    """A meeting with a customer, in person or by video."""

    text = forms.CharField(
        label=_("What was said"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 3})
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1_440, required=False)
    at = forms.DateTimeField(label=_("When"), required=False, widget=MomentInput(), help_text=_("Empty means now."))


class DueForm(forms.Form):
    """By when something is promised: by the end of a day, or by an hour of it."""

    due_on = forms.DateField(label=_("By"), widget=DateInput())
    due_time = forms.TimeField(
        label=_("at the latest at"),
        required=False,
        widget=TimeInput(format="%H:%M"),
        help_text=_("Empty means the end of the day."),
    )

    def due(self) -> dict[str, Any]:
        """Return the day, or the moment in the reader's zone, as the verbs take them."""
        day, hour = self.cleaned_data["due_on"], self.cleaned_data["due_time"]
        if hour is None:
            return {"due_on": day}
        return {"due_at": timezone.make_aware(datetime.combine(day, hour))}


class PromiseForm(DueForm):
    """Something promised to a customer."""

    what = forms.CharField(
        label=_("What is promised?"), max_length=300, widget=forms.TextInput({"placeholder": _("Replacement lantern")})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Promise.Kind, initial=Promise.Kind.OTHER)

    field_order = ("what", "kind", "due_on", "due_time")


class ReasonForm(forms.Form):
    """Why a promise ends without being fulfilled."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


class TextForm(forms.Form):
    """The text of a log entry."""

    text = forms.CharField(label=_("Text"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 4}))


class IdentityForm(forms.Form):
    """An address, a number or a handle by which a customer is reached."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Identity.Kind, initial=Identity.Kind.EMAIL)
    value = forms.CharField(label=_("Address or number"), max_length=254)
    label = forms.CharField(
        label=_("Label"), max_length=40, required=False, widget=forms.TextInput({"placeholder": _("work, home…")})
    )


class ConsentForm(forms.Form):
    """What a customer allows, or no longer allows, and how we know."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Customer.Channel, initial=Customer.Channel.EMAIL)
    topic = forms.CharField(label=_("Topic"), max_length=40, initial="marketing")
    state = forms.ChoiceField(
        label=_("They"),
        choices=[("give", _("allow it")), ("withdraw", _("no longer allow it"))],
        initial="give",
        widget=Choices(in_row=True),
    )
    proof = forms.CharField(
        label=_("How do we know?"),
        max_length=300,
        required=False,
        widget=forms.TextInput({"placeholder": _("Said so on the phone")}),
    )
