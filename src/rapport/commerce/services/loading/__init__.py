"""Commerce in bulk: products, orders with their lines, payments and deliveries, merged from a stage.

Customers have been merged before. Fill the tables that `stage()` makes, then call `merge()`.
"""

from __future__ import annotations

from rapport.commerce.services import totals
from rapport.commerce.services.loading import deliveries, lines, news, orders, payments, products, settling
from rapport.commerce.services.loading.settling import without_rate
from rapport.commerce.services.loading.staging import stage
from rapport.commerce.services.loading.undoing import created, undo
from rapport.customers.services import loading as customers
from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

__all__ = ["created", "merge", "stage", "undo", "without_rate"]

_OF_ORDERS = """
SELECT customer_id AS id FROM load_order_row WHERE customer_id IS NOT NULL
UNION SELECT customer_id FROM load_order_before WHERE customer_id IS NOT NULL
"""


def merge(load: Load) -> dict[str, Counts]:
    """Merge what is staged; return what became of the rows, by noun.

    `load_order_row` (every order of the load with its id) is left for the domains above.
    """
    counts = {"product": products.merge(load)}
    settling.settle(load)
    lines.prepare(load)
    sizes = {
        "commerce_order": bulk.number("SELECT count(*) FROM load_settled"),
        "commerce_orderline": bulk.number("SELECT count(*) FROM load_priced"),
        "commerce_payment": bulk.number("SELECT count(*) FROM load_payment"),
    }
    with bulk.rebuilding(load, sizes):
        counts["order"] = orders.merge(load)
        counts["line"] = lines.merge(load)
        counts["payment"] = payments.merge(load)
        counts["delivery"] = deliveries.merge(load)
    news.tell(load)
    with bulk.rebuilding(load, {"commerce_customertotals": bulk.number("SELECT count(*) FROM load_new")}):
        totals.start_where("SELECT customer_id AS id FROM load_new")
        totals.recount_where(_OF_ORDERS)
    customers.known_since(load, "SELECT customer_id, first_at FROM commerce_customertotals WHERE first_at IS NOT NULL")
    return counts
