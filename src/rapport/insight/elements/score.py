"""Everything that is said of each customer, in one table of the engine: elements, index, kind, stage, value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import ibis
from ibis.expr import types as ir

from rapport.insight import journey
from rapport.insight.elements import kinds
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.elements.compute import evidence, means, scores
from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.scope import Scope

BEFORE = 90
"""Days over which the trend of the index is told."""
OVERDUE = 1.5
"""So many times the usual interval without a purchase, and a customer is slipping."""
LEAST_PURCHASES = 3


def scored(scope: Scope) -> ir.Table:
    """Return the scores of all customers as of the scope's day, with the trend of the index, kind and stage.

    The engine holds it as the table "scored"; the firm's means go into "firm".
    """
    then = index_at(scope, scope.as_of - timedelta(days=BEFORE), "then")
    now = _held(scope, _elements(scope, "now"), "now")
    now = now.left_join(then, now.customer_id == then.whose).drop("whose")
    now = now.mutate(trend=now.index - now.then)
    member = _held(scope, kinds.memberships(kinds.signals(scope), scope.policy.kinds), "member")
    member = member.rename(member="customer_id", bought="n")
    now = now.left_join(member, now.customer_id == member.member).drop("member")
    stage = _held(scope, journey.present(scope), "stage")
    stage = stage.rename(traveller="customer_id")
    now = now.left_join(stage, now.customer_id == stage.traveller).drop("traveller")
    result = _held(scope, _with_risk(now, scope), "scored")
    _drop(scope, "now", "member", "stage", "evidence_now", "index_then")
    return result


def index_at(scope: Scope, day: date, name: str) -> ir.Table:
    """Return the index as it was at the end of `day`, from what was known then: whose, and `name`."""
    rows = elements_at(scope, day).select("index", whose="customer_id").rename({name: "index"})
    held = _held(scope, rows, f"index_{name}")
    _drop(scope, "evidence_past")
    return held


def elements_at(scope: Scope, day: date) -> ir.Table:
    """Return index and elements as they were at the end of `day`, from what was known then, by customer_id."""
    earlier = replace(scope, as_of=day, span=Span(None, day + timedelta(days=1)))
    return _elements(earlier, "past").select("customer_id", "index", *ELEMENTS)


def _elements(scope: Scope, name: str) -> ir.Table:
    rows = _held(scope, evidence(scope), f"evidence_{name}")
    return scores(rows, means(rows, scope), dict(scope.policy.weights))


def _with_risk(rows: ir.Table, scope: Scope) -> ir.Table:
    """Add lapsed (day) and at_risk: the value of the year ahead of those overdue by their usual interval."""
    columns = set(rows.columns)
    if "b_n" not in columns:
        nothing = ibis.null("float64")
        return rows.mutate(lapsed=_lapsed(rows), at_risk=nothing, b_usual=nothing, b_alive=nothing, b_cltv=nothing)
    yearly = rows.b_margin / ibis.greatest(rows.b_tenure, 90) * 365
    value = rows.b_cltv.fill_null(yearly)
    overdue = (rows.b_n >= LEAST_PURCHASES) & (rows.b_since > OVERDUE * ibis.greatest(rows.b_usual, 7.0))
    slipping = overdue & (rows.stage != "lapsed") & (value > 0)
    return rows.mutate(lapsed=_lapsed(rows), at_risk=slipping.ifelse(value, ibis.null("float64")))


def _lapsed(rows: ir.Table) -> ir.DateValue:
    return (rows.stage == "lapsed").ifelse(rows.entered, ibis.null("date"))


def _drop(scope: Scope, *names: str) -> None:
    """Give the memory of temporary tables back."""
    for name in names:
        scope.lake.engine.execute(f'DROP TABLE IF EXISTS "held_{name}"')


def _held(scope: Scope, rows: ir.Table, name: str) -> ir.Table:
    """Work `rows` out into a temporary table of the engine and return that."""
    backend = scope.lake.backend
    scope.lake.engine.execute(f'CREATE OR REPLACE TEMP TABLE "held_{name}" AS {backend.compile(rows)}')
    return backend.table(f"held_{name}")
