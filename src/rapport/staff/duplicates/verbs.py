"""What may be done to many pairs at once, each through its verb, and how it is undone from its events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers.events import CustomersKeptApart, CustomersMerged
from rapport.customers.models import Customer, Duplicate
from rapport.customers.permissions import MERGE
from rapport.customers.services import duplicates, merges
from rapport.customers.services.customers import Trashed
from rapport.kernel.actors import Actor
from rapport.kernel.events.types import type_of
from rapport.kernel.models import EventRecord
from rapport.staff.listing.nouns import BulkVerb

GONE = (Trashed, duplicates.Settled, merges.IntoItself, merges.DifferentKinds, merges.NotMerged)


def unmerge(event: EventRecord, actor: Actor) -> None:
    """Take a merged customer out of its survivor again."""
    if event.type == type_of(CustomersMerged).name:
        merges.unmerge(Customer.objects.get(pk=str(event.subject_id)), by=actor)


def suspect(event: EventRecord, actor: Actor) -> None:
    """Let a pair be asked about again."""
    if event.type == type_of(CustomersKeptApart).name:
        duplicates.suspect(Duplicate.objects.get(pk=str(event.subject_id)), by=actor)


QUEUE = (
    BulkVerb(
        "merge", _("Merge"), "git-merge", MERGE,
        lambda pair, actor, values: duplicates.unite(pair, by=actor),
        lambda n: ngettext("Merged %(n)s pair.", "Merged %(n)s pairs.", n),
        refusals=GONE, undo=unmerge, danger=True,
    ),
    BulkVerb(
        "apart", _("Not the same"), "arrows-split", MERGE,
        lambda pair, actor, values: duplicates.keep_apart(pair, by=actor),
        lambda n: ngettext("%(n)s pair is not suggested again.", "%(n)s pairs are not suggested again.", n),
        undo=suspect,
    ),
)  # fmt: skip
