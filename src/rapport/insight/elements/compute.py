"""From evidence to scores: one table per source, joined by customer, all of it inside the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
from ibis.expr import types as ir

from rapport.insight.elements import service, sources
from rapport.insight.elements import service_measures as _service_measures  # noqa: F401 - registers
from rapport.insight.elements.buyers import buyers
from rapport.insight.elements.catalogue import ELEMENTS, MEASURES, PRIOR, SERVICE, Measure, weights
from rapport.insight.elements.measures import JUDGES
from rapport.insight.elements.sources import decay
from rapport.insight.metrics.contacts import any_contact
from rapport.insight.metrics.scope import Scope

ROWS: dict[str, Callable[[Scope], ir.Table]] = {
    "promises": sources.promises,
    "orders": sources.orders,
    "answers": sources.answers,
    "contacts": sources.contacts,
    "activities": sources.activities,
    "waits": service.waits,
    "channel_speeds": service.channel_speeds,
    "desk": service.desk,
    "endings": service.endings,
    "recoveries": service.recoveries,
    "extras": service.extras,
    "letters": service.letters,
    "attempts": service.attempts,
}
STATES: dict[str, Callable[[Scope], ir.Table]] = {
    "touches": sources.touches,
    "profile": sources.profile,
    "buyers": buyers,
}
NEEDS = {
    "promises": "promises_promise",
    "orders": "commerce_order",
    "answers": "feedback_answer",
    "activities": "timeline_activity",
    "waits": "service_ticket",
    "channel_speeds": "service_ticket",
    "desk": "service_ticket",
    "endings": "service_ticket",
    "recoveries": "service_recovery",
    "extras": "service_ticket",
    "letters": "conversations_message",
    "attempts": "knowledge_attempt",
    "touches": "kernel_eventrecord",
    "buyers": "commerce_order",
}


KEPT = ("n", "since", "tenure", "usual", "margin", "alive", "cltv", "low", "high", "often", "brought")
"""Columns of the buyers that the scores take over, with b_ before them."""


def evidence(scope: Scope) -> ir.Table:
    """Return per customer and measure: n (rows), w (their weight) and s (weight times value), as columns n_…, w_…, s_….

    A source without a row in the lake is left out; its measures are unknown for everybody.
    """
    people = scope.live_customers
    result = people.filter(people.since_on < scope.tomorrow).select(customer_id="id")
    for source, make in {**ROWS, **STATES}.items():
        if source in NEEDS and not scope.lake.rows(NEEDS[source]):
            continue
        if source == "contacts" and not any_contact(scope):
            continue
        found = _summed(make(scope), source, scope) if source in ROWS else _stated(make(scope), source, scope)
        found = found.rename(whose="customer_id")
        result = result.left_join(found, result.customer_id == found.whose).drop("whose")
    return result


def _of(source: str) -> list[Measure]:
    return [one for one in MEASURES.values() if one.source == source]


def _summed(rows: ir.Table, source: str, scope: Scope) -> ir.Table:
    """Sum the rows of a source per customer, later ones counting more."""
    judged: dict[str, Any] = {}
    for one in _of(source):
        found = JUDGES[one.name](rows, scope)
        counts = ibis.literal(True) if found.counts is None else found.counts
        weight = counts.ifelse(decay(rows) * found.size, 0.0)
        judged[f"n_{one.column}"] = counts.cast("int64")
        judged[f"w_{one.column}"] = weight
        judged[f"s_{one.column}"] = counts.ifelse(weight * found.value, 0.0)
    ready = rows.select("customer_id", **judged)
    return ready.group_by("customer_id").aggregate(**{name: _small(name, ready[name].sum()) for name in judged})


def _small(name: str, value: Any) -> Any:
    """Return a column in as few bytes as it needs: a million customers have some eighty of them."""
    return value.cast("int32" if name.startswith("n_") else "float32")


def _stated(rows: ir.Table, source: str, scope: Scope) -> ir.Table:
    """Take the value per customer as it is, with the number of rows it rests on as its weight."""
    columns: dict[str, Any] = {}
    for one in _of(source):
        found = JUDGES[one.name](rows, scope)
        counts = ibis.literal(True) if found.counts is None else found.counts
        n = counts.ifelse(rows.n, 0)
        columns[f"n_{one.column}"] = n
        columns[f"w_{one.column}"] = n.cast("float64")
        columns[f"s_{one.column}"] = counts.ifelse(rows.n * found.value, 0.0)
    small = {name: _small(name, value) for name, value in columns.items()}
    kept = {f"b_{name}": rows[name] for name in (KEPT if source == "buyers" else ())}
    return rows.select("customer_id", **small, **kept)


def means(table: ir.Table, scope: Scope) -> dict[str, float]:
    """Return the firm's mean of every measure with evidence: over rows, or over customers for what is said of them."""
    found = {}
    for one in _present(table):
        w, s = table[f"w_{one.column}"], table[f"s_{one.column}"]
        found[one.column] = (s / w.nullif(0)).mean() if one.source in STATES else s.sum() / w.sum().nullif(0)
    if not found:
        return {}
    row = scope.lake.one(table.aggregate(**found))
    return {one.name: row[one.column] for one in _present(table) if row[one.column] is not None}


def _present(table: ir.Table) -> list[Measure]:
    return [one for one in MEASURES.values() if f"n_{one.column}" in table.columns]


def scores(table: ir.Table, firm: dict[str, float], chosen: dict[str, float]) -> ir.Table:
    """Return the elements (0 to 100 or empty), index, confidence, evidence, and per measure v_… and c_….

    table: as `evidence` gives it; firm: the means; chosen: the weights that the firm set.
    """
    weight = weights(chosen)
    judged = {}
    for name, mean in firm.items():
        column = MEASURES[name].column
        w = table[f"w_{column}"].fill_null(0.0)
        known = table[f"n_{column}"].fill_null(0) > 0
        value = (table[f"s_{column}"] + PRIOR * mean) / (w + PRIOR)
        judged[f"v_{column}"] = known.ifelse(100 * value, ibis.null("float64"))
        judged[f"c_{column}"] = known.ifelse(w / (w + PRIOR), 0.0)
    table = table.mutate(**judged)
    parts = {element: _element(table, element, firm, weight) for element in ELEMENTS}
    table = table.mutate(
        **{element: value for element, (value, _) in parts.items()},
        **{f"conf_{element}": conf for element, (_, conf) in parts.items()},
    )
    weighed = [(weight[e] * table[f"conf_{e}"], table[e]) for e in ELEMENTS]
    total = _sum(w for w, _ in weighed)
    index = _sum(w * value.fill_null(0.0) for w, value in weighed) / total.nullif(0.0)
    counted = _sum(table[f"n_{MEASURES[name].column}"].fill_null(0) for name in firm)
    return table.mutate(index=index, confidence=total / (sum(weight[e] for e in ELEMENTS) or 1.0), evidence=counted)


def _element(
    table: ir.Table, element: str, firm: dict[str, float], weight: dict[str, float]
) -> tuple[ir.Value, ir.Value]:
    """Return value and confidence of an element: the weighted mean of its known measures.

    What only service could tell is missed nowhere but in a firm of which service tells it.
    """
    mine = [one for one in MEASURES.values() if one.element == element]
    known = [one for one in mine if one.name in firm and weight[one.name] > 0]
    if not known:
        return ibis.null("float64"), ibis.literal(0.0)
    there = [(weight[one.name], table[f"v_{one.column}"], table[f"c_{one.column}"]) for one in known]
    total = _sum(value.notnull().ifelse(w, 0.0) for w, value, _ in there)
    value = _sum(w * value.fill_null(0.0) for w, value, _ in there) / total.nullif(0.0)
    everything = sum(weight[one.name] for one in mine if one.source not in SERVICE or one.name in firm)
    return value, _sum(w * conf for w, _, conf in there) / everything


def _sum(parts: Any) -> Any:
    found = list(parts) or [ibis.literal(0)]  # a firm may have no evidence at all
    result = found[0]
    for part in found[1:]:
        result = result + part
    return result
