"""What may be done to many promises at once."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.promises.services import promises
from rapport.promises.services.promises import Ended
from rapport.staff.listing.nouns import BulkVerb


class ReasonForm(forms.Form):
    """Why a promise ends without being fulfilled."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


def reopen(event: EventRecord, actor: Actor) -> None:
    """Take back how a promise ended."""
    promises.reopen(Promise.objects.get(pk=str(event.subject_id)), by=actor)


FULFIL = BulkVerb(
    "fulfil",
    _("Done"),
    "check",
    CHANGE,
    lambda promise, actor, values: promises.fulfil(promise, by=actor),
    lambda n: ngettext("Ended %(n)s promise as fulfilled.", "Ended %(n)s promises as fulfilled.", n),
    refusals=(Ended,),
    undo=reopen,
)
RELEASE = BulkVerb(
    "release",
    _("They let us off"),
    "user-check",
    CHANGE,
    lambda promise, actor, values: promises.release(promise, values["reason"], by=actor),
    lambda n: ngettext("Released %(n)s promise.", "Released %(n)s promises.", n),
    form=lambda: ReasonForm,
    refusals=(Ended,),
    undo=reopen,
)
GIVE_UP = BulkVerb(
    "give-up",
    _("We will not keep it"),
    "ban",
    CHANGE,
    lambda promise, actor, values: promises.give_up(promise, values["reason"], by=actor),
    lambda n: ngettext("Marked %(n)s promise as broken.", "Marked %(n)s promises as broken.", n),
    form=lambda: ReasonForm,
    refusals=(Ended,),
    undo=reopen,
    danger=True,
)
PROMISES = (FULFIL, RELEASE, GIVE_UP)
