"""Customers in bulk: the stage they are copied to, their matching with those that are there, and the merge.

Fill the tables that `stage()` makes, then call `merge()`; all in one transaction, see `rapport.kernel.bulk`.
"""

from __future__ import annotations

from rapport.customers.services.loading.matching import match
from rapport.customers.services.loading.staging import stage
from rapport.customers.services.loading.undoing import created, undo
from rapport.customers.services.loading.writing import write
from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

__all__ = ["created", "match", "merge", "stage", "undo", "write"]


def merge(load: Load) -> Counts:
    """Match the staged customers with those that are there, and write what is new and what differs."""
    read = match(load)
    rows = bulk.number("SELECT count(*) FROM load_customer")
    identities = bulk.number("SELECT count(*) FROM load_identity")
    growing = {"customers_customer": rows, "customers_identity": identities, "customers_stagespan": rows}
    with bulk.rebuilding(load, growing):
        return write(load, read)
