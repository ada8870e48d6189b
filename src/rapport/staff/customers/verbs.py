"""What may be done to many customers at once, each through its verb, and how it is undone from its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, DELETE
from rapport.customers.services import customers
from rapport.customers.services.customers import Trashed
from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.staff.customers.choosing import TagsInput
from rapport.staff.listing.nouns import BulkVerb
from rapport.staff.segments.verbs import PUT_IN, TAKE_OUT
from rapport.team.models import User
from rapport.timeline.permissions import LOG
from rapport.timeline.services import activities

Values = Mapping[str, Any]
CUSTOM = "custom."


class OwnerForm(forms.Form):
    """Who is to look after them."""

    owner = forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), label=_("Owner"), required=False, empty_label=_("Nobody")
    )


class StageForm(forms.Form):
    """The stage they enter."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Customer.Stage.choices)


class TagForm(forms.Form):
    """A tag."""

    tag = forms.CharField(label=_("Tag"), max_length=60, widget=TagsInput())


class NoteForm(forms.Form):
    """A note on each of them."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea, max_length=10_000)


def give_owner(customer: Customer, actor: Actor, values: Values) -> None:
    """Have somebody look after a customer."""
    owner: User | None = values["owner"]
    customers.change(customer, by=actor, owner_id=owner.pk if owner else None)


def add_tag(customer: Customer, actor: Actor, values: Values) -> None:
    """Add a tag; one that is there stays as it is."""
    if values["tag"] not in customer.tags:
        customers.change(customer, by=actor, tags=[*customer.tags, values["tag"]])


def remove_tag(customer: Customer, actor: Actor, values: Values) -> None:
    """Take a tag away."""
    customers.change(customer, by=actor, tags=[tag for tag in customer.tags if tag != values["tag"]])


def unchange(event: EventRecord, actor: Actor) -> None:
    """Put back what a change replaced."""
    customer = Customer.objects.get(pk=str(event.customer_id))
    old = {key: before for key, (before, _after) in event.data["changes"].items()}
    custom = {key.removeprefix(CUSTOM): value for key, value in old.items() if key.startswith(CUSTOM)}
    plain = {key: value for key, value in old.items() if not key.startswith(CUSTOM)}
    customers.change(customer, by=actor, custom=custom or None, **plain)


def unadd(event: EventRecord, actor: Actor) -> None:
    """Move a customer that was just added to the trash."""
    customers.trash(Customer.objects.get(pk=str(event.customer_id)), by=actor)


def unenter(event: EventRecord, actor: Actor) -> None:
    """Go back to the stage before."""
    customers.enter_stage(Customer.objects.get(pk=str(event.customer_id)), event.data["before"], by=actor)


def restore(event: EventRecord, actor: Actor) -> None:
    """Take a customer out of the trash."""
    customers.restore(Customer.objects.get(pk=str(event.customer_id)), by=actor)


def untouch(event: EventRecord, actor: Actor) -> None:
    """Put a customer back into the trash."""
    customers.trash(Customer.objects.get(pk=str(event.customer_id)), by=actor)


OWNER = BulkVerb(
    "owner",
    _("Give to"),
    "user-check",
    CHANGE,
    give_owner,
    lambda n: ngettext("Changed the owner of %(n)s customer.", "Changed the owner of %(n)s customers.", n),
    form=lambda: OwnerForm,
    refusals=(Trashed,),
    undo=unchange,
)
STAGE = BulkVerb(
    "stage",
    _("Stage"),
    "flag",
    CHANGE,
    lambda customer, actor, values: customers.enter_stage(customer, values["stage"], by=actor),
    lambda n: ngettext("Moved %(n)s customer to another stage.", "Moved %(n)s customers to another stage.", n),
    form=lambda: StageForm,
    refusals=(Trashed,),
    undo=unenter,
)
TAG = BulkVerb(
    "tag",
    _("Add a tag"),
    "tag",
    CHANGE,
    add_tag,
    lambda n: ngettext("Tagged %(n)s customer.", "Tagged %(n)s customers.", n),
    form=lambda: TagForm,
    refusals=(Trashed,),
    undo=unchange,
)
UNTAG = BulkVerb(
    "untag",
    _("Remove a tag"),
    "minus",
    CHANGE,
    remove_tag,
    lambda n: ngettext("Took the tag from %(n)s customer.", "Took the tag from %(n)s customers.", n),
    form=lambda: TagForm,
    refusals=(Trashed,),
    undo=unchange,
)
NOTE = BulkVerb(
    "note",
    _("Write a note"),
    "note",
    LOG,
    lambda customer, actor, values: activities.write_note(customer, values["text"], by=actor),
    lambda n: ngettext("Wrote a note on %(n)s customer.", "Wrote a note on %(n)s customers.", n),
    form=lambda: NoteForm,
    refusals=(activities.Empty,),
)
TRASH_VERB = BulkVerb(
    "trash",
    _("Move to the trash"),
    "trash",
    DELETE,
    lambda customer, actor, values: customers.trash(customer, by=actor),
    lambda n: ngettext("Moved %(n)s customer to the trash.", "Moved %(n)s customers to the trash.", n),
    refusals=(Trashed,),
    undo=restore,
    danger=True,
)
RESTORE = BulkVerb(
    "restore",
    _("Restore"),
    "rotate",
    DELETE,
    lambda customer, actor, values: customers.restore(customer, by=actor),
    lambda n: ngettext("Restored %(n)s customer.", "Restored %(n)s customers.", n),
    undo=untouch,
)
CUSTOMERS = (OWNER, STAGE, TAG, UNTAG, NOTE, PUT_IN, TAKE_OUT, TRASH_VERB)
TRASH = (RESTORE,)
