"""Our contacts that nobody asked for: calls, touchpoints that other systems told of, and messages that begin a talk."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr import types as ir

from rapport.insight.metrics.scope import Scope


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _at_zone(zone: str, moment: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("timestamp"):  # type: ignore[valid-type]
    """The local time of a moment in a zone."""


def local(zone: str | ir.StringValue, moment: ir.TimestampValue) -> ir.TimestampValue:
    """Return the local time of a moment in a zone, which may be a column."""
    return _at_zone(zone, moment)


def contacts(scope: Scope) -> ir.Table:
    """Return customer_id, channel, moment, on, and how many there were in the seven days up to each: in_week."""
    calls = scope.table("timeline_activity")
    calls = calls.filter((calls.direction == "out") & (calls.kind == "call") & calls.deleted_at.isnull())
    calls = calls.select("customer_id", channel=ibis.literal("phone"), moment=calls.happened_at, on=calls.on)
    events = scope.table("kernel_eventrecord")
    events = events.filter((events.type == "timeline.was_reached") & events.customer_id.notnull())
    channel = events.data.cast("json")["channel"].str
    events = events.select("customer_id", channel=channel, moment=events["at"], on=events.on)
    rows = calls.union(events).union(_openings(scope))
    week = ibis.window(group_by="customer_id", order_by="moment", preceding=ibis.interval(days=7), following=0)
    return rows.mutate(in_week=rows.moment.count().over(week))


def any_contact(scope: Scope) -> bool:
    """Return whether the lake holds any contact of ours."""
    calls, events = scope.table("timeline_activity"), scope.table("kernel_eventrecord")

    def look() -> bool:
        counts: list[Any] = [
            calls.aggregate(n=(calls.direction == "out").sum()),
            events.aggregate(n=(events.type == "timeline.was_reached").sum()),
            _openings(scope).aggregate(n=ibis._.count()),
        ]
        return any(scope.lake.one(one)["n"] for one in counts)

    return scope.lake.keep("any contact", look)


def _openings(scope: Scope) -> ir.Table:
    """Return the messages of ours to a customer who had not written in that thread before."""
    said, threads = scope.table("conversations_message"), scope.table("conversations_thread")
    ours = (said.direction == "out") & (said.sender_kind == "agent") & said.sent_at.notnull()
    theirs = (said.direction == "in") & (said.sender_kind == "customer")
    said = said.filter((said.automatic == "") & (ours | theirs))
    said = said.select("thread_id", "at", "on", ours=said.direction == "out")
    before = ibis.window(group_by="thread_id", order_by="at", preceding=None, following=0)
    said = said.mutate(heard=(~said.ours).any().over(before))
    threads = threads.filter(threads.customer_id.notnull()).select("channel", "customer_id", talk="id")
    opening = said.filter(said.ours & ~said.heard)
    joined = opening.inner_join(threads, opening.thread_id == threads.talk)
    return joined.select("customer_id", "channel", moment=joined["at"], on=joined.on)
