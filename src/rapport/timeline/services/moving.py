"""What happened before it was known whose it is: read on that customer's timeline from then on.

As with a merge (decision 10), what an event tells never changes; `customer_id` says on whose timeline it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from rapport.kernel.models import EventRecord
from rapport.timeline.services import touches


def follow(subjects: Iterable[UUID], *, before: UUID | None, to: UUID) -> int:
    """Put events about `subjects` that were `before`'s (None: nobody's) on the timeline of `to`; return how many."""
    moved = EventRecord.objects.filter(subject_id__in=list(subjects), customer_id=before).update(customer_id=to)
    if moved:
        touches.recount_many([to] if before is None else [before, to])
    return moved
