"""A list as a run of a bulk verb was asked for, read again: in a job there is no address."""

from __future__ import annotations

from django.http import QueryDict

from rapport.kernel import clock
from rapport.staff.listing.asked import Asked, asked
from rapport.staff.listing.nouns import Look, listing_named
from rapport.staff.models import BulkRun
from rapport.team.queries import actor_for, organisation


def asked_again(made: BulkRun) -> Asked:
    """Return the list that a run was started on, as its user sees it."""
    firm = organisation()
    look = Look(actor=actor_for(made.user), currency=firm.currency, zone=firm.zone, now=clock.now())
    query = QueryDict(mutable=True)
    query["f"], query["q"] = made.condition, made.search
    return asked(listing_named(made.listing), look, query)
