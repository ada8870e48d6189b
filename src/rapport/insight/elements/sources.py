"""Where evidence comes from: a table per source, with `customer_id` and, where rows have a day, their `age` in days."""

from __future__ import annotations

from datetime import timedelta
from math import log
from typing import Any

import ibis
from ibis.expr import types as ir

from rapport.insight.elements.catalogue import HALF_LIFE, WINDOW
from rapport.insight.metrics.contacts import contacts as every_contact
from rapport.insight.metrics.promises import due
from rapport.insight.metrics.scope import Scope
from rapport.kernel.events import EVENTS

YEAR = timedelta(days=WINDOW)
HALVING = log(0.5)
PROFILE = 9
"""Fields of a profile that are looked at."""


def aged(rows: ir.Table, day: ir.DateValue, scope: Scope) -> ir.Table:
    """Return the rows of the year up to the scope's day, with their `day` and their `age` in days."""
    inside = (day < scope.tomorrow) & (day > scope.as_of - YEAR) & rows.customer_id.notnull()
    return rows.mutate(day=day, age=ibis.literal(scope.as_of).delta(day, unit="day")).filter(inside)


def promises(scope: Scope) -> ir.Table:
    """Promises that fell due: outcome as known then, days_late (0 when in time), kind, weight."""
    rows = due(scope)
    ended = rows.fulfilled_on.fill_null(scope.as_of)
    until = (ended > scope.as_of).ifelse(ibis.literal(scope.as_of), ended)
    late = until.delta(rows.on, unit="day")
    rows = rows.select("customer_id", "on", "outcome", "kind", "weight", days_late=ibis.greatest(late, 0))
    return aged(rows, rows.on, scope)


def orders(scope: Scope) -> ir.Table:
    """Sales of the window with the days they were placed, promised for, shipped and delivered."""
    rows = scope.table("commerce_order")
    rows = rows.filter((rows.kind == "sale") & (rows.status != "cancelled"))
    rows = rows.select("customer_id", "placed_on", "promised_on", "shipped_on", "delivered_on")
    return aged(rows, rows.placed_on, scope)


def answers(scope: Scope) -> ir.Table:
    """What was asked: kind, share of the scale (0 to 1), given, has_text, scale, days waited for our reply.

    What was asked about tickets is seen from the day service is at.
    """
    rows = scope.table("feedback_answer")
    if not scope.lag:
        return _answers(rows, scope)
    others, served = rows.filter(rows.ticket_id.isnull()), rows.filter(rows.ticket_id.notnull())
    return _answers(others, scope).union(_answers(served, scope.today))


def _answers(rows: ir.Table, scope: Scope) -> ir.Table:
    given = rows.score.notnull() & (rows.answered_on < scope.tomorrow).fill_null(False)
    replied = rows.replied_at.date()
    answered_in_time = (replied < scope.tomorrow).fill_null(False)
    until = answered_in_time.ifelse(replied, ibis.literal(scope.as_of))
    span = (rows.scale_high - rows.scale_low).nullif(0)
    rows = rows.select(
        "customer_id",
        "kind",
        "scale_low",
        "scale_high",
        asked_on=rows.asked_on,
        answered_on=rows.answered_on,
        given=given,
        share=(rows.score - rows.scale_low) / span,
        has_text=rows.text != "",
        replied=answered_in_time,
        waited=until.delta(rows.answered_on, unit="day"),
    )
    return aged(rows, ibis.coalesce(rows.answered_on, rows.asked_on), scope)


def contacts(scope: Scope) -> ir.Table:
    """Every time we contacted a customer unasked: channel, and whether it was allowed, wanted, and at a good hour."""
    scope = scope.today
    rows = every_contact(scope)
    people = scope.table("customers_customer")
    people = people.select("preferred_channel", "quiet_from", "quiet_to", "zone", person="id")
    rows = rows.left_join(people, rows.customer_id == people.person).drop("person")
    return aged(_with_refusals(rows, scope), rows.on, scope)


def _with_refusals(rows: ir.Table, scope: Scope) -> ir.Table:
    """Add `refused_at`: since when the customer does not want marketing on that channel."""
    consents = scope.table("customers_consent")
    gone = consents.filter((consents.state == "withdrawn") & consents.replaced_at.isnull())
    gone = gone.group_by("customer_id", "channel").aggregate(refused_at=gone["at"].min())
    gone = gone.rename(refuser="customer_id", refused_channel="channel")
    joined = rows.left_join(gone, (rows.customer_id == gone.refuser) & (rows.channel == gone.refused_channel))
    return joined.drop("refuser", "refused_channel")


def activities(scope: Scope) -> ir.Table:
    """Notes, calls and meetings that somebody logged: kind, direction, outcome, has_text."""
    rows = scope.table("timeline_activity")
    rows = rows.filter(rows.deleted_at.isnull())
    rows = rows.select("customer_id", "kind", "direction", "outcome", "on", has_text=rows.text != "")
    return aged(rows, rows.on, scope)


def touches(scope: Scope) -> ir.Table:
    """Per customer, how often they moved and how often we did, later ones counting more: came, went, n."""
    events = scope.table("kernel_eventrecord")
    moved = {way: [name for name, kind in EVENTS.items() if kind.direction == way] for way in ("in", "out")}
    rows = events.filter(events.type.isin(moved["in"] + moved["out"]))
    rows = aged(rows.select("customer_id", "on", came=rows.type.isin(moved["in"])), rows.on, scope)
    decayed = decay(rows)
    return rows.group_by("customer_id").aggregate(
        came=(rows.came.cast("float64") * decayed).sum(),
        went=((~rows.came).cast("float64") * decayed).sum(),
        n=rows.count(),
    )


def half(times: ir.NumericValue) -> ir.FloatingValue:
    """Return one half to the power of `times`."""
    return (times * HALVING).exp()


def decay(rows: ir.Table) -> Any:
    """Return how much a row counts for its age: half after the half-life."""
    return half(rows.age / HALF_LIFE)


def profile(scope: Scope) -> ir.Table:
    """Per customer, how many of nine things we know of them: filled."""
    rows = scope.table("customers_customer")
    rows = rows.filter(rows.deleted_at.isnull() & (rows.since_on < scope.tomorrow))
    identities = scope.table("customers_identity")
    known = identities.filter(identities.invalid_at.isnull()).group_by("customer_id")
    reach = known.aggregate(email=(identities.kind == "email").any(), phone=(identities.kind == "phone").any()).rename(
        reached="customer_id"
    )
    consents = scope.table("customers_consent").select(asked="customer_id").distinct()
    joined = rows.left_join(reach, rows.id == reach.reached).left_join(consents, rows.id == consents.asked)
    there = [
        joined.name != "",
        joined.email.fill_null(False),
        joined.phone.fill_null(False),
        joined.city != "",
        joined.country != "",
        joined.language != "",
        joined.preferred_channel != "",
        joined.birthday.notnull() | (joined.kind == "company"),
        joined.asked.notnull(),
    ]
    assert len(there) == PROFILE
    filled = sum((one.cast("int64") for one in there), ibis.literal(0))
    return joined.select(customer_id=joined.id, filled=filled, n=PROFILE)
