"""How the measures of service judge their rows: one small expression each, from 0 (bad) to 1 (good)."""

from __future__ import annotations

import ibis
from ibis.expr import types as ir

from rapport.insight.elements.measures import Evidence, falling, judges
from rapport.insight.elements.sources import half
from rapport.insight.metrics.scope import Scope

TIMES = 5
"""So many times its target a wait can get no worse."""
HALVINGS = 4
"""So often doubled, the slowest channel's time over the quickest's, can get no worse."""
PLAIN, DENSE = 15, 40
"""Words in a sentence that everybody follows, and that hardly anybody does."""


def _in_time(rows: ir.Table) -> ir.NumericValue:
    return falling(rows.over, 1, TIMES)


@judges("trust.complaints_recovered")
def complaints_recovered(rows: ir.Table, scope: Scope) -> Evidence:
    """Every complaint of which it was told how it ended."""
    return Evidence(rows.recovered.cast("float64"))


@judges("trust.honest_answers")
def honest_answers(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket that was answered."""
    return Evidence((~rows.cause.isin(("information", "promise"))).cast("float64"), rows.answered | rows.over)


@judges("respect.conduct")
def conduct(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket that was answered."""
    return Evidence((rows.cause != "conduct").cast("float64"), rows.answered | rows.over)


@judges("communication.even_speed")
def even_speed(rows: ir.Table, scope: Scope) -> Evidence:
    """First answers of customers who used several channels."""
    return Evidence(falling(rows.apart.log2(), 0, HALVINGS), rows.several)


@judges("communication.clarity")
def clarity(rows: ir.Table, scope: Scope) -> Evidence:
    """Every message of ours of three words or more."""
    return Evidence(falling(rows.length, PLAIN, DENSE), rows.words >= 3)


@judges("understanding.told_once")
def told_once(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket that was answered."""
    value = rows.followed_up.ifelse(0.0, 1.0 / rows.voices)
    return Evidence(value, rows.answered)


@judges("responsiveness.first_response")
def first_response(rows: ir.Table, scope: Scope) -> Evidence:
    """Every first answer, and those that are overdue."""
    return Evidence(_in_time(rows), rows.aim == "first")


@judges("responsiveness.next_response")
def next_response(rows: ir.Table, scope: Scope) -> Evidence:
    """Every later answer."""
    return Evidence(_in_time(rows), rows.aim == "next")


@judges("responsiveness.resolution")
def resolution(rows: ir.Table, scope: Scope) -> Evidence:
    """Every solution that a service level sets a time for."""
    return Evidence(_in_time(rows), (rows.aim == "solve") & rows.over.notnull())


@judges("responsiveness.worst_wait")
def worst_wait(rows: ir.Table, scope: Scope) -> Evidence:
    """The longest recent wait for an answer, against its target."""
    return Evidence(_in_time(rows), rows.worst)


@judges("responsiveness.answered")
def answered(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket that was answered or has waited for longer than the days we set ourselves."""
    neglected = ~rows.over & (rows.waited > scope.policy.reply_days)
    return Evidence(rows.answered.cast("float64"), rows.answered | neglected)


@judges("helpfulness.first_contact")
def first_contact(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket first solved a week ago or longer."""
    return Evidence(rows.at_once.cast("float64"), rows.ripe)


@judges("helpfulness.held")
def held(rows: ir.Table, scope: Scope) -> Evidence:
    """Every ticket that was solved."""
    return Evidence(rows.held.cast("float64"))


@judges("helpfulness.self_service")
def self_service(rows: ir.Table, scope: Scope) -> Evidence:
    """Every attempt to write that was shown articles."""
    return Evidence(rows.helped.cast("float64"))


@judges("helpfulness.extra_mile")
def extra_mile(rows: ir.Table, scope: Scope) -> Evidence:
    """Amends made, and things found for the customer."""
    place = ibis.row_number().over(ibis.window(group_by=rows.customer_id, order_by=rows.day))
    return Evidence(1 - half(place + 1))
