"""Segments over the lake: the customers that a condition in its text form, or the name of a segment, stands for."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ibis.expr import types as ir

from rapport.insight.lake.reader import Lake
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions import ConditionError, Ctx, Node, read
from rapport.kernel.conditions.lake import to_ibis
from rapport.marketing.queries import condition_on, named

NOUN = "customer"


def members(lake: Lake, text: str, as_of: date, *, currency: str, actor: Actor = SYSTEM) -> ir.Table:
    """Return the ids (column `id`) of the customers that meet the condition `text`, seen from the end of `as_of`.

    `text` may be the name of a segment as well: those who are in it as far as the lake knows. Raises `ConditionError`
    when it is neither, or asks of what the lake does not hold.
    """
    tree = understood(text, actor, lake.zone)
    ctx = Ctx(now=end_of(as_of, lake.zone), zone=lake.zone, currency=currency, actor=actor)
    customers = lake.table("customers_customer")
    return customers.filter(to_ibis(tree, NOUN, customers, ctx, lake)).select("id")


def understood(text: str, actor: Actor, zone: str) -> Node:
    """Return the tree of a condition, or of being in the segment that is called so. Raises `ConditionError`."""
    try:
        return read(text, NOUN, actor, zone=zone)
    except ConditionError:
        segment = named(text)
        if segment is None:
            raise
        return read(condition_on(segment), NOUN, actor, zone=zone)


def end_of(day: date, zone: str) -> datetime:
    """Return the present moment when `day` is today in `zone`, else the end of that day."""
    now = clock.now()
    if now.astimezone(ZoneInfo(zone)).date() == day:
        return now
    return clock.day_end(day, zone)
