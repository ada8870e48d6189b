"""Records of custom objects in bulk: the stage they are copied to, their matching with those there, and the merge.

Fill the table that `stage()` makes, then call `merge()`; all in one transaction, see `rapport.kernel.bulk`.
"""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load
from rapport.kernel.remembered import steady
from rapport.objects.models import Record
from rapport.objects.services.loading.leading import lead
from rapport.objects.services.loading.matching import match
from rapport.objects.services.loading.staging import describe, stage
from rapport.objects.services.loading.undoing import created, undo
from rapport.objects.services.loading.writing import write

__all__ = ["created", "merge", "stage", "undo"]


def merge(load: Load) -> dict[str, Counts]:
    """Match the staged records with those that are there, write what is new and what differs; return counts by noun."""
    rows = bulk.number("SELECT count(*) FROM load_record")
    if not rows:
        return {}
    with steady():
        kinds = describe()
        match(load)
        lead(load)
        with bulk.rebuilding(load, {Record._meta.db_table: rows}):
            return write(load, kinds)
