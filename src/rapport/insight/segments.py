"""Segments over the lake: the customers a condition in its text form names."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ibis.expr import types as ir

from rapport.insight.lake.reader import Lake
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions import Ctx, read
from rapport.kernel.conditions.lake import to_ibis

NOUN = "customer"


def members(lake: Lake, text: str, as_of: date, *, currency: str, actor: Actor = SYSTEM) -> ir.Table:
    """Return the ids (column `id`) of the customers that meet the condition `text`, seen from the end of `as_of`.

    Raises `ConditionError` when the text is none, or asks of what the lake does not hold.
    """
    tree = read(text, NOUN, actor, zone=lake.zone)
    ctx = Ctx(now=end_of(as_of, lake.zone), zone=lake.zone, currency=currency, actor=actor)
    customers = lake.table("customers_customer")
    return customers.filter(to_ibis(tree, NOUN, customers, ctx, lake)).select("id")


def end_of(day: date, zone: str) -> datetime:
    """Return the present moment when `day` is today in `zone`, else the end of that day."""
    now = clock.now()
    if now.astimezone(ZoneInfo(zone)).date() == day:
        return now
    return clock.day_end(day, zone)
