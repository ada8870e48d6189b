"""The news of customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("customers.created", _("Customer added"), _("was added"), group="customer", icon="user-plus")
@dataclass(frozen=True)
class CustomerCreated(Event):
    """A customer was added, by hand, by the API or by an import."""

    kind: str
    source: str = ""


@event("customers.changed", _("Customer changed"), _("{summary}"), group="customer", icon="pencil",
       personal=("changes",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class CustomerChanged(Event):
    """Fields of a customer changed. `changes` maps each field to its old and its new value."""

    summary: str
    changes: dict[str, list[Any]] = field(default_factory=dict)


@event("customers.trashed", _("Customer moved to the trash"), _("was moved to the trash"), group="customer",
       icon="trash")  # fmt: skip
@dataclass(frozen=True)
class CustomerTrashed(Event):
    """A customer was moved to the trash, from which they can be restored for 30 days."""


@event("customers.restored", _("Customer restored"), _("was restored from the trash"), group="customer",
       icon="restore")  # fmt: skip
@dataclass(frozen=True)
class CustomerRestored(Event):
    """A customer came back from the trash."""


@event("customers.purged", _("Customer deleted for good"), _("deleted C-{number} for good"), group="customer",
       icon="trash", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class CustomerPurged(Event):
    """A customer who had been in the trash for 30 days was deleted for good."""

    number: int


@event("customers.merged", _("Customers merged"), _("{number} {name} was merged into this one"), group="customer",
       icon="git-merge", personal=("name", "before"))  # fmt: skip
@dataclass(frozen=True)
class CustomersMerged(Event):
    """A customer was merged into another, the survivor: `into`, with the id `into_id`; `from_id` is who was merged.

    `before` holds the values of both as they were, `chosen` the fields whose value came from the merged one.
    """

    number: str
    name: str
    into: str
    from_id: UUID
    into_id: UUID
    before: dict[str, Any] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)


@event("customers.unmerged", _("Merge undone"), _("{number} {name} was taken out again"), group="customer",
       icon="arrows-split", personal=("name",))  # fmt: skip
@dataclass(frozen=True)
class CustomersUnmerged(Event):
    """A merged customer was taken out of its survivor (`into`) again and stands by itself."""

    number: str
    name: str
    into: str
    from_id: UUID
    into_id: UUID


@event("customers.kept_apart", _("Said to be two"), _("{one} and {other} are not the same"), group="customer",
       icon="arrows-split", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class CustomersKeptApart(Event):
    """Somebody said that two customers who may be one are not: they are not suggested again."""

    one: str
    other: str


@event("customers.suspected", _("May be one after all"), _("{one} and {other} may be the same after all"),
       group="customer", icon="git-merge", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class CustomersSuspected(Event):
    """Somebody took back that two customers are not the same: they are suggested again."""

    one: str
    other: str


@event("customers.identity_added", _("Address or number added"), _("{kind} added: {value}"), group="customer",
       icon="at", personal=("value",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class IdentityAdded(Event):
    """An address, number or handle was added to a customer."""

    identity_id: UUID
    kind: str
    value: str


@event("customers.identity_removed", _("Address or number removed"), _("{kind} removed: {value}"),
       group="customer", icon="at-off", personal=("value", "row"), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class IdentityRemoved(Event):
    """An address, number or handle was taken from a customer. `row` is what it takes to put it back."""

    identity_id: UUID
    kind: str
    value: str
    row: dict[str, Any] = field(default_factory=dict)


@event("customers.stage_entered", _("Stage entered"), _("became a {stage}"), group="customer", icon="flag")
@dataclass(frozen=True)
class StageEntered(Event):
    """A customer entered a stage of the life cycle."""

    stage: str
    before: str = ""


@event("customers.consent_given", _("Consent given"), _("allowed {topic} by {channel}"), group="consent",
       icon="circle-check", direction="in")  # fmt: skip
@dataclass(frozen=True)
class ConsentGiven(Event):
    """A customer allowed a topic on a channel."""

    channel: str
    topic: str
    basis: str = ""


@event("customers.consent_withdrawn", _("Consent withdrawn"), _("withdrew {topic} by {channel}"),
       group="consent", icon="circle-x", direction="in")  # fmt: skip
@dataclass(frozen=True)
class ConsentWithdrawn(Event):
    """A customer withdrew a topic on a channel."""

    channel: str
    topic: str


@event("customers.affiliated", _("Joined a company"), _("joined {company_name}"), group="customer",
       icon="building")  # fmt: skip
@dataclass(frozen=True)
class Affiliated(Event):
    """A person became part of a company."""

    company_id: UUID
    company_name: str
    role: str = ""


@event("customers.affiliation_ended", _("Left a company"), _("left {company_name}"), group="customer",
       icon="building-off")  # fmt: skip
@dataclass(frozen=True)
class AffiliationEnded(Event):
    """A person left a company."""

    company_id: UUID
    company_name: str


@event("customers.manager_named", _("Manager named"), _("may see what is {company_name}’s in the portal"),
       group="customer", icon="shield-check")  # fmt: skip
@dataclass(frozen=True)
class ManagerNamed(Event):
    """A person may see in the portal what the people of their company wrote and bought."""

    company_id: UUID
    company_name: str


@event("customers.manager_relieved", _("Manager relieved"), _("no longer sees what is {company_name}’s"),
       group="customer", icon="shield")  # fmt: skip
@dataclass(frozen=True)
class ManagerRelieved(Event):
    """A person sees in the portal only what is their own again."""

    company_id: UUID
    company_name: str


@event("customers.member_joined", _("Signed in first"), _("signed in to the portal for the first time"),
       group="customer", icon="key", direction="in")  # fmt: skip
@dataclass(frozen=True)
class MemberJoined(Event):
    """A customer signed in to the portal for the first time."""


@event("customers.member_blocked", _("Portal closed to them"), _("may no longer sign in to the portal"),
       group="customer", icon="lock")  # fmt: skip
@dataclass(frozen=True)
class MemberBlocked(Event):
    """A customer was kept from signing in."""


@event("customers.member_unblocked", _("Portal open to them"), _("may sign in to the portal again"),
       group="customer", icon="key")  # fmt: skip
@dataclass(frozen=True)
class MemberUnblocked(Event):
    """A customer may sign in again."""


@event("customers.data_taken", _("Took their data"), _("downloaded what we hold of them"), group="consent",
       icon="download", direction="in")  # fmt: skip
@dataclass(frozen=True)
class DataTaken(Event):
    """A customer downloaded everything that is held of them."""


@event("customers.erasure_asked", _("Asked to be erased"), _("asked us to erase what we hold of them"),
       group="consent", icon="trash", direction="in")  # fmt: skip
@dataclass(frozen=True)
class ErasureAsked(Event):
    """A customer asked for the erasure of their data."""


@event("customers.field_changed", _("Custom field changed"), _("{what} the field {key} of {noun}"), group="team",
       icon="columns-3", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class CustomFieldChanged(Event):
    """A custom field was added, changed, archived or brought back."""

    noun: str
    key: str
    what: str
