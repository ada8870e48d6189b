"""The forms by which a customer writes to the firm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from rapport.conversations.incoming import IncomingFile
from rapport.feedback.scales import Scale
from rapport.service.models import Ticket
from rapport.ui.forms import Choices, FilesField

LONGEST = 20_000
MOST_FILES, MOST_BYTES = 5, 10_000_000
ABOUT = [
    (Ticket.Type.QUESTION, _("A question")),
    (Ticket.Type.PROBLEM, _("Something does not work")),
    (Ticket.Type.COMPLAINT, _("A complaint")),
    (Ticket.Type.FIND, _("Find something for me")),
]


class ManyFiles(forms.FileInput):
    """The browser's own choice of files; there may be several."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of files."""
        return files.getlist(name)


class Files(FilesField):
    """A few files of a few megabytes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.widget = ManyFiles()

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse too many, and what is too large."""
        given = super().clean(data, initial)
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Five files at most, please."))
        if sum(one.size or 0 for one in given) > MOST_BYTES:
            raise forms.ValidationError(_("Ten megabytes at most, please."))
        return given


class AnswerForm(forms.Form):
    """What a member says next."""

    text = forms.CharField(
        label=_("Your answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST})
    )
    enclosed = Files(label=_("Files"), required=False)

    def incoming_files(self) -> list[IncomingFile]:
        """Return the files as a channel hands them over."""
        return incoming(self.cleaned_data["enclosed"])


class AskForm(AnswerForm):
    """Writing to the firm. A visitor says who they are; a member is known."""

    about = forms.ChoiceField(
        label=_("What is it about?"), choices=ABOUT, initial="question", widget=Choices(in_row=True)
    )
    subject = forms.CharField(label=_("In a few words"), max_length=200)
    order = forms.ChoiceField(label=_("Which order?"), required=False)
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We answer to it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput())  # people leave it empty, programs do not

    field_order = ("name", "email", "about", "order", "subject", "text", "enclosed")

    def __init__(
        self, *args: Any, orders: list[tuple[str, str]] | None = None, known: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = _("What happened, or what would you like to know?")
        self.fields["text"].widget.attrs["rows"] = 6
        if known:
            del self.fields["name"], self.fields["email"]
        if orders:
            self.fields["order"].choices = [("", _("None of them")), *orders]  # type: ignore[attr-defined]
        else:
            del self.fields["order"]


class RateForm(forms.Form):
    """How well it went, on the scale on which the member is asked."""

    score = forms.TypedChoiceField(coerce=int)
    words = forms.CharField(
        label=_("What made it so?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, scale: Scale, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["score"].choices = [(one, str(one)) for one in scale.scores]  # type: ignore[attr-defined]


def incoming(given: list[UploadedFile[Any]]) -> list[IncomingFile]:
    """Return uploaded files as a channel hands them over."""
    return [
        IncomingFile(one.name or "file", one.read(), one.content_type or "application/octet-stream") for one in given
    ]
