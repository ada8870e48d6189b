"""Two customers who are one become one, and, when that was wrong, two again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.customers.events import CustomersMerged, CustomersUnmerged
from rapport.customers.models import Customer, CustomerMerge, StageSpan
from rapport.customers.permissions import MERGE
from rapport.customers.services import indexing
from rapport.customers.services.customers import MergedAway, Trashed
from rapport.customers.services.merging import consents, firsts, rows, standing, values
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.doors import pass_through
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class IntoItself(ValueError):
    """A customer cannot be merged into itself, nor into one that was merged into it."""


class DifferentKinds(ValueError):
    """A person cannot be merged into a company, nor a company into a person."""


class NotMerged(ValueError):
    """The customer is not merged into another one."""


class NoChoice(ValueError):
    """What was to be taken from the merged customer is nothing that can be chosen."""


@verb(MERGE, publishes=(CustomersMerged,), offer=("mcp",))
def merge(customer: Customer, into: Customer, *, by: Actor, take: Iterable[str] | None = None) -> Customer:
    """Merge a customer into another one, and return that, the survivor.

    Where both have a value the survivor's stays, but for what `take` names (see `values.GROUPS`, custom.KEY; without
    it: the stage that is further along); what is empty is filled, tags and addresses are united, of consent the most
    restrictive holds. Everything that was the customer's goes over, and its number and address lead to the survivor.
    Needs the right on both. Raises `IntoItself`, `DifferentKinds`, `MergedAway`, `Trashed`, `NoChoice`, `OutOfReach`.
    """
    pass_through(into, by, MERGE)
    locked = _locked(customer.pk, into.pk)
    source, survivor = locked[customer.pk], locked[into.pk]
    _check(source, survivor)
    chosen = sorted(set(values.preferred(source, survivor) if take is None else take))
    for name in chosen:
        if not values.known(name, source):
            raise NoChoice(_("There is nothing called %(name)s to choose.") % {"name": name})
    before = {"merged": values.snapshot(source), "survivor": values.snapshot(survivor)}
    made = CustomerMerge(source=source, survivor=survivor, chosen=chosen, merged_at=clock.now(), merged_by=by.name)
    firsts.step_back(made)
    stage = survivor.stage
    values.bring(made, source, survivor)
    consents.bring(made, source, survivor)
    made.save(force_insert=True)
    rows.move(made)
    source.merged_into, source.deleted_at = survivor, clock.now()
    source.save(update_fields=["merged_into", "deleted_at"])
    standing.lead_to(survivor.pk)
    _settle(survivor, stage)
    publish(
        CustomersMerged(number=source.code, name=source.name, into=survivor.code, from_id=source.pk,
                        into_id=survivor.pk, before=before, chosen=chosen),
        by=by, subject=source, customer=survivor.pk,
    )  # fmt: skip
    return Customer.objects.get(pk=survivor.pk)


@verb(MERGE, publishes=(CustomersUnmerged,), offer=("mcp",))
def unmerge(customer: Customer, *, by: Actor) -> Customer:
    """Take a merged customer out of its survivor again, as it was, and return it.

    What it brought goes back with it; what came to the survivor since stays there, and so does what was changed since.
    Needs the right on both. Raises `NotMerged`, `Trashed`, `OutOfReach`.
    """
    chain = _locked_chain(customer)
    undone, onward = chain[0], chain[1:]
    locked = _locked(customer.pk, *(step.survivor_id for step in chain))
    source, last = locked[customer.pk], locked[chain[-1].survivor_id]
    pass_through(last, by, MERGE)
    if last.deleted_at is not None:
        raise Trashed(_("%(name)s is in the trash.") % {"name": last.label})
    _take_apart(chain, locked)
    rows.move_back(undone, onward)
    firsts.step_forward(undone)
    undone.undone_at = clock.now()
    undone.save(update_fields=["undone_at", "brought"])
    source.merged_into = source.deleted_at = None
    source.save(update_fields=["merged_into", "deleted_at"])
    standing.lead_to(source.pk)
    for one in (source, last):
        firsts.fill(one.pk)
        indexing.reindex(one)
    told = CustomersUnmerged(number=source.code, name=source.name, into=last.code, from_id=source.pk, into_id=last.pk)
    publish(told, by=by, subject=source, customer=last.pk)
    return Customer.objects.get(pk=source.pk)


def _take_apart(chain: list[CustomerMerge], locked: dict[UUID, Customer]) -> None:
    """Take from all holders' own fields and consent what the first merge of `chain` brought.

    With each holder the merges since are taken back, newest first, and brought again without it: so another one that
    has the same tag, the same value or a withdrawal of its own goes on to count.
    """
    undone = chain[0]
    for pivot in chain:
        holder = locked[pivot.survivor_id]
        stage = holder.stage
        steps = [pivot if step.pk == pivot.pk else step for step in standing.into(holder.pk)]
        since = steps[steps.index(pivot) :]
        freed: set[str] = set()
        for step in reversed(since):
            consents.take_back(step, holder)
            freed |= values.take_back(step, holder)
        for step in since:
            if step.pk != undone.pk:
                source = locked.get(step.source_id) or step.source
                values.bring(step, source, holder, freed)
                consents.bring(step, source, holder)
            step.save(update_fields=["brought"])
        _settle(holder, stage)


def _check(source: Customer, survivor: Customer) -> None:
    if source.pk == survivor.pk:
        raise IntoItself(_("A customer cannot be merged into itself."))
    if survivor.merged_into_id == source.pk:
        told = {"into": survivor.code, "number": source.code}
        raise IntoItself(_("%(into)s was merged into %(number)s.") % told)
    for one in (source, survivor):
        if one.merged_into_id is not None:
            raise MergedAway(one)
        if one.deleted_at is not None:
            raise Trashed(_("%(name)s is in the trash.") % {"name": one.label})
    if source.kind != survivor.kind:
        raise DifferentKinds(_("A person and a company cannot be one."))


def _settle(customer: Customer, stage: str) -> None:
    """Save a survivor whose fields changed; a new stage begins now."""
    at = clock.now()
    if customer.stage != stage:
        customer.stages.filter(left_at__isnull=True).update(left_at=at)
        StageSpan.objects.create(customer=customer, stage=customer.stage, entered_at=at)
    customer.updated_at = at
    customer.search = indexing.search_value(customer, customer.identities.all())
    customer.save()
    customer.refresh_from_db(fields=["search"])


def _locked(*keys: UUID) -> dict[UUID, Customer]:
    """Lock customers in the order of their keys, so that two merges never wait for each other."""
    found = Customer.objects.select_for_update(of=("self",)).filter(pk__in=set(keys)).order_by("pk")
    return {row.pk: row for row in found}


def _locked_chain(customer: Customer) -> list[CustomerMerge]:
    """Lock a merged customer with all it was merged into, and return those merges. Raises `NotMerged`.

    A merge that came in between is seen after the locks are held, and what it leads to is locked as well.
    """
    chain: list[CustomerMerge] = []
    while True:
        again = standing.onward(customer.pk)
        if not again:
            raise NotMerged(_("%(number)s is not merged.") % {"number": customer.code})
        if [step.pk for step in again] == [step.pk for step in chain]:
            return again
        chain = again
        _locked(customer.pk, *(step.survivor_id for step in chain))
