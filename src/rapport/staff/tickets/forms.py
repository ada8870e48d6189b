"""What is asked before something is done to many tickets."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.service import variables
from rapport.service.models import Macro, Queue, Status, Ticket
from rapport.team.models import User
from rapport.ui.forms import MomentInput


class OwnerForm(forms.Form):
    """Who is to look after them."""

    owner = forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), label=_("Owner"), required=False, empty_label=_("Nobody")
    )


class QueueForm(forms.Form):
    """Where they go."""

    queue = forms.ModelChoiceField(
        Queue.objects.filter(archived_at__isnull=True), label=_("Queue"), required=False, empty_label=_("No queue")
    )


class StatusForm(forms.Form):
    """The status they get."""

    status = forms.ModelChoiceField(Status.objects.filter(archived_at__isnull=True), label=_("Status"))


class PriorityForm(forms.Form):
    """How urgent they are."""

    priority = forms.ChoiceField(label=_("Priority"), choices=Ticket.Priority.choices)


class TagForm(forms.Form):
    """Tags."""

    tags = forms.CharField(label=_("Tags"), max_length=300, help_text=_("with commas between them"))

    def clean_tags(self) -> list[str]:
        """Return the tags as a list."""
        return [part.strip() for part in self.cleaned_data["tags"].split(",") if part.strip()]


class MacroForm(forms.Form):
    """A macro that is shared."""

    macro = forms.ModelChoiceField(
        Macro.objects.filter(user__isnull=True, archived_at__isnull=True).order_by("position", "name"), label=_("Macro")
    )


class AnswerForm(forms.Form):
    """One answer to all of them, with each one's own values, and what becomes of the tickets."""

    text = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea({"rows": 6}),
        max_length=20_000,
        help_text=_("Everybody gets a message of their own. {{customer.given_name}} stands for the name of each."),
    )
    status = forms.ModelChoiceField(
        Status.objects.filter(archived_at__isnull=True), label=_("And then"), required=False,
        empty_label=_("Leave it as it is"),
    )  # fmt: skip

    def clean_text(self) -> str:
        """Return the text; raises `ValidationError` for a variable that there is not."""
        text: str = self.cleaned_data["text"]
        try:
            variables.check(text)
        except variables.UnknownVariable as unknown:
            raise ValidationError(str(unknown)) from None
        return text


class SnoozeForm(forms.Form):
    """Until when they rest."""

    until = forms.DateTimeField(label=_("Until"), widget=MomentInput)


class MergeForm(forms.Form):
    """The ticket that all become part of."""

    number = forms.RegexField(
        r"^\s*[Tt]?-?\d{1,18}\s*$", label=_("Number of the ticket that remains"), max_length=24,
        widget=forms.TextInput({"placeholder": "T-1042"}),
    )  # fmt: skip
