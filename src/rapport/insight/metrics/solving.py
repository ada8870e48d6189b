"""How well matters are solved: at once, for good, within what was agreed, and whether complaints end well."""

from __future__ import annotations

from datetime import timedelta

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.service import BY, GROUP, MONTH, TICKETS
from rapport.insight.metrics.tickets import FACTS, tickets, told

AGAIN = 7
"""Days within which another contact on the same issue undoes a first contact resolution (metrics.md, 16)."""


@metric(
    "reopen_rate",
    _("Opened again"),
    definition=_("Of the tickets first solved in the period, the share that was opened again since."),
    unit="%", how="share", good="down", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def reopen_rate(scope: Scope) -> ir.Table:
    """Facts: every ticket that was ever solved, on the day it first was; 1 when opened again."""
    rows = told(scope)
    rows = rows.filter(rows.first_solved_on.notnull())
    return rows.select(*FACTS, on=rows.first_solved_on, value=(rows.reopened > 0).cast("int64"))


@metric(
    "one_touch",
    _("Solved with one answer"),
    definition=_("Of the tickets solved in the period, the share that took one public answer of ours at most."),
    unit="%", how="share", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def one_touch(scope: Scope) -> ir.Table:
    """Facts: every solved ticket, on the day it was; 1 with at most one answer."""
    rows = told(scope)
    return rows.filter(rows.over).select(*FACTS, on=rows.solved_on, value=(rows.answers <= 1).cast("int64"))


@metric(
    "first_contact_resolution",
    _("First contact resolution"),
    definition=_(
        "Of the tickets first solved in the period, the share solved with one answer at most and neither opened again "
        "nor followed by another ticket on the same issue within 7 days. Tickets solved less than 7 days ago don't "
        "count yet."
    ),
    unit="%", how="share", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def first_contact_resolution(scope: Scope) -> ir.Table:
    """Facts: every ticket that was ever solved, on the day it first was; 1 when that was the end of it."""
    rows = first_contacts(scope)
    return rows.select(*FACTS, "on", value=rows.at_once.cast("int64"))


def first_contacts(scope: Scope) -> ir.Table:
    """Return the tickets first solved a week ago or longer, on that day, and whether they were solved `at_once`."""
    rows = told(scope)
    rows = rows.filter(rows.first_solved_on < scope.tomorrow - timedelta(days=AGAIN))
    later = tickets_following(scope)
    joined = rows.left_join(later, rows.id == later.followed)
    week = ibis.interval(days=AGAIN)
    reopened = (joined.reopened_at < joined.first_solved_at + week).fill_null(False)
    followed = (joined.followed_at < joined.first_solved_at + week).fill_null(False)
    at_once = (joined.answers <= 1) & ~reopened & ~followed
    return joined.mutate(on=joined.first_solved_on, at_once=at_once)


def tickets_following(scope: Scope) -> ir.Table:
    """Return when each ticket (followed) was first followed by another (followed_at)."""
    rows = scope.table("service_ticket")
    rows = rows.filter(rows.follows_id.notnull() & rows.deleted_at.isnull() & (rows.opened_on < scope.tomorrow))
    return rows.group_by(followed="follows_id").aggregate(followed_at=rows.opened_at.min())


def verdicts(scope: Scope, aim: str) -> ir.Table:
    """Return the clocks of one aim of which it is known whether they were met, on that day; `met` says so."""
    clocks = scope.table("service_clock")
    clocks = clocks.filter((clocks.aim == aim) & clocks.due_at.notnull())
    stopped = (clocks.stopped_on < scope.tomorrow).fill_null(False)
    in_time = stopped & (clocks.stopped_at < clocks.due_at)
    met, missed = in_time & (clocks.end == "met"), ~in_time & (clocks.due_on < scope.tomorrow)
    clocks = clocks.mutate(met=met, missed=missed, on=met.ifelse(clocks.stopped_on, clocks.due_on))
    clocks = clocks.filter(clocks.met | (clocks.missed & _overdue(clocks, scope)))
    clocks = clocks.select("ticket_id", "on", "met", "minutes", "started_at", "stopped_at", "due_at")
    whole = tickets(scope).select(*FACTS)
    return whole.inner_join(clocks, whole.id == clocks.ticket_id).drop("ticket_id")


def _overdue(clocks: ir.Table, scope: Scope) -> ir.BooleanValue:
    """Whether the due moment has passed: one that is due later on the last day is not late yet."""
    return clocks.stopped_at.notnull() | (clocks.due_at < scope.lake.as_of)


def _met(scope: Scope, aim: str) -> ir.Table:
    rows = verdicts(scope, aim)
    return rows.select(*FACTS, "on", value=rows.met.cast("int64"))


@metric(
    "sla_first",
    _("SLA: first answer in time"),
    definition=_(
        "Of the first answers that a service level sets a time for and that were given or fell due in the period, the "
        "share given in time. What was dropped before it was due doesn't count."
    ),
    unit="%", how="share", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def sla_first(scope: Scope) -> ir.Table:
    """Facts: every clock for a first answer with a verdict; 1 when met."""
    return _met(scope, "first")


@metric(
    "sla_next",
    _("SLA: next answers in time"),
    definition=_("As for first answers, of the answers after the first."),
    unit="%", how="share", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def sla_next(scope: Scope) -> ir.Table:
    """Facts: every clock for a later answer with a verdict; 1 when met."""
    return _met(scope, "next")


@metric(
    "sla_solve",
    _("SLA: solved in time"),
    definition=_("As for first answers, of the solutions."),
    unit="%", how="share", last=MONTH, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def sla_solve(scope: Scope) -> ir.Table:
    """Facts: every clock for a solution with a verdict; 1 when met."""
    return _met(scope, "solve")


@metric(
    "complaints_recovered",
    _("Complaints made good"),
    definition=_(
        "Of the complaints judged in the period, the share after which the customer came back; those of which it "
        "cannot be told don't count."
    ),
    unit="%", how="share", last=90, drill=TICKETS, group=GROUP, by=BY,
)  # fmt: skip
def complaints_recovered(scope: Scope) -> ir.Table:
    """Facts: every complaint that was judged, on the day it was; 1 when the customer came back."""
    rows = scope.table("service_recovery")
    rows = rows.filter(rows.outcome.isin(("recovered", "lost")) & (rows.judged_on < scope.tomorrow))
    rows = rows.select("ticket_id", "outcome", on="judged_on")
    whole = tickets(scope).select(*FACTS)
    joined = whole.inner_join(rows, whole.id == rows.ticket_id)
    return joined.select(*FACTS, "on", value=(joined.outcome == "recovered").cast("int64"))
