"""Kinds of relationship: soft memberships in two families, from behaviour, by rules that are data.

Each signal runs from 0 to 1. A kind's pull is its base plus the sum of its factors times the signals, 0 at least; a
membership is the kind's share of its family's pulls, so a family adds up to 1. A signal we know nothing of counts 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.scope import Scope

Rules = Mapping[str, Mapping[str, float]]
BASE = "base"

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "behaviour": ("transactional", "need_based", "loyalty_based", "advisory"),
    "bond": ("emotional", "community_based", "value_add"),
}
RULES: Rules = {
    "transactional": {BASE: 0.5, "price": 1.0, "once": 0.6, "regular": -0.4, "contact": -0.5},
    "need_based": {BASE: 0.2, "irregular": 0.8, "narrow": 0.4, "often": -0.3},
    "loyalty_based": {BASE: 0.0, "regular": 0.8, "often": 0.8, "lately": 0.3, "long": 0.3},
    "advisory": {BASE: 0.0, "contact": 1.6, "value": 0.2},
    "emotional": {BASE: 0.2, "tone": 0.8, "long": 0.2},
    "community_based": {BASE: 0.1, "voice": 1.2},
    "value_add": {BASE: 0.3, "wide": 0.6, "value": 0.5},
}
SIGNALS: Mapping[str, str | Promise] = {
    "price": _("buys at a discount"),
    "once": _("bought once"),
    "regular": _("buys at regular intervals"),
    "irregular": _("buys at irregular intervals"),
    "narrow": _("buys few things at a time"),
    "wide": _("buys many things at a time"),
    "often": _("buys more often than others"),
    "lately": _("bought lately"),
    "long": _("has been a customer for long"),
    "contact": _("talks with us beside buying"),
    "value": _("brings more than others"),
    "tone": _("speaks well of us"),
    "voice": _("takes part: gives reviews and answers"),
}
DISCOUNT_SEEN = 4.0
"""A quarter of the price as discount, on average, is full sensitivity to price."""


class UnknownKind(ValueError):
    """There is no kind of relationship of this name."""


def rules(chosen: Rules) -> Rules:
    """Return the rules: what the firm changed, over those that come with the product."""
    return {kind: {**factors, **chosen.get(kind, {})} for kind, factors in RULES.items()}


def family_of(kind: str) -> str:
    """Return the family of a kind. Raises `UnknownKind`."""
    for family, kinds in FAMILIES.items():
        if kind in kinds:
            return family
    raise UnknownKind(kind)


def signals(scope: Scope) -> ir.Table:
    """Return the signals of every customer who bought, 0 where nothing is known."""
    bought = scope.purchases
    orders = scope.table("commerce_order").select("id", "discount_minor")
    bought = bought.inner_join(orders, "id")
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


def reasons(kind: str, found: Mapping[str, float], chosen: Rules) -> list[tuple[str, float]]:
    """Return the signals that speak for `kind` in words, strongest first, with how much they add.

    found: the customer's signals, as stored.
    """
    factors = rules(chosen)[kind]
    parts = [(str(SIGNALS[s]), factor * found.get(s, 0.0)) for s, factor in factors.items() if s != BASE]
    return sorted((part for part in parts if part[1] > 0), key=lambda part: -part[1])
