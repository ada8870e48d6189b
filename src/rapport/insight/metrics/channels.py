"""Over all channels: when people write, how even our speed is, how much we press, and who helps themselves."""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.contacts import contacts, local
from rapport.insight.metrics.figures import Outcome
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.service import BY, GROUP, MONTH
from rapport.insight.metrics.tickets import first_waits, tickets

LEAST = 5
"""So many first answers must a channel have to be compared."""


@metric(
    "contacts_by_hour",
    _("Contacts by hour"),
    definition=_(
        "Messages of customers and calls from them in the period, by weekday and hour in the organisation's zone. "
        "Automatic messages and spam don't count. Asked for an agent, a queue or a tag: the messages of its tickets."
    ),
    unit="count", how="model", kind="model", good="", last=MONTH, group=GROUP, by=BY,
)  # fmt: skip
def contacts_by_hour(scope: Scope) -> Outcome:
    """The number of contacts; `grid` has them by weekday (Monday first) and hour, `channels` by channel."""
    rows = _came_in(scope)
    hours = rows.group_by("weekday", "hour").aggregate(n=rows.count())
    grid = [[0] * 24 for _day in range(7)]
    for row in scope.lake.list(hours):
        grid[row["weekday"]][row["hour"]] = row["n"]
    total = sum(map(sum, grid))
    by_channel = rows.group_by("channel").aggregate(n=rows.count())
    channels = {row["channel"]: row["n"] for row in scope.lake.list(by_channel)}
    return Outcome(float(total), total, more={"grid": grid, "channels": channels})


def _came_in(scope: Scope) -> ir.Table:
    """Return the contacts of the period: channel, weekday (0 is Monday), hour."""
    said, threads = scope.table("conversations_message"), scope.table("conversations_thread")
    said = said.filter((said.direction == "in") & (said.sender_kind == "customer") & (said.automatic == ""))
    said = said.select("thread_id", "on", "at")
    threads = threads.filter(threads.spam_at.isnull() & threads.deleted_at.isnull())
    threads = threads.select("channel", "customer_id", talk="id")
    rows = said.inner_join(threads, said.thread_id == threads.talk)
    if scope.seen is not None or set(scope.only) - {"channel"}:
        rows = _of_tickets(rows, scope).select("customer_id", "channel", "on", "at")
    else:
        rows = rows.select("customer_id", "channel", "on", "at").union(_calls(scope))
        if "channel" in scope.only:
            rows = rows.filter(rows.channel == scope.only["channel"])
    rows = scope.of_segment(rows)
    inside = (rows.on < scope.span.end) & (rows.on < scope.tomorrow)
    rows = rows.filter(inside & (rows.on >= scope.span.start) if scope.span.start else inside)
    there = local(scope.lake.zone, rows["at"])
    return rows.select("channel", weekday=rows.on.day_of_week.index(), hour=there.hour())


def _of_tickets(said: ir.Table, scope: Scope) -> ir.Table:
    """Return the messages that were said in the tickets of the slice."""
    mine, links = tickets(scope).select(mine="id"), scope.table("service_ticketthread")
    links = links.semi_join(mine, links.ticket_id == mine.mine).select(told="thread_id")
    return said.semi_join(links, said.thread_id == links.told)


def _calls(scope: Scope) -> ir.Table:
    calls = scope.table("timeline_activity")
    calls = calls.filter((calls.kind == "call") & (calls.direction == "in") & calls.deleted_at.isnull())
    calls = calls.select("customer_id", "on", channel=ibis.literal("phone"), at=calls.happened_at)
    return calls.select("customer_id", "channel", "on", "at")


@metric(
    "speed_between_channels",
    _("Evenness of speed"),
    definition=_(
        "Median first response by the clock on the slowest channel over that on the quickest, of the tickets first "
        "answered in the period: 1 is the same speed on every channel. Channels with 5 first answers or more."
    ),
    unit="times", how="model", kind="model", good="down", last=MONTH, group=GROUP, by=("agent", "queue", "tag"),
)  # fmt: skip
def speed_between_channels(scope: Scope) -> Outcome:
    """The ratio; `channels` has n, median and 90th percentile in minutes of each."""
    rows = first_waits(scope)
    inside = rows.on < scope.span.end
    rows = rows.filter(inside & (rows.on >= scope.span.start) if scope.span.start else inside)
    each = rows.group_by("channel").aggregate(
        n=rows.count(), median=rows.passed.quantile(0.5), p90=rows.passed.quantile(0.9)
    )
    found: list[dict[str, Any]] = sorted(scope.lake.list(each), key=lambda row: row["median"])
    known = [row["median"] for row in found if row["n"] >= LEAST]
    n = sum(row["n"] for row in found)
    if len(known) < 2:
        return Outcome(
            None, n, refused=gettext("It takes two channels with 5 first answers each."), more={"channels": found}
        )
    return Outcome(max(known) / max(min(known), 1.0), n, more={"channels": found})


@metric(
    "contact_pressure",
    _("Contacts beyond the cap"),
    definition=_(
        "Of our contacts in the period that nobody had asked for (calls, and messages that begin a talk), the share "
        "beyond %(contact_cap)s within seven days with one customer."
    ),
    unit="%", how="share", good="down", last=MONTH, drill=("customers.customer", "customer_id"), group=GROUP,
)  # fmt: skip
def contact_pressure(scope: Scope) -> ir.Table:
    """Facts: every contact of ours that nobody asked for; 1 when beyond the cap."""
    rows = contacts(scope)
    rows = scope.of_segment(rows.filter((rows.on < scope.tomorrow) & rows.customer_id.notnull()))
    return rows.select("customer_id", "on", value=(rows.in_week > scope.policy.contact_cap).cast("int64"))


@metric(
    "self_service",
    _("Helped themselves"),
    definition=_(
        "Of those who began to write to us in the period and were shown articles, the share who said that an article "
        "was the answer and did not write."
    ),
    unit="%", how="share", last=MONTH, drill=("knowledge.attempt", "id"), group=GROUP,
)  # fmt: skip
def self_service(scope: Scope) -> ir.Table:
    """Facts: every attempt that ended, on the day it began; 1 when an article was the answer."""
    rows = scope.table("knowledge_attempt")
    rows = scope.of_segment(rows.filter(rows.began_on < scope.tomorrow))
    rows = rows.filter(rows.solved_at.notnull() | rows.sent_at.notnull())
    return rows.select("id", "customer_id", on=rows.began_on, value=rows.sent_at.isnull().cast("int64"))


@metric(
    "helpful_articles",
    _("Articles that helped"),
    definition=_("Of the votes on articles of the help centre in the period, the share that said it helped."),
    unit="%", how="share", last=MONTH, group=GROUP,
)  # fmt: skip
def helpful_articles(scope: Scope) -> ir.Table:
    """Facts: every vote; 1 when it helped."""
    rows = scope.table("knowledge_vote")
    rows = rows.filter(rows.on < scope.tomorrow)
    return rows.select("id", "on", value=(rows.score > 0).cast("int64"))
