"""Pairs of customers who may be one: merged, said to be two, or asked about again."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from rapport.customers.events import CustomersKeptApart, CustomersMerged, CustomersSuspected
from rapport.customers.models import Customer, Duplicate
from rapport.customers.permissions import MERGE
from rapport.customers.services import merges
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class Settled(ValueError):
    """The pair needs no answer any more: the two are one already, or one of them is gone."""


@verb(MERGE, publishes=(CustomersKeptApart,), offer=("mcp",))
def keep_apart(pair: Duplicate, *, by: Actor) -> Duplicate:
    """Say that the two are not the same: nobody is asked about them again."""
    row = _locked(pair)
    if row.dismissed_at is None:
        row.dismissed_at, row.dismissed_by = clock.now(), by.name[:120]
        row.save(update_fields=["dismissed_at", "dismissed_by"])
        publish(CustomersKeptApart(**_named(row)), by=by, subject=row, customer=row.first_id)
    return row


@verb(MERGE, publishes=(CustomersSuspected,), offer=("mcp",))
def suspect(pair: Duplicate, *, by: Actor) -> Duplicate:
    """Take back that the two are not the same: the pair is asked about again."""
    row = _locked(pair)
    if row.dismissed_at is not None:
        row.dismissed_at, row.dismissed_by = None, ""
        row.save(update_fields=["dismissed_at", "dismissed_by"])
        publish(CustomersSuspected(**_named(row)), by=by, subject=row, customer=row.first_id)
    return row


@verb(MERGE, publishes=(CustomersMerged,), offer=("mcp",))
def unite(pair: Duplicate, *, by: Actor, take: Iterable[str] | None = None) -> Customer:
    """Merge the two of a pair, or those they were merged into since: who was added later into who was there before.

    Returns the survivor. `take` as in `merges.merge`. Raises `Settled`, and what `merges.merge` raises.
    """
    row = _locked(pair)
    two = {one.merged_into or one for one in row.pair}
    if len(two) < 2 or any(one.deleted_at for one in two):
        raise Settled(_("There is nothing left to merge here."))
    survivor, source = sorted(two, key=lambda one: one.number)
    return merges.merge(source, survivor, by=by, take=take)


def _locked(pair: Duplicate) -> Duplicate:
    rows = Duplicate.objects.select_for_update(of=("self",)).select_related("first", "second")
    return rows.get(pk=pair.pk)


def _named(row: Duplicate) -> dict[str, str]:
    before, after = row.pair
    return {"one": before.code, "other": after.code}
