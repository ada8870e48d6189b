"""Consent of two who are one: whoever withdrew has withdrawn. The source's own rows stay with it, as their proof."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.customers.models import Consent, Customer, CustomerMerge

KEPT = "consents"
"""Where a merge notes them among what it brought: pairs of a row that was added and the row it replaced."""


def bring(merge: CustomerMerge, source: Customer, survivor: Customer) -> None:
    """Let the survivor have withdrawn what the source withdrew, and allow what only the source was asked.

    What the survivor said after the merge stands.
    """
    held = {(row.channel, row.topic): row for row in _present(survivor)}
    pairs = []
    for row in _present(source):
        present = held.get((row.channel, row.topic))
        if present is not None and row.state in {present.state, Consent.State.GRANTED}:
            continue
        if present is not None and present.at > merge.merged_at:
            continue
        added = _added(row, survivor, merge, present)
        pairs.append([str(added.pk), str(present.pk) if present else None])
    merge.brought[KEPT] = pairs


def take_back(merge: CustomerMerge, survivor: Customer) -> bool:
    """Take back what a merge added to the survivor's consent; return whether there was anything."""
    pairs = merge.brought.pop(KEPT, [])
    for added, replaced in pairs:
        gone = Consent.objects.filter(pk=added).first()
        if gone is None:
            continue
        gone.delete()
        rows = Consent.objects.filter(customer=survivor, channel=gone.channel, topic=gone.topic)
        if replaced and not rows.filter(replaced_at=None).exists():
            rows.filter(pk=replaced).update(replaced_at=None)
    return bool(pairs)


def _present(customer: Customer) -> list[Consent]:
    rows = Consent.objects.filter(customer=customer, replaced_at=None)
    return list(rows.order_by("channel", "topic", "-at", "-id").distinct("channel", "topic"))


def _added(row: Consent, survivor: Customer, merge: CustomerMerge, present: Consent | None) -> Consent:
    at = merge.merged_at if present else row.at
    if present is not None:
        Consent.objects.filter(pk=present.pk).update(replaced_at=at)
    said = _("From %(number)s, which was merged into this one.") % {"number": row.customer.code}
    return Consent.objects.create(
        customer=survivor,
        channel=row.channel,
        topic=row.topic,
        state=row.state,
        basis=row.basis,
        proof=row.proof or said,
        at=at,
    )
