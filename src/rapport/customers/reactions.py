"""What goes along when a customer is merged: events, addresses, companies and people, the key to the portal."""

from __future__ import annotations

from rapport.customers.following import follow, stay
from rapport.customers.models import (
    Affiliation,
    Consent,
    Customer,
    CustomerMerge,
    Identity,
    Member,
    SignInLink,
    StageSpan,
)
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
