"""Working out the kinds of relationship: signals per customer, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
from ibis.expr import types as ir

from rapport.insight.kinds import BASE, FAMILIES, Rules, rules
from rapport.insight.metrics.scope import Scope

DISCOUNT_SEEN = 4.0
"""A quarter of the price as discount, on average, is full sensitivity to price."""


def signals(scope: Scope) -> ir.Table:
    """Return the signals of every customer who bought, 0 where nothing is known."""
    bought = scope.purchases
    days = bought.group_by("customer_id", "on").aggregate(
        lines=bought.lines_count.sum(),
        gross=bought.gross_minor.sum(),
        discount=bought.discount_minor.sum(),
        worth=bought.worth.sum(),
    )
    own = ibis.window(group_by="customer_id", order_by="on")
    days = days.mutate(gap=days.on.delta(days.on.lag().over(own), unit="day").cast("float64"))
    each = days.group_by("customer_id").aggregate(
        n=days.count(),
        last=days.on.max(),
        first=days.on.min(),
        gap=days.gap.mean(),
        spread=days.gap.std(how="sample"),
        lines=days.lines.mean(),
        price=days.discount.sum() / days.gross.sum().nullif(0),
        worth=days.worth.sum(),
    )
    each = _with_talks(each, scope)
    steadiness = 1 / (1 + each.spread / each.gap.nullif(0))
    wide = (each.lines.percent_rank() + each.lines.cume_dist()) / 2
    today = ibis.literal(scope.as_of)
    return each.select(
        "customer_id",
        "n",
        price=ibis.least(1.0, DISCOUNT_SEEN * each.price.fill_null(0.0)),
        once=(each.n == 1).cast("float64"),
        regular=steadiness.fill_null(0.0),
        irregular=(1 - steadiness).fill_null(0.0),
        narrow=1 - wide,
        wide=wide,
        often=(each.n.percent_rank() + each.n.cume_dist()) / 2,
        lately=(-today.delta(each["last"], unit="day") / 180.0).exp(),
        long=1 - (-today.delta(each["first"], unit="day") / 526.0).exp(),
        contact=each.talks / (each.talks + each.n),
        value=(each.worth.percent_rank() + each.worth.cume_dist()) / 2,
        tone=each.tone.fill_null(0.0),
        voice=ibis.least(1.0, each.voices / each.n),
    )


def _with_talks(each: ir.Table, scope: Scope) -> ir.Table:
    """Add talks (logged), voices (answers given) and tone (their mean, 0 to 1)."""
    log = scope.table("timeline_activity")
    log = log.filter(log.deleted_at.isnull() & (log.on < scope.tomorrow))
    talks = log.group_by(talker="customer_id").aggregate(talks=log.count())
    given = scope.table("feedback_answer")
    given = given.filter(given.score.notnull() & (given.answered_on < scope.tomorrow))
    share = (given.score - given.scale_low) / (given.scale_high - given.scale_low).nullif(0)
    told = given.group_by(teller="customer_id").aggregate(voices=given.count(), tone=share.mean())
    joined = each.left_join(talks, each.customer_id == talks.talker)
    joined = joined.left_join(told, joined.customer_id == told.teller)
    return joined.mutate(talks=joined.talks.fill_null(0), voices=joined.voices.fill_null(0)).drop("talker", "teller")


def memberships(rows: ir.Table, chosen: Rules) -> ir.Table:
    """Return the memberships (columns by kind) of the customers in `rows` of signals, and `kind`, the strongest
    of the behaviour family.
    """
    factors = rules(chosen)
    pulls = {kind: _pull(rows, factors[kind]) for kind in factors}
    rows = rows.mutate(**{f"pull_{kind}": pull for kind, pull in pulls.items()})
    shares: dict[str, Any] = {}
    for kinds in FAMILIES.values():
        total = rows[f"pull_{kinds[0]}"]
        for kind in kinds[1:]:
            total = total + rows[f"pull_{kind}"]
        for kind in kinds:
            shares[kind] = (rows[f"pull_{kind}"] / total.nullif(0.0)).fill_null(1 / len(kinds))
    rows = rows.mutate(**shares)
    behaviour = FAMILIES["behaviour"]
    best = ibis.greatest(*(rows[kind] for kind in behaviour))
    return rows.mutate(kind=ibis.cases(*((rows[kind] == best, kind) for kind in behaviour)))


def _pull(rows: ir.Table, factors: Mapping[str, float]) -> ir.FloatingValue:
    total = ibis.literal(float(factors.get(BASE, 0.0)))
    for signal, factor in factors.items():
        if signal != BASE:
            total = total + factor * rows[signal]
    return ibis.greatest(total, 0.0)
