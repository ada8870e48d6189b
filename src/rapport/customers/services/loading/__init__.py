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

__all__ = ["created", "known_since", "match", "merge", "stage", "undo", "write"]

_KNOWN_SINCE = """
UPDATE customers_customer c SET since = k.at FROM ({known}) AS k (id, at), load_new n
WHERE c.id = k.id AND n.customer_id = c.id AND k.at < c.since AND c.since = c.created_at
"""


def merge(load: Load) -> Counts:
    """Match the staged customers with those that are there, and write what is new and what differs."""
    read = match(load)
    rows = bulk.number("SELECT count(*) FROM load_customer")
    identities = bulk.number("SELECT count(*) FROM load_identity")
    growing = {"customers_customer": rows, "customers_identity": identities, "customers_stagespan": rows}
    with bulk.rebuilding(load, growing):
        return write(load, read)


def known_since(load: Load, known: str) -> None:
    """Say since when the customers that this load added are known, where their file did not.

    `known` is a query of the code for id and moment: of a first order, say.
    """
    bulk.run(load, _KNOWN_SINCE.format(known=known))
