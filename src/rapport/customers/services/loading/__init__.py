"""Customers in bulk: the stage they are copied to, their matching with those that are there, and the merge.

Fill the tables that `stage()` makes, then call `merge()`; all in one transaction, see `rapport.kernel.bulk`.
"""

from __future__ import annotations

from rapport.customers.services.loading.matching import match
from rapport.customers.services.loading.staging import next_part, stage
from rapport.customers.services.loading.undoing import created, follow_merges, undo
from rapport.customers.services.loading.writing import write
from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

__all__ = [
    "created",
    "follow_merges",
    "growing",
    "known_since",
    "match",
    "merge",
    "next_part",
    "nobody_known",
    "stage",
    "undo",
    "write",
]

_KNOWN_SINCE = """
UPDATE customers_customer c SET since = k.at FROM ({known}) AS k (id, at), load_new n
WHERE c.id = k.id AND n.customer_id = c.id AND k.at < c.since AND c.since = c.created_at
"""


def merge(load: Load, *, all_new: bool = False) -> Counts:
    """Match the staged customers with those that are there, and write what is new and what differs.

    A load may do so in parts: after `next_part()` the stage is empty again. For `all_new` see `match`.
    """
    return write(load, match(load, all_new=all_new))


def nobody_known() -> bool:
    """Whether no customer is known by any number or address yet."""
    return not bulk.any_row("SELECT FROM customers_identity")


def growing(rows: int, identities: int) -> dict[str, int]:
    """About how many rows the tables of customers get from a load of so many."""
    return {"customers_customer": rows, "customers_identity": identities, "customers_stagespan": rows}


def known_since(load: Load, known: str) -> None:
    """Say since when the customers that this load added are known, where their file did not.

    `known` is a query of the code for id and moment: of a first order, say.
    """
    bulk.run(load, _KNOWN_SINCE.format(known=known))
