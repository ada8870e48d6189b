"""The kind that somebody chose, when customers are merged: what only the merged one has goes over, and back again."""

from __future__ import annotations

from uuid import UUID

from rapport.customers.models import CustomerMerge
from rapport.insight.models import Score
from rapport.kernel import clock

KEPT = "kind"
"""Where a merge notes the kind among what it brought."""


def bring_kind(source: UUID, survivor: UUID) -> None:
    """Give the survivor the kind that was chosen for the source, unless one was chosen for itself."""
    kind = _chosen(source)
    if kind and not _chosen(survivor):
        _choose(survivor, kind)
        _note(CustomerMerge.objects.get(source_id=source, undone_at=None), kind)


def take_kind_back(source: UUID) -> None:
    """Undo what `bring_kind` did for a source that was just un-merged, up to the last survivor who has it by that.

    A kind that was chosen anew since stays. Another who was merged and has a kind of its own brings that instead.
    """
    step = CustomerMerge.objects.filter(source_id=source, undone_at__isnull=False).order_by("-undone_at", "-pk").first()
    while step is not None:
        kind = step.brought.get(KEPT, "")
        _note(step, "")
        if not kind or _chosen(step.survivor_id) != kind:
            return
        standing = CustomerMerge.objects.filter(survivor_id=step.survivor_id, undone_at=None).order_by(
            "merged_at", "pk"
        )
        heir = next((one for one in standing if _chosen(one.source_id)), None)
        _choose(step.survivor_id, _chosen(heir.source_id) if heir else "")
        if heir is not None:
            _note(heir, _chosen(heir.source_id))
        step = CustomerMerge.objects.filter(source_id=step.survivor_id, undone_at=None).first()


def _chosen(customer: UUID) -> str:
    return Score.objects.filter(customer_id=customer).values_list("kind_override", flat=True).first() or ""


def _choose(customer: UUID, kind: str) -> None:
    Score.objects.update_or_create(
        customer_id=customer,
        defaults={"kind_override": kind},
        create_defaults={"kind_override": kind, "as_of": clock.now()},
    )


def _note(step: CustomerMerge, kind: str) -> None:
    step.brought = {
        **{name: held for name, held in step.brought.items() if name != KEPT},
        **({KEPT: kind} if kind else {}),
    }
    step.save(update_fields=["brought"])
