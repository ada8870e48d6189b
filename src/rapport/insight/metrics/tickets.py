"""Tickets and their talk as service metrics see them: one row per ticket, per wait of a customer, per solution.

Spam, the trash and tickets merged into others are left out. What is said of a ticket is what was known at the end of
the scope's day: statuses that were entered later do not count yet.
"""

from __future__ import annotations

import ibis
from ibis.expr import types as ir

from rapport.insight.metrics.opening import with_minutes
from rapport.insight.metrics.scope import Scope

ENDED = ("solved", "closed")
SLICES = {"agent": "owner_id", "queue": "queue_id", "channel": "channel", "tag": "tags"}
"""What service metrics can be cut by, and the column of their facts."""
FACTS = ("id", "customer_id", *SLICES.values())


def tickets(scope: Scope) -> ir.Table:
    """Return the tickets opened up to the day, of the segment and the slice that are asked for."""
    rows = scope.table("service_ticket")
    rows = rows.filter((rows.opened_on < scope.tomorrow) & rows.deleted_at.isnull() & rows.merged_into_id.isnull())
    rubbish = _rubbish(scope)
    rows = rows.anti_join(rubbish, rows.id == rubbish.rubbish_id)
    answered = (rows.answered_on < scope.tomorrow).fill_null(False)
    rows = rows.rename(customer_id="requester_id").mutate(
        first_response_at=answered.ifelse(rows.first_response_at, ibis.null(rows.first_response_at.type()))
    )
    return scope.of_segment(sliced(rows, scope))


def sliced(rows: ir.Table, scope: Scope) -> ir.Table:
    """Return the rows of the slice that is asked for, of colleagues within the reader's reach."""
    rows = _seen(rows, scope)
    for name, wanted in scope.only.items():
        column = rows[SLICES[name]]
        if name == "tag":
            rows = rows.filter(column.contains(wanted))
        elif wanted == "":
            rows = rows.filter(column.isnull() if name != "channel" else column == "")
        else:
            rows = rows.filter(column.cast("string") == wanted)
    return rows


def _seen(rows: ir.Table, scope: Scope) -> ir.Table:
    seen = scope.seen
    if seen is None:
        return rows
    mine = rows.owner_id.cast("string").isin([str(one) for one in seen.owners]).fill_null(False)
    if not seen.unowned:
        return rows.filter(mine)
    closed = rows.queue_id.cast("string").isin([str(one) for one in seen.closed]).fill_null(False)
    return rows.filter(mine | (rows.owner_id.isnull() & ~closed))


def _rubbish(scope: Scope) -> ir.Table:
    """Return the tickets (rubbish_id) whose whole talk is spam or in the trash."""
    threads, links = scope.table("conversations_thread"), scope.table("service_ticketthread")
    bad = threads.mutate(bad=threads.spam_at.notnull() | threads.deleted_at.notnull()).select("bad", talk="id")
    joined = links.inner_join(bad, links.thread_id == bad.talk)
    each = joined.group_by(rubbish_id="ticket_id").aggregate(all_bad=joined.bad.all())
    return each.filter(each.all_bad).select("rubbish_id")


def histories(scope: Scope) -> ir.Table:
    """Return what statuses say of each ticket (whose): when it was first and last solved, and opened again after."""
    rows = scope.table("service_statusspan")
    rows = rows.filter(rows.entered_on < scope.tomorrow).mutate(ended=rows.category.isin(ENDED))
    own = ibis.window(group_by="ticket_id", order_by=["entered_at", "id"])
    rows = rows.mutate(before=rows.ended.lag().over(own).fill_null(False))
    ends, again = rows.ended & ~rows.before, ~rows.ended & rows.before
    return rows.group_by(whose="ticket_id").aggregate(
        first_solved_at=rows.entered_at.min(where=ends),
        first_solved_on=rows.entered_on.min(where=ends),
        solved_at=rows.entered_at.max(where=ends),
        solved_on=rows.entered_on.max(where=ends),
        reopened_at=rows.entered_at.min(where=again),
        reopened=again.sum(),
        over=rows.ended.last(order_by=[rows.entered_at, rows.id]),
    )


def told(scope: Scope) -> ir.Table:
    """Return the tickets with their histories, kept for the scope's question."""
    return scope.lake.held(_told(scope), ("tickets told", scope.question))


def _told(scope: Scope) -> ir.Table:
    rows, past = tickets(scope), histories(scope)
    joined = rows.left_join(past, rows.id == past.whose).drop("whose")
    return joined.mutate(over=joined.over.fill_null(False), reopened=joined.reopened.fill_null(0))


def first_waits(scope: Scope) -> ir.Table:
    """Return the tickets that were answered, with the minutes until the first answer: `open` and `passed`."""
    rows = tickets(scope)
    rows = rows.filter(rows.first_response_at.notnull())
    rows = rows.select(*FACTS, "policy_id", on="answered_on", start="opened_at", end="first_response_at")
    return with_minutes(scope, rows, "first waits")


def talk(scope: Scope) -> ir.Table:
    """Return what people said in public on the tickets (ticket_id): at, on, ours, author_id, id (of the message)."""
    said, links = scope.table("conversations_message"), scope.table("service_ticketthread")
    theirs = (said.direction == "in") & (said.sender_kind == "customer")
    ours = (said.direction == "out") & (said.sender_kind == "agent") & said.sent_at.notnull()
    said = said.filter((said.automatic == "") & (theirs | ours) & (said.on < scope.tomorrow))
    said = said.select("id", "thread_id", "author_id", "at", "on", ours=said.direction == "out")
    links = links.select("ticket_id", talk="thread_id")
    return said.inner_join(links, said.thread_id == links.talk).drop("talk")


def later_waits(scope: Scope) -> ir.Table:
    """Return the customers' turns after the first answer that were answered, with `open` and `passed` minutes.

    A turn begins with the first message after one of ours; what a customer adds meanwhile begins none.
    """
    rows = talk(scope)
    own = ibis.window(group_by="ticket_id", order_by=["at", "ours"])
    rows = rows.mutate(before=rows.ours.lag().over(own))
    turns = rows.filter(rows.before.isnull() | (rows.before != rows.ours))
    answered = turns["at"].lead().over(own)
    turns = turns.mutate(end=answered, answered_on=turns.on.lead().over(own))
    turns = turns.filter(~turns.ours & turns.end.notnull() & turns.before.notnull())
    turns = turns.select("ticket_id", "end", start="at", on="answered_on")
    whole = tickets(scope).select(*FACTS, "policy_id")
    joined = whole.inner_join(turns, whole.id == turns.ticket_id).drop("ticket_id")
    return with_minutes(scope, joined, "later waits")


def solutions(scope: Scope) -> ir.Table:
    """Return the tickets that are solved, with the minutes it took: `open` (without what waited for the customer) and
    `passed`.
    """
    rows = told(scope)
    rows = rows.filter(rows.over).select(*FACTS, "policy_id", on="solved_on", start="opened_at", end="solved_at")
    whole = with_minutes(scope, rows, "solutions")
    rested = _rests(scope, rows)
    rested = rested.group_by(rester="id").aggregate(rest=rested.open.sum())
    joined = whole.left_join(rested, whole.id == rested.rester).drop("rester")
    return joined.mutate(open=ibis.greatest(joined.open - joined.rest.fill_null(0.0), 0.0)).drop("rest")


def _rests(scope: Scope, solved: ir.Table) -> ir.Table:
    """Return when solved tickets waited for the customer, or were solved before they were opened again."""
    spans = scope.table("service_statusspan")
    spans = spans.filter(spans.category.isin(("waiting", *ENDED)) & spans.left_at.notnull())
    spans = spans.select("ticket_id", "entered_at", "left_at")
    each = solved.select("id", "policy_id", opened="start", until="end")
    joined = each.inner_join(spans, each.id == spans.ticket_id)
    start, end = ibis.greatest(joined.entered_at, joined.opened), ibis.least(joined.left_at, joined.until)
    return with_minutes(scope, joined.select("id", "policy_id", start=start, end=end), "rests")
