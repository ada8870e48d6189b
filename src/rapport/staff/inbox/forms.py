"""What is typed on the agent's page."""

from __future__ import annotations

from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Thread
from rapport.conversations.services.messages import BY_ADDRESS
from rapport.kernel.actors import Actor
from rapport.service.models import Queue, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.queries import templates
from rapport.staff.customers.choosing import CustomerField
from rapport.team.models import User
from rapport.ui.forms import Choices, FilesField, MomentInput

THEN = (("", _("Leave it as it is")), ("waiting", _("Wait for the customer")), ("solved", _("Solve it")))


class AddressesField(forms.CharField):
    """E-mail addresses, with names or without, and commas between them; the value is a list of (name, address)."""

    def clean(self, value: Any) -> Any:
        """Return the addresses; raises `ValidationError` for the first that is none."""
        typed = (super().clean(value) or "").replace(";", ",").replace("\n", ",")
        found = getaddresses([typed])
        for name, address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("%(one)s is no address."), params={"one": address or name}) from None
        return found


class WriteForm(forms.Form):
    """A note for colleagues. `draft` is the mark of the draft that the window shows."""

    text = forms.CharField(label=_("Text"), widget=forms.Textarea({"rows": 4}), required=False, max_length=100_000)
    attachments = FilesField(label=_("Files"), required=False)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def attached(self) -> list[IncomingFile]:
        """Return the files as a conversation takes them."""
        return [
            IncomingFile(file.name or "", file.read(), file.content_type or "application/octet-stream")
            for file in self.cleaned_data.get("attachments") or []
        ]


class AnswerForm(WriteForm):
    """An answer to the customer: to whom, from which of our addresses, when, and what becomes of the ticket.

    `to` and `cc` count only when they were sent along: without them it goes to the requester and those in copy.
    """

    to = AddressesField(label=_("To"), required=False)
    cc = AddressesField(label=_("Copy to"), required=False)
    bcc = AddressesField(label=_("Blind copy to"), required=False)
    sender = forms.ChoiceField(label=_("From"), required=False)
    send_at = forms.DateTimeField(label=_("Send later"), widget=MomentInput, required=False)
    cancel_on_answer = forms.BooleanField(label=_("not if the customer writes before"), required=False)
    then = forms.ChoiceField(label=_("And then"), choices=THEN, required=False)
    despite = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, thread: Thread, **more: Any) -> None:
        super().__init__(*args, **more)
        box = thread.mailbox
        senders = [box.address, *box.aliases] if box else []
        field = self.fields["sender"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.lower(), one) for one in senders] or [("", "")]
        self.by_mail = thread.channel in BY_ADDRESS
        self.has_senders = len(senders) > 1

    def recipients(self) -> dict[str, Any]:
        """Return whom it goes to as the verb takes it, None for whoever it would be without a word."""
        given = self.cleaned_data
        return {
            "to": given["to"] if given.get("to") else None,
            "cc": given.get("cc", []) if "cc" in self.data else None,
            "bcc": given.get("bcc", []),
        }


class FieldsForm(forms.Form):
    """What a ticket is about; `version` is the one that its writer saw."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    type = forms.ChoiceField(label=_("Type"), choices=Ticket.Type)
    priority = forms.ChoiceField(label=_("Priority"), choices=Ticket.Priority)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("with commas between them"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, ticket: Ticket) -> None:
        known = {name: getattr(ticket, name) for name in ("subject", "type", "priority", "version")}
        super().__init__(data, initial=known | {"tags": ", ".join(ticket.tags)})

    def clean_tags(self) -> list[str]:
        """Return the tags as a list."""
        return [part.strip() for part in self.cleaned_data["tags"].split(",") if part.strip()]


KEYS = {"status": "s", "owner": "a", "queue": "q"}


class PlaceForm(forms.Form):
    """One choice that is sent as soon as it is made: status, owner or queue."""

    status = forms.ModelChoiceField(Status.objects.none(), label=_("Status"), required=False, empty_label=None)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("Nobody"))
    queue = forms.ModelChoiceField(Queue.objects.none(), label=_("Queue"), required=False, empty_label=_("No queue"))

    def __init__(self, data: Any = None, *, ticket: Ticket, actor: Actor) -> None:
        initial = {"status": ticket.status_id, "owner": ticket.owner_id, "queue": ticket.queue_id}
        super().__init__(data, initial=initial)
        choices = {
            "status": Status.objects.live(),
            "owner": User.objects.filter(deactivated_at__isnull=True).order_by("name"),
            "queue": Queue.objects.visible_to(actor).live().order_by("name"),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
            field.widget.attrs["data-key"] = KEYS[name]


class SnoozeForm(forms.Form):
    """Until when a ticket rests."""

    until = forms.DateTimeField(label=_("Until"), widget=MomentInput)


class OtherForm(forms.Form):
    """Another ticket, by its number."""

    number = forms.RegexField(r"^\s*[Tt]?-?\d{1,18}\s*$", label=_("Ticket"), max_length=24)

    def value(self) -> int:
        """Return the number."""
        return int(self.cleaned_data["number"].strip().upper().removeprefix("T").removeprefix("-"))


class NewForm(forms.Form):
    """A ticket that did not come in by itself: somebody called, or we write first."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    type = forms.ChoiceField(label=_("Type"), choices=Ticket.Type, initial=Ticket.Type.QUESTION)
    priority = forms.ChoiceField(label=_("Priority"), choices=Ticket.Priority, initial=Ticket.Priority.NORMAL)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(Thread.Channel.PHONE, _("They called")), (Thread.Channel.EMAIL, _("We write an e-mail"))],
        initial=Thread.Channel.PHONE,
        widget=Choices(in_row=True),
    )
    text = forms.CharField(label=_("What was said, or what we write"), widget=forms.Textarea({"rows": 6}))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["customer"] = CustomerField(actor=actor, right=CHANGE)
        self.fields["template"] = forms.ModelChoiceField(
            templates(actor), required=False, widget=forms.HiddenInput, to_field_name="pk"
        )
        self.order_fields(["customer", "channel", "subject", "text", "type", "priority"])
