"""Cohorts: of the customers who first bought in a month, how many came back in each month after.

One pass over the orders: each customer's months with a purchase are bits of a number, which is then read per month.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.maths.intervals import wilson
from rapport.insight.metrics.customers import CUSTOMERS
from rapport.insight.metrics.figures import Interval, Outcome
from rapport.insight.metrics.periods import month_start
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

MOST = 60
"""Months: what fits into the bits of a 64-bit integer."""
LENGTHS = {"month": 1, "quarter": 3, "year": 12}


@metric(
    "cohorts",
    _("Cohort retention"),
    definition=_(
        "Customers by the %(cohort)s of their first order; each cell is the share of them with an order in the n-th "
        "%(cohort)s after. The value is the share in the first one after, over all cohorts for which that is over."
    ),
    unit="%",
    how="model",
    kind="model",
    min_n=30,
    drill=CUSTOMERS,
    group="loyalty",
)
def cohorts(scope: Scope) -> Outcome:
    """The triangle: per cohort its size, and the shares on, and on or after, the n-th step."""
    length = LENGTHS[scope.policy.cohort]
    base, count = _base(scope, length)
    if count == 0:
        return Outcome(None, 0, refused=gettext("There are no orders yet."))
    rows = scope.lake.list(triangle(scope, base, count, length))
    found = [_cohort(row, base, length, count, scope.tomorrow) for row in sorted(rows, key=lambda r: r["cohort"])]
    after = [one for one in found if len(one["kept"]) > 1 and not one["partial"][1]]
    n, hits = sum(one["size"] for one in after), sum(one["active"][1] for one in after)
    interval = wilson(hits, n)
    return Outcome(
        100.0 * hits / n if n else None,
        n,
        Interval(100 * interval.low, 100 * interval.high) if interval else None,
        more={"step": scope.policy.cohort, "cohorts": found},
    )


def triangle(scope: Scope, base: date, count: int, length: int) -> ir.Table:
    """Return per cohort (steps after `base`): size, and on_k and after_k for each step k after the first order."""
    rows = scope.purchases.filter(scope.purchases.on >= base)
    months = (rows.on.year() - base.year) * 12 + rows.on.month() - base.month
    step = months // length if length > 1 else months
    bits = rows.mutate(bit=ibis.literal(1, "int64") << step.cast("int64"), step=step)
    each = bits.group_by("customer_id").aggregate(cohort=bits.step.min(), bits=bits.bit.bit_or())
    if scope.first_day() and month_start(scope.first_day() or base) < base:
        earlier = scope.purchases.filter(scope.purchases.on < base).select("customer_id").distinct()
        each = each.anti_join(earlier, "customer_id")
    each = each.mutate(bits=each.bits >> each.cohort.cast("int64"))
    return each.group_by("cohort").aggregate(
        size=each.count(),
        **{f"on_{k}": ((each.bits >> k) & 1).sum() for k in range(count)},
        **{f"after_{k}": ((each.bits >> k) > 0).sum() for k in range(count)},
    )


def _base(scope: Scope, length: int) -> tuple[date, int]:
    """Return the first day of the first cohort and the number of steps up to the day that counts."""
    first = scope.span.start or scope.first_day()
    if first is None or first >= scope.tomorrow:
        return scope.as_of, 0
    first = date(first.year, (first.month - 1) // length * length + 1, 1)
    months = (scope.as_of.year - first.year) * 12 + scope.as_of.month - first.month
    count = months // length + 1
    if count > MOST:
        first, count = month_start(first, (count - MOST) * length), MOST
    return first, count


def _cohort(row: dict[str, Any], base: date, length: int, count: int, tomorrow: date) -> dict[str, Any]:
    """Return a cohort's row of the triangle, up to the running step."""
    start = month_start(base, row["cohort"] * length)
    steps = count - row["cohort"]
    size = row["size"]
    active = [int(row[f"on_{k}"]) for k in range(steps)]
    return {
        "start": start.isoformat(),
        "size": size,
        "active": active,
        "kept": [round(100 * one / size, 2) for one in active],
        "kept_later": [round(100 * row[f"after_{k}"] / size, 2) for k in range(steps)],
        "partial": [month_start(start, (k + 1) * length) > tomorrow for k in range(steps)],
    }
