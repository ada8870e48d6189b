"""How fast we answer and solve, and how much there is to do.

Sources: first response as of metrics of help desks (first public answer of a person; automatic ones don't count), in
business hours where the ticket has an SLA policy, else by the clock.
"""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.tickets import FACTS, SLICES, first_waits, later_waits, solutions, talk, tickets, told

GROUP = "service"
TICKETS = ("service.ticket", "id")
BY = tuple(SLICES)
MONTH = 30


@metric(
    "tickets_opened",
    _("Tickets opened"),
    definition=_("Tickets opened in the period; spam, the trash and tickets merged into others don't count."),
    unit="count", how="count", good="", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def tickets_opened(scope: Scope) -> ir.Table:
    """Facts: every ticket, on the day it was opened."""
    rows = tickets(scope)
    return rows.select(*FACTS, on=rows.opened_on, value=1)


@metric(
    "tickets_solved",
    _("Tickets solved"),
    definition=_("Tickets that were solved in the period and are not open again."),
    unit="count", how="count", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def tickets_solved(scope: Scope) -> ir.Table:
    """Facts: every solved ticket, on the day it was."""
    rows = told(scope)
    return rows.filter(rows.over).select(*FACTS, on=rows.solved_on, value=1)


@metric(
    "first_response",
    _("First response"),
    definition=_(
        "Median time from the opening of a ticket to the first public answer of a person, in the business hours of its "
        "SLA policy, of the tickets first answered in the period; beside it the 75th and 90th percentile. Tickets "
        "without a policy count by the clock. Automatic answers don't count."
    ),
    unit="minutes", how="median", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def first_response(scope: Scope) -> ir.Table:
    """Facts: the open minutes until the first answer of every ticket, on the day it was answered."""
    rows = first_waits(scope)
    return rows.select(*FACTS, "on", value=rows.open)


@metric(
    "first_response_clock",
    _("First response by the clock"),
    definition=_(
        "Median time from the opening of a ticket to the first public answer of a person, nights and holidays "
        "included, of the tickets first answered in the period; beside it the 75th and 90th percentile."
    ),
    unit="minutes", how="median", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def first_response_clock(scope: Scope) -> ir.Table:
    """Facts: the minutes until the first answer of every ticket, on the day it was answered."""
    rows = first_waits(scope)
    return rows.select(*FACTS, "on", value=rows.passed)


@metric(
    "next_response",
    _("Next response"),
    definition=_(
        "Median time a customer who wrote again waited for the next public answer of a person, in business hours as "
        "for the first response, of the answers given in the period."
    ),
    unit="minutes", how="median", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def next_response(scope: Scope) -> ir.Table:
    """Facts: the open minutes of every later wait, on the day it ended."""
    rows = later_waits(scope)
    return rows.select(*FACTS, "on", value=rows.open)


@metric(
    "resolution",
    _("Resolution"),
    definition=_(
        "Median time from the opening of a ticket to its solution, in business hours as for the first response and "
        "without the time in which it waited for the customer, of the tickets solved in the period."
    ),
    unit="minutes", how="median", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def resolution(scope: Scope) -> ir.Table:
    """Facts: the open minutes it took to solve every solved ticket, on the day it was."""
    rows = solutions(scope)
    return rows.select(*FACTS, "on", value=rows.open)


@metric(
    "resolution_clock",
    _("Resolution by the clock"),
    definition=_(
        "Median time from the opening of a ticket to its solution, everything included, of the tickets solved in the "
        "period."
    ),
    unit="minutes", how="median", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def resolution_clock(scope: Scope) -> ir.Table:
    """Facts: the minutes it took to solve every solved ticket, on the day it was."""
    rows = solutions(scope)
    return rows.select(*FACTS, "on", value=rows.passed)


@metric(
    "messages_per_ticket",
    _("Messages per ticket"),
    definition=_("Mean number of public messages of people, theirs and ours, of the tickets solved in the period."),
    unit="score", how="mean", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def messages_per_ticket(scope: Scope) -> ir.Table:
    """Facts: the number of messages of every solved ticket, on the day it was solved."""
    rows, said = told(scope), talk(scope)
    said = said.group_by(told_of="ticket_id").aggregate(messages=said.count())
    rows = rows.filter(rows.over)
    joined = rows.left_join(said, rows.id == said.told_of)
    return joined.select(*FACTS, on=joined.solved_on, value=joined.messages.fill_null(0))


@metric(
    "backlog",
    _("Backlog"),
    definition=_("Tickets that were neither solved nor closed at the end of the period."),
    unit="count", how="count", kind="state", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def backlog(scope: Scope, spans: list[Span]) -> ir.Table:
    """Rows: every ticket that was running at the end of each window."""
    rows = _running(scope, spans)
    return rows.mutate(value=1)


@metric(
    "backlog_age",
    _("Age of the backlog"),
    definition=_("Median days since they were opened, of the tickets neither solved nor closed at the end."),
    unit="days", how="median", kind="state", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def backlog_age(scope: Scope, spans: list[Span]) -> ir.Table:
    """Rows: the age of every ticket that was running at the end of each window."""
    return _running(scope, spans)


def _running(scope: Scope, spans: list[Span]) -> ir.Table:
    """Return the tickets that were running at the end of each window, with their age in days as the value."""
    rows, history = tickets(scope), scope.table("service_statusspan")
    found: list[Any] = []
    for window, span in enumerate(spans):
        end = min(span.end, scope.tomorrow)
        past = history.filter(history.entered_on < end)
        last = past.group_by(past_of="ticket_id").aggregate(
            category=past.category.last(order_by=[past.entered_at, past.id])
        )
        there = rows.filter(rows.opened_on < end).drop("category")
        joined = there.inner_join(last, there.id == last.past_of)
        running = joined.filter(~joined.category.isin(("solved", "closed")))
        age = ibis.literal(end).delta(running.opened_on, unit="day") - 1
        found.append(running.select(*FACTS, value=age, window=ibis.literal(window)))
    return ibis.union(*found) if len(found) > 1 else found[0]
