"""What may be done to many customers at once with chosen lists: putting them in, and taking them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers.models import Customer
from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.marketing.models import Segment
from rapport.marketing.permissions import CHANGE
from rapport.marketing.services import members
from rapport.staff.listing.nouns import BulkVerb

Values = Mapping[str, Any]


class ListForm(forms.Form):
    """A chosen list."""

    segment = forms.ModelChoiceField(
        Segment.objects.active().filter(kind=Segment.Kind.STATIC),
        label=_("List"),
        empty_label=None,
        help_text=_("A chosen list among the segments."),
    )


def put_in(customer: Customer, actor: Actor, values: Values) -> None:
    """Put a customer into a chosen list; one who is in it stays."""
    members.add(values["segment"], [customer.pk], by=actor)


def take_out(customer: Customer, actor: Actor, values: Values) -> None:
    """Take a customer out of a chosen list."""
    members.take_out(values["segment"], [customer.pk], by=actor)


def unput(event: EventRecord, actor: Actor) -> None:
    """Take out whom the run put in."""
    members.take_out(_segment(event), [_customer(event)], by=actor)


def untake(event: EventRecord, actor: Actor) -> None:
    """Put back whom the run took out."""
    members.add(_segment(event), [_customer(event)], by=actor)


def _segment(event: EventRecord) -> Segment:
    return Segment.objects.get(pk=str(event.subject_id))


def _customer(event: EventRecord) -> Any:
    return event.customer_id


REFUSALS = (members.NotAList, members.NotWithinReach, Segment.DoesNotExist)
PUT_IN = BulkVerb(
    "segment",
    _("Put into a list"),
    "target",
    CHANGE,
    put_in,
    lambda n: ngettext("Put %(n)s customer into the list.", "Put %(n)s customers into the list.", n),
    form=lambda: ListForm,
    refusals=REFUSALS,
    undo=unput,
)
TAKE_OUT = BulkVerb(
    "unsegment",
    _("Take out of a list"),
    "target-arrow",
    CHANGE,
    take_out,
    lambda n: ngettext("Took %(n)s customer out of the list.", "Took %(n)s customers out of the list.", n),
    form=lambda: ListForm,
    refusals=REFUSALS,
    undo=untake,
)
