"""The panel of facts: how a customer is reached, where they live, what they allow, and the people around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.customers.models import Customer, CustomerMerge
from rapport.customers.permissions import CHANGE, MERGE
from rapport.customers.queries import ConsentLine, consents
from rapport.kernel import fields
from rapport.kernel.written import KEY, Written
from rapport.staff import choices
from rapport.staff.listing.custom import href, said
from rapport.staff.record.forms import ConsentForm, IdentityForm, blank
from rapport.staff.record.known import AROUND, Known
from rapport.ui import formats
from rapport.ui.components.parts import Fact

MERGES = 10
_merges = Written()


def load(known: Known) -> dict[str, Any]:
    """Return everything the panel shows; forms only for those who may change the customer."""
    customer = known.customer
    return {
        "customer": customer,
        "identities": known.identities,
        "facts": [*address(customer), *own("customer", customer.custom, known.firm.currency)],
        "consents": consent_lines(customer),
        "merged": merged_from(customer),
        "may_merge": known.actor.may(MERGE),
        "around": known.around[:AROUND],
        "more_around": len(known.around) > AROUND,
        "owner": customer.owner,
        "may_change": known.actor.may(CHANGE) and not customer.deleted_at,
        "identity_form": blank(IdentityForm, "identity"),
        "consent_form": blank(ConsentForm, "consent"),
    }


def address(customer: Customer) -> list[Fact]:
    """Return address, birthday and source as far as they are known."""
    town = " ".join(part for part in (customer.postcode, customer.city) if part)
    country = dict(choices.countries()).get(customer.country, customer.country)
    place = ", ".join(part for part in (customer.street, town, customer.region, country) if part)
    found = []
    if place:
        found.append(Fact(_("Address"), place))
    if customer.birthday:
        found.append(Fact(_("Birthday"), formats.day(customer.birthday)))
    if customer.source:
        found.append(Fact(_("Source"), customer.source))
    return found


def own(noun: str, values: Mapping[str, Any], currency: str) -> list[Fact]:
    """Return the custom fields of a noun that have a value, in their order; amounts are in `currency`."""
    if not values:
        return []
    found = [field for field in fields.live(noun) if values.get(field.key) not in (None, "", [])]
    return [
        Fact(field.label, said(field, values[field.key], currency), href(field, values[field.key])) for field in found
    ]


def merged_from(customer: Customer) -> list[CustomerMerge]:
    """Return the merges by which others became this customer, the newest first."""
    return _merges.objects("all", _asking_merges, {KEY: customer.pk})


def _asking_merges() -> QuerySet[CustomerMerge]:
    rows = CustomerMerge.objects.filter(source__merged_into=KEY, undone_at=None).select_related("source")
    return rows.defer("source__search").order_by("-merged_at")[:MERGES]


def consent_lines(customer: Customer) -> list[tuple[ConsentLine, str, bool]]:
    """Return for each channel and topic ever asked: its state, what people read, whether it is allowed."""
    labels = dict(Customer.Channel.choices)
    return [(one, f"{labels.get(one.channel, one.channel)}: {one.topic}", one.state == "granted")
            for one in consents(customer)]  # fmt: skip
