"""The search document of a customer, written anew whenever what it is made of changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Cast

from rapport.customers import searching
from rapport.customers.models import Customer, Identity
from rapport.kernel import clock, search


def search_value(customer: Customer, identities: Iterable[Identity]) -> Cast:
    """Return the expression for the `search` column of `customer`, who is known by `identities`.

    Who was merged into the customer is found by the number that it had.
    """
    pairs = [(identity.kind, identity.normal) for identity in identities]
    merged = [] if customer._state.adding else customer.merged.values_list("number", flat=True)
    return search.stored(searching.document(customer.name, customer.number, customer.city, pairs, merged))


def reindex(customer: Customer) -> None:
    """Write the search document of a customer anew, after an identity changed."""
    value = search_value(customer, customer.identities.all())
    Customer.objects.filter(pk=customer.pk).update(search=value, updated_at=clock.now())
