"""What is left of what customers paid: by the cost of each line where it is known, else by the firm's share.

margin = kept · (net · s - cost + net · (1 - s) · m) for an order with `net` revenue in which lines with a known cost
make up the share `s` of all lines; `m` is the share the firm chose, `kept` what was not refunded of net. A refund
takes its part of the cost with it: the goods came back, or the loss is not this order's.
"""

from __future__ import annotations

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope, in_base


def any_cost(scope: Scope) -> bool:
    """Tell whether the cost of any line is known."""
    lines = scope.table("commerce_orderline")
    return scope.lake.keep("any cost", lambda: bool(scope.lake.one(lines.aggregate(n=lines.cost_minor.count()))["n"]))


def with_margin(scope: Scope, orders: ir.Table) -> ir.Table:
    """Add `margin` (minor units, fractional) to documents, see `Scope.documents`."""
    net = orders.net_base_minor.cast("float64")
    kept = ibis.coalesce(1 - orders.refunded_base_minor / net.nullif(0.0), 1.0)
    chosen = scope.policy.margin
    if not any_cost(scope):
        return orders.mutate(margin=kept * net * chosen)
    costs = scope.lake.held(_costs(scope), "costs of orders")
    joined = orders.left_join(costs, orders.id == costs.order_id).drop("order_id")
    share = joined.costed.fill_null(0.0)
    cost = in_base(joined.cost.fill_null(0.0), joined)
    left = joined.net_base_minor * (share + (1 - share) * chosen) - cost
    return joined.mutate(margin=kept * left).drop("costed", "cost")


def _costs(scope: Scope) -> ir.Table:
    """Return per order with a known cost: costed (share of such lines in its total, 0 to 1), cost (minor units)."""
    lines = scope.table("commerce_orderline")
    known = lines.cost_minor.notnull()
    total = lines.total_minor.cast("float64")
    each = lines.group_by("order_id").aggregate(
        costed=ibis.coalesce(total.sum(where=known) / total.sum().nullif(0.0), 1.0),
        cost=(lines.quantity.cast("float64") * lines.cost_minor).sum(),
    )
    return each.filter(each.cost.notnull())


def rate(scope: Scope) -> float:
    """Return the share of net revenue that is left over all purchases up to the day; the chosen one without costs."""
    if not any_cost(scope):
        return scope.policy.margin
    return scope.lake.keep(("margin rate", scope.question), lambda: _rate(scope))


def _rate(scope: Scope) -> float:
    rows = with_margin(scope, scope.purchases)
    row = scope.lake.one(rows.aggregate(margin=rows.margin.sum(), worth=rows.worth.sum()))
    return max(0.0, row["margin"] / row["worth"]) if row["worth"] else scope.policy.margin


@metric(
    "margin",
    _("Gross margin"),
    definition=_(
        "Net of every document that was not cancelled, refunds taken off at its date, less the cost of its lines; of "
        "lines whose cost is not known, %(margin_percent)s %% counts as margin."
    ),
    unit="money",
    how="sum",
    drill=("commerce.order", "id"),
    group="revenue",
)
def margin(scope: Scope) -> ir.Table:
    """Facts: the margin of every document that was not cancelled."""
    rows = scope.documents
    rows = with_margin(scope, rows.filter(rows.status != "cancelled"))
    return rows.select("id", "customer_id", "on", value=rows.margin)
