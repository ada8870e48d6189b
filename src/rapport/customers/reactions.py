"""What goes along when a customer is merged, and on which news customers are compared with others anew."""

from __future__ import annotations

from rapport.customers.events import (
    Affiliated,
    AffiliationEnded,
    CustomerChanged,
    CustomerCreated,
    CustomerRestored,
    CustomersMerged,
    CustomersUnmerged,
    CustomerTrashed,
    IdentityAdded,
    IdentityRemoved,
)
from rapport.customers.following import follow, stay
from rapport.customers.models import (
    Affiliation,
    Consent,
    Customer,
    CustomerMerge,
    Duplicate,
    Identity,
    MatchKeys,
    Member,
    SignInLink,
    StageSpan,
    ToCompare,
)
from rapport.customers.services import comparing
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord

follow(EventRecord, "customer_id")
follow(Identity, "customer")
follow(Affiliation, "person", "company")
follow(Member, "customer")
follow(SignInLink, "customer")
stay(Consent, "customer", because="the survivor gets what is more restrictive; the proof is of who gave it")
stay(StageSpan, "customer", because="the survivor has a history of stages of its own")
stay(Customer, "merged_into", because="chains are kept flat by the merge itself")
stay(CustomerMerge, "source", "survivor", because="it tells who was merged into whom")
stay(Duplicate, "first", "second", because="pairs of who was merged wait out of sight for them to come back")
stay(MatchKeys, "customer", because="they are worked out anew")
stay(ToCompare, "customer", because="it is worked off within a minute")

TELLING = frozenset({"kind", "name", "given_name", "family_name", "birthday", "street", "city", "postcode", "country"})
"""The fields by which customers are compared."""


@on(CustomerCreated, CustomerTrashed, CustomerRestored, IdentityAdded, IdentityRemoved, Affiliated, AffiliationEnded)
def compare_anew(record: EventRecord, happening: object) -> None:
    """Note that a customer is to be compared with the others."""
    if record.customer_id:
        comparing.mark([record.customer_id])


@on(CustomerChanged)
def compare_changed(record: EventRecord, happening: CustomerChanged) -> None:
    """Note so where something changed by which they are compared."""
    if record.customer_id and TELLING & happening.changes.keys():
        comparing.mark([record.customer_id])


@on(CustomersMerged, CustomersUnmerged)
def compare_both(record: EventRecord, happening: CustomersMerged | CustomersUnmerged) -> None:
    """Note so for both of a merge."""
    comparing.mark([happening.from_id, happening.into_id])
