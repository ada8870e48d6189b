"""How cells of the tickets list are changed in place, each through the ticket's verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields import InvalidField
from rapport.service.models import Queue, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import assigning, tickets
from rapport.staff.customers.forms import TagsField
from rapport.staff.listing.nouns import Edit
from rapport.staff.tickets import undoing
from rapport.staff.tickets.verbs import GONE
from rapport.team.models import User


def _field(name: str, field: Any) -> Edit:
    """Return how a plain field of a ticket is changed."""
    return Edit(
        CHANGE,
        field,
        lambda row: getattr(row, name),
        lambda row, actor, value: tickets.change(row, by=actor, **{name: value}),
        undoing.unchange,
        (*GONE, tickets.Untold, InvalidField),
    )


SUBJECT = _field("subject", lambda: forms.CharField(max_length=300))
PRIORITY = _field("priority", lambda: forms.ChoiceField(choices=Ticket.Priority.choices))
TYPE = _field("type", lambda: forms.ChoiceField(choices=Ticket.Type.choices))
TAGS = _field("tags", lambda: TagsField(max_length=600, required=False))
STATUS = Edit(
    CHANGE,
    lambda: forms.ModelChoiceField(Status.objects.filter(archived_at__isnull=True), empty_label=None),
    lambda row: row.status_id,
    lambda row, actor, value: tickets.set_status(row, value, by=actor),
    undoing.unset,
    (*GONE, tickets.WrongStatus, tickets.TooOld),
)
OWNER = Edit(
    CHANGE,
    lambda: forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), required=False, empty_label=_("Nobody")
    ),
    lambda row: row.owner_id,
    lambda row, actor, value: assigning.assign(row, value, by=actor),
    undoing.unassign,
    (*GONE, assigning.CannotWork),
)
QUEUE = Edit(
    CHANGE,
    lambda: forms.ModelChoiceField(
        Queue.objects.filter(archived_at__isnull=True), required=False, empty_label=_("No queue")
    ),
    lambda row: row.queue_id,
    lambda row, actor, value: assigning.move(row, value, by=actor),
    undoing.unmove,
    (*GONE, assigning.QueueGone),
)
