"""Which refusals are conflicts with how things stand (409), and which are about what was sent (422)."""

from __future__ import annotations

from collections.abc import Mapping

from rapport.commerce.services import orders, products, returns
from rapport.conversations import file_kinds
from rapport.conversations.services import messages, people, splitting, threads
from rapport.customers.identities import BadIdentity
from rapport.customers.services import affiliations, consents, custom_fields, customers, duplicates, identities
from rapport.customers.services import merges as merging
from rapport.feedback.services import answers
from rapport.kernel.conditions import ConditionError
from rapport.kernel.fields import InvalidField
from rapport.kernel.money import MoneyError
from rapport.knowledge.services import articles, versions
from rapport.marketing.services import members
from rapport.marketing.services import segments as keeping
from rapport.meetings.services import meetings
from rapport.objects.services import links as linking
from rapport.objects.services import naming, records
from rapport.objects.services import types as object_types
from rapport.promises.services import promises
from rapport.service import variables
from rapport.service.services import assigning, locking, macros, merges, patching, splits, tickets
from rapport.timeline.services import activities

CONFLICTS: tuple[type[Exception], ...] = (
    identities.IdentityTaken,
    orders.NumberTaken,
    products.NumberTaken,
    answers.RecordedAlready,
    promises.Ended,
    promises.TooLateToMove,
    orders.NotOpen,
    customers.Trashed,
    duplicates.Settled,
    merging.IntoItself,
    merging.NotMerged,
    locking.Trashed,
    locking.MergedAway,
    patching.Conflict,
    tickets.TooOld,
    tickets.NotEnded,
    assigning.Taken,
    assigning.QueueGone,
    merges.IntoItself,
    merges.NotMerged,
    macros.NoTalk,
    macros.StepFailed,
    messages.NewerMessage,
    messages.TooLate,
    messages.NotFailed,
    threads.NotLive,
    versions.NoDraft,
    versions.WrittenMeanwhile,
    meetings.NotPlanned,
    keeping.NameTaken,
    keeping.InUse,
    keeping.Archived,
    members.NotAList,
    custom_fields.FieldTaken,
    naming.NameTaken,
    linking.TooMany,
    object_types.InUse,
    records.ReferenceTaken,
    records.Trashed,
    records.Archived,
)
REFUSALS: tuple[type[Exception], ...] = (
    BadIdentity,
    ConditionError,
    InvalidField,
    MoneyError,
    activities.Empty,
    activities.InTheFuture,
    affiliations.WrongKind,
    answers.OffScale,
    consents.NoSuchChannel,
    customers.Nameless,
    customers.UnknownField,
    merging.DifferentKinds,
    merging.NoChoice,
    orders.NoLines,
    orders.RateMissing,
    promises.NoDueDate,
    returns.TooMany,
    returns.TooMuch,
    tickets.Untold,
    tickets.WrongStatus,
    patching.UnknownField,
    patching.NoSuchRow,
    assigning.CannotWork,
    splits.NotItsTalk,
    splitting.NothingToSplit,
    variables.UnknownVariable,
    messages.Empty,
    messages.NobodyToWriteTo,
    messages.NotOurs,
    people.NotAnAddress,
    file_kinds.NotTaken,
    articles.NoTitle,
    articles.UnknownLanguage,
    articles.UnknownField,
    meetings.NoLength,
    meetings.NoTitle,
    meetings.UnknownZone,
    keeping.Nameless,
    keeping.AsksNothing,
    keeping.UnknownField,
    members.NotWithinReach,
    custom_fields.UnknownNoun,
    custom_fields.BadBounds,
    custom_fields.NoChoices,
    naming.Nameless,
    naming.BadPrefix,
    object_types.UnknownValue,
    records.UnknownField,
    records.Nobodys,
    records.WrongLink,
)
PLACES: Mapping[type[Exception], str] = {
    InvalidField: "custom.{key}",
    custom_fields.FieldTaken: "label",
    custom_fields.BadBounds: "maximum",
    custom_fields.NoChoices: "options",
    custom_fields.UnknownNoun: "noun",
    naming.BadPrefix: "prefix",
    records.Nobodys: "customer_id",
    records.ReferenceTaken: "reference",
    records.WrongLink: "links.{key}",
}
"""Which field of what was sent a refusal is about; `key` is the refusal's own."""


def place_of(error: Exception) -> dict[str, str]:
    """Return the member of a problem that names the field, nothing where the refusal is about no single one."""
    where = PLACES.get(type(error))
    return {"field": where.format(key=getattr(error, "key", ""))} if where else {}
